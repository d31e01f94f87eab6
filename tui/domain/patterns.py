"""Regular expressions that are compiled when they are first used: half a millisecond each for the larger ones.

A module that names thirty of them is imported without any; a text without footnotes never compiles theirs.
"""

import re
from typing import TYPE_CHECKING, Any

_METHODS = ("match", "fullmatch", "search", "finditer", "findall", "sub", "subn", "split", "scanner")
_KEPT = (*_METHODS, "pattern", "flags", "groups", "groupindex")


class _LatePattern:
    """Stands for a `re.Pattern`; its methods are those of the pattern from the first use on."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._late = pattern, flags

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # `isinstance`, and with it `re.sub(late(…), …)`, take it for what it stands for
        return re.Pattern

    def __getattr__(self, name: str) -> Any:
        if name not in _KEPT:
            raise AttributeError(name)
        compiled = re.compile(*self._late)
        self.__dict__.update({each: getattr(compiled, each) for each in _KEPT})
        return self.__dict__[name]


if TYPE_CHECKING:

    def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
        """Return the pattern; it is compiled with its first use, on any thread, and may be compiled twice."""
else:

    def late(pattern: str, flags: int = 0) -> _LatePattern:
        """Return the pattern; it is compiled with its first use, on any thread, and may be compiled twice."""
        return _LatePattern(pattern, flags)
