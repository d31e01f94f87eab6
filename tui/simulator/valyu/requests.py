"""Which request bodies Valyu accepts: unknown members are refused, and refusals are one English sentence."""

from typing import Any

from starlette.requests import Request

from tui.simulator.checks import Schema, Violation, check
from tui.simulator.json_body import Body, Refusal, read_json

_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_FLAG: Schema = {"type": "boolean"}
_MODE: Schema = {"type": "string", "enum": ["instant", "fast", "standard", "lite", "heavy", "max"]}
_METADATA: Schema = {"type": "object", "additional": {"type": ("string", "number", "boolean")}}
_FORMATS: Schema = {
    "type": "array",
    "items": {"oneOf": [{"type": "string", "enum": ["markdown", "pdf", "toon"]}, {"type": "object"}]},
}
_TOOL: Schema = {
    "oneOf": [
        _FLAG,
        {
            "type": "object",
            "properties": {"enabled": _FLAG, "max_calls": {"type": "integer", "minimum": 0}},
            "additional": False,
        },
    ]
}
_SEARCH: Schema = {
    "type": "object",
    "properties": {
        "search_type": {"type": "string", "enum": ["all", "web", "proprietary"]},
        "included_sources": _TEXTS,
        "excluded_sources": _TEXTS,
        "start_date": _TEXT,
        "end_date": _TEXT,
        "historical_cache": _FLAG,
        "historical_cache_strict": _FLAG,
        "category": _TEXT,
        "country_code": _TEXT,
        "source_biases": {"type": "object", "additional": {"type": "integer", "minimum": -5, "maximum": 5}},
    },
    "additional": False,
}
_FILE: Schema = {
    "type": "object",
    "required": ["data", "filename", "mediaType"],
    "properties": {"data": _TEXT, "filename": _TEXT, "mediaType": _TEXT, "context": {"type": "string", "max": 50_000}},
    "additional": False,
}
_MCP_SERVER: Schema = {
    "type": "object",
    "required": ["url"],
    "properties": {
        "url": _TEXT,
        "name": _TEXT,
        "tool_prefix": _TEXT,
        "auth": {
            "type": "object",
            "properties": {
                "type": {"type": "string", "enum": ["bearer", "header", "none"]},
                "token": _TEXT,
                "headers": {"type": "object", "additional": _TEXT},
            },
        },
        "allowed_tools": _TEXTS,
    },
    "additional": False,
}
_DELIVERABLE: Schema = {
    "oneOf": [
        {"type": "string", "max": 2000},
        {
            "type": "object",
            "required": ["type", "description"],
            "properties": {
                "type": {"type": "string", "enum": ["csv", "xlsx", "pptx", "docx", "pdf"]},
                "description": {"type": "string", "max": 500},
                "columns": _TEXTS,
                "include_headers": _FLAG,
                "sheet_name": _TEXT,
                "slides": {"type": "integer"},
                "template": _TEXT,
            },
            "additional": False,
        },
    ]
}
_HITL: Schema = {
    "type": "object",
    "properties": dict.fromkeys(("planning_questions", "plan_review", "source_review", "outline_review"), _FLAG),
}
_ALERT: Schema = {
    "oneOf": [_TEXT, {"type": "object", "required": ["email"], "properties": {"email": _TEXT, "custom_url": _TEXT}}]
}
CREATE: Schema = {
    "type": "object",
    "properties": {
        "query": {"type": "string", "min": 1, "max": 25_000},
        "input": {"type": "string", "max": 25_000},
        "mode": _MODE,
        "model": _MODE,
        "output_formats": _FORMATS,
        "strategy": _TEXT,
        "research_strategy": {"type": "string", "max": 15_000},
        "report_format": {"type": "string", "max": 15_000},
        "search": _SEARCH,
        "urls": {**_TEXTS, "max": 10},
        "files": {"type": "array", "items": _FILE, "max": 10},
        "mcp_servers": {"type": "array", "items": _MCP_SERVER, "max": 5},
        "code_execution": _FLAG,
        "tools": {
            "type": "object",
            "properties": dict.fromkeys(("code_execution", "screenshots", "browser_use", "charts"), _TOOL),
        },
        "previous_reports": {**_TEXTS, "max": 3},
        "webhook_url": _TEXT,
        "alert_email": _ALERT,
        "brand_collection_id": _TEXT,
        "metadata": _METADATA,
        "deliverables": {"type": "array", "items": _DELIVERABLE, "max": 10},
        "hitl": _HITL,
        "workflow_id": _TEXT,
        "workflow_params": {"type": "object"},
        "workflow_version": {"type": "integer", "minimum": 1},
    },
    "additional": False,
}
BATCH: Schema = {
    "type": "object",
    "properties": {
        "name": _TEXT,
        "mode": _MODE,
        "model": _MODE,
        "output_formats": _FORMATS,
        "search": _SEARCH,
        "webhook_url": _TEXT,
        "brand_collection_id": _TEXT,
        "metadata": _METADATA,
        "alert_email": _TEXT,
        "mcp_servers": {"type": "array", "items": _MCP_SERVER},
    },
    "additional": False,
}
BATCH_TASKS: Schema = {
    "type": "object",
    "required": ["tasks"],
    "properties": {
        "tasks": {
            "type": "array",
            "min": 1,
            "max": 100,
            "items": {
                "type": "object",
                "properties": {
                    "id": _TEXT,
                    "query": _TEXT,
                    "input": _TEXT,
                    "strategy": _TEXT,
                    "research_strategy": _TEXT,
                    "report_format": _TEXT,
                    "urls": _TEXTS,
                    "metadata": _METADATA,
                },
                "additional": False,
            },
        }
    },
    "additional": False,
}
UPDATE: Schema = {
    "type": "object",
    "required": ["instruction"],
    "properties": {"instruction": {"type": "string", "min": 1}},
    "additional": False,
}
PUBLIC: Schema = {"type": "object", "required": ["public"], "properties": {"public": _FLAG}, "additional": False}
NOTHING: Schema = {"type": "object", "additional": False}
EDIT: Schema = {
    "type": "object",
    "required": ["instruction"],
    "properties": {
        "instruction": _TEXT,
        "focus": {"type": "object", "properties": {"section": _TEXT, "scope": _TEXT}},
        "base_version": {"type": "integer", "minimum": 1},
        "citations": _TEXT,
        "wait_seconds": {"type": "integer", "minimum": 0, "maximum": 20},
        "target": {"type": "object", "properties": {"kind": _TEXT}},
    },
}
_REVIEW: Schema = {
    "type": "object",
    "required": ["approved"],
    "properties": {"approved": _FLAG, "modifications": _TEXT},
    "additional": False,
}
RESPONSES: dict[str, Schema] = {
    "planning_questions": {
        "type": "object",
        "required": ["answers"],
        "properties": {
            "answers": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["question", "answer"],
                    "properties": {"question": _TEXT, "answer": _TEXT},
                },
            }
        },
        "additional": False,
    },
    "plan_review": _REVIEW,
    "source_review": {
        "type": "object",
        "properties": {"included_domains": _TEXTS, "excluded_domains": _TEXTS},
        "additional": False,
    },
    "outline_review": _REVIEW,
}
RESPOND: Schema = {
    "type": "object",
    "required": ["interaction_id", "response"],
    "properties": {"interaction_id": _TEXT, "response": {"type": "object"}},
    "additional": False,
}


