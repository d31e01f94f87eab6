"""One account is asked as its schedule says; what it answers is saved before it is shown."""

import asyncio
import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from tests.engine.fakes import (
    KEY,
    Bench,
    Inline,
    Script,
    ScriptedReader,
    VirtualLoop,
    account,
    body,
    info,
    offline,
    page,
    simulate,
)
from tui.domain.capability import Capability, ConnectionState
from tui.domain.detail import Detail
from tui.domain.errors import BadAnswer, BadKey, ConfigError, Forbidden, Gone, RateLimited, Unavailable, Unreachable
from tui.domain.provider import AccountState, Response
from tui.domain.secret import Secret
from tui.domain.task import Task, TaskStatus
from tui.engine.api import ProviderChanged, TaskEnded, TasksChanged
from tui.engine.ingest import pipeline
from tui.engine.ingest.merge import GONE, REFUSED, STALLED, UNREADABLE
from tui.engine.polling import worker as poller
from tui.engine.polling.connection import ServiceAccount
from tui.engine.state.transitions import TransitionDetector
from tui.providers.protocol import ClientSettings


def test_a_task_is_watched_from_queued_to_done_and_saved_before_it_is_told() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.pages = {None: page({"id": "r", "status": "queued", "prompt": "Why?"})}
        bench.script.task(
            "r",
            body("r", "queued"),
            body("r", "running", counters={"agents": [1, 25]}),
            body("r", "running", counters={"agents": [9, 25]}),
            body("r", "done", "# Because\n\nOf [1](https://a.example)."),
        )
        order: list[tuple[str, Any]] = []
        bench.core.state.subscribe(lambda event: order.append((type(event).__name__, event)))
        async with bench:
            await bench.after(120)
            task = bench.only()
            assert task.status is TaskStatus.DONE
            assert task.prompt == "Why?"
            assert task.counters["agents"].value == 9
            assert task.finish_observed
            ended = [event for _, event in order if isinstance(event, TaskEnded)]
            assert [event.task.id for event in ended] == [task.id]
            kinds = [kind for kind, what in bench.archive.history if kind in {"answer", "reading"}]
            assert kinds[-2:] == ["answer", "reading"], "bytes first, then what they mean"

    simulate(main)


def test_when_anybody_is_told_the_value_is_in_the_archive_already() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r", counters={"a": [1]}), body("r", counters={"a": [2]}), body("r", "done", "R"))
        unsaved: list[str] = []

        def check(event: object) -> None:
            if isinstance(event, TasksChanged):
                unsaved.extend(i for i in event.ids if bench.archive.rows.get(i) != bench.core.state.store.get(i))

        async with bench:
            bench.core.state.subscribe(check)
            await bench.after(120)
        assert bench.row("tr").status is TaskStatus.DONE
        assert unsaved == []

    simulate(main)


def test_history_ends_nothing_and_is_not_asked_about() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("old", status=TaskStatus.DONE, has_report=True)
        bench.known("lost", status=TaskStatus.FAILED)
        async with bench:
            await bench.after(3600)
            assert bench.script.times("fetch") == []
            assert not [event for event in bench.events if isinstance(event, TaskEnded)]

    simulate(main)


def test_a_task_found_finished_in_the_list_is_fetched_once_and_ends_nothing() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.pages = {None: page({"id": "r", "status": "done"}, {"id": "s", "status": "failed"})}
        bench.script.task("r", body("r", "done", "R1"))
        bench.script.task("s", body("s", "failed", error="no credits"))
        async with bench:
            await bench.after(600)
            assert bench.script.times("fetch", "r") == [0.0]
            assert bench.archive.reports(bench.core.state.store.find("scripted", "default", "r").id) == ["R1"]  # type: ignore[union-attr]
            assert not [event for event in bench.events if isinstance(event, TaskEnded)]

    simulate(main)


def test_unchanged_answers_are_neither_read_nor_saved_again() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r"))
        async with bench:
            await bench.after(3)
            reader: Any = bench.core.workers["scripted"].connection.reader.inner
            read, writes, events = reader.read, len(bench.archive.history), len(bench.events)
            await bench.after(300)
            assert len(bench.script.times("fetch")) > 15
            assert reader.read == read
            assert len(bench.archive.history) == writes
            assert [event for event in bench.events[events:] if isinstance(event, TasksChanged)] == []

    simulate(main)


