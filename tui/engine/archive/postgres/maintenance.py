"""Housekeeping of an archive on a server: what its own tools do not do."""

from concurrent.futures import Future
from datetime import datetime
from pathlib import Path

from tui.domain.errors import ArchiveError
from tui.engine.archive.database import Store
from tui.engine.archive.rows import responses
from tui.engine.archive.rows.values import Check, Stats
from tui.engine.archive.writing import refused

_AT_ONCE = 50  # bodies in memory


class PostgresMaintenance:
    """Housekeeping of one archive; see `tui.engine.archive.maintenance.Maintenance`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def stats(self) -> Stats:
        """Return sizes and counts; of the file, the size of all tables with their indexes."""
        with self._store.reading() as db:

            def one(statement: str) -> int:
                return int(db.execute(statement).fetchone()[0] or 0)

            return Stats(
                tasks=one("SELECT count(*) FROM task WHERE deleted_at IS NULL"),
                deleted=one("SELECT count(*) FROM task WHERE deleted_at IS NOT NULL"),
                answers=one("SELECT count(*) FROM answer"),
                sources=one("SELECT count(*) FROM source"),
                file=one(
                    "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace s ON s.oid = "
                    "c.relnamespace WHERE s.nspname = current_schema() AND c.relkind = 'r'"
                ),
                log=0,
                bodies=one("SELECT sum(size) FROM body"),
                bodies_stored=one("SELECT sum(length(data)) FROM body"),
                texts=one("SELECT sum(size) FROM text"),
                index=one("SELECT pg_total_relation_size('search')"),
                free=0,
                journal="server",
                sqlite=f"PostgreSQL {db.execute('SHOW server_version').fetchone()[0]}",
                file_system="",
                full_text=True,
            )

    def verify(self) -> Check:
        """Check every stored answer against its SHA-256. Slow. References are the server's own care."""
        problems: list[str] = []
        count, after = 0, 0
        with self._store.reading() as db:
            while some := db.execute(
                "SELECT n, sha256, data FROM body WHERE n > ? ORDER BY n LIMIT ?", (after, _AT_ONCE)
            ).fetchall():
                for n, digest, data in some:
                    count, after = count + 1, n
                    if responses.unpack(data, digest) is None:
                        problems += responses.damaged(db, n)
            tasks = db.execute("SELECT count(*) FROM task").fetchone()[0]
        return Check(tuple(problems), count, int(tasks))

    def backup(self, target: Path) -> Path:
        """Refuse: a server's archive is copied by the server's tools.

        Raises:
            ArchiveError: always.
        """
        raise ArchiveError(
            f"this archive is on a server: {self._store.place}",
            hint="`pg_dump` makes a backup of it; `divewatch archive copy` copies it into a file",
        )

    def compact(self) -> "Future[int]":
        """Refuse: the server gives back free space by itself."""
        error = ArchiveError(f"the server does that by itself: {self._store.place}", hint="see VACUUM in its manual")
        return refused(error)

    def old_versions(self, before: datetime) -> tuple[int, int]:
        """Return how many answers `forget_versions` would remove, and the bytes they take."""
        with self._store.reading() as db:
            old = responses.old(db, before)
        return len(old), sum(size for _, _, size in old)

    def forget_versions(self, before: datetime) -> "Future[tuple[int, int]]":
        """Remove answers that came before that time and that no report on the screen comes from."""
        return self._store.write(lambda db: responses.forget(db, before))
