"""A line of tabs with counts; the current one stands between marks, so that it is visible without colours."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message

from tui.domain.frozen import frozen
from tui.ui.text.lines import Line, cut_line, line_width
from tui.ui.widgets.bars import LineBar


@frozen
class Tab:
    """One tab; `count` is not shown where it is None."""

    title: str
    count: int | None = None
    present: bool = False


class TabBar(LineBar):
    """Tabs on the left, the keys that switch them on the right; a click chooses one."""

    @dataclass
    class Chosen(Message):
        """A tab was clicked."""

        number: int

    def __init__(self, keys: str, label: str = "part", *, name: str = "tabs") -> None:
        super().__init__(name=name)
        self._keys: Line = ((keys, "key"), (f" {label} ", "dim"))
        self._tabs: Sequence[Line] = ()

    def update(self, tabs: Sequence[Tab]) -> None:
        """Show these tabs."""
        self._tabs = [_line(tab) for tab in tabs]
        self.show(sum(self._tabs, ()))

    def compose_line(self, width: int) -> Line:
        """Return the tabs, and the keys if there is room."""
        room = width - line_width(self._keys)
        if line_width(self.shown) >= room:
            return cut_line(self.shown, width)
        return (*self.shown, (" " * (room - line_width(self.shown)), "plain"), *self._keys)

    def on_click(self, event: events.Click) -> None:
        """Choose the clicked tab."""
        end = 0
        for number, tab in enumerate(self._tabs):
            end += line_width(tab)
            if event.x < end:
                self.post_message(self.Chosen(number))
                return


def _line(tab: Tab) -> Line:
    left, right = ("▐", "▌") if tab.present else (" ", " ")
    return (
        (left, "accent"),
        (tab.title, "strong" if tab.present else "dim"),
        ("" if tab.count is None else f" {tab.count:,}", "plain" if tab.count else "dim"),
        (right, "accent"),
    )