def test_the_etag_of_the_last_answer_is_sent_and_a_304_costs_nothing() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        tagged = Response(200, body("r"), bench.clock.now(), etag='W/"1"')
        bench.script.task("r", tagged, None)
        async with bench:
            await bench.after(40)
            assert bench.script.etags[0] is None
            assert set(bench.script.etags[1:]) == {'W/"1"'}
            assert bench.task("tr").status is TaskStatus.RUNNING

    simulate(main)


def test_the_retry_after_of_a_good_answer_sets_the_pace() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", Response(200, body("r"), bench.clock.now(), retry_after=30.0))
        async with bench:
            await bench.after(301)
            assert 9 <= len(bench.script.times("fetch")) <= 11

    simulate(main)


@pytest.mark.parametrize(
    ("answer", "word"), [(b"<html>502</html>", "not JSON"), (body("someone-else"), "another task"), (b"", "not JSON")]
)
def test_an_unreadable_answer_is_kept_said_and_changes_no_state(answer: bytes, word: str) -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", answer, answer, body("r", counters={"a": [1]}))
        async with bench:
            await bench.after(1)
            task = bench.task("tr")
            assert task.status is TaskStatus.RUNNING
            assert [note for note in task.warnings if note.startswith(UNREADABLE) and word in note]
            assert bench.archive.unreadable[0][:2] == ("tr", answer)
            await bench.after(200)
            assert bench.task("tr").warnings == ()

    simulate(main)


def test_an_unreachable_provider_leaves_every_task_as_it_was_and_says_when_it_tries_again() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r", "s")
        bench.script.default = offline()
        bench.script.pages = {None: offline()}
        async with bench:
            before = bench.core.state.store.snapshot()
            await bench.after(600)
            assert bench.core.state.store.snapshot() == before
            state = bench.state()
            assert state.link is ConnectionState.OFFLINE
            assert "connection refused" in state.message
            assert state.next_try is not None
            assert 0 <= (state.next_try - bench.clock.now()).total_seconds() <= 60
            bench.script.default = None
            bench.script.pages = {None: page()}
            bench.script.task("r", body("r"))
            bench.script.task("s", body("s"))
            await bench.after(75)
            assert bench.state().link is ConnectionState.OK
            assert bench.state().next_try is None

    simulate(main)


def test_a_request_that_fails_after_a_later_one_was_answered_does_not_show_the_provider_as_unreachable() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("slow", "well")

        async def breaks_late() -> Response:
            await asyncio.sleep(40)
            raise Unreachable("connection reset")

        bench.script.task("slow", breaks_late, body("slow"))
        bench.script.task("well", body("well"))
        links: list[ConnectionState] = []
        bench.core.state.subscribe(
            lambda event: links.append(bench.state().link) if isinstance(event, ProviderChanged) else None
        )
        async with bench:
            await bench.after(100)
            assert len(bench.script.times("fetch", "slow")) >= 2, "it failed and was asked again"
            assert ConnectionState.OFFLINE not in links
            assert "connection reset" in bench.said()

    simulate(main)


def test_refresh_tries_an_unreachable_provider_at_once() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.default = offline()
        bench.script.pages = {None: offline()}
        async with bench:
            await bench.after(600)
            asked = len(bench.script.asked)
            await bench.core.refresh(())
            await bench.after(0.1)
            assert len(bench.script.asked) == asked + 1, "one probe"

    simulate(main)


def test_an_outage_with_forty_tasks_costs_no_more_requests_than_health() -> None:
    names = [f"r{number}" for number in range(40)]

    async def requests(loop: VirtualLoop, broken: bool) -> int:
        bench = Bench(loop)
        bench.known(*names)
        for name in names:
            bench.script.task(name, Unavailable("HTTP 503") if broken else body(name))
        if broken:
            bench.script.pages = {None: offline()}
        async with bench:
            await bench.after(900)
        assert all(task.status is TaskStatus.RUNNING for task in bench.core.state.store)
        return len(bench.script.asked)

    assert simulate(lambda loop: requests(loop, True)) <= 1.1 * simulate(lambda loop: requests(loop, False))


