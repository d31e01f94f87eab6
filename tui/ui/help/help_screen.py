"""`?`: the keys of the screen one came from, and of everywhere; searchable, generated from the registry."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from tui.ui.commands.command import Handlers
from tui.ui.commands.keymap import Keymap
from tui.ui.commands.reference import key_names
from tui.ui.commands.registry import COMMAND_SCOPES, COMMANDS, TITLES, CommandContext
from tui.ui.shell.dialogs import Dialog
from tui.ui.shell.shell import shell
from tui.ui.text.filter import matcher
from tui.ui.text.lines import EMPTY, Line
from tui.ui.widgets.list_view import TextLines

_KEYS = 14  # longer ones push the sentence to the right


def help_lines(context: str, keymap: Keymap, situation: CommandContext, search: str = "") -> list[Line]:
    """Return the help for a screen; with `search` over all screens, narrowed."""
    matches = matcher(search)
    groups = COMMAND_SCOPES[context] if not search.strip() else tuple(TITLES)
    lines: list[Line] = []
    for group in groups:
        rows: list[Line] = []
        for command in COMMANDS.values():
            keys = key_names(keymap, command.id)
            if command.context != group or not matches(
                f"{keys} {command.help} {command.id} {command.label}".casefold()
            ):
                continue
            reason = command.why_not(situation) if group in COMMAND_SCOPES[context] else None
            tone = "dim" if reason else "plain"
            rows.append(
                (
                    (f" {keys:<{_KEYS}} ", "dim" if reason else "key"),
                    (command.help, tone),
                    (f"  ({reason})" if reason else "", "dim"),
                )
            )
        if rows:
            lines += [*([EMPTY] if lines else []), ((f" {TITLES[group]}", "title"),), *rows]
    return lines or [((" no key is about that", "dim"),)]


class HelpScreen(Dialog[None]):
    """The keys of one screen."""

    CONTEXT = "help"

    def __init__(self, about: str, situation: CommandContext) -> None:
        super().__init__()
        self._about = about
        self._situation_there = situation
        self._search = ""

    def compose(self) -> ComposeResult:
        """Lay the keys out."""
        with Vertical(classes="dialog tall") as box:
            box.border_title = Content(f"Keys: {TITLES.get(self._about, 'this dialog')}")
            box.border_subtitle = Content("/ search   escape close")
            yield Input(placeholder="search all keys", id="search")
            yield TextLines(name="help")

    def on_mount(self) -> None:
        """Show all keys of that screen."""
        self.query_one(Input).display = False
        self._fill()
        self.query_one(TextLines).focus()

    def _fill(self) -> None:
        view = self.query_one(TextLines)
        view.set_lines(help_lines(self._about, shell(self).keymap, self._situation_there, self._search))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow as one types."""
        self._search = event.value
        self._fill()

    def on_input_submitted(self) -> None:
        """Back to the keys."""
        self.query_one(TextLines).focus()

    def command_handlers(self) -> Handlers:
        """Return the functions of the commands here, by command id."""
        return {
            **super().command_handlers(),
            "help.filter": self.action_filter,
        }

    def action_filter(self) -> None:
        """Type what to look for."""
        self.type_into(self.query_one(Input))

    def action_back(self) -> None:
        """Clear the search, then close."""
        if self._search:
            self.query_one(Input).value = ""
            self.query_one(Input).display = False
            self.query_one(TextLines).focus()
        else:
            self.dismiss(None)
