"""What people add to a task, and who they are; nothing of it reaches a provider."""

from tui.domain.frozen import frozen
from tui.domain.task import Task


@frozen
class Annotations:
    """What the user added to a task; on a shared archive note and tags are everybody's, the marks one's own."""

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
