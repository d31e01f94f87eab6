"""A vertical line between two panes."""

from textual.strip import Strip

from tui.ui.widgets.drawn import Drawn


class Divider(Drawn):
    """One column."""

    def render_line(self, y: int) -> Strip:
        """Return one cell of the line."""
        return self.strip_of((("│", "rule"),))
