"""The views of the task list as tabs: filters with a name and a count; the user's own come last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

from tui.domain.task import TaskStatus
from tui.domain.text import one_line
from tui.ui.dashboard.task_list import TaskList
from tui.ui.text.lines import Line, cut_line, line_width
from tui.ui.widgets.bars import LineBar

if TYPE_CHECKING:
    from tui.domain.detail import Json

_LONGEST = 20
MOST_SAVED = 12
"""How many views a user can save."""


@dataclass(frozen=True, slots=True)
class View:
    """A filter with a name."""

    name: str
    filter: str

    @property
    def title(self) -> str:
        """The name as it is shown."""
        return one_line(self.name, _LONGEST)


BUILT_IN: Sequence[View] = (
    View("All", ""),
    View("For you", "status:waiting"),
    View("Running", "status:running,queued,cancelling,unknown"),
    View("Unread", "is:unread"),
    View("Failed", "status:failed"),
)


def counts(model: TaskList) -> Mapping[str, int]:
    """Return how many tasks each of the views that are always there has."""
    states = model.statuses
    under_way = (TaskStatus.RUNNING, TaskStatus.QUEUED, TaskStatus.CANCELLING, TaskStatus.UNKNOWN)
    return {
        "All": len(model.tasks),
        "For you": states.get(TaskStatus.WAITING, 0),
        "Running": sum(states.get(state, 0) for state in under_way),
        "Unread": model.unread,
        "Failed": states.get(TaskStatus.FAILED, 0),
    }


def saved_views(value: "Json") -> tuple[View, ...]:
    """Return the user's own views from what was remembered; what makes no sense is left out."""
    if not isinstance(value, list):
        return ()
    pairs = [(one.get("name"), one.get("filter")) for one in value if isinstance(one, dict)]
    return tuple(View(name, text) for name, text in pairs if isinstance(name, str) and isinstance(text, str) and name)


def as_json(views: Sequence[View]) -> "Json":
    """Return the user's own views as they are remembered."""
    return [{"name": view.name, "filter": view.filter} for view in views]


class ViewTabs(LineBar):
    """One line of tabs; the present one stands between marks, so that it is told without colours, too."""

    @dataclass
    class Chosen(Message):
        """A tab was clicked."""

        view: View

    def __init__(self) -> None:
        super().__init__(name="views")
        self._tabs: Sequence[tuple[View, Line]] = ()

    def update(self, views: Sequence[View], numbers: Mapping[str, int], present: str) -> None:
        """Show these views; `present` is the filter of the list."""
        self._tabs = [(view, _tab(view, numbers.get(view.name), view.filter == present.strip())) for view in views]
        self.show(sum((tab for _, tab in self._tabs), ()))

    def compose_line(self, width: int) -> Line:
        """Return the tabs, and at the right which keys go through them."""
        keys: Line = (("[ ]", "key"), (" view ", "dim"))
        room = width - line_width(keys)
        if line_width(self.shown) >= room:
            return cut_line(self.shown, width)
        return (*self.shown, (" " * (room - line_width(self.shown)), "plain"), *keys)

    def on_click(self, event: events.Click) -> None:
        """Choose the clicked tab."""
        end = 0
        for view, tab in self._tabs:
            end += line_width(tab)
            if event.x < end:
                self.post_message(self.Chosen(view))
                return


def _tab(view: View, number: int | None, present: bool) -> Line:
    count = "" if number is None else f" {number:,}"
    left, right = ("▐", "▌") if present else (" ", " ")
    return (
        (left, "accent"),
        (view.title, "strong" if present else "dim"),
        (count, "plain" if number else "dim"),
        (right, "accent"),
    )
