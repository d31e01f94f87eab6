"""Valyu's options of a new task, those people use most first, and limits that concern several of them (section 3)."""

import re
from collections.abc import Iterator, Mapping

from tui.domain.detail import Json
from tui.domain.provider import Draft
from tui.providers.sdk.draft_rules import (
    Complaint,
    Rule,
    an_object,
    choice,
    either,
    flag,
    list_of,
    matching,
    object_of,
    text,
    web,
    whole,
)
from tui.providers.sdk.kinds import (
    CALLS,
    CHOICE,
    CHOICES,
    FILES,
    FLAG,
    JSON,
    LIST,
    NUMBER,
    PRODUCTS,
    PROSE,
    REPORTS,
    TEXT,
    WEIGHTS,
)
from tui.providers.sdk.spec import ServiceOption, Wire, put

# Surcharges in USD per use, and how often a tool may be used at most (sections 3 and 5, 2026-11-21).
CODE_RUN_USD, CODE_RUNS = 0.10, 10
SCREENSHOT_USD, SCREENSHOTS = 0.05, 15
_LONGEST_DIRECTIONS = 15_000  # research_strategy and report_format together
_LONGEST_CONTEXTS = 100_000
_WORKFLOW_EXCLUDES = ("research_strategy", "report_format")
_WORDS = "web, academic, finance, patent, legal, politics, data sets, or domains"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")
_COUNTRY = matching("[A-Za-z]{2}", "must be a country code such as DE")


def _date(value: Json) -> str | None:
    fine = isinstance(value, str) and (_DAY.fullmatch(value) or _MOMENT.fullmatch(value))
    return None if fine else "must be a date such as 2026-01-31"


def _biases(value: Json) -> str | None:
    fine = isinstance(value, Mapping) and not any(whole(-5, 5)(weight) for weight in value.values())
    return None if fine else "must map sources to whole numbers from -5 to 5"


def _scalars(value: Json) -> str | None:
    fine = isinstance(value, Mapping) and all(isinstance(item, str | int | float) for item in value.values())
    return None if fine else "must map names to texts, numbers or truth values"


_TOOL = either(flag, object_of({"enabled": flag, "max_calls": whole(0)}))


def _tool(value: Json) -> str | None:
    """On, off, how often at most, or Valyu's own object."""
    limited = isinstance(value, int) and not isinstance(value, bool)
    return whole(0)(value) if limited else _TOOL(value)


_FILE = object_of(
    {"data": text(), "filename": text(), "mediaType": text(), "context": text(50_000)},
    ("data", "filename", "mediaType"),
)


def _file(value: Json) -> str | None:
    """A file as forms give it, or in Valyu's own form."""
    own = isinstance(value, Mapping) and "media_type" not in value
    return _FILE(value) if own else object_of(dict.fromkeys(("name", "media_type", "base64"), text()))(value)


_SERVER: dict[str, Rule] = {
    "url": web,
    "name": text(),
    "tool_prefix": text(),
    "auth": object_of({"type": choice("bearer", "header", "none"), "token": text(), "headers": an_object}),
    "allowed_tools": list_of(text()),
}
_FILES = ("csv", "xlsx", "pptx", "docx", "pdf")
_DELIVERABLE: dict[str, Rule] = {
    "type": choice(*_FILES),
    "description": text(500),
    "columns": list_of(text()),
    "include_headers": flag,
    "sheet_name": text(),
    "slides": whole(1),
    "template": text(),
}
_ALERT = {"email": text(), "custom_url": text()}


def _calls(tool: str) -> Wire:
    """A number of calls goes as an object; on and off as they are."""

    def wire(body: dict[str, Json], value: Json) -> None:
        limited = isinstance(value, int) and not isinstance(value, bool)
        put(body, f"tools.{tool}", {"enabled": True, "max_calls": value} if limited else value)

    return wire


def _sent_files(body: dict[str, Json], value: Json) -> None:
    """Files as data addresses; entries that are in Valyu's form already stay as they are."""
    entries = value if isinstance(value, list | tuple) else ()
    body["files"] = [_sent_file(entry) for entry in entries]


