"""Lines of text as pure values: measured, cut and filled in terminal cells; no widget, no colour.

A line is a sequence of (text, tone); what a tone looks like is decided in styles/ and looked up by the widget.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import overload

from tui.domain.cells import cell_len, cut, fit

Piece = tuple[str, str]
Line = tuple[Piece, ...]

EMPTY: Line = ()
_BLOCKS = " ▏▎▍▌▋▊▉█"
_SPARKS = "▁▂▃▄▅▆▇█"


def line_width(line: Iterable[Piece]) -> int:
    """Return the width of a line in cells."""
    return sum(cell_len(text) for text, _ in line)


def cut_line(line: Line, width: int) -> Line:
    """Return a line in at most `width` cells, the last visible piece cut with an ellipsis."""
    if line_width(line) <= width:
        return line
    kept: list[Piece] = []
    left = width
    for text, tone in line:
        taken = cell_len(text)
        if taken < left or (taken == left and (text, tone) == line[-1]):
            kept.append((text, tone))
            left -= taken
            continue
        kept.append((fit(text + " ", left) if taken == left else fit(text, left), tone))
        break
    return tuple(kept)


def first_lines(lines: Sequence[Line], most: int, width: int) -> list[Line]:
    """Return at most `most` lines; the last one ends with an ellipsis where there are more."""
    if len(lines) <= most:
        return [*lines]
    return [*lines[: most - 1], cut_line((*lines[most - 1], (" …", "dim")), width)] if most > 0 else []


def spread(left: Line, right: Line, width: int) -> Line:
    """Return a line with `left` and `right` at its ends; the right end is kept where both do not fit."""
    right = cut_line(right, width)
    room = width - line_width(right)
    left = cut_line(left, max(0, room - 1))
    return (*left, (" " * (room - line_width(left)), "plain"), *right)


def ruled(title: str, width: int, tone: str = "title", begin: str = "── ") -> Line:
    """Return a title in a horizontal rule of `width` cells; one that is too long is cut."""
    title = cut(title, max(1, width - len(begin) - 2))
    return (begin, "rule"), (title, tone), (" " + "─" * max(0, width - cell_len(title) - len(begin) - 1), "rule")


def bar(fraction: float | None, width: int) -> tuple[str, str]:
    """Return the filled and the empty part of a bar of `width` cells; without a fraction all of it is empty."""
    eighths = round(max(0.0, min(1.0, fraction or 0.0)) * width * 8)
    full, rest = divmod(eighths, 8)
    filled = "█" * full + (_BLOCKS[rest] if rest else "")
    return filled, "░" * (width - len(filled))


def sparkline(values: Sequence[float], width: int) -> str:
    """Return values over time as one line of block characters, the newest on the right; "" for fewer than two."""
    if len(values) < 2 or width < 2:
        return ""
    step = len(values) / width
    picked = (
        [values[min(len(values) - 1, int((i + 1) * step) - (step >= 1))] for i in range(width)] if step > 1 else values
    )
    low, high = min(picked), max(picked)
    span = (high - low) or 1
    return "".join(_SPARKS[min(7, int((value - low) / span * 7.999))] for value in picked)


def spark(value: float, most: float) -> str:
    """Return the block character of a value relative to the greatest one; the lowest one for anything above 0."""
    return _SPARKS[max(0, min(7, round(value / most * 8) - 1))] if most > 0 else " "


def select(line: Line, start: int, end: int) -> Line:
    """Return a line with the characters [start, end) selected; `end` below 0 is the line's end."""
    pieces: list[Piece] = []
    at = 0
    for text, tone in line:
        stop = len(text) if end < 0 else max(0, min(len(text), end - at))
        begin = max(0, min(stop, start - at))
        parts = ((text[:begin], tone), (text[begin:stop], "selected"), (text[stop:], tone))
        pieces += [part for part in parts if part[0]]
        at += len(text)
    return tuple(pieces)


class LinesOnDemand(Sequence[Line]):
    """Lines that are made when they are painted.

    Args:
        count: how many there are.
        make: returns the line of a number; called again for each paint.
    """

    def __init__(self, count: int, make: Callable[[int], Line]) -> None:
        self._numbers = range(count)
        self._make = make

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        """Return a line, or several."""
        if isinstance(index, slice):
            return [self._make(number) for number in self._numbers[index]]
        return self._make(self._numbers[index])
