"""A server, or a way to it, that takes everything and answers nothing is noticed, said, and found again."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.archive.make import a_task, save
from tests.team.proxy import Proxy
from tui.domain.errors import ArchiveError
from tui.engine.archive import Archive
from tui.engine.archive.cached.archive import CachedArchive
from tui.engine.archive.postgres import watch
from tui.engine.archive.postgres.connect import ServerGone, connect

LIMIT = 60.0  # seconds; only a failing test takes as long


@pytest.fixture
def url(url: str) -> str:
    """The address of an archive with what is read here."""
    with Archive.open(url) as archive:
        save(archive, a_task("t1", remote_id="r1", has_report=True), "a report")
    return url


@pytest.fixture
def way(way: Proxy, monkeypatch: pytest.MonkeyPatch) -> Proxy:
    """The way to the server, whose silence is noticed sooner than in earnest."""
    monkeypatch.setattr(watch, "PATIENCE", 0.3)
    monkeypatch.setattr(watch, "_LOOK_EVERY", 0.05)
    return way


def until(what: Callable[[], object]) -> None:
    end = time.monotonic() + LIMIT
    while not what():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


def by(way: Proxy, url: str) -> str:
    return f"{way.url(url)}&connect_timeout=2"  # the least that libpq knows


def test_silence_ends_a_question_that_waits(way: Proxy, url: str) -> None:
    db = connect(by(way, url))
    try:
        way.stall()
        with pytest.raises(ServerGone, match="cannot be reached"):
            db.execute("SELECT 1")
        assert db.broken
    finally:
        db.close()


def test_a_question_that_takes_long_is_waited_for(way: Proxy, url: str) -> None:
    db = connect(by(way, url))
    try:
        assert db.execute("SELECT 7 FROM pg_sleep(1.5)").fetchone() == (7,)
    finally:
        db.close()


def test_an_answer_that_was_lost_on_the_way_ends_the_question(
    way: Proxy, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is there for others, and has answered: this one connection is dead."""
    db = connect(by(way, url))
    try:
        monkeypatch.setattr(db._waiting, "_probe", lambda raw: False)
        with pytest.raises(ServerGone):
            db.execute("SELECT 1 FROM pg_sleep(20)")
    finally:
        db.close()


def test_the_server_says_of_a_connection_whether_it_works_for_it(way: Proxy, url: str) -> None:
    db = connect(by(way, url))
    try:
        assert db._waiting._probe(db.raw) is False, "it is idle"
        asking = threading.Thread(target=lambda: db.execute("SELECT 1 FROM pg_sleep(1)"))
        asking.start()
        until(lambda: db._waiting._probe(db.raw))
        asking.join()
        way.stall()
        assert db._waiting._probe(db.raw) is None
    finally:
        db.close()


def test_a_dashboard_says_that_the_server_is_silent_reads_on_and_finds_it_again(
    way: Proxy, url: str, tmp_path: Path
) -> None:
    with CachedArchive.beside(by(way, url), tmp_path / "cache", tmp_path / "state") as archive:
        archive.load_tasks()
        assert archive.current_answer("t1") is not None
        archive.listen(lambda: None)
        until(lambda: archive._cached.copy.has_report(1))
        way.stall()
        archive.log_after(0)  # as a dashboard does every two seconds
        until(lambda: archive.away)
        answer = archive.current_answer("t1")
        assert answer is not None
        assert answer.body == b"a report"
        note = archive.annotations.set_note("t1", "a thought meanwhile")
        with pytest.raises(ArchiveError, match="not saved yet"):
            note.result(LIMIT)
        way.heal()
        until(lambda: archive.away is None)
        until(lambda: archive._annotations._outbox.count == 0)
    with Archive.open(url) as theirs:
        assert theirs.annotations.local("t1").note == "a thought meanwhile"


def test_the_thread_that_looks_ends_with_the_last_connection(way: Proxy, url: str) -> None:
    connect(by(way, url)).close()
    until(lambda: "archive-watch" not in {thread.name for thread in threading.enumerate()})
