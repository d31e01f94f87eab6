"""The one thread of this process that writes to the server: jobs in order, futures completed after the commit.

All processes write one after the other, under a lock of the server: the numbers in `task.changed` then grow in the
order of the commits, and a process that looks for changes misses none. While the server is away jobs wait; after
`patience` seconds they fail, and whoever gave them tries again; once it is away for so long, at the first attempt.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

from tui.engine.archive.postgres.connect import PostgresConnection, ServerGone
from tui.engine.archive.postgres.reachability import Reachability
from tui.engine.archive.writing import Job, JobWriter, fail, settle

CHANNEL = "divewatch_"
_PAUSE = 0.25  # seconds between attempts to reach the server
_SPACE = "hashtextextended('divewatch write ' || current_schema(), 0)"


class PostgresWriter(JobWriter[PostgresConnection]):
    """Owns the writing connection; of each job the future is done after the commit.

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
        super().__init__()

    def _patience_now(self) -> float:
        return max(0.0, self._patience - self._reachability.seconds)

    def _run(self) -> None:
        while True:
            groups, last = self._more(self._jobs.get())
            for group in groups:
                self._supervised(group)
            if last:
                self._hang_up()
                return

    def _supervised(self, jobs: Sequence[Job[PostgresConnection]]) -> None:
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
                fail(jobs, error)
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

    def _group(self, jobs: Sequence[Job[PostgresConnection]]) -> None:
        db = self._connected()
        if jobs[0].alone:
            value = jobs[0].work(db)
            self._reachability.reached()
            jobs[0].future.set_result(value)
            return
        try:
            results = self._transaction(db, jobs)
        except ServerGone:
            raise
        except Exception as error:  # noqa: BLE001 - a job's fault is its caller's, never another job's or the thread's
            db.roll_back()
            if len(jobs) > 1:
                for job in jobs:
                    self._supervised([job])
            else:
                fail(jobs, error)
            return
        self._reachability.reached()
        settle(jobs, results)

    def _transaction(self, db: PostgresConnection, jobs: Sequence[Job[PostgresConnection]]) -> list[Any]:
        db.execute("BEGIN")
        db.execute(f"SELECT pg_advisory_xact_lock({_SPACE})")
        self._check(db)
        results = [job.work(db) for job in jobs]
        db.execute(f"SELECT pg_notify('{CHANNEL}' || md5(current_schema()), ?)", (str(id(self)),))
        db.execute("COMMIT")
        return results
