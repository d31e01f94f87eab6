"""`list` and `search` as a SELECT and a join of strings, for scripts that call them all the time.

Imports nothing heavy: of the domain only the words of a status, no pydantic, no provider: `sqlite3` and what it needs.
An archive that has to be made, migrated or recovered first is opened once in the ordinary way.

    for line in json.listed(path):            # one JSON object a task, newest first
    for line in json.found(path, "lithium"):  # the same objects with a member "hit", best first
"""

import sqlite3
from collections.abc import Iterator

from tui.config.folders import is_url
from tui.engine.archive.shared_sql import EVERYTHING, STARTED_BY, UNREAD
from tui.engine.archive.sqlite.connect import ArchiveConnection, open_reader

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from typing import Any

    from tui.domain.errors import ArchiveError
    from tui.engine.archive.database import Database

_CLOSE_SECONDS = 2.0
READ = (1, 2)  # from schema.OLDEST_READ to schema.VERSION; a test holds them equal
OBJECT = f"""substr(record, 1, length(record) - 1)
    || ',"tags":[' || CASE tags WHEN ' ' THEN '' ELSE '"' || replace(trim(tags), ' ', '","') || '"' END
    || '],"unread":' || CASE WHEN {UNREAD} THEN 'true' ELSE 'false' END
    || ',"pinned":' || CASE WHEN pinned THEN 'true' ELSE 'false' END
    || ',"hidden":' || CASE WHEN hidden THEN 'true' ELSE 'false' END
    || ',"started_by":' || coalesce((SELECT json_quote(value) FROM state WHERE key = '{STARTED_BY}' || task.id), 'null')
    || '}}'"""


CELLS = """id, status, provider, json_extract(record, '$.mode'), json_extract(record, '$.created_at'),
    json_extract(record, '$.sources'), cost_amount, cost_unit, cost_kind, json_extract(record, '$.cost'), title"""


def listed(path: str, query: str = "", limit: int = -1) -> Iterator[str]:
    """Yield the tasks that are not deleted as JSON objects, newest first; `query` may hold words and filters.

    Nothing is yielded where there is no archive.

    Raises:
        ArchiveError: the archive cannot be read.
        UsageError: a filter of `query` cannot be.
    """
    for (line,) in _selected(OBJECT, path, query, limit):
        yield line


def listed_cells(path: str, query: str = "", limit: int = -1) -> "Iterator[tuple[Any, ...]]":
    """Yield the same tasks as `CELLS`, which a table for people needs; cost is a JSON object, numbers may be texts.

    Raises:
        ArchiveError: the archive cannot be read.
        UsageError: a filter of `query` cannot be.
    """
    return _selected(CELLS, path, query, limit)


def found(path: str, query: str, limit: int = 50, offset: int = 0, *, readable: bool = False) -> Iterator[str]:
    """Yield what `query` finds as JSON objects, best first: the task with a member "hit".

    "hit" = {"score","where","snippet","marks","offset","line","matched"}, as in `values.SearchHit`;
    with `readable` the snippet is the text that a reader sees, not the original.

    Raises:
        ArchiveError: the archive cannot be read.
        UsageError: a filter of `query` cannot be.
    """
    import json

    from tui.engine.archive.search import search

    db = reader(path)
    if db is None:
        return
    names = ("where", "snippet", "marks", "offset", "line", "matched")
    try:
        rows, *_ = search.run(db, query, limit, offset, readable=readable)
        for n, score, place in rows:
            line = db.execute(f"SELECT {OBJECT} FROM {db.tasks} WHERE n = ?", (n,)).fetchone()[0]
            hit = {"score": score, **dict(zip(names, place, strict=True))}
            yield f'{line[:-1]},"hit":{json.dumps(hit, ensure_ascii=False, separators=(",", ":"))}}}'
    except sqlite3.Error as error:
        raise _explained(error, path) from error
    finally:
        db.close()


def _selected(columns: str, path: str, query: str, limit: int) -> "Iterator[Any]":
    db = reader(path)
    if db is None:
        return
    try:
        if query.strip():
            from tui.engine.archive.search import search

            for n in search.numbers(db, query, limit):
                yield db.execute(f"SELECT {columns} FROM {db.tasks} WHERE n = ?", (n,)).fetchone()
        else:
            living = f"FROM {db.tasks} WHERE deleted_at IS NULL"
            statement = f"SELECT {columns} {living} ORDER BY sort_at DESC, n DESC LIMIT ?"
            yield from db.execute(statement, (limit if limit >= 0 else EVERYTHING,))
    except sqlite3.Error as error:
        raise _explained(error, path) from error
    finally:
        db.close()


def ids(path: str, prefix: str = "", limit: int = 50) -> list[tuple[str, str]]:
    """Return (local id, title) of the newest tasks whose id begins with `prefix`: for shell completion."""
    db = reader(path)
    if db is None:
        return []
    prefix = prefix.encode("utf-8", "replace").decode()  # SQLite takes no lone surrogates
    try:
        return db.execute(
            "SELECT id, title FROM task WHERE substr(id, 1, ?) = ? AND deleted_at IS NULL "
            "ORDER BY sort_at DESC, n DESC LIMIT ?",
            (len(prefix), prefix, limit),
        ).fetchall()
    finally:
        db.close()


def reader(path: str) -> "Database | None":
    """Return a connection that cannot write, to an archive in good order; None where there is none.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    if is_url(path):
        from tui.engine.archive.postgres.open import open_reader as open_on_server

        return open_on_server(path)
    db = _quick(path)
    if db is not None:
        return db
    import os

    if not os.path.lexists(path):
        return None
    return _thorough(path)


def _quick(path: str) -> ArchiveConnection | None:
    try:
        db = open_reader(path)
    except sqlite3.Error:
        return None
    try:
        if db.execute("PRAGMA user_version").fetchone()[0] in READ:
            return db
    except sqlite3.Error:
        pass
    db.close()
    return None


def _thorough(path: str) -> ArchiveConnection:
    from pathlib import Path

    from tui.engine.archive.open import open_store

    store, _ = open_store(Path(path))
    how = store.how
    store.close(_CLOSE_SECONDS)
    return open_reader(path, how)


def _explained(error: sqlite3.Error, path: str) -> "ArchiveError":
    from tui.engine.archive.sqlite.errors import explain

    return explain(error, path)
