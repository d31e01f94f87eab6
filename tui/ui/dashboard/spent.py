"""What was spent today and this month, for the end of the strip; read from the archive, so that deleted tasks count."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.domain.amounts import amount_text
from tui.domain.budget import Spent, month_start, spent
from tui.domain.task import Cost, Task
from tui.ui.dashboard.dashboard import Actions, Dashboard
from tui.ui.text.lines import Line

if TYPE_CHECKING:
    from tui.engine.archive.rows.values import CostLine

_WITH_MONTH = 140  # cells of a screen that has room for the month, too


class SpentMoney(Actions):
    """Sums by day and month; read anew, off the UI thread, after a cost changed."""

    def __init__(self, dashboard: Dashboard, changed: Callable[[], None]) -> None:
        super().__init__(dashboard)
        self._changed = changed
        self._sums = Spent()
        self._costs: dict[str, Cost] = {}
        self._stale = True

    def tasks_changed(self, tasks: Iterable[Task | None]) -> None:
        """Note whether a cost is another one than before."""
        for task in tasks:
            if task is not None and self._costs.get(task.id) != task.cost:
                self._costs[task.id] = task.cost
                self._stale = True

    def read(self) -> None:
        """Read the sums again if a cost changed."""
        if not self._stale:
            return
        self._stale = False
        app = self.shell
        now = datetime.now(UTC)
        app.in_background(lambda: app.services.archive.costs(month_start(now)), lambda lines: self._take(lines, now))

    def _take(self, lines: "Iterable[CostLine]", now: datetime) -> None:
        sums = spent(((line.at, line.cost) for line in lines), now)
        if sums != self._sums:
            self._sums = sums
            self._changed()

    def line(self, now: datetime, width: int) -> Line:
        """Return what the strip says at its end: the day; on wide screens the month with its budget, too."""
        limits = self.shell.services.budget.limits
        day = _sums(self._sums.day, {unit: limit.day for unit, limit in limits.items()})
        month = _sums(self._sums.month, {unit: limit.month for unit, limit in limits.items()})
        line: Line = (("today ", "dim"), (f"{day} ", "plain")) if day else ()
        if month and width >= _WITH_MONTH:
            line = (*line, ("  month ", "dim"), (f"{month} ", "plain"))
        return line


def _sums(sums: Mapping[str, float], limits: Mapping[str, float | None]) -> str:
    """Return "$1.05 of $5.00 + 70 cr"; "" where nothing was spent."""
    told = []
    for unit, amount in sorted(sums.items(), key=lambda pair: pair[0] != "USD"):
        limit = limits.get(unit)
        of = f" of {amount_text(limit, _short(unit))}" if limit else ""
        told.append(f"{amount_text(amount, _short(unit))}{of}")
    return " + ".join(told)


def _short(unit: str) -> str:
    return "cr" if unit == "credits" else unit
