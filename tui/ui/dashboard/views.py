"""The views of the task list, as tabs: named filters with counts; the user's own are last."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tui.domain.task import TaskStatus
from tui.domain.text import one_line
from tui.ui.dashboard.task_list import TaskList
from tui.ui.text.formatting import UNDER_WAY
from tui.ui.widgets.tabs import Tab

if TYPE_CHECKING:
    from tui.domain.detail import Json
    from tui.engine.ports import TaskCounts

_LONGEST = 20
MOST_SAVED = 12
"""How many views a user can save."""
MOST_LOOKED_THROUGH = 100_000
"""How many tasks a filter may bring to hand; search finds the others."""


class View(NamedTuple):
    """A named filter."""

    name: str
    filter: str

    @property
    def title(self) -> str:
        """The display name."""
        return one_line(self.name, _LONGEST)


BUILT_IN: Sequence[View] = (
    View("All", ""),
    View("For you", "status:waiting"),
    View("Running", f"status:{','.join(UNDER_WAY)}"),
    View("Unread", "is:unread"),
    View("Failed", "status:failed"),
)


def counts(model: TaskList, archive: "TaskCounts | None" = None) -> Mapping[str, int]:
    """Return the number of tasks in each built-in view; `archive` is what a long archive counts.

    What is under way is at hand, however old it is.
    """
    states = model.statuses
    if archive is None:
        hidden, unread, failed = len(model.hidden & model.tasks.keys()), model.unread, states.get(TaskStatus.FAILED, 0)
    else:
        hidden, unread, failed = archive.hidden, archive.unread, archive.statuses.get(TaskStatus.FAILED, 0)
    every = len(model.tasks) if archive is None else total(archive)
    return {
        "All": every if model.show_hidden else every - hidden,
        "For you": states.get(TaskStatus.WAITING, 0),
        "Running": sum(states.get(state, 0) for state in UNDER_WAY),
        "Unread": unread,
        "Failed": failed,
    }


def total(archive: "TaskCounts") -> int:
    """Return how many tasks an archive has."""
    return sum(archive.statuses.values())


def looks_further(model: TaskList) -> bool:
    """Whether the filter looks through tasks that are not at hand yet: up to a limit."""
    return bool(model.filter.strip()) and not model.trouble and len(model.tasks) < MOST_LOOKED_THROUGH


def saved_views(value: "Json") -> tuple[View, ...]:
    """Return the user's own views from their JSON; invalid ones are left out."""
    if not isinstance(value, list):
        return ()
    pairs = [(one.get("name"), one.get("filter")) for one in value if isinstance(one, dict)]
    return tuple(View(name, text) for name, text in pairs if isinstance(name, str) and isinstance(text, str) and name)


def as_json(views: Sequence[View]) -> "Json":
    """Return the user's own views as JSON, to be remembered."""
    return [{"name": view.name, "filter": view.filter} for view in views]


def view_tabs(views: Sequence[View], numbers: Mapping[str, int], present: str) -> list[Tab]:
    """Return the tabs of these views; `present` is the current filter."""
    return [Tab(view.title, numbers.get(view.name), view.filter == present.strip()) for view in views]
