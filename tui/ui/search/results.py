"""`F`: search in the text of every saved report; enter opens the report at the hit."""

from collections.abc import Callable, Sequence

from textual.timer import Timer

from tui.domain.cells import fit
from tui.domain.text import one_line, plural
from tui.ui.commands.command import Handlers
from tui.ui.commands.registry import CommandContext
from tui.ui.shell.list_screen import ListScreen
from tui.ui.shell.services import ExcerptHit
from tui.ui.shell.shell import ReportPlace, shell
from tui.ui.text.lines import EMPTY, Line

_LEAD = 16  # characters before the first found word: on a narrow screen it must still be seen
_PAUSE = 0.15  # seconds after the last key before the archive is asked


class FoundScreen(ListScreen[ReportPlace]):
    """Search over the archive.

    Args:
        go: goes to a hit, over this screen; without it the screen is left with the hit as its result.
    """

    CONTEXT = "found"
    BEGINS_TYPING = True
    AUTO_FOCUS = ""  # its first focus is the field's
    PLACEHOLDER = "words in any report, brief, source or note; tag: is: status: host: before:"
    FIELD_SHOWN = True

    def __init__(self, go: Callable[[ReportPlace], None] | None = None) -> None:
        super().__init__()
        self._go = go or self.dismiss
        self.hits: Sequence[ExcerptHit] = ()
        self._timer: Timer | None = None

    def begin(self) -> None:
        """Say how to begin."""
        self._show("", ())

    def typed(self, text: str) -> None:
        """Search when the typing pauses."""
        if self._timer:
            self._timer.stop()
        self._timer = self.set_timer(_PAUSE, lambda: self._search(text))

    def _search(self, text: str) -> None:
        if not text.strip():
            self._show(text, ())
            return
        archive = shell(self).services.archive

        def show(hits: Sequence[ExcerptHit]) -> None:
            if self.is_attached and self.field.value == text:
                self._show(text, hits)

        shell(self).in_background(lambda: archive.search(text), show)

    def _show(self, text: str, hits: Sequence[ExcerptHit]) -> None:
        self.hits = hits
        self.rows.cursor = 0
        notice = f"nothing saved contains {one_line(text, 60)}" if text.strip() else "type what to look for"
        self.rows.set_rows([self._line(hit) for hit in hits], notice)
        self.place(plural(len(hits), "hit") if text.strip() else "search in all reports")

    def _line(self, hit: ExcerptHit) -> Line:
        task = shell(self).tasks.get(hit.task_id)
        title = one_line(task.title or task.id) if task else hit.task_id
        return ((f" {fit(title, 30)}  ", "strong"), (fit(hit.where, 7), "dim"), ("  ", "plain"), *marked(hit))

    def situation(self) -> CommandContext:
        """Return what is found."""
        return CommandContext(hits=len(self.hits), tasks=len(self.hits))

    def command_handlers(self) -> Handlers:
        """Return the functions of the commands here, by command id."""
        return {
            **super().command_handlers(),
            "found.open": self.action_open,
            "found.edit": self.action_edit,
        }

    def action_open(self) -> None:
        """Open the report at the hit."""
        hit = self.hits[self.rows.cursor]
        self._go(ReportPlace(hit.task_id, hit.line, hit.matched))

    def on_line_view_chosen(self) -> None:
        """Open the clicked one."""
        self.action_open()

    def action_edit(self) -> None:
        """Change the words."""
        self.field.focus()


def marked(hit: ExcerptHit) -> Line:
    """Return the excerpt of a hit from shortly before the first found word, the found words set off."""
    at = max(0, hit.marks[0][0] - _LEAD) if hit.marks else 0
    pieces: list[tuple[str, str]] = [("…", "dim")] if at else []
    for start, end in hit.marks:
        pieces += [(hit.excerpt[at:start], "plain"), (hit.excerpt[start:end], "accent")]
        at = end
    pieces.append((hit.excerpt[at:], "plain"))
    return tuple((text.replace("\n", " "), tone) for text, tone in pieces if text) or EMPTY
