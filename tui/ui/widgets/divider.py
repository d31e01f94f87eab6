"""A vertical line between two panes."""

from textual.geometry import Region
from textual.strip import Strip

from tui.ui.widgets.painted import Drawn


class Divider(Drawn):
    """A line of one column."""

    def render_line(self, y: int) -> Strip:
        """Return one cell of the line."""
        return self.strip_of((("│", "rule"),))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the same cell for every line."""
        return [self.render_line(0)] * crop.height
