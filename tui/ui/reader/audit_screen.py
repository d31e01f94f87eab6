"""`A`: the audit of a report's citations: dangling ones, sources never cited or without an address.

Enter on a line goes to the citation or the source that it is about.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tui.domain.detail import Source
from tui.domain.redirect import leads_to
from tui.domain.source_key import site_name
from tui.domain.text import one_line, plural
from tui.domain.url import host_of
from tui.report.citations.audit import Audit, Gap, audit, gaps
from tui.report.document import Citation, Entry, Resolution
from tui.report.output import kind_words
from tui.ui.commands.command import handles
from tui.ui.commands.registry import CommandContext
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.layout.lines import LinePosition
from tui.ui.shell.list_screen import ListScreen
from tui.ui.shell.shell import shell
from tui.ui.text.filter import matcher
from tui.ui.text.lines import EMPTY, Line

Row = tuple[Line, Citation | Entry | Gap | None]
Finding = tuple[LinePosition | Entry, int]
"""A place in the report or a source, and the line of the audit it was chosen in."""
_LOOKED_AT = 1_000  # characters of a paragraph, of which a line shows the beginning
_DOMAINS, _IN_A_LINE = 12, 3  # hosts that are named, and how many fit in a line


def rows(book: IndexedReport, counts: Audit) -> list[Row]:
    """Return the lines of the audit with what each is about: counts first, then each case."""
    return [*_counts(counts), *_cases(book)]


def _counts(counts: Audit) -> Iterator[Row]:
    yield _verdict(counts), None
    yield EMPTY, None
    for name, words, share in counts.shares():
        tone = "good" if not share.count else "bad" if name == "dangling" else "warn"
        if share.of:
            yield ((f"{share.count:>7,} ", tone), (f"of {share.of:,} ", "dim"), (words, "plain")), None
    if counts.kinds:
        kinds = _listed((kind_words(kind), count) for kind, count in counts.kinds)
        yield ((f"{counts.citations:>7,} ", "plain"), ("citations: ", "dim"), (kinds, "plain")), None
    if counts.domains:
        for at in range(0, min(len(counts.domains), _DOMAINS), _IN_A_LINE):
            label = "" if at else "hosts: "
            yield ((f"{label:>15}", "dim"), (_listed(counts.domains[at : at + _IN_A_LINE]), "plain")), None


def _verdict(counts: Audit) -> Line:
    if not counts.citations:
        return ((" This report cites nothing.", "warn"),)
    if counts.dangling.count:
        return ((f" {counts.dangling.count:,} of {counts.dangling.of:,} numbers in citations lead nowhere.", "bad"),)
    return ((" Every citation leads somewhere.", "good"),)


def _listed(pairs: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{one_line(name, 60)} {count:,}" for name, count in pairs)


def _cases(book: IndexedReport) -> list[Row]:
    document = book.document
    broken = [one for one in document.citations if Resolution.DANGLING in one.status]
    uncited = [entry for entry in document.sources if entry.id not in book.cited]
    bare = [entry for entry in document.sources if not entry.url]
    missing = gaps(document)
    parts: Mapping[str, Sequence[Citation | Entry | Gap]] = {
        "Citations that lead nowhere": broken,
        "Sources that are never cited": uncited,
        "Sources without an address": bare,
        "Sentences with a figure but no citation": missing.claims,
        "Paragraphs without any citation": missing.paragraphs,
    }
    cases: list[Row] = []
    for title, found in parts.items():
        cases += _part(title, [(_about(book, one), one) for one in found])
    return cases + _part("Remarks", [((("  " + one_line(problem), "warn"),), None) for problem in document.problems])


def _part(title: str, rows: Sequence[Row]) -> list[Row]:
    return [(EMPTY, None), (((f" {title}", "title"),), None), *rows] if rows else []


def _about(book: IndexedReport, one: Citation | Entry | Gap) -> Line:
    if isinstance(one, Gap):
        return ((f"  line {one.line:>5}  ", "dim"), (one_line(one.text[:_LOOKED_AT], 200), "plain"))
    if isinstance(one, Entry):
        host = site_name(host_of(leads_to(one.url))) if one.url else "no address"
        return ((f"  [{one.id}] ", "accent"), (one_line(one.title or "untitled", 120), "plain"), (f"  {host}", "dim"))
    unit = book.units[book.unit_at_line(one.line)]
    text = one_line(unit.text[:_LOOKED_AT], 200)
    return ((f"  line {one.line:>5}  ", "dim"), (f"{one_line(one.marker, 24)} ", "bad"), (text, "plain"))


def _unit_of(book: IndexedReport, gap: Gap) -> int:
    """Return the unit of a sentence: several begin in one line of a table or a list."""
    first = book.unit_at_line(gap.line)
    start = gap.text[:40]
    same = (unit for unit in range(first, -1, -1) if book.lines[unit] == book.lines[first])
    return next((unit for unit in same if start in book.units[unit].text), first)


class AuditScreen(ListScreen[Finding]):
    """The audit of one report; its result is the chosen finding.

    Args:
        book: The report.
        name: What it is called.
        listed: The sources that its provider listed.
        row: The line to begin at.
    """

    CONTEXT = "sources"
    CHOSEN = "sources.jump"

    def __init__(self, book: IndexedReport, name: str, listed: Sequence[Source] = (), row: int = 0) -> None:
        super().__init__()
        self._row = row
        self.book = book
        self._place = f"audit of {one_line(name, 200)}"
        self._listed = listed
        self._all: list[Row] = []
        self._about: list[Row] = []

    def begin(self) -> None:
        """Compute the audit off the UI thread: for a long report it takes longer than a frame."""
        self.rows.set_rows([], "counting the citations …")
        self.place(self._place)
        shell(self).in_background(self._rows, self.while_open(self._show))

    def _rows(self) -> list[Row]:
        return rows(self.book, audit(self.book.document, self._listed))

    def _show(self, made: list[Row]) -> None:
        self._all = made
        self.typed("")
        self.rows.move_to(self._row, middle=True)

    def typed(self, text: str) -> None:
        """Filter the lines by what was typed."""
        kept = matcher(text)
        self._about = [row for row in self._all if not text or kept("".join(part for part, _ in row[0]).casefold())]
        self.rows.set_rows([line for line, _ in self._about], "no line is like that; escape clears the filter")
        self.place(self._place, plural(len(self.book.document.citations), "citation"))

    def _one(self) -> Citation | Entry | Gap | None:
        return self._about[self.rows.cursor][1] if self._about else None

    def command_context(self) -> CommandContext:
        """Return what the line under the cursor is about."""
        return CommandContext(sources=len(self._about), url=self.address is not None)

    @property
    def address(self) -> str | None:
        """The address of the line's source."""
        one = self._one()
        return one.url if isinstance(one, Entry) else None

    @handles("sources.sort")
    def action_sort(self) -> None:
        """Say that nothing is sorted."""
        shell(self).say("the audit has one order: by what is wrong, then as in the report")

    @handles("sources.jump")
    def action_jump(self) -> None:
        """Close with what the line is about as the result."""
        one = self._one()
        row = self._all.index(self._about[self.rows.cursor]) if one is not None else 0
        if isinstance(one, Entry):
            self.dismiss((one, row))
        elif isinstance(one, Gap):
            self.dismiss((LinePosition(_unit_of(self.book, one), 0), row))
        elif one is not None:
            target = self.book.cites[self.book.document.citations.index(one)]
            unit = target.unit if target else self.book.unit_at_line(one.line)
            self.dismiss((LinePosition(unit, 0), row))
        else:
            shell(self).say("this line is about no citation and no source", problem=True)

    @handles("sources.next", 1)
    @handles("sources.previous", -1)
    def _step(self, step: int) -> None:
        number = self.rows.cursor + step
        while 0 <= number < len(self._about):
            if self._about[number][1] is not None:
                self.rows.move_to(number)
                return
            number += step
