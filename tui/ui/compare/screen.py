"""`c`: two reports side by side; enter opens the report at the source, heading or line under the cursor."""

from datetime import UTC, datetime

from textual import events

from tui.domain.cells import fit, wrap
from tui.domain.detail import Detail
from tui.domain.text import one_line, plural
from tui.report.document import Document
from tui.ui.commands.command import Handlers
from tui.ui.commands.registry import CommandContext
from tui.ui.compare.diff import PARTS, DiffRow, changes, figures, outline, sources
from tui.ui.shell.list_screen import ListScreen
from tui.ui.shell.shell import CompareSide, shell
from tui.ui.text.lines import Line

_SIGN = {"both": ("=", "good"), "left": ("<", "info"), "right": (">", "accent")}
_CHANGE = {"both": ("", "dim"), "left": ("- ", "bad"), "right": ("+ ", "good")}


class CompareScreen(ListScreen[tuple[int, int | None]]):
    """Two reports; the result is (which of them, line) to open."""

    CONTEXT = "compare"

    def __init__(self, one: CompareSide, other: CompareSide, *, first: str | None = None) -> None:
        super().__init__()
        self._sides = [one, other]
        self._swapped = False
        self._details: dict[int, Detail] = {}
        self._documents: dict[int, Document] = {}
        self._part = PARTS.index(first) if first else 0
        self._compared: list[DiffRow] = []  # as many as there are lines, but for the figures

    def begin(self) -> None:
        """Read and parse both reports, off this thread."""
        app = shell(self)
        self.rows.set_rows([], "reading both reports …")
        for number, side in enumerate(self._sides):
            if side.detail is not None:
                self._read(number, side.detail)
            elif app.engine is None:
                self.rows.set_rows([], "the engine is still starting; escape, then try again")
            else:
                app.when_done(app.engine.detail(side.task.id), lambda detail, number=number: self._read(number, detail))  # type: ignore[misc]

    def _read(self, number: int, detail: Detail | None) -> None:
        app = shell(self)
        parse = app.services.parse
        if detail is None or detail.report is None or parse is None:
            self.rows.set_rows([], "one of the two has no report: mark two finished tasks")
            return
        report = detail.report
        self._details[number] = detail

        def parsed(document: Document) -> None:
            self._documents[number] = document
            if self._ready:
                self._fill()

        app.in_background(lambda: parse(report), parsed)

    @property
    def _ready(self) -> bool:
        return len(self._documents) == 2

    @property
    def _order(self) -> tuple[int, int]:
        return (1, 0) if self._swapped else (0, 1)

    def on_resize(self, event: events.Resize) -> None:
        """Fit both halves."""
        super().on_resize(event)
        if self._ready:
            self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        left, right = self._order
        half = max(10, (self.rows.size.width - 6) // 2)
        names = [fit(one_line(self._sides[number].name), half) for number in (left, right)]
        self.rows.head_line = (("   ", "head"), (names[0], "title"), ("  ", "head"), (names[1], "title"))
        part = PARTS[self._part]
        documents = self._documents[left], self._documents[right]
        lines: list[Line]
        if part == "figures":
            self._compared = []
            tasks = self._sides[left].task, self._sides[right].task
            lines = [_figure(row, half) for row in figures(tasks, documents, datetime.now(UTC))]
        elif part == "text":
            self._compared, lines = self._changes(left, right)
        else:
            self._compared = (sources if part == "sources" else outline)(*documents)
            lines = [_line(row, half) for row in self._compared]
        nothing = "the two texts are the same" if part == "text" else f"neither has {part}"
        self.rows.set_rows(lines, nothing)
        self._tell()

    def _changes(self, left: int, right: int) -> tuple[list[DiffRow], list[Line]]:
        texts = [report.text for n in (left, right) if (report := self._details[n].report) is not None]
        width = max(20, self.rows.size.width - 4)
        compared: list[DiffRow] = []
        lines: list[Line] = []
        for row in changes(*texts):
            sign, tone = _CHANGE[row.side]
            for number, text in enumerate(wrap(row.left or row.right, width)):
                compared.append(row)
                lines.append(((f" {sign if not number else '  '}", tone), (text, tone)))
        return compared, lines

    def _tell(self) -> None:
        part = PARTS[self._part]
        if part == "text":
            ours, theirs = (len({id(row) for row in self._compared if row.side == side}) for side in ("left", "right"))
            told = f"{plural(ours, 'line')} on the left only, {theirs} on the right only"
        else:
            common = sum(row.side == "both" for row in self._compared)
            told = f"{common} in both, {len(self._compared) - common} in one" if self._compared else ""
        self.place(f"compare {part}  {told}", "v next part ")

    @property
    def _row(self) -> DiffRow | None:
        return self._compared[self.rows.cursor] if self._compared else None

    def situation(self) -> CommandContext:
        """Return what is under the cursor."""
        return CommandContext(url=bool(self._row and self._row.url), tasks=len(self.rows.rows))

    def on_line_view_moved(self) -> None:
        """Keys depend on the line."""
        self._tell()

    def command_handlers(self) -> Handlers:
        """Return the functions of the commands here, by command id."""
        return {
            **super().command_handlers(),
            "compare.part": self.action_part,
            "compare.swap": self.action_swap,
            "compare.open": self.action_open,
            "compare.copy": self.action_copy_url,
        }

    def action_part(self) -> None:
        """Show the next part."""
        if self._ready:
            self._part = (self._part + 1) % len(PARTS)
            self.rows.cursor = 0
            self.rows.scroll_lines(-self.rows.scroll_offset.y)
            self._fill()

    def action_swap(self) -> None:
        """Swap left and right."""
        self._swapped = not self._swapped
        if self._ready:
            self._fill()

    def action_open(self) -> None:
        """Open the report at this line: the left one, else the right one."""
        left, right = self._order
        row = self._row
        if row is None:
            self.dismiss((left, None))
        elif row.side == "right":
            self.dismiss((right, row.right_line))
        else:
            self.dismiss((left, row.left_line))

    def on_line_view_chosen(self) -> None:
        """Open the clicked one."""
        self.action_open()

    def action_copy_url(self) -> None:
        """Copy the address."""
        if self._row and self._row.url:
            shell(self).copy(self._row.url, "URL")


def _figure(row: tuple[str, str, str], half: int) -> Line:
    what, left, right = row
    label = 11
    return (
        ("   ", "plain"),
        (fit(what, label), "dim"),
        (fit(left, half - label), "plain"),
        ("  ", "plain"),
        (fit(right, half), "plain"),
    )


def _line(row: DiffRow, half: int) -> Line:
    return (
        (" ", "plain"),
        _SIGN[row.side],
        (" ", "plain"),
        (fit(row.left, half), "plain"),
        ("  ", "plain"),
        (fit(row.right, half), "plain"),
    )
