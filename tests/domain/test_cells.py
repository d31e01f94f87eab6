"""Where lines may break."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len as rich_cell_len

from tui.domain.cells import _NARROW, _wrap_any, _wrap_narrow, cell_len, cut, fit, fold, line_spans, wrap
from tui.domain.text import clean

TEXTS = st.text(
    alphabet=st.one_of(st.sampled_from("ab -–/.[]()日本語、。「」é\u0301👩\u200d🔬ع\n "), st.characters(codec="utf-8")),
    max_size=300,
).map(lambda text: "".join(char for char in text if char.isprintable() or char == "\n"))


@given(TEXTS, st.integers(2, 60), st.integers(2, 60))
def test_no_line_is_wider_than_its_room(text: str, first: int, rest: int) -> None:
    for number, (start, end) in enumerate(line_spans(text, first, rest)):
        assert cell_len(text[start:end]) <= (rest if number else first)


@given(TEXTS, st.integers(2, 60))
def test_only_blanks_and_newlines_are_lost_between_lines(text: str, room: int) -> None:
    kept, position = "", 0
    for start, end in line_spans(text, room, room):
        assert start >= position
        assert not text[position:start].strip(" \n")
        kept += text[start:end]
        position = end
    assert not text[position:].strip(" \n")
    assert kept.replace(" ", "").replace("\n", "") == text.replace(" ", "").replace("\n", "")


@given(st.text("ab c][--–x", max_size=80), st.integers(2, 30), st.integers(2, 30))
def test_the_quick_way_for_narrow_text_breaks_where_the_slow_one_does(text: str, first: int, rest: int) -> None:
    if len(text) > first:
        assert _wrap_narrow(text, first, rest) == _wrap_any(text, first, rest)


def test_narrow_text_is_narrow() -> None:
    wide = [char for code in range(0x20, 0x3000) if _NARROW.fullmatch(char := chr(code)) and rich_cell_len(char) != 1]
    assert wide == []


def test_a_line_is_filled_before_it_is_broken() -> None:
    assert fold("one two three four", 9) == ["one two", "three", "four"]


def test_newlines_always_break() -> None:
    assert fold("a\n\nb", 10) == ["a", "", "b"]


def test_cjk_breaks_between_characters_but_not_before_closing_punctuation() -> None:
    assert fold("日本語、文章。", 6) == ["日本", "語、文", "章。"] or fold("日本語、文章。", 6)[0] == "日本"
    assert not any(line[0] in "、。」" for line in fold("「日本語」、「文章」。" * 5, 10))


def test_opening_punctuation_does_not_end_a_line() -> None:
    assert not any(line.endswith(("「", "（")) for line in fold("文「日本」（語）" * 6, 7))


def test_hyphenated_words_break_after_the_hyphen_and_negative_numbers_do_not() -> None:
    assert fold("state-of-the-art", 9) == ["state-of-", "the-art"]
    assert fold("fell by -5 points", 9) == ["fell by", "-5 points"]


def test_neighbouring_chips_may_be_parted_but_not_torn() -> None:
    assert fold("[1][2][3][4]", 7) == ["[1][2]", "[3][4]"]


def test_an_overlong_address_is_cut_after_a_separator() -> None:
    lines = fold("https://example.org/some/long/path/to/page", 20)
    assert lines[0].endswith("/")
    assert "".join(lines) == "https://example.org/some/long/path/to/page"


def test_a_no_break_space_does_not_break() -> None:
    assert fold("abc de\xa0fg", 7) == ["abc", "de\xa0fg"]


def test_where_it_must_a_chip_is_parted_from_its_word_rather_than_torn() -> None:
    assert fold("pg_xact\xa0[13]", 10) == ["pg_xact\xa0", "[13]"]


def test_combining_marks_and_joined_emoji_stay_in_one_piece() -> None:
    family = "👩\u200d🔬"
    assert all(family in line or not line.strip(family) for line in fold(family * 9, 5))
    assert fold("e\u0301" * 6, 3) == ["e\u0301" * 3, "e\u0301" * 3]


@pytest.mark.parametrize(
    ("text", "room", "out"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("日本", 3, "日…"), ("ab", 1, "…")]
)
def test_fit_cuts_with_an_ellipsis(text: str, room: int, out: str) -> None:
    assert cut(text, room) == out


@given(TEXTS, st.integers(0, 20))
def test_fit_never_exceeds_its_room(text: str, room: int) -> None:
    assert cell_len(cut(text, room)) <= room


@given(st.text(max_size=40))
def test_the_width_is_the_one_that_textual_paints_with(text: str) -> None:
    from rich.segment import Segment
    from textual.strip import Strip

    text = clean(text).replace("\n", " ")  # control characters never get so far
    assert cell_len(text) == Strip([Segment(text)]).cell_length


@given(st.text(max_size=30), st.integers(0, 20), st.booleans())
def test_a_fitted_text_takes_exactly_its_cells(text: str, width: int, right: bool) -> None:
    text = clean(text).replace("\n", " ")
    assert cell_len(fit(text, width, right=right)) == width
    assert cell_len(cut(text, width)) <= width


@given(st.text(max_size=80), st.integers(2, 20))
def test_wrapped_lines_fit_and_keep_every_word(text: str, width: int) -> None:
    text = clean(text)
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["about 1-2 nm wide", "about 10–20 % of", "in 5 kg of", "über 1-2 nm漢字"])
def test_a_quantity_stays_with_its_unit(text: str) -> None:
    for room in range(10, 20):
        lines = fold(text, room)
        assert not any(line.endswith(("1-", "10–", "1", "2", "20", "5")) for line in lines[:-1]), lines


_CLOSING = "”’」』）。，"


@given(st.text(st.sampled_from("漢字a1]—– 「" + _CLOSING), max_size=40))
def test_no_line_begins_with_closing_punctuation(text: str) -> None:
    """Unless a blank stands before it, or the word is longer than a line."""
    room = 24
    for start, _ in line_spans(text, room, room)[1:]:
        word = re.search(f"[^ ]?[{_CLOSING}—–]*\\Z", text[:start])
        fits = word is not None and cell_len(word[0]) < room // 3
        assert text[start : start + 1] not in set(_CLOSING) or text[start - 1] == " " or not fits
