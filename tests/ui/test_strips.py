"""Strips are as wide as their widget and wear the application's filters; equal lines are drawn once."""

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import Monochrome

from tests.ui.driving import WIDE, running
from tests.ui.fakes import task
from tui.ui.terminal.textual_patches import ControlCharacterFilter
from tui.ui.text.painter import draw

INK = Style(color="#d0d0d0", bgcolor="#101010")


@pytest.mark.parametrize("text", ["", "abc", "固态电池", "x" * 50])
def test_a_strip_has_exactly_the_width_of_its_widget(text: str) -> None:
    assert draw([Segment(text, INK)], 20, INK, background=Color(0, 0, 0)).cell_length == 20


def test_filters_are_applied_to_what_is_kept() -> None:
    filters = [Monochrome(), ControlCharacterFilter()]
    strip = draw([Segment("a\x1bb", Style(color="#ff0000"))], 4, INK, filters=filters, background=Color(0, 0, 0))
    assert strip.text.startswith("ab")
    style = next(iter(strip)).style
    assert style is not None
    assert style.color is not None
    assert style.color.triplet is not None
    assert len(set(style.color.triplet)) == 1, "grey"


async def test_an_equal_line_is_drawn_once_and_a_new_theme_draws_it_again() -> None:
    async with running([task(1)], size=WIDE) as session:
        table = session.dashboard.table
        line = (("words", "plain"), ("more", "good"))
        first = table.strip_of(line)
        assert table.strip_of((("words", "plain"), ("more", "good"))) is first
        assert table.strip_of(line, cursor=True) is not first
        session.app.theme = next(name for name in session.app.available_themes if "contrast" in name)
        await session.settle()
        assert list(table.strip_of(line)) != list(first)


async def test_the_kept_strips_are_bounded() -> None:
    async with running([task(1)], size=WIDE) as session:
        table = session.dashboard.table
        for number in range(2000):
            table.strip_of(((f"line {number}", "plain"),))
        assert table._drawn is not None
        assert len(table._drawn) <= 512
