"""The hosts of all sources: each with its sources, citations and reports. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from tui.domain.cells import fit
from tui.domain.text import one_line
from tui.engine.archive.rows.values import SourceUse
from tui.ui.text.lines import Line

HEAD: Line = ((f" {fit('reports', 8)} {fit('cited', 6)} {fit('sources', 8)}  host", "head"),)


class HostedSource(Protocol):
    """A source, as far as its host's row needs it."""

    @property
    def host(self) -> str:
        """The host."""

    @property
    def uses(self) -> Sequence[SourceUse]:
        """Every entry for it in a report."""


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


def by_report(uses: Iterable[SourceUse]) -> list[SourceUse]:
    """Return one use a report: its first citation of any of them, and the number of its citations of them all."""
    found: dict[str, SourceUse] = {}
    for use in uses:
        one = found.get(use.task_id, use._replace(times=0, line=None))
        line = min((at for at in (one.line, use.line) if at is not None), default=None)
        found[use.task_id] = one._replace(times=one.times + use.times, line=line)
    return [*found.values()]


def hosts_of(sources: Iterable[HostedSource]) -> list[HostRow]:
    """Return the hosts of some sources, the most cited first."""
    uses: dict[str, list[SourceUse]] = defaultdict(list)
    pages: dict[str, int] = defaultdict(int)
    for source in sources:
        uses[source.host] += source.uses
        pages[source.host] += 1
    hosts = [HostRow(host, found, pages[host]) for host, found in uses.items()]
    return sorted(hosts, key=lambda row: (-row.times, -row.reports, row.host))
