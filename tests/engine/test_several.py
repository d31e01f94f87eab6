"""What the engine makes of services unlike the first three: several answers, no list, successors, slow ends."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.engine.fakes import EPOCH, Bench, Reply, VirtualLoop, account, body, info, simulate
from tui.domain.actions import Approve, Cancel, FollowUp, Stop, capability_of
from tui.domain.capability import Capability, ConnectionState
from tui.domain.errors import ProviderError, Refused, Unavailable, Unreachable, UsageError
from tui.domain.provider import Draft, Response, Retention
from tui.domain.task import Task, TaskStatus
from tui.engine.ingest.merge import UNKNOWN_OUTCOME, find_orphan
from tui.engine.polling.worker import LIST

NO_LIST = frozenset(Capability) - {Capability.LIST, Capability.ACCOUNT}
WHY = {Capability.LIST: "Scripted cannot list its tasks", Capability.ACCOUNT: "no account"}


def test_what_cannot_be_asked_for_again_is_stored_each_time_and_handed_to_the_next_fetch() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        first, second = body("r", "running", seen=1), body("r", "running", seen=2)
        answers = [Response(200, one, bench.clock.now(), irreplaceable=True) for one in (first, second)]
        bench.script.task("r", *answers)
        async with bench:
            await bench.after(8)
            assert bench.script.previous[:2] == [None, first]
            assert bench.script.previous[2:3] in ([second], [])
            kept = bench.archive.current_answer("tr")
            assert kept is not None
            assert kept.body == second

    simulate(main)


def test_a_part_that_failed_costs_nothing_that_was_got_and_is_asked_for_again() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        half = Response(200, body("r", "done"), bench.clock.now(), trouble=Unavailable("the result is not to be had"))
        bench.script.task("r", half, body("r", "done", "the report"))
        async with bench:
            await bench.after(3)
            assert bench.task("tr").status is TaskStatus.DONE
            assert not bench.task("tr").has_report
            assert "the result is not to be had" in bench.said()
            await bench.after(300)
            assert bench.task("tr").has_report
            assert bench.archive.shown_report("tr") == "the report"

    simulate(main)


def test_a_create_that_is_answered_with_the_report_is_saved_like_any_other() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, capabilities=NO_LIST, missing=WHY)
        bench.script.creates.append(body("r", "done", "the report"))
        async with bench:
            task = await bench.core.actions.creator.create("scripted", Draft("What is X?"))
            assert (task.status, task.has_report) == (TaskStatus.DONE, True)
            assert bench.archive.shown_report(task.id) == "the report"
            assert bench.row(task.id).has_report
            assert len(bench.script.times("create")) == 1

    simulate(main)


def test_without_a_list_discovery_is_skipped_and_said_and_a_lost_create_waits_for_its_id() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, capabilities=NO_LIST, missing=WHY)
        bench.script.creates.append(Unavailable("gateway", outcome_unknown=True))
        bench.script.task("r9", body("r9", "running"))
        async with bench:
            worker = bench.core.workers["scripted"]
            assert LIST not in worker.schedule
            orphan = await bench.core.actions.creator.create("scripted", Draft("What is X?"))
            assert orphan.remote_id is None
            assert "look at Scripted" in orphan.warnings[0]
            seen, errors = await worker.sync()
            assert (seen, errors) == (None, []), "no list was read: no count is said"
            assert "Scripted cannot list its tasks" in bench.said()
            assert bench.script.times("page") == []
            adopted = await bench.core.actions.track("scripted", "r9")
            assert adopted.status is TaskStatus.RUNNING

    simulate(main)


def test_without_a_list_and_without_a_key_that_is_known_before_anything_is_asked() -> None:
    async def main(loop: VirtualLoop) -> None:
        described = info(capabilities=NO_LIST, missing=WHY)
        bench = Bench(loop, accounts=lambda b: [account(b.script, described, key=None)])
        async with bench:
            await bench.after(1)
            assert bench.state().link is ConnectionState.NO_KEY
            summary = await bench.core.sync()
            assert summary.exit_code == 4
            assert "SCRIPTED_KEY" in summary.errors["scripted"]
            assert dict(summary.seen) == {}
            assert bench.script.asked == []
            await bench.core.refresh([])
            await bench.after(1)
            assert bench.state().link is ConnectionState.NO_KEY, "refresh finds no key either"

    simulate(main)


def test_a_cancel_that_takes_its_time_is_shown_as_such_until_the_end() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r", "running"))
        bench.script.acts.append(b'{"message": "asked to cancel", "status": "cancelling"}')
        async with bench:
            await bench.after(1)
            bench.script.task("r", body("r", "cancelling"), body("r", "cancelled"))
            outcome = await bench.core.actions.act("tr", Cancel())
            assert outcome.status is TaskStatus.CANCELLING
            assert bench.row("tr").status is TaskStatus.CANCELLING
            await bench.after(30)
            assert bench.task("tr").status is TaskStatus.CANCELLED

    simulate(main)


def test_an_approval_makes_a_successor_that_is_watched_and_names_where_it_came_from() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, capabilities=NO_LIST, missing=WHY)
        bench.known("r", status=TaskStatus.WAITING, title="The plan", prompt="What is X?")
        bench.script.task("r", body("r", "waiting"))
        bench.script.task("s", body("s", "done", "the report"))
        bench.script.acts.append(b'{"message": "goes on", "successor": {"id": "s", "status": "queued"}}')
        async with bench:
            await bench.core.actions.act("tr", Approve("i", approved=True))
            await bench.after(30)
            found = bench.core.state.store.find("scripted", "default", "s")
            assert found is not None
            assert (found.parent_id, found.prompt, found.has_report) == ("r", "What is X?", True)
            assert bench.row("tr").status is TaskStatus.DONE  # the provider says "waiting" for ever
            assert bench.row("tr").finish_observed

    simulate(main)


STARTING: dict[str, Any] = {"capabilities": NO_LIST, "missing": WHY, "starting": frozenset({Approve})}
APPROVE = Approve("i", approved=True)
GOES_ON = b'{"message": "goes on", "successor": {"id": "s", "status": "queued"}}'


def _plan(bench: Bench) -> None:
    bench.known("r", status=TaskStatus.WAITING, title="The plan", prompt="What is X?", group_id="set", mode="deep")
    bench.script.task("r", body("r", "waiting"))
    bench.script.task("s", body("s", "done", "the report", prompt="What is X?"))


def _others(bench: Bench) -> list[Task]:
    return [task for task in bench.core.state.store if task.id != "tr"]


def test_an_approval_that_starts_a_task_has_its_row_saved_before_it_is_sent() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, **STARTING)
        _plan(bench)

        async def approved() -> Response:
            (row,) = [task for task in bench.archive.rows.values() if task.id != "tr"]
            assert (row.parent_id, row.remote_id, row.prompt, row.group_id) == ("r", None, "What is X?", "set")
            return Response(200, GOES_ON, EPOCH)

        bench.script.acts.append(approved)
        async with bench:
            outcome = await bench.core.actions.act("tr", APPROVE)
            await bench.after(30)
            (task,) = _others(bench)
            assert outcome.successor is not None
            assert (task.id, task.remote_id, task.has_report) == (outcome.successor.id, "s", True)
            assert (task.parent_id, task.warnings) == ("r", ())
            assert bench.row("tr").status is TaskStatus.DONE

    simulate(main)


def test_two_equal_approvals_at_the_same_time_are_sent_once() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, **STARTING)
        _plan(bench)
        bench.script.acts.append(GOES_ON)
        async with bench:
            both = await asyncio.gather(bench.core.actions.act("tr", APPROVE), bench.core.actions.act("tr", APPROVE))
            assert both[0].successor == both[1].successor
            assert len(bench.script.times("respond")) == 1
            assert len(_others(bench)) == 1

    simulate(main)


@pytest.mark.parametrize(
    "reply", [Unreachable("the connection broke", outcome_unknown=True), b"<html>", b'{"message": "taken"}']
)
def test_an_approval_whose_answer_is_lost_leaves_a_row_that_says_so(reply: Reply) -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, **STARTING)
        _plan(bench)
        bench.script.acts.append(reply)
        async with bench:
            with pytest.raises(ProviderError) as raised:
                await bench.core.actions.act("tr", APPROVE)
            assert "look before trying again" in (raised.value.hint or "")
            (row,) = _others(bench)
            assert (row.status, row.remote_id, row.parent_id) == (TaskStatus.UNKNOWN, None, "r")
            assert row.warnings[0].startswith(UNKNOWN_OUTCOME)
            await bench.after(30)
            assert bench.row("tr").status is TaskStatus.WAITING  # whether it goes on is not known
            adopted = await bench.core.actions.track("scripted", "s")
            assert (adopted.id, adopted.remote_id, adopted.has_report) == (row.id, "s", True)
            assert [task.id for task in _others(bench)] == [row.id]

    simulate(main)


def test_an_approval_that_is_refused_starts_nothing_and_the_task_still_waits() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, **STARTING)
        _plan(bench)
        bench.script.acts.append(Refused("no such plan"))
        async with bench:
            with pytest.raises(ProviderError, match="no such plan"):
                await bench.core.actions.act("tr", APPROVE)
            (row,) = _others(bench)
            assert (row.status, row.provider_status) == (TaskStatus.FAILED, "not started")
            await bench.after(30)
            assert bench.row("tr").status is TaskStatus.WAITING

    simulate(main)


def test_a_lost_follow_up_is_found_in_the_list_by_the_task_it_goes_on_from() -> None:
    orphan = Task("o", "scripted", prompt="And then?", created_at=EPOCH, parent_id="r")
    entry = Task("", "scripted", "s", created_at=EPOCH + timedelta(minutes=1), parent_id="r")
    assert find_orphan([orphan], entry) is orphan
    assert find_orphan([orphan], replace(entry, parent_id="q")) is None
    assert find_orphan([orphan], replace(entry, parent_id=None)) is None
    assert find_orphan([orphan], replace(entry, prompt="Something else")) is None
    assert find_orphan([orphan], replace(entry, prompt="And  then?", parent_id=None)) is orphan
    assert find_orphan([orphan], replace(entry, prompt="And then?", parent_id="q")) is None


def test_a_follow_up_is_a_create_with_its_row_first_and_is_sent_once() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, capabilities=NO_LIST, missing=WHY)
        bench.known("r", status=TaskStatus.DONE, has_report=True, mode="deep")
        bench.script.creates.append(body("s", "queued"))
        bench.script.task("s", body("s", "running"))
        async with bench:
            outcome = await bench.core.actions.act("tr", FollowUp("And then?"))
            assert outcome.successor is not None
            assert (outcome.successor.remote_id, outcome.successor.parent_id) == ("s", "r")
            draft = bench.archive.drafts[outcome.successor.id]
            assert (draft.prompt, draft.mode, draft.previous) == ("And then?", "deep", ("r",))
            assert len(bench.script.times("create")) == 1

    simulate(main)


def test_stopping_is_another_thing_than_cancelling() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r", "running"))
        async with bench:
            with pytest.raises(UsageError, match="cannot stop"):
                await bench.core.actions.act("tr", Stop())
        assert capability_of(Stop()) is not capability_of(Cancel())

    simulate(main)


def test_a_task_is_told_until_when_its_provider_keeps_it() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, retention=Retention(timedelta(minutes=10)))
        bench.known("r")
        bench.script.task("r", body("r", "running"), body("r", "done", "the report"))
        async with bench:
            await bench.after(60)
            task = bench.row("tr")
            assert task.finished_at is not None
            assert task.expires_at == task.finished_at + timedelta(minutes=10)
            assert replace(task, expires_at=None) != task

    simulate(main)
