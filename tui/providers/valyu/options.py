"""Valyu's options of a new task, the most used ones first, and limits across several of them (section 3)."""

import re
from collections.abc import Iterator, Mapping

from tui.domain.detail import Json
from tui.domain.options import OptionKind as Kind
from tui.domain.provider import Draft
from tui.providers.sdk import draft_rules as rules
from tui.providers.sdk.draft_rules import Complaint, Rule, flag, text
from tui.providers.sdk.spec import ServiceOption as Option
from tui.providers.sdk.spec import Wire, put

# Surcharges in USD per use, and how often a tool may be used at most (sections 3 and 5, 2026-11-21).
CODE_RUN_USD, CODE_RUNS = 0.10, 10
SCREENSHOT_USD, SCREENSHOTS = 0.05, 15
_LONGEST_DIRECTIONS = 15_000  # research_strategy and report_format together
_LONGEST_CONTEXTS = 100_000
_WORKFLOW_EXCLUDES = ("research_strategy", "report_format")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FILES = ("csv", "xlsx", "pptx", "docx", "pdf")
_AUTH = {"type": rules.choice("bearer", "header", "none"), "token": text(), "headers": rules.an_object}
_SERVER = dict.fromkeys(("name", "tool_prefix"), text()) | {
    "url": rules.web,
    "auth": rules.object_of(_AUTH),
    "allowed_tools": rules.list_of(text()),
}
_DELIVERABLE = dict.fromkeys(("sheet_name", "template"), text()) | {
    "type": rules.choice(*_FILES),
    "description": text(500),
    "columns": rules.list_of(text()),
    "include_headers": flag,
    "slides": rules.whole(1),
}
_OWN_FILE: dict[str, Rule] = {"data": text(), "filename": text(), "mediaType": text(), "context": text(50_000)}
_TOOL = rules.either(flag, rules.object_of({"enabled": flag, "max_calls": rules.whole(0)}))


def _biases(value: Json) -> str | None:
    fine = isinstance(value, Mapping) and not any(rules.whole(-5, 5)(weight) for weight in value.values())
    return None if fine else "must map sources to whole numbers from -5 to 5"


def _scalars(value: Json) -> str | None:
    fine = isinstance(value, Mapping) and all(isinstance(item, str | int | float) for item in value.values())
    return None if fine else "must map names to texts, numbers or truth values"


def _tool(value: Json) -> str | None:
    """Return the rule of a tool: on, off, the most calls, or Valyu's own object."""
    return rules.whole(0)(value) if _is_number(value) else _TOOL(value)


def _file(value: Json) -> str | None:
    """Return the rule of a file: as forms give it, or Valyu's own object."""
    own = isinstance(value, Mapping) and "media_type" not in value
    known = _OWN_FILE if own else dict.fromkeys(("name", "media_type", "base64"), text())
    return rules.object_of(known, ("data", "filename", "mediaType") if own else ())(value)


def _calls(tool: str) -> Wire:
    """Return the wire form of a tool: a number of calls as an object; on and off as they are."""

    def wire(body: dict[str, Json], value: Json) -> None:
        put(body, f"tools.{tool}", {"enabled": True, "max_calls": value} if _is_number(value) else value)

    return wire


