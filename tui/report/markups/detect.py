"""Detects the markup of a text; its module is imported only then."""

import re
from collections.abc import Callable

from tui.domain.detail import ReportFormat

_HEAD = 200_000  # characters in which a text shows what it is written in
LATEX_BEGIN = "\\begin{document}"
_RST = (
    r"^\.\. (?:\[[^\]\n]+\][ \t]|_[^:\n]+:"
    r"|(?:code-block|code|note|warning|image|figure|contents|toctree|raw|list-table)::)"
)


def markup_of(text: str) -> ReportFormat | None:
    """Return the markup of a text, if it is neither markdown nor HTML; else None."""
    text = text[:_HEAD].removeprefix("\ufeff").replace("\r\n", "\n")
    return next((markup for markup, tells in _TELLERS if tells(text)), None)


def is_latex(text: str) -> bool:
    """Whether a text is a LaTeX document, or a part of one with citations."""
    if (
        re.match(r"\s*(?:%[^\n]*\n\s*)*\\documentclass\b", text)
        or f"\n{LATEX_BEGIN}" in text
        or text.startswith(LATEX_BEGIN)
    ):
        return True
    headings = re.search(r"^[ \t]*\\(?:sub){0,2}section\*?\{", text, re.MULTILINE)
    return bool(headings and re.search(r"\\[a-z]*cite[a-z]*\*?(?:\[[^\]]*\])*\{|\\begin\{", text))


def is_org(text: str) -> bool:
    """Whether a text is Org: its keywords, or its headlines with its links, notes or citations."""
    if re.search(r"^#{1,6} \S", text.replace("# -*-", ""), re.MULTILINE):
        return False
    if re.search(
        r"^[ \t]*#\+(?:title|author|begin_src|begin_quote|options|bibliography):?", text, re.MULTILINE | re.IGNORECASE
    ):
        return True
    return bool(
        re.search(r"^\*+ \S", text, re.MULTILINE)
        and re.search(r"\[\[https?://[^\]\n]+\]|\[fn:|\[cite:?/?.*@|^[ \t]*:PROPERTIES:", text, re.MULTILINE)
    )


def is_wikitext(text: str) -> bool:
    """Whether a text is wikitext: its references, or its headings with its links or styles."""
    if re.search(r"^#{1,6} \S", text, re.MULTILINE) or re.match(r"\s*<(?:!doctype|html)", text, re.IGNORECASE):
        return False
    if (re.search(r"<ref\b[^<>]{0,300}>", text, re.IGNORECASE) and re.search(r"</ref|/>", text)) or re.search(
        r"\{\{\s*(?:cite (?:web|book|news|journal)|reflist)\b", text, re.IGNORECASE
    ):
        return True
    return bool(
        re.search(r"^==+[^=\n]+==+[ \t]*$", text, re.MULTILINE) and re.search(r"'''|\[\[|\{\{|\[https?://", text)
    )


def is_asciidoc(text: str) -> bool:
    """Whether a text is AsciiDoc: titles with equals signs, and markup of its own."""
    if not re.search(r"^={1,5} \S.*(?<!=)$", text, re.MULTILINE) or re.search(r"^#{1,6} \S", text, re.MULTILINE):
        return False
    return bool(
        re.match(r"\s*= \S", text)
        or re.search(
            r"\[\[\[|<<[^<>\n]+>>|footnote:|https?://\S+\[|^\[(?:source|bibliography)|^:[\w-]+:", text, re.MULTILINE
        )
    )


def is_rst(text: str) -> bool:
    """Whether a text is reStructuredText: explicit markup of its own, and no markdown heading."""
    return bool(re.search(_RST, text, re.MULTILINE)) and not re.search(r"^#{1,6} \S", text, re.MULTILINE)


_TELLERS: tuple[tuple[ReportFormat, Callable[[str], bool]], ...] = (
    (ReportFormat.LATEX, is_latex),
    (ReportFormat.ORG, is_org),
    (ReportFormat.WIKITEXT, is_wikitext),
    (ReportFormat.ASCIIDOC, is_asciidoc),
    (ReportFormat.RST, is_rst),
)
