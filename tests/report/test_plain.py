"""Pieces of reports as plain text: what a reader sees of them, and where the found words stand in that."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.report.plain import plain_texts


def read(piece: str, word: str = "vacuum") -> list[tuple[str, list[str]]]:
    """Return the lines of a piece and what is marked in each, with `word` found wherever it stands."""
    marks = [found.span() for found in re.finditer(word, piece)]
    return [(text.line, [text.line[start:end] for start, end in text.marks]) for text in plain_texts(piece, marks)]


@pytest.mark.parametrize(
    ("piece", "line"),
    [
        ("a **vacuum** [[16]](https://a.example/x), `vacuum`", "a vacuum [16], vacuum"),
        ("## 1.2 *vacuum*", "1.2 vacuum"),
        ("> - [x] vacuum", "vacuum"),
        ("| a vacuum | *b* |\n| --- | --- |", "a vacuum · b"),
        ("| a vacuum | *b* |", "a vacuum · b"),
        ("<p>the &quot;old&quot; vacuum<br>x</p>", 'the "old" vacuum x'),
        ('vacuum <a href="https://a.example/vacuum"></a>', "vacuum a.example"),
        ('href="https://a.example">old</a> vacuum <a href="https://b.exam', "old vacuum"),
        ("strong>old</strong> vacuum", "old vacuum"),
        ("the vacuum[^1] of $10^{-9} \\to x_1$ H<sub>2</sub>O", "the vacuum[1] of 10⁻⁹ → x₁ H₂O"),
        ("![a vacuum](https://a.example/p.png)", "▣ a vacuum"),
        ('  "name": "A \\"vacuum\\"",', 'name: A "vacuum"'),
        ('  "vacuum": 1984,', "vacuum: 1984"),
        ("a < b && c > vacuum", "a < b && c > vacuum"),
        ("5>3 in vacuum", "5>3 in vacuum"),
    ],
)
def test_a_piece_reads_as_the_reader_shows_it_with_its_words_marked(piece: str, line: str) -> None:
    assert read(piece) == [(line, ["vacuum"] * line.count("vacuum"))]


def test_every_paragraph_item_row_and_member_is_a_line_of_its_own() -> None:
    assert read("# A\n\nvacuum\n\n1. b\n2. c\n\n```\nd\n```\n\n---\n") == [
        ("A", []),
        ("vacuum", ["vacuum"]),
        ("b", []),
        ("c", []),
        ("d", []),
    ]
    assert [line for line, _ in read('{\n  "a": {\n    "b": [\n      "c",\n      2\n')] == ["a", "b", "c", "2"]
    cut = "<td>a vacuum</td></tr><tr><td>b</td>"
    assert [line for line, _ in read(f"<table><tr>{cut}")] == ["a vacuum", "b"]


def test_a_word_in_an_address_is_no_text() -> None:
    assert read("[x](https://vacuum.example)") == [("x", [])]


@given(st.text(alphabet="ab *_`[]()<>/|#\"'&;$\\{}:,-\n\uf8f0\uf8f1é中"), st.data())
def test_every_mark_holds_the_word_that_was_found(piece: str, data: st.DataObject) -> None:
    found = [match.span() for match in re.finditer(data.draw(st.sampled_from(["a", "ab", "é", "中"])), piece)]
    words = {piece[start:end] for start, end in found}
    for text in plain_texts(piece, found):
        assert "\n" not in text.line
        assert all(text.line[start:end].strip() in words for start, end in text.marks)
        assert text.marks == tuple(sorted(text.marks))