def _is_number(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _sent_files(body: dict[str, Json], value: Json) -> None:
    """Return files as data addresses; entries in Valyu's own form are unchanged."""
    body["files"] = [_sent_file(entry) for entry in (value if isinstance(value, list | tuple) else ())]


def _sent_file(entry: Json) -> Json:
    if not isinstance(entry, Mapping) or "media_type" not in entry:
        return entry
    kind = entry["media_type"]
    return {"data": f"data:{kind};base64,{entry['base64']}", "filename": entry["name"], "mediaType": kind}


_PAST = "2026-01-31; a time of day needs the page history"
_WORDS = "web, academic, finance, patent, legal, politics, data sets, or domains"
_DATE = rules.matching(rf"{_DAY.pattern}(?:[T ]\d{{2}}:\d{{2}}.*)?", "must be a date such as 2026-01-31")
_COUNTRY = rules.matching("[A-Za-z]{2}", "must be a country code such as DE")
_DIRECTIONS = text(_LONGEST_DIRECTIONS)
_STRATEGY = "how to go about it; with the report format at most 15,000 characters"
_ADDRESSES = rules.list_of(rules.web, 10, "address", "addresses")
_PRODUCT = rules.either(text(2000), rules.object_of(_DELIVERABLE, ("type", "description")))
_PRODUCTS = "files to make, at most 10, one a line; csv, xlsx, pptx, docx, pdf"
_ALERT = rules.either(text(), rules.object_of({"email": text(), "custom_url": text()}, ("email",)))
_SERVERS = rules.list_of(rules.object_of(_SERVER, ("url",)), 5, "server", "servers")
_READS, _WORKFLOW, _CHECKPOINTS = "What it reads", "Workflow", "Checkpoints: it asks you"
_OWN_BRIEF = "brings its own brief, strategy and format; leave the brief empty"
OPTIONS = (
    Option("research_strategy", "strategy", Kind.PROSE, _STRATEGY, rule=_DIRECTIONS),
    Option("report_format", "report format", Kind.PROSE, "how the report is written and laid out", rule=_DIRECTIONS),
    Option(
        "output_formats",
        "formats",
        Kind.CHOICES,
        "toon needs an output schema",
        ("markdown", "pdf", "toon"),
        default="markdown",
        group="How it works",
    ),
    Option("search.search_type", "search in", Kind.CHOICE, choices=("all", "web", "proprietary"), default="all"),
    Option("search.included_sources", "only sources", Kind.LIST, _WORDS),
    Option("search.excluded_sources", "no sources", Kind.LIST, "the same words; not together with only sources"),
    Option("search.source_biases", "source weights", Kind.WEIGHTS, "web=-2, nature.com=5: from -5 to 5", rule=_biases),
    Option("search.start_date", "from date", Kind.TEXT, _PAST, rule=_DATE),
    Option("search.end_date", "to date", Kind.TEXT, _PAST, rule=_DATE),
    Option("search.historical_cache", "page history", Kind.FLAG, "pages as they were then"),
    Option("search.historical_cache_strict", "history only", Kind.FLAG, "only pages that the history holds"),
    Option("search.country_code", "country", Kind.TEXT, "two letters, for web sources: DE", rule=_COUNTRY),
    Option("search.category", "category", Kind.TEXT, "a category of sources, in Valyu's words"),
    Option("urls", "addresses", Kind.LIST, "pages to read, at most 10", rule=_ADDRESSES, group=_READS),
    Option(
        "files",
        "files",
        Kind.FILES,
        "paths of files to read, at most 10",
        rule=rules.list_of(_file, 10, "file", "files"),
        wire=_sent_files,
    ),
    Option(
        "previous_reports",
        "earlier reports",
        Kind.REPORTS,
        "ids of reports to build on, at most 3",
        rule=rules.list_of(text(), 3, "report", "reports"),
    ),
    Option(
        "deliverables",
        "deliverables",
        Kind.PRODUCTS,
        _PRODUCTS,
        _FILES,
        rule=rules.list_of(_PRODUCT, 10, "deliverable"),
    ),
    *(
        Option(f"tools.{tool}", name, Kind.CALLS, about, default=usual, unit="calls", rule=_tool, wire=_calls(tool))
        for tool, name, about, usual in (
            ("code_execution", "run code", f"up to {CODE_RUNS} runs at ${CODE_RUN_USD:.2f}", "on"),
            ("screenshots", "screenshots", f"up to {SCREENSHOTS} at ${SCREENSHOT_USD:.2f}", ""),
            ("browser_use", "use a browser", "up to 5", ""),
            ("charts", "charts", "free", ""),
        )
    ),
    Option("code_execution", "run code", Kind.FLAG, hidden=True),
    *(
        Option(f"hitl.{name}", label, Kind.FLAG, about, group=_CHECKPOINTS)
        for name, label, about in (
            ("planning_questions", "ask questions", "it asks before it plans; you have 5 minutes"),
            ("plan_review", "review the plan", "you approve or change the plan"),
            ("source_review", "review sources", "you keep or drop domains"),
            ("outline_review", "review outline", "you approve or change the outline"),
        )
    ),
    Option("alert_email", "mail when done", Kind.TEXT, "an address of your organisation", rule=_ALERT),
    Option("metadata", "metadata", Kind.JSON, '{"project": "x"}: kept with the task', rule=_scalars),
    Option("mcp_servers", "MCP servers", Kind.JSON, '[{"url": "https://..."}], at most 5', rule=_SERVERS),
    # `webhook_url` is left out on purpose: its secret is shown once, in an answer whose place is the archive.
    Option("brand_collection_id", "brand collection", Kind.TEXT, "for deliverables", group="What it makes"),
    Option("workflow_id", "workflow", Kind.TEXT, _OWN_BRIEF, group=_WORKFLOW),
    Option("workflow_params", "workflow values", Kind.JSON, '{"name": "value"}', rule=rules.an_object, group=_WORKFLOW),
    Option(
        "workflow_version",
        "workflow version",
        Kind.NUMBER,
        "of the workflow",
        default="the newest",
        rule=rules.whole(1),
        group=_WORKFLOW,
    ),
)


def check_together(draft: Draft) -> Iterator[Complaint]:
    """Return the errors across several fields; each field alone is valid."""
    options = draft.options
    directions = sum(len(str(options.get(name) or "")) for name in _WORKFLOW_EXCLUDES)
    if directions > _LONGEST_DIRECTIONS:
        limit = f"at most {_LONGEST_DIRECTIONS:,}"
        yield "options.research_strategy", f"has {directions:,} characters with report_format; {limit}"
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
