"""The application as screens see it: the `Shell`, and a route for every screen that can be opened.

A screen never imports the application or a screen of another feature. It calls `shell(self).open(SomeRoute(...))`, and
`tui.ui.routes` turns the route into the screen. So this page is the whole navigation of the program.
"""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from textual.dom import DOMNode
from textual.screen import Screen

from tui.domain.errors import in_one_line
from tui.domain.task import Task
from tui.ui.commands.keymap import Keymap
from tui.ui.shell.services import Services
from tui.ui.terminal.differential_display import ExactDisplay
from tui.ui.terminal.handoff import Terminal
from tui.ui.widgets.bars import StatusLine

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
)


class Shell(ExactDisplay):
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
    _ui_loop: asyncio.AbstractEventLoop | None = None

    def providers(self) -> "Mapping[str, ProviderState]":
        """Return the states of the provider accounts; none before the engine runs."""
        return self.engine.providers() if self.engine else {}

    def condition(self) -> "Condition | None":
        """Return the condition of the engine (trouble, who polls, the archive server); None before it runs."""
        return self.engine.condition() if self.engine else None

    # Screens

    def open(self, route: Route, then: Callable[..., None] | None = None) -> Screen[Any]:
        """Open the screen of a route and return it; `then` gets its result, as the comment behind the route says."""
        raise NotImplementedError

    def show(self, screen: Screen[Value], then: Callable[[Value], None] | None = None, left: str = "") -> None:
        """Open a dialog or screen; `then` gets its result, or `left` is said where it is left without one."""

        def closed(result: Value | None) -> None:
            if result is not None and then is not None:
                then(result)
            elif result is None and left:
                self.say(left)

        self.push_screen(screen, closed)

    def close_top(self) -> None:
        """Close the screen on top."""
        self.pop_screen()

    # The engine, and the end

    def restart_engine(self) -> None:
        """Close the engine and start another one, which reads keys and accounts again."""
        raise NotImplementedError

    def started(self, task: Task, where: str = "") -> None:
        """Tell every screen that this program started a task."""
        raise NotImplementedError

    def end_by(self, number: int) -> None:
        """End as after a signal: the terminal is restored, the exit code is 128 plus the signal's number."""
        self.exit(return_code=128 + number)

    # Saying

    def say(self, message: str, *, problem: bool = False) -> None:
        """Show one line in the status line of the top screen that has one."""
        if line := self._status_line():
            line.say(message, problem=problem)

    def _status_line(self) -> StatusLine | None:
        lines = (line for screen in reversed(self.screen_stack) for line in screen.query(StatusLine))
        return next(lines, None)

    def copy(self, text: str, what: str) -> None:
        """Copy by every available way and show which worked; `what` names the text ("URL", "report")."""
        raise NotImplementedError

    def follow_link(self, url: str) -> None:
        """Open a link by its verdict; asks first where the host could deceive."""
        raise NotImplementedError

    # Threads

    def call_on_ui_thread(self, work: Callable[[], None]) -> None:
        """Run `work` on this thread soon; may be called from any thread, also after the end."""
        loop = self._ui_loop
        if loop is None or loop.is_closed():
            return
        try:
            loop.call_soon_threadsafe(self._guarded, work)
        except RuntimeError:  # the loop was closed between the two lines
            return

    def _guarded(self, work: Callable[[], None]) -> None:
        if not self.is_running or self._exit:
            return
        with self._context():
            try:
                work()
            except Exception as error:  # noqa: BLE001  supervision: it must end the app visibly, not vanish
                self._handle_exception(error)

    def in_background(
        self,
        work: Callable[[], Value],
        then: Callable[[Value], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run `work` on a daemon thread (quitting never waits for it) and `then` with its result here."""

        def run() -> None:
            try:
                value = work()
            except Exception as error:  # noqa: BLE001  supervision: whatever work raises is said
                problem = error
                self.call_on_ui_thread(lambda: (failed or self.say_error)(problem))
            else:
                self.call_on_ui_thread(lambda: then(value))

        threading.Thread(target=run, name="background", daemon=True).start()

    def when_done(
        self,
        future: "Future[Value]",
        then: Callable[[Value], None],
        failed: Callable[[], None] | None = None,
    ) -> None:
        """Run `then` on the UI thread with the result of an engine call; a failure is shown after `failed`."""

        def done(finished: "Future[Value]") -> None:
            if finished.cancelled():
                return
            error = finished.exception()
            if error is None:
                self.call_on_ui_thread(lambda: then(finished.result()))
            elif isinstance(error, Exception):
                problem = error
                if failed is not None:
                    self.call_on_ui_thread(failed)
                self.call_on_ui_thread(lambda: self.say_error(problem))

        future.add_done_callback(done)

    def say_error(self, error: Exception) -> None:
        """Show an error and its hint in the status line."""
        self.say(in_one_line(error), problem=True)


def shell(node: DOMNode) -> Shell:
    """Return the application of a node as a `Shell`."""
    return cast("Shell", node.app)
