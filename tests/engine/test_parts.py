"""The small parts of the engine, each on its own."""

import ctypes
import sys
import threading
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest import mock
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.fakes import EPOCH, Bench, MemoryArchive, Script, VirtualLoop, account, body, page, simulate
from tui.domain.errors import NotFound
from tui.domain.task import Task, TaskStatus
from tui.engine.detail_cache import LATEST
from tui.engine.executor import DaemonExecutor
from tui.engine.files.saved_detail import read_detail
from tui.engine.memory import return_free_memory, share_heap
from tui.engine.polling.discovery import new_id
from tui.engine.ports import ResponseFingerprint, StoredResponse
from tui.engine.runtime import SystemClock
from tui.engine.state.state import LOG_LINES, EngineState
from tui.engine.state.task_store import TaskStore


def task(name: str, remote_id: str | None = None, **values: object) -> Task:
    return replace(Task(name, "p", remote_id), **values)  # type: ignore[arg-type]


# -- store


def test_an_equal_value_is_no_event() -> None:
    told: list[frozenset[str]] = []
    store = TaskStore(told.append)
    assert store.put([task("a"), task("b")]) == {"a", "b"}
    assert store.put([task("a"), replace(task("b"))]) == frozenset()
    assert store.put([task("a", title="new")]) == {"a"}
    assert told == [{"a", "b"}, {"a"}]
    assert len(store) == 2


def test_a_snapshot_does_not_change() -> None:
    store = TaskStore()
    store.put([task("a")])
    first = store.snapshot()
    store.put([task("b")])
    store.remove(["a"])
    assert set(first) == {"a"}
    assert set(store.snapshot()) == {"b"} == {one.id for one in store}


def test_tasks_are_found_by_what_their_provider_calls_them() -> None:
    store = TaskStore()
    store.put([task("a", "r")])
    assert store.find("p", "default", "r") == task("a", "r")
    assert store.find("q", "default", "r") is None
    store.put([task("a", "s")])
    assert store.find("p", "default", "r") is None
    store.remove(["a", "never there"])
    assert store.find("p", "default", "s") is None
    assert store.get("a") is None


def test_only_unfinished_tasks_without_a_remote_id_are_orphans() -> None:
    store = TaskStore()
    store.put([task("a"), task("b", "r"), task("c", status=TaskStatus.FAILED), task("d", account="work")])
    assert [one.id for one in store.orphans("p", "default")] == ["a"]
    store.put([task("a", "s")])
    assert store.orphans("p", "default") == []


@given(
    st.lists(
        st.builds(
            task,
            st.sampled_from("abcd"),
            st.none() | st.sampled_from("rs"),
            status=st.sampled_from([TaskStatus.RUNNING, TaskStatus.FAILED]),
        ),
        max_size=20,
    )
)
def test_the_indexes_of_the_store_always_agree_with_its_tasks(tasks: list[Task]) -> None:
    store = TaskStore()
    for one in tasks:
        store.put([one])
        assert store.get(one.id) == one
    kept = list(store.snapshot().values())
    remotes = [one.key for one in kept if one.remote_id]
    assert len(remotes) == len(set(remotes)), "one remote id is one task"
    for one in kept:
        if one.remote_id:
            assert store.find(one.provider, one.account, one.remote_id) == one
    orphans = [one for one in kept if one.remote_id is None and not one.status.is_final]
    assert sorted(one.id for one in store.orphans("p", "default")) == sorted(one.id for one in orphans)


# -- state


def test_the_log_is_bounded_cleaned_and_of_one_line() -> None:
    state = EngineState(SystemClock())
    for number in range(LOG_LINES + 10):
        state.log("test", f"line {number}\n\x1b[2Jnext {'x' * 1000}")
    entries = state.entries()
    assert len(entries) == LOG_LINES
    assert entries[-1].text.startswith(f"line {LOG_LINES + 9} ␛[2Jnext")
    assert len(entries[-1].text) <= 500


# -- threads


