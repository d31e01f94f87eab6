"""A dialog with a few lines to choose from; its result is the index of one."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from tui.ui.commands.command import handles
from tui.ui.commands.registry import CommandContext
from tui.ui.shell.dialogs import Dialog
from tui.ui.text.lines import Line
from tui.ui.widgets.item_list import LineList


class ChoiceDialog(Dialog[int]):
    """Asks for one of `lines`; the result is its index."""

    several = False

    CONTEXT = "choose"
    CHOSEN = "choose.take"

    def __init__(self, title: str, lines: Sequence[Line], verb: str = "takes") -> None:
        super().__init__()
        self._title = title
        self._choices = lines
        self._verb = verb

    def compose(self) -> ComposeResult:
        """Yield the title, the lines and the hint."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content(f"enter {self._verb}   escape leaves")
            box.styles.height = min(len(self._choices), 16) + 2
            yield LineList(self._choices, name="choices")

    def on_mount(self) -> None:
        """Focus the lines."""
        self.query_one(LineList).focus()

    def command_context(self) -> CommandContext:
        """Return whether several can be taken."""
        return CommandContext(several=self.several)

    @handles("choose.mark")
    def action_mark(self) -> None:
        """Nothing can be marked where one is taken."""

    @handles("choose.take")
    def action_choose(self) -> None:
        """Close with the highlighted line."""
        self.dismiss(self.query_one(LineList).cursor)
