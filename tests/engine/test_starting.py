"""Batches, groups, versions and kept drafts, over real sockets: the simulator's record says what was sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.sockets import WAIT, accounts, running
from tui.domain.actions import CancelBatch, Edit, ListVersions, Pending, Restore, Versions
from tui.domain.detail import Json
from tui.domain.errors import DivewatchError, ProviderError, UsageError
from tui.domain.provider import Draft
from tui.domain.task import CostKind, TaskStatus
from tui.engine.api import BatchPlan
from tui.engine.archive import Archive
from tui.engine.commands.create import redacted_arguments
from tui.engine.ingest.merge import UNKNOWN_OUTCOME
from tui.engine.runtime import Runtime
from tui.simulator.gateway import Recorded
from tui.simulator.server import Simulator

# A simulator that stops drops its connections; their sockets may meet the collector during a later test.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

PLAN = BatchPlan(("Who makes bells?", "Who makes organs?", "Who makes harps?"), "fast", "instruments")


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(speed=2000) as running:
        yield running
        assert running.crashes == []


@pytest.fixture
def both(simulator: Simulator, tmp_path: Path) -> Iterator[tuple[Archive, Runtime]]:
    with running(tmp_path / "archive.db", accounts(simulator)) as pair:
        yield pair


def posts(simulator: Simulator, end: str) -> list[Recorded]:
    return [one for one in simulator.requests if one.method == "POST" and one.path.endswith(end)]


def finished(runtime: Runtime, task_id: str) -> None:
    for _ in range(200):
        if runtime.ask(task_id).result(WAIT).status.is_final:
            return
    raise AssertionError("it never ended")


def test_a_batch_is_two_requests_and_every_brief_its_own_task(
    simulator: Simulator, both: tuple[Archive, Runtime]
) -> None:
    archive, runtime = both
    tasks = runtime.batch("valyu", PLAN, confirmation="yes").result(WAIT)
    again = runtime.batch("valyu", PLAN, confirmation="yes").result(WAIT)
    assert [task.id for task in again] == [task.id for task in tasks]
    assert [task.prompt for task in tasks] == list(PLAN.prompts)
    assert len({task.batch_id for task in tasks}) == 1
    assert len({task.group_id for task in tasks}) == 1
    assert all(task.remote_id and task.warnings == () for task in tasks)
    (made,) = posts(simulator, "/batches")
    assert made.json == {"name": "instruments", "mode": "fast"}
    (added,) = posts(simulator, f"/batches/{tasks[0].batch_id}/tasks")
    assert added.json == {"tasks": [{"id": task.id, "query": task.prompt} for task in tasks]}
    assert archive.draft(tasks[1].id) == Draft("Who makes organs?", "fast")


def test_a_whole_batch_is_cancelled_at_once(tmp_path: Path) -> None:
    with Simulator(speed=1) as simulator, running(tmp_path / "archive.db", accounts(simulator)) as (_, runtime):
        task, *_ = runtime.batch("valyu", PLAN).result(WAIT)
        outcome = runtime.act(task.id, CancelBatch()).result(WAIT)
        assert "cancelled" in outcome.message
        assert len(posts(simulator, f"/batches/{task.batch_id}/cancel")) == 1


@pytest.mark.parametrize("fault", ["402", "401", "503", "drop"])
def test_a_batch_that_could_not_be_made_starts_nothing_and_keeps_the_briefs(
    simulator: Simulator, both: tuple[Archive, Runtime], fault: str
) -> None:
    _, runtime = both
    simulator.faults.switch_on(fault, method="POST")
    with pytest.raises(ProviderError):
        runtime.batch("valyu", PLAN).result(WAIT)
    tasks = [task for task in runtime.tasks().values() if task.prompt in PLAN.prompts]
    assert {task.status for task in tasks} == {TaskStatus.FAILED}
    assert all(task.error and task.error.startswith("not started") and task.cost.amount is None for task in tasks)
    assert len(tasks) == 3
    assert not posts(simulator, "/tasks")


@pytest.mark.parametrize("end", ["/batches", "/tasks"])
def test_a_batch_refused_with_429_is_sent_once_more_when_the_provider_says(
    simulator: Simulator, both: tuple[Archive, Runtime], end: str
) -> None:
    _, runtime = both
    simulator.faults.switch_on("valyu:429=1", times=1, method="POST", path=end)
    tasks = runtime.batch("valyu", PLAN).result(WAIT)
    assert all(task.remote_id and task.warnings == () for task in tasks)
    assert len(posts(simulator, "/batches")) + len(posts(simulator, "/tasks")) == 3
    assert any("sent again in 1 s" in entry.text for entry in runtime.log())


@pytest.mark.parametrize("fault", ["create-lost", "create-502", "cut-json"])
def test_a_batch_whose_answer_was_lost_is_found_in_the_list_and_not_sent_again(
    simulator: Simulator, both: tuple[Archive, Runtime], fault: str
) -> None:
    _, runtime = both
    simulator.faults.switch_on(f"valyu:{fault}", times=1, method="POST", path="/tasks")
    tasks = runtime.batch("valyu", PLAN).result(WAIT)
    assert all(task.remote_id is None and task.warnings[0].startswith(UNKNOWN_OUTCOME) for task in tasks)
    runtime.sync().result(WAIT)
    found = [runtime.task(task.id) for task in tasks]
    assert all(task is not None and task.remote_id is not None for task in found)
    assert len(posts(simulator, "/tasks")) == 1


@pytest.mark.parametrize(
    ("account", "plan", "words"),
    [
        ("extruct", PLAN, "no batches"),
        ("valyu", BatchPlan(()), "at least one brief"),
        ("valyu", BatchPlan(("fine", " ")), "brief 2: prompt"),
        ("valyu", BatchPlan(("fine",), "turbo"), "mode"),
        ("nobody", PLAN, "there is no account"),
    ],
)
def test_a_batch_that_would_be_refused_is_not_sent(
    simulator: Simulator, both: tuple[Archive, Runtime], account: str, plan: BatchPlan, words: str
) -> None:
    _, runtime = both
    with pytest.raises(UsageError, match=words):
        runtime.batch(account, plan).result(WAIT)
    assert runtime.tasks() == {}
    assert [one for one in simulator.requests if one.method == "POST"] == []


def test_what_a_task_was_started_with_is_kept_without_credentials(
    simulator: Simulator, both: tuple[Archive, Runtime]
) -> None:
    archive, runtime = both
    server: dict[str, Json] = {"url": "https://mcp.example/", "auth": {"type": "bearer", "token": "very-secret-token"}}
    draft = Draft("Why?", "heavy", None, {"mcp_servers": [server], "hitl": {"plan_review": True}})
    task = runtime.create("valyu", draft, group="g1").result(WAIT)
    assert task.group_id == "g1"
    kept = archive.draft(task.id)
    assert kept is not None
    assert kept.options == {"mcp_servers": [{"url": "https://mcp.example/"}], "hitl": {"plan_review": True}}
    assert (kept.prompt, kept.mode) == ("Why?", "heavy")
    sent = simulator.creates("valyu")[0].json
    assert sent["mcp_servers"][0]["auth"]["token"] == "very-secret-token"
    assert not any("very-secret-token" in entry.text for entry in runtime.log())


def test_the_group_is_seen_by_another_process_and_after_a_restart(simulator: Simulator, tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with running(path, accounts(simulator)) as (_, runtime):
        ids = [runtime.create(one, Draft("Why?"), group="g").result(WAIT).id for one in ("extruct", "valyu")]
        other = Archive.open(path)
        try:
            assert {task.group_id for task in other.load_tasks()} == {"g"}
        finally:
            other.close()
        runtime.sync().result(WAIT)
        assert [(runtime.task(one) or pytest.fail("gone")).group_id for one in ids] == ["g", "g"]
    with running(path, accounts(simulator)) as (_, runtime):
        assert {task.group_id for task in runtime.tasks().values()} == {"g"}


def test_until_the_provider_tells_a_task_may_cost_the_most_its_draft_can(
    simulator: Simulator, both: tuple[Archive, Runtime]
) -> None:
    _, runtime = both
    task = runtime.create("valyu", Draft("Why?", "fast", None, {"deliverables": ["a", "b"]})).result(WAIT)
    assert task.cost.kind is CostKind.PRICE_LIST
    assert task.cost.amount == pytest.approx(0.15625 + 1.0 + 0.1)
    asked = runtime.ask(task.id).result(WAIT)
    assert asked.cost.kind is CostKind.REPORTED or (asked.cost.amount or 0) >= 1.25
    finished(runtime, task.id)
    assert (runtime.task(task.id) or task).cost.kind is CostKind.REPORTED


def test_a_version_of_an_edited_report_is_fetched_and_an_old_one_restored(
    simulator: Simulator, both: tuple[Archive, Runtime]
) -> None:
    archive, runtime = both
    task = runtime.create("valyu", Draft("Why?", "fast")).result(WAIT)
    finished(runtime, task.id)
    outcome = runtime.act(task.id, Edit("shorter")).result(WAIT)
    while isinstance(outcome, Pending):
        outcome = runtime.act(task.id, outcome.ask).result(WAIT)
    first, second = (runtime.version(task.id, number).result(WAIT) for number in (1, 2))
    assert first.report is not None
    assert second.report is not None
    assert "Revised: shorter" not in first.report.text.replace("**", "")
    assert "Revised: shorter" in second.report.text.replace("**", "")
    assert first.task.id == task.id
    listed = runtime.act(task.id, ListVersions()).result(WAIT)
    assert isinstance(listed, Versions)
    assert [(version.number, version.newest) for version in listed.versions] == [(2, True), (1, False)]
    runtime.act(task.id, Restore(1)).result(WAIT)
    third = runtime.version(task.id, 3).result(WAIT)
    assert third.report is not None
    assert third.report.text == first.report.text
    runtime.sync().result(WAIT)
    numbers = [version.number for version in archive.versions(task.id)]
    assert numbers
    assert archive.answer(task.id, numbers[0]).body


def test_where_no_versions_are_kept_none_is_fetched(simulator: Simulator, both: tuple[Archive, Runtime]) -> None:
    _, runtime = both
    task = runtime.create("extruct", Draft("Why?")).result(WAIT)
    before = len(simulator.requests)
    with pytest.raises(DivewatchError, match="keeps one version"):
        runtime.version(task.id, 1).result(WAIT)
    assert [one.path for one in simulator.requests[before:] if "versions" in one.path] == []


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({}, ""),
        ({"mode": None}, ""),
        ({"mode": "fast", "code_execution": True, "web": False}, " (mode fast, code execution yes, web no)"),
        ({"instruction": "look\nagain"}, " (instruction look again)"),
        ({"answers": [("Where?", "here")], "pairs": [[1, None]]}, " (answers Where?: here, pairs 1: None)"),
        ({"a": {"token": "x", "b": [{"Headers": {"k": "v"}}]}}, " (a {'token': '…', 'b': [{'Headers': '…'}]})"),
    ],
)
def test_what_was_sent_is_told_without_credentials(arguments: dict[str, object], text: str) -> None:
    assert redacted_arguments(arguments) == text  # type: ignore[arg-type]
