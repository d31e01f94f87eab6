"""Which request bodies Valyu accepts: unknown members are refused, and refusals are one English sentence."""

from typing import Any

from starlette.requests import Request

from tui.simulator.checks import (
    FLAG,
    OBJECT,
    TEXT,
    Schema,
    Violation,
    check,
    closed,
    either,
    names,
    record,
    rows,
    text,
    whole,
    word,
)
from tui.simulator.json_body import Body, Refusal, read_json

_TEXTS = rows(TEXT)
_MODE = word("instant", "fast", "standard", "lite", "heavy", "max")
_METADATA = names({"type": ("string", "number", "boolean")})
_FORMATS = rows(either(word("markdown", "pdf", "toon"), OBJECT))
_TOOL = either(FLAG, closed(enabled=FLAG, max_calls=whole(0)))
_SEARCH = closed(
    search_type=word("all", "web", "proprietary"),
    included_sources=_TEXTS,
    excluded_sources=_TEXTS,
    start_date=TEXT,
    end_date=TEXT,
    historical_cache=FLAG,
    historical_cache_strict=FLAG,
    category=TEXT,
    country_code=TEXT,
    source_biases=names(whole(-5, 5)),
)
_FILE = closed("data filename mediaType", data=TEXT, filename=TEXT, mediaType=TEXT, context=text(most=50_000))
_AUTH = record(type=word("bearer", "header", "none"), token=TEXT, headers=names(TEXT))
_MCP_SERVER = closed("url", url=TEXT, name=TEXT, tool_prefix=TEXT, auth=_AUTH, allowed_tools=_TEXTS)
_DELIVERABLE = closed(
    "type description",
    type=word("csv", "xlsx", "pptx", "docx", "pdf"),
    description=text(most=500),
    columns=_TEXTS,
    include_headers=FLAG,
    sheet_name=TEXT,
    slides=whole(),
    template=TEXT,
)
CREATE = closed(
    query=text(1, 25_000),
    input=text(most=25_000),
    mode=_MODE,
    model=_MODE,
    output_formats=_FORMATS,
    strategy=TEXT,
    research_strategy=text(most=15_000),
    report_format=text(most=15_000),
    search=_SEARCH,
    urls=rows(TEXT, most=10),
    files=rows(_FILE, most=10),
    mcp_servers=rows(_MCP_SERVER, most=5),
    code_execution=FLAG,
    tools=record(code_execution=_TOOL, screenshots=_TOOL, browser_use=_TOOL, charts=_TOOL),
    previous_reports=rows(TEXT, most=3),
    webhook_url=TEXT,
    alert_email=either(TEXT, record("email", email=TEXT, custom_url=TEXT)),
    brand_collection_id=TEXT,
    metadata=_METADATA,
    deliverables=rows(either(text(most=2000), _DELIVERABLE), most=10),
    hitl=record(planning_questions=FLAG, plan_review=FLAG, source_review=FLAG, outline_review=FLAG),
    workflow_id=TEXT,
    workflow_params=OBJECT,
    workflow_version=whole(1),
)
BATCH = closed(
    name=TEXT,
    mode=_MODE,
    model=_MODE,
    output_formats=_FORMATS,
    search=_SEARCH,
    webhook_url=TEXT,
    brand_collection_id=TEXT,
    metadata=_METADATA,
    alert_email=TEXT,
    mcp_servers=rows(_MCP_SERVER),
)
_BATCH_TASK = closed(
    id=TEXT,
    query=TEXT,
    input=TEXT,
    strategy=TEXT,
    research_strategy=TEXT,
    report_format=TEXT,
    urls=_TEXTS,
    metadata=_METADATA,
)
BATCH_TASKS = closed("tasks", tasks=rows(_BATCH_TASK, 1, 100))
UPDATE = closed("instruction", instruction=text(1))
PUBLIC = closed("public", public=FLAG)
NOTHING = closed()
EDIT = record(
    "instruction",
    instruction=TEXT,
    focus=record(section=TEXT, scope=TEXT),
    base_version=whole(1),
    citations=TEXT,
    wait_seconds=whole(0, 20),
    target=record(kind=TEXT),
)
_REVIEW = closed("approved", approved=FLAG, modifications=TEXT)
RESPONSES = {
    "planning_questions": closed("answers", answers=rows(record("question answer", question=TEXT, answer=TEXT))),
    "plan_review": _REVIEW,
    "source_review": closed(included_domains=_TEXTS, excluded_domains=_TEXTS),
    "outline_review": _REVIEW,
}
RESPOND = closed("interaction_id response", interaction_id=TEXT, response=OBJECT)


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
