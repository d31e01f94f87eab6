"""Which changes are worth a notification: the end of a task that was seen unfinished while watching, never history."""

from tui.domain.task import Task, TaskStatus


class TransitionDetector:
    """Remembers which tasks were seen unfinished."""

    def __init__(self) -> None:
        self._open: dict[str, TaskStatus] = {}

    def observe(self, task: Task) -> bool:
        """Take note of a task's new value; True if it just ended, or just began to wait for its user."""
        before = self._open.get(task.id)
        if task.status.is_final:
            self._open.pop(task.id, None)
            return before is not None
        self._open[task.id] = task.status
        return task.status is TaskStatus.WAITING and before is not None and before is not TaskStatus.WAITING
