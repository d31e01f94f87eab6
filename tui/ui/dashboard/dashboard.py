"""The list and the detail pane as the dashboard's action classes see them, and the base of these classes."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.domain.task import Task
from tui.ui.dashboard.detail_pane import TaskDetail
from tui.ui.dashboard.task_table import TaskTable
from tui.ui.shell.command_screen import CommandScreen
from tui.ui.shell.shell import Shell, shell

if TYPE_CHECKING:
    from tui.domain.detail import Detail


class Dashboard(CommandScreen[None]):
    """A screen with the list and the detail pane: what the dashboard's actions need of it."""

    def __init__(self) -> None:
        super().__init__()
        self.table = TaskTable(name="table")
        self.detail = TaskDetail(name="detail")
        self.detail.added = self.table.model.local

    @property
    def group_tasks(self) -> list[Task]:
        """The tasks of the selected group row; empty for any other row."""
        return [self.table.model.tasks[one] for one in self.table.model.members(self.table.selected or "")]

    def set_filter(self, text: str) -> None:
        """Filter the list; "" shows all tasks."""
        raise NotImplementedError

    def show_place(self) -> None:
        """Update the status line and the key bar."""
        raise NotImplementedError

    def action_pane_detail(self) -> None:
        """Focus the detail pane."""
        raise NotImplementedError


class Actions:
    """Base of the dashboard's action classes; all of them run on the UI thread."""

    def __init__(self, dashboard: Dashboard) -> None:
        self.dashboard = dashboard

    @property
    def shell(self) -> Shell:
        """The application."""
        return shell(self.dashboard)

    @property
    def chosen(self) -> Task:
        """The selected task; None for a group or an empty list."""
        task = self.dashboard.table.selected_task
        assert task is not None, "the registry allows this only with a selected task"
        return task

    def with_detail(self, then: "Callable[[Detail | None], None]", task_id: str | None = None) -> None:
        """Call `then` with the detail of a task (default: the selected one) after it was read."""
        engine = self.shell.engine
        if engine is None:
            self.shell.say("the engine is still starting", problem=True)
            return
        self.shell.when_done(engine.detail(task_id or self.chosen.id), then)
