"""The two lists beside a report: its outline and its sources."""

from bisect import bisect_left
from collections.abc import Sequence

from tui.domain.cells import cell_len, fit
from tui.domain.source_label import listed_host, own_title, page_name
from tui.domain.text import plural
from tui.report.document import Entry, StructuredField
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.source_groups import HostGroup, by_host
from tui.ui.text.lines import Line, spark, spread
from tui.ui.widgets.item_list import ItemList
from tui.ui.widgets.list_view import LineView


class OutlineList(LineView):
    """The headings, indented by level; the current section is marked."""

    def __init__(self) -> None:
        super().__init__(name="outline")
        self.title = "Outline"
        self.book: IndexedReport | None = None
        self.now: int | None = None
        self._levels: list[int] = []
        self._top = 1  # the highest level there is
        self._counts: list[int] = []  # citations under each heading, subsections included
        self._density: list[float] = []  # citations a character up to the next heading
        self._most = 0.0

    def load(self, book: IndexedReport) -> None:
        """Show the headings of a report."""
        self.book = book
        self._levels = [int(getattr(book.units[number].block, "level", 1)) for number in book.headings]
        self._top = min(self._levels, default=1)
        self._counts, self._density = _citations_of(book, self._levels)
        self._most = max(self._density, default=0.0)
        fields = any(isinstance(block, StructuredField) for block in book.document.blocks[:1])
        told = plural(len(self._levels), "field" if fields else "heading")
        self.title = f"Outline, {told}; right: citations" if any(self._counts) else f"Outline, {told}"
        self.lines_changed()

    def mark(self, heading: int | None) -> None:
        """Mark the current section; the cursor follows only while the list has no focus."""
        if heading == self.now:
            return
        old, self.now = self.now, heading
        if heading is not None and not self.has_focus:
            self.move_to(heading, middle=True, tell=False)
        for number in (old, heading):
            if number is not None:
                self.line_changed(number)

    def line_count(self) -> int:
        """Return the number of headings."""
        return len(self.book.headings) if self.book else 0

    def line(self, number: int, width: int) -> Line:
        """Return one heading, with a sign at the current section."""
        assert self.book
        deeper = self._levels[number] - self._top
        here = number == self.now
        tone = "accent" if here else "plain" if deeper else "strong"
        count = self._counts[number]
        title = fit(f"{'  ' * deeper}{self.book.heading_text(number)}", max(8, width - 12))
        dense = spark(self._density[number], self._most) if self._density[number] else " "
        return (
            (" ▸ " if here else "   ", "accent"),
            (title, tone),
            (f" {dense}", "info"),
            (f" {count:>4,} " if count else "    · " if self._most else "", "dim"),
        )

    def empty(self, width: int) -> Sequence[Line]:
        """Return that there are none."""
        return (((" This report has no headings; escape leaves", "dim"),),)


def _citations_of(book: IndexedReport, levels: Sequence[int]) -> tuple[list[int], list[float]]:
    """Return by heading the citations below it, and citations per character of its own text."""
    units = sorted(target.unit for target in book.cites if target is not None)
    ends = [*book.headings[1:], len(book.units)]
    counts, density = [], []
    for number, (unit, level) in enumerate(zip(book.headings, levels, strict=True)):
        after = next((at for at in range(number + 1, len(levels)) if levels[at] <= level), None)
        end = len(book.units) if after is None else book.headings[after]
        counts.append(bisect_left(units, end) - bisect_left(units, unit))
        own = bisect_left(units, ends[number]) - bisect_left(units, unit)
        density.append(own / max(1, book.starts[ends[number]] - book.starts[unit]))
    return counts, density


class SourcePanel(ItemList[HostGroup | int]):
    """The sources by host, the most cited host first: number, what distinguishes the title, how often cited.

    Where no host has two sources there is nothing to group; each line then names its host.
    """

    def __init__(self) -> None:
        super().__init__(name="sources")
        self.title = "Sources"
        self.book: IndexedReport | None = None
        self._titles: dict[int, str] = {}  # what distinguishes a title, by position
        self._stale = False
        self._label = self._host = 0  # cells that the widest of them take

    def load(self, book: IndexedReport) -> None:
        """Show the sources of a report."""
        self.book, self._stale = book, True
        sources = book.document.sources
        never = sum(1 for source in sources if source.id not in book.cited)
        self._label = min(10, max((len(source.id) + 2 for source in sources), default=0))
        self.title = plural(len(sources), "source") + (f", {never} never cited" if never else "")
        self.items, self._titles = range(len(sources)), {}
        if self.display:
            self.group()
        self.lines_changed()

    def group(self) -> None:
        """Group by host; done when the list is first shown, for it takes a while with thousands of addresses."""
        if self._stale and self.book:
            self._stale = False
            hosts = (listed_host(one.url, one.title) for one in self.book.document.sources)
            self._host = min(28, max(map(cell_len, hosts), default=0))
            self.items, self._titles = by_host(self.book)
            self.lines_changed()

    @property
    def entry(self) -> Entry | None:
        """The source under the cursor."""
        row = self.current  # a host, or the position of a source
        return self.book.document.sources[row] if self.book and isinstance(row, int) else None

    def select(self, entry: Entry) -> None:
        """Move the cursor to a source without scrolling: the list may not have its size yet."""
        if self.book and (position := self.book.positions.get(entry.id)) in self.items:
            self.cursor = self.items.index(position)

    def can_stop(self, number: int) -> bool:
        """Whether the cursor can be on a line: sources, not hosts."""
        return isinstance(self.items[number], int)

    def line(self, number: int, width: int) -> Line:
        """Return a host with its sums, or a source."""
        assert self.book
        row = self.items[number]
        if isinstance(row, HostGroup):
            sums = f"{plural(row.sources, 'source')}  {row.cited}×" if row.cited else plural(row.sources, "source")
            return spread(((f" {row.host}", "info"),), ((sums, "dim"), (" ", "plain")), width)
        source = self.book.document.sources[row]
        cited = len(self.book.cited.get(source.id, ()))
        grouped = row in self._titles
        host_width = 0 if grouped else min(self._host, width // 3)
        room = max(8, width - self._label - host_width - (0 if grouped else 1) - 8)
        title = self._titles.get(row) or own_title(source.url, source.title) or page_name(source.url)
        line: Line = (
            (f" {fit(f'[{source.id}]', self._label)} ", "accent" if cited else "dim"),
            (fit(title, room), "plain" if cited else "dim"),
        )
        if not grouped:
            line = (
                *line,
                (f" {fit(listed_host(source.url, source.title), host_width)}", "info" if source.url else "warn"),
            )
        return (*line, (f" {f'{cited}×' if cited else '–':>4}", "plain" if cited else "dim"))

    def empty(self, width: int) -> Sequence[Line]:
        """Return that there are none."""
        return (((" This report lists no source; escape leaves", "dim"),),)
