"""The one thread of this process that writes to the server: jobs in order, futures completed after the commit.

All processes write one after the other, under a lock of the server: the numbers in `task.changed` then grow in the
order of the commits, and a process that looks for changes misses none. While the server is away jobs wait; after
`patience` seconds they fail, and whoever gave them tries again; once it is away for so long, at the first attempt.
"""

from collections.abc import Callable, Sequence
from typing import Any

from tui.engine.archive.postgres.connect import NotNow, PostgresConnection, ServerGone
from tui.engine.archive.postgres.reachability import Reachability
from tui.engine.archive.writing import Blocked, Job, JobWriter, fail, settle

CHANNEL = "divewatch_"
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
            self._carry_out(groups)
            if last:
                self._hang_up()
                return

    def _may_wait(self, job: Job[PostgresConnection]) -> bool:
        return super()._may_wait(job) and not self._closing.is_set()

    def _hang_up(self) -> None:
        if self._db is not None:
            self._db.close()

    def _connected(self) -> PostgresConnection:
        if self._db is None or self._db.broken:
            self._db = self._reach()
        return self._db

    def _group(self, jobs: Sequence[Job[PostgresConnection]]) -> None:
        try:
            db = self._connected()
        except ServerGone as error:
            raise self._lost(error) from error
        except Exception as error:  # noqa: BLE001 - who is refused is refused for every job
            fail(jobs, error)
            return
        try:
            results = [jobs[0].work(db)] if jobs[0].alone else self._transaction(db, jobs)
        except ServerGone as error:
            raise self._lost(error) from error
        except BaseException:
            db.roll_back()
            raise
        self._reachability.reached()
        settle(jobs, results)

    def _lost(self, error: ServerGone) -> Blocked:
        self._reachability.lost(error)
        self._hang_up()
        return Blocked(error)

    def _transaction(self, db: PostgresConnection, jobs: Sequence[Job[PostgresConnection]]) -> list[Any]:
        db.execute("BEGIN")
        try:
            db.execute(f"SELECT pg_advisory_xact_lock({_SPACE})")
        except NotNow as error:  # another process holds it for too long
            raise Blocked(error) from error
        self._check(db)
        results = [job.work(db) for job in jobs]
        db.execute(f"SELECT pg_notify('{CHANNEL}' || md5(current_schema()), ?)", (str(id(self)),))
        db.execute("COMMIT")
        return results
