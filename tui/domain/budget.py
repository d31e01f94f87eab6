"""Budgets: what was spent, and whether new tasks could exceed a limit; each unit (USD, credits) has limits of its own.

A day and a month are those of UTC. Deleted tasks count: they were paid for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import UTC, datetime
from typing import Protocol

from tui.domain.amounts import amount_text
from tui.domain.frozen import frozen
from tui.domain.task import Cost


@frozen
class Limits:
    """Most that may be spent in one unit; None is no limit."""

    task: float | None = None
    day: float | None = None
    month: float | None = None


@frozen
class Budget:
    """The limits by unit ("USD", "credits"): for all tasks of the archive, and for those that one person starts."""

    limits: Mapping[str, Limits] = field(default_factory=dict)
    person: Mapping[str, Limits] = field(default_factory=dict)


@frozen
class Spent:
    """What was spent today and this month, by unit: by everybody, and by one person."""

    day: Mapping[str, float] = field(default_factory=dict)
    month: Mapping[str, float] = field(default_factory=dict)
    own_day: Mapping[str, float] = field(default_factory=dict)
    own_month: Mapping[str, float] = field(default_factory=dict)


class Charge(Protocol):
    """What one task cost."""

    @property
    def at(self) -> datetime:
        """When it was created."""

    @property
    def cost(self) -> Cost:
        """Its cost."""

    @property
    def person(self) -> str:
        """Who started it, "name@host"."""


def month_start(now: datetime) -> datetime:
    """Return when the month of `now` began."""
    return now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def spent(costs: Iterable[tuple[datetime | None, Cost]], now: datetime) -> Spent:
    """Sum up the costs of tasks by the time they were created; what is not known is counted as nothing."""
    day: dict[str, float] = {}
    month: dict[str, float] = {}
    today = now.astimezone(UTC).date()
    for at, cost in costs:
        if cost.amount is None or at is None:
            continue
        created = at.astimezone(UTC).date()
        if (created.year, created.month) == (today.year, today.month):
            month[cost.unit] = month.get(cost.unit, 0.0) + cost.amount
            if created == today:
                day[cost.unit] = day.get(cost.unit, 0.0) + cost.amount
    return Spent(day, month)


def spent_by(charges: Iterable[Charge], now: datetime, person: str) -> Spent:
    """Sum up what everybody spent, and what `person` did."""
    every = list(charges)
    own = spent(((one.at, one.cost) for one in every if one.person == person), now)
    return replace(spent(((one.at, one.cost) for one in every), now), own_day=own.day, own_month=own.month)


def warnings(new: Iterable[Cost], before: Spent, budget: Budget) -> list[str]:
    """Return a sentence for each limit that new tasks could exceed, together with what was spent before."""
    costs = list(new)
    found = []
    for unit in {**budget.limits, **budget.person}:
        every, person = (limits.get(unit, Limits()) for limits in (budget.limits, budget.person))
        own = [cost.amount for cost in costs if cost.unit == unit]
        known = [amount for amount in own if amount is not None]
        if not own:
            continue
        if every.task is not None and known and max(known) > every.task:
            most = amount_text(every.task, unit)
            found.append(f"{amount_text(max(known), unit, up=True)} is more than the budget of {most} for a task")
        for limit, sums, when in (
            (every.day, before.day, "today"),
            (every.month, before.month, "this month"),
            (person.day, before.own_day, "today by one person"),
            (person.month, before.own_month, "this month by one person"),
        ):
            total = sums.get(unit, 0.0) + sum(known)
            if limit is not None and known and total > limit:
                most = amount_text(limit, unit)
                found.append(f"{amount_text(total, unit, up=True)} {when} would be more than the budget of {most}")
        if len(known) < len(own) and (every, person) != (Limits(), Limits()):
            found.append("a cost is not known in advance: it could exceed the budget")
    return found


def outlook(new: Iterable[Cost], before: Spent, budget: Budget) -> list[str]:
    """Return a line for each limit of a day or month: "today $1.05 of $5.00, then at most $3.03"."""
    costs = list(new)
    lines = []
    for unit in {**budget.limits, **budget.person}:
        more = sum(cost.amount or 0.0 for cost in costs if cost.unit == unit)
        every, own = (limits.get(unit, Limits()) for limits in (budget.limits, budget.person))
        for limit, sums, when in (
            (every.day, before.day, "today"),
            (every.month, before.month, "this month"),
            (own.day, before.own_day, "today, by you,"),
            (own.month, before.own_month, "this month, by you,"),
        ):
            if limit is not None:
                was = sums.get(unit, 0.0)
                now, then = amount_text(was, unit), amount_text(was + more, unit, up=True)
                lines.append(f"{when} {now} of {amount_text(limit, unit)}, then at most {then}")
    return lines
