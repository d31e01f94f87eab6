"""Lists of given items: lines made of them, fixed lines, lines under a title."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from tui.ui.text.lines import Line, ruled
from tui.ui.widgets.list_view import LineView

Item = TypeVar("Item")


class ItemList(LineView, Generic[Item]):
    """A list with a line for each of its items; a subclass makes the lines."""

    def __init__(self, items: Sequence[Item] = (), *, name: str) -> None:
        super().__init__(name=name)
        self.items = items

    @property
    def current(self) -> Item | None:
        """The item under the cursor."""
        return self.items[self.cursor] if self.cursor < len(self.items) else None

    def show_items(self, items: Sequence[Item]) -> None:
        """Show other items; the cursor stays on its line number."""
        self.items = items
        self.lines_changed()

    def line_count(self) -> int:
        """Return the number of items."""
        return len(self.items)


class LineList(ItemList[Line]):
    """A list of given lines."""

    def line(self, number: int, width: int) -> Line:
        """Return one of them."""
        return self.items[number]


class TextLines(LineList):
    """Fixed lines without a cursor."""

    has_cursor = False

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines, scrolled to the first."""
        self.scroll_lines(-self.scroll_offset.y)
        self.show_items(lines)


class TextPane(TextLines):
    """Lines under a title in a rule, made for the width there is; never focused.

    Args:
        name: Its id.
        tone: The tone of its title.
    """

    can_focus = False

    def __init__(self, *, name: str, tone: str = "strong") -> None:
        super().__init__(name=name)
        self.title = ""
        self._tone = tone
        self._make: Callable[[int], Sequence[Line]] = lambda width: ()

    def show(self, title: str, make: Callable[[int], Sequence[Line]]) -> None:
        """Show something else; `make` returns its lines for a width. Only changed lines are painted."""
        other, self.title, self._make = title != self.title, title, make
        if not self.has_room():
            return  # it is laid out later, or never
        before, self.items = self.items, make(self.size.width)
        if other or len(before) != len(self.items):
            self.lines_changed()
            return
        for number, (old, new) in enumerate(zip(before, self.items, strict=True)):
            if old != new:
                self.line_changed(number)

    def fit(self) -> None:
        """Make the lines for the new width."""
        self.items = self._make(self.size.width) if self.size else ()
        super().fit()

    def header(self, width: int) -> Line | None:
        """Return the title in a rule."""
        return ruled(self.title, width, self._tone)
