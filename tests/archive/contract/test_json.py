"""What scripts read, and what the engine asks at its start, from both kinds of archive."""

import json
from pathlib import Path

from tests.archive.make import NOW, a_task, save
from tui.domain.task import TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.search import json as records


def test_lists_and_finds_are_printed_the_same(archive: Archive, place: Path | str) -> None:
    save(archive, a_task("t1", remote_id="r1", has_report=True), "On lithium 100%")
    archive.put_tasks([a_task("t2", prompt="zebras?", status=TaskStatus.RUNNING)]).result(60)
    archive.annotations.change_tags(["t2"], add=["b", "a"]).result(60)
    archive.annotations.set_pinned(["t2"]).result(60)
    lines = {line["id"]: line for line in map(json.loads, records.listed(str(place)))}
    assert list(lines) == ["t2", "t1"]
    assert (lines["t2"]["tags"], lines["t2"]["pinned"], lines["t2"]["hidden"]) == (["a", "b"], True, False)
    assert [json.loads(line)["id"] for line in records.listed(str(place), "status:running")] == ["t2"]
    assert [json.loads(line)["id"] for line in records.listed(str(place), "", 1)] == ["t2"]
    (found,) = map(json.loads, records.found(str(place), "lithium "))
    assert (found["id"], found["hit"]["where"], found["hit"]["matched"]) == ("t1", "report", "lithium")
    assert records.ids(str(place), "t") == [("t2", "Title of t2"), ("t1", "Title of t1")]


def test_tasks_whose_last_answer_is_not_stored_are_named(archive: Archive) -> None:
    archive.put_tasks([a_task("t1", remote_id="r1"), a_task("t2", remote_id="r2", has_report=True)]).result(60)
    save(archive, a_task("t3", remote_id="r3"), "stored")
    assert archive.unheard() == {"t1"}


def test_newest_and_pinned_tasks_come_first_without_the_rest(archive: Archive) -> None:
    archive.put_tasks([a_task(f"t{number}") for number in range(6)]).result(60)
    archive.annotations.set_pinned(["t0"]).result(60)
    assert [task.id for task in archive.first_tasks(2)] == ["t5", "t4", "t0"]
    assert [task.id for task in archive.tasks(2, "t3")] == ["t2", "t1"]


def test_old_versions_are_forgotten_but_not_the_one_people_read(archive: Archive) -> None:
    from datetime import timedelta

    save(archive, a_task("t1", remote_id="r1"), "first", at=NOW - timedelta(days=9))
    save(archive, a_task("t1", remote_id="r1"), "second", at=NOW - timedelta(days=8))
    count, size = archive.maintenance.old_versions(NOW)
    assert (count, size > 0) == (1, True)
    assert archive.maintenance.forget_versions(NOW).result(60) == (count, size)
    assert [archive.raw("t1"), len(archive.versions("t1"))] == [b"second", 1]
    assert archive.maintenance.stats().answers == 1
