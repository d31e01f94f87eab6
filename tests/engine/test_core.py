"""The engine as a whole: sharing an archive, one-shot sync, the list, long runs, restarts."""

import asyncio
import gc
import random
from dataclasses import replace
from typing import Any

import pytest

from tests.engine.fakes import (
    EPOCH,
    Bench,
    MemoryArchive,
    Reply,
    Script,
    VirtualLoop,
    account,
    body,
    info,
    offline,
    page,
    simulate,
)
from tests.engine.test_parts import task
from tui.domain.actions import Cancel
from tui.domain.away import Away
from tui.domain.capability import ConnectionState
from tui.domain.errors import ArchiveError, BadAnswer, BadKey, Gone, NotFound, RateLimited, Unavailable, Unreachable
from tui.domain.task import Task, TaskStatus
from tui.engine.api import AnnotationsChanged, Condition, ConditionChanged, LogEntry, TaskEnded
from tui.engine.core import SHARE_EVERY
from tui.engine.polling import worker as poller


def entry(name: str, status: str = "running", **more: str) -> dict[str, str]:
    return {"id": name, "status": status, **more}


# -- two processes on one archive


def test_only_the_holder_of_the_lease_asks() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, archive=MemoryArchive(lease=False))
        bench.known("r")
        bench.script.task("r", body("r", "done", "R"))
        async with bench:
            await bench.after(300)
            assert bench.script.asked == []
            bench.archive.lease = True
            await bench.after(20)
            assert bench.task("tr").status is TaskStatus.DONE
        assert bench.archive.released == 1

    simulate(main)


def test_a_second_process_sees_changes_within_two_seconds_and_may_act() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, archive=MemoryArchive(lease=False))
        bench.known("r")
        bench.script.acts.append(b'{"message": "cancelled"}')
        async with bench:
            await bench.after(10)
            bench.archive.foreign = [replace(bench.task("tr"), title="from the other process")]
            await bench.after(SHARE_EVERY)
            assert bench.task("tr").title == "from the other process"
            await bench.core.actions.act("tr", Cancel())
            assert len(bench.script.times("cancel")) == 1
        assert bench.archive.released == 0

    simulate(main)


def test_a_process_that_watches_syncs_only_what_no_other_process_asks_about() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, archive=MemoryArchive(lease=False))
        bench.known("r")
        bench.script.task("r", body("r", "done", "R"))
        async with bench:
            summary = await bench.core.sync()
            assert bench.script.asked == []
            assert (summary.seen, summary.errors, summary.exit_code) == ({}, {}, 0)
            bench.archive.lease = True
            await bench.core.sync()
            assert bench.task("tr").status is TaskStatus.DONE

    simulate(main)


def test_while_the_archive_server_is_away_nobody_asks_and_it_is_said_until_it_is_back() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r"))
        async with bench:
            await bench.after(10)
            bench.archive.away, bench.archive.lease = Away(EPOCH, EPOCH, why="connection refused"), False
            await bench.after(SHARE_EVERY + 1)
            condition = bench.core.state.condition
            assert (condition.away, condition.asks_elsewhere) == (bench.archive.away, "")
            assert [state.link for state in bench.core.state.states().values()] == [ConnectionState.ELSEWHERE]
            assert "connection refused" in bench.core.state.entries()[-1].text
            asked = len(bench.script.asked)
            await bench.after(120)
            assert len(bench.script.asked) == asked
            assert not any(entry.kind == "problem" for entry in bench.archive.entries), "kept until it is back"
            bench.archive.away, bench.archive.lease = None, True
            await bench.after(SHARE_EVERY + 1)
            assert bench.core.state.condition.away is None
            assert any("connection refused" in entry.text for entry in bench.archive.entries)
            await bench.after(60)
            assert len(bench.script.asked) > asked

    simulate(main)


def test_a_look_round_that_fails_because_the_server_is_away_is_repeated_soon() -> None:
    class Broken(MemoryArchive):
        def log_after(self, number: int) -> tuple[int, list[LogEntry]]:
            if self.away is not None:
                raise ArchiveError("the server is gone")
            return super().log_after(number)

    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, archive=(archive := Broken()))
        async with bench:
            await bench.after(10)
            archive.away = Away(EPOCH)
            await bench.after(600)
            assert not any("stopped" in entry.text for entry in bench.core.state.entries())
            archive.away = None
            await bench.after(SHARE_EVERY + 1)
            assert bench.core.state.condition.away is None

    simulate(main)


