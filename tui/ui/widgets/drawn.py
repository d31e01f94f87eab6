"""How lines of (text, tone) become strips in the colours of styles/: shared by every widget that draws itself."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip
from textual.widget import Widget

from tui.ui.paint import TONES, Line, cut_line
from tui.ui.strips import draw

_KEPT = 512


class Drawn(Widget):
    """A widget that turns lines into strips; tones are its component classes `line--<tone>`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"line--{tone}" for tone in TONES),
        "line--cursor",
        "line--cursor-blurred",
    }
    _tones: dict[str, Style] | None = None
    _filters: Sequence[LineFilter] = ()
    _background = Color(0, 0, 0)
    _drawn: LRUCache[tuple[Line, int, str], Strip] | None = None

    def notify_style_update(self) -> None:
        """Look the colours up again: the theme changed."""
        super().notify_style_update()
        self._tones = self._drawn = None

    def _look_up(self) -> dict[str, Style]:
        names = sorted(Drawn.COMPONENT_CLASSES)
        self._filters = self.get_line_filters()
        self._background = self.background_colors[1]
        looks = {name.removeprefix("line--"): self.get_component_rich_style(name) for name in names}
        for name in ("cursor", "cursor-blurred"):  # only ground and attributes: each tone keeps its colour
            look = looks[name]
            looks[name] = Style(bgcolor=look.bgcolor, reverse=look.reverse, bold=look.bold)
        return looks

    def style_of(self, tone: str) -> Style:
        """Return what a tone looks like here."""
        if self._tones is None:
            self._tones = self._look_up()
        return self._tones.get(tone) or self._tones["plain"]

    def strip_of(self, line: Line, *, cursor: bool = False) -> Strip:
        """Return a full-width strip of a line in this widget's colours; an equal line costs a look-up."""
        if self._drawn is None:
            self._drawn = LRUCache(_KEPT)
        over = ("cursor" if self.has_focus else "cursor-blurred") if cursor else ""
        key = (line, self.size.width, over)
        strip = self._drawn.get(key)
        if strip is None:
            strip = self._drawn[key] = self._draw(*key)
        return strip

    def _draw(self, line: Line, width: int, over: str) -> Strip:
        def style(tone: str) -> Style:
            return self.style_of(tone) + self.style_of(over) if over else self.style_of(tone)

        segments = [Segment(text, style(tone)) for text, tone in cut_line(line, width) if text]
        fill = style("plain")  # looks the filters up, too
        return draw(segments, width, fill, filters=self._filters, background=self._background)
