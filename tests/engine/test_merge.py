"""Merging never goes in the direction of losing something."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.detail import Detail, Report, ReportFormat
from tui.domain.errors import Forbidden, Gone, PaymentNeeded
from tui.domain.task import Cost, CostKind, Counter, Task, TaskStatus
from tui.engine.ingest.merge import (
    CHANGED_MIND,
    GONE,
    MISSES_BEFORE_GONE,
    REFUSED,
    UNKNOWN_OUTCOME,
    adopt,
    cleared,
    fill,
    find_orphan,
    merge,
    refused,
    warned,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FINAL = [status for status in TaskStatus if status.is_final]


times = st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC))
words = st.none() | st.sampled_from(["", "a", "deep"])
costs = st.builds(Cost, st.none() | st.floats(0, 9), st.just("USD"), st.sampled_from(CostKind))
counters = st.dictionaries(st.sampled_from(["agents", "steps"]), st.builds(Counter, st.integers(0, 9)))


@st.composite
def tasks(draw: st.DrawFn, task_id: str = "mine") -> Task:
    return Task(
        id=task_id,
        provider="p",
        remote_id=draw(st.none() | st.just("r")),
        title=draw(st.sampled_from(["", "title"])),
        prompt=draw(words),
        status=draw(st.sampled_from(TaskStatus)),
        provider_status=draw(st.sampled_from(["", "running", "completed"])),
        mode=draw(words),
        created_at=draw(times),
        updated_at=draw(times),
        finished_at=draw(times),
        counters=draw(counters),
        sources=draw(st.none() | st.integers(0, 9)),
        cost=draw(costs),
        error=draw(words),
        warnings=tuple(draw(st.lists(st.sampled_from(["slow", f"{CHANGED_MIND}: x", "other"]), unique=True))),
        web_url=draw(words),
        has_report=draw(st.booleans()),
    )


@st.composite
def details(draw: st.DrawFn) -> Detail:
    task = draw(tasks(task_id=""))
    text = draw(st.none() | st.text("ab", min_size=1, max_size=30))
    report = None if text is None else Report(text, ReportFormat.MARKDOWN)
    return Detail(replace(task, has_report=report is not None), report=report)


def read(status: TaskStatus = TaskStatus.RUNNING, report: str | None = None, **values: Any) -> Detail:
    task = replace(
        Task("", "p", "r", status=status, provider_status=status.value, has_report=report is not None), **values
    )
    return Detail(task, report=None if report is None else Report(report, ReportFormat.MARKDOWN))


def known(status: TaskStatus = TaskStatus.RUNNING, **values: Any) -> Task:
    return replace(Task("mine", "p", "r", status=status, provider_status=status.value), **values)


@given(tasks(), details(), st.integers(0, 40), st.booleans(), st.booleans())
def test_identity_and_everything_known_survive_any_answer(
    task: Task, detail: Detail, saved: int, edited: bool, watched: bool
) -> None:
    merged = merge(task, detail, saved_chars=saved, edited=edited, now=NOW, watched=watched).task
    assert (merged.id, merged.provider, merged.account) == (task.id, task.provider, task.account)
    assert merged.remote_id in {task.remote_id, detail.task.remote_id}
    assert task.remote_id is None or merged.remote_id == task.remote_id
    for name in ("title", "prompt", "mode", "web_url", "created_at"):
        assert getattr(merged, name) or not getattr(task, name), f"{name} was lost"
    assert merged.sources is not None or task.sources is None
    assert merged.counters or not task.counters
    assert merged.has_report or not task.has_report


@given(tasks(), details(), st.integers(0, 40))
def test_a_finished_task_with_a_report_stays_finished_and_keeps_it(task: Task, detail: Detail, saved: int) -> None:
    task = replace(task, has_report=True, status=TaskStatus.DONE)
    merged = merge(task, detail, saved_chars=saved, now=NOW)
    chars = len(detail.report.text) if detail.report else 0
    assert merged.task.status.is_final
    assert merged.task.has_report
    if merged.current:
        assert chars >= saved
        assert chars > 0
    else:
        assert any(note.startswith(CHANGED_MIND) for note in merged.task.warnings)


@given(tasks(), details(), st.integers(0, 40), st.booleans())
def test_merging_the_same_answer_twice_changes_nothing_more(
    task: Task, detail: Detail, saved: int, watched: bool
) -> None:
    once = merge(task, detail, saved_chars=saved, now=NOW, watched=watched)
    if once.current:
        saved = len(detail.report.text) if detail.report else 0
    twice = merge(once.task, detail, saved_chars=saved, now=NOW + timedelta(hours=1), watched=watched)
    assert twice.task == once.task


@given(tasks(), tasks(task_id=""))
def test_a_list_entry_only_fills_holes(task: Task, entry: Task) -> None:
    task = replace(task, status=TaskStatus.RUNNING)
    filled = fill(task, entry)
    for field in fields(Task):
        before, after = getattr(task, field.name), getattr(filled, field.name)
        assert after == before or not before, field.name
    assert filled.status is task.status
    assert fill(filled, entry) == filled


@pytest.mark.parametrize("status", [TaskStatus.RUNNING, TaskStatus.QUEUED, TaskStatus.UNKNOWN, TaskStatus.WAITING])
def test_a_status_that_goes_back_after_a_report_is_only_noted(status: TaskStatus) -> None:
    task = known(TaskStatus.DONE, has_report=True, finished_at=NOW, citations=7)
    merged = merge(task, read(status), saved_chars=9, now=NOW)
    assert not merged.current
    assert merged.task == replace(task, warnings=merged.task.warnings)
    assert len(merged.task.warnings) == 1
    assert "provider changed its mind" in merged.task.warnings[0]
    assert status.value in merged.task.warnings[0]


def test_a_shorter_report_is_a_version_that_does_not_take_the_place_of_the_longer() -> None:
    merged = merge(known(TaskStatus.DONE, has_report=True), read(TaskStatus.DONE, "R"), saved_chars=7, now=NOW)
    assert not merged.current
    assert "both are kept" in merged.task.warnings[0]


def test_a_shorter_report_after_an_edit_asked_for_here_is_what_was_wanted() -> None:
    merged = merge(
        known(TaskStatus.DONE, has_report=True), read(TaskStatus.DONE, "R"), saved_chars=7, edited=True, now=NOW
    )
    assert merged.current
    assert merged.task.warnings == ()


def test_a_task_that_fails_after_showing_a_draft_keeps_the_draft() -> None:
    merged = merge(
        known(TaskStatus.RUNNING, has_report=True),
        read(TaskStatus.FAILED, error="out of credits"),
        saved_chars=9,
        now=NOW,
    )
    assert merged.task.status is TaskStatus.FAILED
    assert merged.task.has_report
    assert not merged.current


def test_going_back_to_queued_before_the_end_is_shown_as_it_is() -> None:
    assert merge(known(TaskStatus.RUNNING), read(TaskStatus.QUEUED), now=NOW).task.status is TaskStatus.QUEUED


def test_counters_may_go_down() -> None:
    before = known(counters={"steps": Counter(9, 15)})
    merged = merge(before, read(counters={"steps": Counter(2, 30)}), now=NOW)
    assert merged.task.counters == {"steps": Counter(2, 30)}


def test_the_finish_time_is_observed_where_the_provider_tells_none() -> None:
    task = merge(known(), read(TaskStatus.DONE, "R"), now=NOW).task
    assert (task.finished_at, task.finish_observed) == (NOW, True)
    later = merge(task, read(TaskStatus.DONE, "R"), now=NOW + timedelta(hours=1)).task
    assert later.finished_at == NOW


def test_the_providers_own_finish_time_beats_the_observed_one() -> None:
    told = NOW - timedelta(minutes=3)
    task = merge(known(), read(TaskStatus.DONE, "R", finished_at=told), now=NOW).task
    assert (task.finished_at, task.finish_observed) == (told, False)


def test_history_gets_no_invented_finish_time() -> None:
    task = merge(known(TaskStatus.UNKNOWN), read(TaskStatus.DONE, "R"), now=NOW, watched=False).task
    assert task.finished_at is None


def test_a_running_task_has_no_finish_time() -> None:
    assert merge(known(finished_at=NOW), read(TaskStatus.RUNNING), now=NOW).task.finished_at is None


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (Cost(2, "USD", CostKind.REPORTED), Cost(3, "USD", CostKind.PRICE_LIST), 2),
        (Cost(3, "USD", CostKind.PRICE_LIST), Cost(2, "USD", CostKind.REPORTED), 2),
        (Cost(1, "credits", CostKind.CREDITS), Cost(5, "credits", CostKind.CREDITS), 5),
        (Cost(1, "USD", CostKind.ESTIMATE), Cost(), 1),
    ],
)
def test_a_better_known_cost_is_not_replaced_by_a_worse_known_one(before: Cost, after: Cost, kept: float) -> None:
    assert merge(known(cost=before), read(cost=after), now=NOW).task.cost.amount == kept


# -- 404, 403 and the like


def test_one_404_does_not_end_a_task_but_several_do() -> None:
    task, gone = known(), Gone("no such task", http=404)
    for misses in range(1, MISSES_BEFORE_GONE):
        task = refused(task, gone, misses)
        assert task.status is TaskStatus.RUNNING
        assert len(task.warnings) == 1
    task = refused(task, gone, MISSES_BEFORE_GONE)
    assert task.status is TaskStatus.EXPIRED
    assert any(note.startswith(GONE) for note in task.warnings)


@pytest.mark.parametrize("status", FINAL)
def test_a_finished_task_survives_being_forgotten_by_its_provider(status: TaskStatus) -> None:
    task = refused(known(status, has_report=True), Gone("no such task"), 9)
    assert task.status is status
    assert task.has_report
    assert task.warnings == (f"{GONE}: what was saved stays",)


@pytest.mark.parametrize("error", [Forbidden("not yours"), PaymentNeeded("no credits")])
def test_a_refusal_is_shown_on_the_task_and_changes_no_state(error: Forbidden) -> None:
    task = refused(known(), error, 0)
    assert task.status is TaskStatus.RUNNING
    assert task.warnings == (f"{REFUSED}: {error.message}",)


def test_a_good_answer_takes_passing_warnings_away_and_leaves_lasting_ones() -> None:
    task = known(warnings=(f"{REFUSED}: x", "not found: y", f"{CHANGED_MIND}: z", "degraded"))
    assert cleared(task).warnings == (f"{CHANGED_MIND}: z", "degraded")
    assert cleared(known()) == known()


def test_a_warning_replaces_the_last_of_its_kind() -> None:
    task = warned(warned(known(), REFUSED, "one"), REFUSED, "two")
    assert task.warnings == (f"{REFUSED}: two",)


def test_an_expired_task_that_is_listed_again_is_alive() -> None:
    task = refused(known(), Gone("x"), MISSES_BEFORE_GONE)
    back = fill(task, known(TaskStatus.RUNNING))
    assert back.status is TaskStatus.RUNNING
    assert back.warnings == ()


# -- orphans


def orphan(prompt: str = "What is X?", at: datetime = NOW, task_id: str = "o") -> Task:
    return Task(task_id, "p", None, prompt=prompt, created_at=at, warnings=(f"{UNKNOWN_OUTCOME}: lost",))


def entry(prompt: str = "What is X?", at: datetime | None = NOW) -> Task:
    return Task("", "p", "r1", prompt=prompt, created_at=at, status=TaskStatus.RUNNING, provider_status="running")


@pytest.mark.parametrize("minutes", [-9, 0, 3, 29])
def test_an_orphan_is_found_by_prompt_and_time(minutes: int) -> None:
    assert find_orphan([orphan()], entry(at=NOW + timedelta(minutes=minutes))) == orphan()


@pytest.mark.parametrize(
    "other",
    [entry("What is Y?"), entry(at=NOW - timedelta(hours=1)), entry(at=NOW + timedelta(hours=1)), entry("")],
)
def test_another_task_is_not_taken_for_the_orphan(other: Task) -> None:
    assert find_orphan([orphan()], other) is None


def test_of_two_orphans_with_one_prompt_the_nearer_in_time_is_found() -> None:
    near, far = orphan(at=NOW, task_id="near"), orphan(at=NOW - timedelta(minutes=20), task_id="far")
    assert find_orphan([far, near], entry(at=NOW + timedelta(seconds=5))) == near


def test_white_space_does_not_hide_an_orphan() -> None:
    assert find_orphan([orphan("What  is\nX?")], entry()) is not None


def test_an_orphan_matches_by_prompt_alone_where_the_list_has_no_times() -> None:
    assert find_orphan([orphan()], entry(at=None)) is not None


def test_an_adopted_orphan_keeps_its_local_id_and_loses_its_doubt() -> None:
    task = adopt(orphan(), entry(at=NOW + timedelta(seconds=2)))
    assert (task.id, task.remote_id, task.status) == ("o", "r1", TaskStatus.RUNNING)
    assert task.warnings == ()
    assert task.created_at == NOW + timedelta(seconds=2)
