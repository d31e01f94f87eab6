"""The spending of today and this month, for the provider strip; from the archive, so that deleted tasks count."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import product
from typing import TYPE_CHECKING

from tui.domain.amounts import Currency, sums_text
from tui.domain.budget import Spent, month_start, spent
from tui.domain.task import Cost, Task
from tui.ui.dashboard.dashboard import Actions, Dashboard
from tui.ui.text.lines import Line, line_width

if TYPE_CHECKING:
    from tui.engine.archive.rows.values import CostLine

_WITH_MONTH = 140  # cells of a screen that has room for the month, too
_SHARE = 0.45  # of the strip


class SpentMoney(Actions):
    """The sums by day and month; read again, off the UI thread, after a cost changed."""

    def __init__(self, dashboard: Dashboard, changed: Callable[[], None]) -> None:
        super().__init__(dashboard)
        self._changed = changed
        self._sums = Spent()
        self._costs: dict[str, Cost] = {}
        self._stale = True

    def tasks_changed(self, tasks: Iterable[Task | None]) -> None:
        """Record whether a cost changed."""
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
        sums = spent(lines, now)
        if sums != self._sums:
            self._sums = sums
            self._changed()

    def line(self, width: int) -> Line:
        """Return the end of the strip: today's spending, and the month's where there is room."""
        limits = self.shell.services.budget.limits
        day = _ways(self._sums.day, {unit: limit.day for unit, limit in limits.items()})
        month = _ways(self._sums.month, {unit: limit.month for unit, limit in limits.items()})
        return spent_line(day, month if width >= _WITH_MONTH else [""], width)


def spent_line(days: Sequence[str], months: Sequence[str], width: int) -> Line:
    """Return the longest of the ways to tell both that leaves most of `width` to the accounts."""
    line: Line = ()
    for day, month in product(days, months):
        line = (("today ", "dim"), (f"{day} ", "plain")) if day else ()
        line = (*line, ("  month ", "dim"), (f"{month} ", "plain")) if month else line
        if line_width(line) <= width * _SHARE:
            break
    return line


def _ways(sums: Mapping[Currency, float], limits: Mapping[str, float | None]) -> list[str]:
    """Return "$1.05 of $5.00 + 70 cr Extruct + 9 cr Tavily", then without saying how many credits; "" for nothing."""
    whole = sums_text(sums, limits=limits, short=True)
    money = sums_text({one: amount for one, amount in sums.items() if one[0] == "USD"}, limits=limits)
    return [whole, f"{money} + credits" if money else "credits"] if len(sums) > 1 else [whole]
