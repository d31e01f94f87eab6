"""The terminal's cells as last written, and the bytes that change them into another frame; knows no widgets."""

from collections.abc import Iterable, Sequence

from rich.color import ColorSystem
from textual.strip import Strip

from tui.ui.terminal.cell_line import NO_LINK, UNSEEN, CellCodes, CellLine, is_cluster
from tui.ui.terminal.frame_writer import CellRun, FrameWriter
from tui.ui.terminal.sgr import INKS_BLANKS, erases_in_colour

Piece = tuple[int, int, Strip]
"""Line, column, and what is to stand there."""

_SCROLLED = 3  # lines that must have moved together before the terminal is told to scroll
_CLEARED = " " * 4  # at the end of a line of which nothing is known: it is cleared before it is written
_EDGES = frozenset("│┃")  # of panes and boxes


class CellBuffer:
    """The contents of the terminal's screen, as far as we wrote them."""

    def __init__(self) -> None:
        self._size = (0, 0)
        self._lines: list[CellLine] = []
        self._unlinked: dict[int, CellLine] = {}  # lines whose links are not written yet, as they are to be
        self._codes = CellCodes(ColorSystem.TRUECOLOR)
        self._cursor: tuple[int, int] | None = None
        self.frames = 0
        self.bytes = 0
        self.last = 0  # bytes of the latest frame

    def forget(self) -> None:
        """Treat all cells as unknown: the next frame is written whole."""
        self._size = (0, 0)

    def prepare(self, strips: Iterable[Strip]) -> None:
        """Work out the cells of strips that are likely to be drawn next."""
        for strip in strips:
            self._codes.line_of(strip)

    def draw(
        self,
        pieces: Sequence[Piece],
        size: tuple[int, int],
        system: ColorSystem,
        *,
        cursor: tuple[int, int] | None = None,
        links: bool = True,
    ) -> str:
        """Return what to write so that `pieces` stand on a screen of this size; "" where they do already.

        Args:
            pieces: What is to stand where.
            size: Columns and lines of the screen; another one than before forgets everything.
            system: The terminal's colours.
            cursor: Where its cursor is to be.
            links: Whether to write links, too, and those that wait; else they wait.
        """
        self._begin((size[0], size[1]), system)
        wanted = self._wanted(pieces)
        links = links or self._codes.is_full  # before they are forgotten
        if links:
            wanted = {**self._unlinked, **wanted}
        out = FrameWriter(self._size[0])
        self._scroll(wanted, out)
        runs: list[CellRun] = []
        for y, line in sorted(wanted.items()):
            runs += self._changed(y, line, out, links=links)
        out.write(runs)
        out.end()
        written = out.written
        if written and cursor is None:
            self._cursor = None
        elif cursor is not None and (cursor != self._cursor or written):
            out.move(cursor[1], cursor[0])
            self._cursor = (cursor[0], cursor[1])
            written = out.written
        if written:
            self.frames += 1
            self.last = len(written.encode())
            self.bytes += self.last
        return written

    def _begin(self, size: tuple[int, int], system: ColorSystem) -> None:
        """Begin anew for another size or other colours, or when there are too many codes."""
        full = self._codes.is_full and not self._unlinked
        if size == self._size and system is self._codes.system and not full:
            return
        self._size, self._cursor, self._codes = size, None, CellCodes(system)
        self._lines = [CellLine.of(size[0])] * size[1]
        self._unlinked.clear()

    @property
    def waits(self) -> bool:
        """Whether there are links that are not written yet."""
        return bool(self._unlinked)

    def _target(self, y: int) -> CellLine:
        return self._unlinked.get(y) or self._lines[y]

    def _wanted(self, pieces: Iterable[Piece]) -> dict[int, CellLine]:
        """Return the lines that are to be others."""
        width, height = self._size
        wanted: dict[int, CellLine] = {}
        for y, x, strip in pieces:
            if 0 <= y < height:
                line = self._codes.line_of(strip)
                whole = len(line.text) == width and not x
                wanted[y] = line if whole else (wanted.get(y) or self._target(y)).covered(x, line)
        return {y: line for y, line in wanted.items() if line != self._target(y)}

    def _scroll(self, wanted: dict[int, CellLine], out: FrameWriter) -> None:
        """Scroll a block of lines that moved as a whole; lines in it that stayed are written again."""
        found = _moved(self._lines, wanted)
        if found is None:
            return
        top, bottom, shift = found
        if any(UNSEEN in line.text for line in self._lines[top:bottom]):
            return  # what nothing is known of would move, too, and nobody would write it again
        for y in range(top, bottom):
            wanted.setdefault(y, self._target(y))
            self._unlinked.pop(y, None)
        new = [CellLine.of(self._size[0])] * abs(shift)
        block = self._lines[top:bottom]
        self._lines[top:bottom] = [*block[shift:], *new] if shift > 0 else [*new, *block[:shift]]
        out.scroll(top, bottom, shift)
        for y in [y for y in range(top, bottom) if wanted[y] == self._lines[y]]:
            del wanted[y]

    def _changed(self, y: int, line: CellLine, out: FrameWriter, *, links: bool) -> Iterable[CellRun]:
        """Return what to write of a line; where that is not certain, the line is cleared or written at once."""
        old, width = self._lines[y], len(line.text)
        self._lines[y] = line
        self._unlinked.pop(y, None)
        if line.is_uncertain or old.is_uncertain:
            out.write_whole(y, [[*self._runs(y, line, *span)] for span in _certain_spans(line.text)])
            return ()
        if old.text[0] == UNSEEN and line.text.endswith(_CLEARED) and UNSEEN not in line.text:
            state = self._codes.state(line.looks[-1])
            if not state.flags & INKS_BLANKS and (not state.ground or erases_in_colour()):
                out.clear(y, state)
                old = CellLine.of(width, " ", line.looks[-1])
        shown = line if links else CellLine(line.text, line.looks, NO_LINK * width)
        runs = [
            run
            for start, stop in line.differences(old, links=links)
            for run in self._runs(y, shown, start, stop)
            if run.is_blank or not _same(old, shown, run.start, run.stop)
        ]
        if shown is not line and line.links != shown.links:
            for run in runs:
                old = old._replace(
                    links=old.links[: run.start] + NO_LINK * (run.stop - run.start) + old.links[run.stop :]
                )
            self._lines[y] = line._replace(links=old.links)
            if line.links != old.links:
                self._unlinked[y] = line
        return runs

    def _runs(self, y: int, line: CellLine, start: int, stop: int) -> Iterable[CellRun]:
        """Return some cells of a line as runs of one look each."""
        text, codes = line.text, self._codes
        for begin, end in line.alike(start, stop):
            if (piece := text[begin:end])[0] != UNSEEN:
                state, url = codes.state(line.looks[begin]), codes.url(line.links[begin])
                blank = piece.isspace() and not state.flags & INKS_BLANKS
                rest = end == stop and piece[-1] == " " and line.is_rest(end - 1)
                yield CellRun(y, begin, end, state, url, codes.written(piece), blank, rest)


