"""On a server marks and views are each person's own, notes and tags everybody's, with their author."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.archive.make import a_task, save
from tests.postgres import Server
from tui.domain.annotations import Annotations
from tui.domain.task import TaskStatus
from tui.engine.archive import Archive, person
from tui.engine.archive.postgres import schema
from tui.engine.archive.postgres.open import open_server

As = Callable[[str], Archive]


@pytest.fixture
def be(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Be another person from now on; archives that are open stay whose they were."""

    def be(name: str) -> None:
        monkeypatch.setenv("DIVEWATCH_PERSON", name)
        person.whoami.cache_clear()

    yield be
    person.whoami.cache_clear()


@pytest.fixture
def archive_of(url: str, be: Callable[[str], None]) -> Iterator[As]:
    """Opens the archive for a person."""
    opened: list[Archive] = []

    def archive_of(name: str) -> Archive:
        be(name)
        opened.append(Archive.open(url))
        return opened[-1]

    yield archive_of
    for archive in opened:
        archive.close()


def news(archive: Archive, task_id: str = "t1", text: str = "a report") -> None:
    """A task that is seen running, then ends."""
    archive.put_tasks([a_task(task_id, status=TaskStatus.RUNNING, remote_id=task_id)]).result(60)
    save(archive, a_task(task_id, remote_id=task_id, has_report=True), text)


def test_marks_are_each_persons_own(archive_of: As) -> None:
    nina, omar = archive_of("nina@laptop"), archive_of("omar@desk")
    news(nina)
    assert nina.annotations.locals() == omar.annotations.locals() == {"t1": Annotations()}
    nina.annotations.set_read(["t1"]).result(60)
    omar.annotations.set_pinned(["t1"]).result(60)
    omar.annotations.set_hidden(["t1"]).result(60)
    assert nina.annotations.local("t1") == Annotations(read=True)
    assert omar.annotations.local("t1") == Annotations(pinned=True, hidden=True)
    for state, whose in (("unread", omar), ("read", nina), ("pinned", omar), ("hidden", omar)):
        for archive in (nina, omar):
            found = archive.library.search(f"is:{state} ")
            assert found.total == (archive is whose), (state, archive is nina)
            assert archive.library.search(f"is:{state} report").total == (archive is whose)
    omar.annotations.set_pinned(["t1"], False).result(60)
    assert not omar.annotations.local("t1").pinned


def test_a_report_that_changes_is_unread_for_everybody_who_had_read_it(archive_of: As) -> None:
    nina, omar = archive_of("nina@laptop"), archive_of("omar@desk")
    news(nina)
    nina.annotations.set_read(["t1"]).result(60)
    save(omar, a_task("t1", remote_id="t1", has_report=True), "another report")
    assert not nina.annotations.local("t1").read
    assert not omar.annotations.local("t1").read


def test_each_person_has_a_number_of_unread_reports(archive_of: As) -> None:
    nina = archive_of("nina@laptop")
    for number in range(3):
        news(nina, f"old{number}")
    omar = archive_of("omar@desk")
    for number in range(3):
        news(nina, f"new{number}", f"report {number}")
    nina.annotations.set_read(["new0", "old0"]).result(60)
    omar.annotations.set_read(["old1", "old2"], False).result(60)
    omar.annotations.delete(["new2", "old2"]).result(60)
    for archive, unread in ((nina, {"new1", "old1"}), (omar, {"new0", "new1", "old1"})):
        counts = archive.counts()
        assert {task.id for task in archive.tasks(-1, "", "is:unread")} == unread
        assert counts is not None
        assert counts.unread == len(unread)


def test_what_was_there_before_a_person_came_is_no_news_and_what_comes_then_is(archive_of: As) -> None:
    nina = archive_of("nina@laptop")
    news(nina, "old")
    omar = archive_of("omar@desk")
    news(nina, "new", "another")
    assert (omar.annotations.local("old").read, omar.annotations.local("new").read) == (True, False)
    omar.close()
    assert not archive_of("omar@desk").annotations.local("new").read, "coming again is no beginning"


def test_the_first_screen_shows_ones_own_pins(archive_of: As) -> None:
    nina, omar = archive_of("nina@laptop"), archive_of("omar@desk")
    for name in ("t1", "t2", "t3"):
        news(nina, name, name)
    nina.annotations.set_pinned(["t1"]).result(60)
    assert [task.id for task in nina.first_tasks(1)] == ["t3", "t1"]
    assert [task.id for task in omar.first_tasks(1)] == ["t3"]


def test_states_of_the_screens_are_each_persons_own(archive_of: As) -> None:
    nina, omar = archive_of("nina@laptop"), archive_of("omar@desk")
    nina.annotations.set_state("views", ["mine"]).result(60)
    assert (nina.annotations.state("views"), omar.annotations.state("views")) == (["mine"], None)
    nina.annotations.set_state("views", None).result(60)
    assert nina.annotations.state("views") is None


def test_notes_and_tags_are_everybodys_with_their_author(archive_of: As) -> None:
    nina, omar = archive_of("nina@laptop"), archive_of("omar@desk")
    nina.put_tasks([a_task("t1", status=TaskStatus.QUEUED)]).result(60)
    omar.annotations.set_note("t1", "ask Zoë").result(60)
    nina.annotations.change_tags(["t1"], add=["energy"]).result(60)
    omar.annotations.change_tags(["t1"], add=["ai"]).result(60)
    for archive in (nina, omar):
        assert archive.annotations.local("t1").note == "ask Zoë"
        told = archive.annotations.people("t1")
        assert (told.started, told.note) == ("nina@laptop", "omar@desk")
        assert told.tags == (("ai", "omar@desk"), ("energy", "nina@laptop"))


