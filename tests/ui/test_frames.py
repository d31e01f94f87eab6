"""Frames of any looks: what the terminal shows after few bytes is what it shows after all of them, cell by cell."""

import random
import re
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.domain.cells import cell_len
from tui.ui.terminal import cell_line
from tui.ui.terminal.cell_buffer import CellBuffer, Piece
from tui.ui.terminal.sgr import erases_in_colour

WIDTH, HEIGHT = 60, 14
SIZE = (WIDTH, HEIGHT)
SYSTEM = ColorSystem.TRUECOLOR
TOKEN = re.compile(r"\x1b\[([\d;]*)([A-Za-z])|\x1b\](8;[^\x1b]*)\x1b\\|\x1b(M)|([\r\n])|([^\x00-\x1f])")
CITE = "https://a.example/paper"


class Cell(NamedTuple):
    """What a person sees of a cell; the colours of letters are not seen of blanks."""

    text: str = " "
    ink: tuple[str, ...] = ()
    ground: str = ""
    url: str = ""


class Screen:
    """A terminal with nothing but what a frame may use; any other sequence is an error."""

    def __init__(self, *, erases: bool = True) -> None:
        self.cells = [[Cell("?") for _ in range(WIDTH)] for _ in range(HEIGHT)]
        self.x = self.y = 0
        self.top, self.bottom = 0, HEIGHT
        self.pen: dict[str, str] = {}
        self.url = ""
        self.erases = erases

    def feed(self, data: str) -> None:
        at = 0
        while at < len(data):
            found = TOKEN.match(data, at)
            assert found, repr(data[at : at + 20])
            at = found.end()
            numbers, kind, link, escape, control, char = found.groups()
            if kind:
                self._csi(numbers, kind)
            elif link is not None:
                self.url = link.split(";", 2)[2]
            elif escape or control:
                self._step(escape or control)
            else:
                self._write(char)

    def _write(self, char: str) -> None:
        width = cell_len(char)
        assert self.x + width <= WIDTH, "written beyond the last column"
        assert width, "this terminal knows no characters of several code points"
        flags = tuple(sorted(flag for flag in self.pen if flag not in {"38", "48"}))
        ink = (self.pen.get("38", ""), *flags) if char != " " else tuple(f for f in flags if f in "4579")
        self._halve(self.x)
        self._halve(self.x + width)
        for offset in range(width):
            text = "" if offset else char
            self.cells[self.y][self.x + offset] = Cell(text, ink, self.pen.get("48", ""), self.url)
        self.x += width

    def _halve(self, x: int) -> None:
        """Blank both halves of a wide character that is cut at a column."""
        row = self.cells[self.y]
        if x < WIDTH and not row[x].text:
            row[x - 1], row[x] = row[x - 1]._replace(text=" "), row[x]._replace(text=" ")

    def _csi(self, numbers: str, kind: str) -> None:
        first = int(numbers.partition(";")[0] or 0)
        if kind == "m":
            self._style(numbers.split(";"))
        elif kind == "H":
            self.y, self.x = max(1, first) - 1, int(numbers.partition(";")[2] or 1) - 1
        elif kind == "G":
            self.x = first - 1
        elif kind == "C":
            self.x += max(1, first)
            assert self.x < WIDTH
        elif kind == "D":
            assert self.x < WIDTH, "terminals differ in where the cursor is behind the last column"
            self.x -= max(1, first)
        elif kind == "B":
            self.y += max(1, first)
            assert self.y < HEIGHT
        elif kind in "XK":
            self._halve(self.x)
            self._halve(self.x + first if kind == "X" else WIDTH)
            blank = Cell(ground=self.pen.get("48", "") if self.erases else "")
            for x in range(self.x, min(WIDTH, self.x + first) if kind == "X" else WIDTH):
                self.cells[self.y][x] = blank
        else:
            assert kind == "r"
            self.top, self.bottom = (first - 1, int(numbers.partition(";")[2])) if numbers else (0, HEIGHT)

    def _step(self, step: str) -> None:
        if step in "\n\r":
            assert self.x < WIDTH, "terminals differ in where the cursor is behind the last column"
        if step == "\r":
            self.x = 0
        elif step == "M":
            assert self.y == self.top
            self.cells[self.top : self.bottom] = [[Cell("?")] * WIDTH, *self.cells[self.top : self.bottom - 1]]
        elif self.y == self.bottom - 1:
            self.cells[self.top : self.bottom] = [*self.cells[self.top + 1 : self.bottom], [Cell("?")] * WIDTH]
        else:
            self.y += 1

    def _style(self, codes: list[str]) -> None:
        while codes:
            code = codes.pop(0)
            if code in {"", "0"}:
                self.pen.clear()
            elif code in {"38", "48"}:
                taken = 4 if codes[0] == "2" else 2
                self.pen[code] = ";".join(codes[:taken])
                del codes[:taken]
            elif code == "22":
                self.pen = {name: value for name, value in self.pen.items() if name not in "12"}
            elif code in {"39", "49"}:
                self.pen.pop(f"{code[0]}8", None)
            elif len(code) == 2 and code[0] == "2":
                self.pen.pop(code[1], None)
            elif code[0] in "34":
                self.pen[f"{code[0]}8"] = code
            else:
                self.pen[code] = code


