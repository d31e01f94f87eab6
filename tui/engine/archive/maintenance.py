"""Maintenance of an archive: sizes, checks, backup, compacting, pruning; one protocol for both databases."""

from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from typing import Protocol, cast

from tui.engine.archive.database import Store
from tui.engine.archive.rows.values import Check, Stats


class Maintenance(Protocol):
    """Maintenance of one open archive. Reads block; writes return futures that are done when committed."""

    def stats(self) -> Stats:
        """Return sizes and counts."""

    def verify(self) -> Check:
        """Check every reference, and every stored answer against its SHA-256. Slow."""

    def backup(self, target: Path) -> Path:
        """Copy the archive to the new file `target`, or into that folder; returns the file.

        Raises:
            ArchiveError: there is such a file already, it cannot be written, or this database is copied otherwise.
        """

    def compact(self) -> "Future[int]":
        """Free unused space; the result is the number of bytes freed."""

    def old_versions(self, before: datetime) -> tuple[int, int]:
        """Return (number, bytes) of the responses that `forget_versions` would remove."""

    def forget_versions(self, before: datetime) -> "Future[tuple[int, int]]":
        """Remove responses received before that time that no shown report comes from; the result is (number, bytes)."""


def maintenance_of(store: Store) -> Maintenance:
    """Return the maintenance of an open archive, by the kind of its database."""
    if store.kind == "postgres":
        from tui.engine.archive.postgres.maintenance import PostgresMaintenance

        return PostgresMaintenance(store)
    from tui.engine.archive.sqlite.store import SqliteStore
    from tui.engine.archive.sqlite_maintenance import SqliteMaintenance

    return SqliteMaintenance(cast("SqliteStore", store))
