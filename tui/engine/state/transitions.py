"""Detects status changes that deserve a notification or a log line, and words them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui.domain.task import Task, TaskStatus
from tui.domain.text import in_words

if TYPE_CHECKING:
    from tui.domain.detail import Json


class TransitionDetector:
    """Remembers which tasks were seen unfinished."""

    def __init__(self) -> None:
        self._open: dict[str, TaskStatus] = {}

    def observe(self, task: Task) -> bool:
        """Record a task's new value; True if it just ended, or just began to wait for the user."""
        before = self._open.get(task.id)
        if task.status.is_final:
            self._open.pop(task.id, None)
            return before is not None
        self._open[task.id] = task.status
        return task.status is TaskStatus.WAITING and before is not None and before is not TaskStatus.WAITING


def ended_text(task: Task, longest: int = 0) -> str:
    """Return one line about a task that ended or waits, for notifications and the event log.

    A title of more than `longest` cells is cut, so that what became of the task is seen; 0 leaves it whole.
    """
    words = {
        TaskStatus.DONE: "is done",
        TaskStatus.PARTIAL: "ended early, with something to read",
        TaskStatus.FAILED: f"failed: {in_words(task.error)}" if task.error else "failed",
        TaskStatus.WAITING: "waits for your answer",
        TaskStatus.CANCELLED: "was cancelled",
        TaskStatus.EXPIRED: "is no longer kept by the provider",
    }
    title = (task.title or task.id).removesuffix(".")  # "… extension. failed" are no two sentences
    if longest:
        from tui.domain.cells import cut  # brings the tables of rich, which only a screen needs

        title = cut(title, longest)
    return f"{title} {words.get(task.status, task.status.value)}"


def ended_event(task: Task) -> "Mapping[str, Json]":
    """Return the JSON value that a notify command gets on standard input about a task that ended or waits."""
    return {
        "schema_version": 1,
        "event": "ended" if task.status.is_final else "waiting",
        "id": task.id,
        "provider": task.provider,
        "remote_id": task.remote_id,
        "title": task.title,
        "status": task.status.value,
        "error": task.error,
    }
