"""Perplexity as data: the Agent API with background runs."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from tui.domain.actions import Approve, Cancel, Respond, RespondJson
from tui.domain.capability import Capability
from tui.domain.detail import Json
from tui.domain.errors import Refused
from tui.domain.options import OptionKind
from tui.domain.provider import Cadence, Draft, Mode, RefusalRule
from tui.domain.task import Cost
from tui.providers.perplexity.questions import approve, check_results, respond, respond_json
from tui.providers.sdk.draft_rules import Complaint, day, list_of, text, whole
from tui.providers.sdk.endpoints import GET, POST, Endpoints
from tui.providers.sdk.spec import Bearer, ProviderSpec, Reference, ServiceOption, put

_ASKED = "2026-11-28"
_MOST_HOSTS, _MOST_MODELS, _MOST_STEPS = 20, 5, 100
_TIERS = frozenset({"preset", "effort", "model", "models"})  # one of them must be in a request
_OF_SEARCH = ("domains", "recency", "after", "before", "context")
_RESEARCH_TOOLS = ("web_search", "fetch_url")


def create_body(draft: Draft) -> dict[str, Any]:
    """Return the body that starts a run in the background.

    A mode with a slash is a model. A model alone need not search, so it gets the tools of research; presets have them.
    """
    body: dict[str, Any] = {"input": draft.prompt, "background": True} | PROVIDER.body_options(draft)
    mode = draft.mode or (None if body.keys() & _TIERS else PROVIDER.default_mode)
    if mode is not None and "effort" not in body:
        body.setdefault("model" if "/" in mode else "preset", mode)
    if not body.keys() & {"preset", "effort"}:
        _add_tools(body)
    if draft.output_schema is not None:
        schema = {"name": "report", "schema": draft.output_schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


def _add_tools(body: dict[str, Json]) -> None:
    """Add the tools of research to a request that names none of them."""
    given = body.get("tools")
    tools = [*given] if isinstance(given, list) else []
    named = {tool.get("type") for tool in tools if isinstance(tool, dict)}
    body["tools"] = [*tools, *({"type": name} for name in _RESEARCH_TOOLS if name not in named)]


def _in_search(place: str) -> Any:
    """Set an option of the `web_search` tool; a list of tools replaces the preset's, so both are listed."""

    def wire(body: dict[str, Json], value: Json) -> None:
        _add_tools(body)
        tools = body["tools"]
        assert isinstance(tools, list)
        search = next(tool for tool in tools if isinstance(tool, dict) and tool.get("type") == "web_search")
        put(search, place, _american(value) if place.endswith("_date_filter") else value)

    return wire


def _american(value: Json) -> Json:
    """Return a date in the service's format: 03/31/2026."""
    try:
        return date.fromisoformat(str(value)).strftime("%m/%d/%Y")
    except ValueError:
        return value


def _hosts(value: Json) -> str | None:
    """Return the hosts to search or, each with a minus, to exclude; never both."""
    trouble = list_of(text(), _MOST_HOSTS, "host", "hosts")(value)
    if trouble or not isinstance(value, list | tuple):
        return trouble
    left_out = sum(str(host).startswith("-") for host in value)
    return "mixes hosts to search with hosts to leave out (-host)" if 0 < left_out < len(value) else None


def _language(value: Json) -> str | None:
    return None if isinstance(value, str) and re.fullmatch(r"[a-z]{2}", value) else "must be two letters: de"


def _check(draft: Draft) -> Iterable[Complaint]:
    models = draft.options.get("models")
    named = [draft.mode, draft.options.get("model"), *(models if isinstance(models, list | tuple) else ())]
    anthropic = any(isinstance(name, str) and name.startswith("anthropic/") for name in named)
    if anthropic and draft.options.get("max_output_tokens") is None:
        yield "options.max_output_tokens", "is needed with models of anthropic"
    if draft.options.get("tools") is not None:
        for name in _OF_SEARCH:
            if draft.options.get(name) is not None:
                yield f"options.{name}", "belongs into the list of tools that is given"


