"""A long archive: a program keeps its newest tasks at hand, and reads the others by page or by name."""

from collections.abc import Callable

import pytest

from tests.archive.make import a_task
from tui.domain.errors import NotFound
from tui.domain.task import TaskStatus
from tui.engine.archive import Archive


@pytest.fixture
def archive(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """An archive of ten tasks, t9 the newest, of which the newest three are at hand."""
    monkeypatch.setattr("tui.engine.archive.archive.MOST_LOADED", 3)
    status = {2: TaskStatus.RUNNING, 3: TaskStatus.WAITING}
    tasks = [a_task(f"t{n}", remote_id=f"r{n}", status=status.get(n, TaskStatus.DONE)) for n in range(10)]
    archive.put_tasks(tasks).result(60)
    return archive


def test_the_newest_the_pinned_and_what_is_not_over_are_at_hand(archive: Archive) -> None:
    archive.annotations.set_pinned(["t1"]).result(60)
    archive.annotations.delete(["t8", "t2"]).result(60)
    assert [task.id for task in archive.load_tasks()] == ["t9", "t7", "t6", "t3", "t1"]


def test_pages_follow_one_another_without_gap_or_repetition_whatever_is_deleted_meanwhile(archive: Archive) -> None:
    read: list[str] = []
    while page := archive.tasks(3, read[-1] if read else ""):
        read += [task.id for task in page]
        if read[-1] == "t7":
            archive.annotations.delete(["t7", "t5"]).result(60)
    assert read == ["t9", "t8", "t7", "t6", "t4", "t3", "t2", "t1", "t0"]
    archive.annotations.purge(["t7"]).result(60)
    with pytest.raises(NotFound, match="removed meanwhile"):
        archive.tasks(3, "t7")


def test_tasks_are_read_by_their_ids_and_by_those_of_their_provider(archive: Archive) -> None:
    archive.put_tasks([a_task("other", remote_id="r1", account="work")]).result(60)
    archive.annotations.delete(["t4"]).result(60)
    assert {task.id for task in archive.named(["t1", "t4", "t9", "nobody"])} == {"t1", "t9"}
    assert archive.named([]) == []
    assert len(archive.named([f"x{n}" for n in range(2000)] + ["t1"])) == 1
    assert {task.id for task in archive.known_as("valyu", "default", ["r1", "r4", "r9", "r77"])} == {"t1", "t9"}
    assert {task.id for task in archive.known_as("valyu", "", ["r1"])} == {"t1", "other"}
    assert archive.known_as("exa", "", ["r1"]) == []


def test_what_another_process_does_to_an_old_task_is_seen(archive: Archive, another: Callable[[], Archive]) -> None:
    archive.foreign_changes()
    with another() as theirs:
        theirs.annotations.set_note("t0", "old, and of interest again").result(60)
    assert [task.id for task in archive.foreign_changes().tasks] == ["t0"]


def test_very_many_changes_are_seen_some_at_a_time_and_each_once(
    archive: Archive, another: Callable[[], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.engine.archive.rows.listed.CHANGES", 3)
    archive.foreign_changes()
    while archive.foreign_changes().tasks:
        pass
    with another() as theirs:
        theirs.annotations.change_tags(["t7"], add=["mine"]).result(60)
        for n in range(7):
            theirs.annotations.change_tags([f"t{n}"], add=["theirs"]).result(60)
        theirs.annotations.delete(["t8"]).result(60)
    looks = [archive.foreign_changes() for _ in range(4)]
    assert [task.id for look in looks for task in look.tasks] == ["t7", *(f"t{n}" for n in range(7))]
    assert [task_id for look in looks for task_id in look.gone] == ["t8"]
