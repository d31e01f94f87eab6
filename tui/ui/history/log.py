"""`L`: the event log: what was sent, what came back, when; secrets were masked before a line was made."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Input

from tui.domain.cells import fit
from tui.domain.text import one_line, plural
from tui.engine.api import LogEntry
from tui.ui.commands.command import Handlers
from tui.ui.commands.registry import CommandContext
from tui.ui.shell.command_screen import CommandScreen
from tui.ui.shell.shell import shell
from tui.ui.text.filter import matcher
from tui.ui.text.formatting import clock
from tui.ui.text.lines import Line
from tui.ui.widgets.bars import KeyBar, StatusLine
from tui.ui.widgets.list_view import LineView

if TYPE_CHECKING:
    from tui.ui.bridge import Flush

_TONES = {"problem": "bad", "action": "info", "saved": "good"}


class LogLines(LineView):
    """Log entries, newest last."""

    def __init__(self) -> None:
        super().__init__(name="log")
        self.entries: Sequence[LogEntry] = ()
        self.filtered = False

    def line_count(self) -> int:
        """Return the number of entries."""
        return len(self.entries)

    def line(self, number: int, width: int) -> Line:
        """Return one entry."""
        entry = self.entries[number]
        tone = _TONES.get(entry.kind, "dim")
        return (
            (f" {clock(entry.at)}  ", "dim"),
            (fit(entry.kind, 8), tone),
            (f"  {fit(entry.provider or '', 8)}  ", "dim"),
            (one_line(entry.text), "bad" if entry.kind == "problem" else "plain"),
        )

    def empty(self, width: int) -> list[Line]:
        """Say why there is nothing."""
        why = "no line is like that; escape clears the filter" if self.filtered else "nothing has happened yet; r asks"
        return [((f" {why}", "dim"),)]


class LogScreen(CommandScreen[str]):
    """The event log; enter leaves with the id of the line's task as the result."""

    CONTEXT = "log"

    def compose(self) -> ComposeResult:
        """Lay the log out."""
        yield Input(placeholder="filter", id="filter")
        yield LogLines()
        yield StatusLine()
        yield KeyBar(self.CONTEXT)

    def on_mount(self) -> None:
        """Show the latest entries."""
        self.query_one(Input).display = False
        self._fill()
        view = self.query_one(LogLines)
        view.focus()
        self.call_after_refresh(view.action_bottom)

    def situation(self) -> CommandContext:
        """Return what is possible."""
        return CommandContext(tasks=len(self.query_one(LogLines).entries))

    def engine_changed(self, flush: "Flush") -> None:
        """Add new entries; the view follows only when its cursor is on the last line."""
        if flush.logged:
            self._fill()

    def _fill(self) -> None:
        view = self.query_one(LogLines)
        engine = shell(self).engine
        matches = matcher(self.query_one(Input).value)
        entries = [e for e in (engine.log() if engine else ()) if matches(f"{e.kind} {e.provider} {e.text}".casefold())]
        at_end = view.cursor >= len(view.entries) - 1
        kept = view.entries[view.cursor] if view.entries and not at_end else None
        view.entries, view.filtered = entries, bool(self.query_one(Input).value.strip())
        view.lines_changed()
        if at_end:
            view.action_bottom()
        elif kept in entries:
            view.move_to(entries.index(kept), tell=False)
        self.query_one(StatusLine).place(((f"event log  {plural(len(entries), 'line')}", "plain"),))
        self.query_one(KeyBar).update(shell(self).keymap, self.situation())

    def on_input_changed(self) -> None:
        """Narrow as one types."""
        self._fill()

    def on_input_submitted(self) -> None:
        """Back to the list."""
        self.query_one(LogLines).focus()

    def command_handlers(self) -> Handlers:
        """Return the functions of the commands here, by command id."""
        return {
            **super().command_handlers(),
            "log.task": self.action_open,
            "log.copy": self.action_copy_line,
            "log.filter": self.action_filter,
        }

    def action_filter(self) -> None:
        """Type what to look for."""
        self.type_into(self.query_one(Input))

    def action_back(self) -> None:
        """Clear the filter, then leave."""
        field = self.query_one(Input)
        if field.display:
            field.value = ""
            field.display = False
            self.query_one(LogLines).focus()
        else:
            self.dismiss(None)

    def _entry(self) -> LogEntry | None:
        view = self.query_one(LogLines)
        return view.entries[view.cursor] if view.entries else None

    def action_open(self) -> None:
        """Go to the task of this line."""
        entry = self._entry()
        if entry and entry.task_id:
            self.dismiss(entry.task_id)
        else:
            shell(self).say("this line is about no task", problem=True)

    def on_line_view_chosen(self) -> None:
        """Go to the task of the clicked line."""
        self.action_open()

    def action_copy_line(self) -> None:
        """Copy this line."""
        entry = self._entry()
        if entry:
            shell(self).copy(f"{entry.at.isoformat()} {entry.kind} {entry.provider or ''} {entry.text}", "line")