def test_a_task_started_by_another_process_is_followed_by_the_one_that_polls() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.task("n", body("n", "done", "R"))
        async with bench:
            await bench.after(10)
            task = Task("new", "scripted", "n", status=TaskStatus.QUEUED)
            bench.archive.rows["new"] = task
            bench.archive.foreign = [task]
            await bench.after(5)
            assert bench.task("new").status is TaskStatus.DONE

    simulate(main)


def test_what_another_process_deleted_leaves_the_board_and_is_asked_no_more() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r"))
        async with bench:
            await bench.after(5)
            bench.archive.gone = frozenset({"tr"})
            await bench.after(3)
            assert "tr" not in bench.core.state.store.snapshot()
            asked = len(bench.script.asked)
            await bench.after(60)
            assert "r" not in [about for _, _, about in bench.script.asked[asked:]]

    simulate(main)


def test_a_task_that_is_deleted_while_it_is_asked_about_stays_deleted() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r", "done", "R"))
        bench.script.latency = 6.0
        async with bench:
            await bench.after(1)
            bench.archive.gone = frozenset({"tr"})
            await bench.after(60)
            assert "r" in [about for _, _, about in bench.script.asked]
            assert "tr" not in bench.core.state.store.snapshot()
            assert "AssertionError" not in bench.said()

    simulate(main)


def test_what_another_process_added_to_a_task_is_told_though_its_value_is_the_same() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        async with bench:
            bench.archive.foreign = [bench.task("tr")]
            await bench.after(3)
            assert AnnotationsChanged(frozenset({"tr"})) in bench.events

    simulate(main)


def test_the_same_remote_task_under_two_local_ids_becomes_one() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r"))
        async with bench:
            await bench.after(5)
            bench.archive.foreign = [replace(bench.task("tr"), id="theirs")]
            await bench.after(5)
            assert bench.only().id == "theirs"

    simulate(main)


def test_an_archive_that_cannot_be_read_for_changes_is_said_and_tried_again() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        changes, troubles = bench.archive.foreign_changes, [ArchiveError("disk gone")]

        def trouble() -> object:
            if troubles:
                raise troubles.pop()
            return changes()

        bench.archive.foreign_changes = trouble  # type: ignore[method-assign,assignment]
        bench.known("r")
        bench.script.task("r", body("r", "done", "R"))
        async with bench:
            await bench.after(10)
            assert "share stopped: ArchiveError: disk gone" in bench.said()
            assert bench.task("tr").status is TaskStatus.DONE

    simulate(main)


# -- the list


def test_a_long_list_is_walked_once_and_then_only_as_far_as_it_is_new() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        for number in range(5):
            at, after = (None if number == 0 else str(number)), (str(number + 1) if number < 4 else None)
            names = [f"{number}-{item}" for item in range(3)]
            bench.script.pages[at] = page(*(entry(name, "done") for name in names), cursor=after)
            for name in names:
                bench.script.task(name, body(name, "done", f"report {name}"))
        async with bench:
            await bench.after(60)
            assert [what for _, kind, what in bench.script.asked if kind == "page"] == [None, "1", "2", "3", "4"]
            assert len(bench.core.state.store) == 15
            assert all(task.has_report for task in bench.core.state.store)
            reader: Any = bench.core.workers["scripted"].connection.reader.inner
            read = reader.read
            await bench.after(400)
            pages = [what for _, kind, what in bench.script.asked if kind == "page"][5:]
            assert set(pages) == {None}, "the first page tells that nothing is new"
            assert reader.read == read, "an unchanged page is not even read"

    simulate(main)


def test_a_list_that_repeats_its_cursor_ends() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.pages = {None: page(entry("a"), cursor="x"), "x": page(entry("b"), cursor="x")}
        bench.script.task("a", body("a"))
        bench.script.task("b", body("b"))
        async with bench:
            await bench.after(30)
            assert len(bench.script.times("page")) == 2

    simulate(main)


def test_tasks_deleted_here_do_not_come_back_from_the_list() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.archive.deleted = {("scripted", "default", "r")}
        bench.script.pages = {None: page(entry("r"))}
        async with bench:
            await bench.after(300)
            assert len(bench.core.state.store) == 0

    simulate(main)


def test_a_list_entry_without_an_id_is_left_out() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.pages = {None: page({"status": "running"}, entry("r"))}
        bench.script.task("r", body("r"))
        async with bench:
            await bench.after(5)
            assert bench.only().remote_id == "r"

    simulate(main)


