"""Budgets know money and credits, and are the same in the form, at the command line and for agents."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tui.domain.budget import Budget, Limits, Spent, month_start, outlook, spent, spent_by, warnings
from tui.domain.task import Cost, CostKind

NOW = datetime(2026, 11, 21, 15, tzinfo=UTC)
BOTH = Budget({"USD": Limits(task=1, day=5, month=41), "credits": Limits(task=50, day=100)})


Price = tuple[str, Cost]
USD, EXTRUCT, TAVILY = ("USD", ""), ("credits", "extruct"), ("credits", "tavily")


def usd(amount: float | None) -> Price:
    return "valyu", Cost(amount, "USD", CostKind.PRICE_LIST)


def credits_of(amount: float | None, service: str = "extruct") -> Price:
    return service, Cost(amount, "credits", CostKind.PRICE_LIST)


@pytest.mark.parametrize(
    ("new", "before", "wanted"),
    [
        ([], Spent(), []),
        ([usd(1)], Spent(), []),
        ([usd(1.001)], Spent(), ["$1.01 is more than the budget of $1.00 for a task"]),
        ([usd(0.5), usd(2)], Spent(), ["$2.00 is more than the budget of $1.00 for a task"]),
        ([usd(1)], Spent({USD: 4}, {USD: 4}), []),
        ([usd(1)], Spent({USD: 4.5}, {USD: 4.5}), ["$5.50 today would be more than the budget of $5.00"]),
        ([usd(1)], Spent({}, {USD: 41}), ["$42.00 this month would be more than the budget of $41.00"]),
        ([credits_of(50)], Spent({EXTRUCT: 50}, {}), []),
        ([credits_of(75)], Spent(), ["75 credits at Extruct is more than the budget of 50 credits for a task"]),
        (
            [credits_of(50)],
            Spent({EXTRUCT: 51}),
            ["101 credits at Extruct today would be more than the budget of 100 credits"],
        ),
        ([usd(None)], Spent(), ["a cost is not known in advance: it could exceed the budget"]),
        ([("acme", Cost(9, "requests", CostKind.CREDITS))], Spent(), []),
        ([credits_of(40), credits_of(40, "tavily:work"), credits_of(40, "tavily")], Spent({EXTRUCT: 50}), []),
        (
            [credits_of(40), credits_of(40, "tavily:work"), credits_of(40, "tavily")],
            Spent({EXTRUCT: 50, TAVILY: 21}),
            ["101 credits at Tavily today would be more than the budget of 100 credits"],
        ),
        ([credits_of(10)], Spent({USD: 99}, {USD: 99}), []),
    ],
)
def test_each_limit_has_a_sentence(new: list[Price], before: Spent, wanted: list[str]) -> None:
    assert warnings(new, before, BOTH) == wanted
    assert warnings(new, before, Budget()) == []


@dataclass(frozen=True)
class Paid:
    at: datetime
    price: Price
    person: str = ""

    @property
    def provider(self) -> str:
        return self.price[0]

    @property
    def cost(self) -> Cost:
        return self.price[1]


def test_what_was_spent_is_summed_by_day_month_and_currency_in_utc() -> None:
    costs = [
        Paid(NOW, usd(2)),
        Paid(NOW - timedelta(hours=14), usd(1)),
        Paid(NOW - timedelta(days=3), usd(4)),
        Paid(NOW - timedelta(days=60), usd(100)),
        Paid(NOW, credits_of(9)),
        Paid(NOW, credits_of(196, "tavily")),
        Paid(NOW, usd(None)),
    ]
    counted = {EXTRUCT: 9.0, TAVILY: 196.0}
    assert spent(costs, NOW) == Spent({USD: 3.0, **counted}, {USD: 7.0, **counted})
    assert month_start(NOW) == datetime(2026, 11, 1, tzinfo=UTC)


def test_a_person_has_limits_beside_those_of_everybody() -> None:
    paid = [Paid(NOW, usd(2), "nina@laptop"), Paid(NOW, usd(3), "omar@desk"), Paid(NOW, credits_of(9), "")]
    before = spent_by(paid, NOW, "nina@laptop")
    assert before == Spent({USD: 5, EXTRUCT: 9}, {USD: 5, EXTRUCT: 9}, {USD: 2}, {USD: 2})
    budget = Budget({"USD": Limits(day=10)}, {"USD": Limits(day=3, month=9), "credits": Limits(month=5)})
    assert warnings([usd(1)], before, budget) == []
    assert warnings([usd(2)], before, budget) == ["$4.00 today by one person would be more than the budget of $3.00"]
    assert warnings([credits_of(6)], before, budget) == [
        "6 credits at Extruct this month by one person would be more than the budget of 5 credits"
    ]
    assert outlook([usd(1), credits_of(2, "tavily")], before, budget) == [
        "today $5.00 of $10.00, then at most $6.00",
        "today, by you, $2.00 of $3.00, then at most $3.00",
        "this month, by you, $2.00 of $9.00, then at most $3.00",
        "this month, by you, 0 credits at Tavily of 5 credits, then at most 2 credits",
    ]
