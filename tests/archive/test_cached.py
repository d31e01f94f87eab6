"""A dashboard's archive on a server: the copy answers first and while the server is away; changes wait for it."""

import json
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path

import psycopg
import pytest

from tests.archive.make import a_task, save
from tests.team.proxy import Proxy
from tui.domain.detail import Source
from tui.domain.errors import ArchiveError, NotSavedYet
from tui.domain.provider import Draft
from tui.domain.task import IN_QUEUE, TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.cached.archive import CachedArchive, _name_of
from tui.engine.archive.cached.copy import LocalCopy
from tui.engine.archive.cached.mirror import Mirror
from tui.engine.archive.cached.outbox import Change, Outbox
from tui.engine.archive.postgres import schema
from tui.engine.archive.postgres.connect import NotNow, explain
from tui.engine.ports import NO_CHANGES
from tui.engine.runtime import Runtime


@pytest.fixture
def url(url: str) -> str:
    """The address of an archive with three finished tasks, reached without the way that is cut."""
    with Archive.open(url) as archive:
        for number in range(3):
            source = Source("1", f"https://example.org/{number}", f"Source {number}")
            save(
                archive,
                a_task(f"t{number}", remote_id=f"r{number}", has_report=True),
                f"report {number}",
                sources=[source],
            )
    return url


@pytest.fixture
def opened(way: Proxy, url: str, tmp_path: Path) -> Callable[[], CachedArchive]:
    return lambda: CachedArchive.beside(way.url(url), tmp_path / "cache", tmp_path / "state")


