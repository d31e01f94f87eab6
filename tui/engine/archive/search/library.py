"""Queries across all reports of one archive: search hits and sources."""

from collections.abc import Sequence

from tui.domain import source_key
from tui.domain.task_filter import FilterTerm
from tui.engine.archive.database import Database, Store
from tui.engine.archive.rows.values import FoundPlaces, SearchHit, SearchResult, SourceList, SourceUse
from tui.engine.archive.search import search
from tui.engine.archive.search.places import places
from tui.engine.archive.search.query import condition_sql, in_texts_of, parse
from tui.engine.archive.search.snippet import SnippetFinder
from tui.engine.archive.text import report_text

_USE = (
    "SELECT task.id, source.id, source.url, source.title, source.lines "
    "FROM source JOIN task ON task.n = source.task WHERE task.deleted_at IS NULL"
)
_TOP = "SELECT page, count(DISTINCT task) AS reports, count(*) OVER () AS addresses FROM source WHERE"
_BEST_FIRST = "GROUP BY page ORDER BY reports DESC, page LIMIT ?"
_LIVING = "task NOT IN (SELECT n FROM task WHERE deleted_at IS NOT NULL)"


class Library:
    """Everything that was found by all tasks together. Reads only; each call takes milliseconds."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def search(self, query: str, limit: int = 50, offset: int = 0) -> SearchResult:
        """Find tasks by the words of their titles, prompts, reports, sources and notes, and by filters.

        All words must be there; the last may be the beginning of one, unless a blank follows; "..." is a phrase.
        Filters are listed in `tui.domain.task_filter.FILTERS`. An empty query finds everything, newest first.

        Raises:
            UsageError: a filter that cannot be.
        """
        with self._store.reading() as db:
            rows, total, more = search.run(db, query, limit, offset)
            ids = {n: db.execute("SELECT id FROM task WHERE n = ?", (n,)).fetchone()[0] for n, _, _ in rows}
        hits = (
            SearchHit(ids[n], excerpt, marks, where, line, matched, offset)
            for n, _, (where, excerpt, marks, offset, line, matched) in rows
        )
        return SearchResult(tuple(hits), total, more)

    def places(self, query: str, task_ids: Sequence[str], most: int = 100) -> dict[str, FoundPlaces]:
        """Return where in the reports of some tasks the words of a query stand; without a task that has none there.

        Args:
            query: as for `search`; its filters are not asked again.
            task_ids: the tasks.
            most: lines a report.
        """
        parsed = parse(query)
        finder = SnippetFinder(parsed.terms, growing=parsed.growing)
        found: dict[str, FoundPlaces] = {}
        with self._store.reading() as db:
            for task_id in task_ids:
                row = db.execute("SELECT n FROM task WHERE id = ?", (task_id,)).fetchone()
                here = places(report_text(db, row[0]), finder, most) if row else None
                if here and here.count:
                    found[task_id] = here
        return found

    def having(self, condition: FilterTerm) -> list[str]:
        """Return the ids of the tasks for which a term of a filter holds."""
        with self._store.reading() as db:
            if condition.name == "text":
                rows = search.matching(db, in_texts_of(condition))
                return [db.execute("SELECT id FROM task WHERE n = ?", (n,)).fetchone()[0] for n in rows]
            sql, bound = condition_sql(condition)
            return [row[0] for row in db.execute(f"SELECT id FROM {db.tasks} WHERE {sql}", bound)]

    def sources_of_all(self, *, words: str = "", limit: int = 5000) -> SourceList:
        """Return the uses of the `limit` addresses that most reports rest on, and how many addresses there are.

        Both only of addresses with all `words` in title or address. The newest task comes first; uses of one address
        carry the same `url`.
        """
        chosen, values = _chosen(words)
        with self._store.reading() as db:
            found = db.execute(
                f"WITH top AS MATERIALIZED ({_TOP} {chosen} {_BEST_FIRST}) SELECT "
                "task.id, source.id, source.url, source.title, source.lines, source.page, addresses "
                "FROM top CROSS JOIN source JOIN task ON task.n = source.task "
                "WHERE source.page = top.page AND task.deleted_at IS NULL ORDER BY task.sort_at DESC, task.n, source.n",
                (*values, limit),
            )
            urls: dict[int, str] = {}
            count, uses = 0, []
            for task, source, url, title, lines, page, count in found:  # noqa: B007 - it is in every row
                uses.append(_use((task, source, urls.setdefault(page, url), title, lines)))
            return SourceList(uses, count)

    def uses(self, url: str) -> list[SourceUse]:
        """Return where `url` is a source, newest task first; text fragment, `utm_*` and trailing slash do not count."""
        with self._store.reading() as db:
            return _uses(
                db,
                f"{_USE} AND source.page = ? ORDER BY task.sort_at DESC, task.n, source.n",
                [source_key.page_number(url)],
            )


def _chosen(words: str) -> tuple[str, list[str]]:
    """Return the condition for addresses with all words, from the index alone unless there are words."""
    where, values = "", []
    for word in words.split():
        where += " AND instr(lower(coalesce(title, '') || ' ' || url), ?)"
        values.append(word.lower())
    return f"page IS NOT NULL AND {_LIVING}{where}", values


def _uses(db: Database, statement: str, values: Sequence[str | int]) -> list[SourceUse]:
    return [_use(row) for row in db.execute(statement, values)]


def _use(row: Sequence[str]) -> SourceUse:
    task, source, url, title, lines = row
    cited = lines.split()
    return SourceUse(task, source, url or "", title or "", len(cited), int(cited[0]) if cited else None)
