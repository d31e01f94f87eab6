"""The sources of the compared reports in one table: shared by all, by some, in one only. Pure."""

from collections.abc import Mapping, Sequence

from tui.domain import source_key
from tui.domain.cells import fit
from tui.domain.frozen import frozen
from tui.domain.redirect import leads_to
from tui.domain.source_key import site_name
from tui.domain.text import join, one_line
from tui.domain.url import host_of
from tui.report.document import Document, Entry
from tui.ui.compare.diff import by_url
from tui.ui.compare.overview import ComparedReport, Opens, OverviewRow, in_all
from tui.ui.text.lines import Line, ruled

_TIMES = 6  # cells of "how often it is cited", for each report
_HOST, _ROOMY = (20, 28), 100  # cells of the host on narrow and wide screens; what is wide


@frozen
class _Source:
    """One source, by the numbers of the reports that list it: its entries there, the lines of its citations."""

    entries: Mapping[int, Entry]
    lines: Mapping[int, Sequence[int]]

    @property
    def times(self) -> int:
        return sum(map(len, self.lines.values()))

    @property
    def first(self) -> Entry:
        return next(iter(self.entries.values()))


def source_head(count: int, width: int) -> Line:
    """Return the names of the columns."""
    host = _host(width)
    names = "".join(f"{f'in {number}':>{_TIMES}}" for number in range(1, count + 1))
    return ((fit("  source", _title(count, width)) + fit("host", host) + names, "head"),)


def source_rows(reports: Sequence[ComparedReport], width: int) -> list[OverviewRow]:
    """Return the table, each line with what it opens: the first citation in the first report that has one."""
    groups: dict[tuple[int, ...], list[_Source]] = {}
    for source in _sources([report.document for report in reports]):
        groups.setdefault(tuple(source.entries), []).append(source)
    rows: list[OverviewRow] = []
    for where in sorted(groups, key=lambda one: (-len(one), one)):
        found = sorted(groups[where], key=lambda one: -one.times)
        rows.append((ruled(f"{_where(where, len(reports))}: {len(found):,}", width - 1), None))
        rows += [(_line(source, len(reports), width), _opens(source)) for source in found]
    return rows


def _sources(documents: Sequence[Document]) -> list[_Source]:
    found = [by_url(document.sources) for document in documents]
    cited = [_cited(document) for document in documents]
    sources = []
    for key in dict.fromkeys(key for one in found for key in one):
        entries = {number: one[key] for number, one in enumerate(found) if key in one}
        sources.append(_Source(entries, {number: cited[number].get(key, ()) for number in entries}))
    return sources


def _cited(document: Document) -> Mapping[str, Sequence[int]]:
    """Return the lines that cite a source, by what makes two addresses the same source."""
    keys = {entry.id: source_key.loose(entry.url) for entry in document.sources if entry.url}
    lines: dict[str, list[int]] = {}
    for citation in document.citations:
        named = {keys[one] for one in citation.ids if one in keys}
        for key in named | {source_key.loose(url) for url in citation.urls if url}:
            lines.setdefault(key, []).append(citation.line)
    return lines


def _where(numbers: Sequence[int], of: int) -> str:
    if len(numbers) == of:
        return in_all(of).capitalize()
    return f"{'Only in' if len(numbers) == 1 else 'In'} {join([str(number + 1) for number in numbers])}"


def _line(source: _Source, reports: int, width: int) -> Line:
    entry = source.first
    title = f"  {one_line(entry.title or entry.url or entry.id, 160)}"
    host = site_name(host_of(leads_to(entry.url))) if entry.url else ""
    cells = ((_times(source, number), "plain" if source.lines.get(number) else "dim") for number in range(reports))
    return (fit(title, _title(reports, width) - 1), "plain"), (" ", "plain"), (fit(host, _host(width)), "dim"), *cells


def _times(source: _Source, number: int) -> str:
    return f"{f'{len(source.lines[number]):,}×' if number in source.lines else '·':>{_TIMES}}"


def _opens(source: _Source) -> Opens:
    number = next((one for one, lines in source.lines.items() if lines), next(iter(source.entries)))
    return Opens(number, next(iter(source.lines[number]), None), source.entries[number].url)


def _host(width: int) -> int:
    return _HOST[width >= _ROOMY]


def _title(reports: int, width: int) -> int:
    return max(12, width - _host(width) - reports * _TIMES - 1)
