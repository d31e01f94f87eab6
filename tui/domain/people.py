"""Who started and annotated a task, where several people share an archive."""

from tui.domain.frozen import frozen


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
