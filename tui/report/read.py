"""A provider's report in any format -> `Document`: the entry point for everything but plain text."""

from collections.abc import Sequence
from dataclasses import replace

from tui.domain.detail import Report, ReportFormat, Source
from tui.report.document import Document
from tui.report.parse import parse, parse_page, parse_text

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


def read_report(report: Report) -> Document:
    """Return the document of a report; never raises.

    The format says how the text is written (but markdown that is HTML after all is read as HTML: providers promise one
    and send the other), the numbering how its numbers relate to the provider's list.
    """
    report = with_basis(report)
    document = _read(report, report.sources)
    if not report.partial:
        return document
    return replace(document, problems=(*document.problems, "This report is partial: the task ended before its end."))


def _read(report: Report, sources: Sequence[Source]) -> Document:
    match report.format:
        case ReportFormat.HTML:
            return parse_page(report.text, sources, numbering=report.numbering)
        case ReportFormat.JSON:
            from tui.report.structured import read_fields

            return read_fields(report)
        case ReportFormat.TEXT:
            return parse_text(report.text, sources, numbering=report.numbering)
        case ReportFormat.LATEX | ReportFormat.ORG | ReportFormat.WIKITEXT | ReportFormat.ASCIIDOC | ReportFormat.RST:
            from tui.report.markups.reading import read_markup_text

            return read_markup_text(report.text, report.format, parse, sources)
        case _ if report.dialect:
            from tui.report.markups.dialects import read_dialect

            return read_dialect(report.text, parse, sources)
        case _ if report.anchored:
            from tui.report.citations.spans import read_anchored

            return read_anchored(report, lambda text: parse(text, sources, numbering=report.numbering))
        case _:
            return parse(report.text, sources, numbering=report.numbering)