def test_a_sick_account_slows_no_other() -> None:
    async def main(loop: VirtualLoop) -> None:
        sick = Script()
        bench = Bench(loop, accounts=lambda b: [account(b.script, info("well")), account(sick, info("sick"))])
        sick.clock = bench.clock

        async def hang() -> Response:
            await loop.create_future()
            raise AssertionError

        bench.known("w", provider="well")
        bench.known("x", "y", "z", "v", "u", provider="sick")
        bench.script.task("w", body("w"))
        sick.default = hang
        sick.pages = {None: hang}
        async with bench:
            await bench.after(300)
            times = bench.script.times("fetch", "w")
            gaps = [later - earlier for earlier, later in pairwise(times[13:])]
            assert gaps
            assert all(15 <= gap <= 16.5 for gap in gaps)
            states = bench.core.state.states()
            assert states["well"].link is ConnectionState.OK
            assert states["sick"].link is ConnectionState.OFFLINE
            assert "no answer within" in states["sick"].message

    simulate(main)


def test_an_account_without_a_key_names_the_variable_and_is_not_asked() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, accounts=lambda b: [account(b.script, key=None)])
        bench.known("r")
        async with bench:
            await bench.after(600)
            assert bench.state().link is ConnectionState.NO_KEY
            assert "SCRIPTED_KEY" in bench.state().message
            assert bench.script.asked == []
            assert bench.task("tr").status is TaskStatus.RUNNING

    simulate(main)


def test_a_key_that_is_set_meanwhile_works_after_a_refresh() -> None:
    async def main(loop: VirtualLoop) -> None:
        keys: list[Secret | None] = [None]
        bench = Bench(loop, accounts=lambda b: [_changing(b, keys)])
        bench.known("r")
        bench.script.task("r", body("r", "done", "R"))
        async with bench:
            await bench.after(10)
            assert bench.state().link is ConnectionState.NO_KEY
            keys[0] = Secret(KEY)
            await bench.core.refresh(())
            await bench.after(10)
            assert bench.state().link is ConnectionState.OK
            assert bench.task("tr").status is TaskStatus.DONE

    simulate(main)


def test_a_rejected_key_that_is_corrected_makes_a_new_client() -> None:
    async def main(loop: VirtualLoop) -> None:
        keys: list[Secret | None] = [Secret("old-key-1234567")]
        bench = Bench(loop, accounts=lambda b: [_changing(b, keys)])
        bench.known("r")
        bench.script.task("r", BadKey("no"), body("r"))
        async with bench:
            await bench.after(1)
            assert bench.state().link is ConnectionState.BAD_KEY
            keys[0] = Secret("new-key-1234567")
            await bench.core.refresh(())
            await bench.after(5)
            assert bench.script.built == 2
            assert bench.script.closed == 1
            assert bench.state().link is ConnectionState.OK

    simulate(main)


def _changing(bench: Bench, keys: list[Secret | None]) -> ServiceAccount:
    made = account(bench.script)
    return ServiceAccount(made.provider, lambda: ClientSettings("http://scripted.invalid", keys[0]))


def test_a_key_source_that_fails_is_shown_with_its_reason() -> None:
    async def main(loop: VirtualLoop) -> None:
        def broken() -> ClientSettings:
            raise ConfigError("the token command failed", hint="run it by hand")

        bench = Bench(loop, accounts=lambda b: [ServiceAccount(account(b.script).provider, broken)])
        async with bench:
            await bench.after(1)
            assert bench.state().link is ConnectionState.NO_KEY
            assert "the token command failed; run it by hand" in bench.state().message

    simulate(main)


def test_a_403_is_shown_on_the_task_which_is_then_asked_slowly() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r", "ok")
        bench.script.task("r", Forbidden("of another organisation", http=403))
        bench.script.task("ok", body("ok"))
        async with bench:
            await bench.after(700)
            assert bench.task("tr").warnings == (f"{REFUSED}: of another organisation",)
            assert len(bench.script.times("fetch", "r")) <= 4
            assert len(bench.script.times("fetch", "ok")) > 40
            assert bench.state().link is ConnectionState.OK

    simulate(main)


