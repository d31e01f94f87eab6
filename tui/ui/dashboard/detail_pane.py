"""The detail pane: one task with everything its provider said, as virtual lines that unfold with enter."""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.domain.annotations import NO_ANNOTATIONS, Annotations
from tui.domain.cells import wrap
from tui.domain.retention import kept_until, retention_text
from tui.domain.task import Task
from tui.ui.dashboard.command_context import kept_there, not_answered_here, queue_text
from tui.ui.dashboard.detail_lines import TITLE, page
from tui.ui.dashboard.empty_state import welcome_lines
from tui.ui.dashboard.summary_pane import group_lines, title_of
from tui.ui.shell.shell import shell
from tui.ui.text.folding import Fixed, FoldedPage
from tui.ui.text.formatting import leading_counter
from tui.ui.text.lines import EMPTY, Line, cut_line, first_lines
from tui.ui.widgets.list_view import LineView

if TYPE_CHECKING:
    from tui.domain.detail import Detail

_HISTORY = 240


class TaskDetail(LineView):
    """Shows one task; a new value of the same task keeps the scroll position and what is unfolded."""

    def __init__(self, *, name: str | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__(name=name)
        self.subject: Task | None = None
        self.detail: Detail | None = None
        self.group: Sequence[Task] = ()  # of a group row, which is no task
        self._opened: set[str] = set()
        self._history: dict[str, deque[float]] = {}
        self._page = FoldedPage.of(())
        self._stale = False  # what is painted is another task
        self._now = now
        self.begins = True  # whether the report's beginning, or the brief, stands here and not below the list
        self.added: Callable[[str], Annotations] = lambda task_id: NO_ANNOTATIONS  # what the user added to a task

    def show(self, task: Task | None, detail: "Detail | None" = None, *, paint: bool = True) -> None:
        """Show a task, complete as soon as `detail` is given; with `paint` False only at the next call."""
        other = task is None or self.subject is None or task.id != self.subject.id
        if detail is None and not other and self.detail is not None:
            detail = self.detail
        if not other and (task, detail) == (self.subject, self.detail) and not self._stale:
            return
        self.subject, self.detail, self.group = task, detail, ()
        if other:
            self._opened.clear()
            self.cursor = 0
            self.scroll_to_line(0)
        self._stale = not paint
        if paint:
            self._rebuild()

    def show_group(self, tasks: Sequence[Task]) -> None:
        """Show a group by its tasks."""
        self.subject, self.detail, self.group = None, None, tasks
        self._rebuild()

    def note_progress(self, task: Task) -> None:
        """Record a task's progress for its chart over time."""
        leading = leading_counter(task)
        if leading and not task.status.is_final:
            values = self._history.setdefault(task.id, deque(maxlen=_HISTORY))
            if not values or values[-1] != leading[1].value:
                values.append(leading[1].value)

    def tick(self) -> None:
        """Repaint the running times."""
        if self.subject and not self.subject.status.is_final:
            self._rebuild()

    def redraw(self) -> None:
        """Repaint what changed, after annotations changed."""
        if not self._stale:
            self._rebuild()

    def _rebuild(self) -> None:
        if not self.has_room():
            return
        if self.subject is None:
            self._page = FoldedPage.of([Fixed(self._group_page())] if self.group else ())
        else:
            history = list(self._history.get(self.subject.id, ()))
            width, now = self.size.width - 2, self._now()
            providers = shell(self).providers()
            added = self.added(self.subject.id)
            until = kept_until(self.subject, kept_there(self.subject, providers), self.detail)
            kept = retention_text(self.subject, until, now)
            self._page = page(
                self.subject,
                self.detail,
                width,
                now=now,
                opened=self._opened,
                history=history,
                added=added,
                kept=kept,
                queued=queue_text(self.subject, providers),
                not_here=not_answered_here(self.subject, providers),
                begins=self.begins,
            )
        self._show_differences()

    def _group_page(self) -> list[Line]:
        width = max(20, self.size.width - 2)
        title = first_lines([((one, "title"),) for one in wrap(title_of(self.group[0]), width)], TITLE, width)
        lines = group_lines(self.group, self._now(), most=len(self.group) + 2)
        return [*title, EMPTY, *(cut_line(line, width) for line in lines)]

    def _show_differences(self) -> None:
        """Repaint only changed lines: a second that passed is one line, not the pane."""
        shown = self.shown_lines()
        old = {n: strip for (n, cursor), strip in self._strips.items() if n in shown and cursor == (n == self.cursor)}
        before = self.virtual_size.height
        self._strips.clear()
        self._measure()
        self.cursor = max(0, min(self.cursor, self._page.total - 1))
        if before != self.virtual_size.height or len(old) != len(shown):
            self.refresh()
            return
        for number, strip in old.items():
            if self._kept_strip(number) != strip:
                self._repaint(number)

    def fit(self) -> None:
        """Wrap the lines for the new width."""
        self._rebuild()
        super().fit()

    def line_count(self) -> int:
        """Return the number of lines."""
        return self._page.total

    def line(self, number: int, width: int) -> Line:
        """Return one line with a margin of one cell."""
        return ((" ", "plain"), *self._page.line(number))

    def empty(self, width: int) -> list[Line]:
        """Return the welcome text, shown as long as there is no task."""
        return [] if shell(self).tasks else welcome_lines(width)

    @property
    def can_unfold(self) -> bool:
        """Whether enter unfolds or folds something on this line."""
        return bool(self._page.total) and self._page.handle(self.cursor) is not None

    def unfold(self) -> bool:
        """Unfold or fold the block under the cursor; returns False if there is none."""
        handle = self._page.handle(self.cursor) if self._page.total else None
        if handle is None:
            return False
        (self._opened.discard if handle in self._opened else self._opened.add)(handle)
        self._rebuild()
        return True