def test_a_list_that_fails_is_an_account_in_trouble_and_its_tasks_go_on() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.pages = {None: Gone("this service has ended", http=410)}
        bench.script.task("r", body("r"), body("r", "done", "R"))
        async with bench:
            await bench.after(60)
            assert bench.task("tr").status is TaskStatus.DONE

    simulate(main)


# -- sync, refresh, pause, reload


def test_a_sync_walks_the_list_asks_about_each_unfinished_task_once_and_counts() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, watch=False)
        bench.known("r")
        bench.known("old", status=TaskStatus.DONE, has_report=True)
        bench.script.pages = {None: page(entry("r"), entry("new"), entry("old", "done"))}
        bench.script.task("r", body("r", "done", "R"))
        bench.script.task("new", body("new"))
        async with bench:
            await bench.after(60)
            assert bench.script.asked == [], "nothing is asked without being told to"
            summary = await bench.core.sync()
            assert (summary.seen, summary.errors, summary.exit_code) == ({"scripted": 3}, {}, 0)
            assert summary.changed == 2
            assert sorted(what for _, kind, what in bench.script.asked if kind == "fetch") == ["new", "r"]
            await bench.after(600)
            assert len(bench.script.times("fetch")) == 2

    simulate(main)


@pytest.mark.parametrize(
    ("trouble", "exit_code"),
    [(offline(), 3), (BadKey("no"), 4), (RateLimited("x", retry_after=60), 3), (BadAnswer("HTML"), 3)],
)
def test_a_sync_that_cannot_reach_an_account_says_so_and_ends(trouble: Reply, exit_code: int) -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(
            loop, watch=False, accounts=lambda b: [account(b.script, info("good")), account(bad, info("bad"))]
        )
        bad.clock = bench.clock
        bench.known("g", provider="good")
        bench.known(*(f"b{number}" for number in range(20)), provider="bad")
        bench.script.task("g", body("g", "done", "R"))
        bad.default = trouble
        bad.pages = {None: trouble}
        async with bench:
            before = loop.time()
            summary = await bench.core.sync()
            assert loop.time() - before < 100
            assert bench.task("tg").status is TaskStatus.DONE
            assert set(summary.errors) == {"bad"}
            assert summary.exit_code == exit_code

    bad = Script()
    simulate(main)


def test_one_refused_task_does_not_end_a_sync() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, watch=False)
        bench.known("gone", "r")
        bench.script.task("gone", Gone("no such task"))
        bench.script.task("r", body("r", "done", "R"))
        async with bench:
            summary = await bench.core.sync()
            assert bench.task("tr").status is TaskStatus.DONE
            assert summary.errors == {"scripted": "no such task"}
            assert summary.exit_code == 5

    simulate(main)


@pytest.mark.parametrize(("keys", "exit_code"), [((None, None), 4), ((None, "key-1234567890"), 0)])
def test_accounts_without_keys_are_an_error_only_if_there_is_no_other(
    keys: tuple[str | None, str | None], exit_code: int
) -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(
            loop,
            watch=False,
            accounts=lambda b: [account(b.script, info(name), key=key) for name, key in zip("ab", keys, strict=True)],
        )
        async with bench:
            summary = await bench.core.sync()
            assert summary.exit_code == exit_code
            assert len(summary.errors) == (2 if exit_code else 0)

    simulate(main)


def test_a_pause_stops_asking_and_a_refresh_asks_all_the_same() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r"))
        async with bench:
            await bench.after(30)
            bench.core.pause(True)
            assert bench.state().link is ConnectionState.PAUSED
            asked = len(bench.script.asked)
            await bench.after(3600)
            assert len(bench.script.asked) == asked
            await bench.core.refresh(["tr"])
            await bench.after(1)
            assert len(bench.script.asked) == asked + 1
            bench.core.pause(False)
            assert bench.state().link is ConnectionState.OK
            await bench.after(120)
            assert len(bench.script.times("fetch")) >= 7

    simulate(main)


def test_refreshing_what_is_not_there_does_nothing() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("other", provider="a provider that is not configured")
        async with bench:
            await bench.after(1)
            asked = len(bench.script.asked)
            await bench.core.refresh(["nothing", "tother"])
            await bench.after(1)
            assert len(bench.script.asked) == asked

    simulate(main)


