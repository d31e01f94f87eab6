"""Costs by provider, mode and person: a row for each account, which unfolds into its modes; pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence

from tui.domain.account import account_title
from tui.domain.amounts import SOURCES, Currency, added_up, cost_sums, sum_text, sums_text, unit_text
from tui.domain.cells import cell_len, fit, wrap
from tui.domain.frozen import frozen
from tui.domain.task import CostKind, TaskStatus
from tui.domain.text import one_line
from tui.engine.archive.rows.values import CostLine
from tui.ui.text.lines import Line, line_width, ruled

_IN_SHORT = dict(zip(SOURCES.values(), ("reported", "counted", "by price list", "estimate", "unknown"), strict=True))
_COLUMNS = (f"{'tasks':>6}{'failed':>8}{'spent':>20}", f"{'a report':>11}", f"{'a citation':>12}")
_FIGURES = 61  # cells of a row's figures and the blanks around them
_ROOMY = 140  # cells of one that has room for long names of modes
_WIDE = 110  # cells of a screen that has room for where the figures come from


@frozen
class LedgerLine:
    """One line of the ledger, with the task or the account that it is about."""

    line: Line
    task_id: str | None = None
    account: str | None = None


def total_text(spendings: Sequence[CostLine], room: int) -> str:
    """Return what tasks cost together by currency, with the sign of the least certain figure, in short if need be.

    "≤$31.01 + 103 credits at Extruct + 9 at Tavily".
    """
    signs: dict[Currency, str] = {}
    for one in spendings:
        if one.cost.kind is CostKind.ESTIMATE and one.cost.amount:
            signs[one.currency] = "~"
        elif one.cost.kind is CostKind.PRICE_LIST and one.cost.amount:
            signs.setdefault(one.currency, "≤")
    sums = added_up(one.price for one in spendings)
    ways = (sums_text(sums, signs=signs), sums_text(sums, signs=signs, short=True))
    return next((way for way in ways if cell_len(way) <= room), ways[-1]) or "nothing known"


def by_provider(those: Sequence[CostLine], width: int, unfolded: Collection[str]) -> list[LedgerLine]:
    """Return the results and costs of each account; of unfolded ones also of each mode."""
    accounts: dict[str, dict[str, list[CostLine]]] = defaultdict(lambda: defaultdict(list))
    for one in those:
        accounts[one.account_key][one_line(one.task.mode if one.task else "")].append(one)
    if not accounts:
        return []
    rows: list[tuple[str, Sequence[CostLine], str | None]] = []
    for account, modes in sorted(accounts.items()):
        several = len(modes) > 1
        sign = ("▾ " if account in unfolded else "▸ ") if several else "  "
        named = one_line(account_title(account))
        name = named if several else f"{named} {next(iter(modes))}"
        rows.append(
            (f"{sign}{name}", [one for members in modes.values() for one in members], account if several else None)
        )
        if several and account in unfolded:
            rows += [(f"    {mode or 'no mode'}", members, None) for mode, members in sorted(modes.items())]
    room = _name_room(width)
    last = ("   where the figures come from",) if width >= _WIDE else ()
    title = (
        "By provider; enter on ▸ shows its modes" if any(account for _, _, account in rows) else "By provider and mode"
    )
    head = _whole(tuple((words, "head") for words in (f"{fit('', room)} ", *_COLUMNS, *last)), width)
    lines = [LedgerLine(ruled(title, width)), LedgerLine(head)]
    for row in rows:
        lines += _lines(*row, width)
    return lines


def by_person(those: Sequence[CostLine], width: int) -> list[LedgerLine]:
    """Return the tasks and costs of each person; empty where one person started all tasks."""
    people: dict[str, list[CostLine]] = defaultdict(list)
    for one in those:
        people[one_line(one.person)].append(one)
    if len(people.keys() - {""}) < 2:
        return []
    room = _name_room(width)
    head = _whole(tuple((words, "head") for words in (f"{fit('', room)} ", *_COLUMNS)), width)
    lines = [LedgerLine(ruled("By person", width)), LedgerLine(head)]
    rows = ((name or "not known", members) for name, members in sorted(people.items(), key=lambda pair: not pair[0]))
    for name, members in rows:
        lines += _lines(f"  {name}", members, None, width)
    return lines


def _name_room(width: int) -> int:
    return max(12, width - _FIGURES) if width < _WIDE else 22 if width < _ROOMY else 30


def _lines(name: str, members: Sequence[CostLine], account: str | None, width: int) -> list[LedgerLine]:
    """Return a row; where the figures come from is folded into its column."""
    room = _name_room(width)
    row = _whole(_row(name, members, room), width)
    if width < _WIDE:
        return [LedgerLine(row, account=account)]
    first, *more = wrap(_sources(members), width - room - _FIGURES)
    below = [LedgerLine(((" " * (room + _FIGURES) + line, "dim"),), account=account) for line in more]
    return [LedgerLine((*row, (f"   {first}", "dim")), account=account), *below]


def _whole(line: Line, width: int) -> Line:
    """Leave out the last columns for which there is no room."""
    while len(line) > 1 and line_width(line) > width:
        line = line[:-1]
    return line


def _sources(members: Sequence[CostLine]) -> str:
    """Return where the figures come from; of several kinds with each one's sum."""
    kinds = cost_sums(one.price for one in members)
    if len(kinds) < 2:
        return "".join(kind for kind, *_ in kinds)
    return ", ".join(f"{sum_text(kind, one, amount, short=True)} {_IN_SHORT[kind]}" for kind, one, amount, _ in kinds)


def _row(name: str, members: Sequence[CostLine], room: int) -> Line:
    failed = sum(one.status is TaskStatus.FAILED for one in members)
    reported = [one for one in members if one.task and one.task.has_report]
    return (
        (f" {fit(name, room)}", "plain"),
        (f"{len(members):>6}{failed or '':>8}", "dim"),
        (fit(f" {total_text(members, 19)}", 20, right=True), "strong"),
        (f"{_each(reported, lambda one: 1):>11}", "plain"),
        (f"{_each(reported, lambda one: one.task.citations if one.task else 0):>12}", "plain"),
    )


def _each(those: Sequence[CostLine], count: Callable[[CostLine], int]) -> str:
    """Return the average cost of one of `things` for tasks paid in one currency; "" if it is not known."""
    known = [one for one in those if one.cost.amount is not None and count(one)]
    sums = added_up(one.price for one in known)
    if len(sums) != 1:
        return ""
    ((one, total),) = sums.items()
    amount, unit = total / sum(map(count, known)), unit_text(one[0], short=True)
    return f"${amount:,.{2 if amount >= 0.01 else 4}f}" if unit == "USD" else f"{amount:,.2g} {unit}"
