"""Creates that wait for a process with the key: rows that the holder of an account's polling lease takes, each once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from tui.domain.errors import NotFound
from tui.domain.provider import Draft
from tui.domain.task import Task, TaskStatus
from tui.engine.archive.postgres.connect import PostgresConnection, origin
from tui.engine.archive.postgres.lease import polled
from tui.engine.archive.postgres.store import PostgresStore
from tui.engine.archive.rows import costs, drafts, rows
from tui.engine.archive.rows.task_json import to_tasks
from tui.engine.ports import QueuedAction, QueuedCreate

if TYPE_CHECKING:
    from tui.domain.budget import Charge

_NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"  # the server's clock, for whoever asks or takes
_ASKED = f"taken IS NULL AND at > {_NOW} - 60000000"  # who asked waits for less: what is older nobody asks for any more
_FORGOTTEN = 24 * 3600 * 1_000_000  # microseconds after which nobody looks for the outcome of an action any more
_WAITING = (  # of an archive of an older program what was deleted may be there
    "FROM queue JOIN task ON task.n = queue.task WHERE taken IS NULL AND deleted_at IS NULL AND remote_id IS NULL"
)


class TeamQueue:
    """The queue of an archive that a team shares: processes without a key put in, the process with the key takes out.

    Each create and each action is taken once; taking a create writes the intent to send it into its row. Every change
    of the queue is also one of a task's row, in the same transaction. The writer may carry a change out twice, where
    the answer to the first commit was lost; each is written so that the second time changes nothing.
    """

    def __init__(self, store: Callable[[], PostgresStore], writer: int) -> None:
        self._store = store
        self._writer = writer

    def senders(self) -> Mapping[str, str]:
        """Return by account who polls it and sends what is queued for it: "nina@server (process 7) since ..."."""
        with self._store().reading() as db:
            return polled(db)

    def waiting(self) -> frozenset[str]:
        """Return the accounts for which a create or an action is queued."""
        with self._store().reading() as db:
            found = db.execute(
                f"SELECT queue.account {_WAITING} UNION SELECT account FROM queued_action WHERE {_ASKED}"
            ).fetchall()
        return frozenset(account for (account,) in found)

    def gone(self, task_ids: Collection[str]) -> frozenset[str]:
        """Return which of these tasks, whose rows say that they are queued, are in no queue any more."""
        with self._store().reading() as db:  # in one statement: whoever sends one changes its row with its place here
            found = db.execute(
                "SELECT id FROM task WHERE remote_id IS NULL AND status = ? "
                "AND NOT EXISTS (SELECT 1 FROM queue WHERE queue.task = task.n)",
                (TaskStatus.QUEUED.value,),
            ).fetchall()
        return frozenset(task_ids) & {task_id for (task_id,) in found}

    def put(self, account: str, created: Sequence[tuple[Task, Draft]], together: str = "") -> "Future[None]":
        """Save new rows with their drafts, and queue them; `together` makes a batch of them."""

        def work(db: PostgresConnection) -> None:
            if _is_known(db, created[0][0].id):
                return  # saved before, and perhaps sent since
            here = origin(db)
            for task, draft in created:
                drafts.save(db, task.id, draft)
                n = rows.put(db, task, self._writer)
                db.execute(
                    "INSERT INTO queue (task, account, together, origin) VALUES (?, ?, ?, ?)",
                    (n, account, together or None, here),
                )

        return self._store().write(work)

    def take(
        self, account: str, attempt: str, begin: Callable[[Task], Task]
    ) -> "Future[Sequence[QueuedCreate] | None]":
        """Take the oldest create or batch for `account`; None if there is none, or if this process does not poll it.

        Without the lease on the account, which a connection that broke had, this process does not.

        Args:
            account: the key of the account.
            attempt: the same call again, after a failure, returns what the one before took.
            begin: makes of a row the one that says that it is being sent.
        """

        def work(db: PostgresConnection) -> Sequence[QueuedCreate] | None:
            if account not in db.held:
                return None
            self._doubt(db, account, begin)
            taken = _taken(db, attempt)
            if not taken and _claim(db, account, attempt):
                taken = _taken(db, attempt)
                for one in taken:
                    rows.put(db, begin(one.task), self._writer)
            return tuple(QueuedCreate(begin(one.task), one.draft, one.together) for one in taken)

        return self._store().write(work)

    def _doubt(self, db: PostgresConnection, account: str, begin: Callable[[Task], Task]) -> None:
        """Make creates unsure that were brought back from a dump: since it was made they may have been sent."""
        found = db.execute(
            "SELECT queue.n, record, prompt FROM queue JOIN task ON task.n = queue.task "
            "WHERE taken IS NULL AND queue.account = ? AND origin <> ?",
            (account, origin(db)),
        ).fetchall()
        tasks = to_tasks([(record, prompt) for _, record, prompt in found])
        for (n, _, _), task in zip(found, tasks, strict=True):
            rows.put(db, replace(begin(task), created_at=task.created_at), self._writer)
            db.execute("DELETE FROM queue WHERE n = ?", (n,))

    def finish(self, task_ids: Sequence[str]) -> "Future[None]":
        """Remove creates that were taken and whose outcome, whatever it is, is in their rows."""

        def work(db: PostgresConnection) -> None:
            for task_id in task_ids:
                db.execute("DELETE FROM queue WHERE task = ? AND taken IS NOT NULL", (rows.row_of(db, task_id),))

        return self._store().write(work)

    def withdraw(self, task_id: str, ended: Callable[[Task], Task]) -> "Future[Task | None]":
        """Take a queued task back, and save what `ended` makes of its row; None if it was taken before."""

        def work(db: PostgresConnection) -> Task | None:
            n = rows.row_of(db, task_id)
            (task,) = to_tasks(db.execute("SELECT record, prompt FROM task WHERE n = ?", (n,)).fetchall())
            waits = "DELETE FROM queue WHERE task = ? AND taken IS NULL AND origin = ? RETURNING n"
            found = db.execute(waits, (n, origin(db))).fetchone()
            if found is None:
                return task if task.status.is_final and task.remote_id is None else None
            task = ended(task)
            rows.put(db, task, self._writer)
            return task

        return self._store().write(work)

    def put_action(self, action: QueuedAction, account: str) -> "Future[None]":
        """Queue an action for the process that polls `account`, which must have its key."""

        def work(db: PostgresConnection) -> None:
            db.execute(f"DELETE FROM queued_action WHERE at < {_NOW} - {_FORGOTTEN}")
            db.execute(
                "INSERT INTO queued_action (id, task, account, action, at) "
                f"VALUES (?, ?, ?, ?, {_NOW}) ON CONFLICT (id) DO NOTHING",
                (action.id, rows.row_of(db, action.task_id), account, action.action),
            )

        return self._store().write(work)

    def take_action(self, account: str, attempt: str) -> "Future[QueuedAction | None]":
        """Take the oldest queued action; None if there is none, or if this process does not poll `account`.

        The same attempt again, after a failure, returns what the one before took.
        """

        def work(db: PostgresConnection) -> QueuedAction | None:
            if account not in db.held:
                return None
            db.execute(
                "UPDATE queued_action SET taken = ? WHERE NOT EXISTS (SELECT 1 FROM queued_action WHERE taken = ?) "
                f"AND n = (SELECT n FROM queued_action WHERE account = ? AND {_ASKED} "
                "ORDER BY n LIMIT 1 FOR UPDATE SKIP LOCKED)",
                (attempt, attempt, account),
            )
            found = db.execute(
                "SELECT asked.id, task.id, action FROM queued_action AS asked JOIN task ON task.n = asked.task "
                "WHERE taken = ?",
                (attempt,),
            ).fetchone()
            return None if found is None else QueuedAction(*found)

        return self._store().write(work)

    def finish_action(self, action_id: str, outcome: str) -> "Future[None]":
        """Save the outcome of an action that was taken, as JSON, for the process that queued it."""

        def work(db: PostgresConnection) -> None:
            db.execute("UPDATE queued_action SET outcome = ? WHERE id = ?", (outcome, action_id))

        return self._store().write(work)

    def outcome_of(self, action_id: str) -> str | None:
        """Return the outcome of an action as JSON; None while it is not known."""
        with self._store().reading() as db:
            found = db.execute("SELECT outcome FROM queued_action WHERE id = ?", (action_id,)).fetchone()
        return None if found is None else found[0]

    def withdraw_action(self, action_id: str) -> "Future[bool]":
        """Remove an action from the queue; False if it was taken before, and may have been carried out."""

        def work(db: PostgresConnection) -> bool:
            db.execute("DELETE FROM queued_action WHERE id = ? AND taken IS NULL", (action_id,))
            return db.execute("SELECT 1 FROM queued_action WHERE id = ?", (action_id,)).fetchone() is None

        return self._store().write(work)

    def charges(self, since: datetime, without: Collection[str]) -> "Sequence[Charge]":
        """Return the costs of tasks created since `since` that were sent or are being sent, except `without`."""
        with self._store().reading() as db:
            waiting = {
                task_id
                for (task_id,) in db.execute(
                    "SELECT id FROM queue JOIN task ON task.n = queue.task WHERE taken IS NULL"
                ).fetchall()
            }
            return [line for line in costs.lines(db, since, None) if line.task_id not in waiting | set(without)]


def _is_known(db: PostgresConnection, task_id: str) -> bool:
    try:
        rows.row_of(db, task_id)
    except NotFound:
        return False
    return True


def _claim(db: PostgresConnection, account: str, attempt: str) -> bool:
    """Mark the oldest create for `account`, with its whole batch, as taken by `attempt`; False if none waits."""
    first = db.execute(
        f"SELECT queue.n, together {_WAITING} AND queue.account = ? "
        "ORDER BY queue.n LIMIT 1 FOR UPDATE OF queue SKIP LOCKED",
        (account,),
    ).fetchone()
    if first is None:
        return False
    n, together = first
    if together is None:
        db.execute("UPDATE queue SET taken = ? WHERE n = ?", (attempt, n))
    else:
        db.execute(
            f"UPDATE queue SET taken = ? WHERE n IN (SELECT queue.n {_WAITING} AND queue.account = ? AND together = ?)",
            (attempt, account, together),
        )
    return True


def _taken(db: PostgresConnection, attempt: str) -> list[QueuedCreate]:
    found = db.execute(
        "SELECT record, prompt, together FROM queue JOIN task ON task.n = queue.task WHERE taken = ? ORDER BY queue.n",
        (attempt,),
    ).fetchall()
    tasks = to_tasks([(record, prompt) for record, prompt, _ in found])
    return [
        QueuedCreate(task, drafts.load(db, task.id) or Draft(task.prompt or "", task.mode), together or "")
        for task, (_, _, together) in zip(tasks, found, strict=True)
    ]
