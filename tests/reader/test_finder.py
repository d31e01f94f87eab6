"""Search."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reader.documents import para
from tui.report.document import Document
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.search import Occurrence, ReportFinder


def finder(*texts: str) -> ReportFinder:
    return ReportFinder(IndexedReport.of(Document(tuple(para(n + 1, text) for n, text in enumerate(texts)))))


def test_lower_case_finds_any_case_and_a_capital_is_taken_literally() -> None:
    found = finder("Apple apple APPLE")
    assert found.search("apple") == 3
    assert found.search("Apple") == 1


def test_hits_are_numbered_in_reading_order_and_wrap() -> None:
    found = finder("x one", "two x", "x three x")
    assert found.search("x") == 4
    first = found.after(0, 0)
    assert first == Occurrence(0, 0, 1)
    assert found.number_of(Occurrence(2, 8, 9)) == 4
    assert found.after(2, 9) == first
    assert found.before(0, 0) == Occurrence(2, 8, 9)
    assert found.before(2, 8) == Occurrence(2, 0, 1)


def test_cjk_is_found_inside_sentences() -> None:
    found = finder("市場規模は拡大している", "规模")
    assert found.search("規模") == 1
    assert found.within(0) == [(2, 4)]


def test_a_hit_never_spans_two_units() -> None:
    assert finder("end", "start").search("endstart") == 0


def test_letters_whose_lower_case_is_longer_do_not_move_the_hits() -> None:
    found = finder("İstanbul and needle")
    found.search("needle")
    assert found.within(0) == [(13, 19)]


def test_an_empty_query_finds_nothing() -> None:
    found = finder("text")
    assert found.search("") == 0
    assert found.after(0, 0) is found.before(0, 4) is None
    assert found.within(0) == []
    assert found.number_of(Occurrence(0, 0, 1)) == 0


@given(st.lists(st.text("abAB ", max_size=30), min_size=1, max_size=6), st.text("ab", min_size=1, max_size=3))
def test_the_count_is_that_of_all_units(texts: list[str], query: str) -> None:
    found = finder(*texts)
    wanted = sum(len(re.findall(query, text, re.IGNORECASE)) for text in texts)
    assert found.search(query) == wanted
    assert sum(len(found.within(number)) for number in range(len(texts))) == wanted


@pytest.mark.parametrize("query", ["(", "[1]", "\\", ".*"])
def test_a_query_is_text_not_a_pattern(query: str) -> None:
    assert finder(f"see {query} here", "nothing").search(query) == 1