def _sent_file(entry: Json) -> Json:
    if not isinstance(entry, Mapping) or "media_type" not in entry:
        return entry
    kind = entry["media_type"]
    return {"data": f"data:{kind};base64,{entry['base64']}", "filename": entry["name"], "mediaType": kind}


_PAST = "2026-01-31; a time of day needs the page history"
_WORKFLOW = "Workflow"
OPTIONS = (
    ServiceOption(
        "research_strategy",
        "strategy",
        PROSE,
        "how to go about it; with the report format at most 15,000 characters",
        rule=text(_LONGEST_DIRECTIONS),
    ),
    ServiceOption(
        "report_format",
        "report format",
        PROSE,
        "how the report is written and laid out",
        rule=text(_LONGEST_DIRECTIONS),
    ),
    ServiceOption(
        "output_formats",
        "formats",
        CHOICES,
        "toon needs an output schema",
        ("markdown", "pdf", "toon"),
        default="markdown",
        group="How it works",
    ),
    ServiceOption("search.search_type", "search in", CHOICE, choices=("all", "web", "proprietary"), default="all"),
    ServiceOption("search.included_sources", "only sources", LIST, _WORDS),
    ServiceOption("search.excluded_sources", "no sources", LIST, "the same words; not together with only sources"),
    ServiceOption(
        "search.source_biases", "source weights", WEIGHTS, "web=-2, nature.com=5: from -5 to 5", rule=_biases
    ),
    ServiceOption("search.start_date", "from date", TEXT, _PAST, rule=_date),
    ServiceOption("search.end_date", "to date", TEXT, _PAST, rule=_date),
    ServiceOption("search.historical_cache", "page history", FLAG, "pages as they were then"),
    ServiceOption("search.historical_cache_strict", "history only", FLAG, "only pages that the history holds"),
    ServiceOption("search.country_code", "country", TEXT, "two letters, for web sources: DE", rule=_COUNTRY),
    ServiceOption("search.category", "category", TEXT, "a category of sources, in Valyu's words"),
    ServiceOption(
        "urls",
        "addresses",
        LIST,
        "pages to read, at most 10",
        rule=list_of(web, 10, "address", "addresses"),
        group="What it reads",
    ),
    ServiceOption(
        "files",
        "files",
        FILES,
        "paths of files to read, at most 10",
        rule=list_of(_file, 10, "file", "files"),
        wire=_sent_files,
    ),
    ServiceOption(
        "previous_reports",
        "earlier reports",
        REPORTS,
        "ids of reports to build on, at most 3",
        rule=list_of(text(), 3, "report", "reports"),
    ),
    ServiceOption(
        "deliverables",
        "deliverables",
        PRODUCTS,
        "files to make, at most 10, one a line; csv, xlsx, pptx, docx, pdf",
        _FILES,
        rule=list_of(either(text(2000), object_of(_DELIVERABLE, ("type", "description"))), 10, "deliverable"),
    ),
    *(
        ServiceOption(
            f"tools.{tool}", label, CALLS, about, default=default, unit="calls", rule=_tool, wire=_calls(tool)
        )
        for tool, label, about, default in (
            ("code_execution", "run code", f"up to {CODE_RUNS} runs at ${CODE_RUN_USD:.2f}", "on"),
            ("screenshots", "screenshots", f"up to {SCREENSHOTS} at ${SCREENSHOT_USD:.2f}", ""),
            ("browser_use", "use a browser", "up to 5", ""),
            ("charts", "charts", "free", ""),
        )
    ),
    ServiceOption("code_execution", "run code", FLAG, hidden=True),
    *(
        ServiceOption(f"hitl.{name}", label, FLAG, about, group="Checkpoints: it asks you")
        for name, label, about in (
            ("planning_questions", "ask questions", "it asks before it plans; you have 5 minutes"),
            ("plan_review", "review the plan", "you approve or change the plan"),
            ("source_review", "review sources", "you keep or drop domains"),
            ("outline_review", "review outline", "you approve or change the outline"),
        )
    ),
    ServiceOption(
        "alert_email",
        "mail when done",
        TEXT,
        "an address of your organisation",
        rule=either(text(), object_of({"email": text(), "custom_url": text()}, ("email",))),
    ),
    ServiceOption("metadata", "metadata", JSON, '{"project": "x"}: kept with the task', rule=_scalars),
    ServiceOption(
        "mcp_servers",
        "MCP servers",
        JSON,
        '[{"url": "https://..."}], at most 5',
        rule=list_of(object_of(_SERVER, ("url",)), 5, "server", "servers"),
    ),
    # `webhook_url` is left out on purpose: its secret is shown once, in an answer whose place is the archive.
    ServiceOption("brand_collection_id", "brand collection", TEXT, "for deliverables", group="What it makes"),
    ServiceOption(
        "workflow_id",
        "workflow",
        TEXT,
        "brings its own brief, strategy and format; leave the brief empty",
        group=_WORKFLOW,
    ),
    ServiceOption("workflow_params", "workflow values", JSON, '{"name": "value"}', rule=an_object, group=_WORKFLOW),
    ServiceOption(
        "workflow_version",
        "workflow version",
        NUMBER,
        "of the workflow",
        default="the newest",
        rule=whole(1),
        group=_WORKFLOW,
    ),
)