def test_a_task_that_stays_404_expires_and_is_left_alone() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", Gone("no such task", http=404))
        async with bench:
            await bench.after(3600)
            assert bench.task("tr").status is TaskStatus.EXPIRED
            assert len(bench.script.times("fetch")) == 3

    simulate(main)


def test_a_finished_task_that_the_provider_forgot_keeps_its_report() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r", "done", "R1"), Gone("no such task", http=404))
        async with bench:
            await bench.after(1)
            await bench.core.refresh(["tr"])
            await bench.after(1)
            task = bench.task("tr")
            assert task.status is TaskStatus.DONE
            assert task.warnings == (f"{GONE}: what was saved stays",)
            assert bench.archive.shown_report("tr") == "R1"

    simulate(main)


def test_a_finished_task_without_a_report_is_asked_for_it_a_few_times() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r", "done"))
        async with bench:
            await bench.after(1200)
            assert len(bench.script.times("fetch")) == poller.ASK_AGAIN + 1
            assert bench.task("tr").warnings == ("finished without a report",)

    simulate(main)


def test_a_running_task_whose_counters_stand_still_gets_a_warning_until_they_move() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r", counters={"agents": [3, 25]}))
        async with bench:
            await bench.after(pipeline.STALL_AFTER - 30)
            assert bench.task("tr").warnings == ()
            await bench.after(60)
            assert [note for note in bench.task("tr").warnings if note.startswith(STALLED)]
            bench.script.task("r", body("r", counters={"agents": [4, 25]}))
            await bench.after(30)
            assert bench.task("tr").warnings == ()

    simulate(main)


def test_never_more_requests_at_once_than_the_account_has_slots() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        names = [f"r{number}" for number in range(50)]
        bench.known(*names)
        bench.script.latency = 3.0
        for name in names:
            bench.script.task(name, body(name))
        async with bench:
            await bench.after(300)
            assert bench.script.most_under_way == poller.SLOTS

    simulate(main)


def test_a_request_that_never_ends_costs_its_slot_only_for_a_while() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")

        async def hang() -> Response:
            await loop.create_future()
            raise AssertionError

        bench.script.task("r", hang, body("r", "done", "R"))
        async with bench:
            await bench.after(300)
            assert bench.task("tr").status is TaskStatus.DONE
            assert bench.script.under_way == 1, "it is not cancelled, only no longer waited for"

    simulate(main)


def test_a_mistake_of_our_own_costs_one_question() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")

        async def explode() -> Response:
            raise ZeroDivisionError("oops")

        bench.script.task("r", explode, body("r", "done", "R"))
        async with bench:
            await bench.after(120)
            assert bench.task("tr").status is TaskStatus.DONE
            assert "ZeroDivisionError" in bench.said()

    simulate(main)


def test_a_worker_that_dies_is_started_again_and_said() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r", "done", "R"))
        worker = bench.core.workers["scripted"]
        take, deaths = worker.schedule.take, [RuntimeError("first"), RuntimeError("second")]

        def dying(now: float) -> str | None:
            if deaths:
                raise deaths.pop()
            return take(now)

        worker.schedule.take = dying  # type: ignore[method-assign]
        async with bench:
            await bench.after(10)
            assert bench.task("tr").status is TaskStatus.DONE
            assert "poll:scripted stopped: RuntimeError" in bench.said()

    simulate(main)


def test_a_listener_that_fails_does_not_stop_polling() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r", "done", "R"))

        def broken(event: object) -> None:
            raise ValueError("a widget is gone")

        stop = bench.core.state.subscribe(broken)
        async with bench:
            await bench.after(5)
            assert bench.task("tr").status is TaskStatus.DONE
            assert "a listener failed: ValueError" in bench.said()
            stop()

    simulate(main)


def test_the_strip_is_told_of_changes_only() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r"))
        async with bench:
            await bench.after(10)
            count = sum(isinstance(event, ProviderChanged) for event in bench.events)
            await bench.after(600)
            assert sum(isinstance(event, ProviderChanged) for event in bench.events) == count
            assert bench.state().last_ok is not None
            assert bench.state().active == 1

    simulate(main)


