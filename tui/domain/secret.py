"""A value that cannot be printed by accident: keys and tokens."""

import re
from collections.abc import Iterable

_TOKEN = re.compile(r"((?:[?&;]|%3F|%26)(?:[\w.-]*(?:token|key|signature|sig)))=[^&#\s]+", re.IGNORECASE)
_SHORTEST = 8  # characters; a shorter value protects nothing, and would be found in ordinary words


_ever_held: set[str] = set()


def every_secret() -> frozenset[str]:
    """Return the value of every `Secret` ever made, for crash reports: they are written where nothing else is known."""
    return frozenset(_ever_held)


class Secret:
    """Holds a key; every way of printing it shows only a mask and its last four characters."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        _ever_held.add(value)

    def reveal(self) -> str:
        """Return the value itself; called only where a request header is built."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({self.hint})"

    __str__ = __repr__

    @property
    def hint(self) -> str:
        """The last four characters of a key long enough not to be given away by them."""
        return f"…{self._value[-4:]}" if len(self._value) >= 12 else "…"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a secret is never pickled")


def without_token(url: str) -> str:
    """Return `url` without the value of any `token`, `key` or `signature` parameter: such URLs work without a key."""
    return _TOKEN.sub(r"\1=…", url) if "=" in url else url


def token_values(urls: Iterable[str | None]) -> frozenset[str]:
    """Return the values that `without_token` would hide in any of `urls`: they must not be printed elsewhere either."""
    found = (match[0].partition("=")[2] for url in urls if url for match in _TOKEN.finditer(url))
    return frozenset(value for value in found if len(value) >= _SHORTEST)


def masked(text: str, values: Iterable[str]) -> str:
    """Return `text` with each of `values` replaced by an ellipsis."""
    for value in values:
        text = text.replace(value, "…")
    return text
