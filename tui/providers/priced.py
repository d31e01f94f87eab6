"""A provider with configured prices instead of the published ones: plans differ, and price lists age."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.task import Cost, CostKind
from tui.providers.protocol import Client, ClientSettings, Provider, Reader

if TYPE_CHECKING:
    from tui.domain.actions import Action
    from tui.domain.options import Option
    from tui.domain.provider import Draft, Mode


def with_prices(provider: Provider, prices: Mapping[str, float]) -> Provider:
    """Return `provider` with `prices` by mode, in its own unit; unchanged without any."""
    return Priced(provider, prices) if prices else provider


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

    def reader(self) -> Reader:
        """Return the reader."""
        return self._base.reader()

    def client(self, settings: ClientSettings) -> Client:
        """Return a client."""
        return self._base.client(settings)

    def check(self, draft: "Draft") -> Sequence[tuple[str, str]]:
        """Return what the service would refuse."""
        return self._base.check(draft)

    def check_action(self, action: "Action") -> str | None:
        """Return why `action` could not be sent as it is."""
        return self._base.check_action(action)

    def options(self) -> "Sequence[Option]":
        """Return the service's own options."""
        return self._base.options()

    def parse_reference(self, text: str) -> str | None:
        """Return the remote id that `text` means."""
        return self._base.parse_reference(text)
