"""Keeps the full-text index true to the rows: a contentless FTS5 table, so no text is stored a second time.

Such a table forgets a row only when told exactly what it was given; `document` computes that from the rows before and
after every change. Where SQLite has no FTS5 the index is marked stale and rebuilt by the next program that has it.
"""

import sqlite3
import zlib
from collections.abc import Callable

from tui.engine.archive.sqlite import schema
from tui.engine.archive.sqlite.tokenizer import spaced
from tui.engine.archive.sqlite.url_index import host_of_site

_COLUMNS = "title, prompt, report, sources, note"
_STALE = "index.stale"
_REACH = "index.reach"
_VERSION, _VERSION_KEY = "1", "index.version"  # counts up when words.spaced changes what it gives the index

Document = tuple[str, str, str, str, str]


def usable(db: sqlite3.Connection) -> bool:
    """Whether this archive has a full-text table and this SQLite can use it."""
    try:
        db.execute("SELECT 1 FROM search LIMIT 0")
    except sqlite3.OperationalError:
        return False
    return True


def report_text(db: sqlite3.Connection, n: int) -> str:
    """Return the report of task row `n` as it is searched; "" without one."""
    row = db.execute("SELECT data FROM text WHERE task = ?", (n,)).fetchone()
    return zlib.decompress(row[0]).decode() if row else ""


def document(db: sqlite3.Connection, n: int) -> Document | None:
    """Return what the index holds, or should hold, of task row `n`; None if there is no such row."""
    row = db.execute("SELECT title, coalesce(prompt, ''), note FROM task WHERE n = ?", (n,)).fetchone()
    if row is None:
        return None
    title, prompt, note = row
    sources = "\n".join(
        f"{name or ''} {host_of_site(site) if site else ''}"
        for name, site in db.execute("SELECT title, site FROM source WHERE task = ? ORDER BY n", (n,))
    )
    return spaced(title), spaced(prompt), spaced(report_text(db, n)), spaced(sources), spaced(note)


def added(db: sqlite3.Connection, n: int) -> None:
    """Bring a new task row `n` into the index."""
    if not usable(db):
        mark_stale(db)
    elif n <= _reach(db):
        _insert(db, n, document(db, n))


def changing(db: sqlite3.Connection, n: int, change: Callable[[], None]) -> None:
    """Carry out `change`, which alters searchable text of task row `n`, and bring the index along."""
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
        db.execute(f"INSERT INTO search (search, rowid, {_COLUMNS}) VALUES ('delete', ?, ?, ?, ?, ?, ?)", (n, *before))
    _insert(db, n, after)


def mark_stale(db: sqlite3.Connection) -> None:
    """Note that the index no longer tells the truth."""
    _set(db, _STALE, "1")


def needs_rebuild(db: sqlite3.Connection) -> bool:
    """Whether rows were changed without the index, it was made by other rules, or a rebuild was interrupted."""
    state = dict(db.execute("SELECT key, value FROM state WHERE key LIKE 'index.%'"))
    if not usable(db) and not _can_make(db):
        return False
    return _STALE in state or _REACH in state or state.get(_VERSION_KEY, _VERSION) != _VERSION or not usable(db)


def rebuild_some(db: sqlite3.Connection, count: int = 50) -> bool:
    """Rebuild the index by `count` more tasks, so that saving never waits for all of them; False when it is done."""
    state = dict(db.execute("SELECT key, value FROM state WHERE key LIKE 'index.%'"))
    if _REACH not in state or _STALE in state or not usable(db):
        if not usable(db) and not schema.make_search(db):
            return False
        db.execute("INSERT INTO search (search) VALUES ('delete-all')")
        db.execute("DELETE FROM state WHERE key = ?", (_STALE,))
        _set(db, _VERSION_KEY, _VERSION)
        _set(db, _REACH, "0")
    rows = [n for (n,) in db.execute("SELECT n FROM task WHERE n > ? ORDER BY n LIMIT ?", (_reach(db), count))]
    for n in rows:
        _insert(db, n, document(db, n))
    if rows:
        _set(db, _REACH, str(rows[-1]))
    else:
        db.execute("DELETE FROM state WHERE key = ?", (_REACH,))
    return bool(rows)


def _reach(db: sqlite3.Connection) -> int:
    """Return up to which row the index tells the truth; rows beyond are reached by the running rebuild."""
    row = db.execute("SELECT value FROM state WHERE key = ?", (_REACH,)).fetchone()
    return int(row[0]) if row else 1 << 62


def _insert(db: sqlite3.Connection, n: int, made: Document | None) -> None:
    if made is not None:
        db.execute(f"INSERT INTO search (rowid, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", (n, *made))


def _can_make(db: sqlite3.Connection) -> bool:
    return any(name == "fts5" for (name,) in db.execute("SELECT name FROM pragma_module_list"))


def _set(db: sqlite3.Connection, key: str, value: str) -> None:
    db.execute("INSERT INTO state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value))
