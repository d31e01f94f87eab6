"""`L`: what happened, from all processes, newest first, and what of it is new since one last looked."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Input

from tui.domain.cells import fit
from tui.domain.text import one_line, plural
from tui.domain.times import iso, parse_time
from tui.engine.state.log_lines import LOOKED, LogLine, newest_first
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
    from tui.domain.detail import Json
    from tui.ui.bridge import Flush

_TONES = {"problem": "bad", "failed": "bad", "action": "info", "saved": "good", "ended": "good", "waiting": "warn"}
_LOUD = frozenset({"problem", "failed"})


class LogLines(LineView):
    """Log entries, newest first; those that came since one last looked have a mark."""

    def __init__(self) -> None:
        super().__init__(name="log")
        self.entries: Sequence[LogLine] = ()
        self.filtered = False
        self.looked: datetime | None = None

    def line_count(self) -> int:
        """Return the number of entries."""
        return len(self.entries)

    def is_new(self, line: LogLine) -> bool:
        """Whether a line came since one last looked."""
        return self.looked is not None and line.entry.at > self.looked

    def line(self, number: int, width: int) -> Line:
        """Return one entry."""
        shown = self.entries[number]
        entry = shown.entry
        return (
            ("•" if self.is_new(shown) else " ", "accent"),
            (f"{_moment(entry.at)}  ", "dim"),
            (fit(entry.kind, 8), _TONES.get(entry.kind, "dim")),
            (f"  {fit(entry.provider or '', 8)}  ", "dim"),
            (one_line(shown.text), "bad" if entry.kind in _LOUD else "plain"),
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
        """Show the latest entries, and remember that they were looked at."""
        self.query_one(Input).display = False
        self._fill()
        self.query_one(LogLines).focus()
        app = shell(self)
        app.in_background(lambda: app.services.archive.state(LOOKED), self._looked_before)

    def _looked_before(self, value: "Json") -> None:
        view = self.query_one(LogLines)
        view.looked = parse_time(value)
        self._fill()
        if view.entries:
            shell(self).services.archive.remember(LOOKED, iso(view.entries[0].entry.at))

    def situation(self) -> CommandContext:
        """Return what is possible."""
        return CommandContext(tasks=len(self.query_one(LogLines).entries))

    def engine_changed(self, flush: "Flush") -> None:
        """Add new entries; the cursor stays on its line, unless it is on the newest."""
        if flush.logged:
            self._fill()

    def _fill(self) -> None:
        view = self.query_one(LogLines)
        engine = shell(self).engine
        matches = matcher(self.query_one(Input).value)
        every = newest_first(engine.log() if engine else ())
        lines = [
            line
            for line in every
            if matches(f"{line.entry.kind} {line.entry.provider or ''} {line.entry.text}".casefold())
        ]
        kept = view.entries[view.cursor] if view.entries and view.cursor else None
        view.entries, view.filtered = lines, bool(self.query_one(Input).value.strip())
        view.lines_changed()
        if kept in lines:
            view.move_to(lines.index(kept), tell=False)
        new = sum(map(view.is_new, lines))
        told = f"event log  {plural(len(lines), 'line')}" + (f", {new:,} new since you last looked" if new else "")
        self.query_one(StatusLine).place(((told, "plain"),))
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

    def _line(self) -> LogLine | None:
        view = self.query_one(LogLines)
        return view.entries[view.cursor] if view.entries else None

    def action_open(self) -> None:
        """Go to the task of this line."""
        line = self._line()
        if line and line.entry.task_id:
            self.dismiss(line.entry.task_id)
        else:
            shell(self).say("this line is about no task", problem=True)

    def on_line_view_chosen(self) -> None:
        """Go to the task of the clicked line."""
        self.action_open()

    def action_copy_line(self) -> None:
        """Copy this line."""
        line = self._line()
        if line:
            entry = line.entry
            shell(self).copy(f"{entry.at.isoformat()} {entry.kind} {entry.provider or ''} {line.text}", "line")


def _moment(at: datetime) -> str:
    """Return the time of day to the second, of another day also the date; always as wide."""
    local = at.astimezone()
    return f"      {clock(at)}" if local.date() == datetime.now(local.tzinfo).date() else f"{local:%y-%m-%d %H:%M}"
