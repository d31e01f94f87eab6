"""How lines of (text, tone) become strips in the colours of styles/: shared by every widget that draws itself."""

import os
from collections.abc import Sequence
from typing import ClassVar

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip
from textual.widget import Widget

from tui.ui.paint import TONES, Line, cut_line
from tui.ui.widgets.tight import tight

_SYSTEMS = {"standard": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT, "truecolor": ColorSystem.TRUECOLOR}
_NO_ERASE = ("screen", "linux", "vt", "dumb")  # terminals that erase in the default background


class Drawn(Widget):
    """A widget that turns lines into strips; tones are its component classes `line--<tone>`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"line--{tone}" for tone in TONES),
        "line--cursor",
        "line--cursor-blurred",
    }
    _tones: dict[str, Style] | None = None
    _system: ColorSystem | None = None
    _erase = False
    _filters: Sequence[LineFilter] = ()
    _background = Color(0, 0, 0)

    def forget_styles(self) -> None:
        """Look the colours up again: the theme changed."""
        self._tones = None

    def _look_up(self) -> dict[str, Style]:
        names = sorted(Drawn.COMPONENT_CLASSES)
        self._system = _SYSTEMS.get(self.app.console.color_system or "")
        self._filters = self.get_line_filters()
        self._background = self.background_colors[1]
        self._erase = not os.environ.get("TERM", "").startswith(_NO_ERASE)
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
        """Return a full-width strip of a line in this widget's colours."""
        width = self.size.width
        base = self.style_of("plain")
        over = self.style_of("cursor" if self.has_focus else "cursor-blurred") if cursor else None
        segments = [
            Segment(text, self.style_of(tone) + over if over else self.style_of(tone))
            for text, tone in cut_line(line, width)
            if text
        ]
        strip = Strip(segments)
        for line_filter in self._filters:
            strip = strip.apply_filter(line_filter, self._background)
        return tight(list(strip), width, base + over if over else base, self._system, erase=self._erase)
