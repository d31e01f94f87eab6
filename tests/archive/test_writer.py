"""The writer: in order, all or nothing for each job, done only when committed, patient with others."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from tui.domain.errors import ArchiveError, NotFound
from tui.engine.archive.sqlite import writer as writer_module
from tui.engine.archive.sqlite.connect import ArchiveConnection
from tui.engine.archive.sqlite.writer import Writer

Job = Callable[[sqlite3.Connection], int]


def insert(value: object) -> Job:
    def work(db: sqlite3.Connection) -> int:
        db.execute("INSERT INTO t VALUES (?)", (value,))
        return int(db.execute("SELECT count(*) FROM t").fetchone()[0])

    return work


@pytest.fixture
def database(tmp_path: Path) -> Path:
    db = sqlite3.connect(tmp_path / "w.db")
    db.execute("PRAGMA journal_mode=wal")
    db.execute("CREATE TABLE t (x UNIQUE)")
    db.close()
    return tmp_path / "w.db"


@pytest.fixture
def writer(database: Path) -> Iterator[Writer]:
    db = sqlite3.connect(
        database, isolation_level=None, factory=ArchiveConnection, check_same_thread=False, timeout=0.05
    )
    made = Writer(db, str(database), tidy=lambda db, idle: None)
    yield made
    made.close(10)


def rows(database: Path) -> list[object]:
    db = sqlite3.connect(database)
    try:
        return [value for (value,) in db.execute("SELECT x FROM t ORDER BY rowid")]
    finally:
        db.close()


def hold(writer: Writer) -> threading.Event:
    """Keep the writer busy until the event is set, so that what follows waits together."""
    began, go = threading.Event(), threading.Event()

    def work(_: ArchiveConnection) -> bool:
        began.set()
        return go.wait(60)

    writer.submit(work, alone=True)
    assert began.wait(60)
    return go


def test_jobs_that_wait_together_keep_their_order_and_each_has_its_result(writer: Writer, database: Path) -> None:
    go = hold(writer)
    futures = [writer.submit(insert(number)) for number in range(500)]
    go.set()
    assert [future.result(60) for future in futures] == list(range(1, 501))
    assert rows(database) == list(range(500))


def test_a_done_future_means_committed(writer: Writer, database: Path) -> None:
    writer.submit(insert("x")).result(60)
    assert rows(database) == ["x"]


def test_a_job_that_fails_takes_no_other_with_it(writer: Writer, database: Path) -> None:
    def broken(db: sqlite3.Connection) -> int:
        insert("half")(db)
        raise NotFound("no")

    go = hold(writer)
    futures = [writer.submit(insert("a")), writer.submit(broken), writer.submit(insert("b"))]
    go.set()
    assert [type(future.exception(10)) for future in futures] == [type(None), NotFound, type(None)]
    assert rows(database) == ["a", "b"]


def test_an_error_of_the_database_fails_only_the_job_that_has_it(writer: Writer, database: Path) -> None:
    go = hold(writer)
    futures = [writer.submit(insert(value)) for value in ("a", "a", "b")]
    go.set()
    assert [future.exception(10) is None for future in futures] == [True, False, True]
    assert isinstance(futures[1].exception(), ArchiveError)
    assert rows(database) == ["a", "b"]


def statements(writer: Writer, wanted: str) -> list[str]:
    """Return a list that fills with the statements of a writer that are `wanted`."""
    found: list[str] = []

    def work(db: ArchiveConnection) -> None:
        db.set_trace_callback(lambda sql: found.append(sql) if sql == wanted else None)

    writer.submit(work, alone=True).result(60)
    return found


def test_after_jobs_came_together_the_next_ones_wait_for_each_other(
    writer: Writer, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together, gathers = threading.Event(), []

    def gather() -> None:
        gathers.append(len(found))
        assert together.wait(60)

    monkeypatch.setattr(writer, "_gather", gather)
    found = statements(writer, "COMMIT")
    for number in (1, 2):
        assert writer.submit(insert(number)).result(60) == number
    go = hold(writer)
    futures = [writer.submit(insert(number)) for number in (3, 4)]
    go.set()
    assert [future.result(60) for future in futures] == [3, 4]
    assert not gathers, "who writes one thing after the other does not wait"
    futures = [writer.submit(insert(number)) for number in range(5, 9)]
    together.set()
    assert [future.result(60) for future in futures] == [5, 6, 7, 8]
    assert len(found) == 4
    assert writer.submit(insert(9)).result(60) == 9
    assert writer.submit(insert(10)).result(60) == 10
    assert gathers == [3, 4], "one that comes alone ends it"


def test_a_cancelled_job_is_not_run(writer: Writer, database: Path) -> None:
    go = hold(writer)
    future = writer.submit(insert("never"))
    assert future.cancel()
    go.set()
    writer.submit(insert("after")).result(60)
    with pytest.raises(CancelledError):
        future.result(60)
    assert rows(database) == ["after"]


def test_a_fault_of_ours_is_the_callers_and_the_thread_lives(writer: Writer) -> None:
    with pytest.raises(ZeroDivisionError):
        writer.submit(lambda db: 1 // 0).result(60)
    with pytest.raises(ZeroDivisionError):
        writer.submit(lambda db: 1 // 0, alone=True).result(60)
    with pytest.raises(ArchiveError):
        writer.submit(lambda db: db.execute("nonsense"), alone=True).result(60)
    assert writer.submit(insert(1)).result(60) == 1


def test_another_writer_is_waited_for(writer: Writer, database: Path) -> None:
    other = sqlite3.connect(database, isolation_level=None, factory=ArchiveConnection)
    other.execute("BEGIN IMMEDIATE")
    future = writer.submit(insert("waited"))
    assert not future.done()
    other.execute("COMMIT")
    other.close()
    assert future.result(60) == 1


def test_another_writer_is_not_waited_for_without_end(
    writer: Writer, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "_LOCK_TIMEOUT", 0.0)
    other = sqlite3.connect(database, isolation_level=None, factory=ArchiveConnection)
    other.execute("BEGIN IMMEDIATE")
    error = writer.submit(insert("x")).exception(10)
    other.execute("ROLLBACK")
    other.close()
    assert isinstance(error, ArchiveError)
    assert "busy" in error.message
    assert "locked" not in error.message


def holding(database: Path) -> sqlite3.Connection:
    """Return a connection of another program that has the lock which every writer needs."""
    other = sqlite3.connect(database, isolation_level=None, factory=ArchiveConnection, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_a_lock_is_waited_for_once_by_all_jobs_that_it_blocks(
    writer: Writer, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "_LOCK_TIMEOUT", 0.0)
    begun = statements(writer, "BEGIN IMMEDIATE")
    go = hold(writer)
    futures = [writer.submit(insert(number)) for number in range(50)]
    other = holding(database)
    go.set()
    assert {type(future.exception(60)) for future in futures} == {ArchiveError}
    assert len(begun) == 1
    other.close()
    assert rows(database) == []
    assert writer.submit(insert("later")).result(60) == 1


def test_a_lock_that_is_taken_while_jobs_are_tried_alone_is_waited_for_once(
    writer: Writer, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others: list[sqlite3.Connection] = []
    roll_back = writer._roll_back

    def roll_back_and_be_late() -> None:
        roll_back()
        others.extend([] if others else [holding(database)])

    monkeypatch.setattr(writer, "_roll_back", roll_back_and_be_late)
    monkeypatch.setattr(writer_module, "_LOCK_TIMEOUT", 0.0)
    begun = statements(writer, "BEGIN IMMEDIATE")
    go = hold(writer)
    futures = [writer.submit(insert(value)) for value in ("a", "a", *range(48))]
    go.set()
    assert ["busy" in str(future.exception(60)) for future in futures] == [True] * 50
    assert len(begun) == 2, "once together, once alone"
    others[0].close()
    assert rows(database) == []


def test_a_job_that_came_later_is_tried_for_its_own_time(
    writer: Writer, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = holding(database)
    go = hold(writer)
    monkeypatch.setattr(writer_module, "_LOCK_TIMEOUT", 0.0)
    early = writer.submit(insert("early"))
    monkeypatch.setattr(writer_module, "_LOCK_TIMEOUT", 60.0)
    late = writer.submit(insert("late"))
    early.add_done_callback(lambda _: other.execute("ROLLBACK"))
    go.set()
    assert isinstance(early.exception(60), ArchiveError)
    assert late.result(60) == 1
    other.close()
    assert rows(database) == ["late"]


def test_who_comes_when_others_have_waited_long_enough_does_not_wait_anew(
    writer: Writer, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = holding(database)
    monkeypatch.setattr(writer_module, "_LOCK_TIMEOUT", 0.0)
    assert isinstance(writer.submit(insert("first")).exception(60), ArchiveError)
    monkeypatch.setattr(writer_module, "_LOCK_TIMEOUT", 600.0)
    writer._blocked_since -= 700.0
    assert isinstance(writer.submit(insert("one more")).exception(60), ArchiveError)
    other.close()
    assert writer.submit(insert("at last")).result(60) == 1
    assert writer._patience_now() == 600.0


def test_closing_writes_what_is_queued_and_refuses_what_comes_later(writer: Writer, database: Path) -> None:
    go = hold(writer)
    futures = [writer.submit(insert(number)) for number in range(10)]
    assert not writer.close(0.01)
    late = writer.submit(insert("late"))
    go.set()
    assert writer.close(10)
    assert all(future.done() for future in futures)
    assert isinstance(late.exception(0), ArchiveError)
    assert rows(database) == list(range(10))


def test_the_log_is_tidied_once_when_there_is_nothing_to_do(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "_IDLE", 0.01)
    calls: list[bool] = []
    idle = threading.Event()

    def tidy(db: sqlite3.Connection, is_idle: bool) -> None:
        calls.append(is_idle)
        if is_idle:
            idle.set()

    db = sqlite3.connect(database, isolation_level=None, factory=ArchiveConnection, check_same_thread=False)
    writer = Writer(db, str(database), tidy=tidy)
    writer.submit(insert(1)).result(60)
    assert idle.wait(60)
    writer.close(10)
    assert calls == [False, True, True], "and once more at the end"
