"""The terminal's cells as last written, and the bytes that change them into another frame; knows no widgets."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.ui.terminal.sgr import INKS_BLANKS, RESET, SgrState, change, erases_in_colour, link_id, state_of

Piece = tuple[int, int, Strip]
"""Line, column, and what is to stand there."""

Look = tuple[SgrState, str]
"""How a cell is written, and the address it links to."""

_GAP = 10  # equal cells that are cheaper to write again than to jump over
_ERASE = 9  # from this many blanks on, erasing them takes fewer bytes
_SCROLLED = 3  # lines that must have moved together before the terminal is told to scroll
_PLAIN: Look = (RESET, "")
_EDGES = frozenset("│┃")  # of panes and boxes
_UNSEEN = "\0"  # in a cell of which nothing is known
_UNKNOWN: Look = (SgrState("?"), "")


class CellLine:
    """The cells of one line; the second cell of a wide character is ""."""

    __slots__ = ("looks", "texts")

    def __init__(self, texts: list[str], looks: list[Look]) -> None:
        self.texts, self.looks = texts, looks

    @classmethod
    def unknown(cls, width: int) -> "CellLine":
        """Return a line with unknown contents, so that all of it is written."""
        return cls([_UNSEEN] * width, [_UNKNOWN] * width)

    def copy(self) -> "CellLine":
        """Return a mutable copy."""
        return CellLine(self.texts[:], self.looks[:])

    @property
    def is_uncertain(self) -> bool:
        """Whether a character is of several code points: terminals differ in how many cells it takes."""
        return max(map(len, self.texts)) > 1

    def same_as(self, other: "CellLine") -> bool:
        """Whether every cell is equal."""
        return self.texts == other.texts and self.looks == other.looks

    def put(self, x: int, strip: Strip, system: ColorSystem) -> None:
        """Write a strip over cells from `x` on."""
        texts: list[str] = []
        looks: list[Look] = []
        for segment in strip:
            if not segment.text:
                continue
            cells = _cells(segment.text)
            texts += cells
            looks += [_look(segment, system)] * len(cells)
        room = len(self.texts) - x
        self.texts[x : x + len(texts)] = texts[:room]
        self.looks[x : x + len(looks)] = looks[:room]


@lru_cache(maxsize=8192)
def _cells(text: str) -> tuple[str, ...]:
    if text.isascii():
        return tuple(text)
    cells: list[str] = []
    for start, end, width in split_graphemes(text)[0]:
        if width:
            cells += [text[start:end], *([""] * (width - 1))]
        elif cells:
            cells[-1] += text[start:end]
    return tuple(cells)


def _look(segment: Segment, system: ColorSystem) -> Look:
    return _look_of(segment.style, system, segment.text.isspace()) if segment.style else _PLAIN


@lru_cache(maxsize=8192)
def _look_of(style: Style, system: ColorSystem, blank: bool) -> Look:
    """Return the same object for equal styles, so that most comparisons of cells end at their identity."""
    state = state_of(style, system)
    if blank and not state.flags & INKS_BLANKS:  # no ink: only the ground is seen
        return SgrState(ground=state.ground), ""
    return state, style.link or ""


class CellBuffer:
    """The contents of the terminal's screen, as far as we wrote them."""

    def __init__(self) -> None:
        self._size = (0, 0)
        self._lines: list[CellLine] = []
        self._cursor: tuple[int, int] | None = None
        self.frames = 0
        self.bytes = 0
        self.last = 0  # bytes of the latest frame

    def forget(self) -> None:
        """Treat all cells as unknown: the next frame is written whole."""
        self._size = (0, 0)

    def draw(
        self,
        pieces: Sequence[Piece],
        size: tuple[int, int],
        system: ColorSystem,
        *,
        cursor: tuple[int, int] | None = None,
    ) -> str:
        """Return what to write so that `pieces` stand on a screen of this size; "" where they do already.

        Args:
            pieces: What is to stand where.
            size: Columns and lines of the screen; another one than before forgets everything.
            system: The terminal's colours.
            cursor: Where its cursor is to be.
        """
        width, height = size
        if size != self._size:
            self._size, self._cursor = (width, height), None
            self._lines = [CellLine.unknown(width) for _ in range(height)]
        wanted: dict[int, CellLine] = {}
        for y, x, strip in pieces:
            if 0 <= y < height:
                wanted.setdefault(y, self._lines[y].copy()).put(x, strip, system)
        wanted = {y: line for y, line in wanted.items() if not line.same_as(self._lines[y])}
        out = [self._scroll(wanted)]
        pen = SgrWriter()
        for y, line in sorted(wanted.items()):
            if line.same_as(self._lines[y]):  # it was scrolled there
                continue
            if line.is_uncertain or self._lines[y].is_uncertain:
                out.append(f"\x1b[{y + 1};1H")
                pen.erase(width)
                out.append(pen.taken())
                spans = _certain_spans(line.texts)
            else:
                spans = _differences(self._lines[y], line)
            for start, end in spans:
                out.append(f"\x1b[{y + 1};{start + 1}H")
                pen.write(line, start, end)
                out.append(pen.taken())
            self._lines[y] = line
        out.append(pen.end())
        if any(out) and cursor is None:
            self._cursor = None
        elif cursor is not None and (cursor != self._cursor or any(out)):
            out.append(f"\x1b[{cursor[1] + 1};{cursor[0] + 1}H")
            self._cursor = (cursor[0], cursor[1])
        written = "".join(out)
        if written:
            self.frames += 1
            self.last = len(written.encode())
            self.bytes += self.last
        return written

    def _scroll(self, wanted: dict[int, CellLine]) -> str:
        """Scroll a block of lines that moved as a whole; lines in it that stayed are written again."""
        found = _moved(self._lines, wanted)
        if found is None:
            return ""
        top, bottom, shift = found
        for y in range(top, bottom):
            wanted.setdefault(y, self._lines[y])
        blank = [CellLine.unknown(self._size[0]) for _ in range(abs(shift))]
        block = self._lines[top:bottom]
        if shift > 0:
            self._lines[top:bottom] = [*block[shift:], *blank]
            feed = f"\x1b[{bottom};1H" + "\n" * shift
        else:
            self._lines[top:bottom] = [*blank, *block[:shift]]
            feed = f"\x1b[{top + 1};1H" + "\x1bM" * -shift
        return f"\x1b[{top + 1};{bottom}r{feed}\x1b[r"


