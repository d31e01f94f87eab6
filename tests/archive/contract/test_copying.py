"""A copy between any two archives holds everything, may be repeated, and goes on where it was interrupted."""

from pathlib import Path

import pytest

from tests.archive.make import a_task, save
from tests.postgres import Server
from tui.domain.detail import Source
from tui.domain.errors import ArchiveError
from tui.domain.provider import Draft
from tui.engine.archive import Archive


@pytest.fixture(params=["sqlite", "postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    if request.param == "sqlite":
        return tmp_path / "copy.db"
    server: Server = request.getfixturevalue("server")
    return server.url()


@pytest.fixture
def full(archive: Archive) -> Archive:
    for number in range(5):
        source = Source("1", f"https://example.org/{number}", "Zürich 人工")
        text = f"Report {number} on lithium, café"
        save(archive, a_task(f"t{number}", remote_id=f"r{number}"), text, sources=[source], cited={"1": [3]})
    save(archive, a_task("t1", remote_id="r1"), "A later report on sodium")
    archive.keep_draft("t2", Draft("brief", "fast", None, {"depth": 2})).result(60)
    archive.annotations.set_note("t3", "worth reading").result(60)
    archive.annotations.change_tags(["t3"], add=["energy"]).result(60)
    archive.annotations.set_pinned(["t3"]).result(60)
    archive.annotations.set_read(["t4"]).result(60)
    archive.annotations.set_state("sort", ["title", True]).result(60)
    archive.annotations.delete(["t0"]).result(60)
    return archive


def everything(archive: Archive) -> object:
    ids = ["t0", "t1", "t2", "t3", "t4"]
    return (
        archive.tasks(),
        archive.deleted_keys(),
        archive.annotations.locals(),
        archive.annotations.state("sort"),
        [[(one.digest, one.received_at, one.state, one.shown) for one in archive.versions(task)] for task in ids],
        [archive.raw(task) for task in ids],
        [archive.draft(task) for task in ids],
        archive.library.sources_of_all(),
        {
            word: {hit.task_id for hit in archive.library.search(word).hits}
            for word in ("cafe", "人", "sodium", "worth")
        },
    )


def test_a_copy_holds_everything(full: Archive, target: Path | str) -> None:
    with Archive.open(target) as other:
        done = full.copy_into(other)
        assert (done.tasks, done.answers, done.known, done.problems) == (5, 6, 0, ())
        assert everything(other) == everything(full)
        assert other.maintenance.verify().problems == ()


def test_a_copy_made_again_adds_only_what_is_new(full: Archive, target: Path | str) -> None:
    with Archive.open(target) as other:
        full.copy_into(other)
        before = everything(other)
        again = full.copy_into(other)
        assert (again.tasks, again.answers, again.known) == (0, 0, 5)
        assert everything(other) == before
        save(full, a_task("t9"), "one more")
        assert full.copy_into(other).tasks == 1
        assert other.raw("t9") == b"one more"


def test_an_interrupted_copy_goes_on(full: Archive, target: Path | str) -> None:
    def interrupt(count: int) -> None:
        if count == 2:
            raise KeyboardInterrupt

    with Archive.open(target) as other:
        with pytest.raises(KeyboardInterrupt):
            full.copy_into(other, interrupt)
        assert (full.copy_into(other).known, everything(other) == everything(full)) == (2, True)


def test_a_task_that_both_know_under_other_names_is_one_with_the_answers_of_both(
    full: Archive, target: Path | str
) -> None:
    with Archive.open(target) as other:
        save(other, a_task("theirs", remote_id="r1"), "their report")
        full.copy_into(other)
        assert other.task("t1").id == "theirs"
        assert len(other.versions("theirs")) == 3
        assert other.raw("theirs") == b"their report", "what was there stays what people read"


def test_a_damaged_answer_is_named_and_not_copied(full: Archive, target: Path | str) -> None:
    def spoil(db: object) -> None:
        db.execute("UPDATE body SET data = ? WHERE n = 2", (b"0",))  # type: ignore[attr-defined]

    full._store.write(spoil).result(60)
    with Archive.open(target) as other:
        done = full.copy_into(other)
        assert done.problems == ("a stored answer of task t1 does not match its checksum and was left out",)
        assert other.maintenance.verify().problems == ()
        with pytest.raises(ArchiveError, match="checksum"):
            full.raw("t1", 1)
