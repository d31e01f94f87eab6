"""The one thread that writes a file: see `tui.engine.archive.writing.JobWriter`."""

import queue
import sqlite3
import time
from collections.abc import Callable, Sequence

from tui.engine.archive.sqlite.connect import ArchiveConnection
from tui.engine.archive.sqlite.errors import explain, is_busy
from tui.engine.archive.writing import Job, JobWriter, fail, settle

_IDLE = 1.0  # seconds without a job before the log is folded into the file
_LOCK_TIMEOUT = 30.0  # seconds to wait for another writer, beyond SQLite's own busy time-out


class Writer(JobWriter[ArchiveConnection]):
    """Owns the writing connection of one archive.

    Args:
        db: the connection.
        path: of the file, for messages.
        tidy: called after commits (idle=False), and once when there is nothing to do (idle=True).
    """

    def __init__(self, db: ArchiveConnection, path: str, *, tidy: Callable[[ArchiveConnection, bool], None]) -> None:
        self._db = db
        self._path = path
        self._tidy = tidy
        super().__init__()

    def _run(self) -> None:
        dirty = False
        while True:
            try:
                job = self._jobs.get(timeout=_IDLE if dirty else None)
            except queue.Empty:
                dirty = False
                self._tidy(self._db, True)
                continue
            groups, last = self._more(job)
            for group in groups:
                self._supervised(group)
            if last:
                self._tidy(self._db, True)
                self._db.close()
                return
            dirty = True
            self._tidy(self._db, False)

    def _supervised(self, jobs: Sequence[Job[ArchiveConnection]]) -> None:
        try:
            self._group(jobs)
        except Exception as error:  # noqa: BLE001 - supervision: the thread outlives a connection that cannot roll back
            fail(jobs, self._explained(error))

    def _group(self, jobs: Sequence[Job[ArchiveConnection]]) -> None:
        if jobs[0].alone:
            jobs[0].future.set_result(jobs[0].work(self._db))
            return
        try:
            self._begin()
            results = [job.work(self._db) for job in jobs]
            self._db.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - a job's fault is its caller's, never another job's or the thread's
            self._roll_back()
            if len(jobs) > 1:
                for job in jobs:
                    self._group([job])
            else:
                fail(jobs, self._explained(error))
            return
        settle(jobs, results)

    def _explained(self, error: Exception) -> Exception:
        return explain(error, self._path) if isinstance(error, sqlite3.Error) else error

    def _begin(self) -> None:
        deadline = time.monotonic() + _LOCK_TIMEOUT
        while True:
            try:
                self._db.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not is_busy(error) or time.monotonic() > deadline:
                    raise
            else:
                return

    def _roll_back(self) -> None:
        if self._db.in_transaction:  # a full disk has already rolled back
            self._db.execute("ROLLBACK")
