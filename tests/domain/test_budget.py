"""Budgets know money and credits, and are the same in the form, at the command line and for agents."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tui.domain.budget import Budget, Limits, Spent, month_start, outlook, spent, spent_by, warnings
from tui.domain.task import Cost, CostKind

NOW = datetime(2026, 11, 21, 15, tzinfo=UTC)
BOTH = Budget({"USD": Limits(task=1, day=5, month=41), "credits": Limits(task=50, day=100)})


def usd(amount: float | None) -> Cost:
    return Cost(amount, "USD", CostKind.PRICE_LIST)


def credits_of(amount: float | None) -> Cost:
    return Cost(amount, "credits", CostKind.PRICE_LIST)


@pytest.mark.parametrize(
    ("new", "before", "wanted"),
    [
        ([], Spent(), []),
        ([usd(1)], Spent(), []),
        ([usd(1.001)], Spent(), ["$1.01 is more than the budget of $1.00 for a task"]),
        ([usd(0.5), usd(2)], Spent(), ["$2.00 is more than the budget of $1.00 for a task"]),
        ([usd(1)], Spent({"USD": 4}, {"USD": 4}), []),
        ([usd(1)], Spent({"USD": 4.5}, {"USD": 4.5}), ["$5.50 today would be more than the budget of $5.00"]),
        ([usd(1)], Spent({}, {"USD": 41}), ["$42.00 this month would be more than the budget of $41.00"]),
        ([credits_of(50)], Spent({"credits": 50}, {}), []),
        ([credits_of(75)], Spent(), ["75 credits is more than the budget of 50 credits for a task"]),
        (
            [credits_of(50)],
            Spent({"credits": 51}),
            ["101 credits today would be more than the budget of 100 credits"],
        ),
        ([usd(None)], Spent(), ["a cost is not known in advance: it could exceed the budget"]),
        ([Cost(9, "requests", CostKind.CREDITS)], Spent(), []),
        ([credits_of(10)], Spent({"USD": 99}, {"USD": 99}), []),
    ],
)
def test_each_limit_has_a_sentence(new: list[Cost], before: Spent, wanted: list[str]) -> None:
    assert warnings(new, before, BOTH) == wanted
    assert warnings(new, before, Budget()) == []


def test_what_was_spent_is_summed_by_day_month_and_unit_in_utc() -> None:
    costs = [
        (NOW, usd(2)),
        (NOW - timedelta(hours=14), usd(1)),
        (NOW - timedelta(days=3), usd(4)),
        (NOW - timedelta(days=60), usd(100)),
        (NOW, credits_of(9)),
        (NOW, usd(None)),
        (None, usd(7)),
    ]
    assert spent(costs, NOW) == Spent({"USD": 3.0, "credits": 9.0}, {"USD": 7.0, "credits": 9.0})
    assert month_start(NOW) == datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Paid:
    at: datetime
    cost: Cost
    person: str


def test_a_person_has_limits_beside_those_of_everybody() -> None:
    paid = [Paid(NOW, usd(2), "nina@laptop"), Paid(NOW, usd(3), "omar@desk"), Paid(NOW, credits_of(9), "")]
    before = spent_by(paid, NOW, "nina@laptop")
    assert before == Spent({"USD": 5, "credits": 9}, {"USD": 5, "credits": 9}, {"USD": 2}, {"USD": 2})
    budget = Budget({"USD": Limits(day=10)}, {"USD": Limits(day=3, month=9), "credits": Limits(month=5)})
    assert warnings([usd(1)], before, budget) == []
    assert warnings([usd(2)], before, budget) == ["$4.00 today by one person would be more than the budget of $3.00"]
    assert warnings([credits_of(6)], before, budget) == [
        "6 credits this month by one person would be more than the budget of 5 credits"
    ]
    assert outlook([usd(1)], before, budget) == [
        "today $5.00 of $10.00, then at most $6.00",
        "today, by you, $2.00 of $3.00, then at most $3.00",
        "this month, by you, $2.00 of $9.00, then at most $3.00",
        "this month, by you, 0 credits of 5 credits, then at most 0 credits",
    ]
