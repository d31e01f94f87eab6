"""A provider with configured prices instead of the published ones: plans differ, and price lists age."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from tui.domain.task import Cost, CostKind
from tui.providers.protocol import Provider

if TYPE_CHECKING:
    from tui.domain.provider import Draft, Mode


def with_prices(provider: Provider, prices: Mapping[str, float]) -> Provider:
    """Return `provider` with `prices` by mode, in its own unit; unchanged without any."""
    return cast("Provider", Priced(provider, prices)) if prices else provider


class Priced:
    """A provider whose modes have configured prices; surcharges (tools, files) keep the published ones."""

    def __init__(self, base: Provider, prices: Mapping[str, float]) -> None:
        self._base = base
        self._prices = prices
        self.info = replace(base.info, modes=tuple(map(self._mode, base.info.modes)))

    def _mode(self, mode: "Mode") -> "Mode":
        price = self._prices.get(mode.name)
        return mode if price is None else replace(mode, cost=Cost(price, mode.cost.unit, CostKind.PRICE_LIST))

    def cost_at_most(self, draft: "Draft") -> Cost:
        """Return the cost of `draft` at most: the configured price of its mode, published surcharges."""
        cost = self._base.cost_at_most(draft)
        modes = self._base.info.modes
        mode = next((one for one in modes if (one.name == draft.mode if draft.mode else one.default)), None)
        price = self._prices.get(mode.name) if mode else None
        if mode is None or price is None:
            return cost
        listed = mode.cost.amount
        added = max(0.0, cost.amount - listed) if cost.amount is not None and listed is not None else 0.0
        return Cost(price + added, cost.unit, CostKind.PRICE_LIST)

    def __getattr__(self, name: str) -> Any:
        """Return what is the same at any price: reader, client, checks, options."""
        return getattr(self._base, name)
