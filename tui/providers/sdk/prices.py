"""The cost of a task by its tokens and tool calls, from a dated table that the configuration can replace.

A figure that a service reports itself always beats these. Prices move monthly: every row has the day it was known.
"""

import re
from collections.abc import Mapping
from dataclasses import field

from tui.domain.frozen import frozen
from tui.domain.task import Cost, CostKind

_MILLION = 1_000_000


@frozen
class Rates:
    """USD per million tokens of one model, by its name in responses.

    `model` is a pattern for the whole name (regular expression), so that dated names of a model need no row each.
    """

    model: str
    input: float
    output: float
    cached: float | None = None  # of input that was read from a cache; None: like other input
    known_on: str = ""


@frozen
class Usage:
    """The usage of a task as its service reports it; None for what it does not."""

    model: str | None
    input: int | None = None  # with the cached part
    output: int | None = None
    cached: int | None = None
    tools: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # tool -> (calls at least, calls at most)


@frozen
class TokenPrices:
    """The price table of one service: rows tried in order, and USD per call of each tool."""

    rows: tuple[Rates, ...]
    tools: Mapping[str, float] = field(default_factory=dict)

    def cost(self, provider: str, usage: Usage) -> Cost:
        """Return an estimate, as a range where calls are known only as a range; unknown for an unknown model."""
        rates = self._rates(provider, usage.model or "")
        if rates is None or usage.input is None or usage.output is None:
            return Cost()
        cached = min(usage.cached or 0, usage.input)
        read = (usage.input - cached) * rates.input + cached * (rates.input if rates.cached is None else rates.cached)
        parts = [("input", read / _MILLION), ("output", usage.output * rates.output / _MILLION)]
        low = high = sum(amount for _, amount in parts)
        own = _overrides.get(provider)
        prices = {**self.tools, **(own.tools if own else {})}
        for tool, (least, most) in usage.tools.items():
            if tool not in prices:
                continue
            low, high = low + least * prices[tool], high + most * prices[tool]
            if most:
                parts.append((tool.replace("_", " "), most * prices[tool]))
        rounded = tuple((name, round(amount, 6)) for name, amount in parts)
        range_low = round(low, 6) if low < high else None
        return Cost(round(high, 6), "USD", CostKind.ESTIMATE, rounded, range_low)

    def _rates(self, provider: str, model: str) -> Rates | None:
        own = _overrides.get(provider)
        rows = (*(own.rows if own else ()), *self.rows)
        return next((rates for rates in rows if _names(rates.model, model)), None)


def _names(pattern: str, model: str) -> bool:
    try:
        return re.fullmatch(pattern, model) is not None
    except re.error:
        return pattern == model  # what a user wrote is at least a name


_overrides: dict[str, TokenPrices] = {}


def set_prices(provider: str, table: TokenPrices | None) -> None:
    """Try rows of the configuration before the service's own; None removes them."""
    if table is None:
        _overrides.pop(provider, None)
    else:
        _overrides[provider] = table
