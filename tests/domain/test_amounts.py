"""Amounts have one text each."""

import pytest

from tui.domain.amounts import amount_text, at_most, cost_long, cost_sums, cost_text, size_text
from tui.domain.task import Cost, CostKind


@pytest.mark.parametrize(
    ("cost", "short", "long"),
    [
        (Cost(), "", "not known"),
        (Cost(1.2, "USD", CostKind.REPORTED), "$1.20", "$1.20, reported by the provider"),
        (Cost(0.15625, "USD", CostKind.PRICE_LIST), "≤$0.16", "$0.16, by the price list"),
        (Cost(0.15625, "USD", CostKind.ESTIMATE), "~$0.16", "$0.16, estimate"),
        (Cost(25.0, "credits", CostKind.PRICE_LIST), "≤25 cr", "25 credits, by the price list"),
        (Cost(1234.5, "credits", CostKind.CREDITS), "1,234.5 cr", "1,234.5 credits, counted by the provider"),
        (Cost(1234.5, "USD", CostKind.REPORTED), "$1,234.50", "$1,234.50, reported by the provider"),
    ],
)
def test_a_cost_has_a_short_and_a_long_text(cost: Cost, short: str, long: str) -> None:
    assert cost_text(cost) == short
    assert cost_long(cost) == long


def test_what_is_said_to_be_the_most_is_never_rounded_down() -> None:
    assert amount_text(0.151, "USD", up=True) == "$0.16"
    assert amount_text(0.15, "USD", up=True) == "$0.15"
    assert amount_text(0.151, "USD") == "$0.15"


def test_sums_keep_units_and_kinds_apart() -> None:
    costs = [
        Cost(1, "USD", CostKind.PRICE_LIST),
        Cost(2, "USD", CostKind.REPORTED),
        Cost(5, "credits", CostKind.CREDITS),
    ]
    assert cost_sums([*costs, Cost()]) == [
        ("by the price list", "USD", 1.0, 1),
        ("reported by the provider", "USD", 2.0, 1),
        ("counted by the provider", "credits", 5.0, 1),
    ]
    assert at_most([*costs[::2], Cost()]) == "at most $1.00, 5 credits; 1 not known"
    assert at_most([Cost()]) == "not known in advance"
    prices = [Cost(25, unit="credits"), Cost(250, unit="credits"), Cost(1.0), Cost()]
    names = ["Extruct", "Tavily", "Valyu", "Exa"]
    assert at_most(prices, names) == "at most 25 credits at Extruct, 250 credits at Tavily, $1.00; 1 not known"
    assert at_most([*prices[:1], *prices[2:]], names[1:]) == "at most 25 credits, $1.00; 1 not known"
    assert at_most([]) == ""


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (812, "812 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (62_100, "62.1 kB"),
     (999_949, "999.9 kB"), (999_950, "1.0 MB"), (1_400_000, "1.4 MB"), (2_000_000_000, "2.0 GB"),
     (1_234_000_000_000, "1,234.0 GB")],
)  # fmt: skip
def test_a_size_has_one_text(size: int, text: str) -> None:
    assert size_text(size) == text
