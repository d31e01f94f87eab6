"""Prices can be set where a plan differs from what is published."""

import pytest

from tui.domain.provider import Draft
from tui.domain.task import Cost, CostKind
from tui.providers.priced import with_prices
from tui.providers.registry import load

PLAIN = Draft("x", "fast", options={"tools": {"code_execution": False}})
WITH_CODE = Draft("x", "fast", options={"tools": {"code_execution": True}})


def test_a_configured_price_takes_the_place_of_the_published_one() -> None:
    provider = with_prices(load("valyu"), {"fast": 0.05})
    assert provider.cost_at_most(PLAIN) == Cost(0.05, "USD", CostKind.PRICE_LIST)
    assert provider.cost_at_most(Draft("x", "heavy")) == load("valyu").cost_at_most(Draft("x", "heavy"))
    assert {mode.name: mode.cost.amount for mode in provider.info.modes}["fast"] == 0.05


def test_what_is_added_to_a_mode_stays_as_published() -> None:
    published, priced = load("valyu"), with_prices(load("valyu"), {"fast": 0.05})
    added = (published.cost_at_most(WITH_CODE).amount or 0) - (published.cost_at_most(PLAIN).amount or 0)
    assert added > 0
    assert priced.cost_at_most(WITH_CODE).amount == pytest.approx(0.05 + added)


def test_ceilings_in_credits_can_be_set_too_also_of_the_default_mode() -> None:
    provider = with_prices(load("extruct"), {"medium": 10})
    assert provider.cost_at_most(Draft("x")) == Cost(10, "credits", CostKind.PRICE_LIST)


def test_without_prices_a_provider_is_itself() -> None:
    assert with_prices(load("yutori"), {}) is load("yutori")


@pytest.mark.parametrize("name", ["extruct", "yutori", "valyu"])
def test_everything_else_is_the_providers_own(name: str) -> None:
    mode = load(name).info.modes[0].name
    provider = with_prices(load(name), {mode: 1.0})
    assert provider.info.name == name
    assert provider.check(Draft("")) == load(name).check(Draft(""))
    assert provider.options() == load(name).options()
    assert type(provider.reader()) is type(load(name).reader())
