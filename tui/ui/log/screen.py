"""`L`: the event log of all processes, newest first, unseen entries under a heading; and the requests."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult

from tui.domain.text import plural
from tui.domain.times import iso, parse_time
from tui.engine.state.log_lines import LOOKED, LogLine, newest_first
from tui.ui.commands.command import handles
from tui.ui.commands.registry import CommandContext
from tui.ui.log.log_rows import PARTS, LogHeading, Row, entry_lines, log_line, part_of, rows_of, time_cells
from tui.ui.shell.list_screen import TabbedScreen
from tui.ui.shell.shell import shell
from tui.ui.text.filter import matcher
from tui.ui.text.lines import Line, LinesOnDemand
from tui.ui.widgets.preview import Preview
from tui.ui.widgets.tabs import Tab, TabBar

if TYPE_CHECKING:
    from tui.domain.detail import Json
    from tui.ui.bridge import Flush

_ROOMY = 30  # lines of a screen on which the selected entry is shown as a whole
_SETTLED = 0.3  # seconds the cursor rests before it is


class LogScreen(TabbedScreen[str]):
    """The event log; the result of enter is the id of the line's task."""

    CONTEXT = "log"
    CHOSEN = "log.task"
    DEFAULT_CSS = """
    LogScreen Preview { height: 12; display: none; }
    LogScreen.-roomy Preview { display: block; }
    """

    def __init__(self) -> None:
        super().__init__(len(PARTS))
        self.preview = Preview()
        self.preview.can_focus = False  # tab is for the tabs; the wheel scrolls it
        self._shown: Sequence[Row] = ()
        self._looked: datetime | None = None
        self._newest: datetime | None = None

    def compose(self) -> ComposeResult:
        """Yield the preview between the list and the bars."""
        *above, status, keys = super().compose()
        yield from (*above, self.preview, status, keys)

    def begin(self) -> None:
        """Show the latest entries, and remember the time as seen."""
        self.fill()
        app = shell(self)
        app.in_background(lambda: app.services.archive.state(LOOKED), self.while_open(self._looked_before))

    def _looked_before(self, value: "Json") -> None:
        self._looked = parse_time(value)
        self.fill()
        self._remember()

    def on_unmount(self) -> None:
        """Remember that entries which came meanwhile were seen, too."""
        self._remember()

    def _remember(self) -> None:
        if self._newest is not None:
            shell(self).services.archive.remember(LOOKED, iso(self._newest))

    def command_context(self) -> CommandContext:
        """Return whether the line has a task."""
        return CommandContext(tasks=len(self._shown))

    def engine_changed(self, flush: "Flush") -> None:
        """Add new entries."""
        if flush.logged:
            self.fill()

    def typed(self, text: str) -> None:
        """Filter by what was typed."""
        self.fill()

    @property
    def entry(self) -> LogLine | None:
        """The selected entry."""
        row = self._shown[self.rows.cursor] if self._shown else None
        return row if isinstance(row, LogLine) else None

    def fill(self) -> None:
        """Show the entries of the tab; the cursor stays on its entry, unless that was the newest."""
        engine = shell(self).engine
        every = newest_first(engine.log() if engine else ())
        self._newest = every[0].entry.at if every else self._newest
        matches = matcher(self.field.value)
        found = [line for line in every if matches(_words(line))]
        part = PARTS[self.tab]
        lines = [line for line in found if part.name in {"", part_of(line)}]
        newest = next((row for row in self._shown if isinstance(row, LogLine)), None)
        kept = self.entry if self.entry != newest else None
        shown = self._shown = rows_of(lines, self._looked)
        times = time_cells(lines, datetime.now(UTC))
        headings = {number for number, row in enumerate(shown) if isinstance(row, LogHeading)}
        rows = LinesOnDemand(len(shown), lambda number: self._line(shown[number], times))
        self.rows.set_rows(rows, self._notice(len(found)), headings)
        self.rows.move_to(shown.index(kept) if kept in shown else 0, tell=False)
        counts = [sum(one.name in {"", part_of(line)} for line in found) for one in PARTS]
        tabs = [Tab(one.title, count, one is part) for one, count in zip(PARTS, counts, strict=True)]
        self.query_one(TabBar).update(tabs)
        new = sum(self._looked is not None and line.entry.at > self._looked for line in lines)
        told = f", {new:,} new since you last looked" if new else ""
        self.place(f"event log  {len(lines):,} of {plural(len(every), 'line')}{told}")
        self._show_entry()

    def _notice(self, elsewhere: int) -> str:
        """Return what stands in an empty tab."""
        if self.field.value.strip():
            return "no line is like that; escape clears the filter"
        if shell(self).engine is None:
            return "the log is read once the engine has started …"
        others = f"{plural(elsewhere, 'line')} under the other tabs" if elsewhere else "r asks the providers"
        return f"{PARTS[self.tab].empty}; {others}"

    def _line(self, row: Row, times: int) -> Line:
        if isinstance(row, LogHeading):
            return ((f" {row.text}", "title"),)
        task, width = shell(self).tasks.get(row.entry.task_id or ""), self.rows.size.width or 80
        return log_line(row, task, datetime.now(UTC), width, times)

    def on_resize(self, event: events.Resize) -> None:
        """Show the whole of an entry where there is room below the list."""
        super().on_resize(event)
        self.set_class(event.size.height >= _ROOMY, "-roomy")
        self._show_entry()

    def on_line_view_moved(self) -> None:
        """Show the whole of the entry once the cursor rests."""
        self.settle(_SETTLED, self._show_entry)

    def _show_entry(self) -> None:
        if self.entry is None or not self.preview.display:
            self.preview.show("", ())
            return
        task = shell(self).tasks.get(self.entry.entry.task_id or "")
        self.preview.show(*entry_lines(self.entry, task, max(20, self.size.width - 2)))

    @handles("log.task")
    def action_open(self) -> None:
        """Go to the task of this line."""
        if self.entry and self.entry.entry.task_id:
            self.dismiss(self.entry.entry.task_id)
        else:
            shell(self).say("this line is about no task", problem=True)

    @handles("log.copy")
    def action_copy_line(self) -> None:
        """Copy this line."""
        if line := self.entry:
            entry = line.entry
            shell(self).copy(f"{entry.at.isoformat()} {entry.kind} {entry.provider or ''} {line.text}", "line")


def _words(line: LogLine) -> str:
    """Return the text of an entry that the filter searches."""
    return f"{line.entry.kind} {line.entry.provider or ''} {line.entry.text}".casefold()
