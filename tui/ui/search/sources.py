"""`B`: every address that any saved report cites, or all hosts; by which reports, how often."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.timer import Timer

from tui.domain.text import one_line, plural
from tui.engine.archive.rows.values import SourceList
from tui.ui.commands.command import Argument, handles
from tui.ui.commands.registry import CommandContext
from tui.ui.search.source_panel import host_panel_lines, panel_lines
from tui.ui.search.source_rows import HOST_HEAD, SOURCE_HEAD, HostRow, SourceRow, hosts_of, sources_of
from tui.ui.shell.list_screen import PreviewScreen, Rows
from tui.ui.shell.shell import ReportPlace, shell
from tui.ui.text.filter import matcher
from tui.ui.text.lines import LinesOnDemand

if TYPE_CHECKING:
    from tui.ui.bridge import Flush

_PAUSE = 0.15  # seconds after the last key before the archive is asked


_ORDERS: Mapping[str, Callable[[SourceRow], tuple[object, ...]]] = {
    "most reports": lambda entry: (-entry.reports, -entry.times),
    "title": lambda entry: (entry.title.casefold(), entry.url),
}
_BY_HOST = "hosts"  # not an order of sources: a list of hosts, each of which opens as a list of its sources
_MOST, *_OTHERS = _ORDERS
_CHOICES = (_MOST, _BY_HOST, *_OTHERS)


class SourcesScreen(PreviewScreen[ReportPlace]):
    """The sources of all reports.

    Args:
        go: goes to a citation, over this screen; without it the screen is left with the place as its result.
    """

    CONTEXT = "sources"
    CHOSEN = "sources.jump"
    PLACEHOLDER = "filter: words of title or address"
    DEFAULT_CSS = """
    SourcesScreen {
        & #preview { height: 8; }
        &.-wide #preview { width: 40%; }
    }
    """

    def __init__(self, go: Callable[[ReportPlace], None] | None = None) -> None:
        super().__init__()
        self._go = go or self.dismiss
        self._all: list[SourceRow] = []
        self._addresses = 0
        self._asked = ""  # the words that what is here was asked for with
        self._whole = False  # every address of the archive is here
        self._timer: Timer | None = None
        self.shown: Sequence[SourceRow | HostRow] = ()
        self._order = _MOST
        self._host: str | None = None  # the one host whose sources are listed
        self._chosen = False  # a report of the host was chosen with the citation keys
        self._use = 0  # which of the reports with a source is the next to go to

    def begin(self) -> None:
        """Read the sources from the archive."""
        self.rows.head_line = SOURCE_HEAD
        self.rows.set_rows([], "reading the archive …")
        self._read("")

    def _read(self, words: str) -> None:
        archive = shell(self).services.archive

        def read() -> tuple[SourceList, list[SourceRow]]:
            found = archive.sources(words)
            return found, sources_of(found.uses)

        def take(made: tuple[SourceList, list[SourceRow]]) -> None:
            if words in {"", self.field.value}:
                self._take(*made)

        shell(self).in_background(read, self.while_open(take))

    def _take(self, found: SourceList, rows: list[SourceRow]) -> None:
        self._all = rows
        self._addresses, self._asked = found.addresses, self.field.value
        self._whole = self._whole or (not self.field.value and found.addresses <= len(self._all))
        self._fill()

    def _fill(self) -> None:
        matches = matcher(self.field.value)
        self._use, self._chosen = 0, False
        here = [entry for entry in self._all if matches(entry.haystack) and self._host in {None, entry.host}]
        here.sort(key=_ORDERS.get(self._order, _ORDERS[_MOST]))
        self.shown = hosts_of(here) if self._lists_hosts else here
        self.rows.head_line = HOST_HEAD if self._lists_hosts else SOURCE_HEAD
        if not self._whole and self._asked != self.field.value:
            notice = "looking in the archive …"
        else:
            notice = "no source matches; escape clears the filter" if self.field.value else "no report has sources yet"
        shown = self.shown
        self.rows.set_rows(LinesOnDemand(len(shown), lambda number: shown[number].line), notice)
        self.set_class(bool(self.shown), "-listed")
        self._tell()

    @property
    def _lists_hosts(self) -> bool:
        return self._order == _BY_HOST and self._host is None

    def _tell(self) -> None:
        count = len(self.shown)
        if self._lists_hosts:
            self.place(f"{plural(count, 'host')} in all reports", "enter: its sources   by citations ")
        elif self._host is not None:
            self.place(f"{plural(count, 'source')} of {self._host}", f"escape: all hosts   by {_MOST} ")
        else:
            of_all = f" of {self._addresses:,}" if count < self._addresses else ""
            word = "source" if count == 1 else "sources"
            self.place(f"{count:,}{of_all} {word} in all reports", f"by {self._order} ")
        self.settle_preview()

    def show_preview(self) -> None:
        """Show the reports of the source under the cursor."""
        if not self.shown:
            return
        entry, size = self.shown[self.rows.cursor], self.preview.size
        room = size.width, size.height - 1
        app = shell(self)
        away = [use.task_id for use in entry.places[: self._use + size.height] if use.task_id not in app.tasks]
        if away and app.engine is not None:
            app.engine.recall(away)  # of a long archive only the newest tasks are at hand
        if isinstance(entry, HostRow):
            pages = [one for one in self._all if one.host == entry.host]
            lines = host_panel_lines(entry, pages, self._use, shell(self).tasks, room)
            self.preview.show(f"{plural(entry.reports, 'report')} with this host", lines)
        else:
            lines = panel_lines(self._all if self._host is None else (), entry, self._use, shell(self).tasks, room)
            self.preview.show(f"{plural(entry.reports, 'report')} with this source", lines)

    def engine_changed(self, flush: "Flush") -> None:
        """Show the titles of reports that were loaded because a source is cited in them."""
        if self.shown and any(use.task_id in flush.tasks for use in self.shown[self.rows.cursor].places):
            self.show_preview()

    def on_line_view_moved(self) -> None:
        """Show the reports of the source under the cursor."""
        self._use, self._chosen = 0, False
        self._tell()

    def typed(self, text: str) -> None:
        """Filter the listed sources; others are read from the archive once the typing pauses."""
        self.rows.cursor = 0
        self._fill()
        if self._timer:
            self._timer.stop()
        if not self._whole:
            self._timer = self.set_timer(_PAUSE, lambda: self._read(text))

    def command_context(self) -> CommandContext:
        """Return what is listed."""
        return CommandContext(sources=len(self.shown), url=bool(self.address), tasks=len(self.shown))

    @property
    def address(self) -> str | None:
        """The address of the source under the cursor; of a host there is none."""
        return self.shown[self.rows.cursor].url if self.shown else None

    @handles("sources.sort")
    def action_sort(self) -> None:
        """Use the next order."""
        self._sort_by(_CHOICES[(_CHOICES.index(self._order) + 1) % len(_CHOICES)])

    def _sort_by(self, order: str) -> None:
        self._order, self._host = order, None
        self._fill()

    def on_rows_head_clicked(self, event: Rows.HeadClicked) -> None:
        """Sort by the clicked column; a click on the host column lists the hosts."""
        orders = {"host": _MOST if self._lists_hosts else _BY_HOST, "title": "title"}
        self._sort_by(orders.get(event.name, _MOST))

    def arguments(self) -> Mapping[str, Argument]:
        """Return the palette's words that take a value."""
        return {"sort": Argument("Sort by", _CHOICES, self._sort_by), "filter": Argument("Narrow to", (), self._narrow)}

    def _narrow(self, text: str) -> None:
        self.field.value = text
        self.field.display = True

    def action_back(self) -> None:
        """Return from the panel to the list, from a host's sources to the hosts; then close."""
        if self._host is not None and self.focused is not self.preview:
            host, self._host = self._host, None
            self._fill()
            self.rows.move_to(next((at for at, one in enumerate(self.shown) if one.host == host), 0))
        else:
            super().action_back()

    @handles("sources.jump")
    def action_jump(self) -> None:
        """Open the report chosen with the citation keys, else the first that cites this source.

        A host of which no report was chosen opens as the list of its sources.
        """
        entry = self.shown[self.rows.cursor]
        if isinstance(entry, HostRow) and not self._chosen:
            self._host = entry.host
            self.rows.cursor = 0
            self._fill()
            return
        use = self.shown[self.rows.cursor].places[self._use]
        self._go(ReportPlace(use.task_id, use.line))

    @handles("sources.next", 1)
    @handles("sources.previous", -1)
    def _step(self, by: int) -> None:
        uses = self.shown[self.rows.cursor].places
        first = isinstance(self.shown[self.rows.cursor], HostRow) and not self._chosen
        self._use, self._chosen = self._use if first and by > 0 else (self._use + by) % len(uses), True
        task = shell(self).tasks.get(uses[self._use].task_id)
        title = one_line(task.title or task.id, 60) if task else uses[self._use].task_id
        shell(self).say(f"{self._use + 1} of {plural(len(uses), 'report')}: {title}; enter opens it")
        self.show_preview()
