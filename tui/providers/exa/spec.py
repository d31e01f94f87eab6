"""Exa's Agent API as data: endpoints, efforts with their prices, options (exa.ai/docs/reference/agent-api).

`/research/v1` and its ids are gone since May 2026; only runs of the Agent API are known here.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tui.domain.actions import Cancel, Delete, Stop
from tui.domain.capability import Capability
from tui.domain.detail import Json
from tui.domain.errors import Forbidden, PaymentNeeded, RateLimited, Refused
from tui.domain.options import OptionKind, value_at
from tui.domain.provider import Cadence, Draft, Mode, RefusalRule
from tui.domain.task import Cost, CostKind
from tui.providers.sdk.draft_rules import Complaint, between, list_of, matching, text, texts_by_name, whole
from tui.providers.sdk.endpoints import DELETE, GET, POST, Endpoints, Exchange, Paging
from tui.providers.sdk.spec import HeaderKey, ProviderSpec, Reference, ServiceOption

KNOWN_ON = "2026-10-01"
METERED: Mapping[str, float] = {"auto": 5.0, "ultra": 20.0, "max": 20.0}
"""Efforts that are billed by use, and the cap in USD where the request sets none."""
_BETA = {"Exa-Beta": "agent-max-effort-2026-07-27"}  # wanted for effort max and for stop
_RUNS = ("agent", "runs")


def create_body(draft: Draft) -> dict[str, Any]:
    """Return the body that starts a run. The brief is `query`; `instructions` of the retired API is refused."""
    body: dict[str, Any] = {"query": draft.prompt}
    if draft.mode is not None:
        body["effort"] = draft.mode
    if draft.output_schema is not None:
        body["outputSchema"] = draft.output_schema
    return body | PROVIDER.body_options(draft)


def next_cursor(body: bytes) -> str | None:
    """Return the cursor of the next page of events."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    found = value.get("nextCursor") if isinstance(value, dict) else None
    return found if isinstance(found, str) and found else None


def cost_of(effort: str | None, cap: object = None) -> Cost:
    """Return the cost of a run of an effort: the fixed price, or at most the cap of a metered one."""
    effort = effort or "auto"
    if effort not in METERED:
        return PROVIDER.price_of(effort)
    limit = float(cap) if isinstance(cap, int | float) and not isinstance(cap, bool) else METERED[effort]
    return Cost(limit, "USD", CostKind.ESTIMATE, at_least=0.0)


def _cost(draft: Draft) -> Cost:
    return cost_of(draft.mode, value_at(draft.options, "budget.maxCostDollars"))


def _check_more(draft: Draft) -> Iterable[Complaint]:
    """Yield errors of several fields: a budget needs a metered effort, and a run continues at most one run."""
    if draft.options.get("budget") and (draft.mode or "auto") in {"minimal", "low", "medium", "high", "xhigh"}:
        yield "options.budget", f"effort {draft.mode} has a fixed price; a budget is for auto, ultra and max"
    earlier = draft.previous or draft.options.get("previous") or ()
    if isinstance(earlier, list | tuple) and len(earlier) > 1:
        yield "previous", "a run goes on from one earlier run"


def _data_sources(body: dict[str, Json], value: Json) -> None:
    body["dataSources"] = [{"provider": name} for name in value] if isinstance(value, list | tuple) else value


def _fixed(effort: str, dollars: float, note: str) -> Mode:
    return Mode(effort, Cost(dollars, "USD", CostKind.PRICE_LIST), note, known_on=KNOWN_ON)


def _metered(effort: str, note: str, *, default: bool = False) -> Mode:
    cost = Cost(METERED[effort], "USD", CostKind.ESTIMATE, at_least=0.0)
    return Mode(effort, cost, note, default=default, known_on=KNOWN_ON)


