"""What happens over several polls of one task: hostile sequences, each against a scripted provider."""

import json
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.corpora import case_params
from tests.engine.fakes import Bench, MemoryArchive, Reply, VirtualLoop, account, body, info, page, simulate
from tui.domain.capability import ConnectionState
from tui.domain.errors import BadKey, Forbidden, Gone, RateLimited, Unavailable, Unreachable
from tui.domain.task import TaskStatus
from tui.engine.ingest.merge import CHANGED_MIND, REFUSED, UNSAVED

ERRORS = {401: BadKey, 403: Forbidden, 404: Gone, 429: RateLimited, 500: Unavailable}
SPECIAL = {  # these have a test of their own below: they are about more than one task, or about the process
    "seq.duplicate_task_two_providers",
    "seq.same_task_listed_twice",
    "seq.clock_jump_forward",
    "seq.clock_jump_back",
    "seq.suspend_laptop",
    "seq.shutdown_mid_poll",
    "seq.kill_mid_save",
    "seq.disk_full_at_save",
}


def answer(step: Mapping[str, Any]) -> Reply:
    """Return what the provider says at one step."""
    if "net" in step:
        return Unreachable(str(step["net"]))
    if step["http"] != 200:
        wait = step.get("retry_after")
        return ERRORS[step["http"]](
            f"HTTP {step['http']}", http=step["http"], retry_after=None if wait is None else float(wait)
        )
    if "answers_for" in step:
        return body("other")
    numbers = {"progress": step.get("progress"), "iterations": [step["iterations"]] if "iterations" in step else None}
    counters = {name: value for name, value in numbers.items() if value is not None}
    return body("r", step["state"], step.get("report"), counters=counters)


async def play(bench: Bench, steps: list[Mapping[str, Any]]) -> None:
    """Let the provider answer step by step; a finished task is asked again because somebody refreshes it."""
    for step in steps:
        bench.script.task("r", answer(step))
        before = len(bench.script.times("fetch"))
        for _ in range(140):
            await bench.after(5)
            if len(bench.script.times("fetch")) > before:
                break
        else:
            await bench.core.refresh(["tr"])
            await bench.after(5)
        assert len(bench.script.times("fetch")) > before, "the task was not asked about"
        bench.script.fetches["r"] = deque([None])


@pytest.mark.parametrize(
    "case", [case for case in case_params("sequences.json") if case.values[0]["id"] not in SPECIAL]
)
def test_a_task_comes_through_its_sequence(case: Mapping[str, Any]) -> None:
    final = case["final"]

    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r", status=TaskStatus.UNKNOWN)
        async with bench:
            await play(bench, case["steps"])
            task = bench.task("tr")
        assert len(bench.core.state.store) == 1
        if "state" in final:
            assert task.status.value == final["state"]
        if "report" in final:
            assert bench.archive.shown_report("tr") == final["report"]
            assert task.has_report
        if "report_versions" in final:
            assert len(set(bench.archive.reports("tr"))) == final["report_versions"]
            assert bench.archive.shown_report("tr") == case["steps"][0]["report"], "the longer one stays in front"
        if "flag" in final:
            kind = {"not allowed": REFUSED}.get(final["flag"], CHANGED_MIND)
            assert any(note.startswith(kind) for note in task.warnings), task.warnings
        else:
            assert task.warnings == () or task.status.is_final, task.warnings
        if "max_requests" in final:
            assert len(bench.script.times("fetch")) <= final["max_requests"]

    simulate(main)


def test_every_sequence_is_played(shared: Path) -> None:
    known = {case["id"] for case in json.loads((shared / "hostile" / "sequences.json").read_text())["cases"]}
    assert known > SPECIAL


def test_no_request_is_made_earlier_than_a_storm_of_429_allows() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        storm = [RateLimited("slow down", http=429, retry_after=2.0)] * 5
        bench.script.task("r", *storm, body("r", "done", "R1"))
        async with bench:
            await bench.after(1)
            assert bench.state().link is ConnectionState.RATE_LIMITED
            assert bench.state().next_try is not None
            await bench.after(300)
            asked = bench.script.times("fetch")
            assert len(asked) == 6
            assert all(later - earlier >= 2.0 for earlier, later in pairwise(asked))
            assert bench.task("tr").status is TaskStatus.DONE
            assert bench.state().link is ConnectionState.OK

    simulate(main)


def test_a_rejected_key_pauses_the_provider_and_says_which_variable_to_fix() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", BadKey("unauthorized", http=401))
        bench.script.pages = {None: BadKey("unauthorized", http=401)}
        async with bench:
            await bench.after(1)
            assert bench.state().link is ConnectionState.BAD_KEY
            assert "SCRIPTED_KEY" in bench.state().message
            asked = len(bench.script.asked)
            await bench.after(3600)
            assert len(bench.script.asked) - asked <= 7, "one probe in ten minutes"
            assert bench.task("tr").status is TaskStatus.RUNNING

    simulate(main)


