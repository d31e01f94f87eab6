"""Every value of a service's answer has a place in the detail: nothing received is lost."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from tui.domain.detail import Detail
from tui.domain.text import clean

Place = tuple[Any, ...]  # member names and indexes


def lost(body: bytes, detail: Detail, elsewhere: Collection[str]) -> dict[Place, Any]:
    """Return the values of a JSON answer that its detail does not show; `elsewhere` are members told in other words."""
    shown = repr(detail).lower()
    values = {place: value for place, value in _leaves(json.loads(body)) if place[-1] not in elsewhere}
    return {place: value for place, value in values.items() if _as_shown(value) not in shown}


def _leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Yield (place, value) of every text and number that says something; fields may come as a text."""
    if isinstance(value, str) and value.startswith('{"') and value.endswith("}"):
        value = json.loads(value)
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in pairs:
        yield from _leaves(inner, (*place, step))
    if not isinstance(value, dict | list | bool) and value not in (None, "", 0):
        yield place, value


def _as_shown(value: Any) -> str:
    return repr(clean(value) if isinstance(value, str) else value).strip("'").strip('"').lower()