def _same(old: CellLine, new: CellLine, start: int, stop: int) -> bool:
    return (
        old.text[start:stop] == new.text[start:stop]
        and old.looks[start:stop] == new.looks[start:stop]
        and old.links[start:stop] == new.links[start:stop]
    )


def _moved(lines: Sequence[CellLine], wanted: dict[int, CellLine]) -> tuple[int, int, int] | None:
    """Return (top, bottom, lines up) of the block that moved, if scrolling it saves most of the writing."""
    old: dict[tuple[str, str], list[int]] = {}
    for y in wanted:
        old.setdefault(lines[y][:2], []).append(y)
    votes: dict[int, list[int]] = {}
    for y, line in wanted.items():
        for before in old.get(line[:2], ())[:2]:
            if before != y:
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


def _certain_spans(text: str) -> Iterable[tuple[int, int]]:
    """Return spans that are all of a line; behind characters of uncertain width each column begins a new one.

    None begins inside of a text: it would overwrite what the terminal gave a cell of its own.
    """
    start = 0
    uncertain = False
    for x, char in enumerate(text):
        if uncertain and (char in _EDGES or (char != " " and text[x - 2 : x] == "  ")):
            yield start, x
            start, uncertain = x, False
        uncertain |= is_cluster(char)
    yield start, len(text)
