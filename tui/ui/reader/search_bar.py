"""The reader's search: incremental, counted, taken back by escape."""

from textual import on
from textual.widgets import Input

from tui.domain.detail import Detail
from tui.domain.text import one_line
from tui.ui.commands.command import Handlers
from tui.ui.reader.citations import Sourcing
from tui.ui.reader.loading import ReaderServices
from tui.ui.reader.report_view import ReportView
from tui.ui.reader.state import Anchor


class Searching(Sourcing):
    """Search in the report, in a field below it."""

    def __init__(self, detail: Detail, library: ReaderServices, view: ReportView, card_view: ReportView) -> None:
        super().__init__(detail, library, view, card_view)
        self.search_field = Input(placeholder="search in the report", id="search")
        self._origin: Anchor | None = None  # where the search was begun

    def command_handlers(self) -> Handlers:
        """Return the functions of the commands here, by command id."""
        return {
            **super().command_handlers(),
            "reader.search": self.action_search,
        }

    def action_search(self) -> None:
        """Search as one types."""
        self._origin = self.view.reading.anchor()
        self.search_field.display = True
        self.search_field.value = ""
        self.search_field.focus()

    @on(Input.Changed, "#search")
    def _searched(self, event: Input.Changed) -> None:
        origin = self._origin
        if origin is not None:
            self.view.act(lambda reading: reading.search(event.value, origin))
            self.tell()

    @on(Input.Submitted, "#search")
    def _search_done(self) -> None:
        self.end_search(cancelled=False)

    def end_search(self, *, cancelled: bool) -> None:
        """Close the field; when cancelled, go back to where the search was begun."""
        field, origin = self.search_field, self._origin
        self._origin = None
        if cancelled and origin is not None:
            self.view.act(lambda reading: reading.search("", origin))
        elif origin is not None and self.view.reading.hit:
            self.view.reading.back.append(origin)
        field.display = False
        self.view.focus()
        if not cancelled and field.value and not self.view.reading.hits:
            self.say(f"not found: {one_line(field.value, 40)}", problem=True)
        self.tell()
