"""The ledger of one month, or of all time, as lines: sums with their kinds, days, providers, dearest tasks; pure."""

import calendar
import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tui.domain.amounts import amount_text, cost_sums, cost_text
from tui.domain.budget import Budget
from tui.domain.cells import fit
from tui.domain.task import Cost, CostKind, Task, TaskStatus
from tui.domain.text import one_line, plural
from tui.ui.text.lines import EMPTY, Line, bar

_DEAREST = 50
_CHART = 4  # lines of the chart
_EIGHTHS = " ▁▂▃▄▅▆▇█"
ALL_TIME = "all time"


@dataclass(frozen=True, slots=True)
class Spending:
    """What one task cost; `task` is None where it was deleted here: it was paid for all the same."""

    task_id: str
    account: str
    status: TaskStatus
    at: datetime
    cost: Cost
    task: Task | None = None
    person: str = ""  # who started it; "" if that is not known

    @property
    def month(self) -> str:
        """The month of UTC, "2026-11"."""
        return f"{self.at.astimezone(UTC):%Y-%m}"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line, and the task that it is about."""

    line: Line
    task_id: str | None = None


def months(spendings: Sequence[Spending], now: datetime) -> list[str]:
    """Return this month, the others in which something was started, and all time."""
    known = {one.month for one in spendings} | {f"{now.astimezone(UTC):%Y-%m}"}
    return [*sorted(known, reverse=True), ALL_TIME]


def month_name(month: str) -> str:
    """Return "November 2026"."""
    return month if month == ALL_TIME else f"{datetime.strptime(month, '%Y-%m').replace(tzinfo=UTC):%B %Y}"


def ledger(
    spendings: Sequence[Spending],
    month: str,
    width: int,
    *,
    now: datetime,
    budget: Budget,
    left: Mapping[str, str],
) -> list[LedgerLine]:
    """Return the ledger of a month.

    Args:
        spendings: What all tasks cost.
        month: One of `months`.
        width: Cells of a line.
        now: The present time.
        budget: The limits of the user.
        left: What is left at the providers, in words, by account.
    """
    those = [one for one in spendings if month in {ALL_TIME, one.month}]
    parts: list[list[Line]] = [
        _sums(those, month, width, now, budget),
        _days(those, month, width) if month != ALL_TIME else [],
        _table("By provider and mode", those, width, _by_mode),
        _table("By person", those, width, _by_person) if len({one.person for one in spendings} - {""}) > 1 else [],
    ]
    lines = [LedgerLine(line) for part in parts if part for line in (*part, EMPTY)]
    lines += _dearest(those, width)
    if left:
        lines.append(LedgerLine(heading("Left at the providers", width)))
        lines += [LedgerLine(((fit(f" {name}", 18), "plain"), (text, "strong"))) for name, text in left.items()]
    return lines


def heading(title: str, width: int) -> Line:
    """Return a title with a rule behind it."""
    return ("── ", "rule"), (title, "title"), (" " + "─" * max(0, width - len(title) - 4), "rule")


def total_text(spendings: Sequence[Spending]) -> str:
    """Return what tasks cost together by unit, with the sign of the least certain figure: "≤$31.01 + 103 credits"."""
    sums: dict[str, float] = {}
    signs: dict[str, str] = {}
    for one in spendings:
        if one.cost.amount is not None:
            sums[one.cost.unit] = sums.get(one.cost.unit, 0.0) + one.cost.amount
            if one.cost.kind is CostKind.ESTIMATE and one.cost.amount:
                signs[one.cost.unit] = "~"
            elif one.cost.kind is CostKind.PRICE_LIST and one.cost.amount:
                signs.setdefault(one.cost.unit, "≤")
    in_order = sorted(sums.items(), key=_dollars_first)
    return (
        " + ".join(f"{signs.get(unit, '')}{amount_text(amount, unit)}" for unit, amount in in_order) or "nothing known"
    )


def _dollars_first(pair: tuple[str, float]) -> tuple[bool, str]:
    return pair[0] != "USD", pair[0]


def _sums(those: Sequence[Spending], month: str, width: int, now: datetime, budget: Budget) -> list[Line]:
    lines: list[Line] = [heading(f"{month_name(month)}: {total_text(those)}", width)]
    present = month == f"{now.astimezone(UTC):%Y-%m}"
    for unit, limits in budget.limits.items() if month != ALL_TIME else ():
        if limits.month:
            spent = sum(one.cost.amount or 0.0 for one in those if one.cost.unit == unit)
            full, empty = bar(spent / limits.month, max(10, min(40, width - 44)))
            told = f"{amount_text(spent, unit)} of {amount_text(limits.month, unit)} "
            tone = "bad" if spent > limits.month else "good"
            share = f" {spent / limits.month:.0%}" + ("" if present else " of the budget as it is now")
            lines.append(((" budget     ", "dim"), (told, "strong"), (full, tone), (empty, "dim"), (share, "plain")))
    for kind, unit, amount, count in cost_sums(one.cost for one in those):
        figure = fit(amount_text(amount, unit), 16, right=True)
        lines.append((((f" {figure}"), "strong"), (f"  {kind}, {plural(count, 'task')}", "dim")))
    if unknown := sum(one.cost.amount is None for one in those):
        lines.append(((fit("not known", 17, right=True), "dim"), (f"  {plural(unknown, 'task')}", "dim")))
    if back := sum(one.status is TaskStatus.FAILED and one.cost.amount == 0 for one in those):
        lines.append(((" " * 17, "plain"), (f"  {plural(back, 'failed task')} cost nothing", "dim")))
    return lines


def _days(those: Sequence[Spending], month: str, width: int) -> list[Line]:
    """Return a chart of what each day cost, in the unit that most tasks are paid in, dollars first."""
    units = sorted({(one.cost.unit, 0.0) for one in those if one.cost.amount}, key=_dollars_first)
    if not units:
        return []
    unit = units[0][0]
    year, number = map(int, month.split("-"))
    values = [0.0] * calendar.monthrange(year, number)[1]
    for one in those:
        if one.cost.unit == unit and one.cost.amount:
            values[one.at.astimezone(UTC).day - 1] += one.cost.amount
    top = max(values)
    step = 3 if width >= 10 + 3 * len(values) else 2
    lines: list[Line] = [heading(f"By day, {'dollars' if unit == 'USD' else unit}", width)]
    for row in range(_CHART, 0, -1):
        label = f"{top:,.4g}" if row == _CHART else ""
        cells = "".join(_EIGHTHS[_eighths(value / top, row)].ljust(step) for value in values)
        lines.append(((f" {label:>6} ┤ ", "dim"), (cells, "info")))
    marks = "".join(str(day).ljust(step * 5) if day % 5 == 1 else "" for day in range(1, len(values) + 1))
    lines.append(((" " * 7 + "└ ", "dim"), (marks, "dim")))
    return lines


def _eighths(share: float, row: int) -> int:
    """Return how many eighths of the cell in a row (1 is the lowest) a bar fills; anything spent fills at least one."""
    filled = math.ceil(share * _CHART * 8)
    return max(0, min(8, filled - (row - 1) * 8))


def _by_mode(one: Spending) -> str:
    mode = one.task.mode if one.task else None
    return f"{one.account} {one_line(mode)}" if mode else one.account


def _by_person(one: Spending) -> str:
    return one_line(one.person) or "not known"


def _table(title: str, those: Sequence[Spending], width: int, group_of: Callable[[Spending], str]) -> list[Line]:
    groups: dict[str, list[Spending]] = defaultdict(list)
    for one in those:
        groups[group_of(one)].append(one)
    if not groups:
        return []
    name = max(12, min(28, max(map(len, groups)) + 2))
    head = f" {fit('', name)}{'tasks':>6}{'failed':>8}{'spent':>18}{'a report':>12}{'a citation':>12}"
    lines: list[Line] = [heading(title, width), ((head, "head"),)]
    for group, members in sorted(groups.items()):
        failed = sum(one.status is TaskStatus.FAILED for one in members)
        reported = [one for one in members if one.task and one.task.has_report]
        lines.append(
            (
                (f" {fit(group, name)}", "plain"),
                (f"{len(members):>6}{failed or '':>8}", "dim"),
                (f"{total_text(members):>18}", "strong"),
                (f"{_each(reported, lambda one: 1):>12}", "plain"),
                (f"{_each(reported, lambda one: one.task.citations or 0 if one.task else 0):>12}", "plain"),
            )
        )
    return lines


def _each(those: Sequence[Spending], count: Callable[[Spending], int]) -> str:
    """Return what one of the things costs that tasks brought, of tasks paid in one unit; "" if that is not known."""
    known = [one for one in those if one.cost.amount is not None and count(one)]
    units = {one.cost.unit for one in known}
    if len(units) != 1:
        return ""
    amount = sum(one.cost.amount or 0.0 for one in known) / sum(map(count, known))
    unit = units.pop()
    return (
        f"${amount:,.{2 if amount >= 0.01 else 4}f}"
        if unit == "USD"
        else f"{amount:,.2g} {'cr' if unit == 'credits' else unit}"
    )


def _dearest(those: Sequence[Spending], width: int) -> list[LedgerLine]:
    known = [one for one in those if one.cost.amount]
    known.sort(key=lambda one: (one.cost.unit != "USD", one.cost.unit, -(one.cost.amount or 0.0)))
    lines = [LedgerLine(heading("Dearest tasks", width))] if known else []
    for one in known[:_DEAREST]:
        title = one_line(one.task.title or one.task.id, 200) if one.task else "deleted here"
        mode = one_line(f"{one.account} {one.task.mode or ''}" if one.task else one.account)
        line: Line = (
            (fit(cost_text(one.cost), 11, right=True), "strong"),
            (f"  {fit(mode, 16)}  {one.at.astimezone():%d %b}  ", "dim"),
            (title, "plain" if one.task else "dim"),
        )
        lines.append(LedgerLine(line, one.task_id if one.task else None))
    if len(known) > _DEAREST:
        lines.append(LedgerLine(((f"  {len(known) - _DEAREST:,} more: divewatch cost --by task", "dim"),)))
    return [*lines, LedgerLine(EMPTY)] if lines else []
