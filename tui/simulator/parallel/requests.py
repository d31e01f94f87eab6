"""The request bodies of Parallel (see `tui.simulator.checks`)."""

from tui.simulator.checks import FLAG, NULL, OBJECT, TEXT, either, maybe, names, record, rows

_SCHEMA = either(TEXT, record(type=TEXT, description=maybe(TEXT), json_schema=OBJECT))
_HOSTS = rows(TEXT)
SPEC = either(NULL, record("output_schema", output_schema=_SCHEMA, input_schema=either(NULL, *_SCHEMA["oneOf"])))
METADATA = either(NULL, names({"type": ("string", "number", "boolean", "null")}))
_SERVER = record(
    "url name", type=TEXT, url=TEXT, name=TEXT, headers=either(NULL, names(TEXT)), allowed_tools=either(NULL, _HOSTS)
)
_DATA_SOURCES = record(free=either(NULL, _HOSTS), pay_per_use=either(NULL, _HOSTS))
RUN_INPUT = record(
    "input processor",
    input=either(TEXT, OBJECT),
    processor=TEXT,
    task_spec=SPEC,
    metadata=METADATA,
    source_policy=either(NULL, record(include_domains=_HOSTS, exclude_domains=_HOSTS, after_date=maybe(TEXT))),
    enable_events=maybe(FLAG),
    previous_interaction_id=maybe(TEXT),
    mcp_servers=either(NULL, rows(_SERVER)),
    webhook=either(NULL, record("url", url=TEXT, event_types=_HOSTS)),
    advanced_settings=either(NULL, record(location=maybe(TEXT), data_sources=either(NULL, _DATA_SOURCES))),
    memory_scope_key=maybe(TEXT),
)
