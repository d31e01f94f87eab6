"""What the whole archive comes to: the spending of today and this month, where deleted tasks count; its tasks."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Generic, TypeVar

from tui.domain.amounts import Currency, sums_text
from tui.domain.budget import Spent, month_start, spent
from tui.domain.task import Task
from tui.ui.dashboard.dashboard import Actions, Dashboard
from tui.ui.dashboard.week_pane import first_day
from tui.ui.text.lines import Line, line_width

if TYPE_CHECKING:
    from tui.engine.archive.rows.values import DayCost
    from tui.engine.ports import TaskCounts

Value = TypeVar("Value")
_PAUSE = 50.0  # times as long as it took: a team's server has other things to do
_WITH_MONTH = 140  # cells of a screen that has room for the month, too


class _Reading(Generic[Value]):
    """A value of the archive that is read again, off the UI thread, after a change; seldom where it is slow."""

    def __init__(self, actions: Actions, work: Callable[[], Value], take: Callable[[Value], None]) -> None:
        self._actions, self._work, self._take = actions, work, take
        self.stale = True
        self._earliest = 0.0  # monotonic; infinite while it is being read

    def read(self) -> None:
        """Read it, if something changed and the last time is long enough ago."""
        if self.stale and time.monotonic() >= self._earliest:
            self.stale, self._earliest = False, math.inf
            self._actions.shell.in_background(partial(self._timed, time.monotonic()), self._took, self._failed)

    def _timed(self, began: float) -> tuple[Value, float]:
        value = self._work()
        return value, time.monotonic() - began

    def _took(self, found: tuple[Value, float]) -> None:
        value, seconds = found
        self._earliest = time.monotonic() + _PAUSE * seconds
        self._take(value)

    def _failed(self, error: Exception) -> None:
        self._earliest = 0.0
        self._actions.shell.say_error(error)


class ArchiveSums(Actions):
    """What the whole archive comes to, at hand or not: the money of day and month, the number of tasks.

    Attributes:
        costs: By day, of this month and of seven days at least.
        counts: How many tasks there are; None while all of them are at hand, or where it is not known.
    """

    def __init__(self, dashboard: Dashboard, changed: Callable[[], None]) -> None:
        super().__init__(dashboard)
        self._changed = changed
        self._sums = Spent()
        self._looked = date.min, 0, 0  # the day, reports unread and tasks hidden when they were last looked at
        self.costs: Sequence[DayCost] = ()
        self.counts: TaskCounts | None = None
        self._money = _Reading(self, self._read_money, self._take_money)
        self._tasks = _Reading(self, lambda: self.shell.services.archive.counts(), self._take_counts)  # noqa: PLW0108

    def tasks_change(self, changed: "Mapping[str, Task | None]") -> None:
        """Record, before the table has these values, whether a sum changes: some lists tell no time of creation."""
        known = self.dashboard.table.model.tasks
        self._tasks.stale = True
        self._money.stale |= any(
            task is not None and _counted(task) != _counted(known.get(task_id)) for task_id, task in changed.items()
        )

    def read(self, *, missing: bool = False) -> None:
        """Read again what changed, after midnight (UTC) the money, too; or only what is `missing`."""
        model, (day, *marks) = self.dashboard.table.model, self._looked
        today, *now = self._looked = datetime.now(UTC).date(), model.unread, len(model.hidden)
        self._money.stale |= today != day
        self._tasks.stale |= now != marks
        if not (missing and self.costs):
            self._money.read()
        condition = self.shell.condition()
        if condition is None or not condition.older:
            self.counts = None
        elif not (missing and self.counts):
            self._tasks.read()

    def _read_money(self) -> "tuple[Sequence[DayCost], datetime]":
        now = datetime.now(UTC)
        return self.shell.services.archive.daily_costs(min(month_start(now), first_day(now))), now

    def _take_money(self, found: "tuple[Sequence[DayCost], datetime]") -> None:
        days, now = found
        sums = spent(days, now)
        if (days, sums) != (self.costs, self._sums):
            self._sums, self.costs = sums, days
            self._changed()

    def _take_counts(self, counts: "TaskCounts | None") -> None:
        if counts is not None and counts != self.counts:
            self.counts = counts
            self.dashboard.show_place()

    @property
    def line(self) -> Callable[[int, int], Line]:
        """The end of the strip as it is now, for a width and the cells that are left: what the day and month cost."""
        limits, sums = self.shell.services.budget.limits, self._sums
        day = _ways(sums.day, {unit: limit.day for unit, limit in limits.items()})
        month = _ways(sums.month, {unit: limit.month for unit, limit in limits.items()})
        return lambda width, room: spent_line(day, [*month, ""] if width >= _WITH_MONTH else [""], room)


def _counted(task: Task | None) -> tuple[object, ...]:
    """Return what the sums of money depend on."""
    return () if task is None else (task.cost, task.status, task.created_at)


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
