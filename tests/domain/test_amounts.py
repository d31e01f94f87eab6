"""Amounts have one text each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.amounts import (
    added_up,
    amount_text,
    at_most,
    cost_long,
    cost_sums,
    cost_text,
    size_text,
    sum_text,
    sums_text,
)
from tui.domain.task import Cost, CostKind


@pytest.mark.parametrize(
    ("cost", "short", "long"),
    [
        (Cost(), "", "not known"),
        (Cost(1.2, "USD", CostKind.REPORTED), "$1.20", "$1.20, reported by the provider"),
        (Cost(0.15625, "USD", CostKind.PRICE_LIST), "≤$0.16", "at most $0.16, by the price list"),
        (Cost(0.15625, "USD", CostKind.ESTIMATE), "~$0.16", "$0.16, estimate"),
        (Cost(25.0, "credits", CostKind.PRICE_LIST), "≤25 cr", "at most 25 credits, by the price list"),
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


def credits_of(amount: float | None) -> Cost:
    return Cost(amount, "credits", CostKind.CREDITS)


LISTED, TOLD = Cost(1, "USD", CostKind.PRICE_LIST), Cost(2, "USD", CostKind.REPORTED)


def test_sums_keep_currencies_and_kinds_apart() -> None:
    prices = [("valyu", LISTED), ("exa", TOLD), ("exa", TOLD), ("valyu", Cost())]
    prices += [("tavily", credits_of(5)), ("tavily:work", credits_of(6)), ("extruct", credits_of(7))]
    assert cost_sums(prices) == [
        ("by the price list", ("USD", ""), 1.0, 1),
        ("reported by the provider", ("USD", ""), 4.0, 2),
        ("counted by the provider", ("credits", "extruct"), 7.0, 1),
        ("counted by the provider", ("credits", "tavily"), 11.0, 2),
    ]
    assert [*added_up(prices).items()] == [
        (("USD", ""), 5.0),
        (("credits", "extruct"), 7.0),
        (("credits", "tavily"), 11.0),
    ]


@given(st.dictionaries(st.sampled_from(["reported", "price_list", "estimate"]), st.floats(0.0001, 300), min_size=2))
def test_the_parts_of_a_sum_of_money_add_up_to_it_as_both_are_shown(parts: dict[str, float]) -> None:
    prices = [("exa", Cost(amount, "USD", CostKind(kind))) for kind, amount in parts.items()]
    sign = "~" if "estimate" in parts else "≤" if "price_list" in parts else ""
    total = sums_text(added_up(prices), signs={("USD", ""): sign}).lstrip("~≤")
    shown = [sum_text(kind, one, amount) for kind, one, amount, _ in cost_sums(prices)]
    assert sum(round(float(text[1:]) * 100) for text in shown) == round(float(total[1:]) * 100)


@pytest.mark.parametrize(
    ("prices", "long", "short", "most"),
    [
        ([], "", "", ""),
        ([("exa", Cost())], "", "", "not known in advance"),
        ([("exa", TOLD), ("valyu", LISTED)], "$3.00", "$3.00", "at most $3.00"),
        ([("tavily", credits_of(9))], "9 credits", "9 cr", "at most 9 credits"),
        (
            [("tavily", credits_of(9)), ("exa", TOLD), ("tavily:work", credits_of(1)), ("exa", Cost())],
            "$2.00 + 10 credits",
            "$2.00 + 10 cr",
            "at most $2.00, 10 credits; 1 not known",
        ),
        (
            [("tavily", credits_of(196)), ("extruct", credits_of(25)), ("exa", TOLD)],
            "$2.00 + 25 credits at Extruct + 196 at Tavily",
            "$2.00 + 25 cr Extruct + 196 cr Tavily",
            "at most $2.00, 25 credits at Extruct, 196 at Tavily",
        ),
        (
            [("you", Cost(3, "requests", CostKind.CREDITS)), ("extruct", credits_of(25))],
            "25 credits at Extruct + 3 requests at You.com",
            "25 cr Extruct + 3 requests You.com",
            "at most 25 credits at Extruct, 3 requests at You.com",
        ),
    ],
)
def test_credits_of_two_services_are_never_one_sum(
    prices: list[tuple[str, Cost]], long: str, short: str, most: str
) -> None:
    sums = added_up(prices)
    assert (sums_text(sums), sums_text(sums, short=True), at_most(prices)) == (long, short, most)


def test_a_sum_says_how_certain_it_is_and_its_limit() -> None:
    sums = added_up([("exa", TOLD), ("extruct", credits_of(25))])
    told = sums_text(sums, signs={("USD", ""): "≤"}, limits={"USD": 5.0, "credits": None}, short=True)
    assert told == "≤$2.00 of $5.00 + 25 cr"


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (812, "812 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (62_100, "62.1 kB"),
     (999_949, "999.9 kB"), (999_950, "1.0 MB"), (1_400_000, "1.4 MB"), (2_000_000_000, "2.0 GB"),
     (1_234_000_000_000, "1,234.0 GB")],
)  # fmt: skip
def test_a_size_has_one_text(size: int, text: str) -> None:
    assert size_text(size) == text


def test_what_is_added_up_by_the_price_list_is_an_upper_bound_in_every_text() -> None:
    prices = [("valyu", Cost(0.15625, "USD", CostKind.PRICE_LIST))] * 5
    ((kind, one, amount, _),) = cost_sums(prices)
    assert cost_text(Cost(amount, "USD", CostKind.PRICE_LIST)) == "≤$0.79"
    assert sum_text(kind, one, amount) == "$0.79"
    assert sums_text({one: amount}, signs={one: "≤"}) == "≤$0.79"
    assert sum_text("reported by the provider", one, amount) == "$0.78"
