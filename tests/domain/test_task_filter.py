"""One grammar for lists: what is typed means the same in memory (dashboard) and as SQL (search, command line)."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archive.make import a_task, save
from tui.domain.annotations import Annotations
from tui.domain.detail import Source
from tui.domain.errors import UsageError
from tui.domain.task import Cost, CostKind, Task, TaskStatus
from tui.domain.task_filter import FILTERS, parse, with_words_in_texts
from tui.engine.archive import Archive
from tui.ui.text.filter import CompiledFilter

NOON = datetime(2026, 10, 15, 12, tzinfo=UTC)
TASKS = (
    a_task("a", title="Lithium in the Alps", created_at=NOON, mode="heavy", cost=Cost(1.5, "USD", CostKind.REPORTED)),
    a_task("b", title="Solid state batteries", created_at=NOON - timedelta(days=40), provider="yutori",
           status=TaskStatus.FAILED, cost=Cost(0.35, "USD", CostKind.PRICE_LIST)),
    a_task("c", title="Lithium prices", created_at=NOON - timedelta(days=400), provider="extruct", account="work",
           status=TaskStatus.RUNNING, cost=Cost(25, "credits", CostKind.CREDITS), mode="high"),
    a_task("d", title="State of solid things", created_at=NOON + timedelta(days=20), account="work",
           status=TaskStatus.EXPIRED),
)  # fmt: skip
ADDED = {"a": ("energy", "alps"), "c": ("energy-prices",)}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder: Path = tmp_path_factory.mktemp("filter")
    with Archive.open(folder / "archive.db") as opened:
        for task in TASKS:
            sources = [Source("1", "https://www.nature.com/articles/1?utm_source=x")] if task.id == "a" else []
            save(opened, task, f"report of {task.id}", sources=sources)
        for task_id, tags in ADDED.items():
            opened.annotations.change_tags([task_id], add=tags).result(60)
        yield opened


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", "abcd"),
        ("lithium", "ac"),
        ("lithium alps", "a"),
        ('"solid state"', "b"),
        ("status:failed", "b"),
        ("status:failed,expired", "bd"),
        ("status:active", "c"),
        ("STATUS:Done", "a"),
        ("provider:valyu", "ad"),
        ("provider:valyu:work", "d"),
        ("provider:valyu:default", "a"),
        ("mode:heavy", "a"),
        ("mode:Heavy lithium", "a"),
        ("tag:energy", "a"),
        ("tag:#energy", "a"),
        ("before:2026-10", "bc"),
        ("after:2026-10", "ad"),
        ("after:2026-09 before:2026-11", "ab"),
        ("before:2026", "c"),
        ("cost>1", "a"),
        ("cost>=0.35", "ab"),
        ("cost<1", "b"),
        ("cost:>1", "a"),
        ("cost=0.35", "b"),
        ("cost>$1", "a"),
        ("cost>20cr", "c"),
        ("cost<=25credits", "c"),
        ("cost>30cr", ""),
        ("host:nature.com", "a"),
        ("host:www.nature.com", "a"),
        ("host:ature.com", ""),
        ("by:me", "c"),  # what had ended when it came here was started elsewhere, or is a file
        ("by:nobody", ""),
        ("cites:https://www.nature.com/articles/1/", "a"),
        ("is:deleted", ""),
        ("is:pinned", ""),
        ("provider:valyu status:done lithium", "a"),
        ("provider:valyu status:failed", ""),
    ],
)
def test_a_filter_means_the_same_in_memory_and_in_the_archive(archive: Archive, typed: str, wanted: str) -> None:
    found = archive.library.search(f"{typed} ", limit=20)
    assert sorted(hit.task_id for hit in found.hits) == sorted(wanted)
    narrowing = CompiledFilter.of(f"{typed} ", archive.library.having)
    kept = [task.id for task in TASKS if narrowing.keeps(task, _added(task), task.title.casefold)]
    assert sorted(kept) == sorted(wanted)


def _added(task: Task) -> Annotations:
    return Annotations(tags=ADDED.get(task.id, ()), read=True)


@pytest.mark.parametrize("typed", ["status:fai", "is:un", "tag:ener", "mode:he", "provider:va", "cost>", "cost>=",
                                   "before:202", "after:2026-", "host:", "status:", "tag:"])  # fmt: skip
def test_what_is_being_typed_is_never_wrong(typed: str) -> None:
    assert parse(typed, typing=True).terms == []
    CompiledFilter.of(typed)


def test_what_is_being_typed_may_be_the_beginning_of_a_value() -> None:
    assert parse("status:fai", typing=True).conditions[0].values == ("failed",)
    assert parse("is:un", typing=True).conditions[0].values == ("unread",)
    with pytest.raises(UsageError):
        parse("status:fai")
    with pytest.raises(UsageError):
        parse("status:fai lithium", typing=True)


@pytest.mark.parametrize(
    ("typed", "message", "hint"),
    [
        ("status:fialed", "status:fialed is not known", "did you mean status:failed?"),
        ("is:zzzzz", "is:zzzzz is not known", "there are unread, read"),
        ("before:yesterday", "before:yesterday is no date", "before:2026-10-01"),
        ("after:2026-02-30", "no date", "after:2026"),
        ("cost>much", "cost>much is no amount", "cost<=20cr"),
        ("cost:", "", ""),
        ("provder:valyu", "there is no filter provder:", "did you mean provider:"),
    ],
)
def test_a_wrong_term_gets_a_sentence(typed: str, message: str, hint: str) -> None:
    if not message:
        assert parse(f"{typed} x").terms == [typed, "x"]
        return
    with pytest.raises(UsageError) as refused:
        parse(f"{typed} x")
    assert message in refused.value.message
    assert hint in (refused.value.hint or "")


def test_every_filter_has_an_example_that_is_one() -> None:
    for name, example in FILTERS.items():
        (condition,) = parse(example.split(" (")[0]).conditions
        assert condition.name == name


@given(st.text(max_size=60), st.booleans())
def test_anything_typed_is_a_filter_or_gets_a_sentence(typed: str, typing: bool) -> None:
    with contextlib.suppress(UsageError):
        assert len(parse(typed, typing=typing).conditions) <= len(typed)


@pytest.mark.parametrize(
    ("search", "listed"),
    [
        ("vacuum", "text:vacuum"),
        ('vacuum "write ahead" tag:q3 cost>1', 'text:vacuum text:"write ahead" tag:q3 cost>1'),
        ('"not closed', 'text:"not closed"'),
        ("http://a.example a:b", "text:http://a.example text:a:b"),
        ("text:vacuum is:unread", "text:vacuum is:unread"),
        ("", ""),
    ],
)
def test_a_search_becomes_a_filter_of_the_list_that_finds_the_same(search: str, listed: str) -> None:
    assert with_words_in_texts(search) == listed
    assert parse(listed).terms == []
