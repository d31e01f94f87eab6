"""The event log on disk: bounded, oldest lines go first."""

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.engine.archive.rows.responses import moment
from tui.engine.archive.rows.rows import micros
from tui.engine.archive.rows.task_json import storable

if TYPE_CHECKING:
    from tui.engine.api import LogEntry

KEPT = 5000


def add(db: sqlite3.Connection, entries: "Sequence[LogEntry]") -> None:
    """Append `entries`."""
    db.executemany(
        "INSERT INTO event (at, kind, text, task_id, provider) VALUES (?, ?, ?, ?, ?)",
        [(micros(one.at.timestamp()), one.kind, storable(one.text), one.task_id, one.provider) for one in entries],
    )
    db.execute("DELETE FROM event WHERE n <= (SELECT max(n) FROM event) - ?", (KEPT,))


def latest(db: sqlite3.Connection, limit: int) -> "list[LogEntry]":
    """Return the latest `limit` lines, oldest first."""
    from tui.engine.api import LogEntry

    found = db.execute(
        "SELECT at, kind, text, task_id, provider FROM event ORDER BY n DESC LIMIT ?", (limit,)
    ).fetchall()
    return [LogEntry(moment(at), kind, text, task, provider) for at, kind, text, task, provider in reversed(found)]
