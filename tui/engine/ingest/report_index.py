"""Derives from a report what the archive indexes: counts, sources, citation positions, text for search."""

from collections.abc import Mapping, Sequence
from dataclasses import field

from tui.domain.detail import Report, Source
from tui.domain.frozen import frozen


@frozen
class Derived:
    """The values derived from a report; `citations` is None if it was not analysed."""

    citations: int | None = None
    sources: tuple[Source, ...] = ()
    cited: Mapping[str, Sequence[int]] = field(default_factory=dict)  # source id -> lines of the report
    text: str = ""
    title: str | None = None


def derive(report: Report) -> Derived:
    """Analyse a report; imports the parser, and may take a second for a megabyte."""
    from tui.report.read import read_report

    document = read_report(report)
    sources = tuple(
        Source(entry.id, entry.url, entry.title, entry.snippet, entry.fragment, entry.facts)
        for entry in document.sources
    )
    cited: dict[str, list[int]] = {}
    for citation in document.citations:
        for source_id in citation.ids:
            cited.setdefault(source_id, []).append(citation.line)
    return Derived(len(document.citations), sources, cited, report.text, document.title)
