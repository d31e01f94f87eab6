"""Reads a text in a markup other than markdown."""

from collections.abc import Callable, Sequence

from tui.domain.detail import ReportFormat, Source
from tui.report.document import Document
from tui.report.markups import asciidoc, latex, org, rst, wikitext
from tui.report.markups.edits import Parse, Rewriting, read_rewritten

_REWRITERS: dict[ReportFormat, Callable[[str], Rewriting]] = {
    ReportFormat.LATEX: latex.rewrite,
    ReportFormat.ORG: org.rewrite,
    ReportFormat.WIKITEXT: wikitext.rewrite,
    ReportFormat.ASCIIDOC: asciidoc.rewrite,
    ReportFormat.RST: rst.rewrite,
}


def read_markup_text(text: str, markup: ReportFormat, parse: Parse, given: Sequence[Source]) -> Document:
    """Return the document of a text in that markup."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return read_rewritten(_REWRITERS[markup](text), parse, given)
