"""What the writers of a file and of a server share: jobs in order, in transactions, on a thread of their own."""

import queue
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from tui.domain.errors import ArchiveError, DivewatchError

T = TypeVar("T")
Connection = TypeVar("Connection")
_AT_ONCE = 200  # jobs in one transaction
_GATHER = 0.001  # seconds that a job waits for others after some came together (PostgreSQL calls it commit_delay)
_PAUSE = 0.25  # seconds between attempts to begin a transaction


class Blocked(Exception):
    """No transaction can be made now, whatever its jobs are; `why` is what those fail with that wait no longer."""

    def __init__(self, why: DivewatchError) -> None:
        super().__init__(why)
        self.why = why


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

    Jobs that wait together share one transaction, so a thousand updates cost one flush to the disk. If one fails, the
    transaction is undone and every job is tried again alone: one that does not fit takes no other with it. Jobs must
    therefore be repeatable. What is in the way of all jobs is waited for once, not once for each of them.
    """

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Job[Connection] | None] = queue.SimpleQueue()
        self._gate = threading.Lock()  # no job may enter the queue behind the one that ends the thread
        self._closing = threading.Event()
        self._together = False  # whether the latest jobs were several
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
        if self._together:
            self._gather()
        batch: list[Job[Connection]] = []
        while job is not None:
            if job.future.set_running_or_notify_cancel():
                batch.append(job)
            if len(batch) >= _AT_ONCE:
                break
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
        self._together = len(batch) > 1
        return _groups(batch), job is None

    def _gather(self) -> None:
        """Let others come."""
        time.sleep(_GATHER)

    def _carry_out(self, groups: list[list[Job[Connection]]]) -> None:
        """Carry out jobs, each group in one transaction; all futures are done then. Nothing that a job does raises."""
        while groups:
            try:
                self._group(groups[0])
            except Blocked as blocked:
                for group in groups:
                    fail([job for job in group if not self._may_wait(job)], blocked.why)
                patient = ([job for job in group if not job.future.done()] for group in groups)
                groups = [group for group in patient if group]
                if groups:
                    self._closing.wait(_PAUSE)
            except Exception as error:  # noqa: BLE001 - a job's fault is its caller's, never another job's or the thread's
                failed = groups.pop(0)
                if len(failed) > 1:
                    groups[:0] = [[job] for job in failed]
                else:
                    fail(failed, error)
            else:
                del groups[0]

    @abstractmethod
    def _group(self, jobs: Sequence[Job[Connection]]) -> None:
        """Carry out jobs in one transaction and tell what they returned; where it raises, it has undone everything.

        Raises:
            Blocked: no job could be written now.
        """

    def _may_wait(self, job: Job[Connection]) -> bool:
        """Whether a job that was blocked is tried again."""
        return time.monotonic() < job.deadline


def settle(jobs: Sequence[Job[Connection]], results: Sequence[Any]) -> None:
    """Tell what jobs returned, once their transaction is committed."""
    for job, result in zip(jobs, results, strict=True):
        job.future.set_result(result)


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