def test_the_same_id_at_two_providers_is_two_tasks() -> None:
    async def main(loop: VirtualLoop) -> None:
        same = "11111111-2222-4333-8444-555555555555"
        bench = Bench(
            loop,
            accounts=lambda b: [account(b.script, info("one")), account(b.script, info("two"))],
        )
        bench.script.pages = {None: page({"id": same, "status": "running"})}
        bench.script.task(same, body(same))
        async with bench:
            await bench.after(30)
            keys = {task.key for task in bench.core.state.store}
            assert keys == {("one", "default", same), ("two", "default", same)}

    simulate(main)


def test_the_same_task_listed_twice_is_one_task() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        twice = {"id": "r", "status": "running"}
        bench.script.pages = {None: page(twice, twice, cursor="2"), "2": page(twice)}
        bench.script.task("r", body("r"))
        async with bench:
            await bench.after(600)
            assert bench.only().remote_id == "r"
            assert len(bench.archive.rows) == 1

    simulate(main)


@pytest.mark.parametrize("jump", [timedelta(hours=2), timedelta(days=-1)])
def test_a_jump_of_the_wall_clock_neither_hastens_nor_stops_polling(jump: timedelta) -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r"))
        async with bench:
            await bench.after(300)
            before = len(bench.script.times("fetch"))
            bench.clock.skew = jump
            await bench.after(300)
            after = len(bench.script.times("fetch")) - before
            assert 300 / 16.5 - 2 <= after <= 300 / 15 + 1
            assert bench.task("tr").status is TaskStatus.RUNNING

    simulate(main)


def test_a_laptop_that_slept_catches_up_once_per_task_within_one_interval() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        names = [f"r{number}" for number in range(30)]
        bench.known(*names)
        for name in names:
            bench.script.task(name, body(name))
        async with bench:
            await bench.after(120)
            loop.jump(8 * 3600)
            woke = loop.time()
            for name in names:
                bench.script.task(name, body(name, "done", f"report {name}"))
            await bench.after(17)
            asked = [(at, what) for at, kind, what in bench.script.asked if kind == "fetch" and at >= woke]
            assert sorted(what for _, what in asked) == sorted(names), "one poll per task"
            busiest = max(sum(1 for at, _ in asked if begin <= at < begin + 1) for begin, _ in asked)
            assert busiest <= 8, "spread out"
            assert all(task.status is TaskStatus.DONE for task in bench.core.state.store)

    simulate(main)


def test_quitting_during_a_poll_is_quick_and_leaves_the_last_saved_state() -> None:
    async def main(loop: VirtualLoop) -> float:
        bench = Bench(loop)
        bench.known("r")

        async def never() -> Any:
            await loop.create_future()

        bench.script.task("r", never)
        async with bench:
            await bench.after(5)
            assert bench.script.under_way == 1
            begun = loop.time()
        assert bench.row("tr").status is TaskStatus.RUNNING
        return loop.time() - begun

    assert simulate(main) <= 0.1


def test_a_kill_between_answer_and_reading_loses_nothing_at_the_next_start() -> None:
    async def killed(loop: VirtualLoop) -> MemoryArchive:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r", "done", "R1"))
        bench.archive.save_reading = lambda *_: Future()  # type: ignore[method-assign]
        async with bench:
            await bench.after(5)
        return bench.archive

    async def again(loop: VirtualLoop) -> None:
        bench = Bench(loop, archive=MemoryArchive(before.rows, before.answers))
        assert bench.archive.answers["tr"], "the bytes were stored before anybody read them"
        assert bench.row("tr").status is TaskStatus.RUNNING
        bench.script.task("r", body("r", "done", "R1"))
        async with bench:
            await bench.after(20)
            assert bench.task("tr").status is TaskStatus.DONE
            assert bench.archive.shown_report("tr") == "R1"

    before = simulate(killed)
    simulate(again)


def test_a_full_disk_keeps_the_report_in_memory_says_so_and_saves_it_later() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r"), body("r", "done", "R1"))
        async with bench:
            await bench.after(3)
            bench.archive.full = True
            await bench.after(60)
            task = bench.task("tr")
            assert task.status is TaskStatus.DONE
            assert any(note.startswith(UNSAVED) and "will try again" in note for note in task.warnings)
            detail = await bench.core.details.detail("tr")
            assert detail is not None
            assert detail.report is not None
            assert detail.report.text == "R1"
            assert bench.row("tr").status is TaskStatus.RUNNING
            bench.script.fetches.clear()
            bench.archive.full = False
            await bench.after(60)
            assert bench.archive.shown_report("tr") == "R1"
            assert bench.row("tr").status is TaskStatus.DONE
            assert bench.task("tr").warnings == ()

    simulate(main)
