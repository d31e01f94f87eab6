"""The event log on disk: bounded, the oldest lines are removed first, problems counted apart."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.engine.archive.database import Database
from tui.engine.archive.rows.responses import moment
from tui.engine.archive.rows.rows import micros
from tui.engine.archive.rows.task_json import storable

if TYPE_CHECKING:
    from tui.engine.api import LogEntry

KEPT = 5000
KEPT_PROBLEMS = 2000  # beside them: a night without a network does not push out what happened before
_READ_AT_ONCE = 1000
_COLUMNS = "SELECT n, at, kind, text, task_id, provider FROM event"


def add(db: Database, entries: "Sequence[LogEntry]") -> None:
    """Append `entries`."""
    db.executemany(
        "INSERT INTO event (at, kind, text, task_id, provider) VALUES (?, ?, ?, ?, ?)",
        [(micros(one.at.timestamp()), one.kind, storable(one.text), one.task_id, one.provider) for one in entries],
    )
    for which, most in (("kind <> 'problem'", KEPT), ("kind = 'problem'", KEPT_PROBLEMS)):
        oldest = f"SELECT n FROM event WHERE {which} ORDER BY n DESC LIMIT 1 OFFSET ?"
        db.execute(f"DELETE FROM event WHERE {which} AND n <= ({oldest})", (most,))


def latest(db: Database, limit: int) -> "list[LogEntry]":
    """Return the latest `limit` lines, oldest first."""
    return _entries(db.execute(f"{_COLUMNS} ORDER BY n DESC LIMIT ?", (limit,)).fetchall())


def after(db: Database, number: int) -> "tuple[int, list[LogEntry]]":
    """Return the latest lines after line `number`, oldest first, and the number of the last."""
    found = db.execute(f"{_COLUMNS} WHERE n > ? ORDER BY n DESC LIMIT ?", (number, _READ_AT_ONCE)).fetchall()
    return (found[0][0] if found else number), _entries(found)


def _entries(found: "Sequence[tuple[int, int, str, str, str | None, str | None]]") -> "list[LogEntry]":
    from tui.engine.api import LogEntry

    return [LogEntry(moment(at), kind, text, task, provider) for _, at, kind, text, task, provider in reversed(found)]
