"""Long work in slices."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain import slices

TEXTS = st.lists(st.sampled_from(["a", "b 1", "\n", " ", "[1]", "\n\n", "ccc"]), max_size=30).map("".join)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "SLICE", 7)
    monkeypatch.setattr(slices, "_FAR", 3)


@given(TEXTS)
def test_a_search_in_slices_finds_what_one_search_finds(text: str) -> None:
    for pattern in (re.compile(r"\[1\](?! )"), re.compile(r"^b.*$", re.MULTILINE), re.compile(r"(?<=a)c+")):
        whole = [match.span() for match in pattern.finditer(text)]
        assert [match.span() for match in slices.finditer(pattern, text)] == whole
        first = slices.search(pattern, text)
        assert (first.span() if first else None) == (whole[0] if whole else None)


@given(TEXTS)
def test_slices_are_the_whole_text_and_no_line_is_in_two(text: str) -> None:
    for parts in (list(slices.line_slices(text)), list(slices.word_slices(text))):
        assert "".join(text[start:end] for start, end in parts) == text
    assert all(text[end - 1] == "\n" for _, end in list(slices.line_slices(text))[:-1])


def test_a_list_is_emptied() -> None:
    items: list[object] = list(range(5_001))
    slices.drop(items)
    assert items == []
