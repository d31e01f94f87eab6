"""A line of the terminal as three strings, one character a cell: what stands there, how it looks, where it leads.

Whole lines are compared, cut and searched by what is done in C for strings; a loop over cells costs ten times as much.
"""

import re
from collections.abc import Iterable
from itertools import repeat
from operator import and_, ne
from typing import NamedTuple

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.ui.terminal.sgr import INKS_BLANKS, SgrState, state_of

UNSEEN = "\0"
"""In a cell of which nothing is known."""

NO_LINK = "\0"
"""In a cell that leads nowhere."""

_BEHIND = "\U000fffff"  # in the second cell of a wide character
_FIRST = 0x100000  # of the characters that stand for several code points
_MOST = 40_000  # codes of one kind
_MOST_STYLES, _MOST_STRIPS = 4096, 200
_NO_STYLE = Style()
_CHANGED = re.compile(rb"[^\0]+(?:\0{1,4}[^\0]+)*")  # equal cells between: cheaper to write again than to jump over
_ALIKE = re.compile(r"(.)\1*", re.DOTALL)


class CellLine(NamedTuple):
    """The cells of one line."""

    text: str
    looks: str
    links: str

    @classmethod
    def of(cls, width: int, text: str = UNSEEN, look: str = UNSEEN) -> "CellLine":
        """Return a line of equal cells; without more arguments, of unknown ones, so that all of it is written."""
        return cls(text * width, look * width, NO_LINK * width)

    @property
    def is_uncertain(self) -> bool:
        """Whether a character is of several code points: terminals differ in how many cells it takes."""
        return not self.text.isascii() and ord(max(self.text)) >= _FIRST

    def covered(self, x: int, line: "CellLine") -> "CellLine":
        """Return the line with other cells from `x` on, as many as fit; half a wide character becomes a blank."""
        stop = min(len(self.text), x + len(line.text))
        if x >= stop:
            return self
        text, looks, links = (
            mine[:x] + other[: stop - x] + mine[stop:] for mine, other in zip(self, line, strict=True)
        )
        if self.text[x] == _BEHIND:
            text = f"{text[: x - 1]} {text[x:]}"
        if line.text[stop - x : stop - x + 1] == _BEHIND:
            text = f"{text[: stop - 1]} {text[stop:]}"
        if text[stop : stop + 1] == _BEHIND:
            text = f"{text[:stop]} {text[stop + 1 :]}"
        return CellLine(text, looks, links)

    def alike(self, start: int, stop: int) -> Iterable[tuple[int, int]]:
        """Return the spans of equal looks and links in [start, stop)."""
        for found in _ALIKE.finditer(self.looks, start, stop):
            if self.links.count(NO_LINK, *found.span()) == found.end() - found.start():
                yield found.span()
            else:
                yield from (part.span() for part in _ALIKE.finditer(self.links, *found.span()))

    def is_rest(self, x: int) -> bool:
        """Whether everything from `x` on is blank and looks alike."""
        rest = len(self.text) - x
        return self.text.endswith(" " * rest) and self.looks.endswith(self.looks[-1] * rest)

    def differences(self, old: "CellLine", *, links: bool) -> Iterable[tuple[int, int]]:
        """Return the spans of cells that differ; close ones are joined, no wide character is cut.

        Args:
            old: What stands there now.
            links: Whether cells differ that are to lead somewhere and lead nowhere now; wrong links always do.
        """
        text, before = self.text, old.text
        wide = _BEHIND in text or _BEHIND in before
        differing = _differing(text, before) | _differing(self.looks, old.looks)
        if self.links != old.links:
            differing |= _differing(self.links, old.links) if links else _misleading(self.links, old.links)
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


def _misleading(new: str, old: str) -> int:
    """Return a number whose bytes are not 0 where cells lead elsewhere than they are to."""
    if old.count(NO_LINK) == len(old):
        return 0
    return int.from_bytes(bytes(map(and_, map(ne, new, old), map(ne, old, repeat(NO_LINK)))), "big")


class CellCodes:
    """The characters that stand for looks, addresses, and text of several code points, in one buffer's lines."""

    def __init__(self, system: ColorSystem) -> None:
        self.system = system
        self._states: dict[str, SgrState] = {}
        self._looks: dict[SgrState, str] = {}
        self._urls: dict[str, str] = {NO_LINK: ""}
        self._links: dict[str, str] = {"": NO_LINK}
        self._styles: dict[tuple[int, bool], tuple[Style, str, str]] = {}  # with the style: no other one gets its id
        self._strips: dict[int, tuple[Strip, CellLine]] = {}
        self._clusters: dict[str, str] = {}
        self._written: dict[int, str] = {ord(_BEHIND): ""}

    @property
    def is_full(self) -> bool:
        """Whether to begin anew."""
        return max(len(self._looks), len(self._links), len(self._clusters)) > _MOST

    def state(self, code: str) -> SgrState:
        """Return the state that a character of `CellLine.looks` stands for."""
        return self._states[code]

    def url(self, code: str) -> str:
        """Return the address that a character of `CellLine.links` stands for."""
        return self._urls[code]

    def written(self, text: str) -> str:
        """Return cells as the terminal is to get them."""
        return text if text.isascii() else text.translate(self._written)

    def line_of(self, strip: Strip) -> CellLine:
        """Return a strip's cells; those of the latest strips are kept, for a list that scrolls shows them again."""
        kept = self._strips.get(id(strip))
        if kept is not None:
            return kept[1]
        texts, looks, links = [], [], []
        for segment in strip:
            if segment.text:
                text = segment.text if segment.text.isascii() else self._cells(segment.text)
                look, link = self._look(segment)
                texts.append(text)
                looks.append(look * len(text))
                links.append(link * len(text))
        line = CellLine("".join(texts), "".join(looks), "".join(links))
        if len(self._strips) >= _MOST_STRIPS:
            del self._strips[next(iter(self._strips))]  # the oldest: those of the next page are the youngest
        self._strips[id(strip)] = strip, line
        return line

    def _look(self, segment: Segment) -> tuple[str, str]:
        style = _NO_STYLE if segment.style is None else segment.style
        blank = segment.text.isspace()
        known = self._styles.get((id(style), blank))
        if known is not None:
            return known[1:]
        state, url = state_of(style, self.system), style.link or ""
        if blank and not state.flags & INKS_BLANKS:  # no ink: only the ground is seen
            state, url = SgrState(ground=state.ground), ""
        look = self._looks.setdefault(state, chr(1 + len(self._looks)))
        link = self._links.setdefault(url, chr(len(self._links)))
        self._states[look], self._urls[link] = state, url
        if len(self._styles) >= _MOST_STYLES:
            self._styles.clear()
        self._styles[id(style), blank] = style, look, link
        return look, link

    def _cells(self, text: str) -> str:
        cells: list[str] = []
        for start, end, width in split_graphemes(text)[0]:
            if width:
                cells += [text[start:end], *([_BEHIND] * (width - 1))]
            elif cells:
                cells[-1] += text[start:end]
        return "".join(cell if cell <= _BEHIND and len(cell) == 1 else self._cluster(cell) for cell in cells)

    def _cluster(self, cell: str) -> str:
        code = self._clusters.setdefault(cell, chr(_FIRST + len(self._clusters)))
        self._written[ord(code)] = cell
        return code