def test_a_task_deleted_in_the_archive_leaves_the_screen_and_comes_back_with_undo() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r"))
        async with bench:
            await bench.after(5)
            bench.archive.deleted = {("scripted", "default", "r")}
            await bench.core.reload(["tr"])
            assert bench.core.state.store.get("tr") is None
            asked = len(bench.script.times("fetch"))
            await bench.after(300)
            assert len(bench.script.times("fetch")) == asked
            bench.archive.deleted = set()
            await bench.core.reload(["tr"])
            assert bench.task("tr").status is TaskStatus.RUNNING
            await bench.after(20)
            assert len(bench.script.times("fetch")) > asked

    simulate(main)


def test_the_event_log_is_saved_and_a_full_disk_does_not_make_it_grow() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        async with bench:
            await bench.after(5)
            assert [entry.text for entry in bench.archive.entries] == ["this divewatch asks the providers"]
            bench.archive.full = True
            bench.core.state.log("test", "unsaved")
            await bench.after(600)
            assert bench.said().count("could not save the event log") == 1

    simulate(main)


# -- long life


def test_simulated_hours_with_faults_loses_nothing_and_leaks_nothing() -> None:
    hours, names = 6, [f"r{number}" for number in range(50)]
    rng = random.Random(7)
    faults: list[Reply] = [offline(), Unavailable("HTTP 502", http=502), BadAnswer("HTML"), b"{", RateLimited("x")]

    def course(name: str) -> list[Reply]:
        steps: list[Reply] = [
            rng.choice(faults) if rng.random() < 0.05 else body(name, counters={"a": [number // 20]})
            for number in range(rng.randint(20, 60))
        ]
        return [*steps, body(name, "done", f"report {name}")]

    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, cadence=replace(info().cadence, first=15, steady=240))
        bench.known(*names, created_at=EPOCH)
        for name in names:
            bench.script.task(name, *course(name))
        async with bench:
            await bench.after(3600)
            gc.collect()
            tasks = len(asyncio.all_tasks(loop))
            watches = len(bench.core.workers["scripted"]._watches)
            for _ in range(hours - 1):
                await bench.after(3600)
                assert len(asyncio.all_tasks(loop)) <= tasks + poller.SLOTS, "no task is left behind"
            worker = bench.core.workers["scripted"]
            assert len(worker._watches) == 0 < watches
            assert len(worker._young_until) == 0
            assert len(worker._waiting) == 0
            assert len(worker.schedule) == 1, "only the list is asked for"
            assert len(worker.schedule._heap) <= 10
            assert len(bench.core.state.entries()) <= 1000
            assert {task.status for task in bench.core.state.store} == {TaskStatus.DONE}
            for name in names:
                assert bench.archive.shown_report(f"t{name}") == f"report {name}"
            ended = [event.task.remote_id for event in bench.events if isinstance(event, TaskEnded)]
            assert sorted(filter(None, ended)) == sorted(names)

    simulate(main)


def test_the_schedule_does_not_drift_and_stays_within_its_rate_for_thousands_of_tasks() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, rate=1.0)
        names = [f"r{number}" for number in range(300)]
        bench.known(*names)
        for name in names:
            bench.script.task(name, None)
        async with bench:
            await bench.after(3600)
            fetched = bench.script.times("fetch")
            assert len(fetched) <= 1.0 * 3600 + 10
            assert len(fetched) >= 0.97 * 1.0 * 3600, "the rate is used"
            counts = [0] * len(names)
            for _, kind, what in bench.script.asked:
                if kind == "fetch":
                    counts[int(what[1:])] += 1
            assert max(counts) - min(counts) <= 2, "everyone gets a turn"

    simulate(main)


def test_an_engine_without_accounts_runs_and_ends() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, accounts=lambda b: [])
        bench.known("r")
        async with bench:
            await bench.after(60)
            assert bench.task("tr").status is TaskStatus.RUNNING
            summary = await bench.core.sync()
            assert (summary.changed, summary.exit_code) == (0, 0)

    simulate(main)


def test_asking_about_one_task_returns_its_new_value_or_what_went_wrong() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, watch=False)
        bench.known("r", "gone")
        bench.script.task("r", body("r", "done", "R"))
        bench.script.task("gone", Gone("no such task"))
        async with bench:
            assert (await bench.core.ask("tr")).status is TaskStatus.DONE
            with pytest.raises(Gone):
                await bench.core.ask("tgone")
            with pytest.raises(NotFound):
                await bench.core.ask("nothing")

    simulate(main)


# -- who asks, and what is said


