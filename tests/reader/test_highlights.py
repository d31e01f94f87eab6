"""Marks on lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.cells import cell_len
from tui.ui.reader.highlights import (
    Highlight,
    hint_letters,
    label,
    mark_current,
    restyle,
    scroll_sideways,
    select,
    within,
)
from tui.ui.reader.layout.lines import DECORATION, Run, Tone

RUNS = (
    Run("• ", Tone.BULLET),
    Run("some text ", Tone.TEXT, 0, 0, 0),
    Run("[12]", Tone.CITE, 0, 10, 1),
    Run(" 日本語", Tone.TEXT, 0, 14, 2),
)


def text(runs: tuple[Run, ...]) -> str:
    return "".join(run.text for run in runs)


def test_a_hit_is_marked_across_runs_and_decoration_is_not() -> None:
    runs = restyle(RUNS, [Highlight(5, 12, Tone.HIT)])
    assert "".join(run.text for run in runs if run.tone is Tone.HIT) == "text [1"
    assert text(runs) == text(RUNS)
    assert next(run for run in runs if run.text == "2]").at == 12


def test_the_later_mark_wins() -> None:
    runs = restyle(RUNS, [Highlight(0, 9, Tone.HIT), Highlight(0, 4, Tone.HIT_NOW)])
    assert [run.text for run in runs if run.tone is Tone.HIT_NOW] == ["some"]


def test_the_current_citation_is_pointed_out() -> None:
    assert [run.text for run in mark_current(RUNS, 1) if run.tone is Tone.CURRENT] == ["[12]"]


def test_hint_letters_cover_the_beginning_of_their_span_and_keep_its_width() -> None:
    runs = label(RUNS, {1: "as"})
    assert text(runs) == "• some text as2] 日本語"
    assert [run.text for run in runs if run.tone is Tone.HINT] == ["as"]


def test_a_hint_on_a_tiny_span_is_cut_and_wide_letters_are_covered_whole() -> None:
    assert text(label((Run("x", Tone.LINK, 0, 0, 0),), {0: "as"})) == "a"
    assert cell_len(text(label((Run("日本", Tone.LINK, 0, 0, 0),), {0: "a"}))) == 4


def test_each_span_gets_its_letters_once() -> None:
    twice = (Run("ab", Tone.LINK, 0, 0, 0), Run("cd", Tone.LINK, 1, 2, 0))
    assert text(label(twice, {0: "s"})) == "sbcd"


@pytest.mark.parametrize("count", [0, 1, 26, 27, 100, 676])
def test_hints_are_of_equal_length_and_all_different(count: int) -> None:
    letters = hint_letters(count)
    assert len(set(letters)) == count
    assert len({len(one) for one in letters}) <= 1


def test_a_selection_counts_characters_of_the_line() -> None:
    runs = select(RUNS, 2, 6)
    assert [run.text for run in runs if run.tone is Tone.SELECTED] == ["some"]
    assert "".join(run.text for run in select(RUNS, 7, -1) if run.tone is Tone.SELECTED) == "text [12] 日本語"


@given(st.integers(0, 60), st.integers(3, 30), st.text("ab日é ", max_size=40))
def test_a_wide_line_is_seen_through_a_window_of_its_room(shift: int, room: int, line: str) -> None:
    runs = scroll_sideways((Run(line, Tone.TEXT, 0, 0),), shift, room)
    cells = cell_len(line)
    assert cell_len(text(runs)) == min(cells, room)
    if cells <= room:
        assert text(runs) == line


def test_arrows_say_that_there_is_more() -> None:
    line = (Run("abcdefghij", Tone.BLOCK, 0, 0),)
    assert text(scroll_sideways(line, 0, 5)) == "abcd›"
    assert text(scroll_sideways(line, 3, 5)) == "‹efg›"
    assert text(scroll_sideways(line, 99, 5)) == "‹ghij"


def test_decoration_has_no_offset_after_cutting() -> None:
    runs = select((Run("  │ ", Tone.GRID),), 1, 2)
    assert {run.at for run in runs} == {DECORATION}


@given(st.lists(st.integers(0, 25), max_size=8, unique=True), st.integers(0, 20))
def test_a_line_takes_only_the_hits_that_it_may_show(starts: list[int], at: int) -> None:
    hits = tuple(Highlight(start, start + 1, Tone.HIT) for start in sorted(starts))
    line = (Run("│ ", Tone.GRID), Run("hits", Tone.TEXT, 0, at, 0))
    few = within(line, hits)
    assert all(at <= hit.start < at + 4 for hit in few)
    assert restyle(line, few) == restyle(line, hits)