def until(what: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


def cut_off(archive: CachedArchive, way: Proxy) -> None:
    """Fill the copy, then cut the connection and wait until that is noticed."""
    archive.load_tasks()
    until(in_copy(archive, 0))
    way.cut()
    until(lambda: archive.away)


def in_copy(archive: CachedArchive, count: int) -> Callable[[], bool]:
    """Return whether that many reports are in the copy."""

    def there() -> bool:
        with archive._cached.copy.store.reading() as db:
            found = db.execute("SELECT (SELECT count(*) FROM answer), (SELECT count(*) FROM task)").fetchone()
        return bool(found[0] == count and found[1] >= 3)

    return there


def has_waited(change: "Future[None]") -> None:
    with pytest.raises(NotSavedYet, match="not saved yet"):
        change.result(60)


def test_a_start_without_the_server_reads_what_was_read_before(opened: Callable[[], CachedArchive], way: Proxy) -> None:
    with opened() as archive:
        assert len(archive.load_tasks()) == 3
        assert archive.raw("t1") == b"report 1"
        answer = archive.current_answer("t1")
        assert answer is not None
        assert answer.body == b"report 1"
        until(in_copy(archive, 1))
    way.cut()
    with opened() as archive:
        assert [task.id for task in archive.first_tasks(200)] == ["t2", "t1", "t0"]
        assert len(archive.load_tasks()) == 3
        answer = archive.current_answer("t1")
        assert answer is not None
        assert answer.body == b"report 1"
        assert [hit.task_id for hit in archive.library.search('"report 1"').hits] == ["t1"]
        assert [use.title for use in archive.library.sources_of_all()[0]] == ["Source 1"]
        with pytest.raises(ArchiveError, match="copy on this machine does not have it"):
            archive.current_answer("t2")
        assert archive.away is not None
        assert "cannot be reached" in archive.away.why
        assert archive.away.next_try is not None
        assert archive.foreign_changes() == NO_CHANGES
        assert not archive.take_lease("valyu")


def test_reading_goes_on_when_the_way_is_cut_and_catches_up_when_it_is_back(
    opened: Callable[[], CachedArchive], way: Proxy, url: str
) -> None:
    with opened() as archive:
        archive.load_tasks()
        assert archive.current_answer("t0") is not None
        until(in_copy(archive, 1))
        archive.foreign_changes()
        way.cut()
        assert [task.id for task in archive.tasks()] == ["t2", "t1", "t0"]
        answer = archive.current_answer("t0")
        assert answer is not None
        assert answer.body == b"report 0"
        until(lambda: archive.away)
        with Archive.open(url) as theirs:
            save(theirs, a_task("new", remote_id="n"), "a report that arrives")
        assert archive.foreign_changes() == NO_CHANGES
        way.heal()
        until(lambda: archive.away is None)
        assert [task.id for task in archive.foreign_changes().tasks] == ["new"]
        until(in_copy(archive, 2))
        assert archive.current_answer("new") is not None


def test_changes_wait_for_the_server_and_are_written_once_it_is_back(
    opened: Callable[[], CachedArchive], way: Proxy, url: str
) -> None:
    with opened() as archive:
        cut_off(archive, way)
        has_waited(archive.annotations.set_note("t0", "first thought"))
        has_waited(archive.annotations.set_note("t0", "second thought"))
        has_waited(archive.annotations.change_tags(["t1"], add=["later"]))
        has_waited(archive.annotations.set_pinned(["t2"]))
        has_waited(archive.annotations.set_read(["t1"]))
        has_waited(archive.annotations.delete(["t1"]))
        has_waited(archive.annotations.set_state("place.new", {"text": "half a brief"}))
        assert archive.away is not None
        assert archive.away.waiting == 6
        assert archive.annotations.local("t0").note == "second thought", "what was typed is seen here"
        assert [task.id for task in archive.load_tasks()] == ["t2", "t0"]
        assert archive.annotations.state("place.new") == {"text": "half a brief"}
    with Archive.open(url) as theirs:
        assert theirs.annotations.local("t0").note == "", "nothing was written yet"
        theirs.annotations.set_note("t0", "what somebody else thinks").result(60)
    way.heal()
    with opened() as archive:  # another start of the program: what waited is written
        until(lambda: archive._annotations._outbox.count == 0)
    with Archive.open(url) as theirs:
        assert theirs.annotations.local("t0").note == "what somebody else thinks\nsecond thought"
        assert theirs.annotations.local("t2").pinned
        assert [task.id for task in theirs.tasks()] == ["t2", "t0"]
        assert theirs.annotations.state("place.new") == {"text": "half a brief"}
        assert theirs.annotations.local("t1").tags == ("later",)


def test_a_change_that_the_server_did_not_acknowledge_at_the_end_is_written_later(
    opened: Callable[[], CachedArchive], way: Proxy, url: str
) -> None:
    with opened() as archive:
        archive.load_tasks()
        until(in_copy(archive, 0))
        way.cut()
        archive.annotations.set_note("t0", "in the last second")
    way.heal()
    with opened() as archive:
        until(lambda: archive._annotations._outbox.count == 0)
    with Archive.open(url) as theirs:
        assert theirs.annotations.local("t0").note == "in the last second"


def test_a_task_that_is_gone_takes_no_change_of_another_with_it_and_no_words(
    opened: Callable[[], CachedArchive], way: Proxy, url: str, tmp_path: Path
) -> None:
    with opened() as archive:
        cut_off(archive, way)
        has_waited(archive.annotations.change_tags(["t1", "t0"], add=["later"]))
        has_waited(archive.annotations.set_note("t1", "long words " * 100))
    with Archive.open(url) as theirs:
        theirs.annotations.delete(["t1"]).result(60)
        theirs.annotations.purge(["t1"]).result(60)
    way.heal()
    with opened() as archive:
        until(lambda: archive._annotations._outbox.count == 0)
    with Archive.open(url) as theirs:
        assert theirs.annotations.local("t0").tags == ("later",)
    with opened() as archive:
        assert "could not be written" in "".join(archive.notes)
    (kept,) = (tmp_path / "state").glob("*-refused.jsonl")
    refused = [json.loads(line) for line in kept.read_text().splitlines()]
    assert [one["name"] for one in refused] == ["change_tags", "set_note"]
    assert refused[1]["given"][1] == "long words " * 100


def test_a_change_waits_on_where_the_server_refuses_everything_for_now(
    opened: Callable[[], CachedArchive], way: Proxy, url: str
) -> None:
    with opened() as archive:
        cut_off(archive, way)
        has_waited(archive.annotations.set_note("t0", "a thought"))
    way.heal()

    def to_format(version: int) -> None:
        with psycopg.connect(url, autocommit=True) as db:
            db.execute("UPDATE divewatch_archive SET version = %s", (version,))

    to_format(99)
    with opened() as archive:
        until(lambda: archive.away is None)
        archive._annotations.deliver()
        assert archive._annotations._outbox.count == 1
        assert archive.notes == ()
        to_format(schema.VERSION)
        until(lambda: archive._annotations._outbox.count == 0)
        assert archive.annotations.local("t0").note == "a thought"


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.TooManyConnections,
        psycopg.errors.DiskFull,
        psycopg.errors.InvalidPassword,
        psycopg.errors.InvalidCatalogName,
        psycopg.errors.ReadOnlySqlTransaction,
        psycopg.errors.LockNotAvailable,
        psycopg.errors.QueryCanceled,
    ],
)
def test_what_a_server_refuses_for_now_is_no_fault_of_the_change(error: type[psycopg.Error]) -> None:
    assert isinstance(explain(error("it says so"), "team on db", broken=False), NotNow)


