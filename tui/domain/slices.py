"""Long work in slices: between two of them, other threads get the interpreter.

A search of an expression in 5 MB, or freeing what was parsed from them, is one call that keeps every other thread
waiting for a tenth of a second, whatever the switch interval.
"""

import re
from collections.abc import Iterator
from typing import Any

from tui.domain.patterns import late

_BLANK = late(r"\s")
SLICE = 65_536  # characters searched in one call: one to three milliseconds
_FREED = 2_000  # objects freed in one call
_FAR = 4_096  # characters looked at for a better place to cut


def line_slices(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Yield consecutive ranges of `text` from `start` on that end after a line end; a longer line is never cut."""
    while start < len(text):
        end = text.find("\n", start + SLICE) + 1 or len(text)
        yield start, end
        start = end


def word_slices(text: str) -> Iterator[tuple[int, int]]:
    """Yield consecutive ranges of `text` that end before a blank, or anywhere where none is near."""
    start = 0
    while start < len(text):
        end = min(start + SLICE, len(text))
        if end < len(text):
            blank = _BLANK.search(text, end, end + _FAR)
            end = blank.start() if blank else end
        yield start, end
        start = end


def finditer(pattern: "re.Pattern[str]", text: str) -> Iterator["re.Match[str]"]:
    """Yield what `pattern.finditer(text)` does, for a pattern that never looks beyond a line end."""
    for start, end in line_slices(text):
        yield from pattern.finditer(text, start, end)


def search(pattern: "re.Pattern[str]", text: str, start: int = 0) -> "re.Match[str] | None":
    """Return what `pattern.search(text, start)` does, for a pattern that never looks beyond a line end."""
    found = (pattern.search(text, *part) for part in line_slices(text, start))
    return next((match for match in found if match is not None), None)


def drop(items: list[Any]) -> None:
    """Empty a list whose many objects nothing else holds."""
    while items:
        del items[-_FREED:]
