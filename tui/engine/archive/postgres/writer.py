"""The one thread of this process that writes to the server: jobs in order, futures completed after the commit.

All processes write one after the other, under a lock of the server: the numbers in `task.changed` then grow in the
order of the commits, and a process that looks for changes misses none. While the server is away jobs wait; after
`patience` seconds they fail, and whoever gave them tries again; once it is away for so long, at the first attempt.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from tui.domain.errors import ArchiveError, DivewatchError
from tui.engine.archive.postgres.connect import PostgresConnection, ServerGone
from tui.engine.archive.postgres.reachability import Reachability

T = TypeVar("T")
CHANNEL = "divewatch_"
_AT_ONCE = 200
_PAUSE = 0.25  # seconds between attempts to reach the server
_SPACE = "hashtextextended('divewatch write ' || current_schema(), 0)"


class _Job:
    __slots__ = ("alone", "deadline", "future", "work")

    def __init__(self, work: Callable[[PostgresConnection], Any], alone: bool, patience: float) -> None:
        self.work = work
        self.alone = alone
        self.deadline = time.monotonic() + patience
        self.future: Future[Any] = Future()


class PostgresWriter:
    """Owns the writing connection.

    Args:
        reach: makes a new connection for writing, outside a transaction; raises `ServerGone`.
        db: the first one; None where it is made with the first job.
        check: is called in each transaction; raises if this program may not write (any more).
        reachability: is told whether the server answers.
        patience: seconds that a job waits for a server that just went away.
    """

    def __init__(
        self,
        reach: Callable[[], PostgresConnection],
        db: PostgresConnection | None,
        check: Callable[[PostgresConnection], None],
        reachability: Reachability,
        *,
        patience: float = 10.0,
    ) -> None:
        self._reach = reach
        self._db = db
        self._check = check
        self._reachability = reachability
        self._patience = patience
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="archive-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[PostgresConnection], T], *, alone: bool = False) -> "Future[T]":
        """Queue `work`; with `alone` it runs outside a transaction. The future is done after the commit."""
        # What stands alone is about now.
        job = _Job(work, alone, 0.0 if alone else max(0.0, self._patience - self._reachability.seconds))
        with self._gate:
            if not self._closing.is_set():
                self._jobs.put(job)
                return job.future
        job.future.set_exception(ArchiveError("The archive is closed."))
        return job.future

    def close(self, timeout: float) -> bool:
        """Write what is queued and end; False if that took longer than `timeout` seconds."""
        with self._gate:
            if not self._closing.is_set():
                self._closing.set()
                self._jobs.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            batch, last = self._more(self._jobs.get())
            for group in _groups(batch):
                self._supervised(group)
            if last:
                self._hang_up()
                return

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
        while jobs:
            try:
                self._group(jobs)
            except ServerGone as error:
                self._reachability.lost(error)
                self._hang_up()
                late = [job for job in jobs if self._closing.is_set() or time.monotonic() >= job.deadline]
                for job in late:
                    job.future.set_exception(error)
                jobs = [job for job in jobs if job not in late]
                if jobs:
                    self._closing.wait(_PAUSE)
            except Exception as error:  # noqa: BLE001 - supervision: the thread outlives every fault of a job
                if self._db is not None:
                    self._db.roll_back()
                for job in jobs:
                    if not job.future.done():
                        job.future.set_exception(error)
                return
            else:
                return

    def _hang_up(self) -> None:
        if self._db is not None:
            self._db.close()

    def _connected(self) -> PostgresConnection:
        if self._db is None or self._db.broken:
            self._db = self._reach()
        return self._db

    def _group(self, jobs: Sequence[_Job]) -> None:
        db = self._connected()
        if jobs[0].alone:
            value = jobs[0].work(db)
            self._reachability.reached()
            jobs[0].future.set_result(value)
            return
        try:
            outcomes = self._transaction(db, jobs)
        except ServerGone:
            raise
        except ArchiveError as error:  # of the database: one job that does not fit takes no other with it
            db.roll_back()
            if len(jobs) == 1:
                jobs[0].future.set_exception(error)
                return
            for job in jobs:
                self._supervised([job])
            return
        self._reachability.reached()
        for job, (value, problem) in zip(jobs, outcomes, strict=True):
            if problem is None:
                job.future.set_result(value)
            else:
                job.future.set_exception(problem)

    def _transaction(self, db: PostgresConnection, jobs: Sequence[_Job]) -> list[tuple[Any, Exception | None]]:
        db.execute("BEGIN")
        db.execute(f"SELECT pg_advisory_xact_lock({_SPACE})")
        self._check(db)
        outcomes: list[tuple[Any, Exception | None]] = []
        for job in jobs:
            db.execute("SAVEPOINT job")
            try:
                outcomes.append((job.work(db), None))
            except ArchiveError:
                raise
            except Exception as error:  # noqa: BLE001 - supervision: a job's fault is its caller's
                db.execute("ROLLBACK TO job")
                outcomes.append((None, error))
            db.execute("RELEASE job")
        db.execute(f"SELECT pg_notify('{CHANNEL}' || md5(current_schema()), ?)", (str(id(self)),))
        db.execute("COMMIT")
        return outcomes


def _groups(jobs: Sequence[_Job]) -> list[list[_Job]]:
    groups: list[list[_Job]] = []
    for job in jobs:
        if groups and not job.alone and not groups[-1][0].alone:
            groups[-1].append(job)
        else:
            groups.append([job])
    return groups


def refused(error: DivewatchError) -> "Future[Any]":
    """Return a future that has failed with `error`."""
    future: Future[Any] = Future()
    future.set_exception(error)
    return future
