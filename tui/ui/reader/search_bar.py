"""The reader's search: its field, incremental and counted; next and previous hit; escape returns to the start."""

from textual.widgets import Input

from tui.domain.text import one_line
from tui.ui.commands.command import handles
from tui.ui.reader.reader import ReaderActions, ReaderParts
from tui.ui.reader.state import Anchor


class ReaderSearch(ReaderActions):
    """Search in the report, in a field below it."""

    def __init__(self, reader: ReaderParts) -> None:
        super().__init__(reader)
        self.field = Input(placeholder="search in the report", id="search")
        self._origin: Anchor | None = None  # where the search was begun

    @handles("reader.search")
    def begin(self) -> None:
        """Open and focus the search field."""
        self._origin = self.view.reading.anchor()
        self.field.display = True
        self.field.value = ""
        self.field.focus()

    def typed(self, text: str) -> None:
        """Show the first hit of the text typed so far."""
        origin = self._origin
        if origin is not None:
            self.view.act(lambda reading: reading.search(text, origin))
            self.reader.tell()

    def end(self, *, cancelled: bool) -> None:
        """Close the field; when cancelled, go back to where the search was begun."""
        field, origin = self.field, self._origin
        self._origin = None
        if cancelled and origin is not None:
            self.view.act(lambda reading: reading.search("", origin))
        elif origin is not None and self.view.reading.hit:
            self.view.reading.back.append(origin)
        field.display = False
        self.view.focus()
        if not cancelled and field.value and not self.view.reading.hits:
            self.say(f"not found: {one_line(field.value, 40)}", problem=True)
        self.reader.tell()

    @handles("reader.next_hit", 1)
    @handles("reader.previous_hit", -1)
    def step(self, direction: int) -> None:
        """Jump to the next search hit, or to the one before."""
        count = direction * self.reader.take_count()
        before = self.view.reading.hit
        self.view.act(lambda reading: reading.next_hit(count))
        after = self.view.reading.hit
        if before and after and ((after < before) if count > 0 else (after > before)):
            self.say("search went on from the top" if count > 0 else "search went on from the end")
