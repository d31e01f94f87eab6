"""How tones become styles and lines become strips: the one painter of lists and reader.

What a tone looks like is said in styles/, by a rule for the component class `line--<tone>` of the widget.
"""

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.dom import DOMNode
from textual.filter import LineFilter
from textual.strip import Strip
from textual.widget import Widget

from tui.domain.cells import cell_len

_MOST_STYLES = 4000


class Painter:
    """The styles of one widget's tones, looked up once a theme, and its lines as strips."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._worn: tuple[object, ...] = ()
        self._styles: dict[object, Style] = {}
        self._ground: tuple[Sequence[LineFilter], Color] | None = None

    def renew(self) -> bool:
        """Forget the styles if they are others now (the theme changed); whether they are."""
        widget = self._widget
        worn = (widget.app.theme, widget.app.ansi_color, widget.rich_style)
        if worn == self._worn:
            return False
        self._worn, self._ground = worn, None
        self._styles.clear()
        return True

    def style(self, tone: str, added: Style | None = None, link: str | None = None) -> Style:
        """Return the style of a tone, with another one added, that leads to a link."""
        key = (tone, added, link) if added or link else tone
        style = self._styles.get(key)
        if style is None:
            if len(self._styles) > _MOST_STYLES:
                self._styles.clear()
            if key is tone:
                style = self._looked_up(tone)
            else:
                style = self.style(tone) + added if added else self.style(tone)
                style = style.update_link(link) if link else style
            self._styles[key] = style
        return style

    def _looked_up(self, tone: str) -> Style:
        """Return the style of a tone, over the widget's background, when a line first needs it.

        Textual's own COMPONENT_CLASSES are worked out anew for every widget at every change of style, focus included:
        hundreds of times before the first paint.
        """
        node = DOMNode(classes=f"line--{tone}")
        node._attach(self._widget)
        self._widget.app.stylesheet.apply(node, animate=False)
        return node.rich_style

    def strip(self, segments: Sequence[Segment], width: int, fill: Style) -> Strip:
        """Return a strip of exactly `width` cells with the application's line filters applied: it may be kept."""
        if self._ground is None:
            self._ground = self._widget.get_line_filters(), self._widget.background_colors[1]
        return draw(segments, width, fill, filters=self._ground[0], background=self._ground[1])


def draw(
    segments: Sequence[Segment], width: int, fill: Style, *, filters: Iterable[LineFilter] = (), background: Color
) -> Strip:
    """Return a strip of exactly `width` cells.

    Args:
        segments: What stands in the line.
        width: Cells of the line.
        fill: Style of the blanks behind it.
        filters: The application's line filters (16 colours, NO_COLOR, no control characters).
        background: Background the filters may need.
    """
    cells = sum(cell_len(segment.text) for segment in segments)
    filled = [*segments, Segment(" " * (width - cells), fill)] if cells < width else [*segments]
    if cells > width:
        filled = [*Strip(segments, cells).adjust_cell_length(width, fill)]
    for line_filter in filters:
        filled = line_filter.apply(filled, background)
    return Strip(filled, width)
