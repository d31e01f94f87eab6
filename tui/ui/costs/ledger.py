"""The ledger of one month, or of all time, as lines: sums with their kinds, days, providers, dearest tasks; pure."""

import calendar
import math
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from itertools import zip_longest

from tui.domain.account import account_title, title
from tui.domain.amounts import Currency, added_up, amount_text, cost_sums, cost_text, in_currency, money_first, sum_text
from tui.domain.budget import Budget
from tui.domain.cells import cell_len, fit
from tui.domain.task import TaskStatus
from tui.domain.text import one_line, plural
from tui.engine.archive.rows.values import CostLine
from tui.ui.costs.provider_costs import LedgerLine, by_person, by_provider, total_text
from tui.ui.text.lines import EMPTY, Line, bar, cut_line, line_width, ruled

ALL_TIME = "all time"
_DEAREST = 50
_CHART = 4  # lines of the chart
_WIDE, _RIGHT = 110, 44  # cells of a screen with two columns, and of the second one at least
_NAME = 14  # cells of an account's name in it
_DAYS_BEFORE_A_PACE = 3
_NO_BUDGET: Line = ((" no budget is set: ", "dim"), ("b", "key"), (" sets one", "dim"))
_EIGHTHS = " ▁▂▃▄▅▆▇█"


def months(spendings: Sequence[CostLine], now: datetime) -> list[str]:
    """Return the months to choose from: this one, others in which a task was started, and all time."""
    known = {one.month for one in spendings} | {f"{now.astimezone(UTC):%Y-%m}"}
    return [*sorted(known, reverse=True), ALL_TIME]


def month_name(month: str) -> str:
    """Return the month in words: "November 2026"."""
    return month if month == ALL_TIME else f"{datetime.strptime(month, '%Y-%m').replace(tzinfo=UTC):%B %Y}"


