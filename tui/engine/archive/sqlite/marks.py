"""Marks of tasks in a file: columns of the task rows, the same for every user of the file."""

from collections.abc import Sequence
from typing import Literal

from tui.engine.archive.database import Database, Mark
from tui.engine.archive.shared_sql import REPORTED, SEEN_BEFORE


def set_seen(db: Database, n: int, seen: str) -> None:
    """Set what of task row `n` was read."""
    db.execute(f"UPDATE task SET seen = {seen} WHERE n = ?", (n,))


def set_flag(db: Database, n: int, name: Literal["pinned", "hidden"], on: bool) -> None:
    """Set or clear a flag of task row `n`."""
    db.execute(f"UPDATE task SET {name} = ? WHERE n = ?", (on, n))


def unread(db: Database) -> int:
    """Return how many reports were not read."""
    found = db.execute(f"SELECT count(*) FROM task WHERE seen = 0 AND {REPORTED}").fetchone()
    return int(found[0])


def changed(db: Database, n: int, answer: int, *, other_text: bool) -> bool:
    """Record that `answer` is shown now; returns whether a report that was read is unread again."""
    seen = db.execute("SELECT seen FROM task WHERE n = ?", (n,)).fetchone()[0]
    if seen in {0, answer}:
        return False
    unread = other_text and seen != SEEN_BEFORE
    db.execute("UPDATE task SET seen = ? WHERE n = ?", (0 if unread else answer, n))
    return unread


def all_of(db: Database, n: int) -> list[Mark]:
    """Return the marks of task row `n`."""
    seen, pinned, hidden = db.execute("SELECT seen, pinned, hidden FROM task WHERE n = ?", (n,)).fetchone()
    return [Mark(db.person, seen, bool(pinned), bool(hidden))]


def put(db: Database, n: int, marks: Sequence[Mark], seen: int) -> None:
    """Insert the marks of a new task row, as this person has them elsewhere."""
    own = next((mark for mark in marks if mark.person == db.person), Mark(""))
    seen = 0 if own.seen == 0 else seen
    db.execute("UPDATE task SET seen = ?, pinned = ?, hidden = ? WHERE n = ?", (seen, own.pinned, own.hidden, n))


def deleting(db: Database, n: int, writer: int) -> None:
    """Do nothing: nobody sends it for anybody."""


def places(db: Database, key: str) -> tuple[str, ...]:
    """Return the keys of a view state."""
    return (f"ui.{key}",)
