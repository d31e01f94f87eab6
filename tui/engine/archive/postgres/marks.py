"""Marks of tasks on a server: rows of their own for each person, and what is said of those who have marked nothing."""

from collections.abc import Sequence
from typing import Literal

from tui.domain.task import unsent
from tui.engine.archive.database import Database, Mark
from tui.engine.archive.rows import rows
from tui.engine.archive.rows.task_json import to_tasks
from tui.engine.archive.shared_sql import REPORTED, SEEN_BEFORE


def set_seen(db: Database, n: int, seen: str) -> None:
    """Note what of task row `n` this person has read."""
    db.execute(
        f"INSERT INTO mark (person, task, seen) SELECT ?::text, n, {seen} FROM task WHERE n = ? "
        "ON CONFLICT (person, task) DO UPDATE SET seen = excluded.seen",
        (db.person, n),
    )


def set_flag(db: Database, n: int, name: Literal["pinned", "hidden"], on: bool) -> None:
    """Pin or hide task row `n` for this person, or undo that."""
    db.execute(
        f"INSERT INTO mark (person, task, {name}) VALUES (?, ?, ?) "
        f"ON CONFLICT (person, task) DO UPDATE SET {name} = excluded.{name}",
        (db.person, n, on),
    )


def unread(db: Database) -> int:
    """Return how many reports this person has not read: as the view says, from the index."""
    marked = f"SELECT count(*) FROM mark JOIN task ON n = mark.task WHERE person = ?1 AND mark.seen = 0 AND {REPORTED}"
    since = "(SELECT since FROM person WHERE name = ?1)"
    found = db.execute(
        f"SELECT ({marked}) + (SELECT count(*) FROM task WHERE seen = 0 AND {REPORTED} "
        f"AND coalesce(answer, 9223372036854775807) > {since} "
        "AND NOT EXISTS (SELECT 1 FROM mark WHERE mark.task = n AND person = ?1 AND mark.seen IS NOT NULL))",
        (db.person,),
    ).fetchone()
    return int(found[0])


def changed(db: Database, n: int, answer: int, *, other_text: bool) -> bool:
    """Note that `answer` is shown now; returns whether a report that somebody had read is unread again."""
    unread = False
    for table, row in (("task", "n"), ("mark", "task")):
        value = f"CASE WHEN ? AND seen <> {SEEN_BEFORE} THEN 0 ELSE ? END"
        found = db.execute(
            f"UPDATE {table} SET seen = {value} WHERE {row} = ? AND seen NOT IN (0, ?) RETURNING seen",
            (other_text, answer, n, answer),
        ).fetchall()
        unread |= (0,) in found
    return unread


def all_of(db: Database, n: int) -> list[Mark]:
    """Return how people have marked task row `n`; who has not read its report is named, too."""
    found = db.execute(
        "SELECT name, coalesce(mark.seen, CASE WHEN task.seen = 0 AND coalesce(answer, since + 1) > since THEN 0 END), "
        "coalesce(pinned, false), coalesce(hidden, false) FROM person CROSS JOIN task "
        "LEFT JOIN mark ON mark.task = task.n AND mark.person = name WHERE task.n = ? ORDER BY name",
        (n,),
    ).fetchall()
    return [Mark(*row) for row in found if tuple(row[1:]) != (None, False, False)]


def put(db: Database, n: int, marks: Sequence[Mark], seen: int) -> None:
    """Mark a new task row as people did elsewhere; for all others its report is no news."""
    db.execute("UPDATE task SET seen = ? WHERE n = ?", (seen, n))
    db.executemany(
        "INSERT INTO mark (person, task, seen, pinned, hidden) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (person, task) DO NOTHING",
        [
            (mark.person, n, None if mark.seen else mark.seen, mark.pinned, mark.hidden)
            for mark in marks
            if mark.seen == 0 or mark.pinned or mark.hidden
        ],
    )


def deleting(db: Database, n: int, writer: int) -> None:
    """Take a create out of the queue: were it brought back weeks later, it would be sent for the yes of today."""
    if db.execute("DELETE FROM queue WHERE task = ? AND taken IS NULL RETURNING n", (n,)).fetchone() is not None:
        (task,) = to_tasks(db.execute("SELECT record, prompt FROM task WHERE n = ?", (n,)).fetchall())
        rows.put(db, unsent(task, "it was deleted while it waited"), writer)


def places(db: Database, key: str) -> tuple[str, ...]:
    """Return where a state of the screens stands: this person's own, else the one that was shared before."""
    return (f"ui@{db.person} {key}", f"ui.{key}")


def arrive(db: Database) -> None:
    """Note that this person is here: the reports that come from now on are news."""
    if db.execute("SELECT 1 FROM person WHERE name = ?", (db.person,)).fetchone() is None:
        db.execute(
            "INSERT INTO person SELECT ?::text, coalesce(max(n), 0) FROM answer ON CONFLICT (name) DO NOTHING",
            (db.person,),
        )
