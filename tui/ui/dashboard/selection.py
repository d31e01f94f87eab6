"""Shows the selected row in the panes beside and below the list: first from the task, then with its detail."""

from asyncio import TimerHandle, get_running_loop
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.ui.dashboard.command_context import not_answered_here
from tui.ui.dashboard.dashboard import Actions, Dashboard
from tui.ui.dashboard.summary_pane import beside, group_lines, task_lines, title_of
from tui.ui.text.lines import first_lines
from tui.ui.widgets.item_list import TextPane

if TYPE_CHECKING:
    from tui.domain.detail import Detail
    from tui.domain.task import Task

_SETTLE = 0.15  # seconds a row stays selected before its detail is read from the archive


class SelectionActions(Actions):
    """Shows the selected row in the detail pane and in the summary pane."""

    def __init__(self, dashboard: Dashboard, summary_pane: TextPane) -> None:
        super().__init__(dashboard)
        self.summary_pane = summary_pane
        self._wanted: TimerHandle | None = None  # of the loop: Textual's own are tasks, made and ended with every key
        self._waits = False  # for the engine, to read the selected row

    def follow(self, *, at_once: bool = False) -> None:
        """Show the selected row; while a key is held down, only the row where it stops."""
        hurrying = self._wanted is not None and not at_once
        if self._wanted:
            self._wanted.cancel()
            self._wanted = None
        table, detail = self.dashboard.table, self.dashboard.detail
        task = table.selected_task
        detail.show(task, paint=at_once or task is None or detail.subject is None)
        if table.selected and at_once:
            self._read()
        elif table.selected:
            self._wanted = get_running_loop().call_later(_SETTLE, table.call_next, self._read)
            if not hurrying:
                table.call_after_refresh(self.show_task)
        if task and not self.summary_pane.title:
            self._show_summary(task, None)
        self.dashboard.set_class(table.selected is not None, "-selected")

    def show_task(self) -> None:
        """Show the selected task, a moment after the cursor: that is what one looks at first."""
        if (task := self.dashboard.table.selected_task) is not None:
            self.dashboard.detail.show(task)

    def catch_up(self) -> None:
        """Read the selected row now, where that had to wait for the engine."""
        if self._waits and self.shell.engine is not None:
            self._read()

    def _read(self) -> None:
        self._wanted = None
        task, engine = self.dashboard.table.selected_task, self.shell.engine
        self.dashboard.detail.show(task)
        if task is None:
            self._show_group(self.dashboard.group_tasks)
            return
        self._waits = engine is None
        if engine is None:
            self._show_summary(task, None)
            return

        def show(detail: "Detail | None") -> None:
            now = self.dashboard.table.selected_task
            if now and now.id == task.id:
                self._show_summary(now, detail)
                if detail:
                    self.dashboard.detail.show(now, detail)

        self.shell.when_done(engine.detail(task.id), show)

    def _show_summary(self, task: "Task", detail: "Detail | None") -> None:
        pane, now = self.summary_pane, datetime.now(UTC)
        if not self.dashboard.detail.begins:  # on a large screen the detail is beside it
            title, make = beside(task, detail)
            pane.show(title, lambda width: first_lines(make(width), pane.page, width))
            return
        not_here = not_answered_here(task, self.shell.providers())
        pane.show(title_of(task), lambda width: task_lines(task, detail, width, now, not_here=not_here, most=pane.page))

    def _show_group(self, tasks: "list[Task]") -> None:
        self.dashboard.detail.show_group(tasks)
        if tasks:
            now, pane = datetime.now(UTC), self.summary_pane
            pane.show(title_of(tasks[0]), lambda width: group_lines(tasks, now, pane.page))
