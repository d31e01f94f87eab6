"""Costs that are ranges, in words."""

import pytest

from tui.domain.amounts import cost_long, cost_text, plain_cost_text
from tui.domain.task import Cost, CostKind

E = CostKind.ESTIMATE


@pytest.mark.parametrize(
    ("cost", "short", "long"),
    [
        (Cost(0.271, "USD", E, at_least=0.242), "$0.24-0.27", "$0.24 to $0.27, estimate"),
        (Cost(0.271, "USD", E, at_least=0.2709), "~$0.27", "$0.27, estimate"),
        (Cost(0.271, "USD", E), "~$0.27", "$0.27, estimate"),
        (Cost(3.0, "units", E, at_least=1.5), "1.5-3 units", "1.5 to 3 units, estimate"),
        (Cost(25.0, "credits", CostKind.CREDITS), "25 cr", "25 credits, counted by the provider"),
        (Cost(None), "", "not known"),
    ],
)
def test_a_cost_is_said_with_its_range(cost: Cost, short: str, long: str) -> None:
    assert (cost_text(cost), cost_long(cost)) == (short, long)
    plain = {"amount": cost.amount, "unit": cost.unit, "kind": cost.kind.value, "at_least": cost.at_least}
    assert plain_cost_text(plain) == ("" if cost.amount is None else long)
