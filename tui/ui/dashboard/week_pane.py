"""What the last seven days brought and cost, a column for each day, on large screens; pure."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from tui.domain.account import title
from tui.domain.amounts import added_up, currency, money_first, unit_text
from tui.domain.cells import fit
from tui.domain.task import TaskStatus
from tui.ui.text.lines import EMPTY, Line, spark

if TYPE_CHECKING:
    from tui.engine.archive.rows.values import DayCost

DAYS = 7
_LABEL, _DAY = 11, 6  # cells
_ENDED = frozenset({TaskStatus.DONE, TaskStatus.PARTIAL})


def first_day(now: datetime) -> datetime:
    """Return when the first of the seven days began; days are those of UTC, as in budgets."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS - 1)


def week_lines(costs: "Sequence[DayCost]", now: datetime) -> list[Line]:
    """Return a table of the last seven days: a bar for the dollars, each currency by itself, tasks, done, failed."""
    days = [first_day(now).date() + timedelta(days=number) for number in range(DAYS)]
    of_day = {day: [one for one in costs if _day_of(one) == day] for day in days}
    names = "".join(fit(f"{day:%a}", _DAY, right=True) for day in days[:-1])
    lines: list[Line] = [((" " * _LABEL + names, "dim"), (fit("today", _DAY, right=True), "strong"))]
    paid = sorted({currency(one.cost.unit, one.provider) for one in costs if one.cost.amount}, key=money_first)
    for one in paid:
        spent = [added_up((line.provider, line.cost) for line in of_day[day]).get(one, 0.0) for day in days]
        if one[0] == "USD":
            top = max(spent) or 1.0
            bars = "".join(fit(spark(amount, top) if amount else "", _DAY, right=True) for amount in spent)
            lines.append(((" " * _LABEL, "plain"), (bars, "info")))
        label = " dollars" if one[0] == "USD" else f" {unit_text(one[0], short=True)} {title(one[1])}"
        lines.append(_row(label, [_amount(amount, one[0]) for amount in spent], "plain"))
    counts: dict[str, Callable[[DayCost], bool]] = {
        "started": lambda line: True,
        "done": lambda line: line.status in _ENDED,
        "failed": lambda line: line.status is TaskStatus.FAILED,
    }
    lines.append(EMPTY)
    for name, counted in counts.items():
        found = [sum(line.tasks for line in of_day[day] if counted(line)) for day in days]
        tone = "bad" if name == "failed" and any(found) else "plain"
        lines.append(_row(f" {name}", [str(number) if number else "" for number in found], tone))
    return lines


def _day_of(line: "DayCost") -> date:
    return line.at.astimezone(UTC).date()


def _amount(amount: float, unit: str) -> str:
    if not amount:
        return ""
    return f"{amount:.2f}" if unit == "USD" and amount < 100 else f"{amount:,.0f}"


def _row(label: str, cells: Sequence[str], tone: str) -> Line:
    return (fit(label, _LABEL), "dim"), ("".join(fit(cell, _DAY, right=True) for cell in cells), tone)
