"""The local copy: a file with the newest rows of a server's archive, and reports that were opened or are new.

Rows keep their numbers, so that one question may begin at the server and end here. `task.changed` counts nothing in a
copy: it stays far below every number of the server, also where the copy is written to.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from tui.domain.errors import ArchiveError
from tui.domain.frozen import frozen
from tui.engine.archive.database import Database
from tui.engine.archive.open import open_store
from tui.engine.archive.rows import responses
from tui.engine.archive.shared_sql import EVERYTHING, FINAL_SQL, NOTED_BY, STARTED_BY, TAGGED_BY, put_state, state_of
from tui.engine.archive.sqlite.store import SqliteStore

ROWS = 5_000  # rows of the list that are kept
BYTES = 200_000_000  # of reports that are kept, as stored
_HIGH, _ORIGIN, _AT, _KEPT, _UI = "copy.high", "copy.origin", "copy.at", "copy.report.", "ui."
_NEVER = -EVERYTHING
AUTHORS = (STARTED_BY, NOTED_BY, TAGGED_BY)
_APART = frozenset({"answer", "text", "source"})  # tables about a task that come with its report
_AT_ONCE = 200

Row = dict[str, Any]


@frozen
class TaskRows:
    """A task as lists show it: its row, and by table the rows that belong to it."""

    row: Row
    beside: dict[str, list[Row]]
    authors: dict[str, str]  # by key in table `state`


@frozen
class ReportRows:
    """The report of a task: its response with the body, its text and sources."""

    task: int
    answer: Row
    body: Row
    texts: list[Row]
    sources: list[Row]


class LocalCopy:
    """One copy in one file, readable by its owner only; several processes of one person share it.

    Args:
        path: where it is; made if it is missing, made anew if it cannot be read.
        rows: how many rows of the list it keeps.
        most: how many bytes of reports it keeps.
    """

    def __init__(self, path: Path, *, rows: int = ROWS, most: int = BYTES) -> None:
        self.rows = rows
        self._most = most
        self.store = _opened(path)
        with self.store.reading() as db:
            self.tables = {table: _columns(db, table) for table in _tables_about_tasks(db)}
            self.tables["body"] = _columns(db, "body")

    @property
    def beside(self) -> list[str]:
        """The tables whose rows are copied together with a task's row."""
        return [table for table in self.tables if table not in {*_APART, "task", "body"}]

    def place_in_time(self) -> tuple[str, int]:
        """Return (origin of the archive, its latest change that is copied); ("", 0) for a new copy."""
        with self.store.reading() as db:
            return state_of(db, _ORIGIN) or "", int(state_of(db, _HIGH) or 0)

    def is_like_the_server(self) -> None:
        """Note that it is, at this minute."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M+00:00")
        with self.store.reading() as db:
            known = state_of(db, _AT)
        if known != now:
            self.store.write(lambda db: put_state(db, _AT, now)).result()

    def has_report(self, answer: int) -> bool:
        """Whether the copy has that response."""
        with self.store.reading() as db:
            return db.execute("SELECT 1 FROM answer WHERE n = ?", (answer,)).fetchone() is not None

    def empty(self, origin: str) -> None:
        """Delete everything, before it becomes the copy of another archive."""
        while self.store.write(lambda db: _remove_some(db, "n IN (SELECT n FROM task LIMIT ?)", (_AT_ONCE,))).result():
            pass
        self.store.write(partial(_begin_anew, origin=origin)).result()

    def put(self, tasks: Sequence[TaskRows], high: int | None = None) -> None:
        """Insert or replace rows; `high` is the number of the latest change that is copied then."""
        self.store.write(partial(_put_tasks, tasks=tasks, high=high)).result()

    def put_report(self, report: ReportRows) -> None:
        """Insert a report."""
        self.store.write(partial(_put_report, report=report)).result()

    def put_states(self, states: Sequence[tuple[str, str]]) -> None:
        """Insert view states."""
        with self.store.reading() as db:
            known = db.execute("SELECT key, value FROM state WHERE substr(key, 1, ?) = ?", (len(_UI), _UI)).fetchall()
        if sorted(known) != sorted(states):
            self.store.write(partial(_put_states, states=states)).result()

    def trim(self) -> None:
        """Enforce the limits: remove the oldest rows, then the reports that came or were opened longest ago."""
        beyond = "SELECT n FROM task ORDER BY sort_at DESC, n DESC LIMIT -1 OFFSET ?"
        where = f"NOT pinned AND {FINAL_SQL} AND n IN ({beyond}) LIMIT ?"
        while self.store.write(lambda db: _remove_some(db, where, (self.rows, _AT_ONCE))).result():
            pass
        self.store.write(partial(_trim_reports, most=self._most)).result()


def as_of(db: Database) -> datetime | None:
    """Return when a copy was like its server the last time; None of one that never was."""
    at = state_of(db, _AT)
    return None if at is None else datetime.fromisoformat(at)


def _opened(path: Path) -> SqliteStore:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        store = open_store(path)[0]
    except ArchiveError:  # of another format: nothing in it is the only one of its kind
        _remove(path, "*")
        return open_store(path)[0]
    _remove(path, ".before-format-*")  # nor in what a migration keeps
    return store


def _remove(path: Path, what: str) -> None:
    for file in path.parent.glob(f"{path.name}{what}"):
        file.unlink(missing_ok=True)


def _tables_about_tasks(db: Database) -> list[str]:
    plain = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    names = db.execute(plain).fetchall()
    return [name for (name,) in names if name == "task" or "task" in _columns(db, name)]


def _columns(db: Database, table: str) -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})").fetchall()]


def _begin_anew(db: Database, origin: str) -> None:
    db.execute("DELETE FROM body")
    db.execute("DELETE FROM state WHERE substr(key, 1, 3) = ? OR substr(key, 1, 5) = 'copy.'", (_UI,))
    put_state(db, _ORIGIN, origin)


def _remove_some(db: Database, where: str, values: tuple[Any, ...]) -> int:
    """Remove tasks with all that belongs to them; returns how many."""
    found = [n for (n,) in db.execute(f"SELECT n FROM task WHERE {where}", values).fetchall()]
    for n in found:
        _remove_task(db, n)
    return len(found)


def _remove_task(db: Database, n: int) -> None:
    _remove_answers(db, n)
    for prefix in AUTHORS:
        db.execute("DELETE FROM state WHERE key IN (SELECT ? || id FROM task WHERE n = ?)", (prefix, n))
    db.index.changing(db, n, lambda: db.execute("DELETE FROM task WHERE n = ?", (n,)))


def _remove_answers(db: Database, n: int) -> None:
    for answer, body in db.execute("SELECT n, body FROM answer WHERE task = ?", (n,)).fetchall():
        responses.remove(db, answer, body)
    db.execute("DELETE FROM state WHERE key = ?", (f"{_KEPT}{n}",))


def _put_tasks(db: Database, tasks: Sequence[TaskRows], high: int | None) -> None:
    for task in tasks:
        _put_task(db, task)
    if high is not None:
        put_state(db, _HIGH, str(high))


def _put_task(db: Database, task: TaskRows) -> None:
    row = {**task.row, "changed": _NEVER, "writer": 0}
    n = row["n"]
    rivals = db.execute(
        "SELECT n FROM task WHERE n <> ? AND (id = ? OR (provider = ? AND account = ? AND remote_id = ?))",
        (n, row["id"], row["provider"], row["account"], row["remote_id"]),
    ).fetchall()
    for (rival,) in rivals:  # joined with another row, or gone, at the server
        _remove_task(db, rival)
    if db.execute("SELECT 1 FROM task WHERE n = ?", (n,)).fetchone() is None:
        _insert(db, "task", row)
        db.index.added(db, n)
    else:
        pairs = ", ".join(f"{name} = :{name}" for name in row)
        db.index.changing(db, n, lambda: db.execute(f"UPDATE task SET {pairs} WHERE n = :n", row))
    if row["deleted_at"] is not None:  # what was deleted, and perhaps purged since, is not to be read here
        _remove_answers(db, n)
        db.index.changing(db, n, partial(_forget_text, db, n))
    for prefix in AUTHORS:
        db.execute("DELETE FROM state WHERE key = ?", (prefix + row["id"],))
    for key, value in task.authors.items():
        put_state(db, key, value)
    for table, rows in task.beside.items():
        db.execute(f"DELETE FROM {table} WHERE task = ?", (n,))
        for each in rows:
            _insert(db, table, each)


def _insert(db: Database, table: str, row: Row) -> None:
    places = ", ".join(f":{name}" for name in row)
    db.execute(f"INSERT OR REPLACE INTO {table} ({', '.join(row)}) VALUES ({places})", row)


def _put_report(db: Database, report: ReportRows) -> None:
    n = report.task
    if db.execute("SELECT 1 FROM task WHERE n = ?", (n,)).fetchone() is None:
        return
    _remove_answers(db, n)
    db.execute("DELETE FROM body WHERE sha256 = ? AND n <> ?", (report.body["sha256"], report.body["n"]))
    if db.execute("SELECT 1 FROM body WHERE n = ?", (report.body["n"],)).fetchone() is None:
        _insert(db, "body", report.body)
    _insert(db, "answer", report.answer)

    def change() -> None:
        _forget_text(db, n)
        for table, rows in (("text", report.texts), ("source", report.sources)):
            for row in rows:
                _insert(db, table, row)

    db.index.changing(db, n, change)
    put_state(db, f"{_KEPT}{n}", f"{time.time():017.6f}")


def _put_states(db: Database, states: Sequence[tuple[str, str]]) -> None:
    db.execute("DELETE FROM state WHERE substr(key, 1, ?) = ?", (len(_UI), _UI))
    for key, value in states:
        put_state(db, key, value)


def _trim_reports(db: Database, most: int) -> None:
    bodies = "SELECT coalesce(sum(length(data)), 0) FROM body"
    of_task = f"{bodies} WHERE n IN (SELECT body FROM answer WHERE task = ?)"
    oldest = "SELECT key FROM state WHERE substr(key, 1, ?) = ? ORDER BY value"
    size = int(db.execute(bodies).fetchone()[0])
    kept = db.execute(oldest, (len(_KEPT), _KEPT)).fetchall()
    for (key,) in kept:
        if size <= most:
            return
        n = int(key.removeprefix(_KEPT))
        size -= int(db.execute(of_task, (n,)).fetchone()[0])
        _remove_answers(db, n)
        db.index.changing(db, n, partial(_forget_text, db, n))


def _forget_text(db: Database, n: int) -> None:
    db.execute("DELETE FROM text WHERE task = ?", (n,))
    db.execute("DELETE FROM source WHERE task = ?", (n,))
