"""`A`: what can be said about a report's citations: dangling ones, sources never cited or without an address.

Every line leads to the place or the source it is about.
"""

from collections import Counter
from collections.abc import Iterator

from tui.domain.text import one_line, plural
from tui.domain.url import host_of
from tui.report.document import Citation, Entry, Resolution
from tui.ui.commands import Situation
from tui.ui.host import front
from tui.ui.paint import EMPTY, Line
from tui.ui.reader.book import Book
from tui.ui.reader.lines import Place
from tui.ui.screens.listing import ListScreen

Row = tuple[Line, Citation | Entry | None]


def rows(book: Book) -> Iterator[Row]:
    """Return the lines of the audit with what each is about."""
    document = book.document
    broken = [one for one in document.citations if all(status is Resolution.DANGLING for status in one.status)]
    uncited = [entry for entry in document.sources if entry.id not in book.cited]
    bare = [entry for entry in document.sources if not entry.url]
    yield _summary(book, len(broken), len(uncited)), None
    kinds = Counter(citation.kind.value for citation in document.citations)
    if kinds:
        yield (("  " + ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common()), "dim"),), None
    for title, found in (
        ("Citations that lead nowhere", broken),
        ("Sources that are never cited", uncited),
        ("Sources without an address", bare),
    ):
        if found:
            yield EMPTY, None
            yield ((f"{title}  {len(found):,}", "title"),), None
            yield from ((_about(book, one), one) for one in found)
    if document.problems:
        yield EMPTY, None
        yield ((f"Remarks  {len(document.problems):,}", "title"),), None
        for problem in document.problems:
            yield (("  " + one_line(problem), "warn"),), None


def _summary(book: Book, broken: int, uncited: int) -> Line:
    document = book.document
    head = f"{plural(len(document.citations), 'citation')}, {plural(len(document.sources), 'source')}"
    if not document.citations:
        return ((head, "strong"),)
    verdict = "every citation leads somewhere" if not broken else f"{plural(broken, 'citation')} nowhere"
    tail = f", {plural(uncited, 'source')} never cited" if uncited else ""
    return ((f"{head}: ", "strong"), (verdict, "bad" if broken else "good"), (tail, "warn"))


def _about(book: Book, one: Citation | Entry) -> Line:
    if isinstance(one, Entry):
        host = host_of(one.url) if one.url else "no address"
        return ((f"  [{one.id}] ", "accent"), (one_line(one.title or "untitled", 120), "plain"), (f"  {host}", "dim"))
    unit = book.units[book.unit_at_line(one.line)]
    return (
        (f"  line {one.line:>5}  ", "dim"),
        (f"{one_line(one.marker, 24)} ", "bad"),
        (one_line(unit.text, 200), "plain"),
    )


class AuditScreen(ListScreen["Place | Entry"]):
    """The audit of one book; enter leaves with the place or the source of the line."""

    CONTEXT = "sources"

    def __init__(self, book: Book) -> None:
        super().__init__()
        self.book = book
        self._about: list[Row] = []

    def begin(self) -> None:
        """Show the whole audit."""
        self.typed("")

    def typed(self, text: str) -> None:
        """Keep the lines that contain what was typed."""
        wanted = text.casefold()
        self._about = [row for row in rows(self.book) if wanted in "".join(part for part, _ in row[0]).casefold()]
        self.rows.set_rows([line for line, _ in self._about], "nothing of that kind")
        self.place("audit of the citations", f"{len(self.book.document.citations):,} citations")

    def _one(self) -> Citation | Entry | None:
        return self._about[self.rows.cursor][1] if self._about else None

    def situation(self) -> Situation:
        """What is possible."""
        return Situation(sources=len(self._about), url=self._address() is not None)

    def _address(self) -> str | None:
        one = self._one()
        return one.url if isinstance(one, Entry) else None

    def action_jump(self) -> None:
        """Leave for what the line is about."""
        one = self._one()
        if isinstance(one, Entry):
            self.dismiss(one)
        elif one is not None:
            index = self.book.document.citations.index(one)
            target = self.book.cites[index]
            self.dismiss(Place(target.unit if target else self.book.unit_at_line(one.line), 0))
        else:
            front(self).say("this line is about no citation and no source", problem=True)

    def on_line_view_chosen(self) -> None:
        """Leave for what the clicked line is about."""
        self.action_jump()

    def action_next_citation(self) -> None:
        """To the next citation or source of the list."""
        self._step(1)

    def action_previous_citation(self) -> None:
        """To the previous one."""
        self._step(-1)

    def _step(self, step: int) -> None:
        number = self.rows.cursor + step
        while 0 <= number < len(self._about):
            if self._about[number][1] is not None:
                self.rows.move_to(number)
                return
            number += step

    def action_open_source(self) -> None:
        """Open the address of the line's source."""
        url = self._address()
        if url:
            front(self).follow_link(url)

    def action_copy_url(self) -> None:
        """Copy the address of the line's source."""
        url = self._address()
        if url:
            front(self).copy(url, "URL")

    def action_sort(self) -> None:
        """The audit has one order."""
        front(self).say("the audit has one order: by what is wrong, then as in the report")
