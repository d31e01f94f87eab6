"""The prepared bytes of a strip show the same as Textual's own, in fewer bytes; fails loudly when Textual changes."""

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.ui.widgets import tight as module
from tui.ui.widgets.tight import tight

STYLES = [
    Style(),
    Style(color="#ff0000"),
    Style(bold=True, bgcolor="#00ff00"),
    Style(underline=True),
    Style(reverse=True),
]
pieces = st.lists(st.tuples(st.text(alphabet="ab c字", max_size=12), st.sampled_from(STYLES)), max_size=6)


def screen_of(written: str) -> list[tuple[object, ...]]:
    screen = pyte.Screen(60, 1)
    pyte.Stream(screen).feed(written)
    return [
        (
            cell.data,
            cell.fg if cell.data.strip() else "",
            cell.bg,
            cell.bold and bool(cell.data.strip()),
            cell.underscore,
            cell.reverse,
        )
        for x in range(40)
        for cell in [screen.buffer[0][x]]
    ]


@given(pieces, st.sampled_from(STYLES[:3]))
def test_both_ways_show_the_same_cells(parts: list[tuple[str, Style]], fill: Style) -> None:
    segments = [Segment(text, style) for text, style in parts]
    console = Console(color_system="truecolor", force_terminal=True)
    plain = Strip(segments).adjust_cell_length(40, fill)
    assert screen_of(tight(segments, 40, fill, ColorSystem.TRUECOLOR, erase=True).render(console)) == screen_of(
        plain.render(console)
    )


def test_one_change_of_style_costs_one_sequence_and_blanks_are_erased() -> None:
    console = Console(color_system="truecolor", force_terminal=True)
    strip = tight(
        [Segment("ab", STYLES[1]), Segment("cd", STYLES[1])], 40, STYLES[1], ColorSystem.TRUECOLOR, erase=True
    )
    assert strip.render(console) == "\x1b[38;2;255;0;0mabcd\x1b[36X\x1b[36C\x1b[0m"
    assert strip.cell_length == 40


def test_terminals_that_erase_in_another_colour_get_blanks() -> None:
    strip = tight([Segment("ab", STYLES[0])], 20, STYLES[0], ColorSystem.TRUECOLOR, erase=False)
    assert strip.render(Console()) == "ab" + " " * 18


def test_colours_are_those_of_the_terminal() -> None:
    strip = tight([Segment("a", STYLES[1])], 1, STYLES[0], ColorSystem.STANDARD, erase=True)
    assert "\x1b[31m" in strip.render(Console())
    assert tight([Segment("a", STYLES[1])], 1, STYLES[0], None, erase=True)._render_cache is None


def test_with_the_switch_off_textual_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ENABLED", False)
    assert tight([Segment("a", STYLES[0])], 3, STYLES[0], ColorSystem.TRUECOLOR, erase=True)._render_cache is None


def test_the_pinned_textual_still_has_what_this_leans_on() -> None:
    strip = Strip([Segment("a")])
    assert strip._render_cache is None
    strip._render_cache = "prepared"
    assert strip.render(Console()) == "prepared"
    assert strip.crop(0, 1) is strip or strip.crop(0, 1)._render_cache != "wrong"
    assert Strip.render_ansi(Style(bold=True), ColorSystem.TRUECOLOR) == "1"
