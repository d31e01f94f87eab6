"""The application: start and end of the user interface, signals, crashes; hands changed values to the screens.

Holds no logic of any screen, talks to no network, and starts the engine only after the first paint.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.events import Event, Key, Paste
from textual.filter import LineFilter
from textual.message_pump import MessagePump
from textual.screen import Screen

from tui.domain.errors import in_one_line
from tui.domain.task import IN_QUEUE, Task
from tui.ui.app_actions import AppActions
from tui.ui.kept_code import AT_START
from tui.ui.shell.command_screen import CommandScreen
from tui.ui.shell.services import Services
from tui.ui.stylesheet import first_sheet, other_sheets, shared_sheets
from tui.ui.terminal import textual_patches
from tui.ui.terminal.handoff import Terminal
from tui.ui.text import themes
from tui.ui.text.formatting import STATUS, window_title

if TYPE_CHECKING:
    from pathlib import Path

    from textual.driver import Driver

    from tui.engine.api import Engine
    from tui.ui.bridge import Bridge, Flush
    from tui.ui.shell.shell import Route

FIRST_TASKS = 200  # of the newest are read before the first paint; the others come right after it
_REST_AT_ONCE = 2000
_BETWEEN_PORTIONS = 0.02  # seconds between two portions
_FIELD_TIMEOUT = 1.0  # seconds for a field to act on a key
_IDLE_BEFORE_IMPORTS = 1.0  # seconds after the first paint
_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)


class DivewatchApp(AppActions):
    """The Textual application: owns the terminal, the engine's life, and the stack of screens."""

    TITLE = "divewatch"
    CSS_PATH: ClassVar = shared_sheets()  # type: ignore[assignment]
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar = []
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (120, "-broad")]  # noqa: RUF012  declared so by App

    def __init__(self, services: Services) -> None:
        textual_patches.patch_writer()
        textual_patches.patch_cuts()
        super().__init__(ansi_color=True if os.environ.get("NO_COLOR") else None)
        self._disable_notifications = self._disable_tooltips = True  # said in the status line; nothing has a tooltip
        self.services = services
        self.keymap, looks = services.keymap, services.looks
        self.shows_cursor = looks.cursor == "visible"
        self.terminal = Terminal(
            self.write_terminal,
            self.call_on_ui_thread,
            browser=looks.browser,
            notify=looks.notify,
            notify_command=looks.notify_command,
        )
        self.engine: Engine | None = None
        self.tasks: dict[str, Task] = {}
        self.fresh: set[str] = set()  # ended while nobody looked
        self.paused = False
        self.loading = False  # the list is not complete yet
        self._bridge: Bridge | None = None
        self._title = ""
        self._ui_loop: asyncio.AbstractEventLoop | None = None
        self._garbage = textual_patches.GarbageCollection()
        for theme in themes.builtin():
            self.register_theme(theme)
        self._use_theme(looks.theme)

    # Start and end

    def get_default_screen(self) -> Screen[None]:
        """Return the lowest screen: the dashboard, or the one report to read."""
        self._dress([first_sheet(reading=self.services.only is not None)])
        if self.services.only is not None:
            from tui.ui.routes import open_reader

            return open_reader(self, self.services.only, at_once=True)
        from tui.ui.dashboard.screen import DashboardScreen

        self.tasks = {task.id: task for task in self._first_tasks()}
        return DashboardScreen(self.tasks)

    def _first_tasks(self) -> Sequence[Task]:
        """Return the tasks for the first paint: the newest ones, or all where the list is not sorted as usual."""
        archive = self.services.archive
        saved = archive.state("tasks")
        usual = ("newest", "status")  # in the second one, what waits since long comes a moment later
        if isinstance(saved, dict) and (saved.get("sort", "newest") not in usual or saved.get("reverse")):
            return archive.load_tasks()
        first = archive.first_tasks(FIRST_TASKS)
        self.loading = len(first) >= FIRST_TASKS
        return first

    def get_driver_class(self) -> "type[Driver]":
        """Return our own driver for a terminal."""
        driver = super().get_driver_class()
        if driver.__name__ != "LinuxDriver":
            return driver  # a browser's, or one that was asked for
        from tui.ui.terminal.driver import TerminalDriver

        return TerminalDriver

    def on_load(self) -> None:
        """Install signal handlers before the screen is taken, so that every signal gives the terminal back."""
        self._ui_loop = loop = asyncio.get_running_loop()
        for number in _SIGNALS if threading.current_thread() is threading.main_thread() else ():
            loop.add_signal_handler(number, self.end_by, number)

    def on_mount(self) -> None:
        """Start the engine after the first paint."""
        self.terminal.push_title()
        self.show_title()
        self.call_after_refresh(self._after_first_paint)

    def _after_first_paint(self) -> None:
        from tui.engine.memory import share_heap

        AT_START.stop()
        textual_patches.freeze_gc()
        share_heap()
        self._dress(other_sheets())
        if os.environ.get("DIVEWATCH_DEBUG"):
            from tui.ui.debug_meter import Meter

            Meter(self).start()
        if self.loading:
            self.in_background(self.services.archive.load_tasks, self._take_rest, self._rest_failed)
        else:
            self._start_engine()

    def _dress(self, sheets: "Sequence[Path]") -> None:
        """Read and parse the style sheets at once: until then Textual lays out by its old rules."""
        self.stylesheet.read_all(sheets)
        self.stylesheet.parse()

    def _take_rest(self, tasks: Sequence[Task]) -> None:
        """Load the older tasks in batches, so that no key waits for all of them; then start the engine."""
        from tui.ui.bridge import Flush

        some = {task.id: task for task in tasks[:_REST_AT_ONCE] if task.id not in self.tasks}
        self.loading = len(tasks) > _REST_AT_ONCE
        self._take(Flush(some))
        if self.loading:
            self.set_timer(_BETWEEN_PORTIONS, lambda: self._take_rest(tasks[_REST_AT_ONCE:]))
        else:
            self._start_engine()

    def _rest_failed(self, error: Exception) -> None:
        self.loading = False
        self.say_error(error)
        self._start_engine()

    def _start_engine(self) -> None:
        if (start := self.services.start_engine) is not None:
            self.in_background(lambda: start(self.tasks), self._engine_started, self._engine_failed)
            self.set_timer(_IDLE_BEFORE_IMPORTS, self._make_ready)

    def _make_ready(self) -> None:
        """Import what the first report needs, on a background thread."""

        def load() -> None:
            import tui.ui.crash_report
            import tui.ui.reader.screen  # noqa: F401
            from tui.engine.memory import return_free_memory
            from tui.ui.reader.loading import make_ready

            make_ready()
            return_free_memory()

        self.in_background(load, lambda _: None)

    def _engine_started(self, engine: "Engine") -> None:
        from tui.ui.bridge import Bridge

        self.engine = engine
        self._bridge = Bridge(engine, self.call_on_ui_thread, self.set_timer, self._take, self.tasks)
        self._bridge.catch_up()

    @property
    def flushes(self) -> int:
        """The number of flushes of the bridge so far."""
        return self._bridge.flushes if self._bridge else 0

    def restart_engine(self) -> None:
        """Start an engine that reads keys and accounts again; `Services.start_engine` closes the one before."""
        if self._bridge:
            self._bridge.close()
        self.engine = self._bridge = None
        self._start_engine()

    def _engine_failed(self, error: Exception) -> None:
        self.say(f"no provider is asked: {in_one_line(error)}", problem=True)

    def hang_up(self) -> None:
        """End because the terminal is gone."""
        self.end_by(signal.SIGHUP)

    def on_unmount(self) -> None:
        """Stop listening and give the window title back."""
        if self._bridge:
            self._bridge.close()
        self.terminal.pop_title()

    def _fatal_error(self) -> None:
        """Report a crash without variables, keys or control characters (Textual's own report prints all locals)."""
        import sys

        from tui.ui import crash_report

        error = sys.exc_info()[1]
        text = crash_report.report(error, self.services.secrets) if error else "divewatch ended unexpectedly"
        path = self.services.crash_log
        if path and crash_report.save(text, path):
            text += f"\nThis report was also written to {path}; nothing in it is a key or a report."
        self._exit_renderables.append(Text(text))
        self._close_messages_no_wait()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's line filters and the one that removes control characters."""
        return [*super().get_line_filters(), textual_patches.ControlCharacterFilter()]

    # From the engine to the screens

    def _take(self, flush: "Flush") -> None:
        for task_id, task in flush.tasks.items():
            if task is None:
                self.tasks.pop(task_id, None)
            else:
                self.tasks[task_id] = task
        for task in flush.ended:
            self.fresh.add(task.id)
            self._announce(task)
        for screen in self.command_screens:
            if screen.is_mounted:
                screen.engine_changed(flush)
            else:  # just opened: after its widgets are there
                screen.call_later(screen.engine_changed, flush)
        if flush.tasks or flush.ended:
            self.show_title()

    def _announce(self, task: Task) -> None:
        from tui.engine.state.transitions import ended_event, ended_text

        told = ended_text(task, max(16, self.size.width - 40))  # cells; what became of it needs the rest
        self.news(told, STATUS[task.status][1])
        self.terminal.attention("divewatch", ended_text(task), ended_event(task))

    def show_title(self) -> None:
        """Show in the window title how many tasks run and wait."""
        title = window_title(self.tasks.values(), len(self.fresh))
        if title != self._title:
            self._title = title
            self.terminal.set_title(title)

    def started(self, task: Task, where: str = "") -> None:
        """Show a task that was just sent, once it is in the list."""
        for screen in self.command_screens:
            screen.task_started(task)
        problem = task.warnings[0] if task.remote_id is None and task.warnings else ""
        started = f"started at {where or task.account_title}"
        done = f"{IN_QUEUE}; x takes it back" if task.waits_in_queue else started
        self.say(problem or done, problem=bool(problem))

    # Screens

    def open(self, route: "Route", then: Callable[..., None] | None = None) -> Screen[Any]:
        """Open the screen of a route and return it; `then` gets its result."""
        from tui.ui.routes import screen_for

        screen = screen_for(self, route)
        self.show(screen, then)
        return screen

    # Keys

    async def on_event(self, event: Event) -> None:
        """Let the screen run the command of a key before the next key is looked at.

        Textual hands a key to the widget that has the focus, whose queue it waits in. Of keys that arrive together
        (typed fast, over a slow line) the later ones would still go to a screen or field that the first one leaves: "n"
        and a brief must not end as commands of the list.
        """
        screen = self.screen if self._screen_stack else None
        if not isinstance(event, Key | Paste) or event.is_forwarded or not isinstance(screen, CommandScreen):
            await super().on_event(event)
            return
        if self._ui_loop is not None:
            self._garbage.key_pressed(self._ui_loop)
        if not screen.takes(event):
            await super().on_event(event)
            await self._acted_on(screen)

    async def _acted_on(self, screen: CommandScreen[object]) -> None:
        """Wait until the field that has the focus, and whatever is around it, did what a key or a paste means.

        "text" and ctrl+s in one moment: what the second sends must contain all of the first.
        """
        node: MessagePump | None = screen.typing_into
        while node is not None and node is not self:
            done = asyncio.Event()
            if node.call_later(done.set):
                with suppress(TimeoutError):
                    await asyncio.wait_for(done.wait(), _FIELD_TIMEOUT)
            node = node._parent

    def write_terminal(self, sequence: str) -> None:
        """Send a control sequence of ours to the terminal."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)
