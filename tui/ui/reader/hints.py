"""The reader's hints: letters on every visible citation and link; typing one follows it."""

from collections.abc import Callable

from textual import events

from tui.report.document import Span
from tui.ui.commands.command import handles
from tui.ui.reader.highlights import hint_letters
from tui.ui.reader.layout.lines import LinePosition
from tui.ui.reader.reader import ReaderActions, ReaderParts
from tui.ui.reader.report_view import ReportView


class ReaderHints(ReaderActions):
    """Letters on the visible citations and links.

    Args:
        reader: The reader.
        follow: Follows what was chosen.
    """

    def __init__(self, reader: ReaderParts, follow: Callable[[Span, ReportView], None]) -> None:
        super().__init__(reader)
        self._follow = follow
        self.typed: str | None = None  # None while no hints are shown
        self.spots: dict[str, tuple[ReportView, LinePosition, int]] = {}

    @handles("reader.hints")
    def show(self) -> None:
        """Show the letters; the next keys are read as letters."""
        views = [self.view, self.reader.panels.card] if self.reader.panels.card_shown else [self.view]
        spots = [(view, *target) for view in views for target in view.targets()]
        if not spots:
            self.say("no citation, link or picture on the screen", problem=True)
            return
        self.spots = dict(zip(hint_letters(len(spots)), spots, strict=False))
        for view in views:
            view.show_hints({letters: spot[1:] for letters, spot in self.spots.items() if spot[0] is view})
        self.typed = ""
        self.say("type the letter of a citation, link or picture, escape to leave")

    def take(self, event: events.Key) -> None:
        """Follow the hint whose letters were typed; any other key ends the hints."""
        event.stop()
        event.prevent_default()
        typed = (self.typed or "") + (event.character or "")
        if typed in self.spots:
            view, place, ref = self.spots[typed]
            self.end()
            self._follow(view.span_at(place, ref), view)
        elif event.key != "escape" and any(letters.startswith(typed) for letters in self.spots):
            self.typed = typed
        else:
            self.end()

    def end(self) -> None:
        """Remove the letters."""
        self.typed = None
        self.view.hide_hints()
        self.reader.panels.card.hide_hints()
        self.say("")
