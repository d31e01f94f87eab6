"""Who started a task, and who added what to it, where several people share an archive."""

from tui.domain.frozen import frozen


@frozen
class People:
    """Who did what to a task, each as "name@host"; "" where it is not known."""

    started: str = ""
    note: str = ""  # who changed the note last
    tags: tuple[tuple[str, str], ...] = ()  # (tag, who gave it)

    def without(self, name: str) -> "People":
        """Return the others than `name`."""
        tags = tuple((tag, "" if by == name else by) for tag, by in self.tags)
        return People("" if self.started == name else self.started, "" if self.note == name else self.note, tags)


NOBODY = People()
