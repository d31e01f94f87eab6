"""The bytes of a line."""

import re

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import NoColor
from textual.strip import Strip

from tui.ui.reader import strips
from tui.ui.reader.strips import draw, encode

STYLES = [
    Style(),
    Style(color="red"),
    Style(color="#102030", bgcolor="#f0f0f0"),
    Style(bold=True, bgcolor="blue"),
    Style(dim=True, italic=True),
    Style(bold=True, dim=True),
    Style(underline=True, color="green"),
    Style(reverse=True, strike=True),
]
SEGMENTS = st.lists(st.builds(Segment, st.text("abc 日", min_size=1, max_size=14), st.sampled_from(STYLES)), max_size=6)


def screen_of(data: str, width: int) -> "pyte.Screen":
    screen = pyte.Screen(width, 2)
    pyte.Stream(screen).feed(re.sub("\x1b]8;[^\x1b]*\x1b\\\\", "", data))
    return screen


def cells(screen: "pyte.Screen", width: int) -> list[tuple[object, ...]]:
    row = screen.buffer[0]
    out: list[tuple[object, ...]] = []
    for x in range(width):
        cell = row[x]
        ink = cell.data.strip() or cell.underscore or cell.reverse or cell.strikethrough
        out.append(
            (cell.data, cell.bg, *((cell.fg, cell.bold, cell.italics, cell.underscore, cell.reverse) if ink else ()))
        )
    return out


@given(SEGMENTS)
def test_the_bytes_paint_what_textual_would_paint(segments: list[Segment]) -> None:
    plain = Strip(segments).adjust_cell_length(60, STYLES[2])
    wanted = "".join(
        Strip.render_style(style, text, color_system=ColorSystem.TRUECOLOR) if style else text
        for text, style, _ in plain
    )
    strip = draw(segments, 60, STYLES[2], background=Color(0, 0, 0))
    assert strip.cell_length == 60
    assert strip._render_cache is not None
    assert cells(screen_of(strip._render_cache, 60), 60) == cells(screen_of(wanted, 60), 60)
    assert len(strip._render_cache) <= len(wanted) + 8


def test_the_private_member_that_makes_strips_tight_is_still_there() -> None:
    """When this fails, Textual was changed: look at `tui.ui.reader.strips` and either adapt it or set `TIGHT` off."""
    assert strips.TIGHT
    strip = Strip([Segment("x")])
    strip._render_cache = "prepared"

    class Console:
        _color_system = ColorSystem.TRUECOLOR

    assert strip.render(Console()) == "prepared"  # type: ignore[arg-type]  # all that `render` uses of a console


def test_without_it_textual_draws_the_same_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strips, "TIGHT", False)
    strip = draw([Segment("abc", STYLES[1])], 10, Style(), background=Color(0, 0, 0))
    assert strip._render_cache is None
    assert strip.text == "abc" + " " * 7


def test_one_style_change_is_one_sequence_and_long_blanks_are_erased() -> None:
    data = encode(
        [Segment("ab", STYLES[1]), Segment("cd", STYLES[1]), Segment(" " * 50, Style())], ColorSystem.TRUECOLOR
    )
    assert data == "\x1b[31mabcd\x1b[50X\x1b[50C\x1b[m"


def test_a_change_of_weight_does_not_repeat_the_colours() -> None:
    base = Style(color="#d0d0d0", bgcolor="#101010")
    data = encode(
        [Segment("a", base), Segment("b", base + Style(bold=True)), Segment("c", base)], ColorSystem.TRUECOLOR
    )
    assert data.count("38;2") == 1
    assert "\x1b[1mb\x1b[22mc" in data


def test_sixteen_colours_are_sent_as_such() -> None:
    assert "38;2" not in encode([Segment("a", Style(color="#ff0000"))], ColorSystem.STANDARD)


def test_links_are_wrapped_once_and_share_an_id_across_lines() -> None:
    style = Style(link="https://a.example/x")
    data = encode(
        [Segment("one ", style), Segment("two", style + Style(bold=True)), Segment(" x")], ColorSystem.TRUECOLOR
    )
    assert data.count("https://a.example/x") == 1
    assert data.count("\x1b]8;;\x1b\\") == 1
    other = encode([Segment("three", style)], ColorSystem.TRUECOLOR)
    ids = re.findall("id=([0-9a-f]+);", data + other)
    assert len(set(ids)) == 1


def test_links_can_be_left_out() -> None:
    assert encode([Segment("a", Style(link="https://a.example/"))], ColorSystem.TRUECOLOR, links=False) == "a"


def test_filters_are_applied_before_the_bytes_are_made() -> None:
    strip = draw([Segment("abc", STYLES[2])], 4, STYLES[2], filters=[NoColor()], background=Color(0, 0, 0))
    assert strip._render_cache is not None
    assert "38;2" not in strip._render_cache
