"""OpenAI's published prices; every row has its day, and the configuration can replace it (section 12)."""

from dataclasses import replace

from tui.domain.task import Cost
from tui.providers.sdk.prices import Rates, TokenPrices, Usage

KNOWN_ON = "2026-11-28"
SEARCH_USD = 0.01  # $10 per 1,000 calls, the published price of 2025
_LONG_INPUT = 272_000  # tokens; a request above it costs more with gpt-6 models
_LONG = (2.0, 1.5)  # times the price of input, and of output
_TIERS = {"flex": 0.5, "batch": 0.5, "fast": 2.0, "priority": 2.0}  # times the price of tokens
_DATED = r"(?:-\d{4}-\d{2}-\d{2})?"
# Model without its date -> USD per million tokens: input, cached input at least and at most, output.
MODELS = {
    "gpt-6.2-astra": (8.0, 0.40, 0.40, 40.0),
    "gpt-6.2-sol": (2.0, 0.10, 0.20, 10.0),
    "gpt-6.1-sol": (2.0, 0.10, 0.20, 10.0),
    "gpt-6-sol": (2.0, 0.10, 0.20, 10.0),
    "gpt-6-astra": (10.0, 1.0, 1.0, 50.0),
    "gpt-6-luna": (0.10, 0.0, 0.10, 0.50),  # no price of cached input is published
    "gpt-5.6-sol": (4.0, 0.40, 0.40, 20.0),
    "gpt-5.6-terra": (2.0, 0.20, 0.20, 12.0),
    "gpt-5.6-luna": (0.20, 0.02, 0.02, 1.20),
    "gpt-5.5-pro": (30.0, 3.0, 3.0, 180.0),
    "gpt-5.4-pro": (30.0, 3.0, 3.0, 180.0),
}


def _table(cached: int, input_times: float = 1.0, output_times: float = 1.0) -> TokenPrices:
    """Return the table with the lower (1) or the higher (2) price of cached input."""
    rows = (
        Rates(
            name.replace(".", r"\.") + _DATED,
            row[0] * input_times,
            row[3] * output_times,
            row[cached] * input_times,
            KNOWN_ON,
        )
        for name, row in MODELS.items()
    )
    return TokenPrices(tuple(rows), {"web_search": SEARCH_USD})


def cost(usage: Usage, tier: str | None) -> Cost:
    """Return the cost of a run by the table, as a range where usage leaves one open.

    Whether a run with much input made one long request or many short ones is not told, so that is a range, too.
    """
    times = _TIERS.get(tier or "", 1.0)
    long = (usage.input or 0) > _LONG_INPUT and (usage.model or "").startswith("gpt-6")
    high_in, high_out = (times * factor for factor in (_LONG if long else (1.0, 1.0)))
    low = _table(1, times, times).cost("openai", usage)
    high = _table(2, high_in, high_out).cost("openai", usage)
    if low.amount is None or high.amount is None:
        return high
    least = low.amount if low.at_least is None else low.at_least
    return replace(high, at_least=least if least < high.amount else None)
