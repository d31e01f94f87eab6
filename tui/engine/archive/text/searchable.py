"""What of a task is searched, read from its rows."""

import zlib

from tui.engine.archive.text.url_index import host_of_site

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from tui.engine.archive.database import Database

Document = tuple[str, str, str, str, str]
"""Title, prompt, report, sources, note."""


def report_text(db: "Database", n: int) -> str:
    """Return the report of task row `n` as it is searched; "" without one."""
    row = db.execute("SELECT data FROM text WHERE task = ?", (n,)).fetchone()
    return _unpacked(row[0]) if row else ""


def _unpacked(data: bytes | None) -> str:
    return "" if data is None else zlib.decompress(data).decode()


def source_text(db: "Database", n: int) -> str:
    """Return titles and hosts of the sources of task row `n`."""
    return "\n".join(
        f"{title or ''} {host_of_site(site) if site else ''}"
        for title, site in db.execute("SELECT title, site FROM source WHERE task = ? ORDER BY n", (n,))
    )


def document(db: "Database", n: int) -> "Document | None":
    """Return what an index holds, or should hold, of task row `n`; None if there is no such row."""
    row = db.execute(
        "SELECT title, coalesce(prompt, ''), note, (SELECT data FROM text WHERE text.task = ?1) FROM task WHERE n = ?1",
        (n,),
    ).fetchone()
    if row is None:
        return None
    title, prompt, note, report = row
    return title, prompt, _unpacked(report), source_text(db, n), note