def _moved(lines: Sequence[CellLine], wanted: dict[int, CellLine]) -> tuple[int, int, int] | None:
    """Return (top, bottom, lines up) of the block that moved, if scrolling it saves most of the writing."""
    old: dict[str, list[int]] = {}
    for y in wanted:
        old.setdefault("".join(lines[y].texts), []).append(y)
    votes: dict[int, list[int]] = {}
    for y, line in wanted.items():
        for before in old.get("".join(line.texts), ())[:2]:
            if before != y and lines[before].looks == line.looks:
                votes.setdefault(before - y, []).append(y)
    if not votes:
        return None
    shift, places = max(votes.items(), key=lambda vote: len(vote[1]))
    first, last = min(places), max(places)
    top, bottom = min(first, first + shift), max(last, last + shift) + 1
    inside = sum(top <= y < bottom for y in wanted)
    if len(places) < max(_SCROLLED, (bottom - top) // 2) or abs(shift) >= bottom - top:
        return None
    return (top, bottom, shift) if inside >= (bottom - top) * 2 // 3 else None


def _differences(old: CellLine, new: CellLine) -> Iterable[tuple[int, int]]:
    """Return the spans of cells to write; close ones are joined, no wide character is cut."""
    texts, looks, before, inked = new.texts, new.looks, old.texts, old.looks
    cells = enumerate(zip(texts, before, looks, inked, strict=True))
    spans: list[list[int]] = []
    for x in [x for x, (now, then, look, ink) in cells if now != then or (look is not ink and look != ink)]:
        if spans and x - spans[-1][1] <= _GAP and _UNSEEN not in texts[spans[-1][1] : x]:
            spans[-1][1] = x + 1
        else:
            spans.append([x, x + 1])
    for span in spans:
        while span[0] > 0 and "" in {texts[span[0]], before[span[0]]}:
            span[0] -= 1
        while span[1] < len(texts) and "" in {texts[span[1]], before[span[1]]}:
            span[1] += 1
        yield span[0], span[1]


def _certain_spans(texts: Sequence[str]) -> Iterable[tuple[int, int]]:
    """Return spans that are all of a line; behind characters of uncertain width each column begins a new one.

    None begins inside of a text: it would overwrite what the terminal gave a cell of its own.
    """
    start = 0
    uncertain = False
    for x, text in enumerate(texts):
        if uncertain and (text in _EDGES or (text != " " and texts[x - 2 : x] == [" ", " "])):
            yield start, x
            start, uncertain = x, False
        uncertain |= len(text) > 1
    yield start, len(texts)


class SgrWriter:
    """Writes cells; colours and links are written only where they change."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._state = RESET
        self._link = ""

    def write(self, line: CellLine, start: int, end: int) -> None:
        """Write the cells [start, end)."""
        texts, looks = line.texts, line.looks
        while start < end:
            look = looks[start]
            stop = start + 1
            while stop < end and looks[stop] == look:
                stop += 1
            self._run("".join(texts[start:stop]), stop - start, look, last=stop == end)
            start = stop

    def erase(self, width: int) -> None:
        """Write blanks without colours."""
        self._run(" " * width, width, _PLAIN, last=True)

    def _run(self, text: str, width: int, look: Look, *, last: bool) -> None:
        state, url = look
        if url != self._link:
            self._out.append(f"\x1b]8;id={link_id(url)};{url}\x1b\\" if url else "\x1b]8;;\x1b\\")
            self._link = url
        blank = text.isspace() and not state.flags & INKS_BLANKS
        if blank:  # blanks have no ink: neither colour nor weight of the letters matters
            state = SgrState(self._state.colour, state.ground, self._state.flags - INKS_BLANKS)
        self._out.append(change(self._state, state))
        self._state = state
        body = text.rstrip(" ") if not state.flags & INKS_BLANKS else text
        gap = len(text) - len(body)
        if gap >= _ERASE and (not state.ground or erases_in_colour()):
            self._out.append(f"{body}\x1b[{gap}X" + ("" if last else f"\x1b[{gap}C"))
        else:
            self._out.append(text)

    def taken(self) -> str:
        """Return what was written since the last call."""
        text = "".join(self._out)
        self._out.clear()
        return text

    def end(self) -> str:
        """Return the sequence that resets colours and link."""
        return ("\x1b]8;;\x1b\\" if self._link else "") + ("\x1b[m" if self._state != RESET else "")
