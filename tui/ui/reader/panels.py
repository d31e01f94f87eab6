"""The panels beside the report (below it on a narrow screen): outline or sources, and the source card."""

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.report_view import ReportView
from tui.ui.reader.side_lists import OutlineList, SourcePanel
from tui.ui.reader.state import Anchor
from tui.ui.text.lines import Line, ruled
from tui.ui.widgets.bars import LineBar
from tui.ui.widgets.list_view import LineView

_KEYS: Sequence[Mapping[str, str]] = (
    {"reader.source": "go there", "reader.outline": "close", "app.next_pane": "next pane"},
    {
        "reader.source": "where cited",
        "reader.next_citation": "next place",
        "reader.open": "open",
        "reader.copy": "copy URL",
        "reader.sources": "close",
    },
    {
        "reader.next_citation": "next place",
        "reader.open": "open",
        "reader.copy": "copy URL",
        "app.next_pane": "report",
        "app.back": "close",
    },
)
"""What keys do in outline, sources and card."""


class PanelTitle(LineBar):
    """The title of a panel; its tone shows whether the panel has the focus."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.text = ""
        self.focused_below = False

    def say(self, text: str, *, focused: bool) -> None:
        """Show a title."""
        with self.changing():
            self.text, self.focused_below = text, focused

    def compose_line(self, width: int) -> Line:
        """Return the title in a rule."""
        return ruled(self.text, width, "accent" if self.focused_below else "strong", "─ ")


class SidePanels(Vertical):
    """One column for outline, sources and card; hidden while it is empty, so that the report keeps its width.

    Args:
        card: The view that shows one source.
    """

    def __init__(self, card: ReportView) -> None:
        super().__init__(id="panels")
        self.card = card
        self.outline = OutlineList()
        self.sources = SourcePanel()
        self.list_title, self.card_title = PanelTitle("list-title"), PanelTitle("card-title")

    def compose(self) -> ComposeResult:
        """Yield the lists above the card."""
        yield self.list_title
        yield self.outline
        yield self.sources
        yield self.card_title
        yield self.card

    def on_mount(self) -> None:
        """Hide the panels until they are asked for."""
        self._show(None, card=False)

    @property
    def list_shown(self) -> LineView | None:
        """The visible list; None for none."""
        return next((one for one in (self.outline, self.sources) if one.display), None)

    @property
    def card_shown(self) -> bool:
        """Whether the card is open; on a narrow screen a list may cover it."""
        return self.has_class("-card")

    def show_list(self, widget: LineView | None) -> None:
        """Show one of the lists, or none; the card is not affected."""
        self._show(widget, card=self.card_shown)

    def show_card(self, *, shown: bool = True) -> None:
        """Show or hide the card; a list is not affected."""
        self._show(self.list_shown, card=shown)

    def fill_card(self, title: str, book: IndexedReport, anchor: Anchor) -> None:
        """Show a source on the card, under a title."""
        self.card_title.say(title, focused=self.card.has_focus)
        self.card.open(book, anchor)

    @property
    def keys(self) -> Mapping[str, str]:
        """The labels of the focused panel's commands, by command id; empty while the report has the focus."""
        return next((keys for one, keys in zip(self._all, _KEYS, strict=True) if one.has_focus), {})

    @property
    def _all(self) -> tuple[Widget, ...]:
        return self.outline, self.sources, self.card

    def tell(self) -> None:
        """Update the title of the list and the focus marks of the panels."""
        shown = self.list_shown
        if shown is not None:
            title = self.outline.title if shown is self.outline else self.sources.title
            self.list_title.say(title, focused=shown.has_focus)
        self.card_title.say(self.card_title.text, focused=self.card.has_focus)

    on_descendant_focus = on_descendant_blur = tell

    def _show(self, widget: LineView | None, *, card: bool) -> None:
        for one in (self.outline, self.sources):
            one.display = one is widget
        if widget is self.sources:
            self.sources.group()
        self.set_class(widget is not None, "-list")
        self.set_class(card, "-card")
        self.display = card or widget is not None
        self.tell()
