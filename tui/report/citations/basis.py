"""Adds a provider's evidence to the sources of a report: further quotes, reasons, confidence."""

from dataclasses import replace

from tui.domain.detail import Report, Source

Facts = tuple[tuple[str, str], ...]


def with_basis(report: Report) -> Report:
    """Return a report whose sources include their further quotes, and the reasons and confidence of its fields."""
    said: dict[str, Facts] = {}
    for cited in report.anchored:
        pairs = (("confidence", cited.confidence), ("reasoning", cited.reasoning))
        told = (*pairs, *(("quote", quote) for quote in cited.excerpts))
        for source_id in cited.sources if any(text for _, text in told) else ():
            said[source_id] = (*said.get(source_id, ()), *((label, text) for label, text in told if text))
    if not said and not any(source.excerpts for source in report.sources):
        return report
    return replace(report, sources=tuple(_told(source, said.get(source.id, ())) for source in report.sources))


def _told(source: Source, said: Facts) -> Source:
    quotes = (("quote", quote) for quote in source.excerpts)
    known = {*source.facts, ("quote", source.snippet)}
    new = [fact for fact in dict.fromkeys((*quotes, *said)) if fact not in known]
    return replace(source, facts=(*source.facts, *new)) if new else source
