"""What the user adds stays here, is found again, and can be undone."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.archive.make import NOW, a_task, save
from tui.domain.annotations import Annotations
from tui.domain.detail import Json
from tui.domain.errors import NotFound, UsageError
from tui.domain.task import TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.annotations import tag_of
from tui.engine.archive.database import Database


@pytest.fixture
def known(archive: Archive) -> Archive:
    save(archive, a_task("t1", remote_id="r1"), "the report")
    archive.put_tasks([a_task("t2")]).result(60)
    return archive


def test_a_note_is_cleaned_and_found(known: Archive) -> None:
    known.annotations.set_note("t1", "ask\x1b[31m Zoë").result(60)
    assert known.annotations.local("t1").note == "ask␛[31m Zoë"
    assert [hit.task_id for hit in known.library.search("zoe").hits] == ["t1"]
    known.annotations.set_note("t1", "").result(60)
    assert known.library.search("zoe").total == 0


def test_tags_are_words_in_lower_case_without_doubles(known: Archive) -> None:
    known.annotations.change_tags(["t1"], add=["#Energy", "ai", "energy", "人工", "हिन्दी"]).result(60)
    assert known.annotations.local("t1").tags == ("ai", "energy", "हिन्दी", "人工")
    known.annotations.change_tags(["t1"], remove=["energy", "ai", "人工", "हिन्दी"]).result(60)
    assert known.annotations.local("t1").tags == ()


@pytest.mark.parametrize("tag", ["", "  ", "#", "two words", 'quo"te', "back\\slash", "a,b", "\x1b", "x\ny"])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(UsageError, match="no tag"):
        tag_of(tag)


def test_marks_are_set_for_many_at_once_and_taken_back(known: Archive) -> None:
    for change in (known.annotations.set_read, known.annotations.set_pinned, known.annotations.set_hidden):
        change(["t1", "t2"])
    assert known.annotations.set_read(["t2"], False).result(60) is None
    assert known.annotations.locals() == {
        "t1": Annotations(read=True, pinned=True, hidden=True),
        "t2": Annotations(read=False, pinned=True, hidden=True),
    }


def test_tasks_that_are_read_and_have_nothing_added_are_left_out(known: Archive) -> None:
    assert known.annotations.locals() == {}, "both were over before the archive knew their account"
    known.annotations.set_note("t2", "x").result(60)
    assert (
        known.annotations.locals()
        == known.annotations.locals(["t1", "t2", "nobody"])
        == {"t2": Annotations("x", read=True)}
    )
    assert known.annotations.locals(["t1"]) == known.annotations.locals([]) == {}
    assert known.annotations.locals([f"n{number}" for number in range(1000)]) == {}


def test_tags_are_added_and_taken_away_from_many(known: Archive) -> None:
    known.annotations.change_tags(["t1", "t2"], add=["#B", "a"]).result(60)
    known.annotations.change_tags(["t1"], add=["c"], remove=["b", "none"]).result(60)
    assert (known.annotations.local("t1").tags, known.annotations.local("t2").tags) == (("a", "c"), ("a", "b"))
    known.annotations.change_tags(["t2"], remove=["a", "b"]).result(60)
    assert known.annotations.local("t2").tags == ()
    with pytest.raises(UsageError):
        known.annotations.change_tags(["t1"], add=["two words"])


def new(archive: Archive, task_id: str, text: str = "a report", **values: object) -> None:
    """A task that is seen running, then finished."""
    archive.put_tasks([a_task(task_id, status=TaskStatus.RUNNING, remote_id=task_id)]).result(60)
    save(archive, a_task(task_id, remote_id=task_id, has_report=True, **values), text)


def test_a_task_that_ended_while_it_was_known_is_unread_until_its_report_was_opened(archive: Archive) -> None:
    new(archive, "mine")
    assert not archive.annotations.local("mine").read
    archive.annotations.set_read(["mine"]).result(60)
    assert archive.annotations.local("mine").read


def test_history_found_at_the_first_sync_of_an_account_is_read_also_once_its_reports_come(archive: Archive) -> None:
    for number in range(30):
        task = a_task(f"old{number}", remote_id=f"old{number}", finished_at=NOW - timedelta(days=number))
        archive.put_tasks([task]).result(60)
        save(archive, replace(task, has_report=True), f"report {number}")
    assert archive.annotations.locals() == {}


def test_a_report_of_history_that_changes_later_is_unread(archive: Archive) -> None:
    save(archive, a_task("old", remote_id="old"), "as it was found")
    save(archive, a_task("old", remote_id="old"), "as it was edited")
    assert not archive.annotations.local("old").read


@pytest.mark.parametrize(
    ("values", "read"),
    [
        ({"finished_at": datetime(2100, 1, 1, tzinfo=UTC)}, False),
        ({"finished_at": datetime(2100, 1, 1, tzinfo=UTC), "finish_observed": True}, True),
        ({"created_at": None}, True),
        ({"created_at": datetime(2100, 1, 1, tzinfo=UTC)}, False),
    ],
)
def test_what_ended_elsewhere_after_the_first_sync_is_unread(
    archive: Archive, values: dict[str, object], read: bool
) -> None:
    archive.put_tasks([a_task("first")]).result(60)
    archive.put_tasks([a_task("later", **values)]).result(60)
    assert archive.annotations.local("later").read is read


def test_another_account_has_a_history_of_its_own(archive: Archive) -> None:
    new(archive, "mine")
    save(archive, a_task("other", account="work", remote_id="x"), "text")
    assert archive.annotations.local("other").read


def test_the_same_report_in_other_bytes_stays_read(archive: Archive) -> None:
    new(archive, "mine")
    archive.annotations.set_read(["mine"]).result(60)
    save(archive, a_task("mine", remote_id="mine"), "a report", body=b"the same, with another token in it")
    assert archive.annotations.local("mine").read


def test_a_running_task_cannot_be_read_beforehand(archive: Archive) -> None:
    archive.put_tasks([a_task("mine", status=TaskStatus.RUNNING, remote_id="mine")]).result(60)
    archive.annotations.set_read(["mine"]).result(60)
    new(archive, "mine")
    assert not archive.annotations.local("mine").read


def test_a_report_that_changed_is_unread_again(known: Archive) -> None:
    known.annotations.set_read(["t1"]).result(60)
    save(known, a_task("t1", remote_id="r1"), "the report")
    assert known.annotations.local("t1").read
    save(known, a_task("t1", remote_id="r1"), "the edited report")
    assert not known.annotations.local("t1").read


def test_what_the_user_added_survives_new_values_of_the_task(known: Archive) -> None:
    known.annotations.set_note("t1", "mine").result(60)
    known.put_tasks([a_task("t1", remote_id="r1", title="Other", status=TaskStatus.FAILED)]).result(60)
    assert known.annotations.local("t1").note == "mine"


def test_deleting_is_local_and_can_be_undone(known: Archive) -> None:
    known.annotations.delete(["t1"]).result(60)
    assert [task.id for task in known.tasks()] == ["t2"]
    assert known.deleted_keys() == {("valyu", "default", "r1")}
    assert known.annotations.deleted() == ["t1"]
    known.put_tasks([a_task("t1", remote_id="r1", title="a provider lists it again")]).result(60)
    assert [task.id for task in known.tasks()] == ["t2"]
    known.annotations.restore(["t1"]).result(60)
    assert known.raw("t1") == b"the report"
    assert {task.id for task in known.tasks()} == {"t1", "t2"}


def test_deletions_are_undone_the_latest_first_also_by_another_process(
    known: Archive, another: Callable[[], Archive]
) -> None:
    known.put_tasks([a_task("t3")]).result(60)
    known.annotations.delete(["t1", "t2"]).result(60)
    known.annotations.delete(["t3"]).result(60)
    with another() as other:
        assert other.annotations.restore_latest().result(60) == ["t3"]
        assert other.annotations.restore_latest().result(60) == ["t1", "t2"]
        assert other.annotations.restore_latest().result(60) == []
    assert {task.id for task in known.tasks()} == {"t1", "t2", "t3"}


def test_a_purged_task_is_not_brought_back_by_its_providers_list(known: Archive) -> None:
    known.annotations.delete(["t1", "t2"]).result(60)
    known.annotations.purge(["t1", "t2"]).result(60)
    assert known.deleted_keys() == {("valyu", "default", "r1")}


def test_purging_removes_for_good_only_what_was_deleted(known: Archive) -> None:
    save(known, a_task("t2"), "the report")
    known.annotations.delete(["t1"]).result(60)
    assert known.annotations.purge(["t1", "t2"]).result(60) == 1
    with pytest.raises(NotFound):
        known.task("t1")
    assert known.raw("t2") == b"the report"
    known.annotations.delete(["t2"]).result(60)
    known.annotations.purge(["t2"]).result(60)
    assert known.library.search("is:deleted report").total == 0
    stats = known.maintenance.stats()
    assert (stats.tasks, stats.answers, stats.bodies, stats.texts) == (0, 0, 0, 0)
    assert known.maintenance.verify().problems == ()


@pytest.mark.parametrize("value", [1, "text", [1, {"a": None}], {"sort": "cost", "place": {"t1": 1200}}, False])
def test_the_state_of_a_screen_is_remembered(known: Archive, value: Json) -> None:
    assert known.annotations.state("table") is None
    known.annotations.set_state("table", value).result(60)
    assert known.annotations.state("table") == value
    known.annotations.set_state("table", None).result(60)
    assert known.annotations.state("table") is None


def test_an_unknown_task_is_not_found(known: Archive) -> None:
    with pytest.raises(NotFound):
        known.annotations.local("nobody")
    with pytest.raises(NotFound):
        known.annotations.set_pinned(["t2", "nobody"]).result(60)
    assert not known.annotations.local("t2").pinned


def test_a_clock_that_is_set_back_loses_nothing_and_keeps_the_order_of_deletions(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, wrong in enumerate((4e9, 1e9, 3e9)):
        monkeypatch.setattr("time.time", lambda wrong=wrong: wrong)
        new(archive, f"t{number}")
        archive.annotations.delete([f"t{number}"]).result(60)
    assert [archive.annotations.restore_latest().result(60) for _ in range(4)] == [["t2"], ["t1"], ["t0"], []]
    assert {task.id for task in archive.tasks()} == {"t0", "t1", "t2"}
    assert archive.maintenance.verify().problems == ()


def test_an_account_first_met_with_a_clock_in_the_future_has_unread_reports_once_it_is_right(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as wrong:
        wrong.setattr("time.time", lambda: 9e9)
        archive.put_tasks([a_task("first")]).result(60)
    archive.put_tasks([a_task("second")]).result(60)
    archive.put_tasks([a_task("third", finished_at=datetime.now(UTC) + timedelta(seconds=60))]).result(60)
    assert [archive.annotations.local(name).read for name in ("first", "second", "third")] == [True, True, False]


def test_a_change_whose_commit_was_not_confirmed_is_carried_out_again_and_changes_nothing_more(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.put_tasks([a_task(f"t{n}", remote_id=f"r{n}", has_report=True) for n in range(4)]).result(60)
    archive.annotations.set_note("t0", "first").result(60)
    archive.annotations.delete(["t2"]).result(60)
    archive.annotations.delete(["t3"]).result(60)
    once = archive._store.write

    def twice(work: Callable[[Database], object], *, alone: bool = False) -> "Future[object]":
        return once(lambda db: (work(db), work(db))[1], alone=alone)

    monkeypatch.setattr(archive._store, "write", twice)
    change = archive.annotations
    change.set_note("t0", "first, and more", "first").result(60)
    change.change_tags(["t0"], add=["a"], remove=["b"]).result(60)
    for mark in (change.set_read, change.set_pinned, change.set_hidden):
        mark(["t0"], True).result(60)
    change.delete(["t1"]).result(60)
    assert change.restore_latest().result(60) == ["t1"]
    assert {task.id for task in archive.tasks()} == {"t0", "t1"}, "what was deleted before is not brought back"
    assert change.restore_latest().result(60) == ["t3"]
    assert change.local("t0") == Annotations("first, and more", ("a",), read=True, pinned=True, hidden=True)