STYLES = [
    Style.parse(text)
    for text in ("white on #101010", "bold red on #101010", "#aabbcc on #101010", "underline on blue", "#123456", "dim")
]
STYLES += [STYLES[1] + Style(link=f"{CITE}/{n}") for n in range(3)]
TEXTS = ["words of a text", "固态电池", "✓", " ", "  ", " " * 14, "x", "a  b", "[12]", "│", "████░░", "─" * 9]


def line(rng: random.Random, width: int) -> Strip:
    segments: list[Segment] = []
    while sum(segment.cell_length for segment in segments) < width:
        segments.append(Segment(rng.choice(TEXTS), rng.choice(STYLES[: rng.choice([1, 3, 9])])))
    return Strip(segments).adjust_cell_length(width, rng.choice(STYLES[:2]))


def played(frames: list[list[Piece]], *, erases: bool = True) -> list[list[Cell]]:
    picture, screen = CellBuffer(), Screen(erases=erases)
    for pieces in frames:
        screen.feed(picture.draw(pieces, SIZE, ColorSystem.TRUECOLOR, cursor=(0, 0)))
        assert not screen.pen
        assert not screen.url
        assert (screen.top, screen.bottom) == (0, HEIGHT)
    return screen.cells


def frames_of(seed: int) -> tuple[list[list[Piece]], dict[int, list[tuple[int, Strip]]]]:
    """Return some frames, and what is to stand where after them."""
    rng = random.Random(seed)
    wanted = [[(0, line(rng, WIDTH))] for _ in range(HEIGHT)]
    frames: list[list[Piece]] = [[(y, x, strip) for y, row in enumerate(wanted) for x, strip in row]]
    for _ in range(5):
        kind = rng.random()
        if kind < 0.3:
            shift = rng.choice([-3, -1, 1, 2, 5])
            wanted = wanted[shift:] + wanted[:shift]
            ys = list(range(HEIGHT))
        else:
            ys = sorted(rng.sample(range(HEIGHT), rng.randint(1, HEIGHT)))
        for y in ys if kind >= 0.3 else ys[:2]:
            x, width = (0, WIDTH) if rng.random() < 0.5 else (7, 30)
            wanted[y] = [(0, line(rng, WIDTH))] if not x else [*wanted[y][:1], (x, line(rng, width))]
        frames.append([(y, x, strip) for y in ys for x, strip in wanted[y]])
    return frames, dict(enumerate(wanted))


