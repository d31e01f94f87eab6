"""Tones -> styles of the current theme, and which links may be sent to the terminal."""

from collections.abc import Sequence
from functools import lru_cache

from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.widget import Widget

from tui.domain.url import Verdict, check_url, openable
from tui.report.document import Look, Span
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.layout.lines import Tone
from tui.ui.text.tones import component_style, style_cache_key

_LOOKS = {
    Look.BOLD: Style(bold=True),
    Look.ITALIC: Style(italic=True),
    Look.STRIKE: Style(strike=True),
}


class Palette:
    """The styles of one widget's tones, cached until the theme changes."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._worn: tuple[object, ...] = ()
        self._styles: dict[tuple[Tone, int, str | None], Style] = {}
        self._ground: tuple[Sequence[LineFilter], Color] | None = None

    @property
    def ground(self) -> tuple[Sequence[LineFilter], Color]:
        """The application's line filters, and the background colour that they need."""
        if self._ground is None:
            self._ground = self._widget.get_line_filters(), self._widget.background_colors[1]
        return self._ground

    def renew(self) -> bool:
        """Drop the cached styles if the theme changed; returns whether it did."""
        worn = style_cache_key(self._widget)
        changed = worn != self._worn
        if changed:
            self._worn = worn
            self._styles.clear()
            self._ground = None
        return changed

    def style(self, tone: Tone, look: int = 0, link: str | None = None) -> Style:
        """Return the style of a tone with a span's attributes and its link."""
        key = (tone, look, link)
        style = self._styles.get(key)
        if style is None:
            if link:
                style = self.style(tone, look).update_link(link)
            else:
                style = component_style(self._widget, f"reader--{tone}")
                for flag, added in _LOOKS.items():
                    style = style + added if look & flag else style
            if len(self._styles) > 4000:
                self._styles.clear()
            self._styles[key] = style
        return style


def address_of(span: Span, book: IndexedReport) -> str | None:
    """Return the address of a span: its own, else that of the first source of its citation."""
    if span.url:
        return span.url
    if span.cite is None:
        return None
    return next((url for url in book.document.citations[span.cite].urls if url), None)


def terminal_link(span: Span, book: IndexedReport) -> str | None:
    """Return the OSC 8 link of a span: verdict `open` only, printable ASCII; never a picture's, which may be secret."""
    address = address_of(span, book)
    return _safe(address) if address and not span.look & Look.IMAGE else None


@lru_cache(maxsize=4096)
def _safe(address: str) -> str | None:
    return openable(address) if check_url(address).verdict is Verdict.OPEN else None
