"""The command palette: every command that is possible now, with its keys, narrowed as one types."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from tui.ui.commands.keymap import Keymap
from tui.ui.commands.reference import key_names
from tui.ui.commands.registry import Command, CommandContext, alive
from tui.ui.shell.dialogs import Dialog
from tui.ui.shell.shell import shell
from tui.ui.text.filter import matcher
from tui.ui.text.lines import Line, spread
from tui.ui.widgets.list_view import LineView

_HIDDEN = frozenset({"app.palette", "app.back", "app.next_pane", "app.previous_pane"})


def possible(context: str, situation: CommandContext, search: str = "") -> list[Command]:
    """Return the commands that are possible now on a screen and match, movement left out."""
    matches = matcher(search)
    return [
        command
        for command in alive(context)
        if command.context != "list"
        and command.id not in _HIDDEN
        and not command.takes_key
        and command.why_not(situation) is None
        and matches(f"{command.label} {command.help} {command.id}".casefold())
    ]


class CommandLines(LineView):
    """Commands, one a line, the current one highlighted."""

    def __init__(self, keymap: Keymap) -> None:
        super().__init__(name="commands")
        self.commands: list[Command] = []
        self._keymap = keymap

    def line_count(self) -> int:
        """Return the number of commands."""
        return len(self.commands)

    def line(self, number: int, width: int) -> Line:
        """Return one command with its keys on the right."""
        command = self.commands[number]
        return spread(((f" {command.help}", "plain"),), ((f"{key_names(self._keymap, command.id)} ", "key"),), width)

    def empty(self, width: int) -> list[Line]:
        """Say that nothing matches."""
        return [((" nothing that is possible now is called that", "dim"),)]


class PaletteScreen(Dialog[str]):
    """Chooses a command of the screen below; its result is the command's id."""

    CONTEXT = "palette"
    BEGINS_TYPING = True

    def __init__(self, about: str, situation: CommandContext) -> None:
        super().__init__()
        self._about = about
        self._situation_there = situation

    def compose(self) -> ComposeResult:
        """Lay the field and the commands out."""
        with Vertical(classes="dialog tall") as box:
            box.border_title = Content("Commands")
            yield Input(placeholder="type to find a command")
            yield CommandLines(shell(self).keymap)

    def on_mount(self) -> None:
        """Show everything possible."""
        self._fill("")
        self.query_one(Input).focus()

    def _fill(self, search: str) -> None:
        view = self.query_one(CommandLines)
        view.commands = possible(self._about, self._situation_there, search)
        view.cursor = 0
        view.lines_changed()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow as one types."""
        self._fill(event.value)

    def on_input_submitted(self) -> None:
        """Choose the highlighted command."""
        self._choose()

    def on_line_view_chosen(self) -> None:
        """Choose the clicked command."""
        self._choose()

    def _choose(self) -> None:
        view = self.query_one(CommandLines)
        if view.commands:
            self.dismiss(view.commands[view.cursor].id)
