"""What a task cost, in every way in which services tell it or leave it out."""

from importlib import import_module
from typing import Any

import pytest

from tests.providers.saying import read
from tests.providers.test_kinds import Object, exa, gemini, message, openai, parallel, perplexity, tavily, you
from tui.domain.task import Cost, CostKind
from tui.providers.sdk.json import indented

E, LIST, REPORTED, CREDITS = CostKind.ESTIMATE, CostKind.PRICE_LIST, CostKind.REPORTED, CostKind.CREDITS
SEARCH = {"type": "web_search_call", "status": "completed", "action": {"type": "search", "query": "q"}}
OPEN = {"type": "web_search_call", "status": "completed", "action": {"type": "open_page", "url": "https://a.example"}}
TEXT = message("Done.")


def usage(read_tokens: int, cached: int | None, written: int) -> Object:
    details = None if cached is None else {"cached_tokens": cached}
    return {"input_tokens": read_tokens, "input_tokens_details": details, "output_tokens": written}


def run(model: str, used: Object | None, *items: Object, **more: Any) -> Object:
    return openai([*items, TEXT], model=model, usage=used, **({"tool_usage": None} | more))


COSTS: dict[str, tuple[str, Object, Cost]] = {
    "openai: cached input at its own price": (
        "openai",
        run("gpt-6.2-astra", usage(100_000, 50_000, 1_000)),
        Cost(0.46, "USD", E, (("input", 0.42), ("output", 0.04))),
    ),
    "openai: two published prices of cached input are a range": (
        "openai",
        run("gpt-6.2-sol", usage(100_000, 50_000, 0)),
        Cost(0.11, "USD", E, (("input", 0.11), ("output", 0.0)), 0.105),
    ),
    "openai: searches that are told are billed each": (
        "openai",
        run("gpt-6.2-astra", usage(0, None, 0), SEARCH, tool_usage={"web_search": {"num_requests": 7}}),
        Cost(0.07, "USD", E, (("input", 0.0), ("output", 0.0), ("web search", 0.07))),
    ),
    "openai: searches that are not told are at most those that were made; opening a page is none": (
        "openai",
        run("gpt-6.2-astra", usage(0, None, 0), SEARCH, SEARCH, OPEN),
        Cost(0.02, "USD", E, (("input", 0.0), ("output", 0.0), ("web search", 0.02)), 0.0),
    ),
    "openai: long input costs up to twice as much": (
        "openai",
        run("gpt-6-astra", usage(300_000, None, 100_000)),
        Cost(13.5, "USD", E, (("input", 6.0), ("output", 7.5)), 8.0),
    ),
    "openai: a dated name of a model": (
        "openai",
        run("gpt-5.6-luna-2026-07-30", usage(1_000_000, 0, 1_000_000)),
        Cost(1.4, "USD", E, (("input", 0.2), ("output", 1.2))),
    ),
    "openai: nothing is told after a cancel": ("openai", run("gpt-6-sol", None, status="cancelled"), Cost()),
    "gemini: the vendor's band for an agent": ("gemini", gemini("Done."), Cost(7.0, "USD", E, (), 3.0)),
    "gemini: an agent that failed": ("gemini", gemini("", "failed", errors=[{"message": "x"}]), Cost()),
    "gemini: a model has no published price here": ("gemini", gemini("Done.", agent=None, model="gemini-3"), Cost()),
    "perplexity: the total as told, parts beside it": (
        "perplexity",
        perplexity(
            TEXT,
            usage={
                "cost": {
                    "currency": "USD",
                    "input_cost": 0.01,
                    "cache_read_cost": 0.002,
                    "tool_calls_cost": 0.1,
                    "total_cost": 0.112,
                }
            },
        ),
        Cost(0.112, "USD", REPORTED, (("input", 0.01), ("cache read", 0.002), ("tool calls", 0.1))),
    ),
    "perplexity: tokens alone are no cost": ("perplexity", perplexity(TEXT, usage={"input_tokens": 5}), Cost()),
    "perplexity: nothing was charged": (
        "perplexity",
        perplexity(TEXT, usage={"cost": {"total_cost": 0}}),
        Cost(0.0, "USD", REPORTED),
    ),
    "parallel: by processor, also of the fast kind": ("parallel", parallel(None), Cost(0.025, "USD", LIST)),
    "parallel: a processor without a price": ("parallel", parallel(None, processor="nova"), Cost()),
    "exa: billed parts and data sources": (
        "exa",
        exa(
            "One.\nTwo.",
            costDollars={"total": 1.2, "agentCompute": 0.5, "search": 0.1, "emails": 0, "dataSources": {"fiber": 0.6}},
        ),
        Cost(1.2, "USD", REPORTED, (("agent compute", 0.5), ("search", 0.1), ("fiber", 0.6))),
    ),
    "exa: while it runs, nothing up to the cap": (
        "exa",
        exa(
            "",
            status="running",
            costDollars={"total": 0.4},
            request={"query": "q", "effort": "auto", "budget": {"maxCostDollars": 3}},
        ),
        Cost(3.0, "USD", E, (), 0.0),
    ),
    "exa: a fixed effort has its price from the beginning": (
        "exa",
        exa("", status="queued", request={"query": "q", "effort": "low"}),
        Cost(0.025, "USD", LIST),
    ),
    "exa: a cancelled run bills what was used": (
        "exa",
        exa("", status="cancelled", costDollars={"total": 0.07}),
        Cost(0.07, "USD", REPORTED),
    ),
    "tavily: credits as told": ("tavily", tavily("Done.", usage={"credits": 31.5}), Cost(31.5, "credits", CREDITS)),
    "tavily: by model, as a range": ("tavily", tavily("Done.", model="mini"), Cost(110.0, "credits", LIST, (), 4.0)),
    "tavily: neither": ("tavily", tavily("Done."), Cost(unit="credits")),
    "you: by effort": ("you", you("Done."), Cost(1.2, "USD", LIST)),
    "you: the default effort": (
        "you",
        you("Done.", input={"input": "q", "research_effort": None}),
        Cost(0.05, "USD", LIST),
    ),
}


@pytest.mark.parametrize("name", COSTS)
def test_a_cost_is_what_its_row_says(name: str) -> None:
    service, body, cost = COSTS[name]
    found = read(import_module(f"tui.providers.{service}.spec").PROVIDER, indented(body).encode()).task.cost
    assert (found.amount, found.at_least, found.unit, found.kind) == (cost.amount, cost.at_least, cost.unit, cost.kind)
    assert found.parts == cost.parts
