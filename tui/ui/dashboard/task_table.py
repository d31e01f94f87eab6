"""The task table: draws a `TaskList`, keeps its selection by id, repaints only changed cells."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from textual import events
from textual.message import Message

from tui.domain.annotations import Annotations
from tui.domain.task import Task
from tui.domain.text import one_line
from tui.ui.dashboard import columns
from tui.ui.dashboard.sections import SECTION, section_line
from tui.ui.dashboard.task_list import GROUP, TaskList
from tui.ui.text.formatting import UNREAD
from tui.ui.text.lines import EMPTY, Line
from tui.ui.widgets.list_view import LineView


class TaskTable(LineView):
    """The table of all tasks as one widget with virtual rows."""

    @dataclass
    class Selected(Message):
        """Another row is selected: the cursor moved, or the selected task is gone."""

        row: str | None

    @dataclass
    class HeadClicked(Message):
        """The header of a sortable column was clicked."""

        sort: str

    def __init__(self, *, name: str | None = None) -> None:
        super().__init__(name=name)
        self.model = TaskList()
        self.selected: str | None = None
        self._told: str | None = None  # the row that the last `Selected` named
        self.opening = False  # the first rows are coming, and nobody has chosen one: the cursor stays on the first
        self.notice: Sequence[Line] = ()
        self.asks: dict[str, columns.PendingQuestion] = {}  # what waiting tasks ask, as far as it is known
        self._marked_last = ""
        self._before: str | None = None  # the row from which the list was narrowed, until another one is chosen
        self._needs: dict[str, int] = {}
        self._measured: columns.Measured = {}
        self._widths: dict[str, int] = {}
        self._cells: dict[str, dict[str, Line]] = {}

    # What the engine tells

    def apply(self, changed: Mapping[str, Task | None]) -> bool:
        """Apply new values; returns whether anything changed. Cursor, scroll and focus stay."""
        delta = self.model.apply(changed)
        if delta.moved:
            self.relist(keep_widths=True)
        for row in delta.ids:
            self._redraw(row)
        return bool(delta)

    def add(self, task_ids: Collection[str], added: Mapping[str, Annotations]) -> bool:
        """Set the annotations of these tasks; returns whether anything changed."""
        different = self.model.add(task_ids, added)
        if different:
            self.relist(keep_widths=True)
        return different

    def set_incomplete(self, incomplete: bool) -> None:
        """Set whether there may be older tasks for this list that are not at hand."""
        if incomplete != self.model.incomplete:
            self.model.incomplete = incomplete
            self.relist(keep_widths=True)

    def tick(self) -> None:
        """Repaint the times of visible unfinished tasks; all other times change at midnight only."""
        today = datetime.now(UTC).astimezone().date()
        if today != self.model.today:
            self._measured.clear()
        if self.model.set_today(today):
            self.relist()
        for place in self.shown_lines():
            row = self.model.rows[place]
            if row.startswith(SECTION):
                continue
            tasks = (self.model.tasks[task_id] for task_id in self.model.members(row) or [row])
            if not all(task.status.is_final for task in tasks):
                self._redraw(row, place)

    def set_ask(self, task_id: str, ask: columns.PendingQuestion | None) -> None:
        """Set the question of a waiting task."""
        if ask != self.asks.get(task_id):
            self.asks.pop(task_id, None)
            if ask:
                self.asks[task_id] = ask
            if self.model.set_deadline(task_id, ask.deadline if ask else None):
                self.relist(keep_widths=True)
            self._redraw(task_id)

    def can_stop(self, number: int) -> bool:
        """Whether the cursor can be on a row: tasks and groups, not headings."""
        return not self.model.rows[number].startswith(SECTION)

    def on_click(self, event: events.Click) -> None:
        """Sort by a clicked header; else as in every list."""
        if event.y < self.head:
            event.prevent_default()
            if sort := columns.sort_at(event.x, self._widths, self.gap):
                self.post_message(self.HeadClicked(sort))

    def _redraw(self, row: str, place: int | None = None) -> None:
        place = self.model.place(row) if place is None else place
        if place is None or place not in self.shown_lines():
            if place is not None:
                self._forget(place)
            self._cells.pop(row, None)
            return
        old = self._cells.get(row)
        new = self._cells_of(row)
        if old is None:
            self.line_changed(place)
        elif old != new:
            places = columns.spans(self._widths, self.gap)
            self.line_changed(place, [places[name] for name in new if old.get(name) != new[name]])

    def relist(self, *, keep_widths: bool = False) -> None:
        """Repaint after the rows changed; the selected row stays selected, at the same height of the screen."""
        if self.opening:
            self.selected, self.cursor = None, 0
        top, offset = self.scroll_offset.y, self.cursor - self.scroll_offset.y
        self._fit_columns(keep_widths)
        self._cells.clear()
        self._strips.clear()
        self._measure()
        place = self._place_of_selected()
        self.cursor = place
        count = len(self.model.rows)
        if not (top == 0 and place < self.page):
            inside = 0 <= offset < self.page
            wanted = place - offset if inside else top
            self.scroll_to_line(max(0, min(wanted, max(0, count - self.page))))
        self.refresh()
        self._tell()

    def _place_of_selected(self) -> int:
        place = self.model.place(self.selected)
        if place is None and self.selected:
            place = self.model.place(self.model.group_of(self.selected))
        if place is None:
            place = max(0, min(self.cursor, len(self.model.rows) - 1))
        return self._stop(place, upwards=False) if self.model.rows else place

    def _tell(self) -> None:
        rows = self.model.rows
        self.selected = rows[self.cursor] if self.cursor < len(rows) else None
        if self.selected != self._told:
            self._told = self.selected
            self.post_message(self.Selected(self.selected))

    # What a person does

    def move_to(self, number: int, *, middle: bool = False, tell: bool = True) -> None:
        """Move the cursor to a row, whose id becomes the selection."""
        super().move_to(number, middle=middle, tell=False)
        if tell:  # a choice, and not a new size
            self.opening = False
            self.stay()
            self._tell()

    def select(self, row: str) -> bool:
        """Move the cursor to the row of an id, unfolding its group; returns False if it is not listed."""
        group = self.model.group_of(row)
        if group and self.model.fold(group, unfold=True):
            self.relist()
        place = self.model.place(row)
        if place is not None:
            self.move_to(place, middle=True)
        return place is not None

    def set_filter(self, text: str) -> None:
        """Narrow the list; the selected task stays selected while it matches, and is again as soon as it does."""
        if not self.model.filter.strip():
            self._before = self.selected
        self.model.set_filter(text)
        if self.model.place(self._before) is not None or self.model.place(self.model.group_of(self._before or "")):
            self.selected = self._before
        self.relist()

    def stay(self) -> None:
        """Take the selected row as chosen: the list does not return to another one when it is not narrowed any more."""
        self._before = None

    def mark(self) -> None:
        """Mark or unmark the selected row and move to the next."""
        if self.selected:
            for row in self.model.toggle_mark(self.selected):
                self._cells.pop(row, None)
                self._redraw(row)
            self._marked_last = self.selected
            self.move_to(self.cursor + 1)

    def mark_range(self) -> bool:
        """Mark all from the row marked last to the selected one; False where that row is unmarked or not listed."""
        rows, last = self.model.rows, self._marked_last
        if (
            last not in rows
            or not self.selected
            or not self.model.marked.intersection(self.model.members(last) or [last])
        ):
            return False
        ends = sorted((rows.index(last), self.cursor))
        self.model.mark(rows[ends[0] : ends[1] + 1])
        self.relist()
        return True

    @property
    def selected_task(self) -> Task | None:
        """The selected task; None for none or a group."""
        return self.model.tasks.get(self.selected) if self.selected else None

    # Drawing

    def fit(self) -> None:
        """Lay out the columns for the new width."""
        self._fit_columns(keep=False)
        self._cells.clear()
        super().fit()

    def _fit_columns(self, keep: bool) -> None:
        tasks = self.model.tasks
        listed = [tasks[row] for row in self.model.rows[:200] if not row.startswith((GROUP, SECTION))]
        needs = columns.needed(listed, datetime.now(UTC), self._measured)
        if keep:
            needs = {name: max(need, self._needs.get(name, 0)) for name, need in needs.items()}
        self._needs = needs
        of_sort = {"status": columns.SECTIONED, "time": columns.BY_TIME}
        shown = of_sort.get(self.model.sort, columns.COLUMNS)
        self._widths = columns.lay_out(self.size.width, needs, shown)

    @property
    def gap(self) -> int:
        """The cells between two columns."""
        return columns.gap_of(self.size.width)

    def line_count(self) -> int:
        """Return the number of rows."""
        return len(self.model.rows)

    @property
    def head(self) -> int:
        """The height of the header: always 1, known without making it."""
        return 1

    def header(self, width: int) -> Line | None:
        """Return the header line."""
        if not self.model.rows:
            return EMPTY  # nothing stands below
        return columns.head_line(self._widths, self.gap, sort=self.model.sort, reverse=self.model.reverse)

    def empty(self, width: int) -> Sequence[Line]:
        """Return the lines shown instead of an empty list."""
        return self.notice

    def line(self, number: int, width: int) -> Line:
        """Return one row."""
        row = self.model.rows[number]
        if row.startswith(SECTION):
            ids = self.model.in_section(row)
            unread = self.model.unread_of(ids)
            return section_line(row, len(ids), unread, width, incomplete=self.model.incomplete)
        members = self.model.members(row)
        ids = members or [row]
        marked = "▌" if all(task_id in self.model.marked for task_id in ids) else " "
        fold = "▾" if row in self.model.unfolded else "▸"
        sign = fold if members else UNREAD if self.model.is_unread(row) else " "
        return columns.joined(self._cells_of(row), ((marked + sign, "accent"),), self.gap)

    def _cells_of(self, row: str) -> dict[str, Line]:
        members = self.model.members(row)
        if members:
            tasks = [self.model.tasks[task_id] for task_id in members]
            title = one_line(tasks[0].title or tasks[0].prompt or row.removeprefix(GROUP))
            found = columns.group_cells(title, tasks, self._widths, datetime.now(UTC))
        else:
            indent = self.model.group_of(row) is not None
            task, added = self.model.tasks[row], self.model.local(row)
            found = columns.row_cells(
                task, self._widths, datetime.now(UTC), indent=indent, added=added, ask=self.asks.get(row)
            )
        if len(self._cells) > 4096:
            self._cells.clear()
        self._cells[row] = found
        return found