_UNPRICED = Cost()  # tokens and tools of a run have no published bound; what it cost is told at its end
PROVIDER = ProviderSpec(
    name="perplexity",
    title="Perplexity",
    base_url="https://api.perplexity.ai",
    key=Bearer("PERPLEXITY_API_KEY", "PPLX_API_KEY"),
    key_page="https://console.perplexity.ai",
    reference=Reference(r"resp_[0-9A-Za-z][0-9A-Za-z-]{7,80}", ("perplexity.ai",)),
    reader_class="tui.providers.perplexity.read:PerplexityReader",
    ended_words=frozenset({"completed"}),  # with a question in it: the answer makes another one
    endpoints=Endpoints(
        create=POST("agent", body=create_body),
        fetch=GET("agent", "{id}"),
        actions={
            Cancel: POST(
                "agent",
                "{id}",
                "cancel",
                on={
                    400: RefusalRule(
                        Refused,
                        "Perplexity did not cancel it: it has ended already, or Perplexity does not know it",
                        hint="the next look at the task tells which",
                        changed=False,
                    )
                },
            ),
            # An answer is a new run; which preset and tools it has is read from this one.
            Approve: POST("agent", body=approve, asks_first=True, starts=True),
            Respond: POST("agent", body=respond, check=check_results, asks_first=True, starts=True),
            RespondJson: POST("agent", body=respond_json, asks_first=True, starts=True),
        },
        assets=True,
    ),
    cadence=Cadence(first=5.0, steady=15.0, idle=60.0),
    modes=(
        Mode("fast", _UNPRICED, "seconds; one search", known_on=_ASKED),
        Mode("low", _UNPRICED, "5 to 30 s; measured $0.003 to $0.012", known_on=_ASKED),
        Mode("medium", _UNPRICED, "12 to 94 s; measured $0.006 to $0.057", known_on=_ASKED),
        Mode("high", _UNPRICED, "minutes; deep research; measured about $0.32", default=True, known_on=_ASKED),
        Mode("xhigh", _UNPRICED, "minutes; the deepest", known_on=_ASKED),
        Mode("wide-research", _UNPRICED, "many things in parallel", known_on=_ASKED),
    ),
    open_modes=True,
    default_mode="high",
    service_options=(
        ServiceOption(
            "domains",
            "domains",
            OptionKind.LIST,
            "hosts to search, or -host to leave out",
            rule=_hosts,
            wire=_in_search("filters.search_domain_filter"),
        ),
        ServiceOption(
            "recency",
            "not older than",
            OptionKind.CHOICE,
            "age of pages",
            ("hour", "day", "week", "month", "year"),
            wire=_in_search("filters.search_recency_filter"),
        ),
        ServiceOption(
            "after",
            "published after",
            OptionKind.TEXT,
            "2026-03-31",
            rule=day,
            wire=_in_search("filters.search_after_date_filter"),
        ),
        ServiceOption(
            "before",
            "published before",
            OptionKind.TEXT,
            "2026-03-31",
            rule=day,
            wire=_in_search("filters.search_before_date_filter"),
        ),
        ServiceOption(
            "context",
            "search context",
            OptionKind.CHOICE,
            "how much of each page is read",
            ("low", "medium", "high"),
            wire=_in_search("search_context_size"),
        ),
        ServiceOption("max_steps", "steps at most", OptionKind.NUMBER, "1 to 100", rule=whole(1, _MOST_STEPS)),
        ServiceOption("max_output_tokens", "tokens at most", OptionKind.NUMBER, "of the answer", rule=whole(1)),
        ServiceOption("language_preference", "language", OptionKind.TEXT, "two letters: de", rule=_language),
        ServiceOption("instructions", "instructions", OptionKind.PROSE, "how to work and write"),
        ServiceOption(
            "models",
            "models",
            OptionKind.LIST,
            "tried in this order: openai/gpt-6.1-sol",
            rule=list_of(text(), _MOST_MODELS, "model", "models"),
        ),
        ServiceOption(
            "effort", "effort", OptionKind.TEXT, "the newer word for a preset; it wins over the mode", hidden=True
        ),
        ServiceOption("preset", "preset", OptionKind.TEXT, "", hidden=True),
        ServiceOption("model", "model", OptionKind.TEXT, "", hidden=True),
        ServiceOption("reasoning", "reasoning", OptionKind.JSON, "", hidden=True),
        ServiceOption("service_tier", "service tier", OptionKind.TEXT, "", hidden=True),
        ServiceOption("tools", "tools", OptionKind.JSON, "", hidden=True),
        ServiceOption("tool_choice", "tool choice", OptionKind.JSON, "", hidden=True),
        ServiceOption("store", "store", OptionKind.FLAG, "", hidden=True),
        ServiceOption("temperature", "temperature", OptionKind.JSON, "", hidden=True),
        ServiceOption("top_p", "top p", OptionKind.JSON, "", hidden=True),
    ),
    check_more=_check,
    cannot={
        Capability.DELETE: "Perplexity keeps its responses; they can only be hidden here",
    },
    follows=lambda ids: {"previous_response_id": ids[-1]},
)
