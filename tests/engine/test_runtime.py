"""The engine in its own thread: values out, commands in, ended within two seconds whatever hangs."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.fakes import MemoryArchive, Script, account, body, page
from tests.engine.sockets import WAIT, Events
from tui.config.accounts import Account as Configured
from tui.config.keys import FoundKey
from tui.domain.actions import Cancel
from tui.domain.capability import ConnectionState
from tui.domain.errors import ConfigError, DivewatchError, NotFound, UsageError
from tui.domain.provider import Draft, Response
from tui.domain.secret import Secret
from tui.domain.task import Task, TaskStatus
from tui.engine.api import TasksChanged
from tui.engine.polling.connection import account_of
from tui.engine.runtime import Runtime, SystemClock

SOON = 20.0  # seconds; two are promised, the rest is for a busy machine


@pytest.fixture
def script() -> Script:
    return Script(SystemClock())


@pytest.fixture
def archive() -> MemoryArchive:
    return MemoryArchive()


@pytest.fixture
def runtime(script: Script, archive: MemoryArchive) -> Iterator[Runtime]:
    made = Runtime(archive, [account(script)])
    yield made
    made.close()


def test_a_task_is_followed_to_its_end_on_the_engines_own_thread(runtime: Runtime, script: Script) -> None:
    script.pages = {None: page({"id": "r", "status": "running"})}
    script.task("r", body("r", "done", "R"))
    threads: set[str] = set()
    runtime.subscribe(lambda event: threads.add(threading.current_thread().name))
    events = Events(runtime)
    runtime.start()
    events.until(lambda: any(task.status is TaskStatus.DONE for task in runtime.tasks().values()))
    assert threads == {"divewatch-engine"}
    (task,) = runtime.tasks().values()
    assert runtime.task(task.id) == task
    detail = runtime.detail(task.id).result(WAIT)
    assert detail is not None
    assert detail.report is not None
    assert detail.report.text == "R"
    assert detail.task == task


def test_what_the_archive_knows_is_there_before_the_first_request(
    runtime: Runtime, script: Script, archive: MemoryArchive
) -> None:
    archive.rows["t"] = Task("t", "scripted", "r", status=TaskStatus.DONE, has_report=True)
    assert list(runtime.providers()) == ["scripted"]
    assert runtime.providers()["scripted"].link is ConnectionState.STARTING
    runtime.start()
    assert list(runtime.tasks()) == ["t"]


def test_a_snapshot_never_changes_under_its_reader(runtime: Runtime, script: Script) -> None:
    script.pages = {None: page({"id": "r", "status": "running"})}
    script.task("r", body("r"))
    before = runtime.tasks()
    runtime.start()
    Events(runtime).until(lambda: len(runtime.tasks()) == 1)
    assert len(before) == 0
    with pytest.raises(TypeError):
        runtime.tasks()["x"] = next(iter(runtime.tasks().values()))  # type: ignore[index]


def test_commands_come_back_as_futures(runtime: Runtime, script: Script, tmp_path: Path) -> None:
    script.creates.append(body("r", "queued"))
    script.task("r", body("r"))
    script.task("s", body("s"))
    script.acts.append(b'{"message": "cancelled"}')
    runtime.start()
    created = runtime.create("scripted", Draft("Why?")).result(WAIT)
    assert runtime.act(created.id, Cancel()).result(WAIT).message == "cancelled"
    assert runtime.track("scripted", "s").result(WAIT).remote_id == "s"
    assert runtime.download(created.id, "https://a.example/x", tmp_path / "x").result(WAIT) == 42
    assert runtime.sync().result(WAIT).exit_code == 0
    assert runtime.detail("nothing").result(WAIT) is None
    runtime.refresh()
    runtime.reload([created.id])
    runtime.pause(True)
    runtime.pause(False)
    assert any(entry.text.startswith("brief sent") for entry in runtime.log())


def test_a_failed_command_fails_its_future_with_an_error_that_can_be_shown(runtime: Runtime) -> None:
    runtime.start()
    with pytest.raises(UsageError, match="no account"):
        runtime.create("nobody", Draft("x")).result(WAIT)
    with pytest.raises(NotFound):
        runtime.act("nothing", Cancel()).result(WAIT)


def test_a_mistake_of_our_own_fails_the_future_too(runtime: Runtime, archive: MemoryArchive) -> None:
    def broken(task_id: str) -> Any:
        raise ZeroDivisionError("oops")

    archive.rows["t"] = Task("t", "scripted", "r", status=TaskStatus.DONE, has_report=True)
    archive.current_answer = broken  # type: ignore[method-assign]
    runtime.start()
    with pytest.raises(DivewatchError, match="ZeroDivisionError: oops"):
        runtime.detail("t").result(WAIT)


def test_a_cancelled_future_cancels_nothing(runtime: Runtime, script: Script, archive: MemoryArchive) -> None:
    asked, go_on = threading.Event(), threading.Event()

    async def slow() -> Response:
        asked.set()
        await asyncio.get_running_loop().run_in_executor(None, go_on.wait, WAIT)
        return Response(200, body("r", "queued"), SystemClock().now())

    script.creates.append(slow)
    script.task("r", body("r"))
    runtime.start()
    events = Events(runtime)
    future = runtime.create("scripted", Draft("Why?"))
    assert asked.wait(WAIT)
    assert future.cancel()
    go_on.set()
    events.until(lambda: any(task.remote_id == "r" for task in runtime.tasks().values()))


@pytest.mark.parametrize("where", ["fetch", "page", "create", "close", "thread", "settings"])
def test_it_ends_within_two_seconds_whatever_hangs(
    where: str, script: Script, archive: MemoryArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = threading.Event()
    never = threading.Event()

    async def hang(*_: object) -> Any:
        reached.set()
        while True:
            try:
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                continue  # the rudest of all clients

    async def answered() -> Response:
        reached.set()
        return Response(200, body("r"), SystemClock().now())

    def block(*_: object) -> Any:
        reached.set()
        never.wait(WAIT)

    made = account(script)
    archive.rows["t"] = Task("t", "scripted", "r", status=TaskStatus.RUNNING)
    script.task("r", body("r"))
    if where == "fetch":
        script.task("r", hang)
    elif where == "close":
        script.task("r", answered)
        monkeypatch.setattr("tests.engine.fakes.ScriptedClient.close", hang)
    elif where == "page":
        script.pages = {None: hang}
    elif where == "create":
        script.creates.append(hang)
    elif where == "thread":
        archive.mark = block  # type: ignore[method-assign,assignment]
    else:
        made = type(made)(made.provider, block)
    runtime = Runtime(archive, [made])
    runtime.start()
    pending = runtime.create("scripted", Draft("Why?")) if where == "create" else None
    assert reached.wait(WAIT)
    begun = time.monotonic()
    runtime.close()
    assert time.monotonic() - begun < SOON
    if pending is not None:
        with pytest.raises(DivewatchError, match="ended before the answer came"):
            pending.result(0)
        (row,) = [row for row in archive.rows.values() if row.id != "t"]
        assert row.remote_id is None
        assert row.prompt == "Why?"
    never.set()


def test_closing_twice_or_before_the_start_is_harmless_and_commands_then_fail(
    script: Script, archive: MemoryArchive
) -> None:
    runtime = Runtime(archive, [account(script)])
    runtime.close()
    runtime.close()
    with pytest.raises(DivewatchError, match="closed"):
        runtime.sync().result(WAIT)
    runtime.refresh()
    runtime.pause(True)


def test_a_process_ends_although_a_client_and_a_thread_hang() -> None:
    code = """
