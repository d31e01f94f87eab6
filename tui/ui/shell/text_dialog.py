"""A dialog for a text of several lines; an invalid text is reported before it closes."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static, TextArea

from tui.domain.errors import DivewatchError
from tui.ui.commands.command import handles
from tui.ui.shell.dialogs import InputDialog
from tui.ui.shell.shell import shell
from tui.ui.widgets.bars import KeyBar, StatusLine


class TextDialog(InputDialog):
    """Asks for a text, which may be empty; one for which `check` raises an error or `ValueError` is not taken."""

    CONTEXT = "write"
    AUTO_FOCUS = "TextArea"

    def compose(self) -> ComposeResult:
        """Yield the field."""
        with Vertical(classes="dialog tall") as box:
            box.border_title = Content(self._title)
            yield Static(Content(self._hint), classes="question")
            yield TextArea(self._value, id="text")
            yield StatusLine()
            yield KeyBar(self)

    def on_mount(self) -> None:
        """Show the keys; put the cursor at the end of the text."""
        self.query_one(KeyBar).update(shell(self).keymap, self.command_context())
        area = self.query_one(TextArea)
        area.move_cursor(area.document.end)

    @handles("write.take")
    def action_take(self) -> None:
        """Close with the text, if it is valid."""
        text = self.query_one(TextArea).text
        try:
            if self._check is not None:
                self._check(text)
        except (DivewatchError, ValueError) as error:
            self.query_one(StatusLine).say(str(error), problem=True)
            return
        self.finished()
        self.dismiss(text.strip())
