"""The reader's other views of a report: audit, text as received, line width."""

from typing import TYPE_CHECKING

from tui.report.document import Entry
from tui.ui.commands.command import handles
from tui.ui.reader.citations import ReaderCitations
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.layout.lines import LinePosition
from tui.ui.reader.loading import LONG, raw_book
from tui.ui.reader.reader import ReaderActions, ReaderParts

if TYPE_CHECKING:
    from tui.ui.reader.audit_screen import Finding

_FULL = 10_000


class ReaderViews(ReaderActions):
    """Shows the report in other views.

    Args:
        reader: The reader.
        citations: Shows a source that was chosen in the audit.
        measure: Longest line of prose, in cells.
    """

    def __init__(self, reader: ReaderParts, citations: ReaderCitations, measure: int) -> None:
        super().__init__(reader)
        self._citations = citations
        self._measure = measure
        self._audit_line = 0  # where the audit was left: its cases are walked one by one
        self.parsed: IndexedReport | None = None  # while the text as received is shown

    @handles("reader.audit")
    def audit(self) -> None:
        """Show the audit of the citations, at the line that was chosen last."""
        from tui.ui.reader.audit_screen import AuditScreen

        task, sources = self.reader.detail.task, self.reader.report.sources
        self.shell.show(AuditScreen(self.book, task.title or task.id, sources, self._audit_line), self._audited)

    def _audited(self, chosen: "Finding") -> None:
        """Go to what was chosen in the audit: a line of the report or a source."""
        about, self._audit_line = chosen
        if isinstance(about, Entry):
            self._citations.show_entry(about, None)
        elif isinstance(about, LinePosition):
            self.view.act(lambda reading: reading.to_place(about))

    @handles("reader.raw")
    def raw(self) -> None:
        """Switch between the report and its text as received, at the same position."""
        report = self.reader.report
        if self.parsed is None:
            self.parsed = self.book
            if len(report.text) < LONG:
                self._show_raw(raw_book(report))
            else:
                self.shell.in_background(lambda: raw_book(report), self.reader.while_open(self._show_raw))
        else:
            book, self.parsed = self.parsed, None
            self.view.replace(book)

    def _show_raw(self, book: IndexedReport) -> None:
        if self.parsed is not None:
            self.view.replace(book)
            self.say("the text as received; v goes back")

    @handles("reader.width")
    def width(self) -> None:
        """Switch between the limited and the full line width."""
        full = self.view.measure != _FULL
        self.view.set_measure(_FULL if full else self._measure)
        self.say("full width" if full else f"at most {self._measure} columns")
