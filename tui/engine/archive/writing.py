"""What the writers of a file and of a server share: jobs in order, in transactions, on a thread of their own."""

import queue
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, Protocol, TypeVar

from tui.domain.errors import ArchiveError, DivewatchError

T = TypeVar("T")


class Executes(Protocol):
    """A connection as far as it concerns savepoints."""

    def execute(self, sql: str, /) -> object:
        """Carry out a statement."""


Connection = TypeVar("Connection", bound=Executes)
_AT_ONCE = 200  # jobs in one transaction


class Job(Generic[Connection]):
    """A unit of work and the future that tells how it went; `alone` runs it outside a transaction."""

    __slots__ = ("alone", "deadline", "future", "work")

    def __init__(self, work: Callable[[Connection], Any], alone: bool, patience: float) -> None:
        self.work = work
        self.alone = alone
        self.deadline = time.monotonic() + patience
        self.future: Future[Any] = Future()


class JobWriter(ABC, Generic[Connection]):
    """The one thread of this process that writes; a future of `submit` is done when its job is committed.

    Jobs that wait together share one transaction, each under its own savepoint, so a thousand updates cost one flush to
    the disk. If the transaction as a whole fails, every job is tried again alone: one that does not fit takes no other
    with it. Jobs must therefore be repeatable.
    """

    faults: type[Exception]
    """Errors of the database: decided for the whole transaction."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Job[Connection] | None] = queue.SimpleQueue()
        self._gate = threading.Lock()  # no job may enter the queue behind the one that ends the thread
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="archive-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], T], *, alone: bool = False) -> "Future[T]":
        """Queue `work`; with `alone` it runs outside a transaction. The future may fail with a `DivewatchError`."""
        job = Job(work, alone, 0.0 if alone else self._patience_now())  # what stands alone is about now
        with self._gate:
            if not self._closing.is_set():
                self._jobs.put(job)
                return job.future
        job.future.set_exception(ArchiveError("the archive is closed"))
        return job.future

    def close(self, timeout: float) -> bool:
        """Write what is queued and end; False if that took longer than `timeout` seconds (it then goes on)."""
        with self._gate:
            if not self._closing.is_set():
                self._closing.set()
                self._jobs.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _patience_now(self) -> float:
        """Return the seconds that a job given now may wait for the database."""
        return 0.0

    @abstractmethod
    def _run(self) -> None:
        """Carry out jobs until the last one."""

    def _more(self, job: Job[Connection] | None) -> tuple[list[list[Job[Connection]]], bool]:
        """Return a job and those that wait behind it, in groups for one transaction each; and whether it ends there."""
        batch: list[Job[Connection]] = []
        while job is not None:
            if job.future.set_running_or_notify_cancel():
                batch.append(job)
            if len(batch) >= _AT_ONCE:
                return _groups(batch), False
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return _groups(batch), False
        return _groups(batch), True

    def _carried_out(self, db: Connection, jobs: Sequence[Job[Connection]]) -> list[tuple[Any, Exception | None]]:
        """Carry out jobs inside a transaction; a fault of a job is its caller's, one of the database is raised."""
        outcomes: list[tuple[Any, Exception | None]] = []
        for job in jobs:
            db.execute("SAVEPOINT job")
            try:
                outcomes.append((job.work(db), None))
            except self.faults:
                raise
            except Exception as error:  # noqa: BLE001 - supervision: a job's fault is its caller's, never the thread's
                db.execute("ROLLBACK TO job")
                outcomes.append((None, error))
            db.execute("RELEASE job")
        return outcomes


def settle(jobs: Sequence[Job[Connection]], outcomes: Sequence[tuple[Any, Exception | None]]) -> None:
    """Tell how jobs went, once their transaction is committed."""
    for job, (value, problem) in zip(jobs, outcomes, strict=True):
        if problem is None:
            job.future.set_result(value)
        else:
            job.future.set_exception(problem)


def fail(jobs: Sequence[Job[Connection]], problem: Exception) -> None:
    """Let the jobs fail that have not ended."""
    for job in jobs:
        if not job.future.done():
            job.future.set_exception(problem)


def refused(error: DivewatchError) -> "Future[Any]":
    """Return a future that has failed with `error`."""
    future: Future[Any] = Future()
    future.set_exception(error)
    return future


def _groups(jobs: Sequence[Job[Connection]]) -> list[list[Job[Connection]]]:
    groups: list[list[Job[Connection]]] = []
    for job in jobs:
        if groups and not job.alone and not groups[-1][0].alone:
            groups[-1].append(job)
        else:
            groups.append([job])
    return groups
