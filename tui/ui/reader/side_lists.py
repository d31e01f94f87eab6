"""The two lists beside a report: its outline and its sources."""

from collections.abc import Sequence

from tui.domain.cells import fit
from tui.domain.redirect import is_opaque, leads_to
from tui.domain.text import one_line
from tui.domain.url import host_of
from tui.report.document import Entry
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.text.lines import Line
from tui.ui.widgets.list_view import LineView

_TYPICAL = 50  # sources that tell how wide hosts are: to judge the addresses of thousands takes longer than a frame


class OutlineList(LineView):
    """The headings, indented by level; the section that is read is marked."""

    def __init__(self) -> None:
        super().__init__(name="outline")
        self.book: IndexedReport | None = None
        self.now: int | None = None
        self._levels: list[int] = []
        self._top = 1  # the highest level there is

    def load(self, book: IndexedReport) -> None:
        """Show the headings of a book."""
        self.book = book
        self._levels = [int(getattr(book.units[number].block, "level", 1)) for number in book.headings]
        self._top = min(self._levels, default=1)
        self.lines_changed()

    def mark(self, heading: int | None) -> None:
        """Mark the section that is read; the cursor follows only while the list has no focus."""
        if heading == self.now:
            return
        old, self.now = self.now, heading
        if heading is not None and not self.has_focus:
            self.move_to(heading, middle=True, tell=False)
        for number in (old, heading):
            if number is not None:
                self.line_changed(number)

    def line_count(self) -> int:
        """One line a heading."""
        return len(self.book.headings) if self.book else 0

    def line(self, number: int, width: int) -> Line:
        """The heading, with a sign at the section that is read."""
        assert self.book
        unit = self.book.units[self.book.headings[number]]
        deeper = self._levels[number] - self._top
        here = number == self.now
        tone = "accent" if here else "plain" if deeper else "strong"
        return ((" ▸ " if here else "   ", "accent"), (f"{'  ' * deeper}{one_line(unit.text)}", tone))

    def empty(self, width: int) -> Sequence[Line]:
        """Say that there are none."""
        return (((" this report has no headings", "dim"),),)


class SourcePanel(LineView):
    """The sources, one a line: number, title, host, how often cited."""

    def __init__(self) -> None:
        super().__init__(name="sources")
        self.book: IndexedReport | None = None
        self._never = 0  # cited
        self._label = self._host = 0  # cells that the widest of them take

    def load(self, book: IndexedReport) -> None:
        """Show the sources of a book."""
        self.book = book
        sources = book.document.sources
        self._never = sum(1 for source in sources if source.id not in book.cited)
        self._label = min(10, max((len(source.id) + 2 for source in sources), default=0))
        self._host = min(28, max((len(_host(source)) for source in sources[:_TYPICAL]), default=0))
        self.lines_changed()

    @property
    def entry(self) -> Entry | None:
        """The source under the cursor."""
        return self.book.document.sources[self.cursor] if self.book and self.book.document.sources else None

    def move_to_entry(self, entry: Entry) -> None:
        """Put the cursor on a source, in the middle of the list."""
        if self.book:
            self.move_to(self.book.positions.get(entry.id, 0), middle=True, tell=False)

    def line_count(self) -> int:
        """One line a source."""
        return len(self.book.document.sources) if self.book else 0

    def header(self, width: int) -> Line | None:
        """How many there are, and how many are never cited."""
        if not self.book:
            return None
        tail = f", {self._never} never cited" if self._never else ""
        return ((f" {len(self.book.document.sources)} sources{tail}", "head"),)

    def line(self, number: int, width: int) -> Line:
        """Number, title, host and count of one source."""
        assert self.book
        source = self.book.document.sources[number]
        cited = len(self.book.cited.get(source.id, ()))
        count = f"{cited}×" if cited else "–"
        host_width = min(self._host, width // 3)
        room = max(8, width - self._label - host_width - 8)
        title = one_line(source.title or source.url or "untitled")
        return (
            (f" {fit(f'[{source.id}]', self._label)} ", "accent" if cited else "dim"),
            (fit(title, room), "plain" if cited else "dim"),
            (f" {fit(_host(source), host_width)}", "info" if source.url else "warn"),
            (f" {count:>4}", "plain" if cited else "dim"),
        )

    def empty(self, width: int) -> Sequence[Line]:
        """Say that there are none."""
        return (((" no source is listed", "dim"),),)


def _host(source: Entry) -> str:
    if not source.url:
        return "no address"
    return "host not known" if is_opaque(source.url) else host_of(leads_to(source.url))
