"""You.com's limits of an output schema (research guide, structured output)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tui.domain.detail import Json

_DEEPEST, _PROPERTIES, _ENUMS, _CHARACTERS = 5, 100, 500, 25_000


@dataclass(slots=True)
class _Measure:
    depth: int = 0
    properties: int = 0
    enums: int = 0


def check_schema(schema: Mapping[str, Json]) -> Iterator[str]:
    """Yield the errors for which You.com would refuse a JSON Schema."""
    if "anyOf" in schema:
        yield "must not be anyOf at its top"
    if len(json.dumps(schema, ensure_ascii=False)) > _CHARACTERS:
        yield f"has more than {_CHARACTERS:,} characters"
        return
    measure = _Measure()
    trouble = next(_walk(schema, "top", 0, measure), None)
    if trouble is not None:
        yield trouble
    if measure.depth > _DEEPEST:
        yield f"is nested {measure.depth} levels deep; at most {_DEEPEST}"
    if measure.properties > _PROPERTIES:
        yield f"has {measure.properties} properties; at most {_PROPERTIES}"
    if measure.enums > _ENUMS:
        yield f"has {measure.enums} enum values; at most {_ENUMS}"


def _walk(schema: Json, place: str, depth: int, measure: _Measure) -> Iterator[str]:
    if isinstance(schema, Sequence) and not isinstance(schema, str):
        for item in schema:
            yield from _walk(item, place, depth, measure)
    if not isinstance(schema, Mapping):
        return
    if "$ref" in schema:
        yield f"must not refer to itself or to definitions (at {place})"
    enum = schema.get("enum")
    measure.enums += len(enum) if isinstance(enum, Sequence) and not isinstance(enum, str) else 0
    properties = schema.get("properties")
    if isinstance(properties, Mapping) or schema.get("type") == "object":
        members = properties if isinstance(properties, Mapping) else {}
        depth += 1
        measure.depth = max(measure.depth, depth)
        measure.properties += len(members)
        required = schema.get("required")
        if schema.get("additionalProperties") is not False:
            yield f'needs "additionalProperties": false in every object (at {place})'
        if not isinstance(required, Sequence) or set(members) - {name for name in required if isinstance(name, str)}:
            yield f"needs every property in required (at {place})"
        for name, inner in members.items():
            yield from _walk(inner, name if place == "top" else f"{place}.{name}", depth, measure)
    for name in ("items", "anyOf", "oneOf", "allOf"):
        yield from _walk(schema.get(name), place, depth, measure)
