"""Gemini as data: the deep research agents of the Interactions API."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tui.domain.actions import Approve, Cancel, Delete
from tui.domain.capability import Capability
from tui.domain.errors import BadKey, PaymentNeeded, RateLimited, Refused
from tui.domain.provider import Cadence, Draft, Mode, RefusalRule, Retention
from tui.domain.task import Cost, CostKind
from tui.providers.gemini.options import OPTIONS, check_together, is_model, settle
from tui.providers.sdk.endpoints import ACTIVE, DELETE, GET, POST, Endpoints, Exchange, Stream
from tui.providers.sdk.spec import HeaderKey, ProviderSpec, Reference

DEFAULT_AGENT = "deep-research-preview-04-2026"
KNOWN_ON = "2026-11-28"
CONSENT = "The plan is good. Please start."
_RUN = {"background": True, "store": True}  # agents run in no other way (section 3)


def create_body(draft: Draft) -> dict[str, Any]:
    """Return the body that starts an interaction with an agent, or with a model for a quick question.

    Without `thinking_summaries` an agent tells no progress at all, so it is asked for.
    """
    name = draft.mode or DEFAULT_AGENT
    options = PROVIDER.body_options(draft)
    documents = options.pop("input", None)
    said = [{"type": "text", "text": draft.prompt}]
    body: dict[str, Any] = {"input": [*said, *documents] if isinstance(documents, list) else draft.prompt}
    settle(options, agent=not is_model(name))
    if is_model(name):
        if draft.output_schema is not None:
            schema = {"type": "text", "mime_type": "application/json", "schema": draft.output_schema}
            body["response_format"] = schema
        return {"model": name} | body | options
    given = options.pop("agent_config", None)
    usual = {"type": "deep-research", "thinking_summaries": "auto"}
    config = {**usual, **(given if isinstance(given, Mapping) else {})}
    return {"agent": name} | body | _RUN | {"agent_config": config} | options


def approval(action: Approve, remote_id: str) -> dict[str, Any]:
    """Return the request that answers a plan: research by it, or a new plan with changes (section 9).

    Both are new interactions. The checkpoint's id is the agent's name: a plan is carried out by the agent that made it.
    """
    changes = action.changes.strip()
    again = not action.approved
    config = {"type": "deep-research", "thinking_summaries": "auto", "collaborative_planning": again}
    agent = action.interaction_id if "deep-research" in action.interaction_id else DEFAULT_AGENT
    return (
        {"agent": agent, "input": changes or CONSENT, "previous_interaction_id": remote_id}
        | _RUN
        | {"agent_config": config}
    )


def check_approval(action: Approve) -> str | None:
    """Return why a plan cannot be refused: one that nobody answers is never carried out."""
    if action.approved or action.changes.strip():
        return None
    return "Gemini has nothing to refuse: say what to change in the plan, or leave it"


def cost_at_most(draft: Draft) -> Cost:
    """Return the vendor's figure for the agent; unknown for a plan alone, whose price is not published."""
    planned = draft.options.get("collaborative_planning") is True
    return Cost() if planned else PROVIDER.price_of(draft.mode or DEFAULT_AGENT)


def _band(least: float, most: float) -> Cost:
    """Return the vendor's own range per task; no token prices are published for agents (section 12)."""
    return Cost(most, "USD", CostKind.ESTIMATE, at_least=least)


def _last_seen(_: str, data: Any) -> str | None:
    """Return the id of a frame, from which a stream can be resumed; None if it has none (section 7)."""
    found = data.get("event_id") if isinstance(data, dict) else None
    return found if isinstance(found, str) and found else None


_BAD_KEY = RefusalRule(BadKey, changed=False)
_STREAM = Stream(cursor=_last_seen, cursor_parameter="last_event_id")
PROVIDER = ProviderSpec(
    name="gemini",
    title="Gemini",
    base_url="https://generativelanguage.googleapis.com",
    version="v1beta",  # the guides; one SDK says v1, which can be configured
    base_url_variable="GOOGLE_GEMINI_BASE_URL",
    key=HeaderKey("x-goog-api-key", "GOOGLE_API_KEY", "GEMINI_API_KEY"),  # in the vendor's own order
    key_page="https://aistudio.google.com/apikey",
    reference=Reference(r"v1_[A-Za-z0-9_-]{8,250}={0,2}", ("generativelanguage.googleapis.com", "aistudio.google.com")),
    reader_class="tui.providers.gemini.read:GeminiReader",
    ended_words=frozenset({"completed"}),  # with a question in it: the answer makes another one
    endpoints=Endpoints(
        # A model answers with the whole text, which takes a minute or more.
        create=POST(
            "interactions",
            body=create_body,
            seconds=180,
            on={(404, "NOT_FOUND"): RefusalRule(Refused, hint="the agent may have been retired: name another mode")},
        ),
        fetch=GET("interactions", "{id}"),
        # While it runs, progress stands in the stream only, or in the steps as well (section 7).
        more=(
            Exchange(
                "events",
                GET("interactions", "{id}", query={"stream": "true"}),
                when=ACTIVE,
                stream=_STREAM,
                absent=frozenset({400, 404, 405, 408, 409, 410, 425, 501}),
            ),
        ),
        actions={
            Cancel: POST("interactions", "{id}", "cancel"),
            Delete: DELETE("interactions", "{id}"),
            Approve: POST("interactions", body=approval, check=check_approval, starts=True),
        },
    ),
    # A wrong key is 400 here; a form of the answer exists that says so in words alone (section 12).
    refusal_rules={
        (400, "API_KEY_INVALID"): _BAD_KEY,
        (400, re.compile(r"API key (?:not valid|not found|expired)", re.IGNORECASE)): _BAD_KEY,
        (429, re.compile(r'"quotaId"\s*:\s*"[^"]*PerDay')): RefusalRule(
            RateLimited, "this project's Gemini quota of the day is used up", hint="it begins anew tomorrow", wait=3600
        ),
        (400, "BILLING_DISABLED"): RefusalRule(PaymentNeeded),
        (403, "BILLING_DISABLED"): RefusalRule(PaymentNeeded),
        "conflict": RefusalRule(Refused, "this interaction is not running any more", changed=False),
    },
    cadence=Cadence(first=10.0, steady=10.0, idle=300.0),  # the guide's interval
    modes=(
        Mode(DEFAULT_AGENT, _band(1.0, 3.0), "about 80 searches, minutes", default=True, known_on=KNOWN_ON),
        Mode("deep-research-max-preview-04-2026", _band(3.0, 7.0), "about 160 searches", known_on=KNOWN_ON),
        Mode("deep-research-pro-preview-12-2025", Cost(), "older", known_on=KNOWN_ON),
    ),
    open_modes=True,  # other agents, and models for a quick question about a report
    service_options=OPTIONS,
    check_more=check_together,
    cost=cost_at_most,
    cannot={
        Capability.STEER: "Gemini takes no instructions while an interaction runs; a plan can be asked for first",
    },
    retention=Retention(timedelta(days=1), "on the free tier; 55 days are told of paid projects"),
    follows=lambda ids: {"previous_interaction_id": ids[-1]},
)
