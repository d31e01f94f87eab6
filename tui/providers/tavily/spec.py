"""Tavily's research endpoints as data (docs.tavily.com, research and credits pages to September 2026)."""

from collections.abc import Iterable, Mapping
from typing import Any

from tui.domain.detail import Json
from tui.domain.errors import PaymentNeeded, Refused
from tui.domain.options import OptionKind
from tui.domain.provider import Cadence, Draft, Mode, RefusalRule
from tui.domain.task import Cost, CostKind
from tui.providers.sdk.draft_rules import Complaint, list_of, text
from tui.providers.sdk.endpoints import GET, POST, Endpoints
from tui.providers.sdk.spec import UUID, Bearer, ProviderSpec, Reference, ServiceOption

_DOMAINS, _FILES = 20, 5
_LAST_EVENT = 2048  # bytes in which the last event of a stream begins
_STREAMED = 1200.0  # seconds; 15 minutes were seen
_READABLE = (".txt", ".md", ".json")


def create_body(draft: Draft) -> dict[str, Any]:
    """Return the request body; `stream` only if the user asks for it: the response is the run then."""
    body: dict[str, Any] = {"input": draft.prompt}
    if draft.mode is not None:
        body["model"] = draft.mode
    if draft.output_schema is not None:
        # Only these two members are taken at the top.
        body["output_schema"] = {
            name: draft.output_schema[name] for name in ("properties", "required") if name in draft.output_schema
        }
    return body | PROVIDER.body_options(draft)


def seconds_of(draft: Draft) -> float:
    """Return the time limit of a create; a streaming one lasts as long as the run."""
    return _STREAMED if draft.options.get("stream") else 45.0


def is_whole(body: bytes) -> bool:
    """Whether the stream of a run has ended; the report's own text is inside data lines."""
    end = body[-_LAST_EVENT:]
    return b"\nevent: done" in end or b"\nevent: error" in end or end.startswith(b"event: error")


def check_schema(draft: Draft) -> Iterable[Complaint]:
    """Return the errors for which Tavily would refuse a JSON Schema."""
    schema = draft.output_schema
    if schema is None:
        return
    properties = schema.get("properties")
    if schema.get("type", "object") != "object" or not isinstance(properties, Mapping) or not properties:
        yield "output_schema", "must describe an object with properties"
        return
    for name, described in properties.items():
        told = isinstance(described, Mapping) and "type" in described and described.get("description")
        if not told:
            yield "output_schema", f"property {name} needs a type and a description"
            return


def _file(value: Json) -> str | None:
    if not isinstance(value, Mapping):
        return "must be a file"
    name = str(value.get("name", ""))
    return None if name.lower().endswith(_READABLE) else f"{name} is none of {', '.join(_READABLE)}"


def _sent_files(body: dict[str, Json], value: Json) -> None:
    entries = [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list | tuple) else []
    body["files"] = [
        {"name": entry.get("name"), "content": entry.get("content", entry.get("base64"))} for entry in entries
    ]


def _mode(name: str, least: float, most: float, note: str, *, default: bool = False) -> Mode:
    cost = Cost(most, "credits", CostKind.PRICE_LIST, at_least=least)
    return Mode(name, cost, note, default=default, known_on="2026-09-21")


PROVIDER = ProviderSpec(
    name="tavily",
    title="Tavily",
    base_url="https://api.tavily.com",
    version="",
    key=Bearer("TAVILY_API_KEY"),
    key_page="https://app.tavily.com",
    headers={"TAVILY_PROJECT": "X-Project-ID", "TAVILY_ORG_ID": "X-Tavily-Orgid"},
    reference=Reference(UUID, ("tavily.com",), lower=True),
    reader_class="tui.providers.tavily.read:TavilyReader",
    endpoints=Endpoints(
        create=POST("research", body=create_body, opening=is_whole, seconds=seconds_of),
        # HTTP 202 is a good answer here, and 200 may say "failed": only the body tells.
        fetch=GET("research", "{id}", query={"include_usage": "true"}),
        account=GET("usage"),
    ),
    refusal_rules={
        "research_stream_required": RefusalRule(
            Refused,
            "this Tavily account may only stream research; nothing was started",
            hint="set the option stream: it runs as long as divewatch stays open, and is lost with the connection",
        ),
        432: RefusalRule(PaymentNeeded, "the credits of the Tavily plan are used up"),
        433: RefusalRule(PaymentNeeded, "the limit for pay-as-you-go that is set at Tavily is reached"),
    },
    cadence=Cadence(first=5.0, steady=10.0, idle=60.0),
    modes=(
        _mode("mini", 4, 110, "half a minute to minutes; narrow questions"),
        _mode("pro", 15, 250, "minutes; several subtopics"),
        _mode("auto", 4, 250, "mini or pro, as Tavily decides", default=True),
    ),
    open_modes=True,
    service_options=(
        ServiceOption(
            "citation_format",
            "citations",
            OptionKind.CHOICE,
            "numbered if not set",
            ("numbered", "mla", "apa", "chicago"),
        ),
        ServiceOption(
            "stream",
            "stream",
            OptionKind.FLAG,
            "for accounts that may do nothing else; the run ends with the connection",
        ),
        ServiceOption("output_length", "length", OptionKind.CHOICE, "a target", ("short", "standard", "long")),
        ServiceOption(
            "include_domains",
            "preferred hosts",
            OptionKind.LIST,
            f"at most {_DOMAINS}; a preference, not a limit",
            rule=list_of(text(), _DOMAINS, "host", "hosts"),
        ),
        ServiceOption(
            "exclude_domains",
            "hosts left out",
            OptionKind.LIST,
            f"at most {_DOMAINS}",
            rule=list_of(text(), _DOMAINS, "host", "hosts"),
        ),
        ServiceOption(
            "files",
            "files",
            OptionKind.FILES,
            f"at most {_FILES}: .txt, .md, .json",
            rule=list_of(_file, _FILES, "file", "files"),
            wire=_sent_files,
        ),
    ),
    check_more=check_schema,
)
