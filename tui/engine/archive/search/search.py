"""Runs a parsed query: ranked by FTS5 where it is there, read text by text where it is not; snippets from the original.

Imports neither domain values nor anything else that `search --json` would wait for.
"""

import sqlite3

from tui.engine.archive.search.query import Query, parse
from tui.engine.archive.search.snippet import SnippetFinder, best_place, cut, opening
from tui.engine.archive.sqlite import fts
from tui.engine.archive.sqlite.url_index import host_of_site

_WEIGHTS = "10.0, 4.0, 1.0, 1.5, 5.0"  # title, prompt, report, sources, note
MANY = 1000  # more tasks than this are neither counted nor ranked: a rank of "the" says nothing and takes long

Row = tuple[int, float]  # task row, score
Counted = tuple[list[Row], int, bool]  # rows, how many there are, whether there are more than that
Place = tuple[str, str, tuple[tuple[int, int], ...], int | None, int | None, str]  # as in values.Hit, from `where` on


def run(
    db: sqlite3.Connection, text: str, limit: int, offset: int = 0
) -> tuple[list[tuple[int, float, Place]], int, bool]:
    """Return (task row, score, place) of the best `limit` tasks after `offset`, how many there are, whether even more.

    Raises:
        UsageError: `text` has a filter that cannot be.
    """
    query = parse(text)
    finder = SnippetFinder(query.terms, growing=query.growing)
    rows, total, more = _rows(db, query, finder, limit, offset)
    return [(n, score, place(db, n, finder)) for n, score in rows], total, more


def numbers(db: sqlite3.Connection, text: str, limit: int) -> list[int]:
    """Return the task rows that `run` finds, without a look at their texts."""
    query = parse(text)
    return [n for n, _ in _rows(db, query, SnippetFinder(query.terms, growing=query.growing), limit, 0)[0]]


def place(db: sqlite3.Connection, n: int, finder: SnippetFinder) -> Place:
    """Return where in task row `n` the words stand: in the report if they do, so that a reader can go there."""
    found_in = _look(db, n, finder)
    if found_in is not None:
        return found_in
    title, prompt = db.execute("SELECT title, coalesce(prompt, '') FROM task WHERE n = ?", (n,)).fetchone()
    return "title", opening(fts.report_text(db, n) or prompt or title), (), None, None, ""


def _look(db: sqlite3.Connection, n: int, finder: SnippetFinder) -> Place | None:
    text = fts.report_text(db, n)
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


def _rows(db: sqlite3.Connection, query: Query, finder: SnippetFinder, limit: int, offset: int) -> Counted:
    if not query.match:
        return _filtered(db, query, limit, offset)
    return _ranked(db, query, limit, offset) if fts.usable(db) else _read_all(db, query, finder, limit, offset)


def _filtered(db: sqlite3.Connection, query: Query, limit: int, offset: int) -> Counted:
    total = db.execute(f"SELECT count(*) FROM task WHERE {query.where}", query.values).fetchone()[0]
    rows = db.execute(
        f"SELECT n, 0.0 FROM task WHERE {query.where} ORDER BY sort_at DESC, n DESC LIMIT ? OFFSET ?",
        (*query.values, limit, offset),
    ).fetchall()
    return rows, total, False


def _ranked(db: sqlite3.Connection, query: Query, limit: int, offset: int) -> Counted:
    matching = f"FROM search JOIN task ON task.n = search.rowid WHERE search MATCH ? AND {query.where}"
    probe = db.execute(f"SELECT count(*) FROM (SELECT 1 {matching} LIMIT ?)", (query.match, *query.values, MANY + 1))
    total = int(probe.fetchone()[0])
    if total > MANY:
        return _latest(db, query, matching, limit, offset), MANY, True
    rows = db.execute(
        f"SELECT task.n, -bm25(search, {_WEIGHTS}) AS score {matching} "
        "ORDER BY score DESC, task.sort_at DESC LIMIT ? OFFSET ?",
        (query.match, *query.values, limit, offset),
    ).fetchall()
    return rows, total, False


def _latest(db: sqlite3.Connection, query: Query, matching: str, limit: int, offset: int) -> list[Row]:
    """Return what very common words find: tasks with all of them in the title, then the others; the latest first."""
    most = offset + limit if limit >= 0 else -1
    rows: dict[int, float] = {}
    for match, score in ((f"title : ({query.match})", 1.0), (query.match, 0.0)):
        found = db.execute(f"SELECT task.n {matching} ORDER BY search.rowid DESC LIMIT ?", (match, *query.values, most))
        for (n,) in found:
            rows.setdefault(n, score)
    return list(rows.items())[offset:][: limit if limit >= 0 else None]


def _read_all(db: sqlite3.Connection, query: Query, finder: SnippetFinder, limit: int, offset: int) -> Counted:
    """Search without an index, newest first: every text is read."""
    found = [
        (n, 0.0)
        for (n,) in db.execute(f"SELECT n FROM task WHERE {query.where} ORDER BY sort_at DESC, n DESC", query.values)
        if _has_all(db, n, finder)
    ]
    return found[offset:][: limit if limit >= 0 else None], len(found), False


def _has_all(db: sqlite3.Connection, n: int, finder: SnippetFinder) -> bool:
    title, prompt, note = db.execute("SELECT title, coalesce(prompt, ''), note FROM task WHERE n = ?", (n,)).fetchone()
    whole = "\n".join((title, prompt, note, _sources(db, n), fts.report_text(db, n)))
    return len({which for _, _, which in finder.find(whole)}) == finder.terms