def invalid(text: str = "Invalid request parameters") -> Refusal:
    """400 in Valyu's form."""
    return Refusal(400, {"success": False, "error": text})


def sentence(finding: Violation) -> str:
    """A finding as one sentence that names the member."""
    where = ".".join(str(step) for step in finding.path) or "body"
    if finding.kind == "extra_forbidden":
        return f"Unrecognized key(s) in request: '{where}'"
    return f"{where}: {finding.message}"


async def body_of(request: Request, schema: Schema, *, optional: bool = False) -> Body:
    """The request body, checked.

    Raises:
        Refusal: 400 with what is wrong.
    """
    try:
        body: Any = await read_json(request)
    except ValueError:
        raise invalid("Request body is not valid JSON") from None
    if body is None and optional:
        return {}
    for finding in check(body, schema):
        raise invalid(sentence(finding))
    checked: Body = body
    return checked


def check_create(body: Body) -> None:
    """The rules of the create call that go beyond single members (tests/contracts/valyu.md 3).

    Raises:
        Refusal: 400 with the broken rule.
    """
    prompt = body.get("query") or body.get("input")
    free = [name for name in ("query", "input", "research_strategy", "report_format") if body.get(name)]
    if body.get("workflow_id"):
        if free:
            text = "workflow_id cannot be combined with " + ", ".join(free)
            raise Refusal(400, {"error": "workflow_and_freeform_mutually_exclusive", "message": text, "errors": []})
    elif not (isinstance(prompt, str) and prompt.strip()):
        raise invalid("query is required")
    length = len(body.get("research_strategy") or body.get("strategy") or "") + len(body.get("report_format") or "")
    if length > 15_000:
        text = f"research_strategy and report_format combined length ({length}) exceeds 15,000 character limit"
        raise invalid(text)
    check_formats(body.get("output_formats", []))
    check_search(body.get("search", {}))
    if any(body.get("hitl", {}).values()) and mode_of(body) == "instant":
        raise invalid("hitl is not available in instant mode")
    if not body.get("webhook_url", "https://").startswith("https://"):
        raise invalid("webhook_url must be an HTTPS URL")
    if sum(len(file.get("context", "")) for file in body.get("files", [])) > 100_000:
        raise invalid("files[].context combined length exceeds 100,000 character limit")
    alert = body.get("alert_email")
    if isinstance(alert, dict) and "{id}" not in alert.get("custom_url", "{id}"):
        raise invalid("alert_email.custom_url must contain {id}")


def check_formats(formats: list[Any]) -> None:
    """A schema stands alone or beside toon; toon needs one."""
    schemas = [wanted for wanted in formats if isinstance(wanted, dict)]
    if "toon" in formats and not schemas:
        raise invalid("TOON output format requires a JSON schema. Include a schema object in output_formats.")
    if schemas and ("markdown" in formats or "pdf" in formats):
        raise invalid("A JSON schema cannot be combined with markdown or pdf in output_formats")
    if len(schemas) > 1:
        raise invalid("Only one JSON schema is allowed in output_formats")


def check_search(search: Body) -> None:
    """Sources are included or excluded, not both; a time of day needs the historical cache."""
    if search.get("included_sources") and search.get("excluded_sources"):
        raise invalid("included_sources and excluded_sources cannot be used together")
    dates = [search[name] for name in ("start_date", "end_date") if name in search]
    if any(len(date) > 10 for date in dates) and not search.get("historical_cache"):
        raise invalid("start_date and end_date with a time require historical_cache")


def mode_of(body: Body) -> str:
    """The mode a body asks for, `lite` being the old name of standard."""
    mode: str = body.get("mode") or body.get("model") or "standard"
    return "standard" if mode == "lite" else mode