def check_together(draft: Draft) -> Iterator[Complaint]:
    """Return the limits broken that concern several fields; each field alone is fine already."""
    options = draft.options
    directions = sum(len(str(options.get(name) or "")) for name in _WORKFLOW_EXCLUDES)
    if directions > _LONGEST_DIRECTIONS:
        yield (
            "options.research_strategy",
            f"has {directions:,} characters with report_format; at most {_LONGEST_DIRECTIONS:,}",
        )
    formats = options.get("output_formats") or ()
    assert isinstance(formats, list | tuple)
    if draft.output_schema is None and "toon" in formats:
        yield "options.output_formats", "toon needs an output schema"
    if draft.output_schema is not None and {"markdown", "pdf"} & {str(name) for name in formats}:
        yield "options.output_formats", "an output schema cannot be mixed with markdown or pdf"
    hitl = options.get("hitl") or {}
    if draft.mode == "instant" and isinstance(hitl, Mapping) and any(hitl.values()):
        yield "options.hitl", "mode instant has no checkpoints"
    files = options.get("files") or ()
    assert isinstance(files, list | tuple)
    contexts = sum(len(str(file.get("context") or "")) for file in files if isinstance(file, Mapping))
    if contexts > _LONGEST_CONTEXTS:
        yield "options.files", f"their contexts have {contexts:,} characters; at most {_LONGEST_CONTEXTS:,}"
    alert = options.get("alert_email")
    if isinstance(alert, Mapping) and alert.get("custom_url") and "{id}" not in str(alert["custom_url"]):
        yield "options.alert_email", "custom_url must hold {id}"
    search = options.get("search")
    if isinstance(search, Mapping):
        yield from _check_search(search)
    yield from _check_workflow(draft)


def _check_search(search: Mapping[str, Json]) -> Iterator[Complaint]:
    if search.get("included_sources") and search.get("excluded_sources"):
        yield "options.search", "included_sources and excluded_sources exclude each other"
    for name in ("start_date", "end_date"):
        if search.get(name) and not _DAY.fullmatch(str(search[name])) and not search.get("historical_cache"):
            yield "options.search", f"{name} with a time needs historical_cache"
    first, last = search.get("start_date"), search.get("end_date")
    if isinstance(first, str) and isinstance(last, str) and first[:10] > last[:10]:
        yield "options.search", "start_date is after end_date"


def _check_workflow(draft: Draft) -> Iterator[Complaint]:
    if draft.options.get("workflow_id") is None:
        for name in ("workflow_params", "workflow_version"):
            if draft.options.get(name) is not None:
                yield f"options.{name}", "needs workflow_id"
        return
    if draft.prompt.strip():
        yield "prompt", "a workflow brings its own; leave the prompt empty"
    for name in _WORKFLOW_EXCLUDES:
        if draft.options.get(name) is not None:
            yield f"options.{name}", "a workflow brings its own"
