"""Writes the changed cells of a frame in few bytes: each style once where that is shorter, short moves of the cursor.

Reading order is not kept: of text with marks in another colour, the text is written first and the marks into the holes
that it leaves. A change of colour and back takes some forty bytes, a move of the cursor eight.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tui.ui.terminal.sgr import INKS_BLANKS, RESET, SgrState, change, erases_in_colour, link_id

_DETOUR = 12  # bytes to leave cells out and to come back to them
_FILLED = 3  # cells to come back to that are cheaper to fill with blanks than to jump over
_ERASE = 9  # from this many blanks on, erasing them takes fewer bytes than writing them
_ERASE_REST = 4  # the same where they are the rest of the line
_REST = "\x1b[K"


class CellRun(NamedTuple):
    """Cells of one look: line, first column, the column behind them; whether the line is blank from the blanks on."""

    y: int
    start: int
    stop: int
    state: SgrState
    url: str
    text: str
    is_blank: bool
    is_rest: bool


class FrameWriter:
    """Where the terminal's cursor is, in which colours it writes, and what was written so far."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._out: list[str] = []
        self._state = RESET
        self._link = ""
        self._y = self._x = -1  # of the cursor; -1: unknown
        self._is_sure = False  # terminals differ in the width of characters beyond ASCII
        self._hole = -1  # up to where the cells behind the cursor are written later

    def scroll(self, top: int, bottom: int, shift: int) -> None:
        """Move the lines [top, bottom) up, or down by a negative `shift`; what comes in is unknown."""
        feed = f"\x1b[{bottom}H" + "\n" * shift if shift > 0 else f"\x1b[{top + 1}H" + "\x1bM" * -shift
        self._out.append(f"\x1b[{top + 1};{bottom}r{feed}\x1b[r")
        self._y = -1  # not all terminals go home with it

    def clear(self, y: int, state: SgrState) -> None:
        """Erase a line."""
        self.move(y, 0)
        self._dress(state, "", is_blank=True)
        self._out.append(_REST)

    def write(self, runs: Sequence[CellRun]) -> None:
        """Write runs in the order that takes fewest bytes."""
        left: dict[SgrState, int] = {}  # runs still to be written in these colours
        for run in runs:
            if not run.is_blank:
                left[run.state] = left.get(run.state, 0) + 1
        while runs:
            later: list[CellRun] = []
            for run in runs:
                if left.get(now := self._state) and (run.is_blank or left[run.state] > 1) and _is_dear(now, run):
                    later.append(run)
                    if run.y == self._y and run.start == max(self._x, self._hole):
                        self._hole = run.stop
                else:
                    if not run.is_blank:
                        left[run.state] -= 1
                    self.write_run(run)
            runs = _grouped(later) if len(later) > 1 else later

    def write_whole(self, y: int, spans: Iterable[Sequence[CellRun]]) -> None:
        """Write a whole line of characters of uncertain width, each span from its own place on."""
        self._y = -1
        self.write_run(CellRun(y, 0, self._width, RESET, "", " " * self._width, is_blank=True, is_rest=True))
        for span in spans:
            self._y = -1
            for run in span:
                self.write_run(run)
        self._y = -1

    def write_run(self, run: CellRun) -> None:
        """Write one run."""
        y, start, stop, state, url, text, is_blank, is_rest = run
        self.move(y, start)
        self._dress(state, url, is_blank=is_blank)
        gap = 0
        if text[-1] == " " and not self._state.flags & INKS_BLANKS:
            gap = len(text) - len(text.rstrip(" "))
        if gap >= (_ERASE_REST if is_rest else _ERASE) and (not self._state.ground or erases_in_colour()):
            text = text[:-gap]
            self._out.append(text + (_REST if is_rest else f"\x1b[{gap}X"))
            stop -= gap
        else:
            self._out.append(text)
        self._is_sure = self._is_sure and text.isascii()
        self._x, self._hole = stop, -1
        if stop == self._width:  # terminals differ in where they are now
            self._y = -1

    def move(self, y: int, x: int) -> None:
        """Move the cursor."""
        if y == self._y and x == self._x:
            return
        if y == self._y and self._is_sure and 0 < x - self._x <= _FILLED and self._hole >= x:
            self._out.append(" " * (x - self._x))
        else:
            down = y - self._y if self._y >= 0 else -1
            self._out.append(_move(y, x, down, x - self._x if self._is_sure else None))
            self._is_sure = True
        self._y, self._x, self._hole = y, x, -1

    def _dress(self, state: SgrState, url: str, *, is_blank: bool) -> None:
        if url != self._link:
            self._out.append(f"\x1b]8;id={link_id(url)};{url}\x1b\\" if url else "\x1b]8;;\x1b\\")
            self._link = url
        wanted = _worn(self._state, state, is_blank)
        if wanted is not self._state and wanted != self._state:
            self._out.append(change(self._state, wanted))
            self._state = wanted

    def end(self) -> None:
        """Reset colours and link."""
        self._out.append(("\x1b]8;;\x1b\\" if self._link else "") + ("\x1b[m" if self._state != RESET else ""))

    @property
    def written(self) -> str:
        """What was written."""
        return "".join(self._out)


def _grouped(runs: Sequence[CellRun]) -> Sequence[CellRun]:
    """Return runs by state and within it by link, both in the order in which they first come."""
    states: dict[SgrState, int] = {}
    links: dict[tuple[SgrState, str], int] = {}
    for run in runs:
        states.setdefault(run.state, len(states))
        links.setdefault((run.state, run.url), len(links))
    return sorted(runs, key=lambda run: (states[run.state], links[run.state, run.url]))


def _worn(now: SgrState, state: SgrState, is_blank: bool) -> SgrState:
    """Return the state to write a run in: of blanks, neither colour nor weight of the letters matters."""
    if not is_blank:
        return state
    if state.ground == now.ground and not now.flags & INKS_BLANKS:
        return now
    return SgrState(now.colour, state.ground, now.flags - INKS_BLANKS)


def _is_dear(now: SgrState, run: CellRun) -> bool:
    """Whether changing to the colours of a run, and back, takes more bytes than coming back to it."""
    wanted = _worn(now, run.state, run.is_blank)
    return now != wanted and len(change(now, wanted)) + len(change(wanted, now)) > _DETOUR


def _move(y: int, x: int, down: int, right: int | None) -> str:
    """Return the shortest move to a place, that many lines below and columns right (None: unknown) of the cursor."""
    across = f"\x1b[{x + 1}G" if x else "\r"
    if right is not None:
        steps = abs(right) if abs(right) > 1 else ""
        step = f"\x1b[{steps}C" if right > 0 else f"\x1b[{steps}D" if right else ""
        across = step if len(step) < len(across) else across
    if down == 0:
        return across
    goto = f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"
    return f"\x1b[B{across}" if down == 1 and len(across) + 3 < len(goto) else goto
