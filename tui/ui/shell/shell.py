"""The application as screens see it: the `Shell` protocol, and a route for every screen that can be opened.

A screen never imports the application or a screen of another feature. It calls `shell(self).open(SomeRoute(...))`, and
`tui.ui.routes` turns the route into the screen. So this page is the whole navigation of the program.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, cast

from textual.dom import DOMNode
from textual.screen import Screen

from tui.domain.task import Task
from tui.ui.commands.keymap import Keymap
from tui.ui.shell.services import Services
from tui.ui.terminal.handoff import Terminal

if TYPE_CHECKING:
    from tui.domain.detail import Detail, Interaction
    from tui.domain.provider import Draft
    from tui.engine.api import Condition, Engine, ProviderState

Value = TypeVar("Value")


class ReportPlace(NamedTuple):
    """A place in a report: the task's id here, a line (from 1; None: the beginning), a word to search from there."""

    task_id: str
    line: int | None = None
    find: str = ""


class CompareSide(NamedTuple):
    """One of the reports to compare: a task with its name here, and its detail where it is at hand already."""

    task: Task
    name: str
    detail: "Detail | None" = None


# Routes. The comment behind each says what `then` gets when the screen is left with a result.


class ReportRoute(NamedTuple):  # nothing
    """The reader on a report, at a line of it or at a word from there on; `detail.report` is there."""

    detail: "Detail"
    line: int | None = None
    find: str = ""


class SearchRoute(NamedTuple):  # nothing
    """Search in the text of every report; `go` opens a place over the list of hits.

    `keep` makes a search a view of the task list, or with False no longer, and returns what to say about it; `words`
    are searched for at once.
    """

    go: Callable[[ReportPlace], None]
    keep: Callable[[str, bool], str]
    words: str = ""


class SourcesRoute(NamedTuple):  # nothing
    """Every source of every report; `go` opens a place over the list."""

    go: Callable[[ReportPlace], None]


class CostsRoute:  # the id of a task to go to
    """What tasks cost."""


class AccountsRoute:  # the id of a command of the task list
    """The provider accounts: state, last answer, keys."""


class CompareRoute(NamedTuple):  # (index of the side, line)
    """Two to four reports side by side; `first` names the part shown first."""

    sides: Sequence[CompareSide]
    first: str | None = None


class VersionsRoute(NamedTuple):  # nothing
    """Every version of a task's report; `edit` asks the provider for a new one."""

    task: Task
    edit: Callable[[], None]


class NewTaskRoute(NamedTuple):  # nothing; a started task reaches every screen by `task_started`
    """The form that starts tasks, filled in with drafts by account key.

    `about` is its title; what is typed is kept as a draft under `kept` until it is sent.
    """

    like: "Mapping[str, Draft] | None" = None
    about: str = "new task"
    kept: str = ""


class BatchRoute:  # nothing
    """The form that starts several briefs as one batch."""


Asks = Callable[[Task], tuple[str, datetime | None]]
"""What a task that waits asks in a word or two, "" if that is not known yet, and its deadline."""


class CheckpointRoute(NamedTuple):  # the action that answers
    """The form that answers a checkpoint; what is typed is kept as a draft under `kept` until it is sent.

    `task` is the one that asks; `answer_next` opens the form of another one that waits, `asks` tells of it.
    """

    interaction: "Interaction"
    kept: str = ""
    task: Task | None = None
    answer_next: Callable[[Task], None] | None = None
    asks: Asks = lambda task: ("", None)


class LogRoute:  # nothing
    """The event log."""


Route = (
    ReportRoute
    | SearchRoute
    | SourcesRoute
    | CostsRoute
    | AccountsRoute
    | CompareRoute
    | VersionsRoute
    | NewTaskRoute
    | BatchRoute
    | CheckpointRoute
    | LogRoute
)


class Shell(Protocol):
    """The application as its screens see it. All of it is called on the UI thread unless a line says otherwise.

    Attributes:
        services: Archive, settings and what else the program was started with.
        keymap: The keys of every command.
        terminal: Clipboard, browser, title and notifications of the terminal.
        engine: None until it runs, which is after the first paint.
        tasks: Every task by id, as the screens were last told.
        fresh: Ids of tasks that ended and were not looked at since.
        paused: Whether nothing is polled until the user says so.
        loading: Whether the list of tasks is still being read from the archive.
    """

    services: Services
    keymap: Keymap
    terminal: Terminal
    engine: "Engine | None"
    tasks: dict[str, Task]
    fresh: set[str]
    paused: bool
    loading: bool

    def providers(self) -> "Mapping[str, ProviderState]":
        """Return the provider accounts by key; none before the engine runs."""

    def condition(self) -> "Condition | None":
        """Return the condition of the engine: what keeps it from polling or saving; None before it runs."""

    @property
    def screen(self) -> Screen[Any]:
        """The screen on top."""

    def open(self, route: Route, then: Callable[..., None] | None = None) -> Screen[Any]:
        """Open the screen of a route and return it; `then` gets its result, as the comment behind the route says."""

    def show(self, screen: Screen[Value], then: Callable[[Value], None] | None = None, left: str = "") -> None:
        """Open a dialog or a screen of the caller's own package.

        `then` gets its result; where it is left without one, `left` is said instead.
        """

    def close_top(self) -> None:
        """Close the screen on top."""

    def restart_engine(self) -> None:
        """Close the engine and start another one, which reads keys and accounts again."""

    def started(self, task: Task, where: str = "") -> None:
        """Tell every screen that this program started a task."""

    def say(self, message: str, *, problem: bool = False) -> None:
        """Show one line in the status line; it stays until the next key."""

    def say_error(self, error: Exception) -> None:
        """Show an error and its hint in the status line."""

    def copy(self, text: str, what: str) -> None:
        """Copy by every available way and show which worked; `what` names the text ("URL", "report")."""

    def follow_link(self, url: str) -> None:
        """Open a link by its verdict; asks first where the host could deceive."""

    def suspend(self) -> AbstractContextManager[None]:
        """Give the terminal to another program; raises `SuspendNotSupported`."""

    def batch_update(self) -> AbstractContextManager[None]:
        """Paint nothing inside the block."""

    def redraw(self) -> None:
        """Repaint the whole screen."""

    def end_by(self, number: int) -> None:
        """End as after the signal `number`: the terminal is restored, the exit code is 128 + `number`."""

    def call_on_ui_thread(self, work: Callable[[], None]) -> None:
        """Run `work` on the UI thread soon; may be called from any thread, also after the end."""

    def in_background(
        self,
        work: Callable[[], Value],
        then: Callable[[Value], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run `work` on a daemon thread, then `then` on the UI thread; an error is shown, or goes to `failed`."""

    def when_done(
        self, future: Future[Value], then: Callable[[Value], None], failed: Callable[[], None] | None = None
    ) -> None:
        """Run `then` on the UI thread with the result of an engine call; an error is shown after `failed`."""


def shell(node: DOMNode) -> Shell:
    """Return the application of a node as a `Shell`."""
    return cast("Shell", node.app)
