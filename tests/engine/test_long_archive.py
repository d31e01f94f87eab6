"""The engine on an archive that is longer than what it keeps at hand."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.archive.make import NOW, a_task
from tests.engine.fakes import Script, account, page
from tests.engine.sockets import WAIT, Events
from tui.domain.away import Away
from tui.domain.errors import ArchiveError, NotFound
from tui.domain.task import Task, TaskStatus
from tui.engine.archive import Archive
from tui.engine.ports import NO_CHANGES, Changes
from tui.engine.runtime import Runtime, SystemClock


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    for place in ("tui.engine.archive.task_queries", "tui.engine.loading"):
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


def test_a_view_has_its_older_tasks_and_no_others(runtime: Runtime, archive: Archive) -> None:
    failed = [a_task(f"t{n}", provider="scripted", remote_id=f"r{n}", status=TaskStatus.FAILED) for n in (0, 1, 2, 4)]
    archive.put_tasks(failed).result(60)
    events = Events(runtime)
    runtime.older("status:failed")
    events.until(lambda: at_hand(runtime) == {"t8", "t7", "t4", "t2", "t1"})
    assert runtime.condition().all_of == frozenset()
    runtime.older("status:failed")
    events.until(lambda: runtime.condition().all_of == {"status:failed"})
    assert at_hand(runtime) == {"t8", "t7", "t4", "t2", "t1", "t0"}
    assert runtime.condition().older, "of all the others only some are at hand"
    runtime.older()
    events.until(lambda: {"t6", "t5"} <= at_hand(runtime))


def test_the_end_of_a_copy_is_not_the_end_of_the_archive(
    runtime: Runtime, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as while_away:
        while_away.setattr(Archive, "away", Away(NOW, None))
        while_away.setattr(archive, "tasks", lambda limit, after, terms: archive.named(["t6"]))
        for terms in ("", "status:done"):
            runtime._submit(partial(runtime._core.loading.older, terms)).result(WAIT)
    assert runtime.condition().older
    assert not runtime.condition().all_of
    events = Events(runtime)
    runtime.older("status:done")
    events.until(lambda: {"t6", "t5", "t4"} <= at_hand(runtime))


def test_all_of_a_group_is_at_hand_once_it_is_asked_for(runtime: Runtime, archive: Archive) -> None:
    group = [a_task(f"t{n}", provider="scripted", remote_id=f"r{n}", group_id="g") for n in (8, 3, 1)]
    archive.put_tasks(group).result(60)
    runtime.together(["t8"]).result(WAIT)
    assert at_hand(runtime) == {"t8", "t7", "t3", "t1"}


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


def test_an_old_task_that_a_list_names_as_it_is_known_has_not_changed(
    runtime: Runtime, script: Script, archive: Archive
) -> None:
    known = archive.task("t3")
    script.pages = {None: page({"id": "r3", "status": "done", "title": known.title})}
    assert runtime.sync().result(WAIT).changed == 0
    script.pages = {None: page({"id": "r99", "status": "done", "title": "a new one"})}
    assert runtime.sync().result(WAIT).changed == 1
    assert len(at_hand(runtime)) == 4


def test_a_page_that_is_at_hand_already_is_passed_over(runtime: Runtime) -> None:
    runtime.recall(["t6", "t5", "t4"]).result(WAIT)  # a list or a search had them
    events = Events(runtime)
    runtime.older()
    events.until(lambda: {"t3", "t2", "t1"} <= at_hand(runtime))


def test_a_page_after_a_task_that_was_removed_for_good_begins_again(
    runtime: Runtime, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def removed(limit: int, after: str) -> list[Task]:
        raise NotFound("the task that this page follows was removed meanwhile")

    with monkeypatch.context() as once:
        once.setattr(archive, "tasks", removed)
        runtime.older()
        runtime.recall([]).result(WAIT)
        runtime.detail("t8").result(WAIT)
    while "t4" not in at_hand(runtime):
        assert runtime.condition().older
        runtime.older()
        runtime.detail("t8").result(WAIT)


def test_older_tasks_are_there_and_known_once_a_server_answers_whose_copy_has_only_a_few(
    archive: Archive, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = archive.load_tasks()
    changes = iter([Changes(newest, whole=True)])
    monkeypatch.setattr(archive, "load_tasks", lambda known: [*newest[:1]])
    monkeypatch.setattr(archive, "foreign_changes", lambda: next(changes, NO_CHANGES))
    engine = Runtime(archive, [account(script)], watch=False)
    engine._core.load()
    assert not engine.condition().older
    events = Events(engine)
    engine._thread.start()
    try:
        events.until(lambda: engine.condition().older and at_hand(engine) == {"t8", "t7"})
        engine.older()
        events.until(lambda: {"t6", "t5", "t4"} <= at_hand(engine))
    finally:
        engine.close()


def test_a_provider_lists_an_old_task_that_no_page_has_and_it_is_known(
    archive: Archive, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "load_tasks", lambda known: [archive.task("t8")])  # all that a copy here has
    engine = Runtime(archive, [account(script)], watch=False)
    engine.start()
    try:
        assert not engine.condition().older
        script.pages = {None: page({"id": "r3", "status": "done", "title": "as the list has it"})}
        engine.sync().result(WAIT)
        assert at_hand(engine) == {"t8", "t3"}
        assert archive.task("t3").has_report
    finally:
        engine.close()
