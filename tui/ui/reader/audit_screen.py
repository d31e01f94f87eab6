"""`A`: the audit of a report's citations: dangling ones, sources never cited or without an address.

Enter on a line goes to the citation or the source that it is about.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from textual.message import Message

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
_DOMAINS, _IN_A_LINE = 12, 3  # hosts that are named, and how many fit in a line


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """The result of the screen: a place in the report or a source, and the chosen line of the audit."""

    about: LinePosition | Entry
    row: int


def rows(book: IndexedReport, counts: Audit) -> Iterator[Row]:
    """Return the lines of the audit with what each is about: counts first, then each case."""
    yield _verdict(counts), None
    yield EMPTY, None
    for name, words, share in counts.shares():
        tone = "bad" if name == "dangling" else "warn"
        if share.of:
            yield (
                (
                    (f"{share.count:>7,} ", tone if share.count else "good"),
                    (f"of {share.of:,} ", "dim"),
                    (words, "plain"),
                ),
                None,
            )
    if counts.kinds:
        yield (
            (
                (f"{counts.citations:>7,} ", "plain"),
                ("citations: ", "dim"),
                (_listed((kind_words(kind), count) for kind, count in counts.kinds), "plain"),
            ),
            None,
        )
    if counts.domains:
        for at in range(0, min(len(counts.domains), _DOMAINS), _IN_A_LINE):
            label = "" if at else "hosts: "
            yield ((f"{label:>15}", "dim"), (_listed(counts.domains[at : at + _IN_A_LINE]), "plain")), None
    yield from _cases(book)


def _verdict(counts: Audit) -> Line:
    if not counts.citations:
        return ((" This report cites nothing.", "warn"),)
    if counts.dangling.count:
        return ((f" {counts.dangling.count:,} of {counts.dangling.of:,} numbers in citations lead nowhere.", "bad"),)
    return ((" Every citation leads somewhere.", "good"),)


def _listed(pairs: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{one_line(name, 60)} {count:,}" for name, count in pairs)


def _cases(book: IndexedReport) -> Iterator[Row]:
    document = book.document
    broken = [one for one in document.citations if Resolution.DANGLING in one.status]
    uncited = [entry for entry in document.sources if entry.id not in book.cited]
    bare = [entry for entry in document.sources if not entry.url]
    for title, found in (
        ("Citations that lead nowhere", broken),
        ("Sources that are never cited", uncited),
        ("Sources without an address", bare),
    ):
        if found:
            yield EMPTY, None
            yield ((f" {title}", "title"),), None
            yield from ((_about(book, one), one) for one in found)
    missing = gaps(document)
    for title, places in (
        ("Sentences with a figure but no citation", missing.claims),
        ("Paragraphs without any citation", missing.paragraphs),
    ):
        if places:
            yield EMPTY, None
            yield ((f" {title}", "title"),), None
            yield from ((_gap(place), place) for place in places)
    if document.problems:
        yield EMPTY, None
        yield ((" Remarks", "title"),), None
        for problem in document.problems:
            yield (("  " + one_line(problem), "warn"),), None


def _gap(gap: Gap) -> Line:
    return ((f"  line {gap.line:>5}  ", "dim"), (one_line(gap.text, 200), "plain"))


def _about(book: IndexedReport, one: Citation | Entry) -> Line:
    if isinstance(one, Entry):
        host = site_name(host_of(leads_to(one.url))) if one.url else "no address"
        return ((f"  [{one.id}] ", "accent"), (one_line(one.title or "untitled", 120), "plain"), (f"  {host}", "dim"))
    unit = book.units[book.unit_at_line(one.line)]
    text = one_line(unit.text, 200)
    return ((f"  line {one.line:>5}  ", "dim"), (f"{one_line(one.marker, 24)} ", "bad"), (text, "plain"))


def _unit_of(book: IndexedReport, gap: Gap) -> int:
    """Return the unit of a sentence: several begin in one line of a table or a list."""
    first = book.unit_at_line(gap.line)
    start = gap.text[:40]
    same = (unit for unit in range(first, -1, -1) if book.lines[unit] == book.lines[first])
    return next((unit for unit in same if start in book.units[unit].text), first)


class AuditScreen(ListScreen[AuditFinding]):
    """The audit of one report; its result is the chosen finding."""

    CONTEXT = "sources"
    CHOSEN = "sources.jump"

    @dataclass
    class Counted(Message):
        """The audit was computed."""

        audit: Audit

    def __init__(self, book: IndexedReport, listed: Sequence[Source] = (), row: int = 0) -> None:
        super().__init__()
        self._row = row
        self.book = book
        self._listed = listed
        self._all: list[Row] = []
        self._about: list[Row] = []

    def begin(self) -> None:
        """Compute the audit off the UI thread: for a long report it takes longer than a frame."""
        self.rows.set_rows([], "counting the citations …")
        self.place("audit of the citations", "")
        threading.Thread(target=self._show_count, name="audit", daemon=True).start()

    def _show_count(self) -> None:
        self.post_message(self.Counted(audit(self.book.document, self._listed)))

    def on_audit_screen_counted(self, event: Counted) -> None:
        """Show the whole audit."""
        self._all = list(rows(self.book, event.audit))
        self.typed("")
        self.rows.move_to(self._row, middle=True)

    def typed(self, text: str) -> None:
        """Filter the lines by what was typed."""
        kept = matcher(text)
        self._about = [row for row in self._all if kept("".join(part for part, _ in row[0]).casefold())]
        self.rows.set_rows([line for line, _ in self._about], "no line is like that; escape clears the filter")
        self.place("audit of the citations", plural(len(self.book.document.citations), "citation"))

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
            self.dismiss(AuditFinding(one, row))
        elif isinstance(one, Gap):
            self.dismiss(AuditFinding(LinePosition(_unit_of(self.book, one), 0), row))
        elif one is not None:
            target = self.book.cites[self.book.document.citations.index(one)]
            unit = target.unit if target else self.book.unit_at_line(one.line)
            self.dismiss(AuditFinding(LinePosition(unit, 0), row))
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
