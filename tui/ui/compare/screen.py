"""`c`: reports side by side, an overview first; enter opens one at the source, heading or line under the cursor."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import permutations

from tui.domain.cells import fit, wrap
from tui.domain.detail import Detail
from tui.domain.text import one_line, plural
from tui.ui.commands.command import handles
from tui.ui.commands.registry import CommandContext
from tui.ui.compare.diff import PARTS, DiffRow, changes, outline
from tui.ui.compare.overview import LABEL, ComparedReport, Opens, OverviewRow, overview
from tui.ui.compare.source_table import source_head, source_rows
from tui.ui.shell.list_screen import TabbedScreen
from tui.ui.shell.shell import CompareSide, shell
from tui.ui.text.lines import Line
from tui.ui.widgets.tabs import Tab, TabBar

_SIGN = {"both": ("=", "good"), "left": ("<", "info"), "right": (">", "accent")}
_CHANGE = {"both": ("", "dim"), "left": ("- ", "bad"), "right": ("+ ", "good")}


class CompareScreen(TabbedScreen[tuple[int, int | None]]):
    """Two to four reports; the result is (which of them, line) to open.

    Overview and sources are of all of them; outline and text show two, and swapping goes through the pairs.
    """

    CONTEXT = "compare"
    CHOSEN = "compare.open"

    def __init__(self, sides: Sequence[CompareSide], *, first: str | None = None) -> None:
        super().__init__(len(PARTS), PARTS.index(first) if first else 0)
        self._sides = sides
        self._pairs = list(permutations(range(len(sides)), 2))
        self._pairs.sort(key=lambda pair: (sorted(pair), pair))
        self._pair = 0
        self._details: dict[int, Detail] = {}
        self._reports: dict[int, ComparedReport] = {}
        self._compared: list[DiffRow] = []  # as many as there are lines, where two are side by side
        self._opens: list[Opens | None] = []  # what the lines open, where all are in one table

    def begin(self) -> None:
        """Read, parse and count the reports, not on the UI thread."""
        app = shell(self)
        self._say_parts()
        self.rows.set_rows([], "Reading the reports …")
        for number, side in enumerate(self._sides):
            if side.detail is not None:
                self._read(number, side.detail)
            elif app.engine is None:
                self.rows.set_rows([], "The engine is still starting; escape, then try again.")
            else:
                future = app.engine.detail(side.task.id)
                took = self.while_open(partial(self._read, number))
                app.when_done(future, took, self.while_open(partial(self._unread, side.name)))

    def _unread(self, name: str) -> None:
        self.rows.set_rows([], f"“{one_line(name, 60)}” could not be read; escape leaves.")

    def _read(self, number: int, detail: Detail | None) -> None:
        app = shell(self)
        parse = app.services.parse
        side = self._sides[number]
        if detail is None or detail.report is None or parse is None:
            missing = f"“{one_line(side.name, 60)}” has no report to compare; escape, then mark tasks that have one."
            self.rows.set_rows([], missing)
            return
        report = detail.report
        self._details[number] = detail

        def counted(found: ComparedReport) -> None:
            self._reports[number] = found
            if self._ready:
                self.fill()

        app.in_background(lambda: ComparedReport.of(side.name, side.task, parse(report)), self.while_open(counted))

    @property
    def _ready(self) -> bool:
        return len(self._reports) == len(self._sides)

    @property
    def _order(self) -> tuple[int, int]:
        return self._pairs[self._pair]

    def fitted(self) -> None:
        """Fit both halves."""
        if self._ready:
            self.fill()

    def fill(self) -> None:
        """Show the tab."""
        part = PARTS[self.tab]
        self._compared, self._opens = [], []
        if part in {"overview", "sources"}:
            lines = self._table(part)
        else:
            left, right = self._order
            half = max(10, (self.rows.size.width - 6) // 2)
            names = [fit(one_line(f"{number + 1} {self._sides[number].name}"), half) for number in (left, right)]
            self.rows.head_line = (("   ", "head"), (names[0], "title"), ("  ", "head"), (names[1], "title"))
            if part == "text":
                self._compared, lines = self._changes(left, right)
            else:
                self._compared = outline(self._reports[left].document, self._reports[right].document)
                lines = [_line(row, half) for row in self._compared]
        nothing = {
            "text": "The two texts are the same.",
            "outline": "Neither report has a heading.",
            "sources": "No report lists a source with an address.",
        }
        headings = {number for number, opens in enumerate(self._opens) if opens is None} if part == "sources" else set()
        self.rows.set_rows(lines, nothing.get(part, ""), headings)
        self.rows.move_to(self.rows.cursor, tell=False)
        self._tell()

    def _table(self, part: str) -> list[Line]:
        """Return the lines of a tab about all reports: overview or sources."""
        width, reports = self.rows.size.width, [self._reports[number] for number in range(len(self._sides))]
        rows: list[OverviewRow]
        if part == "sources":
            self.rows.head_line = source_head(len(reports), width)
            rows = source_rows(reports, width)
        else:
            column = max(9, (width - LABEL - 3) // len(reports))
            names = [fit(one_line(f"{number} {report.name}"), column - 1) for number, report in enumerate(reports, 1)]
            self.rows.head_line = ((" " * (LABEL + 2), "head"), *((f"{name} ", "title") for name in names))
            rows = overview(reports, datetime.now(UTC), width, self.rows.page)
        self._opens = [opens for _, opens in rows]
        return [line for line, _ in rows]

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
        part = PARTS[self.tab]
        if part == "text":
            ours, theirs = (len({id(row) for row in self._compared if row.side == side}) for side in ("left", "right"))
            told = f"{plural(ours, 'line')} on the left only, {theirs} on the right only"
        elif part == "outline":
            common, left, right = (
                sum(row.side == side for row in self._compared) for side in ("both", "left", "right")
            )
            told = f"{common} in both (=), {left} left only (<), {right} right only (>)"
        else:
            told = plural(len(self._sides), "report")
        shown = f"reports {self._order[0] + 1} and {self._order[1] + 1} of {len(self._sides)}"
        pairs = len(self._sides) > 2 and part in {"outline", "text"}
        self.place(f"compare {part}  {told}", f"{shown}: x next pair " if pairs else "")
        self._say_parts()

    def _say_parts(self) -> None:
        sources = sum(opens is not None for opens in self._opens) if PARTS[self.tab] == "sources" else None
        tabs = [
            Tab(f"{number} {name.capitalize()}", sources if name == "sources" else None, number == self.tab + 1)
            for number, name in enumerate(PARTS, 1)
        ]
        self.query_one(TabBar).update(tabs)

    @property
    def _row(self) -> DiffRow | None:
        return self._compared[self.rows.cursor] if self._compared else None

    @property
    def _opened(self) -> Opens | None:
        """Return what enter opens on the line under the cursor."""
        if self._opens:
            return self._opens[self.rows.cursor]
        row, (left, right) = self._row, self._order
        if row is None:
            return None
        return Opens(right, row.right_line, row.url) if row.side == "right" else Opens(left, row.left_line, row.url)

    @property
    def address(self) -> str | None:
        """The address of the source under the cursor."""
        opened = self._opened
        return opened.url if opened else None

    def command_context(self) -> CommandContext:
        """Return what is under the cursor."""
        return CommandContext(url=self.address is not None, tasks=len(self.rows.items))

    def on_line_view_moved(self) -> None:
        """Update the keys for the line under the cursor."""
        self._tell()

    def show_tab(self, number: int) -> None:
        """Show a tab once the reports are read."""
        if self._ready:
            super().show_tab(number)

    @handles("compare.swap")
    def action_swap(self) -> None:
        """Swap left and right; with more than two reports, show the next pair."""
        if self.tab < PARTS.index("outline"):
            shell(self).say("here all reports are side by side; outline and text (3, 4) show two that can be swapped")
            return
        self._pair = (self._pair + 1) % len(self._pairs)
        if self._ready:
            self.fill()

    @handles("compare.open")
    def action_open(self) -> None:
        """Open the report at this line: the left one, else the right one."""
        opened = self._opened
        self.dismiss((opened.report, opened.line) if opened else (self._order[0], None))


def _line(row: DiffRow, half: int) -> Line:
    return (
        (" ", "plain"),
        _SIGN[row.side],
        (" ", "plain"),
        (fit(row.left, half), "plain"),
        ("  ", "plain"),
        (fit(row.right, half), "plain"),
    )
