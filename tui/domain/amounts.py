"""Money, credits and sizes as people read them: the same words on every screen and at the command line."""

import math

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.domain.task import Cost

SOURCES: "Mapping[str, str]" = {
    "reported": "reported by the provider",
    "credits": "counted by the provider",
    "price_list": "by the price list",
    "estimate": "estimate",
    "unknown": "unknown",
}
"""Where a figure comes from, by the words of `CostKind`."""
_SIGNS = {"estimate": "~", "price_list": "≤"}


def amount_text(amount: float, unit: str, *, up: bool = False) -> str:
    """Return "$1.20" or "25 credits"; `up` rounds to whole cents upwards, for what is said to be the most."""
    if unit != "USD":
        return f"{amount:,.10g} {unit}"
    return f"${math.ceil(amount * 100 - 1e-6) / 100 if up else amount:,.2f}"


def cost_text(cost: "Cost") -> str:
    """Return a cost in a few characters: "$1.20", "≤$1.20" by the price list, "$0.24-0.27", "12 cr", ""."""
    return _short(cost.amount, cost.at_least, cost.unit, cost.kind)


def price_text(cost: "Cost") -> str:
    """Return a price before anything is sent, as `cost_text` but with both ends of a range: "$0.50-3.00"."""
    if cost.amount is None or cost.at_least is None or cost.at_least >= cost.amount:
        return cost_text(cost)
    if cost.unit == "USD":
        return f"{amount_text(cost.at_least, 'USD')}-{amount_text(cost.amount, 'USD', up=True)[1:]}"
    return f"{cost.at_least:,.10g}-{cost.amount:,.10g} {'cr' if cost.unit == 'credits' else cost.unit}"


def cost_long(cost: "Cost") -> str:
    """Return a cost with where the figure comes from: "$0.35, by the price list", "not known"."""
    return _long(cost.amount, cost.at_least, cost.unit, cost.kind)


def _short(amount: float | None, at_least: float | None, unit: str, kind: str) -> str:
    if amount is None:
        return ""
    unit = "cr" if unit == "credits" else unit
    low, high = _ends(amount, at_least, unit, kind)
    low = low if low == high else low.removesuffix(f" {unit}")
    sign = _SIGNS.get(kind, "") if amount else ""  # nothing is nothing, not at most nothing
    return f"{sign}{high}" if low == high else f"{low}-{high.removeprefix('$')}"


def _long(amount: float | None, at_least: float | None, unit: str, kind: str) -> str:
    if amount is None:
        return "not known"
    low, high = _ends(amount, at_least, unit, kind)
    if low != high and unit != "USD":
        low = low.removesuffix(f" {unit}")
    return f"{high if low == high else f'{low} to {high}'}, {SOURCES[kind]}"


def _ends(amount: float, at_least: float | None, unit: str, kind: str) -> tuple[str, str]:
    """Return the lower and the upper end of a cost; the same text twice where it is no range."""
    high = amount_text(amount, unit, up=kind == "price_list")
    return (high, high) if at_least is None else (amount_text(at_least, unit), high)


def published(cost: "Cost", day: str) -> str:
    """Return where the figure of a cost comes from; of a published price also the `day` it was read."""
    return f"{SOURCES[cost.kind]}, as published on {day}" if day and cost.kind == "price_list" else SOURCES[cost.kind]


def newest_day(days: "Iterable[str]") -> str:
    """Return the latest of some days ("2026-11-21"), "" without any."""
    return max(days, default="")


def plain_cost_text(plain: "Mapping[str, object]", *, short: bool = False) -> str:
    """Return a cost of a task's JSON object (amount, unit, kind) in words, or `short`; "" if it is not known."""
    amount, least = plain["amount"], plain.get("at_least")
    if not isinstance(amount, int | float):
        return ""
    at_least = float(least) if isinstance(least, int | float) else None
    return (_short if short else _long)(amount, at_least, str(plain["unit"]), str(plain["kind"]))


def cost_sums(costs: "Iterable[Cost]") -> list[tuple[str, str, float, int]]:
    """Return (source, unit, sum, count) per kind and unit; figures of different kinds are never added up."""
    sums: dict[tuple[str, str], tuple[float, int]] = {}
    for cost in costs:
        if cost.amount is not None:
            amount, count = sums.get((SOURCES[cost.kind], cost.unit), (0.0, 0))
            sums[SOURCES[cost.kind], cost.unit] = amount + cost.amount, count + 1
    return [(kind, unit, amount, count) for (kind, unit), (amount, count) in sums.items()]


def at_most(costs: "Iterable[Cost]", services: "Iterable[str]" = ()) -> str:
    """Return what several tasks may cost together: "at most $1.00, 25 credits at Extruct, 9 credits at Tavily".

    `services` names the service of each cost: credits of two services are two currencies, and are not added.
    """
    costs = list(costs)
    sums: dict[tuple[str, str], float] = {}
    for cost, service in zip(costs, [*services] or [""] * len(costs), strict=True):
        if cost.amount is not None:
            kind = (cost.unit, "" if cost.unit == "USD" else service)
            sums[kind] = sums.get(kind, 0.0) + cost.amount
    unknown = sum(cost.amount is None for cost in costs)
    if not sums:
        return "not known in advance" if unknown else ""
    several = len({service for unit, service in sums if unit != "USD"}) > 1
    parts = [
        amount_text(amount, unit, up=True) + (f" at {service}" if several and service else "")
        for (unit, service), amount in sums.items()
    ]
    return f"at most {', '.join(parts)}" + (f"; {unknown} not known" if unknown else "")


def size_text(size: float) -> str:
    """Return a number of bytes: "812 bytes", "62.1 kB", "1.4 MB"; a kB is 1,000 bytes."""
    if size < 1000:
        return f"{size:.0f} bytes"
    for unit in ("kB", "MB"):
        size /= 1000
        if size < 999.95:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:,.1f} GB"


def text_size(text: str) -> str:
    """Return the size of a text in UTF-8."""
    return size_text(len(text.encode("utf-8", "replace")))
