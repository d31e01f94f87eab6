"""Lines under a title in a rule: the preview of what is selected in the list beside or above it."""

from collections.abc import Sequence

from textual.geometry import Region

from tui.ui.text.lines import Line, ruled
from tui.ui.widgets.item_list import TextLines


class Preview(TextLines):
    """Lines under a title, to be scrolled where they are more than the screen has room for."""

    def __init__(self) -> None:
        super().__init__(name="preview")
        self._title = ""

    def show(self, title: str, lines: Sequence[Line]) -> None:
        """Show other lines, from the first one."""
        if (title, lines) != (self._title, self.items):
            if title != self._title:
                self.scroll_lines(-self.scroll_offset.y)
            self._title = title
            self.show_items(lines)

    def header(self, width: int) -> Line | None:
        """The title in a rule."""
        return ruled(self._title, width, "accent" if self.has_focus else "strong", "─ ")

    def on_focus(self) -> None:
        """Say that it has the keys."""
        self.refresh(Region(0, 0, self.size.width, 1))

    on_blur = on_focus
