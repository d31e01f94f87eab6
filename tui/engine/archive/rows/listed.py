"""Tasks in the order of the list, newest first, without deleted ones: pages by key, and those that are named.

A page begins after a task, not after a number of them: the last page of a million costs what the first one does.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from tui.domain.errors import NotFound
from tui.domain.task import NO_TASKS, Task, TaskStatus
from tui.engine.archive.database import Database, ResultRows
from tui.engine.archive.rows.task_json import dumps, to_tasks
from tui.engine.archive.shared_sql import EVERYTHING, FINAL_SQL, SILENT
from tui.engine.ports import Changes, TaskCounts

T = TypeVar("T")
Conditions = Sequence[tuple[str, Sequence[str | int | float]]]
NO_CONDITIONS: Conditions = ()
_NEWEST = "ORDER BY sort_at DESC, n DESC"
_AT_ONCE = 500  # values in one statement
_NEAR = 2 * 24 * 3600 * 1_000_000  # microseconds between tasks of one group, at most: they are started together
CHANGES = 5_000  # tasks that one look at what others did brings


def first(db: Database, limit: int, *, unfinished: bool, known: Mapping[str, Task] = NO_TASKS) -> list[Task]:
    """Return the newest `limit` tasks, the pinned ones, and on demand the `unfinished` ones, however old they are.

    Those that equal the `known` ones, by id, are these.
    """
    newest = f"SELECT sort_at, n FROM task WHERE deleted_at IS NULL {_NEWEST} LIMIT ?"
    wanted = f"SELECT sort_at, n FROM ({newest}) AS newest"
    wanted += f" UNION SELECT sort_at, n FROM {db.tasks} WHERE pinned AND deleted_at IS NULL"
    if unfinished:
        wanted += f" UNION SELECT sort_at, n FROM task WHERE NOT {FINAL_SQL} AND deleted_at IS NULL"
    found = [n for (n,) in db.execute(f"SELECT n FROM ({wanted}) AS wanted {_NEWEST}", (limit,))]
    rows = (row for some in _portions(found) for row in _numbered(db, some))  # sorting whole rows takes memory
    return to_tasks(rows, known)


def page(db: Database, limit: int, after: str, where: Conditions = NO_CONDITIONS) -> list[Task]:
    """Return the `limit` tasks (-1: all) that follow the one with the id `after`; from the newest on for "".

    Args:
        db: the archive.
        limit: how many.
        after: the local id of a task.
        where: conditions on the rows of `db.tasks`, with the values bound to each.

    Raises:
        NotFound: `after` was removed for good.
    """
    statement = f"SELECT record, prompt FROM {db.tasks} WHERE deleted_at IS NULL"
    values: list[str | int | float] = []
    for condition, bound in where:
        statement, values = f"{statement} AND ({condition})", [*values, *bound]
    if after:
        place = db.execute("SELECT sort_at, n FROM task WHERE id = ?", (after,)).fetchone()
        if place is None:
            raise NotFound("the task that this page follows was removed meanwhile", hint="begin again")
        statement, values = f"{statement} AND (sort_at, n) < (?, ?)", [*values, *place]
    return to_tasks(db.execute(f"{statement} {_NEWEST} LIMIT ?", (*values, limit if limit >= 0 else EVERYTHING)))


def together(db: Database, task_ids: Sequence[str]) -> list[Task]:
    """Return the tasks of the groups and batches of these tasks: of those that were created within days of them."""
    known = named(db, task_ids)
    told = {f'"{name}":{dumps(value)}' for task in known for name, value in _groups_of(task)}
    if not told:
        return []
    values = ", ".join("?" * len(task_ids))
    low, high = db.execute(f"SELECT min(sort_at), max(sort_at) FROM task WHERE id IN ({values})", task_ids).fetchone()
    any_of = " OR ".join("instr(record, ?)" for _ in told)
    return to_tasks(
        db.execute(
            "SELECT record, prompt FROM task WHERE deleted_at IS NULL AND sort_at BETWEEN ? AND ? "
            f"AND ({any_of}) {_NEWEST}",
            (low - _NEAR, high + _NEAR, *told),
        )
    )


def counts(db: Database) -> TaskCounts:
    """Return how many tasks there are in each state, without deleted ones, and how many are unread or hidden."""
    found = db.execute("SELECT status, count(*) FROM task WHERE deleted_at IS NULL GROUP BY status").fetchall()
    hidden = db.execute(f"SELECT count(*) FROM {db.tasks} WHERE hidden AND deleted_at IS NULL").fetchone()[0]
    return TaskCounts({TaskStatus(status): number for status, number in found}, db.marks.unread(db), hidden)


def named(db: Database, task_ids: Sequence[str]) -> list[Task]:
    """Return the tasks with these local ids; what is deleted or unknown is left out."""
    return [task for some in _portions(task_ids) for task in _where(db, "id", some, ())]


def known_as(db: Database, provider: str, account: str, remote_ids: Sequence[str]) -> list[Task]:
    """Return the tasks that an account ("": any) of a provider calls by these ids."""
    key = [("provider", provider), *([("account", account)] if account else [])]
    return [task for some in _portions(remote_ids) for task in _where(db, "remote_id", some, key)]


def changes(db: Database, seen: int, writer: int) -> tuple[Changes, int, bool]:
    """Return what others than `writer` changed after change number `seen`, the last number, and whether there is more.

    At most `CHANGES` at once: a whole archive may have been copied into this one.
    """
    found = db.execute(
        "SELECT changed, writer, deleted_at IS NULL, id, record, prompt FROM task WHERE changed > ? "
        "ORDER BY changed LIMIT ?",
        (seen, CHANGES),
    ).fetchall()
    foreign = [row for row in found if row[1] != writer]
    told = Changes(
        tuple(to_tasks([(record, prompt) for _, _, alive, _, record, prompt in foreign if alive])),
        frozenset(task_id for _, _, alive, task_id, *_ in foreign if not alive),
    )
    return told, found[-1][0] if found else seen, len(found) == CHANGES


def deleted_since(db: Database, seen: int) -> frozenset[str]:
    """Return the ids of tasks that were deleted after change number `seen`."""
    found = db.execute("SELECT id FROM task WHERE deleted_at IS NOT NULL AND changed > ?", (seen,)).fetchall()
    return frozenset(task_id for (task_id,) in found)


def unheard(db: Database) -> frozenset[str]:
    """Return the ids of tasks that ended at their provider and whose last response is not stored."""
    final = "SELECT 1 FROM answer WHERE answer.task = task.n AND answer.state = 'final'"
    found = db.execute(f"SELECT id FROM task WHERE {SILENT} AND NOT EXISTS ({final})").fetchall()
    return frozenset(task_id for (task_id,) in found)


def _groups_of(task: Task) -> list[tuple[str, str]]:
    ids = (("group_id", task.group_id), ("batch_id", task.batch_id))
    return [(name, value) for name, value in ids if value]


def _portions(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for at in range(0, len(values), _AT_ONCE):
        yield values[at : at + _AT_ONCE]


def _numbered(db: Database, some: Sequence[int]) -> ResultRows:
    places = ", ".join("?" * len(some))
    return db.execute(f"SELECT record, prompt FROM task WHERE n IN ({places}) {_NEWEST}", some)


def _where(db: Database, column: str, some: Sequence[str], key: Sequence[tuple[str, str]]) -> list[Task]:
    conditions = " ".join(f"AND {name} = ?" for name, _ in key)
    places = ", ".join("?" * len(some))
    statement = f"SELECT record, prompt FROM task WHERE deleted_at IS NULL {conditions} AND {column} IN ({places})"
    return to_tasks(db.execute(statement, (*(value for _, value in key), *some)).fetchall())
