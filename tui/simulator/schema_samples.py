"""Structured output: the fields of a report, or a generated value that is valid for a JSON Schema."""

from collections.abc import Iterator, Mapping
from itertools import cycle
from typing import Any, TypeAlias

from tui.simulator.content import DemoReport

Schema: TypeAlias = Mapping[str, Any]
_FORMATS = {
    "date": "2026-11-20",
    "date-time": "2026-11-20T09:00:00Z",
    "time": "09:00:00Z",
    "email": "press@example.org",
    "uri": "https://example.org/",
    "uuid": "0f5a1f5e-5a0d-4f2c-8a52-6d2e1b7f1c01",
}
_DEPTH = 12


def structured(report: DemoReport, schema: Schema) -> Any:
    """Return a value that follows `schema`: the report's own when it was written for it."""
    written = report.structured or {}
    if written.get("schema") == schema:
        return written["fields"]
    return instance(schema, cycle([source.title for source in report.sources] or [report.title]))


def by_property(report: DemoReport, schema: Schema) -> dict[str, Any]:
    """Return a value for each property of `schema` by its type alone; without properties the report's own fields."""
    known = (report.structured or {}).get("fields")
    fields = known if isinstance(known, dict) else {"title": report.title, "headings": report.headings}
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return dict(fields)
    made = {"array": [report.title], "object": {}, "number": 1.5, "integer": 3, "boolean": True}
    return {
        name: fields.get(name, made.get(str(part.get("type") if isinstance(part, dict) else ""), report.title))
        for name, part in properties.items()
    }


def instance(schema: object, words: Iterator[str], root: Schema | None = None, depth: int = 0) -> Any:
    """Return a value that validates against `schema`, its free text taken from `words`.

    Covers what people ask services for (objects, lists, numbers, enums, references, alternatives, formats); a schema
    that contradicts itself gets a value that does not validate.
    """
    if not isinstance(schema, Mapping) or depth > _DEPTH:
        return next(words)
    root = root if root is not None else schema
    if isinstance(schema.get("$ref"), str):
        return instance(_resolve(schema["$ref"], root), words, root, depth + 1)
    for fixed in ("const", "default"):
        if fixed in schema:
            return schema[fixed]
    if schema.get("enum"):
        return schema["enum"][0]
    for choices in ("anyOf", "oneOf"):
        if schema.get(choices):
            return instance(schema[choices][0], words, root, depth + 1)
    if schema.get("allOf"):
        return instance(_merged(schema), words, root, depth + 1)
    return _by_type(schema, words, root, depth)


def _by_type(schema: Schema, words: Iterator[str], root: Schema, depth: int) -> Any:
    kind = schema.get("type") or ("object" if "properties" in schema else "array" if "items" in schema else "string")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "object":
        members: Mapping[str, Schema] = schema.get("properties") or {}
        wanted = [*members, *(name for name in schema.get("required", ()) if name not in members)]
        return {name: instance(members.get(name, {}), words, root, depth + 1) for name in wanted}
    if kind == "array":
        count = max(int(schema.get("minItems", 0)), min(2, int(schema.get("maxItems", 2))))
        return [instance(schema.get("items", {}), words, root, depth + 1) for _ in range(count)]
    if kind in ("integer", "number"):
        return _number(schema)
    if kind in ("boolean", "null"):
        return True if kind == "boolean" else None
    return _text(schema, words)


def _number(schema: Schema) -> int | float:
    low, high = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema and low is None:
        low = schema["exclusiveMinimum"] + 1
    value: int | float = low if low is not None else high if high is not None else 42
    step = schema.get("multipleOf")
    return -(-value // step) * step if step else value


def _text(schema: Schema, words: Iterator[str]) -> str:
    text = _FORMATS.get(str(schema.get("format"))) or next(words)
    low = int(schema.get("minLength", 0))
    return text.ljust(low, ".")[: schema.get("maxLength")]


def _merged(schema: Schema) -> Schema:
    merged: dict[str, Any] = {key: value for key, value in schema.items() if key != "allOf"}
    for part in schema["allOf"]:
        merged["properties"] = {**merged.get("properties", {}), **part.get("properties", {})}
        merged["required"] = [*merged.get("required", ()), *part.get("required", ())]
        merged = {**part, **merged}
    return merged


def _resolve(reference: str, root: Schema) -> object:
    target: Any = root
    for name in reference.removeprefix("#").strip("/").split("/"):
        if name:
            target = target.get(name.replace("~1", "/").replace("~0", "~"), {}) if isinstance(target, Mapping) else {}
    return target
