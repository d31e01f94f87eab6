"""Task rows: found by local id, written before anything is sent, joined when two processes met the same task."""

import json
import time
from dataclasses import replace
from typing import Any

from tui.domain.errors import NotFound, UsageError
from tui.domain.task import Task
from tui.engine.archive.database import Database
from tui.engine.archive.rows.task_json import storable, to_record
from tui.engine.archive.shared_sql import SEEN_BEFORE, STARTED_BY, put_state, state_of, under

NEXT = "(SELECT coalesce(max(changed), 0) + 1 FROM task)"
_ALL = "`divewatch list` shows all"
PURGED = "purged."  # keys of deleted tasks whose rows are gone, in table `state`
_BY_ID = "SELECT n FROM task WHERE id = ?1 UNION ALL SELECT task FROM alias WHERE id = ?1"
_COLUMNS = (
    "provider account remote_id status title prompt record cost_amount cost_unit cost_kind sort_at".split()
)  # of a `Task`
_OLD = f"SELECT n, id, {', '.join(_COLUMNS)} FROM task WHERE n ="


def micros(seconds: float) -> int:
    """Return a POSIX time as the archive stores it."""
    return round(seconds * 1_000_000)


def row_of(db: Database, task_id: str) -> int:
    """Return the row number of a local id, including ids of tasks that were joined with another.

    Raises:
        NotFound: there is no such task.
    """
    found = db.execute(_BY_ID, (task_id,)).fetchone()
    if found is None:
        raise NotFound(f"there is no task {task_id} in the archive", hint=_ALL)
    return int(found[0])


def put(db: Database, task: Task, writer: int) -> int:
    """Insert or replace the row of `task`; returns its number. An equal row is not written again."""
    old = db.execute(f"{_OLD} ({_BY_ID} LIMIT 1)", (task.id,)).fetchone()
    if old is not None and old[2:5] == (task.provider, task.account, task.remote_id):
        return _update(db, old, task, writer)
    twin = _row_of_key(db, task)
    if old is not None:
        if twin is not None and twin != old[0]:
            _join(db, twin, old[0])
            writer = 0
        return _update(db, old, task, writer)
    if twin is None:
        return _insert(db, task, writer)
    # Another process knew this remote task first, under its own local id.
    db.execute("INSERT INTO alias VALUES (?, ?, ?)", (task.id, twin, micros(time.time())))
    return _update(db, db.execute(f"{_OLD} ?", (twin,)).fetchone(), task, 0)


def touch(db: Database, n: int, writer: int) -> None:
    """Give row `n` a new change number, so that other processes see its change."""
    db.execute(f"UPDATE task SET changed = {NEXT}, writer = ? WHERE n = ?", (writer, n))


def count_on(db: Database, n: int) -> None:
    """Keep the change numbers monotonic before row `n` is removed: another row takes the next one."""
    other = "(SELECT n FROM task WHERE n <> ? ORDER BY changed DESC LIMIT 1)"
    db.execute(f"UPDATE task SET changed = {NEXT}, writer = 0 WHERE n = {other}", (n,))


def _row_of_key(db: Database, task: Task) -> int | None:
    if task.remote_id is None:
        return None
    found = db.execute(
        "SELECT n FROM task WHERE provider = ? AND account = ? AND remote_id = ?",
        (task.provider, task.account, task.remote_id),
    ).fetchone()
    return None if found is None else int(found[0])


def _values(task: Task) -> dict[str, object]:
    return {
        "provider": task.provider,
        "account": task.account,
        "remote_id": task.remote_id,
        "status": task.status.value,
        "title": storable(task.title),
        "prompt": None if task.prompt is None else storable(task.prompt),
        "record": to_record(task),
        "cost_amount": task.cost.amount,
        "cost_unit": task.cost.unit,
        "cost_kind": task.cost.kind.value,
        "sort_at": None if task.created_at is None else micros(task.created_at.timestamp()),
    }


def _insert(db: Database, task: Task, writer: int) -> int:
    seen = SEEN_BEFORE if _is_history(db, task) else 0
    values = _values(task) | {"id": task.id, "writer": writer, "seen": seen}
    if values["sort_at"] is None:
        values["sort_at"] = micros(time.time())
    columns = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    made = db.execute(f"INSERT INTO task (changed, {columns}) VALUES ({NEXT}, {places}) RETURNING n", values)
    n = int(made.fetchone()[0])
    if task.remote_id is None and not task.status.is_final:
        # It is about to be created, by whoever sits here; what a list showed may be anybody's, a file nobody started.
        put_state(db, STARTED_BY + task.id, db.person)
    db.index.added(db, n)
    return n


