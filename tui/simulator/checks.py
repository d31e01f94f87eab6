"""Checks request values against the small part of JSON Schema the services' request bodies need.

Returns findings in the shape FastAPI uses for its 422 answers; a service with another style rewrites them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
Schema: TypeAlias = Mapping[str, Any]

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
OBJECT: Schema = {"type": "object"}
NULL: Schema = {"type": "null"}


def text(least: int = 0, most: int | None = None) -> Schema:
    """Return the schema of a string of so many characters."""
    return {"type": "string", "min": least, "max": most}


def word(*words: str) -> Schema:
    """Return the schema of one of some words."""
    return {"type": "string", "enum": words}


def whole(least: int | None = None, most: int | None = None) -> Schema:
    """Return the schema of an integer within limits."""
    return {"type": "integer", "minimum": least, "maximum": most}


def rows(items: Schema, least: int = 0, most: int | None = None) -> Schema:
    """Return the schema of a list of so many entries."""
    return {"type": "array", "items": items, "min": least, "max": most}


def record(required: str = "", /, **members: Schema) -> Schema:
    """Return the schema of an object; `required` names members, and others than `members` are allowed."""
    return {"type": "object", "required": required.split(), "properties": members}


def closed(required: str = "", /, **members: Schema) -> Schema:
    """Return the schema of an object without other members."""
    return {**record(required, **members), "additional": False}


def names(values: Schema) -> Schema:
    """Return the schema of an object with any names, each with a value that fits `values`."""
    return {"type": "object", "additional": values}


def either(*choices: Schema) -> Schema:
    """Return the schema of a value that fits one of several."""
    return {"oneOf": choices}


def maybe(schema: Schema) -> Schema:
    """Return the schema that takes null as well."""
    return {**schema, "type": (schema["type"], "null")}


@dataclass(frozen=True, slots=True)
class Violation:
    """One validation error: place, kind, message, and the value."""

    path: Path
    kind: str
    message: str
    value: object = None
    context: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Place and message on one line."""
        return f"{'.'.join(map(str, self.path)) or 'body'}: {self.message}"


def check(value: object, schema: Schema, path: Path = ()) -> Iterator[Violation]:
    """Yield what is wrong with `value`, in document order."""
    if "oneOf" in schema:
        yield from _check_one_of(value, schema["oneOf"], path)
        return
    wanted = schema.get("type")
    if wanted and not _is(value, wanted):
        names = wanted if isinstance(wanted, str) else " or ".join(wanted)
        yield Violation(path, f"{names.split()[0]}_type", f"Input should be a valid {names}", value)
        return
    if "enum" in schema and value not in schema["enum"]:
        words = [repr(word) for word in schema["enum"]]
        expected = " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
        yield Violation(path, "enum", f"Input should be {expected}", value, {"expected": expected})
    yield from _check_size(value, schema, path)
    if isinstance(value, dict):
        yield from _check_members(value, schema, path)
    elif isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from check(item, schema["items"], (*path, index))


def _is(value: object, wanted: str | tuple[str, ...]) -> bool:
    names = (wanted,) if isinstance(wanted, str) else wanted
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, _TYPES[name]) for name in names)


def _check_one_of(value: object, choices: Sequence[Schema], path: Path) -> Iterator[Violation]:
    fitting = [choice for choice in choices if "type" not in choice or _is(value, choice["type"])]
    attempts = [list(check(value, choice, path)) for choice in fitting or choices]
    if all(attempts):
        yield from min(attempts, key=len)


def _check_size(value: object, schema: Schema, path: Path) -> Iterator[Violation]:
    if isinstance(value, str | list):
        thing = "String" if isinstance(value, str) else "List"
        unit = "characters" if isinstance(value, str) else "items"
        low, high = schema.get("min"), schema.get("max")
        if low is not None and len(value) < low:
            message = f"{thing} should have at least {low} {unit}"
            yield Violation(path, "too_short", message, value, {"min_length": low})
        if high is not None and len(value) > high:
            message = f"{thing} should have at most {high} {unit}"
            yield Violation(path, "too_long", message, value, {"max_length": high})
    elif isinstance(value, int | float) and not isinstance(value, bool):
        low, high = schema.get("minimum"), schema.get("maximum")
        if low is not None and value < low:
            yield Violation(path, "greater_than_equal", f"Input should be at least {low}", value, {"ge": low})
        if high is not None and value > high:
            yield Violation(path, "less_than_equal", f"Input should be at most {high}", value, {"le": high})


def _check_members(value: dict[str, Any], schema: Schema, path: Path) -> Iterator[Violation]:
    known: Mapping[str, Schema] = schema.get("properties", {})
    others = schema.get("additional", True)
    for name in schema.get("required", ()):
        if name not in value:
            yield Violation((*path, name), "missing", "Field required", value)
    for name, member in value.items():
        if name in known:
            yield from check(member, known[name], (*path, name))
        elif others is False:
            yield Violation((*path, name), "extra_forbidden", "Extra inputs are not permitted", member)
        elif isinstance(others, Mapping):
            yield from check(member, others, (*path, name))


def validation_detail(findings: list[Violation]) -> dict[str, Any]:
    """The findings as FastAPI's `{"detail": [...]}`."""
    return {
        "detail": [
            {
                "type": finding.kind,
                "loc": ["body", *finding.path],
                "msg": finding.message,
                "input": finding.value,
                **({"ctx": dict(finding.context)} if finding.context else {}),
            }
            for finding in findings
        ]
    }
