"""`?`: the keys of the screen below and of every screen; searchable, generated from the registry."""

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from tui.domain.cells import cell_len, fit, wrap
from tui.ui.commands.command import handles
from tui.ui.commands.keymap import Keymap
from tui.ui.commands.registry import COMMAND_SCOPES, COMMANDS, TITLES, Command, CommandContext
from tui.ui.commands.task_commands import PURPOSES
from tui.ui.help.symbols import SYMBOLS
from tui.ui.shell.dialogs import Dialog
from tui.ui.shell.shell import shell
from tui.ui.text.filter import matcher
from tui.ui.text.lines import EMPTY, Line
from tui.ui.widgets.item_list import TextLines

_KEYS = 14  # longer ones push the sentence to the right


def help_lines(context: str, keymap: Keymap, now: CommandContext, search: str = "", width: int = 200) -> list[Line]:
    """Return the help for a screen, its symbols last; `search` looks in all screens."""
    matches = matcher(search)
    here = COMMAND_SCOPES[context]
    groups = here if not search.strip() else tuple(TITLES)
    lines: list[Line] = []
    for title, commands in (part for group in groups for part in _parts_of(group)):
        rows: list[Line] = []
        for command in commands:
            keys = keymap.shown(command.id)
            if matches(f"{keys} {command.help} {command.id} {command.label}".casefold()):
                reason = command.why_not(now) if command.context in here else None
                rows += _row(keys, command.help, reason or "", width)
        lines += _part(title, rows, lines)
    for group in (context,) if not search.strip() else SYMBOLS:
        signs = [one for one in SYMBOLS.get(group, ()) if matches(f"{one[0]} {one[1]} symbol".casefold())]
        rows = [row for sign, meaning in signs for row in _row(sign, meaning, "", width)]
        lines += _part(f"Symbols: {TITLES.get(group, group)}", rows, lines)
    return lines or [((" no key is about that", "dim"),)]


def _parts_of(group: str) -> list[tuple[str, Sequence[Command]]]:
    """Return a group of commands under a title; a large one in parts by purpose."""
    if group == "tasks":
        return [(title, [COMMANDS[name] for name in names]) for title, names in PURPOSES.items()]
    return [(TITLES[group], [command for command in COMMANDS.values() if command.context == group])]


def _part(title: str, rows: list[Line], before: list[Line]) -> list[Line]:
    return [*([EMPTY] if before else []), ((f" {title}", "title"),), *rows] if rows else []


def _row(keys: str, text: str, reason: str, width: int) -> list[Line]:
    """Return a key or symbol with its meaning, wrapped."""
    room = max(20, width - max(_KEYS, cell_len(keys)) - 3)
    told = f"{text}  ({reason})" if reason and cell_len(text) + cell_len(reason) + 4 <= room else text
    texts = [*wrap(told, room), *(wrap(f"({reason})", room) if reason and told == text else ())]
    tone = "dim" if reason else "plain"
    first: Line = ((f" {fit(keys, max(_KEYS, cell_len(keys)))} ", "dim" if reason else "key"), (texts[0], tone))
    return [first, *(((" " * (_KEYS + 2), "plain"), (more, tone)) for more in texts[1:])]


class HelpLines(TextLines):
    """Lines that are made for the width of the view, before they are painted for the first time.

    Args:
        make: returns the lines for a width.
    """

    def __init__(self, make: Callable[[int], list[Line]]) -> None:
        super().__init__(name="help")
        self._make = make

    def fill(self) -> None:
        """Make the lines again, and begin at the first."""
        if self.size.width:
            self.set_lines(self._make(self.size.width))

    def fit(self) -> None:
        """Wrap the lines for the new width."""
        self.items = self._make(self.size.width) if self.size.width else ()
        super().fit()


class HelpScreen(Dialog[None]):
    """The help about one screen."""

    CONTEXT = "help"

    def __init__(self, about: str, now: CommandContext) -> None:
        super().__init__()
        self._about = about
        self._context_there = now
        self._search = ""

    def compose(self) -> ComposeResult:
        """Yield the field and the lines."""
        with Vertical(classes="dialog tall") as box:
            box.border_title = Content(f"Keys: {TITLES.get(self._about, 'this dialog')}")
            box.border_subtitle = Content("/ search   escape close")
            yield Input(placeholder="search all keys", id="search")
            yield HelpLines(self._lines_for)

    def on_mount(self) -> None:
        """Show all keys of the screen below."""
        self.query_one(Input).display = False
        self.query_one(HelpLines).focus()

    def _lines_for(self, width: int) -> list[Line]:
        return help_lines(self._about, shell(self).keymap, self._context_there, self._search, width)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter by what was typed."""
        self._search = event.value
        self.query_one(HelpLines).fill()

    def on_input_submitted(self) -> None:
        """Focus the lines."""
        self.query_one(HelpLines).focus()

    @handles("help.filter")
    def action_filter(self) -> None:
        """Focus the search field."""
        self.type_into(self.query_one(Input))

    def action_back(self) -> None:
        """Clear the search; without one, close."""
        if self._search:
            self.query_one(Input).value = ""
            self.query_one(Input).display = False
            self.query_one(HelpLines).focus()
        else:
            self.dismiss(None)
