"""Base of the forms that start tasks: the brief as a saved draft, one confirmation, one sending."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from textual.widgets import TextArea

from tui.domain.budget import Spent, month_start, spent_by
from tui.engine.archive.person import whoami
from tui.ui.commands.command import handles
from tui.ui.shell.dialogs import ConfirmDialog
from tui.ui.shell.editor import edited
from tui.ui.shell.form import FormScreen
from tui.ui.shell.shell import shell


class BriefForm(FormScreen[None]):
    """A form with a brief.

    Args:
        text: the brief to begin with.
        placeholder: what an empty brief asks for.
    """

    CONTEXT = "form"
    CHOSEN = "form.toggle"
    BEGINS_TYPING = True
    AUTO_FOCUS = "*"

    def __init__(self, text: str, placeholder: str) -> None:
        super().__init__()
        self.brief = TextArea(text, id="brief", placeholder=placeholder)
        self._sent = False
        self.spent: Spent | None = None  # not known yet

    def on_mount(self) -> None:
        """Focus the brief; read what was spent, for the budget: the archive may be slow to answer, or away."""
        self.brief.focus()
        self.again()
        archive, now = shell(self).services.archive, datetime.now(UTC)

        def read() -> Spent:
            return spent_by(archive.daily_costs(month_start(now)), now, whoami())

        shell(self).in_background(read, self.while_open(self._take_spent))

    def _take_spent(self, spent: Spent) -> None:
        self.spent = spent
        self.again()

    def again(self) -> None:
        """Update price, rows and status line."""
        raise NotImplementedError

    @handles("form.next_mode", 1)
    @handles("form.previous_mode", -1)
    def change_mode(self, by: int) -> None:
        """Switch to the next or previous mode of the row under the cursor."""
        raise NotImplementedError

    @handles("form.toggle")
    def action_change(self) -> None:
        """Change the row under the cursor."""
        raise NotImplementedError

    @handles("form.editor")
    def action_editor(self) -> None:
        """Edit the brief in $EDITOR."""
        self.brief.text = edited(shell(self), self.brief.text)
        self.changed()

    def ask_to_send(self, title: str, question: str, text: str, yes: str, send: Callable[[str], None]) -> None:
        """Ask, then call `send` once and close the form; its token makes a repetition the same request."""
        app, confirmation = shell(self), uuid.uuid4().hex

        def answered(_: bool) -> None:
            if app.engine is None:
                app.say("not sent: the engine is still starting", problem=True)
            elif not self._sent:
                self._sent = True
                self.finished()
                send(confirmation)
                self.dismiss(None)

        app.show(ConfirmDialog(title, question, text, yes=yes), answered, "nothing was sent")
