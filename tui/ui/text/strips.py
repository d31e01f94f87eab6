"""Segments -> a strip of a widget's width, with the application's line filters applied, so that it can be cached."""

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

from tui.domain.cells import cell_len


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
