"""Cells, not characters: what is measured, cut and wrapped has the width it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.cells import cell_len, cut, fit, wrap
from tui.domain.text import clean
from tui.ui.text.lines import bar, cut_line, line_width, sparkline, spread

texts = st.text(alphabet=st.sampled_from("ab -—é数据库ใ́😀\u0301字x"), max_size=60).map(clean)


@given(texts, st.integers(0, 40), st.booleans())
def test_fit_is_exactly_as_wide_as_asked(text: str, width: int, right: bool) -> None:
    assert cell_len(fit(text, width, right=right)) == width


@given(texts, st.integers(1, 40))
def test_cut_is_never_wider_and_leaves_short_text_alone(text: str, width: int) -> None:
    short = cut(text, width)
    assert cell_len(short) <= width
    assert short == text or cell_len(text) > width


@given(texts, st.integers(4, 40))
def test_wrapping_loses_no_word_and_no_line_is_too_wide(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_wrapping_keeps_line_breaks_and_indents() -> None:
    assert wrap("one\n  two three four\n\nfive", 12) == ["one", "  two three", "  four", "", "five"]


def test_a_word_longer_than_the_line_is_broken() -> None:
    assert wrap("abcdefghij kl", 4) == ["abcd", "efgh", "ij", "kl"]


@given(st.lists(st.tuples(texts, st.just("plain")), max_size=5), st.integers(1, 40))
def test_a_cut_line_is_never_wider(pieces: list[tuple[str, str]], width: int) -> None:
    assert line_width(cut_line(tuple(pieces), width)) <= width


def test_a_cut_line_shows_that_it_was_cut() -> None:
    assert cut_line((("abc", "x"), ("defg", "y")), 5) == (("abc", "x"), ("d…", "y"))


@given(texts, texts, st.integers(1, 60))
def test_both_ends_fill_the_line(left: str, right: str, width: int) -> None:
    line = spread(((left, "plain"),), ((right, "plain"),), width)
    assert line_width(line) == width


@pytest.mark.parametrize(
    ("fraction", "drawn"),
    [(0.0, ""), (None, ""), (0.5, "█" * 5), (1.0, "█" * 10), (7.0, "█" * 10), (-1.0, ""), (0.31, "███▏")],
)
def test_a_bar_is_filled_to_its_fraction_and_never_beyond(fraction: float | None, drawn: str) -> None:
    full, empty = bar(fraction, 10)
    assert full == drawn
    assert cell_len(full + empty) == 10


def test_a_sparkline_shows_the_course_of_the_values() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8) == "▁▂▃▄▅▆▇█"
    assert sparkline([5, 5, 5], 8) == "▁▁▁"
    assert len(sparkline(list(range(100)), 10)) == 10
    assert sparkline(list(range(100)), 10)[-1] == "█"


@pytest.mark.parametrize("values", [[], [1.0]])
def test_fewer_than_two_values_draw_nothing(values: list[float]) -> None:
    assert sparkline(values, 8) == ""