def _is_history(db: Database, task: Task) -> bool:
    """Whether a new task had ended before this archive knew its account, so that it is not shown as unread."""
    key = f"since.{task.provider}.{task.account}"
    known = state_of(db, key)
    now = micros(time.time())
    since = min(now, int(known)) if known else now  # a clock that was wrong makes no history of what is to come
    if known is None or since < int(known):
        put_state(db, key, str(since))
    ended = task.created_at if task.finish_observed else task.finished_at or task.created_at
    return task.status.is_final and (ended is None or micros(ended.timestamp()) <= since)


def _update(db: Database, old: tuple[Any, ...], task: Task, writer: int) -> int:
    n, old_id = int(old[0]), old[1]
    if old_id != task.id:
        task = replace(task, id=old_id)
    before, values = dict(zip(_COLUMNS, old[2:], strict=True)), _values(task)
    if writer and all(before[name] == values[name] for name in ("record", "prompt")):
        return n
    if values["sort_at"] is None:
        del values["sort_at"]
    new = {name: value for name, value in values.items() if value != before[name]}  # others touch no index
    pairs = ", ".join(f"{name} = :{name}" for name in ("writer", *new))

    def change() -> None:
        db.execute(f"UPDATE task SET changed = {NEXT}, {pairs} WHERE n = :n", new | {"n": n, "writer": writer})

    if new.keys().isdisjoint(("title", "prompt")):
        change()
    else:
        db.index.changing(db, n, change)
    return n


def _join(db: Database, twin: int, n: int) -> None:
    """Join row `twin` into row `n`, the same task at the provider; responses and annotations are kept."""
    old_id, note, tags = db.execute("SELECT id, note, tags FROM task WHERE n = ?", (twin,)).fetchone()
    kept = db.execute("SELECT note FROM task WHERE n = ?", (n,)).fetchone()[0]

    def change() -> None:
        db.execute("UPDATE answer SET task = ? WHERE task = ?", (n, twin))
        db.execute("UPDATE alias SET task = ? WHERE task = ?", (n, twin))
        if not db.execute("SELECT 1 FROM text WHERE task = ?", (n,)).fetchone():
            db.execute("UPDATE source SET task = ? WHERE task = ?", (n, twin))
            db.execute("UPDATE text SET task = ? WHERE task = ?", (n, twin))
            db.execute("UPDATE task SET answer = (SELECT answer FROM task WHERE n = ?) WHERE n = ?", (twin, n))
        db.execute(
            "UPDATE task SET note = ?, tags = rtrim(tags) || ? WHERE n = ?", (f"{kept}\n{note}".strip("\n"), tags, n)
        )

    touch(db, n, 0)  # before: the number of the row that goes must not be given again
    db.index.changing(db, twin, lambda: db.index.changing(db, n, change))
    db.index.changing(db, twin, lambda: db.execute("DELETE FROM task WHERE n = ?", (twin,)))
    db.execute("INSERT INTO alias VALUES (?, ?, ?)", (old_id, n, micros(time.time())))


def deleted_keys(db: Database) -> frozenset[tuple[str, str, str | None]]:
    """Return `Task.key` of the tasks deleted here, also of those whose rows are gone."""
    found = db.execute("SELECT provider, account, remote_id FROM task WHERE deleted_at IS NOT NULL").fetchall()
    purged = db.execute(f"SELECT key FROM state WHERE {under(PURGED)}").fetchall()
    return frozenset(found) | {tuple(json.loads(key.removeprefix(PURGED))) for (key,) in purged}


def find(db: Database, prefix: str) -> str:
    """Return the local id of the one task whose local id, or else remote id, begins with `prefix`.

    Raises:
        NotFound: no task's does.
        UsageError: several do.
    """
    prefix = storable(prefix)
    exact = db.execute("SELECT id FROM task WHERE id = ? OR remote_id = ? LIMIT 2", (prefix, prefix)).fetchall()
    if len(exact) == 1:
        return str(exact[0][0])
    for column in ("id", "remote_id"):
        found = [
            str(task_id)
            for (task_id,) in db.execute(
                f"SELECT id FROM task WHERE substr({column}, 1, ?) = ? AND deleted_at IS NULL LIMIT 6",
                (len(prefix), prefix),
            )
        ]
        if len(found) == 1:
            return found[0]
        if found and prefix:
            raise UsageError(f"several tasks begin with {prefix}", hint=f"one of: {', '.join(found[:5])}")
    raise NotFound(f"there is no task {prefix} in the archive", hint=_ALL)
