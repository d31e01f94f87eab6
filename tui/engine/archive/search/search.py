"""Runs a parsed query: ranked by FTS5 where it is there, read text by text where it is not; snippets from the original.

Imports neither domain values nor anything else that `search --json` would wait for.
"""

from tui.engine.archive.search.query import Query, parse
from tui.engine.archive.search.snippet import SnippetFinder, best_place, cut, opening
from tui.engine.archive.shared_sql import EVERYTHING
from tui.engine.archive.text import report_text, source_text

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.engine.archive.database import Counted, Database

    Found = tuple[int, int, int]  # start, end, which term

_COUNTED = 10_000  # tasks that a filter without words finds are counted up to this
MANY = 1000  # more tasks than this are neither counted nor ranked: a rank of "the" says nothing and takes long

Snippet = tuple[str, tuple[tuple[int, int], ...]]
Place = tuple[str, str, tuple[tuple[int, int], ...], int | None, int | None, str]  # as in values.Hit, from `where` on


def run(
    db: "Database", text: str, limit: int, offset: int = 0, *, readable: bool = False
) -> tuple[list[tuple[int, float, Place]], int, bool]:
    """Return (task row, score, place) of the best `limit` tasks after `offset`, how many there are, whether even more.

    Snippets are original text, or with `readable` what a reader of the report sees (this loads the parser).

    Raises:
        UsageError: `text` has a filter that cannot be.
    """
    query = parse(text)
    finder = SnippetFinder(query.terms, growing=query.growing)
    rows, total, more = _rows(db, query, finder, limit, offset)
    show = _readable if readable else _original
    return [(n, score, _place(db, n, finder, show)) for n, score in rows], total, more


def numbers(db: "Database", text: str, limit: int) -> list[int]:
    """Return the task rows that `run` finds, without a look at their texts."""
    return matching(db, parse(text), limit)


def matching(db: "Database", query: Query, limit: int = -1) -> list[int]:
    """Return the task rows that a query finds; at most `limit`, below 0 all."""
    return [n for n, _ in _rows(db, query, SnippetFinder(query.terms, growing=query.growing), limit, 0)[0]]


def _original(text: str, found: "Sequence[Found]", first: int) -> Snippet:
    return cut(text, found, first) if found else (opening(text), ())


def _readable(text: str, found: "Sequence[Found]", first: int) -> Snippet:
    from tui.engine.archive.search.excerpt import beginning, excerpt
    from tui.engine.archive.search.places import around

    return excerpt(*around(text, found[first:], len(text))[1:]) if found else beginning(text)


def _place(
    db: "Database", n: int, finder: SnippetFinder, show: "Callable[[str, Sequence[Found], int], Snippet]"
) -> Place:
    """Return where in task row `n` the words stand: in the report if they do, so that a reader can go there."""
    text = report_text(db, n)
    found = finder.find(text)
    if found:
        first = best_place(found)
        start, end, _ = found[first]
        return "report", *show(text, found, first), start, text.count("\n", 0, start) + 1, text[start:end]
    title, prompt, note = db.execute("SELECT title, coalesce(prompt, ''), note FROM task WHERE n = ?", (n,)).fetchone()
    for where, other in (("title", title), ("note", note), ("prompt", prompt), ("sources", source_text(db, n))):
        found = finder.find(other)
        if found:
            first = best_place(found)
            return where, *_original(other, found, first), None, None, other[found[first][0] : found[first][1]]
    return "title", *(show(text, (), 0) if text else _original(prompt or title, (), 0)), None, None, ""


def _rows(db: "Database", query: Query, finder: SnippetFinder, limit: int, offset: int) -> "Counted":
    if not query.match:
        return _filtered(db, query, limit, offset)
    return (
        db.index.ranked(db, query, limit, offset, MANY)
        if db.index.usable(db)
        else _read_all(db, query, finder, limit, offset)
    )


def _filtered(db: "Database", query: Query, limit: int, offset: int) -> "Counted":
    some = f"SELECT 1 FROM {db.tasks} WHERE {query.where} ORDER BY sort_at DESC, n DESC LIMIT ?"
    total = db.execute(f"SELECT count(*) FROM ({some}) AS found", (*query.values, _COUNTED + 1)).fetchone()[0]
    rows = db.execute(
        f"SELECT n FROM {db.tasks} WHERE {query.where} ORDER BY sort_at DESC, n DESC LIMIT ? OFFSET ?",
        (*query.values, limit if limit >= 0 else EVERYTHING, offset),
    ).fetchall()
    return [(n, 0.0) for (n,) in rows], min(total, _COUNTED), total > _COUNTED


def _read_all(db: "Database", query: Query, finder: SnippetFinder, limit: int, offset: int) -> "Counted":
    """Search without an index, newest first: every text is read."""
    found = [
        (n, 0.0)
        for (n,) in db.execute(
            f"SELECT n FROM {db.tasks} WHERE {query.where} ORDER BY sort_at DESC, n DESC", query.values
        )
        if _has_all(db, n, finder)
    ]
    return found[offset:][: limit if limit >= 0 else None], len(found), False


def _has_all(db: "Database", n: int, finder: SnippetFinder) -> bool:
    title, prompt, note = db.execute("SELECT title, coalesce(prompt, ''), note FROM task WHERE n = ?", (n,)).fetchone()
    whole = "\n".join((title, prompt, note, source_text(db, n), report_text(db, n)))
    return len({which for _, _, which in finder.find(whole)}) == finder.terms
