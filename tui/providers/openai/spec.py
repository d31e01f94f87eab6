"""OpenAI as data: endpoints, models, prices, and what it would refuse."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tui.domain.actions import Approve, Cancel, Delete
from tui.domain.capability import Capability
from tui.domain.detail import Json
from tui.domain.errors import BadKey, Forbidden, PaymentNeeded, Refused, Unavailable
from tui.domain.provider import Cadence, Draft, Mode, RefusalRule, Retention
from tui.domain.task import Cost
from tui.providers.openai.options import OPTIONS, check_together
from tui.providers.openai.prices import KNOWN_ON, MODELS
from tui.providers.sdk.draft_rules import as_list, without_nulls
from tui.providers.sdk.endpoints import ACTIVE, DELETE, GET, POST, Endpoints, Exchange, Stream
from tui.providers.sdk.spec import Bearer, ProviderSpec, Reference

DEFAULT_MODEL = "gpt-6.2-sol"
SOURCES = "web_search_call.action.sources"
_NOT_THERE = frozenset({400, 403, 404, 405, 410, 422, 501})  # a gateway or Azure may lack an endpoint


def create_body(draft: Draft) -> dict[str, Any]:
    """Return the request body: background, stored, with web search, summaries and search addresses.

    `store` is explicit, as monitored projects otherwise delete a response ten minutes after its end.
    """
    options = PROVIDER.body_options(draft)
    model = draft.mode or DEFAULT_MODEL
    search = options.pop("web_search", True) is not False
    tools = options.pop("tools", None)
    body: dict[str, Any] = {
        "model": model,
        "input": _input(draft.prompt, options.pop("files", None)),
        "background": True,
        "store": True,
        "tools": _tools(tools if isinstance(tools, list) else [], model, search=search),
        "reasoning": {"summary": "auto", **_object(options.pop("reasoning", None))},
        "include": [SOURCES, *as_list(options.pop("include", None))],
    }
    if draft.output_schema is not None:
        options["text"] = {**_object(options.get("text")), "format": _format(draft.output_schema)}
    if options.get("stream"):
        options["stream_options"] = {"include_obfuscation": False}
    return body | options


def _tools(tools: list[dict[str, Any]], model: str, *, search: bool) -> list[dict[str, Any]]:
    kind = "web_search_preview" if "deep-research" in model else "web_search"  # what each family of models takes
    found = next((one for one in tools if "search_context_size" in one or one["type"].startswith("web_search")), None)
    others = [one for one in tools if one is not found]
    if not search:
        return others
    made = {"type": kind} if found is None else found | ({"type": kind} if found["type"] == "web_search" else {})
    return [made, *others]


def _input(prompt: str, files: Json) -> Json:
    if not isinstance(files, list) or not files:
        return prompt
    parts: list[Json] = [{"type": "input_text", "text": prompt}]
    for one in map(str, files):
        place = "file_url" if one.lower().startswith(("https://", "http://")) else "file_id"
        parts.append({"type": "input_file", place: one})
    return [{"role": "user", "content": parts}]


def _format(schema: Mapping[str, Json]) -> dict[str, Json]:
    return {"type": "json_schema", "name": "report", "strict": _strict(schema), "schema": schema}


def _strict(schema: Json) -> bool:
    """Whether a schema can be strict: its objects require every member and allow no others."""
    if isinstance(schema, list | tuple):
        return all(map(_strict, schema))
    if not isinstance(schema, Mapping):
        return True
    members = schema.get("properties")
    if isinstance(members, Mapping):
        required = schema.get("required")
        complete = isinstance(required, list | tuple) and set(members) == set(map(str, required))
        return complete and schema.get("additionalProperties") is False and all(map(_strict, members.values()))
    return schema.get("type") != "object" and all(map(_strict, schema.values()))


def _object(value: Json) -> dict[str, Json]:
    return dict(value) if isinstance(value, Mapping) else {}


def _approval(action: Approve, remote_id: str, asked: object) -> dict[str, Any]:
    """Return the request that answers a tool request: a new response, which must repeat model and tools."""
    task = asked if isinstance(asked, Mapping) else {}
    answer = {"type": "mcp_approval_response", "approval_request_id": action.interaction_id, "approve": action.approved}
    if action.changes:
        answer["reason"] = action.changes
    repeated = {name: task[name] for name in ("instructions", "reasoning", "max_tool_calls") if task.get(name)}
    return {
        **{name: without_nulls(value) for name, value in repeated.items()},
        "model": task.get("model") or DEFAULT_MODEL,
        "previous_response_id": remote_id,
        "input": [answer],
        "tools": without_nulls(task.get("tools") or []),
        "background": True,
        "store": True,
        "include": [SOURCES],
    }


def number_of(_: str, data: Any) -> str | None:
    """Return the sequence number of an event, after which the stream can be resumed."""
    number = data.get("sequence_number") if isinstance(data, dict) else None
    return str(number) if isinstance(number, int) else None


def is_open(body: bytes) -> bool:
    """Whether enough of a new stream was read: closed before its first event, a run may stay queued for ever."""
    return b"response.in_progress" in body or b"response.output_item" in body


def _mode(name: str) -> Mode:
    read, _, _, written = MODELS[name]
    note = f"${read:g} in, ${written:g} out per million tokens, $10 per 1,000 searches"
    return Mode(name, Cost(), note, default=name == DEFAULT_MODEL, known_on=KNOWN_ON)


_WRONG_MODEL = "name another model; the brief is kept"
PROVIDER = ProviderSpec(
    name="openai",
    title="OpenAI",
    base_url="https://api.openai.com",
    key=Bearer("OPENAI_API_KEY"),
    headers={"OPENAI_ORG_ID": "OpenAI-Organization", "OPENAI_PROJECT_ID": "OpenAI-Project"},
    key_page="https://platform.openai.com/api-keys",
    reference=Reference(r"resp_(?:[\w+=-]|/(?![./]))+", ("platform.openai.com",)),  # gateways wrap ids in base64
    reader_class="tui.providers.openai.read:OpenAIReader",
    ended_words=frozenset({"completed"}),  # with a question in it: the answer makes another one
    endpoints=Endpoints(
        create=POST("responses", body=create_body, opening=is_open, on={404: RefusalRule(Refused, hint=_WRONG_MODEL)}),
        fetch=GET("responses", "{id}", query={"include[]": SOURCES}),
        account=GET("models"),
        more=(
            # The brief of a task that was started elsewhere stands nowhere else.
            Exchange(
                "input", GET("responses", "{id}", "input_items", query={"limit": "100"}), once=True, never=_NOT_THERE
            ),
            Exchange(
                "events",
                GET("responses", "{id}", query={"stream": "true", "include_obfuscation": "false"}),
                when=ACTIVE,
                never=_NOT_THERE,  # 400: it was not created with a stream
                stream=Stream(cursor=number_of, cursor_parameter="starting_after"),
            ),
        ),
        actions={
            Cancel: POST("responses", "{id}", "cancel"),
            Delete: DELETE("responses", "{id}"),
            Approve: POST(
                "responses",
                body=_approval,
                asks_first=True,
                starts=True,
                on={404: RefusalRule(Refused, hint=_WRONG_MODEL)},
            ),
        },
        assets=True,
    ),
    refusal_rules={
        "invalid_api_key": RefusalRule(BadKey),
        "insufficient_quota": RefusalRule(PaymentNeeded),
        (404, "model_not_found"): RefusalRule(Refused, hint=_WRONG_MODEL),
        (403, "model_not_found"): RefusalRule(Forbidden, hint="the project of this key may not use this model"),
        "previous_response_not_found": RefusalRule(Refused, hint="OpenAI keeps the earlier response no longer"),
        (409, "conversation_locked"): RefusalRule(Unavailable, changed=False),
    },
    cadence=Cadence(first=4.0, steady=10.0, idle=60.0),
    requests_per_second=2.0,
    modes=tuple(map(_mode, MODELS)),
    open_modes=True,
    service_options=OPTIONS,
    check_more=check_together,
    follows=lambda ids: {"previous_response_id": ids[-1]},
    retention=Retention(
        timedelta(days=30), "about 10 minutes in projects without storage, and where nothing asked for it"
    ),
    cannot={
        Capability.STOP: "OpenAI cannot end a task early and keep what it found; a cancelled one is emptied",
        Capability.STEER: "OpenAI takes no instructions here while a task runs; follow up when it has ended",
    },
)
