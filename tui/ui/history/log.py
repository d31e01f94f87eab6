"""`L`: the event log of all processes, newest first, unseen entries under a heading; and the requests."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.widgets import Input

from tui.domain.text import plural
from tui.domain.times import iso, parse_time
from tui.engine.state.log_lines import LOOKED, LogLine, newest_first
from tui.ui.commands.command import handles
from tui.ui.commands.registry import CommandContext
from tui.ui.history.log_rows import PARTS, LogHeading, Row, entry_lines, log_line, part_of, rows_of, time_cells
from tui.ui.shell.command_screen import CommandScreen
from tui.ui.shell.shell import shell
from tui.ui.text.filter import matcher
from tui.ui.text.lines import EMPTY, Line
from tui.ui.widgets.bars import KeyBar, StatusLine
from tui.ui.widgets.list_view import LineView
from tui.ui.widgets.preview import Preview
from tui.ui.widgets.tabs import Tab, TabBar

if TYPE_CHECKING:
    from tui.domain.detail import Json
    from tui.ui.bridge import Flush


_ROOMY = 30  # lines of a screen on which the selected entry is shown as a whole
_SETTLED = 0.3  # seconds the cursor rests before it is


class LogLines(LineView):
    """The log entries, newest first, under headings; the cursor stops on entries only."""

    def __init__(self) -> None:
        super().__init__(name="log")
        self.shown: Sequence[Row] = ()
        self.notice = ""
        self._times = 0

    def show(self, lines: Sequence[LogLine], looked: datetime | None) -> None:
        """Show these entries; the cursor stays on its entry, unless that was the newest."""
        newest = next((row for row in self.shown if isinstance(row, LogLine)), None)
        kept = self.entry if self.entry != newest else None
        self.shown = rows_of(lines, looked)
        self._times = time_cells(lines, datetime.now(UTC))
        self.lines_changed()
        self.move_to(self.shown.index(kept) if kept in self.shown else 0, tell=False)

    @property
    def entry(self) -> LogLine | None:
        """The selected entry."""
        row = self.shown[self.cursor] if self.cursor < len(self.shown) else None
        return row if isinstance(row, LogLine) else None

    def line_count(self) -> int:
        """Return the number of entries and headings."""
        return len(self.shown)

    def can_stop(self, number: int) -> bool:
        """Whether the cursor can be on a line: entries, not headings."""
        return isinstance(self.shown[number], LogLine)

    def line(self, number: int, width: int) -> Line:
        """Return one entry or heading."""
        row = self.shown[number]
        if isinstance(row, LogHeading):
            return ((f" {row.text}", "title"),)
        return log_line(row, shell(self).tasks.get(row.entry.task_id or ""), datetime.now(UTC), width, self._times)

    def empty(self, width: int) -> list[Line]:
        """Return why the list is empty."""
        return [EMPTY, ((f"  {self.notice}", "dim"),)]


class LogScreen(CommandScreen[str]):
    """The event log; the result of enter is the id of the line's task."""

    CONTEXT = "log"
    CHOSEN = "log.task"
    DEFAULT_CSS = """
    LogScreen Preview { height: 12; display: none; }
    LogScreen.-roomy Preview { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._part = 0
        self._looked: datetime | None = None
        self._newest: datetime | None = None

    def compose(self) -> ComposeResult:
        """Yield the tabs, the field, the list and the bars."""
        yield TabBar("1-4")
        yield Input(placeholder="filter", id="filter")
        yield LogLines()
        yield Preview()
        yield StatusLine()
        yield KeyBar(self)

    def on_mount(self) -> None:
        """Show the latest entries, and remember the time as seen."""
        self.query_one(Input).display = False
        self._fill()
        self.query_one(LogLines).focus()
        app = shell(self)
        app.in_background(lambda: app.services.archive.state(LOOKED), self._looked_before)

    def _looked_before(self, value: "Json") -> None:
        self._looked = parse_time(value)
        if self.is_attached:
            self._fill()
            self._remember()

    def on_unmount(self) -> None:
        """Remember that entries which came meanwhile were seen, too."""
        self._remember()

    def _remember(self) -> None:
        if self._newest is not None:
            shell(self).services.archive.remember(LOOKED, iso(self._newest))

    def command_context(self) -> CommandContext:
        """Return whether the line has a task."""
        return CommandContext(tasks=len(self.query_one(LogLines).shown))

    def engine_changed(self, flush: "Flush") -> None:
        """Add new entries; the cursor stays on its entry, unless that was the newest."""
        if flush.logged:
            self._fill()

    def _fill(self) -> None:
        view, typed = self.query_one(LogLines), self.query_one(Input).value
        engine = shell(self).engine
        every = newest_first(engine.log() if engine else ())
        self._newest = every[0].entry.at if every else self._newest
        matches = matcher(typed)
        found = [line for line in every if matches(_words(line))]
        part = PARTS[self._part]
        lines = [line for line in found if part.name in {"", part_of(line)}]
        if typed.strip():
            view.notice = "no line is like that; escape clears the filter"
        elif engine is None:
            view.notice = "the log is read once the engine has started …"
        else:
            elsewhere = f"; {plural(len(found), 'line')} under the other tabs" if found else "; r asks the providers"
            view.notice = f"{part.empty[:1].upper()}{part.empty[1:]}{elsewhere}"
        view.show(lines, self._looked)
        self._show_entry()
        counts = [sum(one.name in {"", part_of(line)} for line in found) for one in PARTS]
        tabs = [
            Tab(one.title, count, number == self._part)
            for number, (one, count) in enumerate(zip(PARTS, counts, strict=True))
        ]
        self.query_one(TabBar).update(tabs)
        self._place(lines, len(every))

    def _place(self, lines: Sequence[LogLine], every: int) -> None:
        new = sum(self._looked is not None and line.entry.at > self._looked for line in lines)
        told = f"event log  {len(lines):,} of {plural(every, 'line')}" + (
            f", {new:,} new since you last looked" if new else ""
        )
        self.query_one(StatusLine).place(((told, "plain"),))
        self.query_one(KeyBar).update(shell(self).keymap, self.command_context())

    def on_resize(self, event: events.Resize) -> None:
        """Show the whole of an entry where there is room below the list."""
        super().on_resize(event)
        self.set_class(self.size.height >= _ROOMY, "-roomy")
        self._show_entry()

    def on_line_view_moved(self) -> None:
        """Show the whole of the entry once the cursor rests."""
        self.settle(_SETTLED, self._show_entry)

    def _show_entry(self) -> None:
        line, preview, app = self.query_one(LogLines).entry, self.query_one(Preview), shell(self)
        if line is None or not preview.display:
            preview.show("", ())
            return
        title, lines = entry_lines(line, app.tasks.get(line.entry.task_id or ""), max(20, self.size.width - 2))
        preview.show(title, lines)

    def on_tab_bar_chosen(self, event: TabBar.Chosen) -> None:
        """Show the clicked tab."""
        self._show_part(event.number)

    @handles("log.part")
    def action_part(self, key: str) -> None:
        """Show the tab whose number was pressed."""
        self._show_part(int(key) - 1)

    def _show_part(self, number: int) -> None:
        self._part = number % len(PARTS)
        self._fill()
        self.query_one(LogLines).action_top()

    def action_next_pane(self) -> None:
        """Show the next tab."""
        self._show_part(self._part + 1)

    def action_previous_pane(self) -> None:
        """Show the previous tab."""
        self._show_part(self._part - 1)

    def on_input_changed(self) -> None:
        """Filter by what was typed."""
        self._fill()

    def on_input_submitted(self) -> None:
        """Focus the list."""
        self.query_one(LogLines).focus()

    @handles("log.filter")
    def action_filter(self) -> None:
        """Focus the filter."""
        self.type_into(self.query_one(Input))

    def action_back(self) -> None:
        """Clear the filter; without one, close."""
        field = self.query_one(Input)
        if field.display:
            field.value = ""
            field.display = False
            self.query_one(LogLines).focus()
        else:
            self.dismiss(None)

    @handles("log.task")
    def action_open(self) -> None:
        """Go to the task of this line."""
        line = self.query_one(LogLines).entry
        if line and line.entry.task_id:
            self.dismiss(line.entry.task_id)
        else:
            shell(self).say("this line is about no task", problem=True)

    @handles("log.copy")
    def action_copy_line(self) -> None:
        """Copy this line."""
        line = self.query_one(LogLines).entry
        if line:
            entry = line.entry
            shell(self).copy(f"{entry.at.isoformat()} {entry.kind} {entry.provider or ''} {line.text}", "line")


def _words(line: LogLine) -> str:
    """Return the text of an entry that the filter searches."""
    return f"{line.entry.kind} {line.entry.provider or ''} {line.entry.text}".casefold()
