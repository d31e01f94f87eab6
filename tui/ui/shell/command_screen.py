"""The base of every screen: it runs the registry's commands and shows why one is not possible now."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, ParamSpec, TypeVar

from textual import events
from textual.await_complete import AwaitComplete
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from tui.domain.task import Task
from tui.ui.commands.command import Argument, handler, handles
from tui.ui.commands.keymap import is_text, spelling
from tui.ui.commands.registry import COMMAND_SCOPES, COMMANDS, Command, CommandContext, commands_in
from tui.ui.shell.shell import shell
from tui.ui.terminal.differential_display import ExactScreen
from tui.ui.text.lines import Line, cut_line
from tui.ui.widgets.bars import KeyBar, LineBar, StatusLine
from tui.ui.widgets.list_view import LineView

if TYPE_CHECKING:
    from tui.ui.bridge import Flush

Result = TypeVar("Result")
Given = ParamSpec("Given")


LEAST = (40, 10)
"""Columns and lines below which no screen can be laid out."""
_MOST = 999  # times that a count repeats a command
_COUNTED = {"list.down", "list.up", "list.page_down", "list.page_up", "list.half_down", "list.half_up"}
_COUNTED |= {"tasks.mark", "versions.mark"}
_WAYS_OUT = {"app.back", "dialog.close"}
_COPYING = {"tasks.copy_id", "reader.copy", "sources.copy", "log.copy", "compare.copy", "costs.copy"}
_FOCUS_TIMEOUT = 1.0  # seconds for a field to get the focus; after that its screen's keys work without it


class TooSmall(LineBar):
    """The only line shown on a screen that is too small for anything else."""

    def compose_line(self, width: int) -> Line:
        """Return that the screen is too small, and how to quit."""
        return cut_line(((f"too small, {LEAST[0]}x{LEAST[1]} needed; q quits", "warn"),), width)


class CommandScreen(ExactScreen[Result]):
    """A screen whose keys come from the registry.

    A subclass sets `CONTEXT` (and `BEGINS_TYPING` where a field has the focus from the start), answers
    `command_context()` and marks the methods that carry out its commands with `handles`.
    """

    CONTEXT: ClassVar[str] = "app"
    BEGINS_TYPING: ClassVar[bool] = False
    CHOSEN: ClassVar[str] = ""  # the command of a double click on a line
    ENTER_GOES_TO: ClassVar[str] = ""  # where enter leads from a field of one line
    AUTO_FOCUS: ClassVar[str | None] = "LineView"  # never a field that is hidden, which would swallow every key

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name=name)
        self._early: list[events.Key | events.Paste] | None = (
            [] if self.BEGINS_TYPING else None
        )  # until the field has the focus
        self._patience: Timer | None = None
        self._settling: Timer | None = None
        self._times = 0  # typed in front of a movement

    def on_mount(self) -> None:
        """Mount the line that is shown when the screen is too small."""
        self.mount(TooSmall())
        if self._early is not None:
            self._patience = self.set_timer(_FOCUS_TIMEOUT, self._begin)

    def on_compose(self) -> None:
        """Set the style classes of this size before the first layout: Textual sets them after the first paint."""
        classes = self._get_breakpoint_classes(
            self.app.size.width, list(self.HORIZONTAL_BREAKPOINTS or self.app.HORIZONTAL_BREAKPOINTS or ())
        )
        self.update_classes(dict.fromkeys(classes, True), update=False)

    def on_resize(self, event: events.Resize) -> None:
        """Show only one line below a usable size; keys go on working."""
        self.set_class(event.size.width < LEAST[0] or event.size.height < LEAST[1], "-too-small")

    def command_context(self) -> CommandContext:
        """Return what is selected and possible now."""
        return CommandContext()

    def arguments(self) -> Mapping[str, Argument]:
        """Return the words of this screen that take a value in the palette."""
        return {}

    def engine_changed(self, flush: "Flush") -> None:
        """Show new values; called on covered screens too. Must not move cursor, scroll or focus."""

    def task_started(self, task: Task) -> None:
        """Show a task that was started by this program."""

    def show_task(self, task_id: str) -> None:
        """Show the task that was chosen on another screen."""

    def on_key(self, event: events.Key) -> None:
        """Run the command of a key that no field consumed."""
        key = spelling(event.key, event.character)
        command = shell(self).keymap.command(self.CONTEXT, key)
        typing = self.typing
        if not typing and key.isdecimal() and (command is None or self._times) and self._takes_counts:
            event.stop()
            self._times = min(self._times * 10 + int(key), _MOST)
            shell(self).say(f"{self._times:,} times: a movement or mark")
            return
        if command is None or (typing and not (command.typing and not is_text(key))):
            self._times = 0
            return
        event.stop()
        event.prevent_default()
        self.unsay()
        if self._times and command.id in _WAYS_OUT:
            self._times = 0
            return
        times, self._times = self._times if command.id in _COUNTED else 0, 0
        for _ in range(times or 1):
            self.run_command(command, key)

    @property
    def _takes_counts(self) -> bool:
        """Whether movement keys take a count: there is a list."""
        return self.lines is not None and "list" in COMMAND_SCOPES[self.CONTEXT]

    def on_mouse_down(self) -> None:
        """Take back the last message, as every key does."""
        self.unsay()

    def on_line_view_chosen(self) -> None:
        """Run the command of a double click on a line."""
        if self.CHOSEN:
            self.run_command(COMMANDS[self.CHOSEN])

    def on_key_bar_pressed(self, event: KeyBar.Pressed) -> None:
        """Run the command of a key that was clicked."""
        self.unsay()
        self.run_command(event.command, event.key)

    def takes(self, event: events.Key | events.Paste) -> bool:
        """Run the command of a key, if it has one here; whether it had. Then no field may see the key.

        Keys and pastes for a field that is not there yet wait for it. A field of one line gets a paste as one line.
        """
        if self._early is not None:
            self._early.append(event)
            return True
        if isinstance(event, events.Paste):
            if isinstance(self.focused, Input):
                event.text = " ".join(line.strip() for line in event.text.splitlines())
            return False
        if self.is_mounted:
            self.on_key(event)
        return event._stop_propagation  # the flag has no public name

    def _on_descendant_focus(self) -> None:
        if self.focused and hasattr(self.focused, "cursor_blink"):
            self.focused.cursor_blink = False  # it would write to the terminal twice a second
        self._begin()

    def _begin(self) -> None:
        """Handle keys that were typed before the field had the focus."""
        if self._patience:
            self._patience.stop()
        if self._early is not None:
            self.app.call_next(self._do_early)  # before any key that comes later

    async def _do_early(self) -> None:
        early, self._early = self._early or (), None
        for bar in self.query(KeyBar):
            bar.again()  # keys that are text act from now on, where no field has the focus
        for event in early:
            await self.app.on_event(event)

    def on_text_selected(self) -> None:
        """Show the key that copies the mouse selection."""
        copying = next((one for one in commands_in(self.CONTEXT) if one.id in _COPYING), None)
        keys = shell(self).keymap.of(copying.id) if copying and self.get_selected_text() else ()
        if keys:
            shell(self).say(f"{keys[0]} copies what is marked")

    def settle(self, seconds: float, then: Callable[[], None]) -> None:
        """Run `then` once this was not called again for so long: the cursor rests."""
        if self._settling:
            self._settling.stop()
        self._settling = self.set_timer(seconds, then)

    def while_open(self, take: Callable[Given, None]) -> Callable[Given, None]:
        """Return `take`, for an answer that may come after this screen was left: then it does nothing."""

        def taken(*args: Given.args, **kwargs: Given.kwargs) -> None:
            if self.is_attached:
                take(*args, **kwargs)

        return taken

    def unsay(self) -> None:
        """Clear the message of the last key."""
        if (line := self.query_one_optional(StatusLine)) is not None:  # remembered, which `query` is not
            line.say("")

    @property
    def lines(self) -> LineView | None:
        """The list that movement keys act on: the focused one, else the first; None without a list."""
        return self.focused if isinstance(self.focused, LineView) else next(iter(self.query(LineView)), None)

    @property
    def typing(self) -> bool:
        """Whether a field takes the keys now, or will as soon as this screen is laid out."""
        if self._early is not None or (self.focused is None and self.BEGINS_TYPING):
            return True
        return self.typing_into is not None

    @property
    def other_labels(self) -> Mapping[str, str]:
        """The labels of commands that do something else than usual now, by command id."""
        return {}

    @property
    def panel_keys(self) -> Mapping[str, str]:
        """The labels of the focused panel's own commands, by command id; empty without such a panel."""
        return {}

    @property
    def typing_into(self) -> Widget | None:
        """The focused text field; None for none."""
        return self.focused if self.focused is not None and self.focused.check_consume_key("a", "a") else None

    def type_into(self, field: Widget) -> None:
        """Show a field and focus it at once: keys typed right after must not run as commands."""
        field.display = True
        self.set_focus(field)

    def run_command(self, command: Command, key: str = "") -> None:
        """Run a command, or show why it is not possible now; copying prefers the mouse selection."""
        if command.id in _COPYING and (marked := self.get_selected_text()):
            shell(self).copy(marked, "selection")
            self.clear_selection()
            return
        reason = command.why_not(self.command_context())
        if reason:
            shell(self).say(f"{command.label}: {reason}", problem=True)
            return
        function = handler(command.id, self.owners())
        outcome = function(key) if command.takes_key else function()
        if inspect.isawaitable(outcome):
            self.app.call_later(_wait_for, outcome)

    def owners(self) -> Iterator[object]:
        """Yield who may carry out a command; the list is looked for only if this screen does not."""
        yield from self.command_owners
        yield self.lines
        yield self.app

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Close this screen once: a key typed twice in a hurry must not close the screen below too."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    @property
    def command_owners(self) -> Sequence[object]:
        """The objects whose methods carry out the commands here, besides the focused list and the application."""
        return (self,)

    @handles("app.next_pane")
    @handles("dialog.next_pane")
    def action_next_pane(self) -> None:
        """Focus the next widget."""
        self.focus_next()

    @handles("app.previous_pane")
    @handles("dialog.previous_pane")
    def action_previous_pane(self) -> None:
        """Focus the previous widget."""
        self.focus_previous()

    @handles("app.back")
    @handles("dialog.close")
    def action_back(self) -> None:
        """Close this screen; the lowest one stays."""
        if len(self.app.screen_stack) > 1:
            self.dismiss()


async def _wait_for(outcome: object) -> None:
    if inspect.isawaitable(outcome):
        await outcome
