"""What stands beside the report, below it on a narrow screen: outline or sources, under them the card of a source."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from tui.ui.reader.report_view import ReportView
from tui.ui.reader.side_lists import OutlineList, SourcePanel
from tui.ui.widgets.list_view import LineView


class SidePanels(Vertical):
    """One column for outline, sources and card, so that the report keeps its width; empty, it takes no room.

    Args:
        card: The view that shows one source.
    """

    def __init__(self, card: ReportView) -> None:
        super().__init__(id="panels")
        self.card = card
        self.outline = OutlineList()
        self.sources = SourcePanel()

    def compose(self) -> ComposeResult:
        """The lists above the card."""
        yield self.outline
        yield self.sources
        yield self.card

    def on_mount(self) -> None:
        """Nothing is shown until it is asked for."""
        self.outline.border_title, self.sources.border_title = Content("Outline"), Content("Sources")
        self._show(None, card=False)

    @property
    def list_shown(self) -> LineView | None:
        """The list that is shown, if any."""
        return next((one for one in (self.outline, self.sources) if one.display), None)

    @property
    def card_shown(self) -> bool:
        """Whether a source is shown; on a narrow screen a list may cover it."""
        return self.has_class("-card")

    def show_list(self, widget: LineView | None) -> None:
        """Show one of the lists, or none; the card stays."""
        self._show(widget, card=self.card_shown)

    def show_card(self, *, shown: bool = True) -> None:
        """Show the card, or take it away; a list stays."""
        self._show(self.list_shown, card=shown)

    def _show(self, widget: LineView | None, *, card: bool) -> None:
        for one in (self.outline, self.sources):
            one.display = one is widget
        self.set_class(widget is not None, "-list")
        self.set_class(card, "-card")
        self.display = card or widget is not None
