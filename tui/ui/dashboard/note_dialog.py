"""`N`: the note and the tags of a task, or tags for several marked ones; both stay in the archive on this machine."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from tui.domain.errors import UsageError
from tui.engine.archive.annotations import tag_of
from tui.ui.commands.command import handles
from tui.ui.shell.dialogs import Dialog
from tui.ui.shell.form import FormScreen
from tui.ui.shell.shell import shell
from tui.ui.widgets.bars import KeyBar, StatusLine


@dataclass(frozen=True, slots=True)
class Annotation:
    """What was typed; `note` is None where only tags were asked for."""

    note: str | None
    tags: tuple[str, ...]


class NoteDialog(FormScreen[Annotation], Dialog[Annotation]):
    """Edits a note and tags.

    Args:
        about: the task's title, or how many tasks it is about.
        note: as it is; None asks for tags only.
        tags: as they are.
        kept: the name of the draft.
    """

    CONTEXT = "note"
    BEGINS_TYPING = True

    def __init__(self, about: str, note: str | None, tags: Sequence[str] = (), *, kept: str = "") -> None:
        super().__init__()
        self.kept = kept
        self._about = about
        self._note = note
        self._tags = tags

    def compose(self) -> ComposeResult:
        """Yield the fields."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content("Tags" if self._note is None else "Note and tags")
            yield Static(Content(self._about), classes="quoted")
            if self._note is not None:
                yield TextArea(self._note, id="note", placeholder="your note; F finds it")
            label = "Tags they all get, with blanks between" if self._note is None else "Tags, with blanks between"
            yield Static(Content(label), classes="question")
            yield Input(" ".join(self._tags), id="tags", placeholder="energy q3 to-do", max_length=500)
            yield StatusLine()
            yield KeyBar(self)

    def on_mount(self) -> None:
        """Focus the note, at its end."""
        self.query_one(KeyBar).update(shell(self).keymap, self.command_context())
        for area in self.query(TextArea):
            area.move_cursor(area.document.end)
            area.focus()

    def on_input_submitted(self) -> None:
        """Save at enter in the line of tags."""
        self.action_save()

    @handles("note.save")
    def action_save(self) -> None:
        """Return what was typed as the result, unless a tag is invalid."""
        try:
            tags = tuple(dict.fromkeys(tag_of(word) for word in self.query_one("#tags", Input).value.split()))
        except UsageError as error:
            self.query_one(StatusLine).say(error.told, problem=True)
            return
        self.finished()
        self.dismiss(Annotation(next((area.text.strip() for area in self.query(TextArea)), None), tags))
