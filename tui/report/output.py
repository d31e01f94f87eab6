"""Citations, sources and audit as JSON for scripts and as a table for people."""

from typing import Any

from tui.domain.narrow import is_narrow
from tui.domain.text import one_line, plural
from tui.report.citations.audit import Audit, Fraction
from tui.report.document import Citation, Document, MarkerKind, Resolution
from tui.report.plain import plain_texts

_WIDEST = 100
KIND_WORDS = {
    MarkerKind.NUMERIC: "number",
    MarkerKind.NUM_LINK: "linked number",
    MarkerKind.NUM_ANCHOR: "anchored number",
    MarkerKind.LINK: "link",
    MarkerKind.URL: "bare address",
    MarkerKind.FOOTNOTE: "footnote",
    MarkerKind.LENTICULAR: "number in 【】",
    MarkerKind.OPENAI_PUA: "OpenAI mark",
    MarkerKind.OAICITE: "OpenAI cite",
    MarkerKind.TAG: "cite tag",
    MarkerKind.GEMINI_CITE: "Gemini mark",
    MarkerKind.FLATTENED: "bare number",
    MarkerKind.SPAN: "marked passage",
    MarkerKind.KEY: "bibliography key",
    MarkerKind.AUTHOR_YEAR: "author and year",
}
"""What a kind of citation is called where people read it; JSON has the kind's own word."""


def cite_json(document: Document, audit: Audit) -> dict[str, Any]:
    """Return {"citations", "sources", "audit"}; the first two exactly as in tests/contracts/citations.md, section 1."""
    return {
        "citations": [_citation(citation) for citation in document.citations],
        "sources": [{"id": source.id, "url": source.url, "title": source.title} for source in document.sources],
        "audit": audit.to_json(),
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "marker": citation.marker,
        "kind": str(citation.kind),
        "ids": list(citation.ids),
        "urls": list(citation.urls),
        "status": [str(status) for status in citation.status],
        "line": citation.line,
        "col": citation.col,
    }


def cite_table(document: Document, audit: Audit, *, markup: bool = True) -> str:
    """Return the same as lines of text: one per citation, source and count of the audit.

    Without `markup` the markers are as a reader of the report sees them.
    """
    parts = [
        *_block("CITATIONS", [_row(citation, markup) for citation in document.citations]),
        *_block(
            "SOURCES",
            [
                [source.id, one_line(source.url or "no address"), one_line(source.title or "", _WIDEST)]
                for source in document.sources
            ],
        ),
        *_block("AUDIT", _audit_rows(audit)),
        *_block("DOMAINS", [[domain, f"{count} of {audit.located}"] for domain, count in audit.domains]),
    ]
    return "\n".join(parts) + "\n"


def _row(citation: Citation, markup: bool) -> list[str]:
    leads = ", ".join(
        one_line(url) if url else str(status) if status is Resolution.DANGLING else "no address"
        for url, status in zip(citation.urls, citation.status, strict=True)
    )
    place = f"{citation.line}:{citation.col}"
    return [
        place,
        KIND_WORDS[citation.kind],
        one_line(citation.marker, 40) if markup else _shown(citation.marker),
        one_line(", ".join(citation.ids), 40),
        leads,
    ]


def _cells(text: str) -> int:
    """Return the width of a text; the tables of wide characters are loaded where there are some."""
    if is_narrow(text):
        return len(text)
    from tui.domain.cells import cell_len

    return cell_len(text)


def _shown(marker: str) -> str:
    return one_line(" ".join(text.line for text in plain_texts(marker)) or marker, 24)


def _block(title: str, rows: list[list[str]]) -> list[str]:
    if not rows:
        return [f"{title}: none", ""]
    widths = [max(_cells(row[at]) for row in rows) for at in range(len(rows[0]) - 1)]
    padded = ([cell + " " * (width - _cells(cell)) for cell, width in zip(row, widths, strict=False)] for row in rows)
    lines = ["  ".join([*cells, row[-1]]) for cells, row in zip(padded, rows, strict=True)]
    return [f"{title} ({len(rows)})", *(f"  {line.rstrip()}" for line in lines), ""]


def _audit_rows(audit: Audit) -> list[list[str]]:
    kinds = ", ".join(f"{count} {kind_words(kind)}" for kind, count in audit.kinds)
    found = [["citations", plural(audit.citations, "citation") + (f" ({kinds})" if kinds else "")]]
    return found + [[words, _written(share)] for _, words, share in audit.shares()]


def kind_words(kind: str) -> str:
    """Return the words for a kind of citation; the kind itself if it is unknown."""
    return KIND_WORDS.get(MarkerKind(kind), kind) if kind in {*MarkerKind} else kind


def _written(share: Fraction) -> str:
    percent = f" ({100 * share.count / share.of:.0f} %)" if share.of else ""
    examples = f": {one_line(', '.join(share.examples), _WIDEST)}" if share.examples else ""
    return f"{share.count} of {share.of}{percent}{examples}"
