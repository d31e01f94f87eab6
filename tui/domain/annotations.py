"""What the user adds to a task on this machine."""

from dataclasses import dataclass

from tui.domain.task import Task


@dataclass(frozen=True, slots=True)
class Annotations:
    """What the user added to a task; never leaves this machine."""

    note: str = ""
    tags: tuple[str, ...] = ()
    read: bool = False
    pinned: bool = False
    hidden: bool = False


NO_ANNOTATIONS = Annotations(read=True)
"""Most tasks: read, and nothing added."""


def is_unread(task: Task, added: Annotations) -> bool:
    """Whether a task has a report that was not opened since the report last changed."""
    return task.has_report and task.status.is_final and not added.read
