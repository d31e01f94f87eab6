"""Small dialogs: a confirmation, a text to copy by hand, a line to type."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.domain.errors import DivewatchError
from tui.ui.commands.command import handles
from tui.ui.shell.command_screen import CommandScreen, Result
from tui.ui.shell.form import FormScreen

_SHORT = 400  # characters for which a small box is enough


class Dialog(CommandScreen[Result], ModalScreen[Result]):
    """A dialog over the screen below; escape closes it without a result.

    Style sheets know it by its class: of a form that is a dialog, Textual matches the types of the first base only.
    """

    DEFAULT_CLASSES = "over"
    CONTEXT: ClassVar[str] = "dialog"
    AUTO_FOCUS: ClassVar[str | None] = "*"

    def action_back(self) -> None:
        """Close without a result."""
        self.dismiss(None)


class ConfirmDialog(Dialog[bool]):
    """Asks one question; its result is True for `y`; False for `n` only where `no` says what that does."""

    CONTEXT = "confirm"

    def __init__(self, title: str, question: str, text: str = "", *, yes: str = "yes", no: str = "") -> None:
        super().__init__()
        self._title = title
        self._question = question
        self._text = text
        self._yes = yes
        self._no = no

    def compose(self) -> ComposeResult:
        """Yield the question and the buttons."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            yield Static(Content(self._question), classes="question")
            if self._text:
                yield Static(Content(self._text), classes="quoted")
            words = (("y ", "bold"), f"{self._yes}    ", ("n ", "bold"), self._no or "no")
            yield Static(Content.assemble(*words), classes="choices")

    @handles("confirm.yes")
    def action_yes(self) -> None:
        """Close with True."""
        self.dismiss(True)

    @handles("confirm.no")
    def action_no(self) -> None:
        """Close with False, or without a result."""
        self.dismiss(False if self._no else None)


class CopyDialog(Dialog[None]):
    """Shows a text to copy by hand: whole, wrapped by the terminal, for the terminal's own selection."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        """Yield the text."""
        with Vertical(classes="dialog tall" if len(self._text) > _SHORT else "dialog") as box:
            box.border_title = Content(self._title)
            yield Static(Content(self._text[:20_000]), classes="quoted")
            yield Static(
                Content("select it with the mouse (shift in most terminals); escape closes"), classes="choices"
            )


class InputDialog(FormScreen[str], Dialog[str]):
    """Asks for one line; a line for which `check` raises `DivewatchError` is asked for again."""

    CONTEXT = "ask"

    BEGINS_TYPING = True

    def __init__(
        self,
        title: str,
        hint: str,
        value: str = "",
        *,
        check: Callable[[str], object] | None = None,
        kept: str = "",
        secret: bool = False,
    ) -> None:
        super().__init__()
        self.kept = kept
        self._title = title
        self._hint = hint
        self._value = value
        self._check = check
        self._secret = secret  # what is typed is not shown

    def compose(self) -> ComposeResult:
        """Yield the field."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            yield Static(Content(self._hint), classes="question")
            yield Input(self._value, password=self._secret, placeholder="paste it here" if self._secret else "")
            yield Static(classes="trouble")
            yield Static(
                Content.assemble(("enter ", "bold"), "goes on    ", ("escape ", "bold"), "leaves"), classes="choices"
            )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close with what was typed; an empty line is asked for again."""
        text = event.value.strip()
        try:
            if text and self._check is not None:
                self._check(text)
        except DivewatchError as error:
            self.query_one(".trouble", Static).update(Content(f"✗ {error.told}"))
            return
        if text:
            self.finished()
            self.dismiss(text)
