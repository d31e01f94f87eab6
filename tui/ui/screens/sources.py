"""`B`: every address that any saved report rests on; which reports, how often cited."""

from collections.abc import Sequence

from tui.domain.text import one_line, plural
from tui.domain.url import host_of
from tui.ui.commands import Situation
from tui.ui.host import app_of
from tui.ui.narrowing import matcher
from tui.ui.paint import Line, fit
from tui.ui.screens.found import Place
from tui.ui.screens.listing import ListScreen
from tui.ui.services import Use

_ORDERS = ("most reports", "host", "title")


class SourcesScreen(ListScreen[Place]):
    """The sources of all reports; the result is (task id, line of a citation)."""

    CONTEXT = "sources"
    PLACEHOLDER = "filter: words of title or address"

    def __init__(self) -> None:
        super().__init__()
        self._all: list[tuple[str, list[Use]]] = []
        self.shown: list[tuple[str, list[Use]]] = []
        self._order = _ORDERS[0]
        self._use = 0  # which of a source's uses is the next to go to

    def begin(self) -> None:
        """Read the sources."""
        self.rows.head_line = ((f" {fit('reports', 8)} {fit('cited', 6)}  {fit('host', 26)}  title", "head"),)
        self.rows.set_rows([], "reading the archive …")
        app_of(self).in_background(app_of(self).services.archive.sources, self._take)

    def _take(self, uses: Sequence[Use]) -> None:
        by_url: dict[str, list[Use]] = {}
        for use in uses:
            by_url.setdefault(use.url or f"{use.task_id}/{use.source_id}", []).append(use)
        self._all = list(by_url.items())
        self._fill()

    def _fill(self) -> None:
        matches = matcher(self.field.value)
        self._use = 0
        self.shown = [
            (url, uses) for url, uses in self._all if matches(f"{url} {' '.join(use.title for use in uses)}".casefold())
        ]
        keys = {
            "most reports": lambda row: (-len({use.task_id for use in row[1]}), -sum(use.times for use in row[1])),
            "host": lambda row: (host_of(row[0]), row[0]),
            "title": lambda row: (row[1][0].title.casefold(), row[0]),
        }
        self.shown.sort(key=keys[self._order])
        notice = "no report has sources yet" if not self._all else "no source matches; escape clears the filter"
        self.rows.set_rows([_line(url, uses) for url, uses in self.shown], notice)
        self._tell()

    def _tell(self) -> None:
        of_all = f" of {len(self._all):,}" if len(self.shown) != len(self._all) else ""
        self.place(f"{len(self.shown):,}{of_all} sources in all reports", f"by {self._order} ")

    def on_line_view_moved(self) -> None:
        """Say which one."""
        self._use = 0
        self._tell()

    def typed(self, text: str) -> None:
        """Narrow."""
        self.rows.cursor = 0
        self._fill()

    def situation(self) -> Situation:
        """Return what is listed."""
        chosen = self.shown[self.rows.cursor][1][0].url if self.shown else ""
        return Situation(sources=len(self.shown), url=bool(chosen), tasks=len(self.shown))

    def action_sort(self) -> None:
        """Change the order."""
        self._order = _ORDERS[(_ORDERS.index(self._order) + 1) % len(_ORDERS)]
        self._fill()

    def action_jump(self) -> None:
        """Go to the report that was chosen with the citation keys, else the first that rests on this source."""
        use = self.shown[self.rows.cursor][1][self._use]
        self.dismiss((use.task_id, use.line))

    def action_next_citation(self) -> None:
        """Say the next report that rests on it."""
        self._step(1)

    def action_previous_citation(self) -> None:
        """Say the report before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        uses = self.shown[self.rows.cursor][1]
        self._use = (self._use + by) % len(uses)
        task = app_of(self).tasks.get(uses[self._use].task_id)
        title = one_line(task.title or task.id, 60) if task else uses[self._use].task_id
        app_of(self).say(f"{self._use + 1} of {plural(len(uses), 'report')}: {title}; enter opens it")

    def on_line_view_chosen(self) -> None:
        """Go to the clicked one."""
        self.action_jump()

    def action_open_source(self) -> None:
        """Open the address."""
        app_of(self).follow_link(self.shown[self.rows.cursor][1][0].url)

    def action_copy_url(self) -> None:
        """Copy the address."""
        app_of(self).copy(self.shown[self.rows.cursor][1][0].url, "URL")


def _line(url: str, uses: Sequence[Use]) -> Line:
    reports = len({use.task_id for use in uses})
    title = next((use.title for use in uses if use.title), url)
    return (
        (f" {reports:>7,}  ", "accent" if reports > 1 else "dim"),
        (f"{sum(use.times for use in uses):>5,}   ", "dim"),
        (fit(host_of(url), 26), "info"),
        (f"  {one_line(title)}", "plain"),
    )
