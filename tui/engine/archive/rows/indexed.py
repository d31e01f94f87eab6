"""Stores a parsed response: the new task value, the report for search and its sources, in one transaction."""

import zlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tui.engine.archive.database import Database
from tui.engine.archive.rows import responses, rows
from tui.engine.archive.rows.task_json import storable
from tui.engine.archive.text import report_text, site_of
from tui.engine.ports import ParsedResponse

if TYPE_CHECKING:
    from tui.domain.detail import Source

Cited = Mapping[str, Sequence[int]]


def save(db: Database, reading: ParsedResponse, cited: Cited, writer: int) -> None:
    """Store a parsed response; `cited` maps source ids to the lines of the report that cite them.

    Raises:
        ArchiveError: the answer it was read from is not stored.
    """
    n = rows.put(db, reading.task, writer)
    state = "final" if reading.task.status.is_final else "interim"
    answer = responses.set_read(db, n, reading.mark, state)
    if reading.current:
        changed = _show(db, n, answer, reading, cited)
        if state == "final" and db.marks.changed(db, n, answer, other_text=changed):
            rows.touch(db, n, writer)
    responses.drop_old(db, n, answer)


def save_unreadable(db: Database, task: int, answer: int, why: str) -> None:
    """Record why a stored response could not be parsed; its bytes stay."""
    db.execute("UPDATE answer SET state = 'unreadable', why = ? WHERE n = ?", (storable(why), answer))


def _show(db: Database, n: int, answer: int, reading: ParsedResponse, cited: Cited) -> bool:
    """Make `reading` the current report; returns whether its text changed."""
    had = db.execute(
        "UPDATE task SET answer = ? WHERE n = ? RETURNING EXISTS (SELECT 1 FROM text WHERE text.task = task.n) "
        "OR EXISTS (SELECT 1 FROM source WHERE source.task = task.n)",
        (answer, n),
    ).fetchone()[0]
    if not (had or reading.text or reading.sources):  # it goes on
        return False
    from tui.domain.redact import redact_url  # not at the top: every start loads this module

    text = redact_url(storable(reading.text))  # words are looked for in it; the tokens of its addresses are no words
    new = [_source_row(source, cited) for source in reading.sources]
    old = db.execute("SELECT id, url, page, site, title, lines FROM source WHERE task = ? ORDER BY n", (n,)).fetchall()
    changed = text != report_text(db, n)
    if new == old and not changed:
        return False

    def change() -> None:
        data = text.encode()
        db.execute("DELETE FROM text WHERE task = ?", (n,))
        if data:
            db.execute("INSERT INTO text VALUES (?, ?, ?)", (n, len(data), zlib.compress(data, 6)))
        if new != old:
            db.execute("DELETE FROM source WHERE task = ?", (n,))
            db.executemany(
                f"INSERT INTO source (task, id, url, page, site, title, lines) VALUES ({n}, ?, ?, ?, ?, ?, ?)", new
            )

    db.index.changing(db, n, change)
    return changed


def _source_row(source: "Source", cited: Cited) -> tuple[str, str | None, int | None, str | None, str | None, str]:
    from tui.domain import source_key
    from tui.domain.url import host_of

    url = None if source.url is None else storable(source.url)
    title = None if source.title is None else storable(source.title)
    lines = " ".join(str(line) for line in cited.get(source.id, ()))
    return (
        storable(source.id),
        url,
        None if url is None else source_key.page_number(url),
        None if url is None else site_of(storable(host_of(url))),
        title,
        lines,
    )
