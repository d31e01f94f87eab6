"""Budgets: what was spent, and whether new tasks could exceed a limit; each unit (USD, credits) has limits of its own.

Credits of two services are two currencies: a limit for credits holds for each service by itself. A day and a
month are those of UTC. Deleted tasks count: they were paid for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from tui.domain.amounts import Currency, added_up, amount_text, currency, in_currency, money_first
from tui.domain.frozen import frozen
from tui.domain.task import Cost

if TYPE_CHECKING:
    from tui.domain.amounts import Price


_NOT_KNOWN = "what was spent before is not known yet: it could exceed the budget"


@frozen
class Limits:
    """The most that may be spent in one unit; None is no limit."""

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
    """What was spent today and this month, by currency: by everybody, and by one person."""

    day: Mapping[Currency, float] = field(default_factory=dict)
    month: Mapping[Currency, float] = field(default_factory=dict)
    own_day: Mapping[Currency, float] = field(default_factory=dict)
    own_month: Mapping[Currency, float] = field(default_factory=dict)


class Charge(Protocol):
    """The cost of one task, as sums take it."""

    @property
    def provider(self) -> str:
        """The provider's name."""

    @property
    def at(self) -> datetime:
        """The time of creation."""

    @property
    def cost(self) -> Cost:
        """Its cost."""

    @property
    def person(self) -> str:
        """The person who started it, "name@host"."""


def month_start(now: datetime) -> datetime:
    """Return when the month of `now` began."""
    return now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def spent(charges: Iterable[Charge], now: datetime) -> Spent:
    """Sum up the costs of tasks by their time of creation; unknown costs count as 0."""
    today = now.astimezone(UTC).date()
    month = [one for one in charges if _month_of(one) == (today.year, today.month)]
    day = [one for one in month if one.at.astimezone(UTC).date() == today]
    of_day, of_month = (added_up((one.provider, one.cost) for one in those) for those in (day, month))
    return Spent(of_day, of_month)


def _month_of(charge: Charge) -> tuple[int, int]:
    created = charge.at.astimezone(UTC)
    return created.year, created.month


def spent_by(charges: Iterable[Charge], now: datetime, person: str) -> Spent:
    """Sum up what everybody spent, and what `person` spent."""
    every = list(charges)
    own = spent((one for one in every if one.person == person), now)
    return replace(spent(every, now), own_day=own.day, own_month=own.month)


def warnings(new: "Iterable[Price]", before: Spent | None, budget: Budget) -> list[str]:
    """Return a sentence for each limit that new tasks could exceed, together with what was spent before.

    Args:
        new: The key of an account and what a task may cost there, of each new task.
        before: What was spent; None if that is not known, which is a warning where a limit depends on it.
        budget: The limits.
    """
    prices, spent_before = list(new), before or Spent()
    found = []
    for one in _currencies(budget, prices):
        every, person = (limits.get(one[0], Limits()) for limits in (budget.limits, budget.person))
        own = [cost.amount for account, cost in prices if currency(cost.unit, account) == one]
        known = [amount for amount in own if amount is not None]
        if every.task is not None and known and max(known) > every.task:
            most = amount_text(every.task, one[0])
            found.append(f"{in_currency(max(known), one, up=True)} is more than the budget of {most} for a task")
        for limit, sums, when in (
            (every.day, spent_before.day, "today"),
            (every.month, spent_before.month, "this month"),
            (person.day, spent_before.own_day, "today by one person"),
            (person.month, spent_before.own_month, "this month by one person"),
        ):
            total = sums.get(one, 0.0) + sum(known)
            if limit is not None and known and total > limit:
                most = amount_text(limit, one[0])
                found.append(f"{in_currency(total, one, up=True)} {when} would be more than the budget of {most}")
            elif limit is not None and known and before is None and _NOT_KNOWN not in found:
                found.append(_NOT_KNOWN)
        if len(known) < len(own) and (every, person) != (Limits(), Limits()):
            found.append("a cost is not known in advance: it could exceed the budget")
    return found


def outlook(new: "Iterable[Price]", before: Spent, budget: Budget) -> list[str]:
    """Return a line for each daily or monthly limit: "today $1.05 of $5.00, then at most $3.03"."""
    prices = list(new)
    lines = []
    for one in _currencies(budget, prices):
        more = added_up(prices).get(one, 0.0)
        every, own = (limits.get(one[0], Limits()) for limits in (budget.limits, budget.person))
        for limit, sums, when in (
            (every.day, before.day, "today"),
            (every.month, before.month, "this month"),
            (own.day, before.own_day, "today, by you,"),
            (own.month, before.own_month, "this month, by you,"),
        ):
            if limit is not None:
                was = sums.get(one, 0.0)
                then = amount_text(was + more, one[0], up=True)
                lines.append(f"{when} {in_currency(was, one)} of {amount_text(limit, one[0])}, then at most {then}")
    return lines


def _currencies(budget: Budget, prices: "Iterable[Price]") -> list[Currency]:
    """Return the currencies of new tasks for which there are limits, money first."""
    limited = {*budget.limits, *budget.person}
    return sorted({currency(cost.unit, key) for key, cost in prices if cost.unit in limited}, key=money_first)
