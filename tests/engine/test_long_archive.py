"""The engine on an archive that is longer than what it keeps at hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive.make import a_task
from tests.engine.fakes import Script, account, page
from tests.engine.sockets import WAIT, Events
from tui.domain.errors import ArchiveError
from tui.domain.task import Task
from tui.engine.archive import Archive
from tui.engine.runtime import Runtime, SystemClock


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    for place in ("tui.engine.archive.archive", "tui.engine.loading"):
        monkeypatch.setattr(f"{place}.MOST_LOADED", 2)
    monkeypatch.setattr("tui.engine.loading.OLDER_AT_ONCE", 3)
    with Archive.open(tmp_path / "archive.db") as opened:
        tasks = [a_task(f"t{n}", provider="scripted", remote_id=f"r{n}", has_report=True) for n in range(9)]
        opened.put_tasks(tasks).result(60)
        yield opened


@pytest.fixture
def script() -> Script:
    return Script(SystemClock())


@pytest.fixture
def runtime(script: Script, archive: Archive) -> Iterator[Runtime]:
    engine = Runtime(archive, [account(script)], watch=False)
    engine.start()
    try:
        yield engine
    finally:
        engine.close()


def at_hand(runtime: Runtime) -> set[str]:
    return {*runtime.tasks()}


def test_the_newest_are_at_hand_and_older_pages_when_asked_for(runtime: Runtime) -> None:
    assert at_hand(runtime) == {"t8", "t7"}
    assert runtime.condition().older
    events = Events(runtime)
    runtime.older()
    runtime.older()  # the same wish twice is one page, or two in order
    events.until(lambda: {"t6", "t5", "t4"} <= at_hand(runtime))
    while runtime.condition().older:  # a wish while a page is being read is the same one
        before = at_hand(runtime)
        runtime.older()
        events.until(lambda before=before: at_hand(runtime) != before or not runtime.condition().older)  # type: ignore[misc]
    assert at_hand(runtime) == {f"t{n}" for n in range(9)}


def test_an_old_task_that_is_named_is_at_hand_from_then_on(runtime: Runtime) -> None:
    detail = runtime.detail("t1").result(WAIT)
    assert detail is not None
    assert detail.task.remote_id == "r1"
    assert at_hand(runtime) == {"t8", "t7", "t1"}
    runtime.recall(["t2", "t8", "nobody"]).result(WAIT)
    assert at_hand(runtime) == {"t8", "t7", "t2", "t1"}
    assert runtime.detail("nobody").result(WAIT) is None


def test_an_old_task_in_its_providers_list_is_known_and_not_a_new_one(
    runtime: Runtime, script: Script, archive: Archive
) -> None:
    script.pages = {None: page({"id": "r3", "status": "done", "title": "as the list has it"})}
    runtime.sync().result(WAIT)
    assert at_hand(runtime) == {"t8", "t7", "t3"}
    assert len(archive.tasks()) == 9
    assert runtime.track("scripted", "r0").result(WAIT).id == "t0"


def test_what_is_not_saved_of_an_old_task_is_asked_for(archive: Archive, script: Script) -> None:
    archive.put_tasks([a_task("t0", provider="scripted", remote_id="r0")]).result(60)
    engine = Runtime(archive, [account(script)], watch=False)
    engine.start()
    try:
        assert {*engine.tasks()} == {"t8", "t7", "t0"}
    finally:
        engine.close()


def test_a_page_that_cannot_be_read_is_read_later(
    runtime: Runtime, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(limit: int, after: str) -> list[Task]:
        raise ArchiveError("the disk is away")

    with monkeypatch.context() as broken:
        broken.setattr(archive, "tasks", fails)
        runtime.older()
        runtime.recall([]).result(WAIT)  # it is this engine's next
    assert runtime.condition().older
    while "t4" not in at_hand(runtime):
        runtime.older()
        runtime.detail("t8").result(WAIT)
