"""The request bodies that start an interaction."""

from typing import Any

_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_OBJECT = {"type": "object"}
_TOOL = {"type": "object", "required": ["type"], "properties": {"type": _TEXT}}
_CONFIG = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": _TEXT,
        "thinking_summaries": _TEXT,
        "visualization": _TEXT,
        "collaborative_planning": _FLAG,
        "enable_bigquery_tool": _FLAG,
    },
}
CREATE = {
    "type": "object",
    "properties": {
        "agent": _TEXT,
        "model": _TEXT,
        "input": {"oneOf": [_TEXT, {"type": "array", "items": _OBJECT}, _OBJECT]},
        "background": _FLAG,
        "store": _FLAG,
        "stream": _FLAG,
        "agent_config": _CONFIG,
        "tools": {"type": "array", "items": _TOOL},
        "previous_interaction_id": _TEXT,
        "system_instruction": _TEXT,
        "labels": {"type": "object", "additional": {"type": "string", "max": 63}},
        "webhook_config": {
            "type": "object",
            "properties": {"uris": {"type": "array", "items": _TEXT}, "user_metadata": _OBJECT},
        },
        "service_tier": _TEXT,
        "continuation_token": _TEXT,
        "generation_config": _OBJECT,
    },
}


def prompt_of(given: Any) -> str:
    """The text of an input of any form."""
    if isinstance(given, str):
        return given
    if isinstance(given, dict):
        return str(given.get("text") or prompt_of(given.get("content", "")))
    return "\n\n".join(filter(None, (prompt_of(part) for part in given))) if isinstance(given, list) else ""
