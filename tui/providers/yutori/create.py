"""A draft -> the body of Yutori's create request, and what Yutori refuses (tests/contracts/yutori.md 3)."""

from typing import Any

from tui.domain.provider import Draft
from tui.providers.checks import (
    Complaint,
    Rule,
    check_mode,
    check_options,
    check_prompt,
    check_schema,
    choice,
    flag,
    https,
    text,
    without_nulls,
)

# `browser`, `task_spec` and `used_deprecated_task_spec` are in some captures: never to be sent.
_OPTIONS: dict[str, Rule] = {
    "user_timezone": text(),
    "user_location": text(),
    "skip_email": flag,
    "webhook_url": https,
    "webhook_format": choice("scout", "slack", "zapier"),
}


def create_body(draft: Draft) -> dict[str, Any]:
    """Return the request body; `mode` only where the user chose one, as older servers do not know it."""
    body: dict[str, Any] = {"query": draft.prompt}
    if draft.mode is not None:
        body["mode"] = draft.mode
    if draft.output_schema is not None:
        body["output_schema"] = draft.output_schema
    return body | {name: without_nulls(value) for name, value in draft.options.items() if value is not None}


def check(draft: Draft) -> list[Complaint]:
    """Return (field, what is wrong) for every limit that `draft` breaks; no length limit is published."""
    return [
        *check_prompt(draft),
        *check_mode(draft, ("deep", "fast")),
        *check_options(draft, _OPTIONS, "Yutori"),
        *check_schema(draft),
    ]
