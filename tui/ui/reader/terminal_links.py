"""Which links of a report may be sent to the terminal."""

from functools import lru_cache

from tui.domain.url import Verdict, check_url, openable
from tui.report.document import Look, Span
from tui.ui.reader.layout.indexed_report import IndexedReport


def address_of(span: Span, book: IndexedReport) -> str | None:
    """Return the address a span leads to: its own, else that of the first source of its citation."""
    if span.url:
        return span.url
    if span.cite is None:
        return None
    return next((url for url in book.document.citations[span.cite].urls if url), None)


def terminal_link(span: Span, book: IndexedReport) -> str | None:
    """Return what a span's OSC 8 link may be: only verdict `open`, as printable ASCII; never a picture's (a secret)."""
    address = address_of(span, book)
    return _safe(address) if address and not span.look & Look.IMAGE else None


@lru_cache(maxsize=4096)
def _safe(address: str) -> str | None:
    return openable(address) if check_url(address).verdict is Verdict.OPEN else None
