"""A draft -> the body of Valyu's create request, what Valyu refuses, and its price (tests/contracts/valyu.md 3)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tui.domain.detail import Json
from tui.domain.provider import Draft
from tui.domain.task import Cost, CostKind
from tui.providers import checks, prices
from tui.providers.checks import Complaint, Rule, choice, flag, list_of, object_of, text, web, whole, without_nulls

MODES = ("instant", "fast", "standard", "heavy", "max")
_LONGEST_QUERY = 25_000
_LONGEST_DIRECTIONS = 15_000  # research_strategy and report_format together
_LONGEST_CONTEXTS = 100_000
_WORKFLOW_EXCLUDES = ("research_strategy", "report_format")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")


def _date(value: Json) -> str | None:
    fine = isinstance(value, str) and (_DAY.fullmatch(value) or _MOMENT.fullmatch(value))
    return None if fine else "must be a date such as 2026-01-31"


def _country(value: Json) -> str | None:
    return (
        None if isinstance(value, str) and re.fullmatch("[A-Za-z]{2}", value) else "must be a country code such as DE"
    )


def _biases(value: Json) -> str | None:
    fine = isinstance(value, Mapping) and not any(whole(-5, 5)(weight) for weight in value.values())
    return None if fine else "must map sources to whole numbers from -5 to 5"


def _scalars(value: Json) -> str | None:
    fine = isinstance(value, Mapping) and all(isinstance(item, str | int | float) for item in value.values())
    return None if fine else "must map names to texts, numbers or truth values"


def _any_object(value: Json) -> str | None:
    return None if isinstance(value, Mapping) else "must be an object"


def _either(short: Rule, long: Rule) -> Rule:
    """A short form (text or flag) or its long form, an object."""
    return lambda value: long(value) if isinstance(value, Mapping) else short(value)


_TOOL = _either(flag, object_of({"enabled": flag, "max_calls": whole(0)}))
_SEARCH: dict[str, Rule] = {
    "search_type": choice("all", "web", "proprietary"),
    "included_sources": list_of(text()),
    "excluded_sources": list_of(text()),
    "start_date": _date,
    "end_date": _date,
    "historical_cache": flag,
    "historical_cache_strict": flag,
    "category": text(),
    "country_code": _country,
    "source_biases": _biases,
}
_FILE = {"data": text(), "filename": text(), "mediaType": text(), "context": text(50_000)}
_SERVER: dict[str, Rule] = {
    "url": web,
    "name": text(),
    "tool_prefix": text(),
    "auth": object_of({"type": choice("bearer", "header", "none"), "token": text(), "headers": _any_object}),
    "allowed_tools": list_of(text()),
}
_DELIVERABLE: dict[str, Rule] = {
    "type": choice("csv", "xlsx", "pptx", "docx", "pdf"),
    "description": text(500),
    "columns": list_of(text()),
    "include_headers": flag,
    "sheet_name": text(),
    "slides": whole(1),
    "template": text(),
}
_ALERT = {"email": text(), "custom_url": text()}
_CHECKPOINTS = ("planning_questions", "plan_review", "source_review", "outline_review")
_TOOLS = ("code_execution", "screenshots", "browser_use", "charts")

# `webhook_url` is left out on purpose: its secret is shown once, in an answer whose place is the archive.
_OPTIONS: dict[str, Rule] = {
    "output_formats": list_of(choice("markdown", "pdf", "toon")),
    "research_strategy": text(_LONGEST_DIRECTIONS),
    "report_format": text(_LONGEST_DIRECTIONS),
    "search": object_of(_SEARCH),
    "urls": list_of(web, 10, "address", "addresses"),
    "files": list_of(object_of(_FILE, ("data", "filename", "mediaType")), 10, "file", "files"),
    "mcp_servers": list_of(object_of(_SERVER, ("url",)), 5, "server", "servers"),
    "tools": object_of(dict.fromkeys(_TOOLS, _TOOL)),
    "code_execution": flag,
    "previous_reports": list_of(text(), 3, "report", "reports"),
    "alert_email": _either(text(), object_of(_ALERT, ("email",))),
    "brand_collection_id": text(),
    "metadata": _scalars,
    "deliverables": list_of(_either(text(2000), object_of(_DELIVERABLE, ("type", "description"))), 10, "deliverable"),
    "hitl": object_of(dict.fromkeys(_CHECKPOINTS, flag)),
    "workflow_id": text(),
    "workflow_params": _any_object,
    "workflow_version": whole(1),
}


def create_body(draft: Draft) -> dict[str, Any]:
    """Return the request body: set fields only, as Valyu refuses nulls and unknown fields."""
    options = {name: value for name, value in draft.options.items() if value is not None}
    body: dict[str, Any] = {} if "workflow_id" in options else {"query": draft.prompt}
    mode = draft.mode or (None if "workflow_id" in options else "standard")
    if mode:
        body["mode"] = "standard" if mode == "lite" else mode
    formats = options.pop("output_formats", None)
    if draft.output_schema is not None:
        chosen = [name for name in formats if name == "toon"] if isinstance(formats, list | tuple) else []
        body["output_formats"] = [*chosen, draft.output_schema]
    elif formats:
        body["output_formats"] = formats
    return body | {name: without_nulls(value) for name, value in options.items()}


def check(draft: Draft) -> list[Complaint]:
    """Return (field, what is wrong) for every limit that `draft` breaks."""
    workflow = draft.options.get("workflow_id") is not None
    complaints = [
        *(() if workflow else checks.check_prompt(draft, _LONGEST_QUERY)),
        *checks.check_mode(draft, (*MODES, "lite")),
        *checks.check_options(draft, _OPTIONS, "Valyu"),
        *checks.check_schema(draft),
    ]
    return complaints or [*_check_together(draft, draft.options), *_check_workflow(draft, workflow=workflow)]


def _check_together(draft: Draft, options: Mapping[str, Json]) -> Iterator[Complaint]:
    """Limits that concern several fields; each field alone is fine already."""
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


def _check_search(search: Mapping[str, Json]) -> Iterator[Complaint]:
    if search.get("included_sources") and search.get("excluded_sources"):
        yield "options.search", "included_sources and excluded_sources exclude each other"
    for name in ("start_date", "end_date"):
        if search.get(name) and not _DAY.fullmatch(str(search[name])) and not search.get("historical_cache"):
            yield "options.search", f"{name} with a time needs historical_cache"
    first, last = search.get("start_date"), search.get("end_date")
    if isinstance(first, str) and isinstance(last, str) and first[:10] > last[:10]:
        yield "options.search", "start_date is after end_date"


def _check_workflow(draft: Draft, *, workflow: bool) -> Iterator[Complaint]:
    if not workflow:
        for name in ("workflow_params", "workflow_version"):
            if draft.options.get(name) is not None:
                yield f"options.{name}", "needs workflow_id"
        return
    if draft.prompt.strip():
        yield "prompt", "a workflow brings its own; leave the prompt empty"
    for name in _WORKFLOW_EXCLUDES:
        if draft.options.get(name) is not None:
            yield f"options.{name}", "a workflow brings its own"


def cost_at_most(draft: Draft) -> Cost:
    """Return the price of the mode and of every surcharge `draft` can cause; None where the mode has no price."""
    options = draft.options
    mode = draft.mode or (None if options.get("workflow_id") else "standard")
    price = prices.VALYU_TASK_USD.get(mode or "")
    if price is None:
        return Cost()
    tools = options.get("tools")
    tools = tools if isinstance(tools, Mapping) else {}
    code = tools.get("code_execution", options.get("code_execution", mode != "instant"))
    deliverables = options.get("deliverables")
    files = len(deliverables) if isinstance(deliverables, list | tuple) else 0
    extras = (
        ("code execution", _uses(code, prices.VALYU_CODE_RUNS) * prices.VALYU_CODE_RUN_USD),
        ("screenshots", _uses(tools.get("screenshots"), prices.VALYU_SCREENSHOTS) * prices.VALYU_SCREENSHOT_USD),
        ("deliverables", max(0, files - 1) * prices.VALYU_DELIVERABLE_USD),
    )
    parts = (("task", price), *((name, round(amount, 2)) for name, amount in extras if amount))
    return Cost(round(sum(amount for _, amount in parts), 5), "USD", CostKind.PRICE_LIST, parts)


def _uses(setting: Json, most: int) -> int:
    """How often a tool may be used at most: `max_calls` only lowers the cap."""
    if isinstance(setting, Mapping):
        calls = setting.get("max_calls")
        enabled = setting.get("enabled", True)
        return min(most, calls) if enabled and isinstance(calls, int) else most if enabled else 0
    return most if setting else 0
