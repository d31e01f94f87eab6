"""The reader's commands that pass text to other programs: open, copy URL, citation, report, export."""

from tui.report.document import Entry
from tui.ui.commands.command import handles
from tui.ui.reader.citations import ReaderCitations
from tui.ui.reader.reader import ReaderActions, ReaderParts
from tui.ui.reader.source_card import sentence


class ReaderCopying(ReaderActions):
    """Opens and copies the address under the list's cursor, on the card, or of the current citation."""

    def __init__(self, reader: ReaderParts, citations: ReaderCitations) -> None:
        super().__init__(reader)
        self._citations = citations

    def address(self) -> str | None:
        """Return the address that `o` and `y` act on: the list's cursor, the card, or the current citation."""
        sources = self.reader.panels.sources
        if self.reader.side_list is sources and sources.entry is not None:
            return _deep(sources.entry)
        cite, card = self.view.reading.cite, self._citations
        if self.reader.panels.card_shown and card.entry is not None and (card.cite is None or card.cite != cite):
            return _deep(card.entry)
        if cite is not None:
            urls = self.book.document.citations[cite].urls
            return next((url for url in urls if url), None)
        return None

    @handles("reader.open")
    def open_source(self) -> None:
        """Open the address in the browser."""
        url = self.address()
        if url:
            self.shell.follow_link(url)

    @handles("reader.copy")
    def copy_url(self) -> None:
        """Copy the address."""
        url = self.address()
        if url:
            self.shell.copy(url, "URL")

    @handles("reader.copy_citation")
    def copy_citation(self) -> None:
        """Copy the sentence with its sources."""
        cite = self.view.reading.cite
        if cite is None:
            self.say("go to a citation first: ]", problem=True)
            return
        citation = self.book.document.citations[cite]
        lines = [sentence(self.book, cite)]
        for number, url in zip(citation.ids, citation.urls, strict=True):
            position = self.book.positions.get(number)
            title = self.book.document.sources[position].title if position is not None else None
            lines.append(" ".join(part for part in (f"[{number}]", title, url) if part))
        self.shell.copy("\n".join(lines), "citation")

    @handles("reader.copy_report")
    def copy_report(self) -> None:
        """Copy the report as it was received."""
        self.shell.copy(self.reader.report.text, "report")

    @handles("reader.export")
    def export(self) -> None:
        """Export the report."""
        from tui.ui.shell.export_dialog import ask_and_export

        detail = self.reader.detail
        ask_and_export(self.shell, [lambda: detail])


def _deep(entry: Entry) -> str | None:
    """Return the source's address with a text fragment of the cited passage, if it is known."""
    if entry.url and entry.fragment and "#" not in entry.url:
        return entry.url + entry.fragment
    return entry.url