def test_a_second_process_says_who_asks_and_takes_over_when_that_one_ends() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.archive.lease = False
        bench.known("r")
        bench.script.task("r", body("r"))
        async with bench:
            await bench.after(5)
            assert bench.core.state.condition.asks_elsewhere == "process 7 on elsewhere since 2026-11-22 11:00 UTC"
            assert bench.state().link is ConnectionState.ELSEWHERE
            assert "process 7 on elsewhere" in bench.state().message
            assert bench.script.asked == []
            assert [event for event in bench.events if isinstance(event, ConditionChanged)]
            bench.archive.lease = True
            await bench.after(SHARE_EVERY + 1)
            assert bench.core.state.condition.asks_elsewhere == ""
            assert bench.state().link is ConnectionState.OK
            assert bench.script.times("fetch", "r")

    simulate(main)


def test_an_archive_that_refuses_the_lease_is_named_once_and_asked_again() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.archive.lease = ArchiveError("your role may not do that")
        bench.known("r")
        bench.script.task("r", body("r"))
        async with bench:
            await bench.after(5 * SHARE_EVERY)
            condition = bench.core.state.condition
            assert (condition.may_not_ask, condition.asks_elsewhere) == ("your role may not do that", "")
            assert bench.state().message == "not asked: your role may not do that"
            told = [entry for entry in bench.core.state.entries() if "may not do that" in entry.text]
            assert [entry.kind for entry in told] == ["problem"]
            assert bench.script.asked == []
            bench.archive.lease = True
            await bench.after(SHARE_EVERY + 1)
            assert bench.core.state.condition.may_not_ask == ""
            assert bench.script.times("fetch", "r")

    simulate(main)


def test_an_engine_that_only_does_what_it_is_told_waits_for_nobody() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, watch=False)
        bench.archive.lease = False
        async with bench:
            await bench.after(5)
            assert bench.core.state.condition == Condition()

    simulate(main)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (BadKey("the key is rejected", hint="check SCRIPTED_KEY"), "check SCRIPTED_KEY"),
        (RateLimited("asks to wait", retry_after=33), "try again in 33 s"),
        (Unreachable("no certificates", hint="check SSL_CERT_FILE"), "check SSL_CERT_FILE"),
    ],
)
def test_a_sync_says_what_to_do_next_and_counts_no_tasks_of_an_account_it_could_not_ask(
    trouble: Reply, words: str
) -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, watch=False)
        bench.script.default = trouble
        bench.script.pages = {None: trouble}
        async with bench:
            summary = await bench.core.sync()
            assert words in summary.errors["scripted"]
            assert summary.seen == {}

    simulate(main)


def test_what_cannot_be_saved_is_counted_told_and_over_when_it_can() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("a", "b")
        bench.script.task("a", body("a", "done", "A"))
        bench.script.task("b", body("b", "done", "B"))
        bench.archive.full = True
        async with bench:
            summary = await bench.core.sync()
            assert (summary.unsaved, summary.exit_code, summary.trouble) == (2, 1, "disk full")
            assert bench.core.state.condition.unsaved == 2
            bench.archive.full = False
            await bench.after(60)
            assert bench.core.state.condition == Condition()
            assert bench.archive.reports("ta") == ["A"]
            assert (await bench.core.sync()).exit_code == 0

    simulate(main)


def test_endings_failures_and_questions_are_lines_of_the_log() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.archive.rows["old"] = task("old", "r", status=TaskStatus.RUNNING)
        async with bench:
            state = bench.core.state
            state.put([replace(bench.task("old"), status=TaskStatus.WAITING)])
            state.put([replace(bench.task("old"), status=TaskStatus.FAILED, error="no luck")])
            state.put([task("history", "s", status=TaskStatus.DONE)])
            told = [(entry.kind, entry.task_id) for entry in state.entries() if entry.kind in {"waiting", "failed"}]
            assert told == [("waiting", "old"), ("failed", "old")]
            assert "failed: no luck" in bench.said()
            assert not [entry for entry in state.entries() if entry.task_id == "history"]

    simulate(main)


def test_lines_of_other_processes_are_shown_and_endings_found_by_them_are_told_once() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.archive.rows["t"] = task("t", "r", status=TaskStatus.RUNNING)
        async with bench:
            bench.archive.entries.append(LogEntry(EPOCH, "ended", "t is done", "t", "scripted"))
            bench.archive.foreign.append(replace(bench.task("t"), status=TaskStatus.DONE))
            await bench.after(10)
            ended = [entry for entry in bench.core.state.entries() if entry.kind == "ended"]
            assert [entry.text for entry in ended] == ["t is done"]
            assert len(set(bench.core.state.entries())) == len(bench.core.state.entries())

    simulate(main)
