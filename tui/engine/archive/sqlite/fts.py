"""Keeps the full-text index in step with the rows: a contentless FTS5 table, so no text is stored twice.

Such a table forgets a row only when told exactly what it was given; `document` computes that from the rows before and
after every change. Where SQLite has no FTS5 the index is marked stale and rebuilt by the next program that has it.
"""

import sqlite3
from collections.abc import Callable

from tui.engine.archive.shared_sql import EVERYTHING, put_state, state_of
from tui.engine.archive.sqlite import schema
from tui.engine.archive.text import Document, document, spaced

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from tui.engine.archive.database import Counted, Database, Wanted

_COLUMNS = "title, prompt, report, sources, note"
_STALE = "index.stale"
_REACH = "index.reach"
_VERSION, _VERSION_KEY = "1", "index.version"  # counts up when words.spaced changes what it gives the index
_WEIGHTS = "10.0, 4.0, 1.0, 1.5, 5.0"  # title, prompt, report, sources, note


def usable(db: "Database") -> bool:
    """Whether this archive has a full-text table and this SQLite supports it."""
    try:
        db.execute("SELECT 1 FROM search LIMIT 0")
    except sqlite3.OperationalError:
        return False
    return True


def added(db: "Database", n: int) -> None:
    """Add a new task row `n` to the index."""
    if not usable(db):
        mark_stale(db)
    elif n <= _reach(db):
        _insert(db, n, document(db, n))


def changing(db: "Database", n: int, change: Callable[[], object]) -> None:
    """Run `change`, which alters searchable text of task row `n`, and update the index."""
    if not usable(db):
        change()
        mark_stale(db)
        return
    if n > _reach(db):
        change()
        return
    before = document(db, n)
    change()
    after = document(db, n)
    if before == after:
        return
    if before is not None:
        db.execute(
            f"INSERT INTO search (search, rowid, {_COLUMNS}) VALUES ('delete', ?, ?, ?, ?, ?, ?)",
            (n, *map(spaced, before)),
        )
    _insert(db, n, after)


def mark_stale(db: "Database") -> None:
    """Mark the index as out of step with the rows."""
    put_state(db, _STALE, "1")


def needs_rebuild(db: "Database") -> bool:
    """Whether rows changed without the index, its rules are older ones, or a rebuild was interrupted."""
    state = dict(db.execute("SELECT key, value FROM state WHERE key LIKE 'index.%'"))
    if not usable(db) and not _can_make(db):
        return False
    return _STALE in state or _REACH in state or state.get(_VERSION_KEY, _VERSION) != _VERSION or not usable(db)


def rebuild_some(db: "Database", count: int = 50) -> bool:
    """Rebuild the index for `count` more tasks, so that no write waits for all; returns False when it is done."""
    state = dict(db.execute("SELECT key, value FROM state WHERE key LIKE 'index.%'"))
    if _REACH not in state or _STALE in state or not usable(db):
        assert isinstance(db, sqlite3.Connection), "this index is in SQLite"
        if not usable(db) and not schema.make_search(db):
            return False
        db.execute("INSERT INTO search (search) VALUES ('delete-all')")
        db.execute("DELETE FROM state WHERE key = ?", (_STALE,))
        put_state(db, _VERSION_KEY, _VERSION)
        put_state(db, _REACH, "0")
    rows = [n for (n,) in db.execute("SELECT n FROM task WHERE n > ? ORDER BY n LIMIT ?", (_reach(db), count))]
    for n in rows:
        _insert(db, n, document(db, n))
    if rows:
        put_state(db, _REACH, str(rows[-1]))
    else:
        db.execute("DELETE FROM state WHERE key = ?", (_REACH,))
    return bool(rows)


def ranked(db: "Database", wanted: "Wanted", limit: int, offset: int, most: int) -> "Counted":
    """Return the hits, best first; those of very common words latest first."""
    matching = f"FROM search JOIN task ON task.n = search.rowid WHERE search MATCH ? AND {wanted.where}"
    probe = db.execute(f"SELECT count(*) FROM (SELECT 1 {matching} LIMIT ?)", (wanted.match, *wanted.values, most + 1))
    total = int(probe.fetchone()[0])
    if total > most:
        return _latest(db, wanted, matching, limit, offset), most, True
    rows = db.execute(
        f"SELECT task.n, -bm25(search, {_WEIGHTS}) AS score {matching} "
        "ORDER BY score DESC, task.sort_at DESC LIMIT ? OFFSET ?",
        (wanted.match, *wanted.values, limit if limit >= 0 else EVERYTHING, offset),
    ).fetchall()
    return rows, total, False


def _latest(db: "Database", wanted: "Wanted", matching: str, limit: int, offset: int) -> list[tuple[int, float]]:
    """Return the hits of very common words, latest first: tasks with all of them in the title, then others."""
    most = offset + limit if limit >= 0 else EVERYTHING
    rows: dict[int, float] = {}
    for match, score in ((f"title : ({wanted.match})", 1.0), (wanted.match, 0.0)):
        found = db.execute(
            f"SELECT task.n {matching} ORDER BY search.rowid DESC LIMIT ?", (match, *wanted.values, most)
        )
        for (n,) in found:
            rows.setdefault(n, score)
    return list(rows.items())[offset:][: limit if limit >= 0 else None]


def _reach(db: "Database") -> int:
    """Return the last row up to which the index is valid, while a rebuild is running."""
    return int(state_of(db, _REACH) or EVERYTHING)


def _insert(db: "Database", n: int, made: Document | None) -> None:
    if made is not None:
        db.execute(f"INSERT INTO search (rowid, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", (n, *map(spaced, made)))


def _can_make(db: "Database") -> bool:
    return any(name == "fts5" for (name,) in db.execute("SELECT name FROM pragma_module_list"))
