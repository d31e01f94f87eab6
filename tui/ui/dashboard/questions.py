"""The questions of waiting tasks and their deadlines, read from the task details for the list."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from tui.domain.task import Task, TaskStatus
from tui.domain.text import plural
from tui.ui.dashboard.columns import PendingQuestion
from tui.ui.dashboard.command_context import not_answered_here
from tui.ui.dashboard.dashboard import Actions, Dashboard

if TYPE_CHECKING:
    from tui.domain.detail import Detail, Interaction


class WaitingQuestions(Actions):
    """Keeps `TaskTable.asks` up to date: every task that waits is read once, and again when it changed."""

    def __init__(self, dashboard: Dashboard) -> None:
        super().__init__(dashboard)
        self._read: dict[str, Task] = {}  # the value of each waiting task whose detail was asked for

    def tasks_changed(self, changed: "Mapping[str, Task | None]") -> None:
        """Read the questions of changed tasks; of all waiting ones that were not read yet."""
        for task_id, task in changed.items():
            self._look(task_id, task)
        model = self.dashboard.table.model
        if model.statuses.get(TaskStatus.WAITING, 0) > len(self._read):
            for task_id, task in model.tasks.items():
                self._look(task_id, task)

    def _look(self, task_id: str, task: Task | None) -> None:
        engine = self.shell.engine
        if task is None or task.status is not TaskStatus.WAITING:
            if self._read.pop(task_id, None):
                self.dashboard.table.set_ask(task_id, None)
        elif engine is not None and self._read.get(task_id) != task:
            self._read[task_id] = task
            self.shell.when_done(engine.detail(task_id), partial(self._take, task_id))

    def _take(self, task_id: str, detail: "Detail | None") -> None:
        asked, task = detail.interaction if detail else None, self._read.get(task_id)
        if task is None:
            return
        if not_answered_here(task, self.shell.providers()):
            self.dashboard.table.set_ask(task_id, PendingQuestion("act there", here=False))
        else:
            self.dashboard.table.set_ask(task_id, ask_of(asked) if asked else None)


def ask_of(asked: "Interaction") -> PendingQuestion:
    """Return what is asked in one or two words, and the deadline."""
    what = asked.kind.removesuffix("_review").replace("_", " ")  # services call it so: "plan_review", "function_call"
    if "question" in what:
        what = "questions"
    elif asked.choices:
        what = "domains"  # as the form calls what it lets choose
    many = asked.choices or asked.questions
    said = plural(len(many), what.removesuffix("s")) if len(many) > 1 else what
    return PendingQuestion(said, None if asked.held else asked.deadline)
