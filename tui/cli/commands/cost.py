"""cost: the costs of tasks by month, day or task; figures of different kinds are never added up."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from tui.cli import common, output
from tui.domain.amounts import SOURCES, newest_day, plain_cost_text
from tui.domain.errors import ConfigError, NotFound
from tui.domain.provider import AccountState
from tui.domain.task import TaskStatus
from tui.domain.text import one_line, plural

if TYPE_CHECKING:
    from tui.engine.archive.rows.values import CostLine

_FIGURES = ("amount", "unit", "kind", "refunded")


@click.command()
@click.option("--by", type=click.Choice(("month", "day", "person", "task")), default="month", show_default=True)
@click.option("--left", is_flag=True, help="also ask the providers what credits or quota is left")
@common.as_json_option
def cost(by: str, left: bool, as_json: bool) -> None:
    """What tasks cost, per month, day, person or task; figures of different kinds are never added up.

    \b
    divewatch cost --by day
    divewatch cost --by task --json
    """  # noqa: D301 - click wants the backspace
    rows = [*(_tasks() if by == "task" else _sums(by))]
    balances = _left() if left else []
    if as_json:
        dated = {"prices_of": _prices_of()} if rows else {}
        common.emit({"schema_version": 1, "costs": rows, **dated, **({"left": balances} if left else {})})
        return
    if not rows:
        common.narrate("nothing was spent yet")
    elif output.width_of_terminal() is None:
        _print_figures(rows, by)
    else:
        _print_costs(rows, by)
    if any(row["kind"] == "price_list" for row in rows):
        common.narrate(f"price list: as published on {_prices_of()}, the most a task may cost")
    for balance in balances:
        output.text(f"{balance['provider']}: {balance['told']}\n")


def _print_figures(rows: "Sequence[Mapping[str, object]]", by: str) -> None:
    """Print every figure in a column of its own, for programs."""
    columns = ("day", "provider", "id", *_FIGURES, "title") if by == "task" else (by, "provider", "tasks", *_FIGURES)
    right = [columns.index(name) for name in ("amount", "refunded")]
    output.columns(columns, [[_cell(row[key]) for key in columns] for row in rows], right=right)


def _print_costs(rows: "Sequence[Mapping[str, object]]", by: str) -> None:
    """Print costs as the screens show them, for people: of tasks in a few characters, of sums with their source."""
    if by == "task":
        cells = [[*(str(row[key]) for key in ("day", "provider", "id")), _cost(row), str(row["title"])] for row in rows]
        output.columns(("day", "provider", "id", "cost", "title"), cells, right=[3], cut=True, spare=[1, 0])
        return
    cells = [
        [*(str(row[key]) for key in (by, "provider", "tasks")), _cost(row), SOURCES[str(row["kind"])]] for row in rows
    ]
    output.columns((by, "provider", "tasks", "cost", "figure"), cells, right=[2, 3])
    refunded = sum(row["refunded"] is not None and int(str(row["refunded"])) for row in rows)
    if refunded:
        common.narrate(f"{plural(refunded, 'failed task')} cost nothing in the end")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value).replace("price_list", "price list")


def _cost(row: "Mapping[str, object]") -> str:
    return plain_cost_text(row, short=True)


def _prices_of() -> str:
    """Return the day of the published prices, if a provider reports no figure of its own."""
    return newest_day(mode.known_on for info in common.infos() for mode in info.modes)


def _left() -> list[dict[str, object]]:
    """Ask each account with a key for its balance, one free request each."""
    from tui.cli.doctor.provider_checks import balances

    return [
        {
            "provider": name,
            "remaining": state.remaining,
            "limit": state.limit,
            "unit": state.unit or None,
            "told": _told(state),
        }
        for name, state in balances(common.accounts())
    ]


def _told(state: AccountState) -> str:
    if state.remaining is None:
        return "; ".join(f"{label} {value}" for label, value in state.facts) or "not told"
    limit = "" if state.limit is None else f" of {state.limit:,.10g}"
    return f"{state.remaining:,.10g}{limit} {state.unit} left".replace("  ", " ")


def _lines() -> "Sequence[CostLine]":
    with suppress(NotFound), common.open_archive() as opened:
        return opened.costs()
    return []


def _was_refunded(line: "CostLine") -> bool:
    """Whether a failed task's cost was reduced to 0 at a provider that refunds."""
    if line.status is not TaskStatus.FAILED or line.cost.amount != 0:
        return False
    with suppress(NotFound, ConfigError):  # a provider whose package is gone
        return common.info(line.provider).refunds_failures
    return False


def _sums(by: str) -> Iterator[dict[str, object]]:
    """Yield the sums of each month or day, newest first, or of each person who started tasks."""
    groups: dict[tuple[str, str, str, str], list[CostLine]] = defaultdict(list)
    for line in _lines():
        period = f"{line.at:%Y-%m-%d}" if by == "day" else f"{line.at:%Y-%m}"
        if by == "person":
            period = line.person or "not known"
        groups[period, line.provider, line.cost.unit, line.cost.kind.value].append(line)
    for (period, provider, unit, kind), lines in sorted(groups.items(), reverse=True):
        known = [line.cost.amount for line in lines if line.cost.amount is not None]
        yield {
            by: period,
            "provider": provider,
            "tasks": len(lines),
            "amount": round(sum(known), 6) if known else None,
            "unit": unit if known else None,
            "kind": kind,
            "refunded": sum(map(_was_refunded, lines)),
        }


def _tasks() -> Iterator[dict[str, object]]:
    """Yield what each task cost, newest first; deleted ones, too: they were paid for."""
    titles: dict[str, str] = {}
    lines = _lines()
    with suppress(NotFound), common.open_archive() as opened:
        titles = {task.id: task.title for task in opened.named([line.task_id for line in lines])}
    for line in reversed(lines):
        yield {
            "day": f"{line.at:%Y-%m-%d}",
            "provider": line.provider,
            "id": line.task_id,
            "amount": line.cost.amount,
            "unit": line.cost.unit if line.cost.amount is not None else None,
            "kind": line.cost.kind.value,
            "refunded": int(_was_refunded(line)),
            "title": one_line(titles.get(line.task_id, "(deleted here)"), 100),
        }
