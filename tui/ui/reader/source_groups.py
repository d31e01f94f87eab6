"""The sources of a report grouped by host, with shortened titles. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from tui.domain.patterns import late
from tui.domain.source_label import listed_host, own_title, page_name
from tui.report.document import Entry
from tui.ui.reader.layout.indexed_report import IndexedReport

_PARTS = late(r"\s*[:|·»]\s+|\s+[-–—]\s+")  # between the name of a site and the title of a page


class HostGroup(NamedTuple):
    """A host with several sources."""

    host: str
    sources: int
    cited: int  # citations of all of them


def by_host(book: IndexedReport) -> tuple[list[HostGroup | int], dict[int, str]]:
    """Return the lines of a list of sources: hosts and positions of sources, and the titles of those under a host.

    Hosts with several sources come first, the most cited one on top; sources that are alone at their host follow.
    """
    hosts: dict[str, list[int]] = {}
    for position, source in enumerate(book.document.sources):
        hosts.setdefault(listed_host(source.url, source.title), []).append(position)
    cited = {
        host: sum(len(book.cited.get(book.document.sources[one].id, ())) for one in members)
        for host, members in hosts.items()
    }
    rows: list[HostGroup | int] = []
    titles: dict[int, str] = {}
    for host in sorted(hosts, key=lambda host: -cited[host]):
        members = hosts[host]
        if len(members) > 1:
            rows += [HostGroup(host, len(members), cited[host]), *members]
            sources = [book.document.sources[one] for one in members]
            titles |= dict(zip(members, distinct_titles(sources), strict=True))
    rows += sorted(members[0] for members in hosts.values() if len(members) == 1)
    return rows, titles


def distinct_titles(sources: Sequence[Entry]) -> list[str]:
    """Return the titles of sources at one host without the parts that most of them share.

    Titles that are still equal get the last part of their address.
    """
    titles = [own_title(source.url, source.title) for source in sources]
    for last in (False, False, True, True):  # "Site: Manual: Page - Site"
        ends = Counter(_end(title, last=last)[0] for title in titles)
        titles = [
            rest if rest and ends[end] * 2 > len(titles) else title
            for title in titles
            for end, rest in (_end(title, last=last),)
        ]
    same = Counter(titles)
    return [
        title if title and same[title] == 1 else f"{title}  {page_name(source.url)}".strip()
        for title, source in zip(titles, sources, strict=True)
    ]


def _end(title: str, *, last: bool) -> tuple[str, str]:
    """Return the first or last part of a title, and the rest; a title of one part has no rest."""
    breaks = list(_PARTS.finditer(title))
    if not breaks:
        return title, ""
    found = breaks[-1 if last else 0]
    before, after = title[: found.start()], title[found.end() :]
    return (after, before) if last else (before, after)
