"""The spending of today and this month, for the provider strip; from the archive, so that deleted tasks count."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import product
from typing import TYPE_CHECKING

from tui.domain.amounts import Currency, sums_text
from tui.domain.budget import Spent, month_start, spent
from tui.domain.task import Cost, Task, TaskStatus
from tui.ui.dashboard.dashboard import Actions, Dashboard
from tui.ui.dashboard.week_pane import first_day
from tui.ui.text.lines import Line, line_width

if TYPE_CHECKING:
    from tui.engine.archive.rows.values import CostLine

_WITH_MONTH = 140  # cells of a screen that has room for the month, too


class SpentMoney(Actions):
    """The sums by day and month; read again, off the UI thread, after a cost changed."""

    def __init__(self, dashboard: Dashboard, changed: Callable[[], None]) -> None:
        super().__init__(dashboard)
        self._changed = changed
        self._sums = Spent()
        self._known: dict[str, tuple[Cost, TaskStatus, datetime | None]] = {}
        self.costs: Sequence[CostLine] = ()  # of this month, and of seven days at least
        self._stale = True

    def tasks_changed(self, tasks: Iterable[Task | None]) -> None:
        """Record whether a cost, a state or the day of a task changed: some lists tell no time of creation."""
        for task in tasks:
            if task is not None and self._known.get(task.id) != (task.cost, task.status, task.created_at):
                self._known[task.id] = task.cost, task.status, task.created_at
                self._stale = True

    def read(self) -> None:
        """Read the sums again if something changed."""
        if not self._stale:
            return
        self._stale = False
        app = self.shell
        now = datetime.now(UTC)
        since = min(month_start(now), first_day(now))
        app.in_background(lambda: app.services.archive.costs(since), lambda lines: self._take(lines, now))

    def _take(self, lines: "Sequence[CostLine]", now: datetime) -> None:
        if lines != self.costs:
            self._sums, self.costs = spent(lines, now), lines
            self._changed()

    @property
    def line(self) -> Callable[[int, int], Line]:
        """The end of the strip as it is now, for a width and the cells that are left: what the day and month cost."""
        limits, sums = self.shell.services.budget.limits, self._sums
        day = _ways(sums.day, {unit: limit.day for unit, limit in limits.items()})
        month = _ways(sums.month, {unit: limit.month for unit, limit in limits.items()})
        return lambda width, room: spent_line(day, [*month, ""] if width >= _WITH_MONTH else [""], room)


def spent_line(days: Sequence[str], months: Sequence[str], room: int) -> Line:
    """Return the first of the ways to tell both that fits `room` cells; nothing where none does."""
    for month, day in product(months, days):
        line: Line = (("today ", "dim"), (f"{day} ", "plain")) if day else ()
        line = (*line, ("  month ", "dim"), (f"{month} ", "plain")) if month else line
        if line_width(line) <= room:
            return line
    return ()


def _ways(sums: Mapping[Currency, float], limits: Mapping[str, float | None]) -> list[str]:
    """Return "$1.05 of $5.00 + 70 cr Extruct + 9 cr Tavily", then without saying how many credits; "" for nothing."""
    whole = sums_text(sums, limits=limits, short=True)
    money = sums_text({one: amount for one, amount in sums.items() if one[0] == "USD"}, limits=limits)
    return [whole, f"{money} + credits" if money else "credits"] if len(sums) > 1 else [whole]
