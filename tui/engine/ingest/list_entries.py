"""The exact bytes of each entry of a list response, for lists that carry whole tasks."""

import json
import re
from collections.abc import Generator
from typing import Any

_DECODER = json.JSONDecoder(strict=False, parse_int=str, parse_float=str)  # ids are compared as text
Found = Generator[tuple[dict[str, Any], str], None, int]
_BLANK = re.compile(r"[ \t\n\r]*")


def entries(body: bytes, id_member: str) -> dict[str, bytes]:
    """Return the JSON text (UTF-8) of every object in the list, by its id; {} if `body` is not a list.

    The list is the answer itself or any member of it.
    """
    text = body.decode(json.detect_encoding(body), "replace").removeprefix("\ufeff")
    found: dict[str, bytes] = {}
    try:
        for value, part in _objects(text):
            if value.get(id_member) is not None:
                found.setdefault(str(value[id_member]), part.encode("utf-8", "replace"))
    except (ValueError, RecursionError, IndexError):
        return found  # broken from there on: what was cut out before is whole
    return found


def _objects(text: str) -> Found:
    """Yield the objects of the list `text`, or of the lists among its members, each with its exact text."""
    at = _next(text, 0)
    if text[at] == "[":
        return (yield from _items(text, at))
    while text[at] in "{,":
        _, at = _DECODER.raw_decode(text, _next(text, at + 1))  # the member's name
        at = _next(text, _next(text, at) + 1)
        at = (yield from _items(text, at)) if text[at] == "[" else _DECODER.raw_decode(text, at)[1]
        at = _next(text, at)
    return at


def _items(text: str, at: int) -> Found:
    """Yield the objects of the array that begins at `at`; returns the index of its end."""
    at = _next(text, at + 1)
    while text[at] != "]":
        value, end = _DECODER.raw_decode(text, at)
        if isinstance(value, dict):
            yield value, text[at:end]
        at = _next(text, end)
        at = _next(text, at + 1) if text[at] == "," else at
    return at + 1


def _next(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
