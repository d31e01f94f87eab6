"""`B`: every address that any saved report cites, or all hosts; by which reports, how often."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.timer import Timer

from tui.domain.cells import fit
from tui.domain.source_label import listed_host, own_title, page_name
from tui.domain.text import one_line, plural
from tui.engine.archive.rows.values import SourceList, SourceUse
from tui.ui.commands.command import Argument, Handlers
from tui.ui.commands.registry import CommandContext
from tui.ui.search.hosts import HEAD, CitedRow, HostRow, by_report, hosts_of
from tui.ui.search.source_panel import host_panel_lines, panel_lines
from tui.ui.shell.list_screen import ListScreen, Rows
from tui.ui.shell.shell import ReportPlace, shell
from tui.ui.text.filter import matcher
from tui.ui.text.lines import Line, LinesOnDemand
from tui.ui.widgets.bars import KeyBar, StatusLine
from tui.ui.widgets.list_view import LineView
from tui.ui.widgets.preview import Preview

if TYPE_CHECKING:
    from tui.ui.bridge import Flush

_HOST = 22  # cells of the column of hosts
_PAUSE = 0.15  # seconds after the last key before the archive is asked
_SETTLED = 0.3  # seconds the cursor rests before the reports of its source are shown


@dataclass(frozen=True)
class SourceRow(CitedRow):
    """One address with every use of it."""

    url: str
    uses: Sequence[SourceUse]

    @cached_property
    def host(self) -> str:
        """The host."""
        return listed_host(self.url, self._told)

    @cached_property
    def title(self) -> str:
        """Its latest title; without one, what its address tells."""
        return own_title(self.url, self._told) or page_name(self.url)

    @property
    def _told(self) -> str:
        """The latest title that a report gives it."""
        return next((use.title for use in self.uses if use.title), "")

    @cached_property
    def haystack(self) -> str:
        """The text that the words of a filter are looked for in."""
        return f"{self.url} {' '.join(use.title for use in self.uses)}".casefold()

    @cached_property
    def places(self) -> Sequence[SourceUse]:
        """One use a report: its first citation, and how often that report cites any of its entries for this address."""
        return by_report(self.uses)

    @property
    def line(self) -> Line:
        """The row as a line."""
        return (
            (f" {self.reports:>7,} ", "accent" if self.reports > 1 else "dim"),
            (f"{self.times:>5,}  ", "dim"),
            (fit(self.host, _HOST), "info"),
            (f"  {self.title}", "plain"),
        )


_ORDERS: Mapping[str, Callable[[SourceRow], tuple[object, ...]]] = {
    "most reports": lambda entry: (-entry.reports, -entry.times),
    "title": lambda entry: (entry.title.casefold(), entry.url),
}
_BY_HOST = "hosts"  # not an order of sources: a list of hosts, each of which opens as a list of its sources
_MOST, *_OTHERS = _ORDERS
_CHOICES = (_MOST, _BY_HOST, *_OTHERS)
_HEAD: Line = ((f" reports cited  {fit('host', _HOST)}  title", "head"),)


class SourcesScreen(ListScreen[ReportPlace]):
    """The sources of all reports.

    Args:
        go: goes to a citation, over this screen; without it the screen is left with the place as its result.
    """

    CONTEXT = "sources"
    CHOSEN = "sources.jump"
    PLACEHOLDER = "filter: words of title or address"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012  declared so by Screen
    DEFAULT_CSS = """
    SourcesScreen {
        & #sources { height: 1fr; }
        & #preview { dock: bottom; width: 100%; height: 8; display: none; }
        &.-found #preview { display: block; }
        &.-wide #preview { dock: right; width: 40%; height: 100%; }
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
        self._preview = Preview()

    def compose(self) -> ComposeResult:
        """Yield the list, with the reports of the chosen source beside or below it."""
        yield self.field
        with Horizontal(id="sources"):
            yield self.rows
            yield self._preview
        yield StatusLine()
        yield KeyBar(self)

    def begin(self) -> None:
        """Read the sources from the archive."""
        self.rows.head_line = _HEAD
        self.rows.set_rows([], "reading the archive …")
        self._read("")

    def _read(self, words: str) -> None:
        archive = shell(self).services.archive

        def take(found: SourceList) -> None:
            if self.is_attached and words in {"", self.field.value}:
                self._take(found)

        shell(self).in_background(lambda: archive.sources(words), take)

    def _take(self, found: SourceList) -> None:
        by_url: dict[str, list[SourceUse]] = {}
        for use in found.uses:
            by_url.setdefault(use.url or f"{use.task_id}/{use.source_id}", []).append(use)
        self._all = [SourceRow(url, uses) for url, uses in by_url.items()]
        self._addresses, self._asked = found.addresses, self.field.value
        self._whole = self._whole or (not self.field.value and found.addresses <= len(self._all))
        self._fill()

    def _fill(self) -> None:
        matches = matcher(self.field.value)
        self._use, self._chosen = 0, False
        here = [entry for entry in self._all if matches(entry.haystack) and self._host in {None, entry.host}]
        here.sort(key=_ORDERS.get(self._order, _ORDERS[_MOST]))
        self.shown = hosts_of(here) if self._lists_hosts else here
        self.rows.head_line = HEAD if self._lists_hosts else _HEAD
        if not self._whole and self._asked != self.field.value:
            notice = "looking in the archive …"
        else:
            notice = "no source matches; escape clears the filter" if self.field.value else "no report has sources yet"
        shown = self.shown
        self.rows.set_rows(LinesOnDemand(len(shown), lambda number: shown[number].line), notice)
        self.set_class(bool(self.shown), "-found")
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
        self.settle(_SETTLED, self._preview_source)

    def _preview_source(self) -> None:
        if not self.shown:
            return
        entry, size = self.shown[self.rows.cursor], self._preview.size
        room = size.width, size.height - 1
        app = shell(self)
        away = [use.task_id for use in entry.places[: self._use + size.height] if use.task_id not in app.tasks]
        if away and app.engine is not None:
            app.engine.recall(away)  # of a long archive only the newest tasks are at hand
        if isinstance(entry, HostRow):
            pages = [one for one in self._all if one.host == entry.host]
            lines = host_panel_lines(entry, pages, self._use, shell(self).tasks, room)
            self._preview.show(f"{plural(entry.reports, 'report')} with this host", lines)
        else:
            lines = panel_lines(self._all if self._host is None else (), entry, self._use, shell(self).tasks, room)
            self._preview.show(f"{plural(entry.reports, 'report')} with this source", lines)

    def engine_changed(self, flush: "Flush") -> None:
        """Show the titles of reports that were loaded because a source is cited in them."""
        if self.shown and any(use.task_id in flush.tasks for use in self.shown[self.rows.cursor].places):
            self._preview_source()

    def on_line_view_fitted(self, event: LineView.Fitted) -> None:
        """Fit the panel."""
        super().on_line_view_fitted(event)
        if event.view is self._preview:
            self._preview_source()

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
        chosen = self.shown[self.rows.cursor].url if self.shown else ""
        return CommandContext(sources=len(self.shown), url=bool(chosen), tasks=len(self.shown))

    def command_handlers(self) -> Handlers:
        """Return the functions of the commands here, by command id."""
        return {
            **super().command_handlers(),
            "sources.jump": self.action_jump,
            "sources.next": lambda: self._step(1),
            "sources.previous": lambda: self._step(-1),
            "sources.open": lambda: shell(self).follow_link(self.shown[self.rows.cursor].url),
            "sources.copy": lambda: shell(self).copy(self.shown[self.rows.cursor].url, "URL"),
            "sources.filter": self.action_filter,
            "sources.sort": lambda: self._sort_by(_CHOICES[(_CHOICES.index(self._order) + 1) % len(_CHOICES)]),
        }

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
        if self.focused is self._preview:
            self.rows.focus()
        elif self._host is not None:
            host, self._host = self._host, None
            self._fill()
            self.rows.move_to(next((at for at, one in enumerate(self.shown) if one.host == host), 0))
        else:
            super().action_back()

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

    def _step(self, by: int) -> None:
        uses = self.shown[self.rows.cursor].places
        first = isinstance(self.shown[self.rows.cursor], HostRow) and not self._chosen
        self._use, self._chosen = self._use if first and by > 0 else (self._use + by) % len(uses), True
        task = shell(self).tasks.get(uses[self._use].task_id)
        title = one_line(task.title or task.id, 60) if task else uses[self._use].task_id
        shell(self).say(f"{self._use + 1} of {plural(len(uses), 'report')}: {title}; enter opens it")
        self._preview_source()
