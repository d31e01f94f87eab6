"""OpenAI's options of a new task, the most used ones first, and limits across several (section 3)."""

from collections.abc import Iterable, Mapping
from typing import Any

from tui.domain.detail import Json
from tui.domain.options import OptionKind, value_at
from tui.domain.provider import Draft
from tui.providers.sdk.draft_rules import Complaint, list_of, text, whole
from tui.providers.sdk.spec import ServiceOption, Wire, put

_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_WINDOWS = ("soonest", "2h", "8h")
_MOST_PAIRS, _LONGEST_NAME, _LONGEST_VALUE = 16, 64, 512


def tool(body: dict[str, Json], kind: str) -> dict[str, Json]:
    """Return the tool of a kind in a request body, added if missing."""
    listed = body.setdefault("tools", [])
    assert isinstance(listed, list)
    found = next((one for one in listed if one["type"] == kind), None)
    if found is None:
        found = {"type": kind}
        listed.append(found)
    return found


def _search(place: str) -> Wire:
    def wire(body: dict[str, Json], value: Json) -> None:
        one = tool(body, "web_search")
        put(one, place, value)
        if place.startswith("user_location."):
            put(one, "user_location.type", "approximate")

    return wire


def _web_search(body: dict[str, Json], on: Json) -> None:
    body["web_search"] = on  # taken out again when the body is put together


def _code(body: dict[str, Json], on: Json) -> None:
    if on:
        tool(body, "code_interpreter")["container"] = {"type": "auto"}


def _stores(body: dict[str, Json], ids: Json) -> None:
    tool(body, "file_search")["vector_store_ids"] = ids


def _servers(body: dict[str, Json], servers: Json) -> None:
    listed = body.setdefault("tools", [])
    assert isinstance(listed, list)
    listed += [{"type": "mcp", **one} for one in (servers if isinstance(servers, list | tuple) else [servers])]  # type: ignore[dict-item]


def _server(value: Json) -> str | None:
    fine = (
        isinstance(value, Mapping)
        and value.get("server_label")
        and (value.get("server_url") or "connector_id" in value)
    )
    return None if fine else "must be an object with server_label and server_url"


def _mcp(value: Json) -> str | None:
    return _server(value) if isinstance(value, Mapping) else list_of(_server)(value)


def _metadata(value: Json) -> str | None:
    if not isinstance(value, Mapping):
        return "must be an object"
    if len(value) > _MOST_PAIRS:
        return f"has {len(value)} pairs; at most {_MOST_PAIRS}"
    for name, one in value.items():
        if len(name) > _LONGEST_NAME or not isinstance(one, str) or len(one) > _LONGEST_VALUE:
            return f"takes names of at most {_LONGEST_NAME} and texts of at most {_LONGEST_VALUE} characters"
    return None


OPTIONS = (
    ServiceOption("reasoning.effort", "effort", OptionKind.CHOICE, "not every model takes every word", _EFFORTS),
    ServiceOption(
        "max_tool_calls", "tool calls", OptionKind.NUMBER, "at most; further ones are ignored", rule=whole(1)
    ),
    ServiceOption(
        "max_output_tokens",
        "output tokens",
        OptionKind.NUMBER,
        "at most, with reasoning; too few end without text",
        rule=whole(1),
    ),
    ServiceOption(
        "search.allowed_domains",
        "only hosts",
        OptionKind.LIST,
        "with their subdomains",
        wire=_search("filters.allowed_domains"),
    ),
    ServiceOption(
        "search.context_size",
        "search context",
        OptionKind.CHOICE,
        "medium if not set",
        ("low", "medium", "high"),
        wire=_search("search_context_size"),
    ),
    ServiceOption(
        "search.country",
        "country",
        OptionKind.TEXT,
        "two letters; US if not set",
        wire=_search("user_location.country"),
    ),
    ServiceOption("search.region", "region", OptionKind.TEXT, "of the searches", wire=_search("user_location.region")),
    ServiceOption("search.city", "city", OptionKind.TEXT, "of the searches", wire=_search("user_location.city")),
    ServiceOption(
        "search.timezone", "time zone", OptionKind.TEXT, "Europe/Vienna", wire=_search("user_location.timezone")
    ),
    ServiceOption(
        "search.live", "live pages", OptionKind.FLAG, "off: OpenAI's copies only", wire=_search("external_web_access")
    ),
    ServiceOption(
        "search.on", "web search", OptionKind.FLAG, "on if not set; off answers from memory", wire=_web_search
    ),
    ServiceOption("instructions", "instructions", OptionKind.PROSE, "how to work; not taken along by follow-ups"),
    ServiceOption("code_interpreter", "run code", OptionKind.FLAG, "Python in a container; may make files", wire=_code),
    ServiceOption("vector_stores", "vector stores", OptionKind.LIST, "ids to search, vs_...", wire=_stores),
    ServiceOption(
        "mcp", "MCP servers", OptionKind.JSON, '[{"server_label": ..., "server_url": ...}]', rule=_mcp, wire=_servers
    ),
    ServiceOption(
        "files",
        "files",
        OptionKind.LIST,
        "file-... ids or https addresses",
        wire=lambda body, files: body.update(files=files),
    ),
    ServiceOption("text.verbosity", "length", OptionKind.CHOICE, "medium if not set", ("low", "medium", "high")),
    ServiceOption(
        "reasoning.summary",
        "summaries",
        OptionKind.CHOICE,
        "of the reasoning; auto if not set",
        ("auto", "concise", "detailed"),
    ),
    ServiceOption(
        "background_options.completion_window",
        "window",
        OptionKind.CHOICE,
        "later is cheaper; without live progress",
        _WINDOWS,
    ),
    ServiceOption("service_tier", "tier", OptionKind.TEXT, "auto, default, flex, priority, ..."),
    ServiceOption(
        "stream",
        "live progress",
        OptionKind.FLAG,
        "events while it runs; the id comes with the first one, which a proxy may hold back",
    ),
    ServiceOption("tool_choice", "tool choice", OptionKind.CHOICE, "required forces a search", ("auto", "required")),
    ServiceOption("metadata", "metadata", OptionKind.JSON, "16 pairs of texts", rule=_metadata),
    ServiceOption("safety_identifier", "user hash", OptionKind.TEXT, "", rule=text(128), hidden=True),
    ServiceOption("include", "include", OptionKind.LIST, "further parts of the answer", hidden=True),
    ServiceOption(
        "search.tool", "search tool", OptionKind.TEXT, "web_search_preview at Azure", wire=_search("type"), hidden=True
    ),
)


def check_together(draft: Draft) -> Iterable[Complaint]:
    """Yield the errors of options that are valid by themselves."""
    options = draft.options
    window = value_at(options, "background_options.completion_window")
    if options.get("stream") is True and window not in {None, "soonest"}:
        yield "options.stream", "live progress and a later completion window exclude each other"
    if len(draft.previous) > 1:
        yield "previous", "OpenAI goes on from one response"
    if "deep-research" in (draft.mode or ""):
        tools: dict[str, Any] = {"vector_stores": options.get("vector_stores"), "mcp": options.get("mcp")}
        if value_at(options, "search.on") is False and not any(tools.values()):
            yield "options.search.on", "deep-research models need web search, vector stores or an MCP server"
