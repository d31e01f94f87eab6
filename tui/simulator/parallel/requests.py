"""The request bodies of Parallel (see `tui.simulator.checks`)."""

from tui.simulator.json_body import Body

_TEXT: Body = {"type": "string"}
_MAYBE_TEXT = {"type": ("string", "null")}
_OBJECT: Body = {"type": "object"}
_NULL: Body = {"type": "null"}
_SCHEMA = {
    "oneOf": [
        _TEXT,
        {"type": "object", "properties": {"type": _TEXT, "description": _MAYBE_TEXT, "json_schema": _OBJECT}},
    ]
}
_HOSTS = {"type": "array", "items": _TEXT}
_NAMES = {"oneOf": [_NULL, _HOSTS]}
SPEC = {
    "oneOf": [
        _NULL,
        {
            "type": "object",
            "required": ["output_schema"],
            "properties": {"output_schema": _SCHEMA, "input_schema": {"oneOf": [_NULL, *_SCHEMA["oneOf"]]}},
        },
    ]
}
METADATA = {"oneOf": [_NULL, {"type": "object", "additional": {"type": ("string", "number", "boolean", "null")}}]}
_SERVER = {
    "type": "object",
    "required": ["url", "name"],
    "properties": {
        "type": _TEXT,
        "url": _TEXT,
        "name": _TEXT,
        "headers": {"oneOf": [_NULL, {"type": "object", "additional": _TEXT}]},
        "allowed_tools": _NAMES,
    },
}
_DATA_SOURCES = {"oneOf": [_NULL, {"type": "object", "properties": {"free": _NAMES, "pay_per_use": _NAMES}}]}
RUN_INPUT: Body = {
    "type": "object",
    "required": ["input", "processor"],
    "properties": {
        "input": {"oneOf": [_TEXT, _OBJECT]},
        "processor": _TEXT,
        "task_spec": SPEC,
        "metadata": METADATA,
        "source_policy": {
            "oneOf": [
                _NULL,
                {
                    "type": "object",
                    "properties": {"include_domains": _HOSTS, "exclude_domains": _HOSTS, "after_date": _MAYBE_TEXT},
                },
            ]
        },
        "enable_events": {"type": ("boolean", "null")},
        "previous_interaction_id": _MAYBE_TEXT,
        "mcp_servers": {"oneOf": [_NULL, {"type": "array", "items": _SERVER}]},
        "webhook": {
            "oneOf": [
                _NULL,
                {"type": "object", "required": ["url"], "properties": {"url": _TEXT, "event_types": _HOSTS}},
            ]
        },
        "advanced_settings": {
            "oneOf": [
                _NULL,
                {"type": "object", "properties": {"location": _MAYBE_TEXT, "data_sources": _DATA_SOURCES}},
            ]
        },
        "memory_scope_key": _MAYBE_TEXT,
    },
}
