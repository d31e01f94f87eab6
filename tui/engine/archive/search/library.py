"""Queries across all reports of one archive: search hits and sources."""

from collections.abc import Sequence

from tui.domain import source_key
from tui.domain.task_filter import FilterTerm
from tui.engine.archive.database import Database, Store
from tui.engine.archive.rows.values import FoundPlaces, SearchHit, SearchResult, SourcePage, SourceUse
from tui.engine.archive.search import search
from tui.engine.archive.search.places import places
from tui.engine.archive.search.query import condition_sql, in_texts_of, parse
from tui.engine.archive.search.snippet import SnippetFinder
from tui.engine.archive.text.searchable import report_text
from tui.engine.archive.text.url_index import host_of_site, site_of

_USE = (
    "SELECT task.id, source.id, source.url, source.title, source.site, source.lines "
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
        return SearchResult(tuple(SearchHit(ids[n], score, *place) for n, score, place in rows), total, more)

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

    def pages(self, *, host: str = "", words: str = "", limit: int = 500, offset: int = 0) -> list[SourcePage]:
        """Return the cited addresses of all reports, those that most reports rest on first.

        Args:
            host: only there or below.
            words: all of them in title or address.
            limit: at most so many.
            offset: after so many.
        """
        chosen, values = _chosen(host, words)
        with self._store.reading() as db:
            top = db.execute(f"{_TOP} {chosen} {_BEST_FIRST} OFFSET ?", (*values, limit, offset)).fetchall()
            return [_page(db, page, reports) for page, reports, _ in top]

    def sources_of_all(self, *, words: str = "", limit: int = 5000) -> tuple[list[SourceUse], int]:
        """Return the uses of the `limit` addresses that most reports rest on, and how many addresses there are.

        Both only of addresses with all `words` in title or address. The newest task comes first; uses of one address
        carry the same `url`.
        """
        chosen, values = _chosen("", words)
        with self._store.reading() as db:
            found = db.execute(
                f"WITH top AS MATERIALIZED ({_TOP} {chosen} {_BEST_FIRST}) SELECT "
                "task.id, source.id, source.url, source.title, source.site, source.lines, source.page, addresses "
                "FROM top CROSS JOIN source JOIN task ON task.n = source.task "
                "WHERE source.page = top.page AND task.deleted_at IS NULL ORDER BY task.sort_at DESC, task.n, source.n",
                (*values, limit),
            )
            urls: dict[int, str] = {}
            count, uses = 0, []
            for task, source, url, title, site, lines, page, count in found:  # noqa: B007 - it is in every row
                uses.append(_use((task, source, urls.setdefault(page, url), title, site, lines)))
            return uses, count

    def uses(self, url: str) -> list[SourceUse]:
        """Return where `url` is a source, newest task first; text fragment, `utm_*` and trailing slash do not count."""
        with self._store.reading() as db:
            return _uses(
                db,
                f"{_USE} AND source.page = ? ORDER BY task.sort_at DESC, task.n, source.n",
                [source_key.page_number(url)],
            )

    def sources(self, task_id: str) -> list[SourceUse]:
        """Return the sources of one task, in the order of its list."""
        with self._store.reading() as db:
            return _uses(db, f"{_USE} AND task.id = ? ORDER BY source.n", [task_id])

    def elsewhere(self, task_id: str) -> dict[str, int]:
        """Return for the URLs of a task's sources in how many other reports they are sources, if any."""
        with self._store.reading() as db:
            return dict(
                db.execute(
                    "SELECT mine.url, count(DISTINCT other.task) FROM source AS mine "
                    "JOIN task ON task.n = mine.task AND task.id = ? "
                    "JOIN source AS other ON other.page = mine.page AND other.task <> mine.task "
                    "JOIN task AS theirs ON theirs.n = other.task AND theirs.deleted_at IS NULL GROUP BY mine.url",
                    (task_id,),
                ).fetchall()
            )

    def hosts(self, limit: int = 500) -> list[tuple[str, int, int]]:
        """Return (host, reports, sources), most reports first."""
        with self._store.reading() as db:
            found = db.execute(
                f"SELECT site, count(DISTINCT task) AS reports, count(*) FROM source WHERE site > '' AND {_LIVING} "
                "GROUP BY site ORDER BY reports DESC, site LIMIT ?",
                (limit,),
            ).fetchall()
        return [(host_of_site(site), reports, sources) for site, reports, sources in found]


def _chosen(host: str, words: str) -> tuple[str, list[str | int]]:
    """Return the condition for addresses there or below with all words, from the index alone unless there are words."""
    where, values = _at_host(host)
    for word in words.split():
        where += " AND instr(lower(coalesce(title, '') || ' ' || url), ?)"
        values.append(word.lower())
    return f"page IS NOT NULL AND {_LIVING}{where}", values


def _at_host(host: str) -> tuple[str, list[str | int]]:
    if not host:
        return "", []
    site = site_of(host)
    return " AND (site = ? OR (site >= ? AND site < ?))", [site, f"{site}.", f"{site}/"]


def _page(db: Database, page: int, reports: int) -> SourcePage:
    entries = db.execute(
        f"SELECT url, site, title, lines FROM source WHERE page = ? AND {_LIVING} ORDER BY n DESC", (page,)
    ).fetchall()
    url, site, _, _ = entries[0]
    title = next((title for _, _, title, _ in entries if title), "")
    return SourcePage(url, host_of_site(site), title, reports, sum(len(lines.split()) for *_, lines in entries))


def _uses(db: Database, statement: str, values: Sequence[str | int]) -> list[SourceUse]:
    return [_use(row) for row in db.execute(statement, values)]


def _use(row: Sequence[str]) -> SourceUse:
    task, source, url, title, site, lines = row
    return SourceUse(task, source, url or "", title or "", host_of_site(site or ""), tuple(map(int, lines.split())))
