"""A provider's report in any format -> `Document`: the entry point for everything but plain text."""

from collections.abc import Sequence
from dataclasses import replace

from tui.domain.detail import Report, ReportFormat, Source
from tui.report.citations.basis import with_basis
from tui.report.document import Document
from tui.report.parse import parse, parse_page, parse_text


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
