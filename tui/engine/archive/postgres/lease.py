"""Who polls an account: an advisory lock of the writing connection, which the server frees when that breaks."""

import os
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from tui.domain.errors import ArchiveError, DivewatchError
from tui.engine.archive.database import Database
from tui.engine.archive.postgres.connect import PostgresConnection, ServerGone
from tui.engine.archive.postgres.reachability import Reachability
from tui.engine.archive.shared_sql import put_state, under

T = TypeVar("T")
_WRITE_TIMEOUT = 5.0  # seconds to wait for the writer; no answer is no lease
_KEY = "lease."
_NUMBER = "hashtextextended('divewatch poll ' || current_schema() || ' ' || ?, 0)"


_MAY_SAVE = """SELECT has_table_privilege('task', 'UPDATE') AND has_table_privilege('answer', 'INSERT')
    AND NOT pg_is_in_recovery()"""


class _Write(Protocol):
    def __call__(self, work: Callable[[PostgresConnection], T], *, alone: bool = False) -> "Future[T]": ...


class AccountLease:
    """The leases that this process holds: one for each account."""

    def __init__(
        self,
        write: _Write,
        reading: Callable[[], AbstractContextManager[PostgresConnection]],
        reachability: Reachability,
    ) -> None:
        self._write = write
        self._reading = reading
        self._reachability = reachability

    def take(self, account: str) -> bool:
        """Take or keep the lease of `account`; False if another process has it, or the server cannot be reached.

        A lease that cannot be confirmed may have passed on: the server frees it when it does not hear from us.

        Raises:
            ArchiveError: the server answers and refuses; nobody else need have it.
        """
        if self._reachability.away is not None:
            return False
        try:
            return self._write(lambda db: _take(db, account), alone=True).result(_WRITE_TIMEOUT)
        except TimeoutError as error:
            self._reachability.lost(error)
            return False
        except ServerGone:  # `away` says it
            return False

    def holder(self) -> str:
        """Return who polls, or polled last, one after another; "" if nobody is known."""
        with self._reading() as db:
            found = db.execute(
                "SELECT DISTINCT value FROM state WHERE substr(key, 1, ?) = ? ORDER BY value", (len(_KEY), _KEY)
            ).fetchall()
        return ", ".join(value for (value,) in found)

    def release(self, account: str) -> None:
        """Let others poll `account`; "" gives back everything, as the end of the connection does."""
        if self._reachability.away is not None:
            return
        try:
            self._write(lambda db: _release(db, account), alone=True).result(_WRITE_TIMEOUT)
        except TimeoutError as error:
            self._reachability.lost(error)
        except DivewatchError:
            return

    def give_back(self) -> None:
        """Let others poll everything, without waiting for it: the archive is about to be closed."""
        self._write(lambda db: _release(db, ""), alone=True)


def polled(db: Database) -> dict[str, str]:
    """Return who polls each account at this moment: those whose lock is held, not those who polled last."""
    found = db.execute(
        f"SELECT substr(key, {len(_KEY) + 1}), value FROM state WHERE {under(_KEY)} AND EXISTS (SELECT 1 FROM pg_locks "
        "WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND mode = 'ExclusiveLock' "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
        f"AND (classid::bigint << 32) | objid::bigint = {_NUMBER.replace('?', f'substr(key, {len(_KEY) + 1})')})"
    ).fetchall()
    return dict(found)


def _take(db: PostgresConnection, account: str) -> bool:
    if account in db.held:
        try:
            _check_rights(db)  # also: a connection that broke unnoticed holds nothing
        except ArchiveError:
            if not db.broken:
                _release(db, account)
            raise
        return True
    if not db.execute(f"SELECT pg_try_advisory_lock({_NUMBER})", (account,)).fetchone()[0]:
        return False
    since = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    try:
        put_state(db, _KEY + account, f"{db.person} (process {os.getpid()}) since {since}")
        _check_rights(db)
    except ArchiveError:
        if not db.broken:  # a role that may only read must not keep the lease from those who save what they ask for
            db.execute(f"SELECT pg_advisory_unlock({_NUMBER})", (account,))
        raise
    db.held.add(account)
    return True


def _check_rights(db: PostgresConnection) -> None:
    if not db.execute(_MAY_SAVE).fetchone()[0]:
        raise ArchiveError("your role may not write into the archive any more", hint="ask whoever runs the server")


def _release(db: PostgresConnection, account: str) -> None:
    for held in [account] if account else [*db.held]:
        if held in db.held:
            db.execute(f"SELECT pg_advisory_unlock({_NUMBER})", (held,))
            db.held.discard(held)
