"""The request bodies of a create, and OpenAI's refusals."""

from typing import Any

from tui.simulator.checks import FLAG, OBJECT, TEXT, check, either, maybe, record, rows, text, whole, word

_CREATE = record(
    "model input",
    model=text(1),
    input=either(text(1), rows(OBJECT, 1)),
    background=FLAG,
    background_options=record(completion_window=word("soonest", "2h", "8h"), continuation_id=TEXT),
    store=maybe(FLAG),
    stream=maybe(FLAG),
    stream_options=maybe(record(include_obfuscation=FLAG)),
    tools=rows(record("type", type=TEXT)),
    instructions=maybe(TEXT),
    reasoning=record(effort=TEXT, summary=TEXT),
    max_tool_calls=whole(1),
    max_output_tokens=whole(1),
    metadata=OBJECT,
    previous_response_id=TEXT,
    include=rows(TEXT),
    text=record(format=OBJECT, verbosity=TEXT),
    service_tier=TEXT,
    safety_identifier=text(most=128),
    tool_choice={},
)
_MORE = frozenset(
    "conversation prompt context_management moderation truncation temperature top_p top_logprobs parallel_tool_calls "
    "user prompt_cache_key prompt_cache_retention".split()
)
_DATA_TOOLS = frozenset({"web_search_preview", "file_search", "mcp"})
MODELS = (
    "gpt-6.2-astra gpt-6.2-sol gpt-6.1-sol gpt-6-sol gpt-6-astra gpt-6-luna gpt-5.6-sol gpt-5.6-terra gpt-5.6-luna "
    "gpt-5.5-pro gpt-5.4-pro gpt-5 gpt-5-mini o3"
).split()
ENDS = {"gpt-5": "2026-12-11", "gpt-5-mini": "2026-12-11", "o3": "2026-12-11"}

Complaint = tuple[int, str, str | None, str | None]  # HTTP status, text, parameter, code


def complaint(body: Any) -> Complaint | None:
    """Return the validation error of a create, as OpenAI words it; None for none."""
    if not isinstance(body, dict):
        return 400, "The request body is not a JSON object.", None, None
    known = {*_CREATE["properties"], *_MORE}
    unknown = next((name for name in body if name not in known), None)
    if unknown is not None:
        return 400, f"Unknown parameter: '{unknown}'.", unknown, "unknown_parameter"
    for finding in check(body, _CREATE):
        place = ".".join(map(str, finding.path)) or None
        if finding.kind == "missing":
            return 400, f"Missing required parameter: '{place}'.", place, "missing_required_parameter"
        return 400, f"Invalid value for '{place}': {finding.message}.", place, "invalid_value"
    return _pairs(body) or _together(body)


def _pairs(body: dict[str, Any]) -> Complaint | None:
    metadata = body.get("metadata", {})
    if len(metadata) > 16:
        return 400, "Invalid 'metadata': too many properties.", "metadata", "object_above_max_properties"
    if any(len(name) > 64 or not isinstance(value, str) or len(value) > 512 for name, value in metadata.items()):
        return 400, "Invalid 'metadata': keys take 64, values 512 characters.", "metadata", "invalid_value"
    return None


def _together(body: dict[str, Any]) -> Complaint | None:
    kinds = {tool["type"] for tool in body.get("tools", [])}
    model = body["model"]
    window = body.get("background_options", {}).get("completion_window", "soonest")
    if window != "soonest" and (body.get("stream") or not body.get("background")):
        return 400, "'completion_window' needs background mode without a stream.", "background_options", None
    if "deep-research" in model and not kinds & _DATA_TOOLS:
        said = "Deep research models require at least one of 'web_search_preview', 'mcp', or 'file_search' tools."
        return 400, said, "tools", None
    if not any(model == name or model.startswith(f"{name}-20") for name in MODELS):
        return 404, f"The model `{model}` does not exist or you do not have access to it.", None, "model_not_found"
    return None


def prompt_of(value: Any) -> str:
    """Return the text of an input."""
    if isinstance(value, str):
        return value
    parts: list[object] = []
    for item in value:
        content = item.get("content")
        listed = content if isinstance(content, list) else []
        parts += (
            [content] if isinstance(content, str) else [part.get("text") for part in listed if isinstance(part, dict)]
        )
    return "\n".join(part for part in parts if isinstance(part, str))
