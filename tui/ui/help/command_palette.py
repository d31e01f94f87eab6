"""The command palette: every command that is possible now, with its keys, filtered as one types."""

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from tui.domain.cells import fit, wrap
from tui.domain.frozen import frozen
from tui.ui.commands.command import Argument
from tui.ui.commands.registry import Command, CommandContext, commands_in
from tui.ui.shell.dialogs import Dialog
from tui.ui.shell.shell import shell
from tui.ui.text.filter import matcher
from tui.ui.text.lines import Line, spread
from tui.ui.widgets.item_list import ItemList

_NAME = 14  # cells of a command's name
_HIDDEN = frozenset(
    {"app.palette", "app.interrupt", "dialog.interrupt", "app.back", "app.next_pane", "app.previous_pane"}
)


def possible(context: str, now: CommandContext, search: str = "") -> list[Command]:
    """Return the commands of a screen that are possible now and match; movement is left out."""
    return [command for command in _matching(context, search) if command.why_not(now) is None]


def why_none(context: str, now: CommandContext, search: str) -> str:
    """Return why nothing that matches is possible: the reason of the first command that matches, if any does."""
    command = next(iter(_matching(context, search)), None)
    reason = command.why_not(now) if command else None
    return f"{command.help}: {reason}" if command and reason else "No command is called that"


def _matching(context: str, search: str) -> list[Command]:
    """Return the commands that match, first those whose names begin so: of "the", `theme` before "open the task"."""
    matches, begins = matcher(search), search.strip().casefold()
    found = [
        command
        for command in commands_in(context)
        if command.context != "list"
        and command.id not in _HIDDEN
        and not command.takes_key
        and matches(f"{command.label} {command.help} {command.id}".casefold())
    ]
    return sorted(found, key=lambda command: not command.label.casefold().startswith(begins))


@frozen
class PaletteChoice:
    """An entry of the palette: a command id, or an argument's name with a value."""

    text: str
    name: str = ""
    keys: str = ""
    command: str = ""
    argument: str = ""
    value: str = ""


def with_value(arguments: Mapping[str, Argument], typed: str) -> list[PaletteChoice]:
    """Return the values of an argument whose name was typed, filtered by the rest of the text."""
    name, _, rest = typed.strip().partition(" ")
    rest = rest.strip()
    argument = arguments.get(name.casefold())
    if argument is None:
        return []
    if not argument.values:
        return [PaletteChoice(f"{argument.help} {rest}", argument=name.casefold(), value=rest)] if rest else []
    matching = [value for value in argument.values if value.casefold().startswith(rest.casefold())]
    return [PaletteChoice(f"{argument.help} {value}", argument=name.casefold(), value=value) for value in matching]


class CommandLines(ItemList[PaletteChoice]):
    """The entries of the palette, one a line, the current one highlighted."""

    def __init__(self) -> None:
        super().__init__(name="commands")
        self.why_none = ""

    def line(self, number: int, width: int) -> Line:
        """Return one choice with its keys on the right."""
        choice = self.items[number]
        name: Line = ((f" {fit(choice.name, _NAME)}", "strong"),) if choice.name else ()
        return spread((*name, (f" {choice.text}", "plain")), ((f"{choice.keys} ", "key"),), width)

    def empty(self, width: int) -> list[Line]:
        """Say why nothing that matches is possible."""
        return [((f" {line}", "dim"),) for line in wrap(self.why_none, max(1, width - 2))]


class PaletteScreen(Dialog[PaletteChoice]):
    """Chooses a command of the screen below, or a value for one of its arguments."""

    CONTEXT = "palette"
    BEGINS_TYPING = True

    def __init__(self, about: str, now: CommandContext, arguments: Mapping[str, Argument] | None = None) -> None:
        super().__init__()
        self._about = about
        self._context_there = now
        self._arguments = arguments or {}
        self._previewed = ""  # the argument that shows what a value would look like

    def compose(self) -> ComposeResult:
        """Yield the field and the entries."""
        words = ", ".join(self._arguments)
        with Vertical(classes="dialog tall") as box:
            box.border_title = Content("Commands")
            box.border_subtitle = Content("tab completes   enter runs   escape close")
            yield Input(placeholder=f"a command; with a value: {words}")
            yield CommandLines()

    def on_mount(self) -> None:
        """Show all entries."""
        self._fill("")
        self.query_one(Input).focus()

    def _fill(self, search: str) -> None:
        view, keymap = self.query_one(CommandLines), shell(self).keymap
        commands = possible(self._about, self._context_there, search)
        values = with_value(self._arguments, search)
        found = [
            PaletteChoice(command.help, command.label, keymap.shown(command.id), command.id) for command in commands
        ]
        choices = values + found if " " in search.strip() else found + values
        view.why_none = "" if choices else why_none(self._about, self._context_there, search)
        view.cursor = 0
        view.show_items(choices)
        self._preview()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter the entries by what was typed."""
        self._fill(event.value)

    def _preview(self) -> None:
        """Preview the highlighted value; without one, restore what was there before."""
        choice = self.query_one(CommandLines).current
        argument = self._arguments.get(choice.argument) if choice else None
        if choice and argument and argument.preview:
            self._previewed = choice.argument
            argument.preview(choice.value)
        else:
            self._end_preview()

    on_line_view_moved = _preview

    def _end_preview(self) -> None:
        previewed, self._previewed = self._arguments.get(self._previewed), ""
        if previewed and previewed.preview:
            previewed.preview("")

    def action_back(self) -> None:
        """Close, and undo the preview."""
        self._end_preview()
        super().action_back()

    def action_next_pane(self) -> None:
        """Complete the typed text to an argument's name or to the highlighted value."""
        field, choice = self.query_one(Input), self.query_one(CommandLines).current
        typed = field.value.strip().casefold()
        word = next((word for word in self._arguments if typed and word.startswith(typed)), "")
        if choice and choice.argument and choice.value:
            field.value = f"{choice.argument} {choice.value}"
        elif word:
            field.value = f"{word} "
        field.cursor_position = len(field.value)

    action_previous_pane = action_next_pane

    def on_input_submitted(self) -> None:
        """Choose the highlighted line."""
        choice = self.query_one(CommandLines).current
        if choice:
            self._end_preview()
            self.dismiss(choice)

    on_line_view_chosen = on_input_submitted