def ledger(
    spendings: Sequence[CostLine],
    month: str,
    width: int,
    *,
    now: datetime,
    budget: Budget,
    left: Mapping[str, str],
    unfolded: Collection[str] = (),
) -> list[LedgerLine]:
    """Return the ledger of a month.

    Args:
        spendings: What all tasks cost.
        month: One of `months`.
        width: Cells of a line.
        now: The present time.
        budget: The limits of the user.
        left: What is left at the providers, in words, by account.
        unfolded: Accounts whose modes are shown.
    """
    those = [one for one in spendings if month in {ALL_TIME, one.month}]
    wide = width >= _WIDE and bool(left)
    right = min(width // 2, max([_RIGHT, *(_NAME + cell_len(text) + 2 for text in left.values())]))
    sums = _sums(those, month, width - right - 2 if wide else width, now, budget)
    top = beside(sums, _left(left, right), width - right) if wide else [*sums, *_left_in_a_row(left, width)]
    days = _days(those, month, width) if month != ALL_TIME else []
    lines = [LedgerLine(line) for part in (top, days) if part for line in (*part, EMPTY)]
    if providers := by_provider(those, width, unfolded):
        lines += [*providers, LedgerLine(EMPTY)]
    if people := by_person(those, width):
        lines += [*people, LedgerLine(EMPTY)]
    return lines + _dearest(those, width)


def _left(left: Mapping[str, str], width: int) -> list[Line]:
    head = ruled("Left at the providers", width)
    return [head, *(((fit(f" {name}", _NAME), "plain"), (f" {text}", "strong")) for name, text in left.items())]


def _left_in_a_row(left: Mapping[str, str], width: int) -> list[Line]:
    """Return the balances at the providers, as many in a line as fit."""
    lines: list[Line] = []
    row: Line = ((fit(" left", 13), "dim"),)
    for name, text in left.items():
        pair: Line = ((f"{name} ", "plain"), (f"{text}   ", "strong"))
        if len(row) > 1 and line_width(row) + line_width(pair) > width + 3:
            lines.append(row)
            row = ((" " * 13, "plain"),)
        row = (*row, *pair)
    return [cut_line(line, width) for line in (*lines, row)] if left else []


def beside(left: Sequence[Line], right: Sequence[Line], at: int) -> list[Line]:
    """Join two columns of lines; the second begins at cell `at`."""
    rows: list[Line] = []
    for one, other in zip_longest(left, right, fillvalue=EMPTY):
        cut = cut_line(one, at - 1)
        rows.append((*cut, (" " * (at - line_width(cut)), "plain"), *other) if other else one)
    return rows


def _sums(those: Sequence[CostLine], month: str, width: int, now: datetime, budget: Budget) -> list[Line]:
    lines: list[Line] = [ruled(f"{month_name(month)}: {total_text(those, width - 24)}", width)]
    present = month == f"{now.astimezone(UTC):%Y-%m}"
    for unit, limits in budget.limits.items() if month != ALL_TIME else ():
        for one in _paid_in(unit, those):
            own = [other for other in those if other.currency == one]
            if limits.day and present:
                today = [other for other in own if other.at.astimezone(UTC).date() == now.astimezone(UTC).date()]
                lines.append(_budget("today", today, limits.day, one, width))
            if limits.month:
                lines.append(_budget("month" if present else "budget now", own, limits.month, one, width))
    if present:
        lines += _pace(those, now, budget)
    for kind, paid, amount, count in cost_sums(one.price for one in those):
        figure = fit(sum_text(kind, (paid[0], ""), amount), 16, right=True)
        by = kind.replace("the provider", title(paid[1])) if paid[1] else kind
        lines.append((((f" {figure}"), "strong"), (f"  {by}, {plural(count, 'task')}", "dim")))
    if unknown := sum(one.cost.amount is None for one in those):
        lines.append(((fit("not known", 17, right=True), "dim"), (f"  {plural(unknown, 'task')}", "dim")))
    if back := sum(one.status is TaskStatus.FAILED and one.cost.amount == 0 for one in those):
        lines.append(((" " * 17, "plain"), (f"  {plural(back, 'failed task')} cost nothing", "dim")))
    return lines if budget.limits or not present else [*lines, _NO_BUDGET]


def _paid_in(unit: str, those: Sequence[CostLine]) -> list[Currency]:
    """Return the currencies of a unit in which something was spent; one without a provider if nothing was."""
    return sorted({one.currency for one in those if one.cost.unit == unit and one.cost.amount}) or [(unit, "")]


def _budget(name: str, those: Sequence[CostLine], limit: float, one: Currency, width: int) -> Line:
    """Return a limit as a bar: the amount spent, its share, the rest."""
    spent = added_up(paid.price for paid in those).get(one, 0.0)
    over = spent > limit
    rest = f"{amount_text(abs(limit - spent), one[0], up=over)} {'over' if over else 'left'}"
    told = f"{in_currency(spent, one)} of {amount_text(limit, one[0])}"
    full, empty = bar(spent / limit, max(6, min(30, width - 66)))
    bars: Line = ((f"  {full}", "bad" if over else "good"), (empty, "dim"))
    tone = "bad" if over else "strong"
    return ((f" {fit(name, 11)}", "dim"), (told, "strong"), *bars, (f"  {spent / limit:.0%}, ", "plain"), (rest, tone))


def _pace(those: Sequence[CostLine], now: datetime, budget: Budget) -> list[Line]:
    """Return the projected cost of the month at the present pace, after its first days."""
    here = now.astimezone(UTC)
    days = calendar.monthrange(here.year, here.month)[1]
    passed = here.day - 1 + here.hour / 24
    lines: list[Line] = []
    for unit, limits in budget.limits.items() if passed >= _DAYS_BEFORE_A_PACE else ():
        for one in _paid_in(unit, those):
            spent = added_up(other.price for other in those).get(one, 0.0)
            if limits.month and spent:
                by_then = spent / passed * days
                over = f", over {amount_text(limits.month, unit)}" if by_then > limits.month else ""
                told = f"{in_currency(by_then, one)} by {days} {here:%b}{over}"
                lines.append(((f" {fit('at this pace', 13)}", "dim"), (told, "warn" if over else "plain")))
    return lines


def _days(those: Sequence[CostLine], month: str, width: int) -> list[Line]:
    """Return a chart of the cost of each day in dollars; without any, in a service's credits."""
    paid = sorted({one.currency for one in those if one.cost.amount}, key=money_first)
    if not paid:
        return []
    year, number = map(int, month.split("-"))
    values = [0.0] * calendar.monthrange(year, number)[1]
    tasks = [0] * len(values)
    for one in those:
        tasks[one.at.astimezone(UTC).day - 1] += 1
        if one.currency == paid[0] and one.cost.amount:
            values[one.at.astimezone(UTC).day - 1] += one.cost.amount
    top = max(values)
    step = next((cells for cells in (3, 2) if width >= 10 + cells * len(values)), 1)
    lines: list[Line] = [ruled(f"By day, {_name_of(paid[0])}", width)]
    for row in range(_CHART, 0, -1):
        label = f"{top:,.4g}" if row == _CHART else f"{top / 2:,.4g}" if row == _CHART // 2 else ""
        cells = "".join(_EIGHTHS[_eighths(value / top, row)].ljust(step) for value in values)
        lines.append(((f" {label:>6} ┤ ", "dim"), (cells, "info")))
    marks = "".join(str(day).ljust(step * 5) if day % 5 == 1 else "" for day in range(1, len(values) + 1))
    lines.append(((" " * 7 + "└ ", "dim"), (marks, "dim")))
    if step == 3:
        counts = "".join((str(min(count, 99)) if count else "").ljust(step) for count in tasks)
        lines.append(((fit("tasks", 7, right=True) + "  ", "dim"), (counts, "dim")))
    return lines


def _name_of(one: Currency) -> str:
    return "dollars" if one[0] == "USD" else f"{one[0]} at {title(one[1])}"


def _eighths(share: float, row: int) -> int:
    """Return how many eighths of a cell a bar fills in a row (1 is the lowest); any spending fills at least one."""
    filled = math.ceil(share * _CHART * 8)
    return max(0, min(8, filled - (row - 1) * 8))


def _dearest(those: Sequence[CostLine], width: int) -> list[LedgerLine]:
    known = [one for one in those if one.cost.amount]
    known.sort(key=lambda one: (money_first(one.currency), -(one.cost.amount or 0.0)))
    lines = [LedgerLine(ruled("Dearest tasks", width))] if known else []
    for one in known[:_DEAREST]:
        named = one_line(one.task.title or one.task_id, 200) if one.task else "deleted here"
        mode = one_line(f"{account_title(one.account_key)} {one.task.mode if one.task else ''}")
        line: Line = (
            (fit(cost_text(one.cost), 11, right=True), "strong"),
            (f"  {fit(mode, 16 if width < _WIDE else 24)}  {one.at.astimezone():%d %b}  ", "dim"),
            (named, "plain" if one.task else "dim"),
        )
        lines.append(LedgerLine(line, one.task_id if one.task else None))
    if len(known) > _DEAREST:
        lines.append(LedgerLine(((f"  {len(known) - _DEAREST:,} more: divewatch cost --by task", "dim"),)))
    return [*lines, LedgerLine(EMPTY)] if lines else []
