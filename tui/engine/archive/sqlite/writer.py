"""The one thread that writes: jobs in order, grouped into transactions, futures completed after the commit."""

import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from tui.domain.errors import ArchiveError
from tui.engine.archive.sqlite.connect import ArchiveConnection
from tui.engine.archive.sqlite.errors import explain, is_busy

T = TypeVar("T")
_AT_ONCE = 200  # jobs in one transaction
_IDLE = 1.0  # seconds without a job before the log is folded into the file
_LOCK_TIMEOUT = 30.0  # seconds to wait for another writer, beyond SQLite's own busy time-out


class _Job:
    """A unit of work and its future; `alone` runs it outside a transaction."""

    __slots__ = ("alone", "future", "work")

    def __init__(self, work: Callable[[ArchiveConnection], Any], alone: bool) -> None:
        self.work = work
        self.alone = alone
        self.future: Future[Any] = Future()


class Writer:
    """Owns the writing connection of one archive.

    Jobs that wait together share one transaction, each under its own savepoint, so a thousand updates cost one flush to
    the disk. If the transaction as a whole fails, every job is tried again alone: one that does not fit on the disk
    takes no other with it. Jobs must therefore be repeatable.
    """

    def __init__(self, db: ArchiveConnection, path: str, *, tidy: Callable[[ArchiveConnection, bool], None]) -> None:
        self._db = db
        self._path = path
        self._tidy = tidy  # called after commits (idle=False) and once when there is nothing to do (idle=True)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closing = False
        self._gate = threading.Lock()  # no job may enter the queue behind the one that ends the thread
        self._thread = threading.Thread(target=self._run, name="archive-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[ArchiveConnection], T], *, alone: bool = False) -> "Future[T]":
        """Queue `work`; the future is done when it is committed, or failed with a `DivewatchError`."""
        job = _Job(work, alone)
        with self._gate:
            if not self._closing:
                self._jobs.put(job)
                return job.future
        job.future.set_exception(ArchiveError("The archive is closed."))
        return job.future

    def close(self, timeout: float) -> bool:
        """Write what is queued and end; returns False if that took longer than `timeout` seconds (it goes on then)."""
        with self._gate:
            if not self._closing:
                self._closing = True
                self._jobs.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        dirty = False
        while True:
            try:
                job = self._jobs.get(timeout=_IDLE if dirty else None)
            except queue.Empty:
                dirty = False
                self._tidy(self._db, True)
                continue
            batch, last = self._more(job)
            for group in _groups(batch):
                self._supervised(group)
            if last:
                self._tidy(self._db, True)
                self._db.close()
                return
            dirty = True
            self._tidy(self._db, False)

    def _more(self, job: _Job | None) -> tuple[list[_Job], bool]:
        batch: list[_Job] = []
        while job is not None:
            if job.future.set_running_or_notify_cancel():
                batch.append(job)
            if len(batch) >= _AT_ONCE:
                return batch, False
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _supervised(self, jobs: Sequence[_Job]) -> None:
        try:
            self._group(jobs)
        except Exception as error:  # noqa: BLE001 - supervision: the thread outlives a connection that cannot roll back
            problem = explain(error, self._path) if isinstance(error, sqlite3.Error) else error
            for job in jobs:
                if not job.future.done():
                    job.future.set_exception(problem)

    def _group(self, jobs: Sequence[_Job]) -> None:
        if jobs[0].alone:
            self._alone(jobs[0])
            return
        try:
            outcomes = self._transaction(jobs)
        except sqlite3.Error as error:
            self._roll_back()
            if len(jobs) == 1:
                jobs[0].future.set_exception(explain(error, self._path))
                return
            for job in jobs:
                self._group([job])
            return
        for job, (value, problem) in zip(jobs, outcomes, strict=True):
            if problem is None:
                job.future.set_result(value)
            else:
                job.future.set_exception(problem)

    def _transaction(self, jobs: Sequence[_Job]) -> list[tuple[Any, Exception | None]]:
        self._begin()
        outcomes: list[tuple[Any, Exception | None]] = []
        for job in jobs:
            self._db.execute("SAVEPOINT job")
            try:
                outcomes.append((job.work(self._db), None))
            except sqlite3.Error:
                raise  # of the file, not of the job: decided for the whole transaction
            except Exception as error:  # noqa: BLE001 - supervision: a job's fault is its caller's, never the thread's
                self._db.execute("ROLLBACK TO job")
                outcomes.append((None, error))
            self._db.execute("RELEASE job")
        self._db.execute("COMMIT")
        return outcomes

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

    def _alone(self, job: _Job) -> None:
        try:
            job.future.set_result(job.work(self._db))
        except sqlite3.Error as error:
            job.future.set_exception(explain(error, self._path))
        except Exception as error:  # noqa: BLE001 - supervision, as above
            job.future.set_exception(error)

    def _roll_back(self) -> None:
        if self._db.in_transaction:  # a full disk has already rolled back
            self._db.execute("ROLLBACK")


def _groups(jobs: Sequence[_Job]) -> list[list[_Job]]:
    groups: list[list[_Job]] = []
    for job in jobs:
        if groups and not job.alone and not groups[-1][0].alone:
            groups[-1].append(job)
        else:
            groups.append([job])
    return groups
