"""Segments -> a strip as wide as its widget, with the application's line filters applied: such strips are kept."""

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip


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
    strip = Strip(segments).adjust_cell_length(width, fill)
    for line_filter in filters:
        strip = strip.apply_filter(line_filter, background)
    return strip
