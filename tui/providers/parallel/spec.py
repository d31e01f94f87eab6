"""Parallel as data: the Task API, whose status and result are two requests."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tui.domain.actions import AddToBatch, OpenBatch
from tui.domain.capability import Capability
from tui.domain.detail import Json
from tui.domain.errors import Refused
from tui.domain.options import OptionKind
from tui.domain.provider import BatchLimits, Cadence, Draft, Mode, RefusalRule
from tui.domain.task import Cost, CostKind, TaskStatus
from tui.providers.sdk.draft_rules import Complaint, day, list_of, text
from tui.providers.sdk.endpoints import GET, POST, WITH_RESULT, Endpoints, Exchange, Stream
from tui.providers.sdk.spec import HeaderKey, ProviderSpec, Reference, ServiceOption

_KNOWN_ON = "2026-08-05"
_MOST_PROMPT, _MOST_REQUEST = 15_000, 25_000  # characters: of the question, and with what is said about the output
_MOST_HOSTS, _MOST_SERVERS = 200, 10
_MOST_KEY, _MOST_VALUE = 16, 512
_RUNS, _GROUPS = ("tasks", "runs"), ("tasks", "groups")


def create_body(draft: Draft) -> dict[str, Any]:
    """Return the body that starts a run, with events on: progress is told nowhere else."""
    body: dict[str, Any] = PROVIDER.body_options(draft)
    about = body.pop("description", None)
    automatic = body.pop("output", "text") == "auto"
    if draft.output_schema is not None:
        body["task_spec"] = {"output_schema": {"type": "json", "json_schema": draft.output_schema}}
    elif not automatic:
        wanted = {"type": "text"} | ({"description": about} if about else {})
        body["task_spec"] = {"output_schema": wanted}
    return {"input": draft.prompt, "processor": draft.mode or PROVIDER.default_mode, "enable_events": True} | body


def _add(action: AddToBatch, _: str) -> Mapping[str, Any]:
    processor = action.mode or PROVIDER.default_mode
    runs = [
        {"input": prompt, "processor": processor, "enable_events": True, "metadata": {"divewatch_id": our_id}}
        for our_id, prompt in action.tasks
    ]
    return {"default_task_spec": {"output_schema": {"type": "text"}}, "inputs": runs}


def _open(action: OpenBatch, _: str) -> Mapping[str, Any]:
    return {"metadata": {"name": action.name[:_MOST_VALUE]}} if action.name else {}


def _country(value: Json) -> str | None:
    return None if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2}", value) else "must be two letters: nl"


def _metadata(value: Json) -> str | None:
    if not isinstance(value, Mapping):
        return "must be an object"
    for name, item in value.items():
        if len(name) > _MOST_KEY:
            return f"has a name of {len(name)} characters; at most {_MOST_KEY}"
        if not isinstance(item, str | int | float | bool):
            return "may hold texts, numbers, true and false only"
        if isinstance(item, str) and len(item) > _MOST_VALUE:
            return f"has a value of {len(item)} characters; at most {_MOST_VALUE}"
    return None


def _check(draft: Draft) -> Iterable[Complaint]:
    given = draft.options
    hosts = (given.get("include_domains"), given.get("exclude_domains"))
    count = sum(len(some) for some in hosts if isinstance(some, list | tuple))
    if count > _MOST_HOSTS:
        yield "options.exclude_domains", f"and include_domains name {count} hosts; at most {_MOST_HOSTS} together"
    spec = create_body(draft).get("task_spec", {})
    size = len(draft.prompt) + len(json.dumps(spec, ensure_ascii=False))
    if size > _MOST_REQUEST:
        yield "prompt", f"and what is said about the output have {size:,} characters; at most {_MOST_REQUEST:,}"
    if draft.output_schema is not None and given.get("description") is not None:
        yield "options.description", "is for a report in text; describe the fields in the schema"


def _usd(amount: float) -> Cost:
    return Cost(amount, "USD", CostKind.PRICE_LIST)


_PRICES = (  # USD per run, and how long it takes
    ("lite", 0.005, "10 to 60 s"),
    ("base", 0.01, "15 to 100 s"),
    ("core", 0.025, "1 to 5 minutes"),
    ("core2x", 0.05, "1 to 10 minutes"),
    ("pro", 0.1, "2 to 10 minutes"),
    ("ultra", 0.3, "5 to 25 minutes"),
    ("ultra2x", 0.6, "up to 50 minutes"),
    ("ultra4x", 1.2, "up to 90 minutes"),
    ("ultra8x", 2.4, "up to two hours"),
)
_DEFAULT = "ultra"
_MODES = tuple(
    mode
    for name, usd, note in _PRICES
    for mode in (
        Mode(name, _usd(usd), note, default=name == _DEFAULT, known_on=_KNOWN_ON),
        Mode(f"{name}-fast", _usd(usd), "a third to a half of the time", known_on=_KNOWN_ON),
    )
)
_LIVE = frozenset({TaskStatus.QUEUED, TaskStatus.RUNNING, TaskStatus.CANCELLING})
PROVIDER = ProviderSpec(
    name="parallel",
    title="Parallel",
    base_url="https://api.parallel.ai",
    key=HeaderKey("x-api-key", "PARALLEL_API_KEY", "PARALLEL_AI_API_KEY", "PWS_API_KEY"),
    key_page="https://platform.parallel.ai",
    reference=Reference(r"trun_[0-9A-Za-z]{8,64}", ("parallel.ai",)),
    reader_class="tui.providers.parallel.read:ParallelReader",
    endpoints=Endpoints(
        # An unknown processor is "forbidden": the key is fine.
        create=POST(*_RUNS, body=create_body, on={403: RefusalRule(Refused, hint="choose another processor")}),
        fetch=GET(*_RUNS, "{id}"),
        more=(
            # Each connection to an active run replays all messages; after the end nothing is left of them.
            Exchange(
                "events",
                GET(*_RUNS, "{id}", "events"),
                when=_LIVE,
                stream=Stream(newest_only=frozenset({"task_run.state", "task_run.progress_stats"})),
            ),
            # 404: it failed, or is unknown; 408: it is still active. Neither says that the run is gone.
            Exchange("result", GET(*_RUNS, "{id}", "result", query={"timeout": "1"}), when=WITH_RESULT, once=True),
            Exchange("input", GET(*_RUNS, "{id}", "input"), once=True),
        ),
        actions={
            OpenBatch: POST(*_GROUPS, body=_open),
            AddToBatch: POST(*_GROUPS, "{id}", "runs", body=_add),
        },
    ),
    cadence=Cadence(first=10.0, steady=30.0, idle=60.0),
    modes=_MODES,
    open_modes=True,
    default_mode=_DEFAULT,
    longest_prompt=_MOST_PROMPT,
    service_options=(
        ServiceOption("description", "the report", OptionKind.PROSE, "what it should look like: length, parts, tables"),
        ServiceOption("output", "output", OptionKind.CHOICE, "auto lets Parallel choose the fields", ("text", "auto")),
        ServiceOption(
            "include_domains",
            "only hosts",
            OptionKind.LIST,
            "hosts to search, nothing else",
            wire="source_policy.include_domains",
        ),
        ServiceOption(
            "exclude_domains",
            "without hosts",
            OptionKind.LIST,
            "hosts to leave out",
            wire="source_policy.exclude_domains",
        ),
        ServiceOption(
            "after_date", "not older than", OptionKind.TEXT, "2026-03-31", rule=day, wire="source_policy.after_date"
        ),
        ServiceOption(
            "location",
            "country",
            OptionKind.TEXT,
            "two letters: nl",
            rule=_country,
            wire="advanced_settings.location",
        ),
        ServiceOption("metadata", "metadata", OptionKind.JSON, "", rule=_metadata, hidden=True),
        ServiceOption(
            "mcp_servers",
            "MCP servers",
            OptionKind.JSON,
            "",
            rule=list_of(lambda value: None if isinstance(value, Mapping) else "must be an object", _MOST_SERVERS),
            hidden=True,
        ),
        ServiceOption("webhook", "webhook", OptionKind.JSON, "", hidden=True),
        ServiceOption("memory_scope_key", "memory", OptionKind.TEXT, "", rule=text(), hidden=True),
        ServiceOption("advanced_settings", "further settings", OptionKind.JSON, "", hidden=True),
    ),
    check_more=_check,
    cannot={
        Capability.LIST: "Parallel cannot list runs; those started here are in the archive, others are adopted by id",
        Capability.CANCEL: "Parallel cannot stop a run; it goes on to its end and is billed",
        Capability.DELETE: "Parallel keeps its runs; they can only be hidden here",
    },
    batch=BatchLimits(1000),
    follows=lambda ids: {"previous_interaction_id": ids[-1]},
)
