"""Two people change one text: no word of either is lost, and none stands twice."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.merge_text import merged

_WORDS = st.lists(st.sampled_from("call Bob today, and Ann about lithium or\n\nnot\n日本語".split(" ")), max_size=8)
_ENDS = st.sampled_from(["", " ", "\n"])  # an editor adds or takes out the end of the last line
_NOTES = st.builds("{}{}".format, _WORDS.map(" ".join), _ENDS)


@pytest.mark.parametrize(
    ("before", "present", "text", "result"),
    [
        ("", "theirs", "", "theirs"),
        ("", "", "mine", "mine"),
        ("", "a thought", "a thought", "a thought"),
        ("", "what somebody thinks", "second thought", "what somebody thinks\nsecond thought"),
        ("call Bob", "call Bob today", "call Bob and Ann", "call Bob today and Ann"),
        ("call Bob", "call Bob, today", "call Bob and Ann", "call Bob, today and Ann"),
        ("one\ntwo\nthree", "one\n2\nthree", "one\ntwo\nthree\nfour", "one\n2\nthree\nfour"),
        ("one\ntwo", "one\ntheirs", "one\nmine", "one\ntheirs\nmine"),
        ("a b c", "a c", "a b c d", "a c d"),  # what one person took out is gone
        ("old", "", "old and new", " and new"),
        ("old", "", "new", "new"),  # one took it out, the other wrote something else instead
        ("art", "cart", "art car", "cart car"),  # "art" stands in "cart", and is a word of its own
        ("call Bob\n", "call Bob", "call Bob\ncall Ann\n", "call Bob\ncall Ann\n"),  # one took out the end of the line
        ("one  two", "one", "one  two three", "one three"),
        ("no", "no: not now", "no, not", "no: not now\nno, not"),
    ],
)
def test_two_changes_become_one_text(before: str, present: str, text: str, result: str) -> None:
    assert merged(before, present, text) == result


@given(_NOTES, _NOTES)
def test_what_only_one_changed_is_as_that_one_left_it(before: str, text: str) -> None:
    assert merged(before, before, text) == text
    assert merged(before, text, before) == text
    assert merged(before, text, text) == text


@given(_NOTES, _NOTES, _NOTES)
def test_no_word_that_somebody_wrote_is_lost_and_none_stands_more_often_than_both_wrote_it(
    before: str, present: str, text: str
) -> None:
    old, theirs, ours = (Counter(one.split()) for one in (before, present, text))
    found = Counter(merged(before, present, text).split())
    for word in old | theirs | ours:
        assert found[word] >= max(theirs[word], ours[word]) - old[word], word
        if theirs[word] >= old[word] <= ours[word]:
            assert found[word] >= min(theirs[word], ours[word]), word
        assert found[word] <= theirs[word] + ours[word], word
        if word not in old:
            assert found[word] >= max(theirs[word], ours[word]), word


@given(_NOTES, _NOTES, _NOTES)
def test_lines_that_both_only_add_are_all_there_and_once(before: str, present: str, text: str) -> None:
    base = [f"line {number}" for number, _ in enumerate(before.split())]
    theirs = [*base, *(f"theirs {word}" for word in present.split())]
    ours = [*(f"mine {word}" for word in text.split()), *base]
    found = merged("\n".join(base), "\n".join(theirs), "\n".join(ours)).split("\n")
    every = Counter(base) + (Counter(theirs) - Counter(base)) + (Counter(ours) - Counter(base))
    assert Counter(line for line in found if line) == every
