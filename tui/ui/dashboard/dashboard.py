"""The dashboard as its action classes see it: the `Dashboard` protocol, and their base class."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from textual.widget import Widget

from tui.domain.task import Task
from tui.ui.commands.command import Command
from tui.ui.dashboard.detail_pane import TaskDetail
from tui.ui.dashboard.task_table import TaskTable
from tui.ui.shell.shell import Shell

if TYPE_CHECKING:
    from textual.app import App

    from tui.domain.detail import Detail

Found = TypeVar("Found", bound=Widget)


class Dashboard(Protocol):
    """The dashboard as its actions see it. All of it is called on the UI thread."""

    table: TaskTable
    detail: TaskDetail

    @property
    def app(self) -> "App[object]":
        """The application."""

    @property
    def is_active(self) -> bool:
        """Whether it is the screen on top."""

    @property
    def group_tasks(self) -> list[Task]:
        """The tasks of the selected group row; empty for any other row."""

    def query_one(self, selector: str, expect_type: type[Found]) -> Found:
        """Return the widget that a selector matches."""

    def set_class(self, add: bool, *names: str) -> object:
        """Add or remove style classes."""

    def remove_class(self, *names: str) -> object:
        """Remove style classes."""

    def type_into(self, field: Widget) -> None:
        """Show a field and focus it at once."""

    def set_filter(self, text: str) -> None:
        """Filter the list; "" shows all tasks."""

    def show_place(self) -> None:
        """Update the status line and the key bar."""

    def run_command(self, command: Command, key: str = "") -> None:
        """Run a command, or show why it is not possible now."""

    def action_pane_detail(self) -> None:
        """Focus the detail pane."""


class Actions:
    """Base of the dashboard's action classes; all of them run on the UI thread."""

    def __init__(self, dashboard: Dashboard) -> None:
        self.dashboard = dashboard

    @property
    def shell(self) -> Shell:
        """The application."""
        return cast("Shell", self.dashboard.app)

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