def test_credits_are_shown_where_the_provider_tells_them() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, capabilities=frozenset({Capability.ACCOUNT}))
        async with bench:
            await bench.after(1)
            assert bench.state().balance == AccountState(remaining=7.0, unit="credits")
            assert bench.state().link is ConnectionState.OK

    simulate(main)


def test_a_wait_asked_for_at_the_credits_holds_everything_and_is_said() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, capabilities=frozenset({Capability.ACCOUNT}))
        bench.script.account = RateLimited("asks to wait", retry_after=900.0)
        async with bench:
            await bench.after(30)
            assert bench.state().link is ConnectionState.RATE_LIMITED
            assert bench.state().next_try is not None

    simulate(main)


def test_a_large_answer_is_read_off_the_loop() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        assert isinstance(bench.core.pipeline.workers, Inline)
        calls = bench.core.pipeline.workers.calls
        bench.script.task("r", body("r", "done", "x" * pipeline.OFF_LOOP_FROM))
        async with bench:
            await bench.after(5)
            assert bench.task("tr").status is TaskStatus.DONE
            assert {"sha256", "_read", "derive"} <= set(calls)

    simulate(main)


def test_an_unfinished_tasks_answers_are_stored_now_and_then_and_its_row_at_every_change() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        answers = [body("r", counters={"a": [number]}) for number in range(60)]
        bench.script.task("r", *answers)
        async with bench:
            await bench.after(600)
            stored = len(bench.archive.answers["tr"])
            assert len(bench.script.times("fetch")) > 35
            assert 10 <= stored <= 600 / pipeline.INTERIM_EVERY + 2
            assert bench.row("tr") == bench.task("tr")

    simulate(main)


def test_the_detail_of_a_running_task_that_is_looked_at_is_as_fresh_as_its_row() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        drafts = [body("r", report=f"draft {number}") for number in range(60)]
        bench.script.task("r", *drafts)
        async with bench:
            await bench.after(1)
            await bench.core.details.detail("tr")
            await bench.after(100)
            detail = await bench.core.details.detail("tr")
            asked = len(bench.script.times("fetch"))
            assert detail is not None
            assert detail.report is not None
            assert detail.report.text == f"draft {asked - 1}"

    simulate(main)


def test_a_look_that_begins_while_an_answer_is_read_does_not_show_it_without_its_trace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r", counters={"a": [1]}), body("r", counters={"a": [2]}))
        read = ScriptedReader.read_task

        def looked(self: ScriptedReader, data: bytes, *, traced: bool = True, **values: Any) -> Detail:
            bench.core.pipeline.look("tr")
            return read(self, data, **values)

        monkeypatch.setattr(ScriptedReader, "read_task", looked)
        async with bench:
            await bench.after(2)
            assert bench.task("tr").counters
            assert bench.core.pipeline.latest("tr") is None
            await bench.after(60)
            assert bench.core.pipeline.latest("tr") is not None

    simulate(main)


def test_endings_are_told_once_and_only_for_tasks_seen_unfinished() -> None:
    endings, task = TransitionDetector(), Task("t", "p", status=TaskStatus.RUNNING)
    course = [TaskStatus.RUNNING, TaskStatus.WAITING, TaskStatus.WAITING, TaskStatus.RUNNING, TaskStatus.DONE]
    told = [endings.observe(replace(task, status=status)) for status in [*course, TaskStatus.DONE]]
    assert told == [False, True, False, False, True, False]
    assert not endings.observe(replace(task, id="history", status=TaskStatus.DONE))
    assert not endings.observe(replace(task, id="waits already", status=TaskStatus.WAITING))


def test_no_key_is_ever_in_the_event_log() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        leak = f"rejected {KEY} at https://x.example/a?token=abc:def&b=1"
        bench.script.task("r", BadAnswer(leak), Unavailable(leak))
        bench.script.pages = {None: Unavailable(leak)}
        async with bench:
            await bench.after(30)
        written = json.dumps([bench.said(), repr(bench.core.state.states()), repr(bench.archive.entries)])
        assert "rejected" in written
        assert KEY not in written
        assert "abc:def" not in written

    simulate(main)
