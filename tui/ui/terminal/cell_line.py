"""A line of the terminal as two strings, one character a cell: what stands there, and how it looks.

Whole lines are compared, cut and searched by what is done in C for strings; a loop over cells costs ten times as much.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from operator import ne
from typing import NamedTuple

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.ui.terminal.sgr import INKS_BLANKS, SgrState, state_of

Look = tuple[SgrState, str]
"""How a cell is written, and the address it links to."""

UNSEEN = "\0"
"""In a cell of which nothing is known."""

_BEHIND = "\U000fffff"  # in the second cell of a wide character
_FIRST = 0x100000  # of the characters that stand for several code points
_MOST = 40_000  # codes of one kind
_MOST_STYLES, _MOST_STRIPS = 4096, 200
_NO_STYLE = Style()
_CHANGED = re.compile(rb"[^\0]+(?:\0{1,4}[^\0]+)*")  # equal cells between: cheaper to write again than to jump over
_ALIKE = re.compile(r"(.)\1*", re.DOTALL)
_UNKNOWN: Look = (SgrState("?"), "")


class CellLine(NamedTuple):
    """The cells of one line."""

    text: str
    looks: str

    @property
    def is_uncertain(self) -> bool:
        """Whether a character is of several code points: terminals differ in how many cells it takes."""
        return not self.text.isascii() and ord(max(self.text)) >= _FIRST

    def covered(self, x: int, line: "CellLine") -> "CellLine":
        """Return the line with other cells from `x` on, as many as fit; half a wide character becomes a blank."""
        room = len(self.text) - x
        text, looks = line.text[:room], line.looks[:room]
        stop = x + len(text)
        left, right = self.text[:x], self.text[stop:]
        if self.text[x : x + 1] == _BEHIND:
            left = left[:-1] + " "
        if right.startswith(_BEHIND):
            right = " " + right[1:]
        return CellLine(left + text + right, self.looks[:x] + looks + self.looks[stop:])

    def alike(self, start: int, stop: int) -> Iterable[tuple[int, int]]:
        """Return the spans of equal looks in [start, stop)."""
        return (found.span() for found in _ALIKE.finditer(self.looks, start, stop))

    def is_rest(self, x: int) -> bool:
        """Whether everything from `x` on is blank and looks alike."""
        rest = len(self.text) - x
        return self.text.endswith(" " * rest) and self.looks.endswith(self.looks[-1] * rest)

    def differences(self, old: "CellLine") -> Iterable[tuple[int, int]]:
        """Return the spans of cells that differ; close ones are joined, no wide character is cut."""
        text, before = self.text, old.text
        wide = _BEHIND in text or _BEHIND in before
        differing = _differing(text, before) | _differing(self.looks, old.looks)
        for found in _CHANGED.finditer(differing.to_bytes(len(text), "big")):
            start, stop = found.span()
            while wide and start > 0 and _BEHIND in {text[start], before[start]}:
                start -= 1
            while wide and stop < len(text) and _BEHIND in {text[stop], before[stop]}:
                stop += 1
            yield start, stop


def is_cluster(char: str) -> bool:
    """Whether a cell's character stands for several code points."""
    return ord(char) >= _FIRST


def _differing(new: str, old: str) -> int:
    """Return a number whose bytes are not 0 where characters differ."""
    if new == old:
        return 0
    if new.isascii() and old.isascii():
        return int.from_bytes(new.encode(), "big") ^ int.from_bytes(old.encode(), "big")
    return int.from_bytes(bytes(map(ne, new, old)), "big")


class CellCodes:
    """The characters that stand for looks, and for text of several code points, in one buffer's lines."""

    def __init__(self, system: ColorSystem) -> None:
        self.system = system
        self._looks: list[Look] = [_UNKNOWN]
        self._codes: dict[Look, str] = {_UNKNOWN: UNSEEN}
        self._styles: dict[tuple[int, bool], tuple[Style, str]] = {}  # with the style: no other one gets its id
        self._strips: dict[int, tuple[Strip, CellLine]] = {}
        self._clusters: dict[str, str] = {}
        self._written: dict[int, str] = {ord(_BEHIND): ""}

    @property
    def is_full(self) -> bool:
        """Whether to begin anew."""
        return max(len(self._looks), len(self._clusters)) > _MOST

    def look(self, code: str) -> Look:
        """Return the look a character stands for."""
        return self._looks[ord(code)]

    def written(self, text: str) -> str:
        """Return cells as the terminal is to get them."""
        return text if text.isascii() else text.translate(self._written)

    def blank(self, width: int, code: str) -> CellLine:
        """Return a line of blanks."""
        return CellLine(" " * width, code * width)

    def line_of(self, strip: Strip) -> CellLine:
        """Return a strip's cells; those of the latest strips are kept, for a list that scrolls shows them again."""
        kept = self._strips.get(id(strip))
        if kept is not None:
            return kept[1]
        texts, looks = [], []
        for segment in strip:
            if segment.text:
                text = segment.text if segment.text.isascii() else self._cells(segment.text)
                texts.append(text)
                looks.append(self._code(segment) * len(text))
        line = CellLine("".join(texts), "".join(looks))
        if len(self._strips) >= _MOST_STRIPS:
            self._strips.clear()
        self._strips[id(strip)] = strip, line
        return line

    def _code(self, segment: Segment) -> str:
        style, blank = segment.style or _NO_STYLE, segment.text.isspace()
        known = self._styles.get((id(style), blank))
        if known is not None:
            return known[1]
        code = self._code_of(_look_of(style, self.system, blank))
        if len(self._styles) >= _MOST_STYLES:
            self._styles.clear()
        self._styles[id(style), blank] = style, code
        return code

    def _code_of(self, look: Look) -> str:
        code = self._codes.get(look)
        if code is None:
            code = self._codes[look] = chr(len(self._looks))
            self._looks.append(look)
        return code

    def _cells(self, text: str) -> str:
        cells: list[str] = []
        for start, end, width in split_graphemes(text)[0]:
            if width:
                cells += [text[start:end], *([_BEHIND] * (width - 1))]
            elif cells:
                cells[-1] += text[start:end]
        return "".join(cell if len(cell) == 1 and cell < _BEHIND else self._cluster(cell) for cell in cells)

    def _cluster(self, cell: str) -> str:
        if cell == _BEHIND:
            return cell
        code = self._clusters.get(cell)
        if code is None:
            code = self._clusters[cell] = chr(_FIRST + len(self._clusters))
            self._written[ord(code)] = cell
        return code


@lru_cache(maxsize=8192)
def _look_of(style: Style, system: ColorSystem, blank: bool) -> Look:
    state = state_of(style, system)
    if blank and not state.flags & INKS_BLANKS:  # no ink: only the ground is seen
        return SgrState(ground=state.ground), ""
    return state, style.link or ""
