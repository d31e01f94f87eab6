"""Gemini's options of a new task, their wire form, and limits across several of them (section 3)."""

import re
from collections.abc import Iterator, Mapping

from tui.domain.detail import Json
from tui.domain.options import OptionKind
from tui.domain.provider import Draft
from tui.providers.sdk.draft_rules import Complaint, an_object, as_list, list_of, object_of, text, web
from tui.providers.sdk.spec import ServiceOption

USUAL_TOOLS = ("google_search", "url_context", "code_execution")
"""What an agent has by itself; a list in the request takes their place."""
_MORE_TOOLS = "more tools"  # gathered under a name that no request has
_MODEL = re.compile(r"(?:models/)?(?:gemini|gemma)-(?!.*deep-research).*", re.IGNORECASE)


def is_model(name: str) -> bool:
    """Whether a mode is a plain model; every other one is an agent."""
    return _MODEL.fullmatch(name) is not None


def _tool(value: Json) -> str | None:
    kind = value.get("type") if isinstance(value, Mapping) else value
    if not isinstance(kind, str) or not kind:
        return "must be the name of a tool, or an object with its type"
    return "must be no function of one's own: the agent takes none" if kind == "function" else None


def _labels(value: Json) -> str | None:
    if not isinstance(value, Mapping):
        return "must map names to texts"
    fine = all(isinstance(item, str) and len(item) <= 63 and len(name) <= 63 for name, item in value.items())
    fine = fine and all(f"{name}{item}" == f"{name}{item}".lower() for name, item in value.items())
    return None if fine else "must have names and texts in lower case, at most 63 characters each"


def _documents(body: dict[str, Json], value: Json) -> None:
    """Return documents in their wire form; they join the text in `input`."""
    _add(body, "input", [_document(one) for one in as_list(value)])


def _document(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {"type": "document", "data": value.get("base64"), "mime_type": value.get("media_type")}
    kind = {"mime_type": "application/pdf"} if str(value).lower().endswith(".pdf") else {}
    return {"type": "document", "uri": value, **kind}


def _tools(body: dict[str, Json], value: Json) -> None:
    _add(body, "tools", [{"type": one} if isinstance(one, str) else one for one in as_list(value)])


def _stores(body: dict[str, Json], value: Json) -> None:
    _add(body, _MORE_TOOLS, [{"type": "file_search", "file_search_store_names": [*as_list(value)]}])


def _servers(body: dict[str, Json], value: Json) -> None:
    _add(body, _MORE_TOOLS, [{"type": "mcp_server", **one} for one in as_list(value) if isinstance(one, Mapping)])


def _add(body: dict[str, Json], member: str, entries: list[Json]) -> None:
    body[member] = [*as_list(body.get(member)), *entries]


def settle(body: dict[str, Json], *, agent: bool) -> None:
    """Add the further tools to the chosen ones; for an agent without chosen tools, to its usual ones."""
    if more := as_list(body.pop(_MORE_TOOLS, None)):
        usual: list[Json] = [{"type": name} for name in USUAL_TOOLS] if agent else []
        body["tools"] = [*(as_list(body.get("tools")) or usual), *more]


_SERVER = {"name": text(), "url": web, "headers": an_object, "allowed_tools": list_of(text())}
OPTIONS = (
    ServiceOption(
        "collaborative_planning",
        "plan first",
        OptionKind.FLAG,
        "answers with a plan, which waits for your approval",
        wire="agent_config.collaborative_planning",
    ),
    ServiceOption(
        "tools",
        "only these tools",
        OptionKind.CHOICES,
        "web search, web pages and code if not set",
        USUAL_TOOLS,
        rule=list_of(_tool, noun="tool", nouns="tools"),
        wire=_tools,
    ),
    ServiceOption("documents", "documents", OptionKind.FILES, "files to read (PDF, CSV, office)", wire=_documents),
    ServiceOption(
        "document_uris",
        "documents on the web",
        OptionKind.LIST,
        "addresses of files to read",
        rule=list_of(web, noun="address", nouns="addresses"),
        wire=_documents,
    ),
    ServiceOption(
        "file_search_store_names",
        "file stores",
        OptionKind.LIST,
        "stores to search beside the web: fileSearchStores/NAME",
        wire=_stores,
    ),
    ServiceOption(
        "mcp_servers",
        "MCP servers",
        OptionKind.JSON,
        '[{"name": "x", "url": "https://..."}]',
        rule=list_of(object_of(_SERVER, ("name", "url")), noun="server", nouns="servers"),
        wire=_servers,
    ),
    ServiceOption(
        "visualization",
        "pictures",
        OptionKind.CHOICE,
        "auto draws charts where the brief asks for them",
        ("auto", "off"),
        wire="agent_config.visualization",
    ),
    ServiceOption(
        "thinking_summaries",
        "reasoning",
        OptionKind.CHOICE,
        "auto if not set; with none there is no progress to show",
        ("auto", "none"),
        wire="agent_config.thinking_summaries",
    ),
    ServiceOption(
        "enable_bigquery_tool", "BigQuery", OptionKind.FLAG, "of your project", wire="agent_config.enable_bigquery_tool"
    ),
    ServiceOption(
        "service_tier",
        "service tier",
        OptionKind.CHOICE,
        "standard if not set",
        ("flex", "standard", "priority", "deferred"),
    ),
    ServiceOption("labels", "labels", OptionKind.JSON, '{"project": "x"}, in lower case', rule=_labels),
    ServiceOption("system_instruction", "instruction", OptionKind.PROSE, "for models only", hidden=True),
    ServiceOption("generation_config", "generation", OptionKind.JSON, "for models only", rule=an_object, hidden=True),
    ServiceOption("webhook_config", "webhook", OptionKind.JSON, "divewatch needs none", rule=an_object, hidden=True),
)
_AGENT_ONLY = ("collaborative_planning", "visualization", "thinking_summaries", "enable_bigquery_tool")
_MODEL_ONLY = ("system_instruction", "generation_config")


def check_together(draft: Draft) -> Iterator[Complaint]:
    """Return the errors that depend on whether an agent or a model is asked."""
    model = draft.mode is not None and is_model(draft.mode)
    for name in _AGENT_ONLY if model else _MODEL_ONLY:
        if draft.options.get(name) is not None:
            yield f"options.{name}", f"is for {'the research agents' if model else 'models'} only"
    if draft.output_schema is not None and not model:
        yield "output_schema", "Gemini's research agents give text only; a model takes a schema"
    earlier = draft.previous or draft.options.get("previous") or ()
    if isinstance(earlier, list | tuple) and len(earlier) > 1:
        yield "previous", "Gemini goes on from one interaction"