def test_a_deletion_that_waits_is_undone_and_nobody_elses(
    opened: Callable[[], CachedArchive], way: Proxy, url: str
) -> None:
    with Archive.open(url) as theirs:
        theirs.annotations.delete(["t2"]).result(60)
    with opened() as archive:
        cut_off(archive, way)
        has_waited(archive.annotations.delete(["t0"]))
        has_waited(archive.annotations.set_note("t1", "a thought"))
        assert archive.annotations.restore_latest().result(60) == ["t0"]
        assert [task.id for task in archive.load_tasks()] == ["t1", "t0"]
        way.heal()
        until(lambda: archive._annotations._outbox.count == 0)
    with Archive.open(url) as theirs:
        assert [task.id for task in theirs.tasks()] == ["t1", "t0"]


def test_a_note_that_is_typed_on_while_it_is_being_written_stands_once(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "waiting.json")
    outbox.add("set_note", ["t0", "first thought", None], "before", alone=True)
    (written,) = outbox.waiting()
    outbox.add("set_note", ["t0", "first thought, and more", None], "before", alone=True)
    outbox.remove(written)
    (left,) = outbox.waiting()
    assert (left.given[1], left.before) == ("first thought, and more", "first thought")


@pytest.mark.parametrize("content", [b"no json", b"[1]", b"{}]", b'[{"id": "1"}]'])
def test_an_outbox_that_cannot_be_read_is_kept_and_does_not_keep_the_program_from_starting(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "a-waiting.json").write_bytes(content)
    outbox = Outbox(tmp_path / "a-waiting.json")
    assert outbox.count == 0
    outbox.add("set_note", ["t0", "a thought"])
    assert [change.name for change in outbox.waiting()] == ["set_note"]
    (kept,) = tmp_path.glob("*-unreadable-*")
    assert kept.read_bytes() == content
    assert str(kept) in outbox.notes()[0]


def test_a_change_of_a_newer_program_is_read(tmp_path: Path) -> None:
    change = {"id": "1", "name": "set_note", "given": ["t0", "a thought"], "more": True}
    (tmp_path / "a-waiting.json").write_text(json.dumps([change]))
    assert Outbox(tmp_path / "a-waiting.json").waiting() == [Change("1", "set_note", ["t0", "a thought"])]


def test_a_report_that_was_deleted_at_the_server_is_not_kept_in_the_copy(
    opened: Callable[[], CachedArchive], url: str
) -> None:
    with opened() as archive, Archive.open(url) as theirs:
        archive.load_tasks()
        archive.current_answer("t1")
        until(in_copy(archive, 1))
        theirs.annotations.delete(["t1"]).result(60)
        until(in_copy(archive, 0))
        assert _kept(archive, "SELECT task FROM text UNION SELECT task FROM source") == []
        theirs.annotations.restore(["t1"]).result(60)
        until(in_copy(archive, 1))


def test_a_server_of_a_newer_format_is_refused_though_there_is_a_copy(
    opened: Callable[[], CachedArchive], url: str
) -> None:
    with opened() as archive:
        archive.load_tasks()
        until(in_copy(archive, 0))
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("UPDATE divewatch_archive SET version = 99")
    with opened() as archive, pytest.raises(ArchiveError, match="newer divewatch"):
        archive.load_tasks()