def test_two_notes_written_at_the_same_time_are_both_kept(archive_of: As) -> None:
    nina, omar = archive_of("nina@laptop"), archive_of("omar@desk")
    news(nina)
    nina.annotations.set_note("t1", "first").result(60)
    nina.annotations.set_note("t1", "first, and Nina's", before="first").result(60)
    omar.annotations.set_note("t1", "Omar's", before="first").result(60)
    assert nina.annotations.local("t1").note == "first, and Nina's\nOmar's"
    omar.annotations.set_note("t1", "", before="first").result(60)
    assert nina.annotations.local("t1").note == "first, and Nina's\nOmar's", "what one has not seen one does not delete"


def test_the_marks_that_a_team_shared_before_are_kept_for_everybody_who_was_there(
    url: str, be: Callable[[str], None], archive_of: As
) -> None:
    be("nina@laptop")
    store = open_server(url, steps=schema.STEPS[:1])[0]

    def before(db: object) -> None:
        columns = "id, provider, account, status, title, record, sort_at, cost_unit, cost_kind, changed, writer"
        for number, (seen, pinned) in enumerate([(0, False), (1, False), (1, True)], 1):
            db.execute(  # type: ignore[attr-defined]
                f"INSERT INTO task ({columns}, seen, pinned) "
                "VALUES (?, 'v', 'd', 'done', '', ?, ?, '', '', ?, 1, ?, ?)",
                (f"t{number}", '{"id":"t","has_report":true}', number, number, seen, pinned),
            )
        for key, value in (
            ("by.t1", "nina@laptop"),
            ("lease.valyu", "ops@server (process 7) since yesterday"),
            ("ui.views", '["ours"]'),
        ):
            db.execute("INSERT INTO state VALUES (?, ?)", (key, value))  # type: ignore[attr-defined]

    store.write(before).result(60)
    store.close(10)
    for name in ("nina@laptop", "ops@server"):
        archive = archive_of(name)
        assert "format 2" in "".join(archive.notes) or name != "nina@laptop"
        assert [archive.annotations.local(f"t{n}").read for n in (1, 2, 3)] == [False, True, True]
        assert [archive.annotations.local(f"t{n}").pinned for n in (1, 2, 3)] == [False, False, True]
        assert archive.annotations.state("views") == ["ours"]


def test_a_person_without_the_right_to_write_has_nothing_unread(
    url: str, be: Callable[[str], None], archive_of: As
) -> None:
    news(archive_of("nina@laptop"))
    be("reader@desk")
    with Archive.open(url, read_only=True) as archive:
        assert archive.annotations.locals() == {}


@pytest.mark.parametrize("name", ["firm\\nina@laptop", "o'hara@desk", 'q"uote@x', "zoë@büro", "a%b@c"])
def test_every_name_is_a_person(archive_of: As, name: str) -> None:
    archive = archive_of(name)
    news(archive)
    assert not archive.annotations.local("t1").read
    archive.annotations.set_read(["t1"]).result(60)
    assert archive.annotations.local("t1").read


def test_a_copy_from_server_to_server_carries_the_marks_of_everybody(server: Server, archive_of: As) -> None:
    nina, omar = archive_of("nina@laptop"), archive_of("omar@desk")
    for name in ("t1", "t2", "t3"):
        news(nina, name, name)
    nina.annotations.set_read(["t1"]).result(60)
    omar.annotations.set_pinned(["t2"]).result(60)
    omar.annotations.set_state("views", ["his"]).result(60)
    omar.annotations.set_note("t3", "see").result(60)
    with Archive.open(other := server.url()) as target:
        nina.copy_into(target)
        assert target.annotations.people("t3").note == "omar@desk"
    for name, before in (("nina@laptop", nina), ("omar@desk", omar)):
        person.whoami.cache_clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DIVEWATCH_PERSON", name)
            with Archive.open(other) as copied:
                assert copied.annotations.locals() == before.annotations.locals()
                assert copied.annotations.state("views") == before.annotations.state("views")


def test_a_copy_into_a_file_carries_ones_own_marks_and_back_again(
    server: Server, archive_of: As, tmp_path: Path
) -> None:
    nina, omar = archive_of("nina@laptop"), archive_of("omar@desk")
    for name in ("t1", "t2"):
        news(nina, name, name)
    nina.annotations.set_read(["t1"]).result(60)
    omar.annotations.set_pinned(["t2"]).result(60)
    omar.annotations.set_state("views", ["his"]).result(60)
    nina.annotations.set_state("views", ["hers"]).result(60)
    with Archive.open(tmp_path / "hers.db") as file:  # Omar was the last to come: this is his copy
        omar.copy_into(file)
        assert (
            file.annotations.locals()
            == omar.annotations.locals()
            == {"t1": Annotations(), "t2": Annotations(pinned=True)}
        )
        assert file.annotations.state("views") == ["his"]
        with Archive.open(server.url()) as back:
            file.copy_into(back)
            assert back.annotations.locals() == omar.annotations.locals()
            assert back.annotations.state("views") == ["his"]
