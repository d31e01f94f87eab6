"""A dialog for a text of several lines; an invalid text is reported before it closes."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static, TextArea

from tui.domain.errors import DivewatchError
from tui.ui.commands.command import handles
from tui.ui.shell.dialogs import Dialog
from tui.ui.shell.form import FormScreen
from tui.ui.shell.shell import shell
from tui.ui.widgets.bars import KeyBar, StatusLine


class TextDialog(FormScreen[str], Dialog[str]):
    """Asks for a text; the result may be empty.

    Args:
        title: what it is for.
        hint: what may be written.
        text: to begin with.
        check: raises `DivewatchError` or `ValueError` for a text that cannot be taken.
        kept: the name of the draft.
    """

    CONTEXT = "write"
    BEGINS_TYPING = True
    AUTO_FOCUS = "TextArea"

    def __init__(
        self,
        title: str,
        hint: str,
        text: str = "",
        *,
        check: Callable[[str], object] | None = None,
        kept: str = "",
    ) -> None:
        super().__init__()
        self.kept = kept
        self._title = title
        self._hint = hint
        self._check = check
        self.area = TextArea(text, id="text")

    def compose(self) -> ComposeResult:
        """Yield the field."""
        with Vertical(classes="dialog tall") as box:
            box.border_title = Content(self._title)
            yield Static(Content(self._hint), classes="question")
            yield self.area
            yield StatusLine()
            yield KeyBar(self)

    def on_mount(self) -> None:
        """Show the keys; put the cursor at the end of the text."""
        self.query_one(KeyBar).update(shell(self).keymap, self.command_context())
        self.area.move_cursor(self.area.document.end)

    @handles("write.take")
    def action_take(self) -> None:
        """Close with the text, if it is valid."""
        try:
            if self._check is not None:
                self._check(self.area.text)
        except (DivewatchError, ValueError) as error:
            self.query_one(StatusLine).say(str(error), problem=True)
            return
        self.finished()
        self.dismiss(self.area.text.strip())
