"""Converts offsets as services count them (UTF-8 bytes, UTF-16 units, code points) to code points."""

from bisect import bisect_right
from collections.abc import Callable

from tui.domain.anchors import OffsetUnit

_CHUNK = 512  # code points between two known places


def _bytes(char: str) -> int:
    code = ord(char)
    return 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4


def _units(char: str) -> int:
    return 2 if ord(char) > 0xFFFF else 1


class OffsetMap:
    """Offsets of one text in one unit, converted to code points. Built in linear time; a look-up takes bounded time."""

    def __init__(self, text: str, unit: OffsetUnit) -> None:
        self._text = text
        self._width: Callable[[str], int] | None = None
        if unit is not OffsetUnit.CODE_POINTS and not text.isascii():
            self._width = _bytes if unit is OffsetUnit.UTF8 else _units
            encoding, size = ("utf-8", 1) if unit is OffsetUnit.UTF8 else ("utf-16-le", 2)
            self._starts = [0]
            for at in range(0, len(text), _CHUNK):
                chunk = text[at : at + _CHUNK].encode(encoding, "surrogatepass")
                self._starts.append(self._starts[-1] + len(chunk) // size)

    def code_points(self, start: int, end: int) -> tuple[int, int] | None:
        """Return (start, end) in code points; None if the range holds no text.

        Args:
            start: Where it begins; inside a character, it begins with that character.
            end: Where it ends, exclusive; inside a character, it ends with that character; never behind the text.
        """
        if start < 0 or end <= start:
            return None
        first, last = self._point(start, up=False), self._point(end, up=True)
        return (first, last) if first < last else None

    def _point(self, offset: int, *, up: bool) -> int:
        if self._width is None:
            return min(offset, len(self._text))
        if offset >= self._starts[-1]:
            return len(self._text)
        chunk = bisect_right(self._starts, offset) - 1
        point, reached = chunk * _CHUNK, self._starts[chunk]
        while reached < offset:
            reached += self._width(self._text[point])
            point += 1
        return point if up or reached == offset else point - 1
