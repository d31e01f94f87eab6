"""Validates plain values (TOML) into the tables of `tui.config.schema`; their JSON schema."""

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeGuard, TypeVar, Union, get_args, get_origin

from tui.config.schema import Between

Table = TypeVar("Table")
At = tuple[str, ...]
_WORDS = {str: "text", bool: "true or false", int: "a whole number", float: "a number", Path: "a path"}
_JSON = {str: "string", bool: "boolean", int: "integer", float: "number", Path: "string"}


class MisfitError(ValueError):
    """An invalid value; the message tells what is valid, and never repeats the value.

    Attributes:
        at: The keys that lead to it.
        unknown: The last of them is no setting.
    """

    def __init__(self, at: At, wanted: str, *, unknown: bool = False) -> None:
        super().__init__(wanted)
        self.at = at
        self.unknown = unknown


def table(kind: type[Table], value: object, at: At = ()) -> Table:
    """Validate `value` as a table of class `kind`.

    Raises:
        MisfitError: at the first key that is unknown or does not fit.
    """
    if not isinstance(value, Mapping):
        raise MisfitError(at, "must be a table")
    known = {field.name: field.type for field in fields(kind)}  # type: ignore[arg-type]  # every kind is a dataclass
    for name in value:
        if name not in known:
            raise MisfitError((*at, str(name)), "", unknown=True)
    return kind(**{name: _fit(known[name], item, (*at, name)) for name, item in value.items()})


def _fit(kind: Any, value: object, at: At) -> object:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _within(_fit(inner[0], value, at), inner[1], at)
    if origin in {Union, UnionType}:
        return _either([one for one in inner if one is not NoneType], value, at)
    if origin is Literal:
        if value not in inner:
            raise MisfitError(at, f"must be one of {', '.join(map(str, inner))}")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise MisfitError(at, "must be a list")
        return tuple(_fit(inner[0], item, at) for item in value)
    if origin is dict:
        if not isinstance(value, Mapping):
            raise MisfitError(at, "must be a table")
        return {str(name): _fit(inner[1], item, (*at, str(name))) for name, item in value.items()}
    return table(kind, value, at) if _is_table(kind) else _plain(kind, value, at)


def _is_table(kind: object) -> TypeGuard[type]:
    return isinstance(kind, type) and is_dataclass(kind)


def _plain(kind: Any, value: object, at: At) -> object:
    if isinstance(value, bool):
        good = kind is bool
    elif kind is float:
        good = isinstance(value, int | float)
    else:
        good = isinstance(value, str if kind is Path else kind)
    if not good:
        raise MisfitError(at, f"must be {_WORDS[kind]}")
    return kind(value)


def _either(kinds: list[Any], value: object, at: At) -> object:
    for kind in kinds[:-1]:
        try:
            return _fit(kind, value, at)
        except MisfitError:
            continue
    return _fit(kinds[-1], value, at)


def _within(value: Any, limits: Between, at: At) -> object:
    size = len(value) if isinstance(value, tuple) else value
    if size < limits.least:
        raise MisfitError(at, "must not be empty" if isinstance(value, tuple) else f"must be at least {limits.least:g}")
    if limits.most is not None and size > limits.most:
        raise MisfitError(at, f"must be at most {limits.most:g}")
    return value


def plain(value: object) -> Any:
    """Return tables as JSON values."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def settings(kind: type, prefix: str = "") -> Iterator[tuple[str, str, object]]:
    """Yield (dotted key, documentation, default) of every setting; NAME stands for free names."""
    for name, (annotation, text, default) in _described(kind).items():
        inner = next((one for one in (annotation, *get_args(annotation)) if _is_table(one)), None)
        if inner is None:
            yield f"{prefix}{name}", text, default
        elif get_origin(annotation) is not dict:
            yield from settings(inner, f"{prefix}{name}.")
        elif name != "accounts":
            yield from settings(inner, f"{prefix}{name}.NAME.")


def json_schema(kind: Any) -> dict[str, Any]:
    """Return the JSON schema of a table."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        limits: Between = inner[1]
        least, most = ("minItems", "maxItems") if get_origin(inner[0]) is tuple else ("minimum", "maximum")
        return {**json_schema(inner[0]), least: limits.least, **({most: limits.most} if limits.most else {})}
    if origin in {Union, UnionType}:
        kinds = [json_schema(one) for one in inner if one is not NoneType]
        return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    if origin is Literal:
        return {"enum": [*inner]}
    if origin is tuple:
        return {"type": "array", "items": json_schema(inner[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": json_schema(inner[1])}
    if not _is_table(kind):
        return {"type": _JSON[kind]}
    described = _described(kind)
    members = {
        name: json_schema(annotation)
        | ({"description": text} if text else {})
        | ({} if is_dataclass(default) or default is None else {"default": plain(default)})
        for name, (annotation, text, default) in described.items()
    }
    return {"type": "object", "properties": members, "additionalProperties": False}


@cache
def _described(kind: type) -> Mapping[str, tuple[Any, str, object]]:
    """Return annotation, documentation and default of every field of a table."""
    texts: dict[str, str] = {}
    for parent in reversed(kind.__mro__[:-1]):
        (body,) = ast.parse(inspect.getsource(parent)).body
        assert isinstance(body, ast.ClassDef)
        for line, following in zip(body.body, body.body[1:], strict=False):
            if isinstance(line, ast.AnnAssign) and isinstance(following, ast.Expr):
                assert isinstance(line.target, ast.Name)
                texts[line.target.id] = ast.literal_eval(following.value)
    return {
        field.name: (
            field.type,
            texts.get(field.name, ""),
            field.default_factory() if field.default_factory is not MISSING else field.default,
        )
        for field in fields(kind)
    }
