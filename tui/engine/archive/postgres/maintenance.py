"""Maintenance of an archive on a server: what its own tools do not do."""

from concurrent.futures import Future
from pathlib import Path

from tui.domain.errors import ArchiveError
from tui.engine.archive.rows.maintenance import Maintenance, counts, number
from tui.engine.archive.rows.values import Stats
from tui.engine.archive.writing import refused

_TABLES = (
    "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace "
    "WHERE s.nspname = current_schema() AND c.relkind = 'r'"
)


class PostgresMaintenance(Maintenance):
    """Maintenance of one archive on a server."""

    def stats(self) -> Stats:
        """Return sizes and counts; of the file, the size of all tables with their indexes."""
        with self._store.reading() as db:
            return Stats(
                **counts(db),
                file=number(db, _TABLES),
                log=0,
                index=number(db, "SELECT pg_total_relation_size('search')"),
                free=0,
                journal="server",
                sqlite=f"PostgreSQL {db.execute('SHOW server_version').fetchone()[0]}",
                file_system="",
                full_text=True,
            )

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
