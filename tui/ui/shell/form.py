"""The base of forms: typed text is saved as a draft until it is sent or discarded, even over a crash."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.events import Mount
from textual.timer import Timer
from textual.widgets import Input, TextArea

from tui.ui.commands.command import handles
from tui.ui.shell.command_screen import CommandScreen, Result
from tui.ui.shell.shell import shell

if TYPE_CHECKING:
    from tui.domain.detail import Json

_PAUSE = 0.3  # seconds after the last key before a draft is written
_PLACE = "unsent."


class FormScreen(CommandScreen[Result]):
    """A screen with fields.

    A form that has more than fields extends `typed` and `put`. Whoever opens it says under which name it is `kept`.
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name=name)
        self.kept = ""  # the name of the draft; nothing is kept without one
        self._begun: Mapping[str, Json] = {}
        self._now: Mapping[str, Json] = {}  # as of the last change: when the screen ends, its fields end first
        self._thrown: Mapping[str, Json] | None = None
        self._written: Mapping[str, Json] | None = None
        self._pause: Timer | None = None
        self._finished = False

    def typed(self) -> "Mapping[str, Json]":
        """Return the contents of the fields, as a draft to save."""
        fields = [*self.query(Input), *self.query(TextArea)]
        return {field.id or "text": field.text if isinstance(field, TextArea) else field.value for field in fields}

    def put(self, typed: "Mapping[str, Json]") -> None:
        """Fill the fields from a draft; fields that no longer exist are skipped."""
        for field in (*self.query(Input), *self.query(TextArea)):
            text = typed.get(field.id or "text")
            if isinstance(text, str) and isinstance(field, TextArea):
                field.text = text
                field.move_cursor(field.document.end)
            elif isinstance(text, str):
                field.value = text
                field.cursor_position = len(text)

    def _on_mount(self, event: Mount) -> None:
        self._begun = self._now = self.typed()
        draft = shell(self).services.archive.state(_PLACE + self.kept) if self.kept else None
        if isinstance(draft, dict) and draft != self._begun:
            self._written = draft
            self.put(draft)
            shell(self).say("this is your draft; ctrl+r starts over")

    def _on_input_changed(self) -> None:
        self.changed()

    def _on_text_area_changed(self) -> None:
        self.changed()

    def changed(self) -> None:
        """Save the draft once the typing pauses."""
        self._now = self.typed()
        if self._pause is None:
            self._pause = self.set_timer(_PAUSE, self.keep)

    def keep(self) -> bool:
        """Save the draft now; returns whether there is anything to save."""
        if self._pause:
            self._pause.stop()
            self._pause = None
        if not self.kept or self._finished:
            return False
        draft = self._now if self._now != self._begun else None
        if draft != self._written:
            self._written = draft
            shell(self).services.archive.remember(_PLACE + self.kept, None if draft is None else dict(draft))
        return draft is not None

    def finished(self) -> None:
        """Delete the draft: what was typed was sent."""
        self._finished = True
        if self.kept and self._written is not None:
            shell(self).services.archive.remember(_PLACE + self.kept, None)

    def keep_again(self, typed: "Mapping[str, Json]") -> None:
        """Save text that could not be sent as a draft again, although the form is closed; a newer draft stays."""
        archive = shell(self).services.archive
        if self.kept and archive.state(_PLACE + self.kept) in (None, self._written):
            self._written = typed
            archive.remember(_PLACE + self.kept, dict(typed))

    def _on_unmount(self) -> None:
        self.keep()

    @handles("draft.discard")
    def action_discard(self) -> None:
        """Discard what was typed, or restore what was discarded last."""
        typed = self.typed()
        if typed != self._begun:
            self._thrown = typed
            self.put(self._begun)
            shell(self).say("thrown away; ctrl+r brings it back")
        elif self._thrown is not None:
            self.put(self._thrown)
            shell(self).say("it is back")
        self.changed()

    def action_back(self) -> None:
        """Close the form; the draft stays."""
        self.changed()
        kept = self.keep()
        self.dismiss(None)
        if kept:
            shell(self).say("kept as a draft: open the form again to go on")
