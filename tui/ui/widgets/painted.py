"""The base of every widget that draws itself: lines of (text, tone) -> strips in the theme's colours."""

from collections.abc import Mapping, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip
from textual.widget import Widget

from tui.ui.text.lines import Line, cut_line
from tui.ui.text.strips import draw
from tui.ui.text.tones import component_style, style_cache_key

_KEPT = 512
_CURSORS = ("cursor", "cursor-blurred")


class Drawn(Widget):
    """A widget that turns lines into strips; the rules `Drawn > .line--<tone>` style the tones."""

    _tones: Mapping[str, Style] = {}
    _worn: tuple[object, ...] = ()
    _filters: Sequence[LineFilter] = ()
    _background = Color(0, 0, 0)
    _drawn: LRUCache[tuple[Line, int, str], Strip] | None = None

    def notify_style_update(self) -> None:
        """Drop the cached styles if the theme changed."""
        super().notify_style_update()
        if self._drawn is not None and style_cache_key(self) != self._worn:
            self._drawn = None
            self.restyled()
            self.refresh()

    @property
    def drawn(self) -> LRUCache[tuple[Line, int, str], Strip] | None:
        """The strips cached in the present theme."""
        return self._drawn

    def restyled(self) -> None:
        """Drop the strips of the old theme."""

    def style_of(self, tone: str) -> Style:
        """Return the style of a tone; that of the cursor has background and attributes only."""
        if tone not in self._tones:
            look = component_style(self, f"line--{tone}")
            if tone in _CURSORS:
                look = Style(bgcolor=look.bgcolor, reverse=look.reverse, bold=look.bold)
            self._tones = {**self._tones, tone: look}
        return self._tones[tone]

    def strip_of(self, line: Line, *, cursor: bool = False) -> Strip:
        """Return a full-width strip of a line; an equal line is taken from the cache."""
        if self._drawn is None:
            self._drawn, self._tones, self._worn = LRUCache(_KEPT), {}, style_cache_key(self)
            self._filters, self._background = self.get_line_filters(), self.background_colors[1]
        over = _CURSORS[not self.has_focus] if cursor else ""
        key = (line, self.size.width, over)
        strip = self._drawn.get(key)
        if strip is None:
            strip = self._drawn[key] = self._draw(*key)
        return strip

    def _draw(self, line: Line, width: int, over: str) -> Strip:
        def style(tone: str) -> Style:
            return self.style_of(tone) + self.style_of(over) if over else self.style_of(tone)

        segments = [Segment(text, style(tone)) for text, tone in cut_line(line, width) if text]
        return draw(segments, width, style("plain"), filters=self._filters, background=self._background)
