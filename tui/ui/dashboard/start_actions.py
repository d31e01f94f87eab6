"""Starts tasks from the dashboard: new, again with everything it was started with, follow-up, batch."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui.domain.task import Task
from tui.domain.text import one_line, plural
from tui.ui.commands.command import handles
from tui.ui.dashboard.dashboard import Actions
from tui.ui.shell.shell import BatchRoute, NewTaskRoute

if TYPE_CHECKING:
    from tui.domain.provider import Draft


class StartActions(Actions):
    """Opens the forms that start tasks."""

    @handles("tasks.new")
    def new(self) -> None:
        """Open the new-task form."""
        self._form(None, "new task", "new")

    @handles("tasks.again")
    def again(self) -> None:
        """Start the selected task again, or every task of the selected group, with the same draft."""
        app = self.shell
        tasks = self.dashboard.group_tasks or [self.chosen]

        def drafts() -> "Mapping[str, Draft]":
            kept = {task.account_key: app.services.archive.draft(task.id) or _guessed(task) for task in tasks}
            return dict(reversed(kept.items()))

        app.in_background(drafts, lambda like: self._form(like, "again", f"again.{tasks[0].id}.{len(tasks)}"))

    @handles("tasks.follow")
    def follow(self) -> None:
        """Open the form for a task that builds on the marked reports, or on the selected one."""
        from tui.domain.options import OptionKind, with_value
        from tui.domain.provider import Draft

        app = self.shell
        marked = [task for task in self.dashboard.table.model.marked_tasks() if task.account_key == self._key]
        tasks = marked or [self.chosen]
        drafting = app.services.drafting
        options = drafting(self.chosen.provider).options() if drafting else ()
        place = next((option.name for option in options if option.kind is OptionKind.REPORTS), None)
        if place is None:
            app.say("this provider takes no earlier reports along", problem=True)
            return
        ids = [task.remote_id for task in tasks if task.remote_id]
        like = {self._key: Draft("", self.chosen.mode, None, with_value({}, place, ids))}
        title = one_line(tasks[0].title or tasks[0].id, 40) if len(tasks) == 1 else plural(len(tasks), "report")
        self._form(like, f"follow-up of {title}", f"follow.{tasks[0].id}.{len(tasks)}")

    @handles("tasks.batch")
    def batch(self) -> None:
        """Open the batch form."""
        self.shell.open(BatchRoute())

    @property
    def _key(self) -> str:
        return self.chosen.account_key

    def _form(self, like: "Mapping[str, Draft] | None", about: str, kept: str) -> None:
        self.shell.open(NewTaskRoute(like, about, kept))


def _guessed(task: Task) -> "Draft":
    """Return a draft guessed from a task that was started elsewhere."""
    from tui.domain.provider import Draft

    return Draft(task.prompt or "", task.mode)
