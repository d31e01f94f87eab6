"""Several processes on one archive: one polls, all see each other's changes, nobody is ever told of a lock."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from tests.archive.make import a_task, file_store, save
from tui.domain.annotations import NO_ANNOTATIONS, Annotations
from tui.domain.errors import ArchiveError
from tui.domain.task import TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.annotations import AnnotationStore
from tui.engine.archive.sqlite.checkpoint import Checkpointer, log_of
from tui.engine.archive.sqlite.lock import KernelLock, lock_beside
from tui.engine.ports import NO_CHANGES, Changes

HOLDER = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
from tui.engine.archive import Archive
archive = Archive.open(Path({file!r}))
print(archive.take_lease(), flush=True)
sys.stdin.read()
"""

WRITER = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
from tests.archive.make import *
archive = Archive.open(Path({file!r}))
for number in range(60):
    save(archive, a_task("{name}%d" % number), "text %d " % number * 200)
    archive.put_tasks([a_task("common", title="{name} %d" % number)]).result(60)
print(archive.notes, archive.close(20))
"""


def start(code: str, path: Path, **more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", code.format(path=sys.path, file=str(path), **more)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_only_one_process_polls_and_kill_frees_the_lease(archive: Archive) -> None:
    with start(HOLDER, archive.path) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        assert not archive.take_lease()
        assert archive.lease_holder().startswith(f"process {holder.pid} on ")
        holder.send_signal(signal.SIGKILL)
        holder.wait(60)
    assert archive.take_lease()
    assert archive.take_lease(), "the holder keeps it"
    assert archive.lease_holder().startswith(f"process {os.getpid()} on ")


def test_a_lease_given_back_is_another_ones(archive: Archive) -> None:
    with Archive.open(archive.path) as other:
        assert archive.take_lease()
        assert not other.take_lease()
        archive.release_lease()
        assert other.take_lease()
    assert archive.take_lease(), "closing gives it back"


def test_changes_of_others_are_seen_once_and_own_ones_never(archive: Archive) -> None:
    save(archive, a_task("mine"), "x")
    with Archive.open(archive.path) as other:
        assert other.foreign_changes() == NO_CHANGES
        save(archive, a_task("mine", status=TaskStatus.RUNNING), "y")
        save(other, a_task("theirs"), "z")
        assert [task.status for task in other.foreign_changes().tasks] == [TaskStatus.RUNNING]
        assert other.foreign_changes() == NO_CHANGES
        assert [task.id for task in archive.foreign_changes().tasks] == ["theirs"]
        other.annotations.set_pinned(["mine"]).result(60)
        assert [task.id for task in archive.foreign_changes().tasks] == ["mine"]


def test_what_others_delete_and_bring_back_is_told(archive: Archive) -> None:
    save(archive, a_task("t1"), "x")
    with Archive.open(archive.path) as other:
        other.annotations.delete(["t1"]).result(60)
        assert archive.foreign_changes() == Changes((), frozenset({"t1"}))
        assert other.foreign_changes() == NO_CHANGES
        other.annotations.restore_latest().result(60)
        assert [task.id for task in archive.foreign_changes().tasks] == ["t1"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda annotations: annotations.set_note("t1", "theirs"), Annotations(note="theirs")),
        (lambda annotations: annotations.change_tags(["t1"], add=["b", "a"]), Annotations(tags=("a", "b"))),
        (lambda annotations: annotations.set_hidden(["t1"]), Annotations(hidden=True)),
        (lambda annotations: annotations.set_read(["t1"]), Annotations(read=True)),
    ],
)
def test_what_others_add_is_told_and_there(
    archive: Archive, change: Callable[[AnnotationStore], "Future[None]"], expected: Annotations
) -> None:
    save(archive, replace(a_task("t1"), has_report=True), "x")
    archive.annotations.set_read(["t1"], False).result(60)
    with Archive.open(archive.path) as other:
        change(other.annotations).result(60)
    assert [task.id for task in archive.foreign_changes().tasks] == ["t1"]
    assert archive.annotations.locals(["t1"]).get("t1", NO_ANNOTATIONS) == expected


def test_two_tasks_that_became_one_are_told_to_both(archive: Archive) -> None:
    with Archive.open(archive.path) as other:
        archive.put_tasks([a_task("a", remote_id="r")]).result(60)
        other.put_tasks([a_task("b", remote_id="r")]).result(60)
        assert [task.id for task in archive.foreign_changes().tasks] == ["a"]
        assert [task.id for task in other.foreign_changes().tasks] == ["a"]


def test_two_processes_that_write_at_once_lose_nothing_and_hear_of_no_lock(path: Path) -> None:
    writers = [start(WRITER, path, name=name) for name in ("a", "b", "c")]
    said = [writer.communicate(timeout=300)[0] for writer in writers]
    assert said == ["() True\n"] * 3
    with Archive.open(path) as archive:
        assert {task.id for task in archive.tasks()} == {"common", *(f"{who}{n}" for who in "abc" for n in range(60))}
        assert archive.maintenance.verify().problems == ()
        assert archive.library.search('"text 59"').total == 3


def test_the_log_is_folded_in_by_one_process_at_a_time(archive: Archive) -> None:
    save(archive, a_task(), "text")
    lock = lock_beside(archive.path, "checkpoint")
    assert lock.take()
    assert file_store(archive).fold().result(60) is False
    lock.release()
    assert file_store(archive).fold().result(60) is True
    assert log_of(archive.path).stat().st_size == 0


def test_a_reader_in_the_way_puts_folding_off(archive: Archive) -> None:
    save(archive, a_task("t1"), "text")
    with archive._store.reading() as db:
        db.execute("BEGIN")
        db.execute("SELECT * FROM task").fetchone()
        save(archive, a_task("t2"), "more")
        assert file_store(archive).fold().result(60) is False
        db.execute("COMMIT")
    assert file_store(archive).fold().result(60) is True


def test_a_large_log_is_folded_in_without_waiting_for_a_pause(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.engine.archive.sqlite.checkpoint._LARGE", 20_000)
    for number in range(8):
        save(archive, a_task(f"t{number}"), f"text {number}")
    assert archive._store.write(lambda db: log_of(archive.path).stat().st_size).result(60) < 400_000
    assert Checkpointer(archive.path)._noted is False


def test_a_lock_is_not_taken_twice_and_not_waited_for_without_end(tmp_path: Path) -> None:
    one, other = KernelLock(tmp_path / "a.lock"), KernelLock(tmp_path / "a.lock")
    assert one.take()
    assert not other.take(0.02)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KernelLock, "take", lambda self, timeout=0.0: False)
        with pytest.raises(ArchiveError, match="setting up"), other:
            pass
    one.release()
    assert other.take(1.0)
    other.release()
    assert KernelLock(tmp_path / "missing").read() == ""


def test_many_processes_that_start_at_once_make_one_archive(path: Path) -> None:
    code = HOLDER.replace("print(archive.take_lease(), flush=True)", "print(archive.notes, flush=True)")
    starters = [start(code, path) for _ in range(4)]
    said = [starter.communicate("", timeout=300)[0] for starter in starters]
    assert said == ["()\n"] * 4
    assert [file.name for file in path.parent.iterdir() if "broken" in file.name or "new" in file.name] == []
