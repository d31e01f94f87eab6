"""`c`: two reports side by side; enter opens the report at the source or heading under the cursor."""

from datetime import UTC, datetime

from textual import events

from tui.domain.detail import Detail
from tui.domain.task import Task
from tui.domain.text import one_line
from tui.report.document import Document
from tui.ui.commands import Situation
from tui.ui.comparing import PARTS, Row, figures, outline, sources
from tui.ui.host import app_of
from tui.ui.paint import Line, fit
from tui.ui.screens.found import Place
from tui.ui.screens.listing import ListScreen

_SIGN = {"both": ("=", "good"), "left": ("<", "info"), "right": (">", "accent")}


class CompareScreen(ListScreen[Place]):
    """Two tasks; the result is (task id, line) to open."""

    CONTEXT = "compare"

    def __init__(self, one: Task, other: Task) -> None:
        super().__init__()
        self._tasks = [one, other]
        self._documents: dict[str, Document] = {}
        self._part = 0
        self._compared: list[Row] = []

    def begin(self) -> None:
        """Read and parse both reports, off this thread."""
        app = app_of(self)
        self.rows.set_rows([], "reading both reports …")
        for task in self._tasks:
            if app.engine is None:
                self.rows.set_rows([], "the engine is still starting; escape, then try again")
                return
            app.when_done(app.engine.detail(task.id), self._read)

    def _read(self, detail: Detail | None) -> None:
        app = app_of(self)
        parse = app.services.parse
        if detail is None or detail.report is None or parse is None:
            self.rows.set_rows([], "one of the two has no report yet: mark two finished tasks")
            return
        report, task_id = detail.report, detail.task.id

        def parsed(document: Document) -> None:
            self._documents[task_id] = document
            if len(self._documents) == len({task.id for task in self._tasks}):
                self._fill()

        app.in_background(lambda: parse(report), parsed)

    def on_resize(self, event: events.Resize) -> None:
        """Fit both halves."""
        super().on_resize(event)
        if len(self._documents) == 2:
            self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        left, right = (self._documents[task.id] for task in self._tasks)
        half = max(10, (self.rows.size.width - 6) // 2)
        titles = [fit(one_line(task.title or task.id), half) for task in self._tasks]
        self.rows.head_line = (("   ", "head"), (titles[0], "title"), ("  ", "head"), (titles[1], "title"))
        part = PARTS[self._part]
        if part == "figures":
            self._compared = []
            documents, tasks = (left, right), (self._tasks[0], self._tasks[1])
            lines = [_figure(row, half) for row in figures(tasks, documents, datetime.now(UTC))]
        else:
            self._compared = (sources if part == "sources" else outline)(left, right)
            lines = [_line(row, half) for row in self._compared]
        self.rows.set_rows(lines, f"neither has {part}")
        common = sum(row.side == "both" for row in self._compared)
        told = f"{common} in both, {len(self._compared) - common} in one" if self._compared else ""
        self.place(f"compare {part}  {told}", "v next part ")

    @property
    def _row(self) -> Row | None:
        return self._compared[self.rows.cursor] if self._compared else None

    def situation(self) -> Situation:
        """Return what is under the cursor."""
        return Situation(url=bool(self._row and self._row.url), tasks=len(self.rows.rows))

    def on_line_view_moved(self) -> None:
        """Keys depend on the line."""
        self._tell_keys()

    def _tell_keys(self) -> None:
        common = sum(row.side == "both" for row in self._compared)
        self.place(
            f"compare {PARTS[self._part]}  {common} in both, {len(self._compared) - common} in one", "v next part "
        )

    def action_part(self) -> None:
        """Show the next part."""
        if len(self._documents) == 2:
            self._part = (self._part + 1) % len(PARTS)
            self.rows.cursor = 0
            self.rows.scroll_lines(-self.rows.scroll_offset.y)
            self._fill()

    def action_swap(self) -> None:
        """Swap left and right."""
        self._tasks.reverse()
        if len(self._documents) == 2:
            self._fill()

    def action_open(self) -> None:
        """Open the report at this line: the left one, else the right one."""
        row = self._row
        if row is None:
            self.dismiss((self._tasks[0].id, None))
        elif row.side == "right":
            self.dismiss((self._tasks[1].id, row.right_line))
        else:
            self.dismiss((self._tasks[0].id, row.left_line))

    def on_line_view_chosen(self) -> None:
        """Open the clicked one."""
        self.action_open()

    def action_copy_url(self) -> None:
        """Copy the address."""
        if self._row and self._row.url:
            app_of(self).copy(self._row.url, "URL")


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


def _line(row: Row, half: int) -> Line:
    return (
        (" ", "plain"),
        _SIGN[row.side],
        (" ", "plain"),
        (fit(row.left, half), "plain"),
        ("  ", "plain"),
        (fit(row.right, half), "plain"),
    )
