"""What people type becomes words and filters, or an error that says what is right."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.errors import UsageError
from tui.domain.task import TaskStatus
from tui.domain.task_filter import FILTERS, STATUSES
from tui.engine.archive.search.query import parse
from tui.engine.archive.text import expression, is_unspaced, spaced, words

ALIVE = "(task.deleted_at IS NULL)"


@pytest.mark.parametrize(
    ("typed", "terms", "match"),
    [
        ("lithium", ["lithium"], '"lithium"*'),
        ("lithium ", ["lithium"], '"lithium"'),
        ("lithium bat", ["lithium", "bat"], '"lithium" "bat"*'),
        ('"solid state" bat', ["solid state", "bat"], '"solid state" "bat"*'),
        ('bat "solid state"', ["bat", "solid state"], '"bat" "solid state"'),
        ('c++ "x', ["c++", "x"], '"c" "x"'),
        ("AND OR NOT", ["AND", "OR", "NOT"], '"AND" "OR" "NOT"*'),
        ("title:x", ["title:x"], '"title x"*'),
        ("https://a.org/x", ["https://a.org/x"], '"https a org x"*'),
        ("人工智能", ["人工智能"], '"人 工 智 能"'),
        ("GPU人工", ["GPU人工"], '"GPU 人 工"'),
        ("人工GPU", ["人工GPU"], '"人 工 GPU"*'),
        ("* ^ ( ) - + : { } '", ["*", "^", "(", ")", "-", "+", ":", "{", "}", "'"], ""),
        ("", [], ""),
        ("   ", [], ""),
        ("lithium +", ["lithium", "+"], '"lithium"'),
    ],
)
def test_words_become_quoted_phrases(typed: str, terms: list[str], match: str) -> None:
    query = parse(typed)
    assert query.terms == terms
    assert query.match == match


@pytest.mark.parametrize(
    ("typed", "where", "values"),
    [
        ("provider:Valyu", "task.provider = ?", ["valyu"]),
        ("status:failed", "task.status = ?", ["failed"]),
        ("status:failed,expired", "task.status IN (?, ?)", ["failed", "expired"]),
        ("status:active", "task.status IN (?, ?, ?, ?, ?)", ["queued", "running", "waiting", "cancelling", "unknown"]),
        ('tag:"energy"', "instr(task.tags, ?)", [" energy "]),
        ("TAG:#Energy", "instr(task.tags, ?)", [" energy "]),
        ("is:pinned", "task.pinned", []),
    ],
)
def test_filters_become_conditions_with_bound_values(typed: str, where: str, values: list[str]) -> None:
    query = parse(typed)
    assert query.match == ""
    assert query.where == f"({where}) AND {ALIVE}"
    assert query.values == values


def test_deleted_tasks_are_found_only_when_asked_for() -> None:
    assert parse("word").where == ALIVE
    assert parse("is:deleted").where == "(task.deleted_at IS NOT NULL)"


@pytest.mark.parametrize("word", TaskStatus)
def test_every_status_can_be_asked_for(word: TaskStatus) -> None:
    assert word.value in STATUSES
    assert parse(f"status:{word.value}").values == [word.value]


@pytest.mark.parametrize(
    ("typed", "message", "hint"),
    [
        ("status:fialed", "status:fialed is not known", "did you mean status:failed?"),
        ("status:failed,", "status: is not known", "queued"),
        ("is:unreed", "is:unreed is not known", "is:unread"),
        ("is:zzzzz", "is:zzzzz is not known", "there are unread, read"),
        ("before:yesterday", "before:yesterday is no date", "before:2026-10-01"),
        ("after:2026-13", "after:2026-13 is no date", "after:2026-10"),
        ("after:2026-02-30", "no date", "after:2026"),
        ("before:0000", "no date", "before:2026"),
        ("provder:valyu", "there is no filter provder:", "did you mean provider:"),
    ],
)
def test_a_wrong_filter_says_what_is_right(typed: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(f"lithium {typed}")
    assert message in refused.value.message
    assert hint in refused.value.hint


def test_a_filter_without_a_value_yet_is_a_word_so_that_typing_is_no_error() -> None:
    for name in FILTERS:
        assert parse(f"{name}:").match == f'"{name}"*'


def test_dates_are_local_days_and_name_their_beginning() -> None:
    year, month, day = (parse(f"after:{value}").values[0] for value in ("2026", "2026-01", "2026-01-01"))
    assert year == month == day
    assert parse("before:2026-01-02").values == [int(day) + 86_400_000_000]


@given(st.text(max_size=60))
def test_nothing_typed_is_anything_but_a_query_or_a_usage_error(typed: str) -> None:
    with contextlib.suppress(UsageError):
        query = parse(typed)
        assert query.where.count("?") == len(query.values)


@given(st.lists(st.text(max_size=20), max_size=4), st.booleans())
def test_only_quoted_words_reach_the_index(terms: list[str], growing: bool) -> None:
    made = expression(terms, growing=growing)
    inside = made.removesuffix("*").split('"')
    assert all(part in {"", " "} for part in inside[::2])
    assert all(char.isalnum() or char == " " for part in inside[1::2] for char in part)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("deep research", ["deep", "research"]),
        ("深度research研究", ["深", "度", "research", "研", "究"]),
        ("snake_case c++", ["snake", "case", "c"]),
        ("한국어 ไทย", ["한", "국", "어", "ไ", "ท", "ย"]),
        ("", []),
    ],
)
def test_words_are_those_of_the_index(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_only_scripts_without_blanks_are_spaced_out() -> None:
    assert spaced("plain café") == "plain café"
    assert spaced("智能").split() == ["智", "能"]
    assert is_unspaced("智")
    assert not is_unspaced("é")
