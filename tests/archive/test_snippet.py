"""Snippets are pieces of the original, around the words found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.archive.search import snippet
from tui.engine.archive.search.snippet import SnippetFinder, best_place, cut, opening
from tui.engine.archive.text import words


def show(text: str, *terms: str, growing: bool = False) -> tuple[str, list[str]]:
    found = SnippetFinder(list(terms), growing=growing).find(text)
    line, marks = cut(text, found, best_place(found))
    return line, [line[start:end] for start, end in marks]


@pytest.mark.parametrize(
    ("text", "term", "growing", "shown"),
    [
        ("one two three", "two", False, ["two"]),
        ("one twofold", "two", False, []),
        ("one twofold", "two", True, ["two"]),
        ("onetwo two", "two", False, ["two"]),
        ("Straße und CAFÉ", "café", False, ["CAFÉ"]),
        ("cafe\u0301 noir", "cafe", False, ["cafe"]),
        ("İstanbul notes", "istanbul", False, ["İstanbul"]),
        ("深度研究报告", "研究", False, ["研究"]),
        ("用GPU训练", "gpu", False, ["GPU"]),
        ("solid-state\ncell", "state cell", False, ["state cell"]),
        ("snake_case", "case", False, ["case"]),
        ("각도 test", "각도", False, ["각도"]),
    ],
)
def test_words_are_found_as_the_index_finds_them(text: str, term: str, growing: bool, shown: list[str]) -> None:
    found = SnippetFinder([term], growing=growing).find(text)
    assert (show(text, term, growing=growing)[1] if found else []) == shown


def test_the_snippet_is_where_most_words_stand_together() -> None:
    text = "alpha at first. " + "filler " * 80 + "then alpha beside beta. " + "filler " * 80
    line, marks = show(text, "alpha", "beta")
    assert marks == ["alpha", "beta"]
    assert line.startswith("…filler")
    assert line.endswith("…")
    assert len(line) < 190


def test_a_short_text_is_shown_whole_in_one_line() -> None:
    assert show("a\n\n  b   c\td", "c") == ("a b c d", ["c"])


def test_a_text_without_the_words_shows_its_beginning() -> None:
    assert opening("a\nb") == "a b"
    assert len(opening("word " * 100)) == 180
    assert SnippetFinder(["++"], growing=True).terms == 0
    assert SnippetFinder(["x"], growing=True).find("") == []


@given(st.text(max_size=300), st.text(st.characters(categories=["Ll", "Lo"]), min_size=1, max_size=3))
def test_places_are_inside_the_text_and_marks_inside_the_line(text: str, term: str) -> None:
    text = f"{text} {term} {text}"
    found = SnippetFinder([term], growing=True).find(text)
    for start, end, _ in found:
        assert 0 <= start < end <= len(text)
    if found:
        line, marks = cut(text, found, best_place(found))
        assert marks
        assert all(0 <= start < end <= len(line) for start, end in marks)
        assert "\n" not in line


def test_a_letter_inside_words_costs_no_look_at_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typed letter is in every other word of a report, and begins few."""
    looks: list[str] = []
    joined = snippet._joined

    def counted(left: str, right: str) -> bool:
        looks.append(left)
        return joined(left, right)

    monkeypatch.setattr(snippet, "_joined", counted)
    found = SnippetFinder(["c"], growing=True).find("accuracy, practice; cost " * 500)
    assert len(found) == 200
    assert len(looks) <= 200


@given(st.text("ab é深_ .", max_size=40), st.sampled_from(["a", "ab", "é", "深", "a b", "b深"]), st.booleans())
def test_a_word_is_found_where_it_stands_alone(text: str, term: str, growing: bool) -> None:
    """As the index has it: words end at blanks and signs, and around each character of a script without blanks."""
    wanted, had = words(term.replace("é", "e")), words(text.replace("é", "e"))
    count = len(wanted)
    there = any(
        had[at : at + count] == wanted
        or (growing and had[at : at + count - 1] == wanted[:-1] and had[at + count - 1].startswith(wanted[-1]))
        for at in range(len(had) - count + 1)
    )
    assert bool(SnippetFinder([term], growing=growing).find(text)) == there
