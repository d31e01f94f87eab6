"""A task survives its way through the record of `list --json`."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archive.make import NOW, a_task
from tui.domain.task import Cost, CostKind, Counter, Task, TaskStatus, TotalKind
from tui.engine.archive.rows.task_json import storable, to_record, to_task, to_tasks

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
TIMES = st.none() | st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC))
AMOUNTS = st.floats(allow_nan=False, allow_infinity=False)
COUNTS = st.integers(-(10**12), 10**12)
TASKS = st.builds(
    Task,
    id=TEXT,
    provider=TEXT,
    remote_id=st.none() | TEXT,
    account=TEXT,
    title=TEXT,
    prompt=st.none() | TEXT,
    status=st.sampled_from(TaskStatus),
    provider_status=TEXT,
    mode=st.none() | TEXT,
    created_at=TIMES,
    updated_at=TIMES,
    finished_at=TIMES,
    finish_observed=st.booleans(),
    counters=st.dictionaries(
        TEXT, st.builds(Counter, COUNTS, st.none() | COUNTS, st.sampled_from(TotalKind)), max_size=4
    ),
    sources=st.none() | COUNTS,
    citations=st.none() | COUNTS,
    cost=st.builds(
        Cost,
        st.none() | AMOUNTS,
        TEXT,
        st.sampled_from(CostKind),
        st.lists(st.tuples(TEXT, AMOUNTS), max_size=3).map(tuple),
    ),
    error=st.none() | TEXT,
    warnings=st.lists(TEXT, max_size=3).map(tuple),
    web_url=st.none() | TEXT,
    parent_id=st.none() | TEXT,
    batch_id=st.none() | TEXT,
    group_id=st.none() | TEXT,
    has_report=st.booleans(),
)


@given(st.lists(TASKS, max_size=3))
def test_tasks_come_back_as_they_were(tasks: list[Task]) -> None:
    assert to_tasks([(to_record(task), task.prompt) for task in tasks]) == tasks


@given(TASKS)
def test_a_record_is_one_line_of_json_and_keeps_the_order_of_counters(task: Task) -> None:
    record = to_record(task)
    assert "\n" not in record
    assert list(json.loads(record)["counters"]) == list(task.counters)


def test_a_record_has_the_members_that_scripts_depend_on() -> None:
    task = a_task(counters={"agents": Counter(3, 25, TotalKind.CEILING)}, cost=Cost(0.5, "USD", CostKind.REPORTED))
    record = json.loads(to_record(task))
    assert list(record)[:14] == [
        *("id", "provider", "remote_id", "title", "status", "provider_status", "mode", "created_at", "finished_at"),
        *("counters", "sources", "citations", "cost", "error"),
    ]
    assert record["counters"] == {"agents": {"value": 3, "total": 25, "meaning": "ceiling"}}
    assert record["cost"] == {"amount": 0.5, "unit": "USD", "kind": "reported"}
    assert record["created_at"] == "2026-11-21T12:00:00Z"


@pytest.mark.parametrize("amount", [math.nan, math.inf, -math.inf])
def test_an_amount_that_json_cannot_say_is_not_known(amount: float) -> None:
    record = json.loads(
        to_record(a_task(cost=Cost(amount, parts=(("x", amount), ("y", 1.0))))), parse_constant=pytest.fail
    )
    assert record["cost"] == {"amount": None, "unit": "USD", "kind": "unknown", "parts": [["y", 1.0]]}


@pytest.mark.parametrize(
    ("member", "word", "got"),
    [("status", "thinking", TaskStatus.UNKNOWN), ("cost", "barter", CostKind.UNKNOWN)],
)
def test_a_word_of_another_version_is_unknown_and_no_error(member: str, word: str, got: object) -> None:
    record: dict[str, Any] = json.loads(to_record(a_task(counters={"a": Counter(1)})))
    record[member] = word if member == "status" else record["cost"] | {"kind": word}
    record["counters"]["a"]["meaning"] = "hope"
    task = to_task(record, None)
    assert got in {task.status, task.cost.kind}
    assert task.counters["a"].meaning is TotalKind.ESTIMATE


def test_a_lone_surrogate_is_stored_as_a_question_mark() -> None:
    assert storable("a\ud800b") == "a?b"
    assert storable("café 深") == "café 深"
    assert to_record(a_task(title="\udfff", created_at=NOW)).encode()


def test_a_task_that_did_not_change_is_the_known_one_and_numbers_keep_their_kind() -> None:
    one = Task(
        "shared", "valyu", counters={"steps": Counter(1, 2)}, cost=Cost(1, kind=CostKind.CREDITS, parts=(("a", 1),))
    )
    other = replace(one, id="other", counters={"steps": Counter(1.0, 2)}, cost=replace(one.cost, amount=1.0))
    rows: list[tuple[str, str | None]] = [(to_record(task), None) for task in (one, other)]
    first, second = to_tasks(rows)
    assert [first, second] == [one, other]
    assert (repr(first), repr(second)) == (repr(one), repr(other)), "1 and 1.0 are shown differently"
    known = {task.id: task for task in (first, second)}
    assert all(kept is again for kept, again in zip((first, second), to_tasks(rows, known), strict=True))
    changed = to_tasks([(to_record(replace(one, title="new")), None)], known)
    assert (changed[0].title, first.title) == ("new", "")
    assert changed[0].counters is first.counters
