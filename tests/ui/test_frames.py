"""Frames of any looks: what the terminal shows after few bytes is what it shows after all of them, cell by cell."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.ui.frame_screen import Cell, FrameScreen
from tui.ui.terminal import cell_line
from tui.ui.terminal.cell_buffer import CellBuffer, Piece
from tui.ui.terminal.sgr import erases_in_colour
from tui.ui.terminal.textual_patches import patch_cuts

WIDTH, HEIGHT = 60, 14
SIZE = (WIDTH, HEIGHT)
SYSTEM = ColorSystem.TRUECOLOR
CITE = "https://a.example/paper"


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
    picture, screen = CellBuffer(), FrameScreen(*SIZE, erases=erases)
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
    picture, screen = CellBuffer(), FrameScreen(*SIZE)
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
        picture, screen = CellBuffer(), FrameScreen(*SIZE)
        for pieces in frames:
            screen.feed(picture.draw(pieces, SIZE, SYSTEM, links=False))
        screen.feed(picture.draw((), SIZE, SYSTEM))
        assert screen.cells == played([[(y, x, strip) for y, row in wanted.items() for x, strip in row]])


def test_lines_of_which_a_part_is_unknown_are_not_scrolled(monkeypatch: pytest.MonkeyPatch) -> None:
    def half(shift: int) -> list[Piece]:
        return [(y, 0, Strip([Segment(f"{y + shift:<30}")])) for y in range(HEIGHT)]

    picture, screen = CellBuffer(), FrameScreen(*SIZE)
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


CLUSTERS = ["❤️", "👩‍🔬", "👨‍👩‍👧‍👦", "🇩🇪", "👍🏽", "⚠️", "1️⃣", "🏳️‍🌈", "e\u0301", "漢", "a", " "]


@given(texts=st.lists(st.lists(st.sampled_from(CLUSTERS), max_size=9), min_size=1, max_size=3), cut=st.integers(0, 60))
def test_a_strip_is_cut_between_characters_also_those_of_several_code_points(texts: list[list[str]], cut: int) -> None:
    patch_cuts()
    codes, strip = cell_line.CellCodes(SYSTEM), Strip([Segment("".join(text)) for text in texts])
    whole, cut = codes.line_of(strip).text, min(cut, strip.cell_length)
    left, right = (codes.line_of(part).text for part in (strip.crop(0, cut), strip.crop(cut, strip.cell_length)))
    if whole[cut : cut + 1] == cell_line._BEHIND:  # in the middle of a character
        whole = f"{whole[: cut - 1]}  {whole[cut + 1 :]}"
    assert (left, right) == (whole[:cut], whole[cut:])
