"""Runs a parsed query: ranked by FTS5 where it is there, read text by text where it is not; snippets from the original.

Imports neither domain values nor anything else that `search --json` would wait for.
"""

import sqlite3

from tui.engine.archive import index
from tui.engine.archive.links import host_of_site
from tui.engine.archive.query import Query, parse
from tui.engine.archive.snippet import Finder, best_place, cut, opening

_WEIGHTS = "10.0, 4.0, 1.0, 1.5, 5.0"  # title, prompt, report, sources, note
_MOST_RANKED = 3000  # more tasks than this say nothing when ranked: newest first instead

Row = tuple[int, float]  # task row, score
Place = tuple[str, str, tuple[tuple[int, int], ...], int | None, int | None, str]  # as in values.Hit, from `where` on


def run(db: sqlite3.Connection, text: str, limit: int, offset: int = 0) -> tuple[list[tuple[int, float, Place]], int]:
    """Return (task row, score, place) of at most `limit` tasks after `offset`, best first, and how many there are.

    Raises:
        UsageError: `text` has a filter that cannot be.
    """
    query = parse(text)
    finder = Finder(query.terms, growing=query.growing)
    rows, total = _rows(db, query, finder, limit, offset)
    return [(n, score, place(db, n, finder)) for n, score in rows], total


def numbers(db: sqlite3.Connection, text: str, limit: int) -> list[int]:
    """Return the task rows that `run` finds, without a look at their texts."""
    query = parse(text)
    return [n for n, _ in _rows(db, query, Finder(query.terms, growing=query.growing), limit, 0)[0]]


def place(db: sqlite3.Connection, n: int, finder: Finder) -> Place:
    """Return where in task row `n` the words stand: in the report if they do, so that a reader can go there."""
    found_in = _look(db, n, finder)
    if found_in is not None:
        return found_in
    title, prompt = db.execute("SELECT title, coalesce(prompt, '') FROM task WHERE n = ?", (n,)).fetchone()
    return "title", opening(index.report_text(db, n) or prompt or title), (), None, None, ""


def _look(db: sqlite3.Connection, n: int, finder: Finder) -> Place | None:
    text = index.report_text(db, n)
    found = finder.find(text)
    if found:
        first = best_place(found)
        start, end, _ = found[first]
        return "report", *cut(text, found, first), start, text.count("\n", 0, start) + 1, text[start:end]
    title, prompt, note = db.execute("SELECT title, coalesce(prompt, ''), note FROM task WHERE n = ?", (n,)).fetchone()
    for where, text in (("title", title), ("note", note), ("prompt", prompt), ("sources", _sources(db, n))):
        found = finder.find(text)
        if found:
            first = best_place(found)
            return where, *cut(text, found, first), None, None, text[found[first][0] : found[first][1]]
    return None


def _sources(db: sqlite3.Connection, n: int) -> str:
    return "\n".join(
        f"{title or ''} {host_of_site(site) if site else ''}"
        for title, site in db.execute("SELECT title, site FROM source WHERE task = ? ORDER BY n", (n,))
    )


def _rows(db: sqlite3.Connection, query: Query, finder: Finder, limit: int, offset: int) -> tuple[list[Row], int]:
    if not query.match:
        return _filtered(db, query, limit, offset)
    return _ranked(db, query, limit, offset) if index.usable(db) else _read_all(db, query, finder, limit, offset)


def _filtered(db: sqlite3.Connection, query: Query, limit: int, offset: int) -> tuple[list[Row], int]:
    total = db.execute(f"SELECT count(*) FROM task WHERE {query.where}", query.values).fetchone()[0]
    rows = db.execute(
        f"SELECT n, 0.0 FROM task WHERE {query.where} ORDER BY sort_at DESC, n DESC LIMIT ? OFFSET ?",
        (*query.values, limit, offset),
    ).fetchall()
    return rows, total


def _ranked(db: sqlite3.Connection, query: Query, limit: int, offset: int) -> tuple[list[Row], int]:
    matching = f"FROM search JOIN task ON task.n = search.rowid WHERE search MATCH ? AND {query.where}"
    values = (query.match, *query.values)
    total = db.execute(f"SELECT count(*) {matching}", values).fetchone()[0]
    score = f"-bm25(search, {_WEIGHTS})" if total <= _MOST_RANKED else "0.0"
    rows = db.execute(
        f"SELECT task.n, {score} AS score {matching} ORDER BY score DESC, task.sort_at DESC LIMIT ? OFFSET ?",
        (*values, limit, offset),
    ).fetchall()
    return rows, total


def _read_all(db: sqlite3.Connection, query: Query, finder: Finder, limit: int, offset: int) -> tuple[list[Row], int]:
    """Search without an index, newest first: every text is read."""
    found = [
        (n, 0.0)
        for (n,) in db.execute(f"SELECT n FROM task WHERE {query.where} ORDER BY sort_at DESC, n DESC", query.values)
        if _has_all(db, n, finder)
    ]
    return found[offset:][: limit if limit >= 0 else None], len(found)


def _has_all(db: sqlite3.Connection, n: int, finder: Finder) -> bool:
    title, prompt, note = db.execute("SELECT title, coalesce(prompt, ''), note FROM task WHERE n = ?", (n,)).fetchone()
    whole = "\n".join((title, prompt, note, _sources(db, n), index.report_text(db, n)))
    return len({which for _, _, which in finder.find(whole)}) == finder.terms
