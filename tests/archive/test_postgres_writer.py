"""The writer of a server: what is in the way of all jobs is met once, however many jobs wait."""

import threading
from concurrent.futures import Future
from typing import cast

import pytest

from tui.domain.errors import ArchiveError
from tui.engine.archive.postgres.connect import NotNow, PostgresConnection, ServerGone
from tui.engine.archive.postgres.lease import AccountLease
from tui.engine.archive.postgres.reachability import Reachability
from tui.engine.archive.postgres.writer import PostgresWriter

JOBS = 50


class Server:
    """A server as its writer sees it, by the statements it is asked; those in `failing` fail."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.reached = 0
        self.failing: dict[str, Exception] = {}
        self.broken = False

    def reach(self) -> PostgresConnection:
        self.reached += 1
        if error := self.failing.get("connect"):
            raise error
        self.broken = False
        return cast(PostgresConnection, self)

    def execute(self, sql: str, parameters: object = ()) -> None:
        self.asked.append(sql)
        for word, error in self.failing.items():
            if word in sql:
                raise error

    def roll_back(self) -> None:
        self.asked.append("ROLLBACK")

    def close(self) -> None:
        self.broken = True


def hold(writer: PostgresWriter) -> threading.Event:
    """Keep the writer busy until the event is set, so that what follows shares a transaction."""
    go, busy = threading.Event(), threading.Event()

    def work(db: PostgresConnection) -> None:
        busy.set()
        go.wait(60)

    writer.submit(work, alone=True)
    assert busy.wait(60)
    return go


def a_writer(server: Server) -> PostgresWriter:
    return PostgresWriter(server.reach, None, lambda db: None, Reachability(), patience=0.0)


def works(db: PostgresConnection) -> None:
    """Write nothing."""


def fails(db: PostgresConnection) -> None:
    raise ZeroDivisionError


def test_the_lock_of_another_process_is_waited_for_once_by_all_jobs() -> None:
    server = Server()
    server.failing["pg_advisory_xact_lock"] = NotNow("the archive is busy")
    writer = a_writer(server)
    go = hold(writer)
    futures = [writer.submit(works) for _ in range(JOBS)]
    go.set()
    assert {str(future.exception(60)) for future in futures} == {"the archive is busy"}
    assert sum("pg_advisory_xact_lock" in sql for sql in server.asked) == 1
    del server.failing["pg_advisory_xact_lock"]
    writer.submit(works).result(60)
    assert writer.close(60)


def test_a_server_that_goes_away_while_jobs_are_tried_alone_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    gone = ServerGone("it cannot be reached")

    def roll_back() -> None:
        server.failing.update(BEGIN=gone, connect=gone)

    monkeypatch.setattr(server, "roll_back", roll_back)
    writer = a_writer(server)
    go = hold(writer)
    futures = [writer.submit(work) for work in (works, fails, *[works] * JOBS)]
    go.set()
    assert {future.exception(60) for future in futures} == {gone}
    assert server.reached == 1, "the connection that broke; nobody tried to make another one"
    assert server.asked.count("BEGIN") == 2
    assert writer.close(60)


def test_a_server_that_refuses_is_asked_once_for_all_jobs() -> None:
    server = Server()
    writer = a_writer(server)
    go = hold(writer)
    server.failing["connect"] = ArchiveError("it does not let you in")
    server.broken = True
    futures = [writer.submit(works) for _ in range(JOBS)]
    go.set()
    assert {str(future.exception(60)) for future in futures} == {"it does not let you in"}
    assert server.reached == 2
    assert writer.close(60)


def test_leases_that_cannot_be_given_back_wait_once_for_the_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.engine.archive.postgres.lease._WRITE_TIMEOUT", 0.0)
    asked: list[str] = []

    def write(work: object, *, alone: bool = False) -> "Future[None]":
        asked.append("release")
        return Future()

    lease = AccountLease(write, lambda: pytest.fail("nothing is read"), Reachability())  # type: ignore[arg-type]
    for account in ("one", "two", "three"):
        lease.release(account)
    assert asked == ["release"]