def test_a_task_that_waits_in_the_queue_is_not_judged_from_the_copy_while_the_server_is_away(
    opened: Callable[[], CachedArchive], way: Proxy, url: str
) -> None:
    with opened() as archive, Archive.open(url) as theirs:
        archive.load_tasks()
        waits = a_task("waits", status=TaskStatus.QUEUED, provider_status=IN_QUEUE, prompt="brief")
        assert theirs.queue is not None
        theirs.queue.put("valyu", [(waits, Draft("brief"))]).result(60)
        until(lambda: "waits" in _kept(archive, "SELECT id FROM task"))
    way.cut()
    with opened() as archive:
        engine = Runtime(archive, [], watch=False)
        engine.start()
        try:
            task = engine.task("waits")
            assert task is not None
            assert task.waits_in_queue
        finally:
            engine.close()


def test_a_task_is_not_begun_while_the_server_is_away(opened: Callable[[], CachedArchive], way: Proxy) -> None:
    with opened() as archive:
        archive.load_tasks()
        way.cut()
        until(lambda: archive.away)
        with pytest.raises(ArchiveError, match="not sent"):
            archive.keep_draft("new", Draft("a question")).result(60)


def test_an_archive_made_anew_in_the_same_place_is_another_one(
    opened: Callable[[], CachedArchive], way: Proxy, url: str
) -> None:
    with opened() as archive:
        archive.load_tasks()
        archive.current_answer("t0")
        until(in_copy(archive, 1))
    with psycopg.connect(url, autocommit=True) as db:
        name = db.execute("SELECT current_schema()").fetchone()
        assert name is not None
        db.execute(f"DROP SCHEMA {name[0]} CASCADE".encode())
        db.execute(f"CREATE SCHEMA {name[0]}".encode())
    with Archive.open(url) as theirs:
        save(theirs, a_task("other", remote_id="r0"), "another report")
    with opened() as archive:

        def renewed() -> bool:
            with archive._cached.copy.store.reading() as db:
                return [name for (name,) in db.execute("SELECT id FROM task").fetchall()] == ["other"]

        until(renewed)
        assert [task.id for task in archive.load_tasks()] == ["other"]


def test_the_copy_is_for_its_owner_only_and_named_without_a_password(
    opened: Callable[[], CachedArchive], tmp_path: Path
) -> None:
    with opened() as archive:
        archive.load_tasks()
        until(in_copy(archive, 0))
        files = [file for folder in ("cache", "state") for file in (tmp_path / folder).glob("*")]
        assert files
        assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    names = {
        _name_of(address)
        for address in (
            "postgresql://nina:hunter2@db/team",
            "postgresql://nina:other@db/team",
        )
    }
    assert len(names) == 1
    assert _name_of("postgresql://nina@db/team?password=a") == _name_of("postgresql://nina@db/team?password=b")
    assert _name_of("postgresql://nina@db/team") != _name_of("postgresql://nina@db/other")


def test_the_copy_keeps_the_newest_rows_and_the_latest_reports(
    way: Proxy, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.engine.archive.cached.archive.LocalCopy", lambda path: LocalCopy(path, rows=2, most=20))
    with CachedArchive.beside(way.url(url), tmp_path / "cache", tmp_path / "state") as archive:
        archive.load_tasks()
        with_report = "SELECT id FROM task WHERE n IN (SELECT task FROM answer)"
        for name in ("t1", "t2"):
            archive.current_answer(name)
            until(lambda name=name: _kept(archive, with_report) == [name])  # type: ignore[misc]
        assert _kept(archive, "SELECT id FROM task ORDER BY n") == ["t1", "t2"]


def _kept(archive: CachedArchive, sql: str) -> list[str]:
    with archive._cached.copy.store.reading() as db:
        return [name for (name,) in db.execute(sql).fetchall()]


def test_a_copy_that_cannot_be_read_is_made_anew(opened: Callable[[], CachedArchive], tmp_path: Path) -> None:
    opened().close()
    (path,) = (tmp_path / "cache").glob("*.db")
    path.write_bytes(b"no database")
    with opened() as archive:
        assert len(archive.load_tasks()) == 3


def test_an_archive_in_a_file_imports_nothing_of_this(tmp_path: Path) -> None:
    code = (
        "import sys, json, pathlib; from tui.engine.archive import Archive\n"
        "Archive.open(pathlib.Path(sys.argv[1])).close()\n"
        "print(json.dumps([name for name in sys.modules if 'cached' in name or 'psycopg' in name]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "a.db")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (ZeroDivisionError("a fault of ours"), "ZeroDivisionError: a fault of ours"),
        (ArchiveError("the disk is full"), "the disk is full"),
        (OSError(28, "No space left on device"), "No space left on device"),
    ],
)
def test_what_keeps_the_copy_from_being_like_the_server_is_said_once_and_tried_again(
    opened: Callable[[], CachedArchive], monkeypatch: pytest.MonkeyPatch, fault: Exception, said: str
) -> None:
    tried = []
    catch_up = Mirror.catch_up

    def fails(mirror: Mirror, opened: Iterable[str]) -> None:
        tried.append(opened)
        if len(tried) < 3:
            raise fault
        catch_up(mirror, opened)

    monkeypatch.setattr(Mirror, "catch_up", fails)
    monkeypatch.setattr("tui.engine.archive.cached.store._TOGETHER", 0.01)
    monkeypatch.setattr("tui.engine.archive.cached.store._LOOK_EVERY", 0.05)
    with opened() as archive:
        assert archive.current_answer("t1") is not None
        until(in_copy(archive, 1))
        until(lambda: [line for line in archive.log() if line.kind == "problem"])
        (line,) = [line for line in archive.log() if line.kind == "problem"]
        assert line.text == f"the copy on this machine is not kept up to date: {said}"
        assert len(tried) >= 3


