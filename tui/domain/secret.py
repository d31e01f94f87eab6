"""Keys and tokens as values that cannot be printed by accident."""

from collections.abc import Iterable

_ever_held: set[str] = set()
_variables: set[str] = set()


def hold_variables(names: Iterable[str]) -> None:
    """Register environment variables that the configuration names as holding a key."""
    _variables.update(names)


def held_variables() -> frozenset[str]:
    """Return the registered variables."""
    return frozenset(_variables)


def every_secret() -> frozenset[str]:
    """Return the value of every `Secret` ever made in this process; `tui.domain.redact` hides them."""
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
