"""Converts what a person types for a provider option to its value, and back."""

import base64
import json
import mimetypes
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tui.domain.detail import Json
from tui.domain.errors import UsageError
from tui.domain.options import Option, OptionKind, value_at
from tui.domain.text import clean, join, one_line

_ON, _OFF = {"on", "yes", "true"}, {"off", "no", "false"}
_SEPARATORS = re.compile(r"[,\s]+")
_PRODUCT = re.compile(r"\s*(\w{1,10})\s*:\s*(.+)")
LARGEST_FILE = 20_000_000  # bytes; nothing is published, and a brief is no place for more


def read_value(option: Option, text: str) -> Json:
    """Parse `text` as a value of `option`; None for blank text, which unsets the option.

    Raises:
        UsageError: it means none; the message is for a person.
    """
    text = text.strip()
    return _READERS[option.kind](option, text) if text else None


def text_of(option: Option, value: Json) -> str:
    """Return `value` as text that `read_value` accepts, JSON for nested values; "" for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float | str):
        return str(value)
    if option.kind is OptionKind.WEIGHTS and isinstance(value, Mapping):
        return ", ".join(f"{name}={weight}" for name, weight in value.items())
    if isinstance(value, Sequence) and option.kind is not OptionKind.JSON:
        parts = [_part(option, item) for item in value]
        if all(part is not None for part in parts):
            return ("\n" if option.kind is OptionKind.PRODUCTS else ", ").join(filter(None, parts))
    return json.dumps(value, ensure_ascii=False)


def summary_of(option: Option, value: Json) -> str:
    """Return a short form of `value` for one line of a form; "" for None."""
    if option.kind is OptionKind.FILES and isinstance(value, Sequence) and not isinstance(value, str):
        names = [str(item.get("name")) for item in value if isinstance(item, Mapping)]
        return one_line(", ".join(names), 200)
    return one_line(text_of(option, value).replace("\n", "; "), 200)


def _part(option: Option, item: Json) -> str | None:
    if isinstance(item, str):
        return item
    if option.kind is OptionKind.PRODUCTS and isinstance(item, Mapping) and set(item) == {"type", "description"}:
        return f"{item['type']}: {item['description']}"
    return None


def _text(_option: Option, text: str) -> Json:
    return text


def _flag(_option: Option, text: str) -> Json:
    word = text.lower()
    if word not in _ON | _OFF:
        raise UsageError("expected on or off")
    return word in _ON


def _choice(option: Option, text: str) -> Json:
    if text not in option.choices:
        raise UsageError(f"expected {join(option.choices, 'or')}")
    return text


def _choices(option: Option, text: str) -> Json:
    return [_choice(option, word) for word in filter(None, _SEPARATORS.split(text))]


def _number(_option: Option, text: str) -> Json:
    try:
        return int(text)
    except ValueError as error:
        raise UsageError("expected a whole number") from error


def _calls(_option: Option, text: str) -> Json:
    if text.isascii() and text.isdecimal():
        return int(text)
    if text.lower() not in _ON | _OFF:
        raise UsageError("expected on, off, or how often at most")
    return text.lower() in _ON


def _list(_option: Option, text: str) -> Json:
    return [word for word in _SEPARATORS.split(text) if word]


def _weights(_option: Option, text: str) -> Json:
    weights: dict[str, Json] = {}
    for part in filter(str.strip, text.split(",")):
        name, equals, number = part.partition("=")
        try:
            weights[name.strip()] = int(number)
        except ValueError as error:
            raise UsageError(f"expected NAME=NUMBER, NAME=NUMBER; got {clean(part.strip())!r}") from error
        if not equals or not name.strip():
            raise UsageError("expected NAME=NUMBER, NAME=NUMBER")
    return weights


def _files(_option: Option, text: str) -> Json:
    if text.startswith("["):
        return _json(_option, text)
    names = [line.strip() for line in re.split(r"[,\n]", text) if line.strip()]
    return [_file(Path(name).expanduser()) for name in names]


def _file(path: Path) -> Json:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UsageError(f"{clean(path.name)} has more than {LARGEST_FILE:,} bytes")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{one_line(str(path), 100)} cannot be read: {error.strerror}") from error
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    encoded = base64.b64encode(data).decode("ascii")
    return {"name": clean(path.name), "media_type": kind, "base64": encoded}


def _products(option: Option, text: str) -> Json:
    if text.startswith("["):
        return _json(option, text)
    products: list[Json] = []
    for line in filter(str.strip, re.split(r"[;\n]", text)):
        found = _PRODUCT.fullmatch(line)
        known = found is not None and found[1].lower() in option.choices
        products.append(
            {"type": found[1].lower(), "description": found[2].strip()} if known and found else line.strip()
        )
    return products


def _json(_option: Option, text: str) -> Json:
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"this is no JSON: {one_line(str(error), 80)}") from error
    return value


_READERS: Mapping[OptionKind, Callable[[Option, str], Json]] = {
    OptionKind.TEXT: _text,
    OptionKind.PROSE: _text,
    OptionKind.FLAG: _flag,
    OptionKind.CHOICE: _choice,
    OptionKind.CHOICES: _choices,
    OptionKind.NUMBER: _number,
    OptionKind.CALLS: _calls,
    OptionKind.LIST: _list,
    OptionKind.WEIGHTS: _weights,
    OptionKind.FILES: _files,
    OptionKind.PRODUCTS: _products,
    OptionKind.REPORTS: _list,
    OptionKind.JSON: _json,
}


def describe_options(options: Sequence[Option], given: Mapping[str, Json]) -> str:
    """Return the set options in one line: "plan review, 2 files"; unknown ones by their names."""
    parts = []
    described = {option.name.partition(".")[0] for option in options}
    for option in options:
        value = value_at(given, option.name)
        if isinstance(value, list | tuple):
            parts.append(f"{option.label}: {len(value)}")
        elif isinstance(value, bool):
            parts.append(option.label if value else f"{option.label}: off")
        elif value is not None:
            parts.append(f"{option.label}: {one_line(summary_of(option, value), 24)}")
    parts += [name for name in given if name not in described]
    return ", ".join(parts) or "none set"
