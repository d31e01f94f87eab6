"""The one thread that writes a file: see `tui.engine.archive.writing.JobWriter`."""

import math
import queue
import sqlite3
import time
from collections.abc import Callable, Sequence

from tui.engine.archive.sqlite.connect import ArchiveConnection
from tui.engine.archive.sqlite.errors import explain, is_busy
from tui.engine.archive.writing import Blocked, Job, JobWriter, settle

_IDLE = 1.0  # seconds without a job before the log is folded into the file
_LOCK_TIMEOUT = 30.0  # seconds that a job waits for another writer, beyond SQLite's own busy time-out


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
        self._blocked_since = math.inf  # monotonic; until something is written
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
            self._carry_out(groups)
            if last:
                self._tidy(self._db, True)
                self._db.close()
                return
            dirty = True
            self._tidy(self._db, False)

    def _patience_now(self) -> float:
        waited = max(0.0, time.monotonic() - self._blocked_since)  # by others that were not written either
        return max(0.0, _LOCK_TIMEOUT - waited)

    def _group(self, jobs: Sequence[Job[ArchiveConnection]]) -> None:
        try:
            if jobs[0].alone:
                results = [jobs[0].work(self._db)]
            else:
                self._execute("BEGIN IMMEDIATE")
                results = [job.work(self._db) for job in jobs]
                self._execute("COMMIT")
                self._blocked_since = math.inf
        except sqlite3.Error as error:
            self._roll_back()
            raise explain(error, self._path) from error
        except BaseException:
            self._roll_back()
            raise
        settle(jobs, results)

    def _execute(self, sql: str) -> None:
        """Begin or commit; a lock that another process holds is no job's fault."""
        try:
            self._db.execute(sql)
        except sqlite3.OperationalError as error:
            if is_busy(error):
                self._blocked_since = min(self._blocked_since, time.monotonic())
                raise Blocked(explain(error, self._path)) from error
            raise

    def _roll_back(self) -> None:
        if self._db.in_transaction:  # a full disk has already rolled back
            self._db.execute("ROLLBACK")
