"""The reader's commands on the lists beside the report: outline and sources."""

from tui.ui.commands.command import handles
from tui.ui.reader.citations import ReaderCitations
from tui.ui.reader.reader import ReaderActions, ReaderParts
from tui.ui.reader.side_lists import OutlineList, SourcePanel
from tui.ui.widgets.list_view import LineView


class ReaderLists(ReaderActions):
    """Shows the lists and goes to what is chosen in them."""

    def __init__(self, reader: ReaderParts, citations: ReaderCitations) -> None:
        super().__init__(reader)
        self._citations = citations

    @handles("reader.outline")
    def outline(self) -> None:
        """Show the outline at the current section, or hide it."""
        outline = self.reader.panels.outline
        if outline.display:
            self.hide()
            return
        self._show(outline)
        outline.now = None
        heading = self.view.reading.heading
        outline.mark(heading)
        outline.cursor = heading or 0
        self._bring_into_view(outline)

    def _bring_into_view(self, widget: LineView) -> None:
        """Scroll to the cursor once the list has its size; keys in between have already moved it."""

        def scroll() -> None:
            widget.move_to(widget.cursor, middle=True, tell=False)
            self.reader.tell()  # what is under the cursor decides which keys are possible

        self.view.call_after_refresh(scroll)

    @handles("reader.sources")
    def sources(self) -> None:
        """Show the list of sources, or hide it."""
        if self.reader.panels.sources.display:
            self.hide()
        else:
            self.open_sources()

    def open_sources(self) -> None:
        """Show the list of sources, the cursor on that of the card or of the current citation."""
        entry = self._citations.entry
        if entry is None and self.view.reading.cite is not None:
            entry = self.book.source_of(self.book.document.citations[self.view.reading.cite])
        sources = self.reader.panels.sources
        self._show(sources)
        if entry is not None:
            sources.select(entry)
        self._bring_into_view(sources)

    def hide(self) -> None:
        """Hide the lists and focus the report."""
        self.reader.panels.show_list(None)
        self.view.focus()

    def _show(self, widget: LineView) -> None:
        self.reader.panels.show_list(widget)
        widget.focus()

    @handles("reader.source")
    def enter(self) -> None:
        """In a list go to its line; in the report show the current citation's source, at a second press the sources."""
        if self.reader.side_list is not None:
            self.choose()
        elif self.reader.digits:
            self.enter_number(self.reader.take_count())
        elif self.reader.focused is self.reader.panels.card:
            self.view.focus()
        elif self._citations.shows_current:
            self.open_sources()
        else:
            self._citations.show_current()

    def enter_number(self, number: int) -> None:
        """Go to the source of that number; on the card, to its citation of that number."""
        if self.reader.focused is self.reader.panels.card:
            self._citations.to_place(number)
        else:
            self._citations.show_number(number)

    def choose(self) -> None:
        """Go to the heading, or to a citation of the source; on a small screen the list closes."""
        widget = self.reader.side_list
        if isinstance(widget, OutlineList) and self.book.headings:
            unit = self.book.headings[widget.cursor]
            self.view.act(lambda reading: reading.to_unit(unit))
        elif isinstance(widget, SourcePanel) and widget.entry is not None:
            self._citations.to_source_cite(widget.entry, 1)
        if widget is not None:
            if self.reader.is_wide:
                self.view.focus()
            else:
                self.hide()