import sys, threading, time
from tests.engine.fakes import *
from tui.engine.runtime import Runtime, SystemClock
script = Script(SystemClock())
async def hang():
    await asyncio.get_running_loop().run_in_executor(None, time.sleep, 600)
script.pages = {None: hang}
runtime = Runtime(MemoryArchive(), [account(script)])
asked = threading.Event()
runtime.start()
while not script.asked:
    asked.wait(0.01)
runtime.close()
print("closed")
"""
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False)
    assert (done.stdout, done.returncode) == ("closed\n", 0), done.stderr
    assert time.monotonic() - begun < 120


def test_listeners_may_leave(runtime: Runtime, script: Script) -> None:
    heard: list[object] = []
    stop = runtime.subscribe(heard.append)
    stop()
    stop()
    script.pages = {None: page({"id": "r", "status": "running"})}
    script.task("r", body("r"))
    events = Events(runtime)
    runtime.start()
    events.until(lambda: any(isinstance(event, TasksChanged) for event in events.seen))
    assert heard == []


# -- accounts as configured


def test_a_configured_account_becomes_one_the_engine_can_use(tmp_path: Path) -> None:
    found = Configured(
        "valyu", "work", "http://localhost:1", FoundKey(Secret("val-1234567890"), "VALYU_API_KEY"), tmp_path
    )
    made = account_of(found)
    assert made.key == "valyu:work"
    settings = made.settings()
    assert (settings.base_url, settings.account, settings.ca_file) == ("http://localhost:1", "work", tmp_path)
    assert settings.key == Secret("val-1234567890")


def test_an_account_whose_key_cannot_be_used_says_why() -> None:
    made = account_of(Configured("extruct", "default", "http://localhost:1", None, None, "key file is readable by all"))
    assert made.key == "extruct"
    with pytest.raises(ConfigError, match="readable by all"):
        made.settings()
    without = account_of(Configured("yutori", "default", "http://localhost:1", None))
    assert without.settings().key is None


def test_no_http_code_is_imported_before_the_engine_asks() -> None:
    code = """
import sys
from tests.engine.fakes import MemoryArchive
from tui.config.accounts import Account
from tui.engine.runtime import Runtime
accounts = [Account(name, "default", "http://localhost:1", None) for name in ("extruct", "yutori", "valyu")]
runtime = Runtime(MemoryArchive(), accounts)
print([name for name in ("httpx", "textual", "markdown_it", "pydantic") if name in sys.modules])
runtime.close()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout.strip() in {"[]", "['pydantic']"}, done.stderr
