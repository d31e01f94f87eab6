"""Foreign text becomes harmless and stays readable."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.text import as_words, clean, join, json_escaped, one_line, plural, sanitize_for_file, unsafe_characters


@given(st.text())
def test_cleaned_text_holds_nothing_a_terminal_could_act_on(text: str) -> None:
    assert not unsafe_characters(clean(text))


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="\u115f\u1160\u3164\uffa0")))
def test_letters_of_any_script_stay(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0)])
def test_every_control_leaves_a_visible_trace_or_is_white_space(code: int) -> None:
    shown = clean(f"a{chr(code)}b")
    assert shown.startswith("a")
    assert shown.endswith("b")
    assert len(shown) > 2


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b]52;c;QQ==\x07", "␛]52;c;QQ==␇"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\tb", "a    b"),
        ("abc\u202ecod.exe", "abc\ufffdcod.exe"),
        ("a\ud800b", "a\ufffdb"),
        ("pass\u200bword", "password"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 4),
    ],
)
def test_known_tricks(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_legitimate_text_of_the_corpus_is_untouched_and_the_rest_is_harmless(corpus: Path) -> None:
    for case in json.loads((corpus / "hostile/strings.json").read_text())["cases"]:
        assert not unsafe_characters(clean(case["text"])), case["id"]
        if case["id"].startswith("str.legit") and "\t" not in case["text"]:
            assert clean(case["text"]) == case["text"], case["id"]


def test_one_line_folds_and_cuts() -> None:
    assert one_line("  a\n\n b\tc  ") == "a b c"
    assert one_line("abcdefgh", 5) == "abcd…"
    assert one_line("abcde", 5) == "abcde"


def test_words_are_counted_and_joined_as_people_write() -> None:
    assert plural(1, "source") == "1 source"
    assert plural(1234, "source") == "1,234 sources"
    assert plural(2, "entry", "entries") == "2 entries"
    assert join(["a"]) == "a"
    assert join(["a", "b", "c"]) == "a, b and c"
    assert join([]) == ""


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0)])
def test_a_tame_text_keeps_tabs_and_line_ends_and_no_other_control(code: int) -> None:
    char = chr(code)
    kept = sanitize_for_file(f"a\t{char}z\r\n")
    assert kept.startswith("a\t")
    assert kept.endswith("z\r\n")
    assert char in "\t\n" or char not in kept.removesuffix("\r\n")


def test_a_tame_text_loses_bidi_marks_only_where_they_are_unwanted() -> None:
    hebrew = "\u05e9\u05dc\u05d5\u05dd\u200f, \u202eabc\u202c"
    assert sanitize_for_file(hebrew, marks=False) == hebrew
    assert not unsafe_characters(sanitize_for_file(hebrew))


@given(st.text())
def test_escaped_json_says_the_same_and_holds_nothing_forbidden(text: str) -> None:
    escaped = json_escaped(json.dumps(text, ensure_ascii=False))
    assert json.loads(escaped) == text
    assert not unsafe_characters(escaped)


def test_member_names_are_said_as_words_and_texts_stay_as_they_are() -> None:
    assert as_words("not_requested") == "not requested"
    assert as_words("mcp_tool_calls") == "MCP tool calls"
    assert as_words("A_b c") == "A_b c"
    assert as_words("see snake_case here") == "see snake_case here"
