"""Money, credits and sizes in words: the same on every screen and at the command line."""

import math

from tui.domain.account import split_account_key, title

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.domain.task import Cost

    Price = tuple[str, Cost]  # the key of an account, and what one task costs there

Currency = tuple[str, str]
"""Unit and service: ("USD", ""), ("credits", "extruct"). Amounts of two currencies are never added up."""
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
    """Return "$1.20" or "25 credits"; `up` rounds up to whole cents, for an upper bound."""
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
    return f"{cost.at_least:,.10g}-{cost.amount:,.10g} {unit_text(cost.unit, short=True)}"


def cost_long(cost: "Cost") -> str:
    """Return a cost with its source: "at most $0.35, by the price list", "not known"."""
    return _long(cost.amount, cost.at_least, cost.unit, cost.kind)


def _short(amount: float | None, at_least: float | None, unit: str, kind: str) -> str:
    if amount is None:
        return ""
    unit = unit_text(unit, short=True)
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
    bound = "at most " if kind == "price_list" and at_least is None and amount else ""
    return f"{bound}{high if low == high else f'{low} to {high}'}, {SOURCES[kind]}"


def _ends(amount: float, at_least: float | None, unit: str, kind: str) -> tuple[str, str]:
    """Return the lower and the upper end of a cost; equal texts if it is not a range."""
    high = amount_text(amount, unit, up=kind == "price_list")
    return (high, high) if at_least is None else (amount_text(at_least, unit), high)


def published(cost: "Cost", day: str) -> str:
    """Return the source of a cost figure; for a published price also the `day` it was read."""
    return f"{SOURCES[cost.kind]}, as published on {day}" if day and cost.kind == "price_list" else SOURCES[cost.kind]


def newest_day(days: "Iterable[str]") -> str:
    """Return the latest of some days ("2026-11-21"); "" without any."""
    return max(days, default="")


def plain_cost_text(plain: "Mapping[str, object]", *, short: bool = False) -> str:
    """Return the cost of a task's JSON object (amount, unit, kind) in words, or `short`; "" if it is not known."""
    amount, least = plain["amount"], plain.get("at_least")
    if not isinstance(amount, int | float):
        return ""
    at_least = float(least) if isinstance(least, int | float) else None
    return (_short if short else _long)(amount, at_least, str(plain["unit"]), str(plain["kind"]))


def currency(unit: str, account: str) -> "Currency":
    """Return the currency in which an amount is added up: money is one, each provider's credits are another.

    Args:
        unit: The unit of a cost.
        account: The key of the account: "valyu:work", or a provider's name.
    """
    return unit, "" if unit == "USD" else split_account_key(account)[0]


def added_up(prices: "Iterable[Price]") -> "dict[Currency, float]":
    """Return the sum by currency, money first, then by provider; unknown amounts count as 0."""
    sums: dict[Currency, float] = {}
    for account, cost in prices:
        if cost.amount is not None:
            one = currency(cost.unit, account)
            sums[one] = sums.get(one, 0.0) + cost.amount
    return dict(sorted(sums.items(), key=lambda pair: money_first(pair[0])))


def money_first(one: "Currency") -> tuple[bool, str, str]:
    """Return the sort key of a currency: money first, then by provider."""
    return one[0] != "USD", one[1], one[0]


def unit_text(unit: str, *, short: bool = False) -> str:
    """Return the word for a unit after a number; `short` for cells: "cr"."""
    return "cr" if short and unit == "credits" else unit


def in_currency(amount: float, one: "Currency", *, short: bool = False, up: bool = False) -> str:
    """Return an amount, of credits with the provider: "$1.20", "25 credits at Extruct", `short` "25 cr Extruct"."""
    text = amount_text(amount, unit_text(one[0], short=short), up=up)
    return f"{text}{' ' if short else ' at '}{title(one[1])}" if one[1] else text


