"""What the user adds stays here, is found again, and can be undone."""

import pytest

from tests.archive.make import a_task, save
from tui.domain.detail import Json
from tui.domain.errors import NotFound, UsageError
from tui.domain.task import TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.desk import tag_of
from tui.engine.archive.values import Local


@pytest.fixture
def known(archive: Archive) -> Archive:
    save(archive, a_task("t1", remote_id="r1"), "the report")
    archive.put_tasks([a_task("t2")]).result(10)
    return archive


def test_a_note_is_cleaned_and_found(known: Archive) -> None:
    known.desk.set_note("t1", "ask\x1b[31m Zoë").result(10)
    assert known.desk.local("t1").note == "ask␛[31m Zoë"
    assert [hit.task_id for hit in known.library.search("zoe").hits] == ["t1"]
    known.desk.set_note("t1", "").result(10)
    assert known.library.search("zoe").total == 0


def test_tags_are_words_in_lower_case_without_doubles(known: Archive) -> None:
    known.desk.set_tags("t1", ["#Energy", "ai", "energy", "人工"]).result(10)
    assert known.desk.local("t1").tags == ("ai", "energy", "人工")
    known.desk.set_tags("t1", []).result(10)
    assert known.desk.local("t1").tags == ()


@pytest.mark.parametrize("tag", ["", "  ", "#", "two words", 'quo"te', "back\\slash", "a,b", "\x1b", "x\ny"])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(UsageError, match="no tag"):
        tag_of(tag)


def test_marks_are_set_for_many_at_once_and_taken_back(known: Archive) -> None:
    for change in (known.desk.set_read, known.desk.set_pinned, known.desk.set_hidden):
        change(["t1", "t2"])
    assert known.desk.set_read(["t2"], False).result(10) is None
    assert known.desk.locals() == {
        "t1": Local(read=True, pinned=True, hidden=True),
        "t2": Local(read=False, pinned=True, hidden=True),
    }


def test_a_report_that_changed_is_unread_again(known: Archive) -> None:
    known.desk.set_read(["t1"]).result(10)
    save(known, a_task("t1", remote_id="r1"), "the report")
    assert known.desk.local("t1").read
    save(known, a_task("t1", remote_id="r1"), "the edited report")
    assert not known.desk.local("t1").read


def test_what_the_user_added_survives_new_values_of_the_task(known: Archive) -> None:
    known.desk.set_note("t1", "mine").result(10)
    known.put_tasks([a_task("t1", remote_id="r1", title="Other", status=TaskStatus.FAILED)]).result(10)
    assert known.desk.local("t1").note == "mine"


def test_deleting_is_local_and_can_be_undone(known: Archive) -> None:
    known.desk.delete(["t1"]).result(10)
    assert [task.id for task in known.tasks()] == ["t2"]
    assert known.deleted_keys() == {("valyu", "default", "r1")}
    assert known.desk.deleted() == ["t1"]
    known.put_tasks([a_task("t1", remote_id="r1", title="a provider lists it again")]).result(10)
    assert [task.id for task in known.tasks()] == ["t2"]
    known.desk.restore(["t1"]).result(10)
    assert known.raw("t1") == b"the report"
    assert {task.id for task in known.tasks()} == {"t1", "t2"}


def test_purging_removes_for_good_only_what_was_deleted(known: Archive) -> None:
    save(known, a_task("t2"), "the report")
    known.desk.delete(["t1"]).result(10)
    assert known.desk.purge(["t1", "t2"]).result(10) == 1
    with pytest.raises(NotFound):
        known.task("t1")
    assert known.raw("t2") == b"the report"
    known.desk.delete(["t2"]).result(10)
    known.desk.purge(["t2"]).result(10)
    assert known.library.search("is:deleted report").total == 0
    stats = known.care.stats()
    assert (stats.tasks, stats.answers, stats.bodies, stats.texts) == (0, 0, 0, 0)
    assert known.care.verify().problems == ()


@pytest.mark.parametrize("value", [1, "text", [1, {"a": None}], {"sort": "cost", "place": {"t1": 1200}}, False])
def test_the_state_of_a_screen_is_remembered(known: Archive, value: Json) -> None:
    assert known.desk.state("table") is None
    known.desk.set_state("table", value).result(10)
    assert known.desk.state("table") == value
    known.desk.set_state("table", None).result(10)
    assert known.desk.state("table") is None


def test_an_unknown_task_is_not_found(known: Archive) -> None:
    with pytest.raises(NotFound):
        known.desk.local("nobody")
    with pytest.raises(NotFound):
        known.desk.set_pinned(["t2", "nobody"]).result(10)
    assert not known.desk.local("t2").pinned
