"""The request bodies that start an interaction."""

from typing import Any

from tui.simulator.checks import FLAG, OBJECT, TEXT, either, names, record, rows, text

_CONFIG = record(
    "type",
    type=TEXT,
    thinking_summaries=TEXT,
    visualization=TEXT,
    collaborative_planning=FLAG,
    enable_bigquery_tool=FLAG,
)
CREATE = record(
    agent=TEXT,
    model=TEXT,
    input=either(TEXT, rows(OBJECT), OBJECT),
    background=FLAG,
    store=FLAG,
    stream=FLAG,
    agent_config=_CONFIG,
    tools=rows(record("type", type=TEXT)),
    previous_interaction_id=TEXT,
    system_instruction=TEXT,
    labels=names(text(most=63)),
    webhook_config=record(uris=rows(TEXT), user_metadata=OBJECT),
    service_tier=TEXT,
    continuation_token=TEXT,
    generation_config=OBJECT,
)


def prompt_of(given: Any) -> str:
    """The text of an input of any form."""
    if isinstance(given, str):
        return given
    if isinstance(given, dict):
        return str(given.get("text") or prompt_of(given.get("content", "")))
    return "\n\n".join(filter(None, (prompt_of(part) for part in given))) if isinstance(given, list) else ""
