"""The base of every widget that draws itself: lines of (text, tone) -> strips in the theme's colours."""

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.ui.text.lines import Line, cut_line
from tui.ui.text.painter import Painter

_KEPT = 512
_CURSORS = ("cursor", "cursor-blurred")


class Drawn(Widget):
    """A widget that turns lines into strips; the rules `Drawn > .line--<tone>` style the tones."""

    _painter: Painter | None = None
    _drawn: LRUCache[tuple[Line, int, str], Strip] | None = None

    def notify_style_update(self) -> None:
        """Drop the cached styles if the theme changed."""
        super().notify_style_update()
        if self._painter is not None and self._painter.renew():
            self._drawn = None
            self.restyled()
            self.refresh()

    @property
    def drawn(self) -> LRUCache[tuple[Line, int, str], Strip] | None:
        """The strips cached in the present theme."""
        return self._drawn

    def restyled(self) -> None:
        """Drop the strips of the old theme."""

    def strip_of(self, line: Line, *, cursor: bool = False) -> Strip:
        """Return a full-width strip of a line; an equal line is taken from the cache."""
        if self._painter is None or self._drawn is None:
            self._drawn, self._painter = LRUCache(_KEPT), self._painter or Painter(self)
            self._painter.renew()
        over = _CURSORS[not self.has_focus] if cursor else ""
        key = (line, self.size.width, over)
        strip = self._drawn.get(key)
        if strip is None:
            strip = self._drawn[key] = self._draw(self._painter, *key)
        return strip

    def _draw(self, painter: Painter, line: Line, width: int, over: str) -> Strip:
        ground = None
        if over:  # of the cursor only its ground and attributes count
            look = painter.style(over)
            ground = Style(bgcolor=look.bgcolor, reverse=look.reverse, bold=look.bold)
            if look.reverse:  # one bar: not a patch for every tone, nor dim letters, which cannot be read on it
                ground += Style(color="default", dim=False)
        segments = [Segment(text, painter.style(tone, ground)) for text, tone in cut_line(line, width) if text]
        return painter.strip(segments, width, painter.style("plain", ground))


class Divider(Drawn):
    """A line of one column."""

    def render_line(self, y: int) -> Strip:
        """Return one cell of the line."""
        return self.strip_of((("│", "rule"),))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the same cell for every line."""
        return [self.render_line(0)] * crop.height