@settings(max_examples=30)
@given(seed=st.integers(0, 1_000_000))
def test_few_bytes_show_what_all_of_them_show(seed: int) -> None:
    frames, wanted = frames_of(seed)
    whole = [(y, x, strip) for y, row in wanted.items() for x, strip in row]
    assert played(frames) == played([whole])


@settings(max_examples=12)
@given(seed=st.integers(0, 1_000_000))
def test_links_may_wait_and_never_lead_elsewhere(seed: int) -> None:
    frames, wanted = frames_of(seed)
    whole = [(y, x, strip) for y, row in wanted.items() for x, strip in row]
    right = played([whole])
    picture, screen = CellBuffer(), Screen()
    for number, pieces in enumerate(frames):
        screen.feed(picture.draw(pieces, SIZE, ColorSystem.TRUECOLOR, links=(number + seed) % 3 == 0))
        now = played(frames[: number + 1])
        for cells, row in zip(screen.cells, now, strict=True):
            assert all(cell in {one, one._replace(url="")} for cell, one in zip(cells, row, strict=True))
    screen.feed(picture.draw((), SIZE, ColorSystem.TRUECOLOR))
    assert screen.cells == right
    assert not picture.waits
    assert picture.draw((), SIZE, ColorSystem.TRUECOLOR) == ""


@pytest.mark.parametrize(
    ("x", "text"), [(WIDTH - 1, "固态"), (WIDTH - 2, "x固"), (WIDTH, "beyond"), (WIDTH + 9, "b" * 30)]
)
def test_what_does_not_fit_into_the_line_is_cut(x: int, text: str) -> None:
    whole = [(y, 0, Strip([Segment("." * WIDTH)])) for y in range(HEIGHT)]
    cells = played([whole, [(2, x, Strip([Segment(text)]))]])
    assert len(cells[2]) == WIDTH
    assert "".join(cell.text for cell in cells[2]).rstrip(" ") == ("." * min(x, WIDTH) + text[: max(0, WIDTH - x - 1)])
    assert all(cell.text == "." for cell in cells[3])


def test_links_that_wait_are_written_before_codes_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell_line, "_MOST", 4)
    for seed in range(10):
        frames, wanted = frames_of(seed)
        picture, screen = CellBuffer(), Screen()
        for pieces in frames:
            screen.feed(picture.draw(pieces, SIZE, SYSTEM, links=False))
        screen.feed(picture.draw((), SIZE, SYSTEM))
        assert screen.cells == played([[(y, x, strip) for y, row in wanted.items() for x, strip in row]])


def test_lines_of_which_a_part_is_unknown_are_not_scrolled(monkeypatch: pytest.MonkeyPatch) -> None:
    def half(shift: int) -> list[Piece]:
        return [(y, 0, Strip([Segment(f"{y + shift:<30}")])) for y in range(HEIGHT)]

    picture, screen = CellBuffer(), Screen()
    screen.feed(picture.draw([(y, 0, Strip([Segment(f"{y:<30}{y:>30}")])) for y in range(HEIGHT)], SIZE, SYSTEM))
    with monkeypatch.context() as patched:
        patched.setattr(cell_line, "_MOST", 0)  # too many codes: what was written is unknown from now on
        screen.feed(picture.draw(half(0), SIZE, SYSTEM))
    screen.feed(picture.draw(half(1), SIZE, SYSTEM))
    shown = ["".join(cell.text for cell in row) for row in screen.cells]
    assert shown == [f"{y + 1:<30}{y:>30}" for y in range(HEIGHT)]


def test_a_terminal_that_erases_in_another_colour_shows_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "screen")
    erases_in_colour.cache_clear()
    try:
        for seed in range(10):
            frames, wanted = frames_of(seed)
            whole = [(y, x, strip) for y, row in wanted.items() for x, strip in row]
            assert played(frames, erases=False) == played([whole])
    finally:
        erases_in_colour.cache_clear()
