"""Recursion over JSON values: map leaves, drop members, limit the depth, tell them in words."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from tui.domain.text import as_words

if TYPE_CHECKING:
    from tui.domain.detail import Json


DEEPEST = 1000  # levels; no caller accepts more, and Python's own recursion ends near there
_LEAVES = frozenset({str, int, float, bool, type(None)})


def json_in_words(text: str) -> str:
    """Return JSON in words, `{"a_b": {"type": "text"}}` as "a b (type: text)"; any other text as it is."""
    try:
        value = json.loads(text) if text[:1] in {"{", "["} else text
        return _told(value) if value and not isinstance(value, str) else as_words(text)
    except (ValueError, RecursionError):
        return text


def _told(value: object) -> str:
    if isinstance(value, dict):
        pairs = ((as_words(name), one) for name, one in value.items())
        return ", ".join(
            f"{name} ({_told(one)})" if one and isinstance(one, dict) else f"{name}: {_told(one)}"
            for name, one in pairs
        )
    if isinstance(value, list):
        return ", ".join(map(_told, value))
    return as_words(value) if isinstance(value, str) else json.dumps(value)


def map_json(
    value: object,
    leaf: Callable[[object], "Json"],
    *,
    name: Callable[[str], str] = str,
    keep: Callable[[str, object], bool] | None = None,
    member: Callable[[str, object], object] | None = None,
    deepest: int = DEEPEST,
) -> "Json":
    """Return a copy of a JSON value with every text, number, truth value and null replaced by `leaf(it)`.

    Args:
        value: Any JSON value; tuples count as lists.
        leaf: Gives the new value of what is neither an object nor a list.
        name: Gives the new name of a member.
        keep: Whether a member is in the copy; sees its old name and value.
        member: May give another value for a member, which is walked then.
        deepest: Levels of objects and lists that are allowed.

    Raises:
        RecursionError: the value is nested more deeply than that.
    """

    def walk(value: object, left: int) -> "Json":
        if type(value) in _LEAVES:  # nearly all of them: asking for a Mapping takes long
            return leaf(value)
        if isinstance(value, dict | Mapping):
            if not left:
                raise RecursionError("the value is nested too deeply")
            items: Iterable[tuple[object, object]] = value.items()
            if keep is not None:
                items = [(key, item) for key, item in items if keep(str(key), item)]
            if member is not None:
                items = [(key, member(str(key), item)) for key, item in items]
            return {name(str(key)): walk(item, left - 1) for key, item in items}
        if isinstance(value, list | tuple):
            if not left:
                raise RecursionError("the value is nested too deeply")
            return [walk(item, left - 1) for item in value]
        return leaf(value)

    return walk(value, deepest)


def map_texts(value: object, text: Callable[[str], str], *, name: Callable[[str], str] = str) -> "Json":
    """Return a copy of a JSON value with every text in it replaced by `text(it)`, and every member's name by `name`."""

    def leaf(item: object) -> "Json":
        return text(item) if isinstance(item, str) else same(item)

    return map_json(value, leaf, name=name)


def same(value: object) -> "Json":
    """Return a leaf as it is: the `leaf` of walks that only choose members."""
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
