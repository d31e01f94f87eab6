"""A draft -> the body of Extruct's create request, and what Extruct refuses (tests/contracts/extruct.md 3)."""

from collections.abc import Mapping
from typing import Any

from tui.domain.detail import Json
from tui.domain.provider import Draft
from tui.providers.checks import Complaint, check_mode, check_options, check_prompt, check_schema
from tui.providers.prices import EXTRUCT_AGENTS

_LONGEST_BRIEF = 20_000
_MOST_NESTING, _MOST_PROPERTIES = 5, 50
DEFAULT_DEPTH = "medium"


def create_body(draft: Draft) -> dict[str, Any]:
    """Return the request body; `depth` is always sent, as sources disagree about its default."""
    body: dict[str, Any] = {"brief": draft.prompt, "depth": draft.mode or DEFAULT_DEPTH}
    if draft.output_schema is not None:
        body["output_schema"] = draft.output_schema
    return body


def check(draft: Draft) -> list[Complaint]:
    """Return (field, what is wrong) for every limit that `draft` breaks."""
    complaints = [
        *check_prompt(draft, _LONGEST_BRIEF),
        *check_mode(draft, EXTRUCT_AGENTS),
        *check_options(draft, {}, "Extruct"),
        *check_schema(draft),
    ]
    schema = draft.output_schema
    if schema is not None and not complaints:
        if schema.get("type") != "object":
            complaints.append(("output_schema", 'must have "type": "object" at its top'))
        depth, properties = _measure(schema)
        if depth > _MOST_NESTING:
            complaints.append(("output_schema", f"is nested {depth} levels deep; at most {_MOST_NESTING}"))
        if properties > _MOST_PROPERTIES:
            complaints.append(("output_schema", f"has {properties} properties; at most {_MOST_PROPERTIES}"))
    return complaints


def _measure(schema: Json) -> tuple[int, int]:
    """Levels of objects, and properties in all, as a JSON Schema describes them."""
    if not isinstance(schema, Mapping):
        return 0, 0
    properties = schema.get("properties")
    inner = [*properties.values()] if isinstance(properties, Mapping) else []
    measured = [_measure(child) for child in [*inner, schema.get("items")]]
    level = 1 if isinstance(properties, Mapping) else 0
    return level + max(depth for depth, _ in measured), len(inner) + sum(count for _, count in measured)
