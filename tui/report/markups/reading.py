"""Which markup a text is written in, and its document."""

from collections.abc import Callable, Sequence

from tui.domain.detail import ReportFormat, Source
from tui.report.document import Document
from tui.report.markups import asciidoc, latex, org, rst, wikitext
from tui.report.markups.edits import Parse, Rewriting, read_rewritten

_TELLERS: tuple[tuple[ReportFormat, Callable[[str], bool]], ...] = (
    (ReportFormat.LATEX, latex.is_latex),
    (ReportFormat.ORG, org.is_org),
    (ReportFormat.WIKITEXT, wikitext.is_wikitext),
    (ReportFormat.ASCIIDOC, asciidoc.is_asciidoc),
    (ReportFormat.RST, rst.is_rst),
)
_REWRITERS: dict[ReportFormat, Callable[[str], Rewriting]] = {
    ReportFormat.LATEX: latex.rewrite,
    ReportFormat.ORG: org.rewrite,
    ReportFormat.WIKITEXT: wikitext.rewrite,
    ReportFormat.ASCIIDOC: asciidoc.rewrite,
    ReportFormat.RST: rst.rewrite,
}


def markup_of(text: str) -> ReportFormat | None:
    """Return the markup that a text is written in, if it is one that is neither markdown nor HTML."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return next((markup for markup, tells in _TELLERS if tells(text)), None)


def read_markup_text(text: str, markup: ReportFormat, parse: Parse, given: Sequence[Source]) -> Document:
    """Return the document of a text in that markup."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return read_rewritten(_REWRITERS[markup](text), parse, given)
