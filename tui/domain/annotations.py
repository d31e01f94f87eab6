"""The annotations of a task, and who made them where several people share an archive; none reaches a provider."""

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


@frozen
class People:
    """The people of a task, each as "name@host"; "" if unknown."""

    started: str = ""
    note: str = ""  # who changed the note last
    tags: tuple[tuple[str, str], ...] = ()  # (tag, who gave it)

    def without(self, name: str) -> "People":
        """Return a copy in which `name` is "": only others are shown."""
        tags = tuple((tag, "" if by == name else by) for tag, by in self.tags)
        return People("" if self.started == name else self.started, "" if self.note == name else self.note, tags)


NOBODY = People()
