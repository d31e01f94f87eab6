"""The user's annotations of a task; nothing of it reaches a provider."""

from tui.domain.frozen import frozen
from tui.domain.task import Task


@frozen
class Annotations:
    """The annotations of a task; on a shared archive note and tags are shared, marks are each person's own."""

    note: str = ""
    tags: tuple[str, ...] = ()
    read: bool = False
    pinned: bool = False
    hidden: bool = False


NO_ANNOTATIONS = Annotations(read=True)
"""Most tasks: read, and nothing added."""


def is_unread(task: Task, added: Annotations) -> bool:
    """Whether a task has a report that was not opened since it last changed."""
    return task.has_report and task.status.is_final and not added.read