def test_a_server_that_only_reads_is_said_and_what_waits_goes_back_to_its_author_in_the_end(
    opened: Callable[[], CachedArchive], way: Proxy, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened() as archive:
        cut_off(archive, way)
        has_waited(archive.annotations.set_note("t0", "a thought"))
    way.heal()
    reading = f"{way.url(url)}%20-cdefault_transaction_read_only%3Don"
    monkeypatch.setattr("tui.engine.archive.cached.archive._name_of", lambda address: "the-same")
    for file in (*(tmp_path / "cache").iterdir(), *(tmp_path / "state").iterdir()):
        file.rename(file.with_name("the-same" + file.name[len("archive-0123456789abcdef") :]))
    with CachedArchive.beside(reading, tmp_path / "cache", tmp_path / "state") as archive:
        until(lambda: archive.away is None)
        said: list[str] = []

        def says(text: str) -> bool:
            said.extend(line.text for line in archive.log_after(0)[1])
            return any(text in line for line in said)

        archive._annotations.deliver()
        until(lambda: says("1 change made here cannot be written yet: the archive is read-only"))
        assert archive._annotations._outbox.count == 1, "a standby may take over in a moment"
        monkeypatch.setattr("tui.engine.archive.cached.annotations._READ_ONLY_FOR", 0.0)
        archive._annotations.deliver()
        assert archive._annotations._outbox.count == 0
        until(lambda: says("a change that waited could not be written: set_note t0: the archive is read-only"))
        assert sum("cannot be written yet" in line for line in said) == 1
        assert archive._annotations._outbox.notes()
    (kept,) = (tmp_path / "state").glob("*-refused.jsonl")
    assert json.loads(kept.read_text())["given"][1] == "a thought"


def test_who_started_and_noted_what_is_in_the_copy(opened: Callable[[], CachedArchive], way: Proxy, url: str) -> None:
    with Archive.open(url) as theirs:
        theirs.annotations.set_note("t0", "a thought").result(60)
        theirs.annotations.change_tags(["t0"], add=["later"]).result(60)
        known = theirs.annotations.people("t0")
    with opened() as archive:
        archive.load_tasks()
        until(in_copy(archive, 0))
    way.cut()
    with opened() as archive:
        assert archive.annotations.people("t0") == known
        assert known.tags


def test_a_first_start_does_not_bring_the_whole_archive_as_changes(
    opened: Callable[[], CachedArchive], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.engine.archive.task_queries.MOST_LOADED", 1)
    with opened() as archive:
        assert [task.id for task in archive.load_tasks()] == ["t2"]
        assert archive.foreign_changes() == NO_CHANGES
        with Archive.open(url) as theirs:
            theirs.annotations.set_note("t0", "old, and of interest again").result(60)
        until(lambda: [task.id for task in archive.foreign_changes().tasks] == ["t0"])
