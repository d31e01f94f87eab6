"""A long archive: a program keeps its newest tasks at hand, and reads the others by page or by name."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.archive.make import NOW, a_task, save
from tui.domain.budget import spent
from tui.domain.errors import NotFound
from tui.domain.task import Cost, CostKind, TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.shared_sql import FINAL_SQL, SILENT, UNREAD


@pytest.fixture
def archive(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """An archive of ten tasks, t9 the newest, of which the newest three are at hand."""
    monkeypatch.setattr("tui.engine.archive.task_queries.MOST_LOADED", 3)
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


def test_pages_of_one_view_have_only_its_tasks_however_far_apart_they_are(archive: Archive) -> None:
    failed = TaskStatus.FAILED
    archive.put_tasks([a_task(f"t{n}", remote_id=f"r{n}", status=failed) for n in (0, 4, 5, 7)]).result(60)
    archive.put_tasks([a_task("t6", remote_id="r6", has_report=True)]).result(60)
    archive.annotations.set_read(["t6"], False).result(60)
    archive.annotations.delete(["t5"]).result(60)
    assert [task.id for task in archive.tasks(2, "t8", "status:failed")] == ["t7", "t4"]
    assert [task.id for task in archive.tasks(2, "t4", "status:failed provider:valyu")] == ["t0"]
    assert [task.id for task in archive.tasks(-1, "t9", "is:unread")] == ["t6"]
    assert archive.tasks(-1, "t9", "status:failed is:deleted") == []


def test_what_belongs_to_a_task_is_found_however_little_of_it_is_at_hand(archive: Archive) -> None:
    words = ["a", 'qu"ote', "é"]
    for number, word in enumerate(words):
        members = [a_task(f"g{number}{n}", remote_id=f"g{number}{n}", group_id=word) for n in range(3)]
        archive.put_tasks([*members, a_task(f"b{number}", remote_id=f"b{number}", batch_id=word)]).result(60)
    archive.annotations.delete(["g00"]).result(60)
    for number in range(3):
        living = {f"g{number}{n}" for n in range(number == 0, 3)}
        assert {task.id for task in archive.together([f"g{number}2"])} == living
        assert {task.id for task in archive.together([f"b{number}"])} == {f"b{number}"}
    assert {task.id for task in archive.together(["g22", "b1"])} == {"g20", "g21", "g22", "b1"}
    assert archive.together(["t1", "nobody"]) == []


def test_an_archive_counts_all_its_tasks_as_this_person_sees_them(archive: Archive) -> None:
    archive.put_tasks([a_task(f"t{n}", remote_id=f"r{n}", has_report=True) for n in (5, 6, 7)]).result(60)
    archive.annotations.set_read(["t6", "t7"], False).result(60)
    archive.annotations.set_hidden(["t0", "t7"]).result(60)
    archive.annotations.delete(["t9", "t2"]).result(60)
    counts = archive.counts()
    assert counts is not None
    assert counts.statuses == {TaskStatus.WAITING: 1, TaskStatus.DONE: 7}
    assert (counts.unread, counts.hidden) == (2, 2)


def test_a_report_that_its_provider_keeps_for_a_while_is_a_report(archive: Archive) -> None:
    kept = a_task("t5", remote_id="r5", has_report=True, expires_at=NOW)
    archive.put_tasks([kept, a_task("t6", remote_id="r6", title='"has_report":true')]).result(60)
    assert "t5" not in archive.unheard()
    assert "t6" in archive.unheard()
    archive.annotations.set_read(["t5", "t6"], False).result(60)
    assert [task.id for task in archive.tasks(-1, "", "is:unread")] == ["t5"]


@pytest.mark.parametrize(
    ("index", "statement"),
    [
        ("task_silent", f"SELECT id FROM task WHERE {SILENT}"),
        ("task_status", "SELECT status, count(*) FROM task WHERE deleted_at IS NULL GROUP BY status"),
        ("task_unfinished", f"SELECT n FROM task WHERE NOT {FINAL_SQL} AND deleted_at IS NULL"),
        ("task_reported", f"SELECT count(*) FROM task WHERE {UNREAD} AND deleted_at IS NULL"),
    ],
)
def test_what_is_asked_of_a_whole_archive_has_an_index(archive: Archive, index: str, statement: str) -> None:
    with archive._store.reading() as db:
        if archive._store.kind == "postgres":
            db.execute("SET enable_seqscan = off")  # of ten rows it is the fastest
            told = db.execute(f"EXPLAIN {statement}").fetchall()
            index = "task_"  # which one depends on how many rows there are of a kind
        else:
            told = db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    assert index in str(told)


def test_an_answer_that_is_missing_is_found(archive: Archive) -> None:
    save(archive, a_task("t5", remote_id="r5"), "no report in it")
    assert archive.unheard() == {f"t{n}" for n in (0, 1, 4, 6, 7, 8, 9)}


def test_what_days_cost_is_summed_up_by_the_archive_deleted_tasks_too(archive: Archive) -> None:
    noon, cost = datetime(2026, 11, 20, 12, tzinfo=UTC), Cost(2.0, "USD", CostKind.REPORTED)
    midnight = noon.replace(hour=0)
    for number, at in enumerate((midnight - timedelta(microseconds=1), midnight, noon, noon)):
        paid = Cost() if number == 3 else cost
        archive.put_tasks([a_task(f"c{number}", remote_id=f"c{number}", created_at=at, cost=paid)]).result(60)
    archive.annotations.delete(["c2"]).result(60)
    days = [
        (day.at, day.tasks, day.cost.amount, day.status)
        for day in archive.daily_costs(noon)
        if day.at < NOW.replace(hour=0)
    ]
    assert sorted(days, key=str) == [
        (midnight, 1, None, TaskStatus.DONE),
        (midnight, 2, 4.0, TaskStatus.DONE),
    ]
    assert spent(archive.daily_costs(noon), noon).day == spent(archive.costs(midnight), noon).day
