"""Simulator, clients, engine and archive together, over real sockets."""

from pathlib import Path

import pytest

from tests.engine.sockets import PROVIDERS, WAIT, Events, accounts, running
from tui.domain.actions import Cancel, Delete
from tui.domain.capability import ConnectionState
from tui.domain.provider import Draft
from tui.domain.task import TaskStatus
from tui.engine.api import TaskEnded, TasksChanged
from tui.engine.ingest.merge import UNKNOWN_OUTCOME
from tui.simulator.clock import ManualClock
from tui.simulator.faults import FAULTS
from tui.simulator.server import Simulator

HOURS = 3 * 3600.0  # simulated; every scripted task is over by then
MODES = {"extruct": "medium", "yutori": "fast", "valyu": "fast"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


def draft(provider: str) -> Draft:
    return Draft(f"How did the railway reach the {provider} coast?", MODES[provider])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_task_is_started_watched_to_its_end_and_saved_before_anybody_is_told(provider: str, path: Path) -> None:
    with (
        Simulator(speed=200) as simulator,
        running(path, accounts(simulator, [provider], cadence=0.1), watch=True) as (archive, runtime),
    ):
        events = Events(runtime)
        unsaved: list[str] = []

        def check(event: object) -> None:
            if isinstance(event, TasksChanged):
                unsaved.extend(one for one in event.ids if archive.task(one) != runtime.task(one))

        seen: set[TaskStatus] = set()
        runtime.subscribe(check)
        runtime.subscribe(lambda _: seen.update(one.status for one in runtime.tasks().values()))
        task = runtime.create(provider, draft(provider)).result(WAIT)
        events.until(lambda: any(isinstance(event, TaskEnded) for event in events.seen))
        ended = runtime.task(task.id)
        assert ended is not None
        assert ended.status is TaskStatus.DONE, ended
        assert TaskStatus.RUNNING in seen
        assert ended.has_report
        assert ended.prompt == draft(provider).prompt
        assert ended.finished_at is not None
        assert ended.citations
        assert ended.sources
        assert [hit.task_id for hit in archive.library.search("railway").hits] == [task.id]
        assert unsaved == []
        assert len(simulator.creates()) == 1
        detail = runtime.detail(task.id).result(WAIT)
        assert detail is not None
        assert detail.report is not None
        assert detail.report.text
        assert detail.problems == ()


def test_everything_at_three_services_is_found_followed_and_readable_offline(path: Path) -> None:
    clock = ManualClock()
    with Simulator(clock=clock, world=True) as simulator:
        with running(path, accounts(simulator)) as (_, runtime):
            first = runtime.sync().result(WAIT)
            assert (first.errors, first.exit_code) == ({}, 0)
            assert sum(first.seen.values()) == len(runtime.tasks()) >= 14
            assert {state.link for state in runtime.providers().values()} == {ConnectionState.OK}
            unfinished = {one.id for one in runtime.tasks().values() if not one.status.is_final}
            clock.advance(HOURS)
            runtime.sync().result(WAIT)
            left = [runtime.tasks()[one] for one in unfinished if not runtime.tasks()[one].status.is_final]
            assert all(one.status in {TaskStatus.WAITING, TaskStatus.RUNNING, TaskStatus.QUEUED} for one in left)
            assert len(left) < len(unfinished)
            online = runtime.tasks()
            finished = [one.id for one in online.values() if one.has_report]
            details = {one: runtime.detail(one).result(WAIT) for one in finished}
        asked = len(simulator.requests)
        assert simulator.crashes == []
    with running(path, accounts(simulator)) as (_, runtime):
        assert dict(runtime.tasks()) == dict(online)
        for one in finished:
            assert runtime.detail(one).result(WAIT) == details[one]
        assert len(simulator.requests) == asked


def test_a_second_sync_asks_only_for_what_may_have_changed(path: Path) -> None:
    clock = ManualClock()
    with (
        Simulator(clock=clock, world=True) as simulator,
        running(path, accounts(simulator)) as (_, runtime),
    ):
        clock.advance(HOURS)
        runtime.sync().result(WAIT)
        before, unfinished = len(simulator.requests), sum(not t.status.is_final for t in runtime.tasks().values())
        again = runtime.sync().result(WAIT)
        lists = 20
        assert again.changed == 0
        assert len(simulator.requests) - before <= unfinished + lists


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("fault", ["create-lost", "create-502"])
def test_a_create_whose_answer_is_lost_is_sent_once_and_found_again(provider: str, fault: str, path: Path) -> None:
    with (
        Simulator(clock=ManualClock()) as simulator,
        running(path, accounts(simulator, [provider])) as (archive, runtime),
    ):
        simulator.faults.switch_on(fault, method="POST")
        task = runtime.create(provider, draft(provider)).result(WAIT)
        assert task.remote_id is None or fault == "create-lost"
        simulator.faults.clear()
        runtime.sync().result(WAIT)
        found = runtime.tasks()
        assert list(found) == [task.id]
        assert found[task.id].remote_id is not None
        assert not [note for note in found[task.id].warnings if note.startswith(UNKNOWN_OUTCOME)]
        assert archive.task(task.id) == found[task.id]
        assert len(simulator.creates()) == 1


def test_a_checkpoint_is_answered_and_a_task_cancelled_and_deleted(path: Path) -> None:
    clock = ManualClock()
    with (
        Simulator(clock=clock, world=True) as simulator,
        running(path, accounts(simulator, ["valyu"])) as (_, runtime),
    ):
        runtime.sync().result(WAIT)
        waiting = []
        for _ in range(20):
            waiting = [one for one in runtime.tasks().values() if one.status is TaskStatus.WAITING]
            if waiting:
                break
            clock.advance(20)
            runtime.sync().result(WAIT)
        (task,) = waiting[:1]
        detail = runtime.detail(task.id).result(WAIT)
        assert detail is not None
        assert detail.interaction is not None
        outcome = runtime.act(task.id, Cancel()).result(WAIT)
        assert "cancelled" in outcome.message
        runtime.sync().result(WAIT)
        assert runtime.tasks()[task.id].status is TaskStatus.CANCELLED
        runtime.act(task.id, Delete()).result(WAIT)
        runtime.sync().result(WAIT)
        assert task.id in runtime.tasks()
        assert simulator.crashes == []


_QUICK = {"429": "1", "429-date": "1", "slow": "0.05", "stall": "0.1", "huge": "33", "gzip-bomb": "33"}
_PATIENT = {"429", "429-date", "429-bare", "429-gateway"}  # a Retry-After holds, whatever one presses


_USUAL = {"drop", "500", "401", "404", "429", "html", "cut-json", "frozen", "backwards", "create-lost"}


@pytest.mark.parametrize(
    "fault", [pytest.param(name, marks=[] if name in _USUAL else [pytest.mark.slow]) for name in sorted(FAULTS)]
)
def test_no_fault_loses_a_task_or_a_report_and_all_is_well_when_it_ends(fault: str, path: Path) -> None:
    clock = ManualClock()
    with (
        Simulator(clock=clock) as simulator,
        running(path, accounts(simulator)) as (archive, runtime),
    ):
        done = {one: runtime.create(one, draft(one)).result(WAIT).id for one in PROVIDERS}
        clock.advance(HOURS)
        runtime.sync().result(WAIT)
        fresh = {one: runtime.create(one, draft(one)).result(WAIT).id for one in PROVIDERS}
        before = runtime.tasks()
        assert all(before[one].status is TaskStatus.DONE for one in done.values())
        simulator.faults.switch_on(f"{fault}={_QUICK[fault]}" if fault in _QUICK else fault)
        for _ in range(2):
            runtime.refresh([*done.values(), *fresh.values()])
            runtime.sync().result(WAIT)
        during = runtime.tasks()
        assert set(during) >= set(before), "no task is lost"
        for one in done.values():
            assert during[one].status is TaskStatus.DONE
            assert during[one].has_report
        simulator.faults.clear()
        if fault in _PATIENT:
            return
        clock.advance(HOURS)
        runtime.sync().result(WAIT)
        after = runtime.tasks()
        for one in (*done.values(), *fresh.values()):
            assert after[one].status is TaskStatus.DONE, after[one]
            detail = runtime.detail(one).result(WAIT)
            assert detail is not None
            assert detail.report is not None
            assert len(detail.report.text) > 100
            assert archive.task(one) == after[one]
        assert {state.link for state in runtime.providers().values()} == {ConnectionState.OK}
        assert len(simulator.creates()) == 6, "nothing was started twice"