def test_calls_run_on_daemon_threads_and_bring_back_values_and_errors() -> None:
    executor = DaemonExecutor(threads=2)
    assert executor.submit(lambda: threading.current_thread().daemon).result(60) is True
    with pytest.raises(ZeroDivisionError):
        executor.submit(lambda: 1 // 0).result(60)
    executor.shutdown()


def test_a_hanging_call_does_not_keep_others_from_running() -> None:
    executor, go_on = DaemonExecutor(threads=2), threading.Event()
    hanging = executor.submit(go_on.wait, 10)
    assert executor.submit(lambda: 7).result(60) == 7
    go_on.set()
    assert hanging.result(60) is True
    executor.shutdown()


def test_a_call_cancelled_before_it_began_never_runs() -> None:
    executor, go_on, ran = DaemonExecutor(threads=1), threading.Event(), threading.Event()
    first = executor.submit(go_on.wait, 10)
    waiting = executor.submit(ran.set)
    assert waiting.cancel()
    go_on.set()
    assert first.result(60)
    assert executor.submit(ran.is_set).result(60) is False
    executor.shutdown()


def test_an_executor_that_got_no_thread_can_be_shut_down(monkeypatch: pytest.MonkeyPatch) -> None:
    executor = DaemonExecutor(threads=2)
    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", Mock(side_effect=RuntimeError("can't start new thread")))
        with pytest.raises(RuntimeError, match="new thread"):
            executor.submit(int)
    executor.shutdown()


def test_idle_threads_are_used_again() -> None:
    executor = DaemonExecutor(threads=8)
    names = {executor.submit(lambda: threading.current_thread().name).result(60) for _ in range(20)}
    assert len(names) <= 2
    executor.shutdown()


def test_its_threads_have_ended_when_it_is_shut_down_but_for_one_that_hangs() -> None:
    """A thread that imports something while the interpreter ends makes that crash."""
    executor, go_on, begun = DaemonExecutor(threads=2, name="ending"), threading.Event(), threading.Event()
    executor.submit(begun.wait, 10)
    begun.set()
    executor.shutdown()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ending")]
    hanging = DaemonExecutor(threads=2, name="hanging")
    waits = hanging.submit(go_on.wait, 60)
    hanging.shutdown()
    assert not waits.done(), "it holds nobody"
    go_on.set()


# -- ids


def test_local_ids_are_short_easy_to_type_and_do_not_repeat() -> None:
    ids = {new_id() for _ in range(5000)}
    assert len(ids) == 5000
    assert all(len(one) == 10 and not set(one) & set("01ilo") for one in ids)


# -- details


def test_a_detail_is_read_once_while_its_answer_stays_the_same() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r", "done", "R"))
        async with bench:
            await bench.after(5)
            reader: Any = bench.core.workers["scripted"].connection.reader.inner
            first = await bench.core.details.detail("tr")
            read = reader.read
            assert await bench.core.details.detail("tr") == first
            assert reader.read == read

    simulate(main)


def test_only_the_latest_details_stay_in_memory() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        names = [f"r{number}" for number in range(LATEST + 5)]
        bench.known(*names)
        for name in names:
            bench.script.task(name, body(name, "done", f"report {name}"))
        async with bench:
            await bench.after(60)
            for name in names:
                detail = await bench.core.details.detail(f"t{name}")
                assert detail is not None
                assert detail.report is not None
                assert detail.report.text == f"report {name}"
            assert len(bench.core.details._latest) == LATEST
            assert len(bench.core.pipeline._looked_at) <= LATEST
            bench.core.pipeline._looked_at.clear()
            with mock.patch.object(bench.archive, "current_answer", side_effect=AssertionError("read again")):
                assert await bench.core.details.detail(f"t{names[-1]}") == detail

    simulate(main)


def test_a_task_without_an_answer_has_a_detail_of_what_is_known() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r", prompt="Why?")
        bench.known("x", provider="gone")
        bench.archive.save_answer("tx", b"{}", digest="d", received_at=bench.clock.now(), final=False)
        bench.script.pages = {None: page()}
        detail = await bench.core.details.detail("tr")
        assert detail is None, "nothing is loaded yet"
        bench.core.load()
        detail = await bench.core.details.detail("tr")
        assert detail is not None
        assert detail.task.prompt == "Why?"
        stranger = await bench.core.details.detail("tx")
        assert stranger is not None
        assert "no provider" in stranger.problems[0]

    simulate(main)


def test_a_stored_answer_that_cannot_be_read_is_said_in_the_detail() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.archive.save_answer("tr", b"<html>", digest="d", received_at=bench.clock.now(), final=True)
        bench.core.load()
        detail = await bench.core.details.detail("tr")
        assert detail is not None
        assert detail.problems == ("kept, could not be read: not JSON",)

    simulate(main)


class _Archive(MemoryArchive):
    def task(self, task_id: str) -> Task:
        if task_id not in self.rows:
            raise NotFound("no such task")
        return self.rows[task_id]


def test_a_detail_can_be_read_without_an_engine() -> None:
    archive = _Archive({"t": Task("t", "unheard of", "r")})
    assert read_detail(archive, "t").task.id == "t"
    with pytest.raises(NotFound):
        read_detail(archive, "x")


def test_accounts_are_told_apart_by_name() -> None:
    assert account(Script()).key == "scripted"
    assert replace(account(Script()), name="work").key == "scripted:work"


def test_the_c_library_is_told_about_memory_where_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, ...]] = []
    library = SimpleNamespace(malloc_trim=lambda *it: told.append(it), mallopt=lambda *it: told.append(it))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: library)
    share_heap()
    return_free_memory()
    assert told == [(-8, 1), (0,)]
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace())  # of another system
    share_heap()
    return_free_memory()
    monkeypatch.setitem(sys.modules, "ctypes", None)  # a Python that was built without it
    share_heap()
    return_free_memory()


def test_answers_of_many_tasks_that_are_looked_up_together_are_not_in_memory_together() -> None:
    alive = most = 0

    class Body(bytes):
        """Bytes that tell when they are freed."""

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def stored(_: str) -> StoredResponse:
        nonlocal alive, most
        alive += 1
        most = max(most, alive)
        return StoredResponse(Body(b"{}"), "", EPOCH)

    async def main(loop: VirtualLoop) -> None:
        pipeline = Bench(loop).core.pipeline
        tasks = [task(f"t{number}", f"r{number}", status=TaskStatus.RUNNING) for number in range(50)]
        mark = ResponseFingerprint("", None, 3)
        with mock.patch.multiple(pipeline.archive, mark=lambda _: mark, current_answer=stored):
            assert len(await pipeline.watches(tasks)) == 50

    simulate(main)
    assert 0 < most <= 2
