"""The rows of the list of sources: an address, or a host, with its citations and reports. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from tui.domain.cells import fit
from tui.domain.source_label import listed_host, own_title, page_name
from tui.domain.text import one_line
from tui.engine.archive.rows.values import SourceUse
from tui.ui.text.lines import Line

_KNOWN = ("haystack", "host", "reports", "times")
_HOST = 22  # cells of the column of hosts
SOURCE_HEAD: Line = ((f" reports cited  {fit('host', _HOST)}  title", "head"),)
HOST_HEAD: Line = ((f" {fit('reports', 8)} {fit('cited', 6)} {fit('sources', 8)}  host", "head"),)


class CitedRow:
    """A row with every use of its source or host."""

    uses: Sequence[SourceUse]

    @cached_property
    def reports(self) -> int:
        """The number of reports that cite it."""
        return len({use.task_id for use in self.uses})

    @cached_property
    def times(self) -> int:
        """The number of citations."""
        return sum(use.times for use in self.uses)


@dataclass(frozen=True)
class SourceRow(CitedRow):
    """One address with every use of it."""

    url: str
    uses: Sequence[SourceUse]

    @cached_property
    def host(self) -> str:
        """The host."""
        return listed_host(self.url, self._told)

    @cached_property
    def title(self) -> str:
        """Its latest title; without one, what its address tells."""
        return own_title(self.url, self._told) or page_name(self.url)

    @property
    def _told(self) -> str:
        """The latest title that a report gives it."""
        return next((use.title for use in self.uses if use.title), "")

    @cached_property
    def haystack(self) -> str:
        """The text that the words of a filter are looked for in."""
        return f"{self.url} {' '.join(use.title for use in self.uses)}".casefold()

    @cached_property
    def places(self) -> Sequence[SourceUse]:
        """One use a report: its first citation, and how often that report cites any of its entries for this address."""
        return by_report(self.uses)

    @property
    def line(self) -> Line:
        """The row as a line."""
        return (
            (f" {self.reports:>7,} ", "accent" if self.reports > 1 else "dim"),
            (f"{self.times:>5,}  ", "dim"),
            (fit(self.host, _HOST), "info"),
            (f"  {self.title}", "plain"),
        )


@dataclass(frozen=True)
class HostRow(CitedRow):
    """A host with every use of its sources."""

    host: str
    uses: Sequence[SourceUse]
    sources: int
    url: str = ""  # it stands for many

    @cached_property
    def places(self) -> Sequence[SourceUse]:
        """One use a report: its first citation of the host, and the number of its citations; most cited first."""
        return sorted(by_report(self.uses), key=lambda use: -use.times)

    @property
    def line(self) -> Line:
        """The row as a line."""
        return (
            (f" {self.reports:>7,}  ", "accent" if self.reports > 1 else "dim"),
            (f"{self.times:>5,}  ", "dim"),
            (f"{self.sources:>7,}   ", "dim"),
            (one_line(self.host or "no address"), "info"),
        )


def sources_of(uses: Iterable[SourceUse]) -> list[SourceRow]:
    """Return the rows of some uses, with what they are sorted, searched and counted by; off the event loop."""
    by_url: dict[str, list[SourceUse]] = {}
    for use in uses:
        by_url.setdefault(use.url or f"{use.task_id}/{use.source_id}", []).append(use)
    rows = [SourceRow(url, found) for url, found in by_url.items()]
    for row in rows:
        for known in _KNOWN:
            getattr(row, known)
    return rows


def by_report(uses: Iterable[SourceUse]) -> list[SourceUse]:
    """Return one use a report: its first citation of any of them, and the number of its citations of them all."""
    found: dict[str, SourceUse] = {}
    for use in uses:
        one = found.get(use.task_id, use._replace(times=0, line=None))
        line = min((at for at in (one.line, use.line) if at is not None), default=None)
        found[use.task_id] = one._replace(times=one.times + use.times, line=line)
    return [*found.values()]


def hosts_of(sources: Iterable[SourceRow]) -> list[HostRow]:
    """Return the hosts of some sources, the most cited first."""
    uses: dict[str, list[SourceUse]] = defaultdict(list)
    pages: dict[str, int] = defaultdict(int)
    for source in sources:
        uses[source.host] += source.uses
        pages[source.host] += 1
    hosts = [HostRow(host, found, pages[host]) for host, found in uses.items()]
    return sorted(hosts, key=lambda row: (-row.times, -row.reports, row.host))