def sums_text(
    sums: "Mapping[Currency, float]",
    *,
    signs: "Mapping[Currency, str] | None" = None,
    limits: "Mapping[str, float | None] | None" = None,
    between: str = " + ",
    short: bool = False,
    up: bool = False,
) -> str:
    """Return sums as one text; providers are named if there are credits of several.

    "$1.00 + 25 credits at Extruct + 196 at Tavily", `short` "$1.00 + 25 cr Extruct + 196 cr Tavily"; of one service
    "$1.00 + 25 credits". `signs` stand before, `limits` by unit behind an amount: "≤$1.00 of $5.00".
    """
    several = sum(bool(service) for _, service in sums) > 1
    told: list[str] = []
    last = ""
    for (unit, service), amount in sums.items():
        sign = (signs or {}).get((unit, service), "")
        text = in_currency(amount, (unit, service if several else ""), short=short, up=up or sign == "≤")
        if unit == last and not short:
            text = text.replace(f" {unit} at ", " at ", 1)
        limit = (limits or {}).get(unit)
        of = f" of {amount_text(limit, unit_text(unit, short=short))}" if limit else ""
        told.append(f"{sign}{text}{of}")
        last = unit
    return between.join(told)


def cost_sums(prices: "Iterable[Price]") -> "list[tuple[str, Currency, float, int]]":
    """Return (source, currency, sum, count), money first; figures of different kinds are never added up.

    Sums of money from several sources are whole cents that add up to their total as it is shown.
    """
    sums: dict[tuple[str, Currency], tuple[float, int]] = {}
    for account, cost in prices:
        if cost.amount is not None:
            key = SOURCES[cost.kind], currency(cost.unit, account)
            amount, count = sums.get(key, (0.0, 0))
            sums[key] = amount + cost.amount, count + 1
    money = {kind: amount for (kind, (unit, _)), (amount, _) in sums.items() if unit == "USD"}
    cents = _whole_cents(money) if len(money) > 1 else money
    ordered = sorted(sums.items(), key=lambda pair: money_first(pair[0][1]))
    return [(kind, one, cents[kind] if one[0] == "USD" else sum_, count) for (kind, one), (sum_, count) in ordered]


def _whole_cents(parts: "Mapping[str, float]") -> "Mapping[str, float]":
    """Round the parts of a sum so that they add up to it: an upper bound up, then those with the largest remainders."""
    listed, total = SOURCES["price_list"], sum(parts.values()) * 100
    bound = parts.get(listed) and not parts.get(SOURCES["estimate"])
    whole = math.ceil(total - 1e-6) if bound else round(total)
    cents = {kind: math.floor(amount * 100 + 1e-6) for kind, amount in parts.items()}
    more = {kind: amount * 100 - cents[kind] for kind, amount in parts.items()}
    order = sorted(parts, key=lambda kind: (not (kind == listed and more[kind] > 1e-6), -more[kind]))
    for kind in order[: whole - sum(cents.values())]:
        cents[kind] += 1
    return {kind: amount / 100 for kind, amount in cents.items()}


def sum_text(kind: str, one: "Currency", amount: float, *, short: bool = False) -> str:
    """Return one of the `cost_sums`; by the price list it is an upper bound, as each of its tasks has it."""
    return in_currency(amount, one, short=short, up=kind == SOURCES["price_list"])


def at_most(prices: "Iterable[Price]") -> str:
    """Return what several tasks may cost together: "at most $1.00, 25 credits at Extruct, 9 at Tavily"."""
    prices = [*prices]
    sums = added_up(prices)
    unknown = sum(cost.amount is None for _, cost in prices)
    if not sums:
        return "not known in advance" if unknown else ""
    return f"at most {sums_text(sums, between=', ', up=True)}" + (f"; {unknown} not known" if unknown else "")


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
    """Return the size of a text in UTF-8 bytes."""
    return size_text(len(text.encode("utf-8", "replace")))