PROVIDER = ProviderSpec(
    name="exa",
    title="Exa",
    base_url="https://api.exa.ai",
    version="",
    key=HeaderKey("x-api-key", "EXA_API_KEY"),
    key_page="https://dashboard.exa.ai/api-keys",
    reference=Reference(r"agent_run_[A-Za-z0-9_.:-]{1,190}", ("exa.ai",)),
    reader_class="tui.providers.exa.read:ExaReader",
    endpoints=Endpoints(
        # Never with `Accept: text/event-stream`: that answer would last as long as the run.
        create=POST(*_RUNS, body=create_body, headers=lambda draft: _BETA if draft.mode == "max" else {}),
        fetch=GET(*_RUNS, "{id}"),
        # The list is the whole team's: runs of colleagues and of other programs are in it.
        list=GET(*_RUNS),
        paging=Paging(50, cursor_parameter="cursor", items=("data",), more="hasMore"),
        # Progress is only here. Teams with zero retention have no stored events.
        more=(
            Exchange(
                "events",
                GET(*_RUNS, "{id}", "events"),
                absent=frozenset({400, 403, 404, 405, 409, 410, 422}),
                cursor=next_cursor,
                cursor_parameter="cursor",
            ),
        ),
        actions={
            Cancel: POST(*_RUNS, "{id}", "cancel"),
            Stop: POST(*_RUNS, "{id}", "stop", headers=_BETA),
            Delete: DELETE(*_RUNS, "{id}"),
        },
    ),
    refusal_rules={
        "CONCURRENCY_LIMIT_REACHED": RefusalRule(
            RateLimited,
            "as many Exa runs are active as this account may have",
            hint="wait for one to end, or cancel one",
        ),
        "PREVIOUS_RUN_NOT_FOUND": RefusalRule(Refused, "Exa does not have the run that this one is to go on from"),
        "PREVIOUS_RUN_NOT_COMPLETED": RefusalRule(Refused, "the run that this one is to go on from has not completed"),
        "NO_MORE_CREDITS": RefusalRule(PaymentNeeded),
        "API_KEY_BUDGET_EXCEEDED": RefusalRule(PaymentNeeded, "the budget of this Exa key is used up"),
        "TEAM_BUDGET_EXCEEDED": RefusalRule(PaymentNeeded, "the budget of the Exa team is used up"),
        "FEATURE_DISABLED": RefusalRule(Forbidden, "Exa has not enabled this for the team; the key is good"),
        "PROHIBITED_CONTENT": RefusalRule(Refused, "Exa refuses this content; the key is good"),
    },
    cadence=Cadence(first=5.0, steady=10.0, idle=60.0),
    modes=(
        _fixed("minimal", 0.012, "seconds"),
        _fixed("low", 0.025, "seconds"),
        _fixed("medium", 0.10, "about a minute"),
        _fixed("high", 0.50, "minutes"),
        _fixed("xhigh", 1.00, "minutes"),
        _metered("auto", "metered, at most 5 dollars unless a budget says otherwise", default=True),
        _metered("ultra", "metered, up to 3 hours; beta, may be called max"),
        _metered("max", "metered, up to 3 hours; beta, may be called ultra"),
    ),
    open_modes=True,
    service_options=(
        ServiceOption("systemPrompt", "instructions", OptionKind.PROSE, "preferred sources, style"),
        ServiceOption(
            "budget.maxCostDollars", "spend at most", OptionKind.NUMBER, "1 to 100 dollars", rule=between(1, 100)
        ),
        ServiceOption(
            "budget.maxDurationSeconds",
            "seconds at most",
            OptionKind.NUMBER,
            "300 to 10,800; ultra",
            rule=whole(300, 10_800),
        ),
        ServiceOption(
            "dataSources",
            "data sources",
            OptionKind.LIST,
            "at most 5, billed apart: similarweb, fiber, financial_datasets, polymarket ...",
            rule=list_of(text(100), 5),
            wire=_data_sources,
        ),
        ServiceOption("input.data", "rows", OptionKind.JSON, "rows to complete: a list of objects"),
        ServiceOption("input.exclusion", "left out", OptionKind.JSON, "rows not to find again: a list of objects"),
        ServiceOption("metadata", "metadata", OptionKind.JSON, "names with texts, given back", rule=texts_by_name),
        ServiceOption(
            "userIdentifier",
            "user",
            OptionKind.TEXT,
            "1 to 64 letters, digits, _ and -",
            rule=matching(r"[A-Za-z0-9_-]{1,64}", "must be 1 to 64 letters, digits, _ or -"),
        ),
    ),
    check_more=_check_more,
    cost=_cost,
    follows=lambda ids: {"previousRunId": ids[-1]},
    cannot={Capability.ACCOUNT: "Exa tells credits only on its web page"},
)
