"""The first page of a comparison: figures of each report, shared sources, differing fields and numbers. Pure.

Everything is counted from the parsed reports; what cannot be counted is left out.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from tui.domain.amounts import cost_long, cost_text
from tui.domain.cells import fit
from tui.domain.frozen import frozen
from tui.domain.redirect import leads_to
from tui.domain.source_key import site_name
from tui.domain.task import Task
from tui.domain.text import one_line, plural
from tui.domain.url import host_of
from tui.report.citations.audit import Audit, Fraction, audit, prose
from tui.report.document import Document, Entry, StructuredField
from tui.ui.compare.diff import by_url, cited_at
from tui.ui.text.formatting import status_word, took_text
from tui.ui.text.lines import EMPTY, Line, bar, ruled, spread

LABEL = 14
"""Cells of the names at the left."""
_BAR = 24  # cells of the longest bar
_BEFORE = 24  # characters of a sentence before the number it is shown for
_LEAST_COMMON = 3  # sources that all have: fewer are not worth a heading
_LISTED = 5  # sources that only one found, fields, numbers: the first ones are named
_NUMBER = re.compile(r"(?:https?://|\b10\.\d{4,9}/)\S*|([$€£]?\d[\d.,]*\d\s?%?|\d\s?%)")  # none in an address


@frozen
class ComparedReport:
    """One of the compared reports, parsed and counted."""

    name: str
    task: Task
    document: Document
    audit: Audit
    fields: Mapping[str, str]  # of a structured report: value by its path
    numbers: Mapping[str, tuple[int, str]]  # numbers named in the text: line and paragraph of the first time

    @classmethod
    def of(cls, name: str, task: Task, document: Document) -> "ComparedReport":
        """Parse and count a report; slow for a long one, so not on the UI thread."""
        return cls(name, task, document, audit(document), dict(_fields(document)), _numbers(document))

    @property
    def distinct(self) -> int:
        """The sources, each address counted once."""
        listed = self.document.sources
        return len(by_url(listed)) + sum(not entry.url for entry in listed)

    @property
    def entries(self) -> str:
        """The word "entries" if several entries of the list share an address; "" otherwise."""
        return "" if self.distinct == len(self.document.sources) else "entries"


@frozen
class Opens:
    """What enter and copy act on in a line of the overview."""

    report: int  # which of those compared
    line: int | None = None
    url: str | None = None


OverviewRow = tuple[Line, Opens | None]


def overview(reports: Sequence[ComparedReport], now: datetime, width: int, height: int = 0) -> list[OverviewRow]:
    """Return the lines of the page, each with what enter opens there; of `height` lines what is left is used."""
    rows: list[OverviewRow] = [(line, None) for line in _figures(reports, now, width)]
    parts = (_shared_sources(reports, width), _fields_that_differ(reports, width), _headings_apart(reports, width))
    for part in (*parts, _numbers_apart(reports, width)):
        if part:
            rows += [(EMPTY, None), *part]
    return [*rows, *_cited_in_all(reports, width, height - len(rows))]


def _figures(reports: Sequence[ComparedReport], now: datetime, width: int) -> Iterator[Line]:
    column = max(9, (width - LABEL - 3) // len(reports))

    def told(what: str, texts: Sequence[str]) -> Line:
        return ((f"  {what:<{LABEL}}", "dim"), *((f"{fit(one_line(text), column - 1)} ", "plain") for text in texts))

    def counted(what: str, values: Sequence[int]) -> Line:
        most, room = max(values, default=0), max(0, min(_BAR, column - 10))
        pieces: list[tuple[str, str]] = [(f"  {what:<{LABEL}}", "dim")]
        for value in values:
            blocks = bar(value / most, room)[0] if most else ""
            pieces += [(f"{value:>7,} ", "plain"), (fit(blocks, column - 8), "info")]
        return tuple(pieces)

    tasks = [report.task for report in reports]
    yield told("provider", [f"{task.account_title} {task.mode or ''}" for task in tasks])
    yield told("state", [status_word(task) for task in tasks])
    none = {task.id: "" if task.is_file else "not known" for task in tasks}
    yield told("took", [took_text(task, now) or none[task.id] for task in tasks])
    costs = [none[task.id] if task.cost.amount is None else cost_long(task.cost) for task in tasks]
    yield told(
        "cost", costs if max(map(len, costs)) < column else [cost_text(task.cost) or none[task.id] for task in tasks]
    )
    yield counted("words", [report.document.words for report in reports])
    yield counted("sources", [report.distinct for report in reports])
    yield counted("citations", [report.audit.citations for report in reports])
    yield counted("headings", [len(report.document.outline) for report in reports])
    yield told("lead nowhere", [_share(report.audit.dangling) for report in reports])
    yield told("never cited", [_share(report.audit.uncited, report.entries) for report in reports])
    yield told("no citation", [_share(report.audit.bare_claims, "claims") for report in reports])


def _share(share: Fraction, what: str = "") -> str:
    return f"{share.count:,} of {share.of:,} {what}".rstrip() if share.of else f"no {what}" if what else "none"


# Sources


def _shared_sources(reports: Sequence[ComparedReport], width: int) -> list[OverviewRow]:
    found = [by_url(report.document.sources) for report in reports]
    times = Counter(key for one in found for key in one)
    if not times:
        return []
    apart = [{key: entry for key, entry in one.items() if times[key] == 1} for one in found]
    common = [entry for key, entry in found[0].items() if times[key] == len(reports)]
    some = len(times) - len(common) - sum(map(len, apart))
    groups: list[tuple[str, int, Sequence[Entry]]] = [(in_all(len(reports)), len(common), common)]
    if some:
        groups.append(("in several", some, ()))
    groups += [(f"only {number}", len(one), [*one.values()]) for number, one in enumerate(apart, 1)]
    most = max(count for _, count, _ in groups)
    title = f"Sources: {' + '.join(str(len(one)) for one in found)} = {len(times)} different"
    rows: list[OverviewRow] = [(ruled(title, width - 1), None)]
    for name, count, entries in groups:
        blocks = f"{bar(count / most, _BAR)[0]:<{_BAR}}"
        row: Line = ((f"  {name:<{LABEL}}", "dim"), (f"{count:>5,} ", "plain"), (blocks, "info"))
        rows.append(((*row, (f"  {_hosts(entries)}", "dim")), None))
    for number, (report, own) in enumerate(zip(reports, apart, strict=True)):
        rows += _only(number, report, [*own.values()], width)
    return rows


def in_all(count: int) -> str:
    """Return the words for what each of `count` reports has."""
    return "in both" if count == 2 else f"in all {count}"


def _hosts(entries: Sequence[Entry]) -> str:
    """Return the most frequent hosts of some sources."""
    hosts = Counter(site_name(host_of(leads_to(entry.url))) for entry in entries if entry.url)
    return "  ".join(f"{host} {count}" if count > 1 else host for host, count in hosts.most_common(_LISTED) if host)


def _only(number: int, report: ComparedReport, own: Sequence[Entry], width: int) -> Iterator[OverviewRow]:
    """Yield the sources that only one report has, the most cited first."""
    if not own:
        return
    cited = Counter(one for citation in report.document.citations for one in citation.ids)
    yield EMPTY, None
    yield ruled(f"Only in {number + 1}, {one_line(report.name, 60)}", width - 1), None
    for entry in sorted(own, key=lambda entry: -cited[entry.id])[:_LISTED]:
        title = one_line(entry.title or entry.url or entry.id, 120)
        right: Line = (
            (site_name(host_of(leads_to(entry.url))) if entry.url else "", "info"),
            (f"{cited[entry.id]:>4}× ", "dim"),
        )
        line = spread(((f"  {title}", "plain"),), right, width)
        yield line, Opens(number, cited_at(report.document, entry), entry.url)
    if len(own) > _LISTED:
        yield ((f"  and {len(own) - _LISTED} more under 2, sources", "dim"),), None


def _cited_in_all(reports: Sequence[ComparedReport], width: int, room: int) -> list[OverviewRow]:
    """Return the sources that all reports have, the most cited first, with the citations of each in every report."""
    found = [by_url(report.document.sources) for report in reports]
    common = [key for key in found[0] if all(key in one for one in found)]
    if room < 2 + _LEAST_COMMON or not common:
        return []
    cited = [Counter(one for citation in report.document.citations for one in citation.ids) for report in reports]
    times = {key: [count[one[key].id] for count, one in zip(cited, found, strict=True)] for key in common}
    common.sort(key=lambda key: -sum(times[key]))
    rows: list[OverviewRow] = [(EMPTY, None), (ruled(f"Sources {in_all(len(reports))}, by citations", width - 1), None)]
    for key in common[: room - 2]:
        entry = found[0][key]
        counts = "".join(f"{count:>5,}×" if count else "     –" for count in times[key])
        right: Line = ((site_name(host_of(leads_to(entry.url or ""))), "info"), (f"{counts} ", "dim"))
        line = spread(((f"  {one_line(entry.title or entry.url or entry.id, 200)}", "plain"),), right, width)
        rows.append((line, Opens(0, cited_at(reports[0].document, entry), entry.url)))
    return rows


# Fields and numbers


def _fields_that_differ(reports: Sequence[ComparedReport], width: int) -> list[OverviewRow]:
    if not all(report.fields for report in reports):
        return []
    names = list(dict.fromkeys(name for report in reports for name in report.fields))
    differing = [name for name in names if len({report.fields.get(name) for report in reports}) > 1]
    title = f"Fields that differ: {len(differing)} of {len(names)}"
    rows: list[OverviewRow] = [(ruled(title, width - 1), None)]
    label = min(28, max((len(name) for name in differing), default=0) + 1)
    column = max(12, (width - label - 3) // len(reports))
    for name in differing:
        values = [report.fields.get(name) for report in reports]
        cells = ((f"{fit(one_line(value or '–'), column - 1)} ", "plain" if value else "dim") for value in values)
        rows.append((((f"  {fit(name, label)}", "dim"), *cells), None))
    return rows


def _fields(document: Document) -> Iterator[tuple[str, str]]:
    """Yield the fields of a structured report that have a value."""
    for block in document.blocks:
        if isinstance(block, StructuredField):
            text = "".join(span.text for span in block.spans if span.cite is None).strip()
            if text:
                yield block.path, text


def _headings_apart(reports: Sequence[ComparedReport], width: int) -> list[OverviewRow]:
    """Return which headings (compared by their words) all reports have, and which only one has."""
    named = [{one.title.casefold(): one for one in report.document.outline} for report in reports]
    times = Counter(title for one in named for title in one)
    if not times:
        return []
    common = [one.title for title, one in named[0].items() if times[title] == len(reports)]
    rows: list[OverviewRow] = [(ruled(f"Headings: {len(times):,} different", width - 1), None)]
    rows.append((_named(in_all(len(reports)), common), None))
    for number, one in enumerate(named):
        own = [section for title, section in one.items() if times[title] == 1]
        opens = Opens(number, own[0].line) if own else None
        rows.append((_named(f"only {number + 1}", [section.title for section in own]), opens))
    return rows


def _named(label: str, names: Sequence[str]) -> Line:
    shown = "  ".join(one_line(name, 60) for name in names[: 3 * _LISTED]) + ("  …" if len(names) > 3 * _LISTED else "")
    return (f"  {label:<{LABEL}}", "dim"), (f"{len(names):>5,}  ", "plain"), (shown, "plain")


def _numbers_apart(reports: Sequence[ComparedReport], width: int) -> list[OverviewRow]:
    times = Counter(number for report in reports for number in report.numbers)
    if not times:
        return []
    common = sum(count == len(reports) for count in times.values())
    title = f"Numbers named in the text: {plural(len(times), 'number')}, {common} {in_all(len(reports))}"
    rows: list[OverviewRow] = [(ruled(title, width - 1), None)]
    for at, report in enumerate(reports):
        own = [number for number in report.numbers if times[number] == 1]
        if own:
            rows.append((_named(f"only {at + 1}", own), Opens(at, report.numbers[own[0]][0])))
            first = {report.numbers[number]: number for number in reversed(own)}  # one line a paragraph
            rows += [_said(first[place], *place, at, width) for place in sorted(first)[:_LISTED]]
    return rows


def _said(number: str, line: int, paragraph: str, report: int, width: int) -> OverviewRow:
    """Return what a report says with a number, from shortly before it."""
    start = paragraph.rfind(" ", 0, max(0, paragraph.find(number) - _BEFORE)) + 1
    text = one_line(("… " if start else "") + paragraph[start:])
    label = " " * (LABEL + 2)
    return ((label, "plain"), (fit(text, max(10, width - len(label) - 2)), "dim")), Opens(report, line)


def _numbers(document: Document) -> dict[str, tuple[int, str]]:
    """Return the numbers of two digits and more, and percentages, that the prose names, with where each is first."""
    found: dict[str, tuple[int, str]] = {}
    for line, spans in prose(document.blocks):
        text = "".join(span.text for span in spans)
        for span in spans:
            if span.cite is None:
                for number in filter(None, _NUMBER.findall(span.text)):
                    found.setdefault(number.replace(" ", "").replace("\u00a0", ""), (line, text))
    return found
