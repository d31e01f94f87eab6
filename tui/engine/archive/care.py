"""What housekeeping an archive offers, whatever database it is in."""

from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from typing import Protocol, cast

from tui.engine.archive.database import Store
from tui.engine.archive.rows.values import Check, Stats


class Care(Protocol):
    """Housekeeping of one archive."""

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
        """Give back free space; the future tells the bytes won."""

    def old_versions(self, before: datetime) -> tuple[int, int]:
        """Return how many answers `forget_versions` would remove, and the bytes they take."""

    def forget_versions(self, before: datetime) -> "Future[tuple[int, int]]":
        """Remove answers that came before that time and that no report on the screen comes from."""


def care_of(store: Store) -> Care:
    """Return the housekeeping of an open archive."""
    if store.kind == "postgres":
        from tui.engine.archive.postgres.maintenance import PostgresMaintenance

        return PostgresMaintenance(store)
    from tui.engine.archive.maintenance import Maintenance
    from tui.engine.archive.sqlite.store import SqliteStore

    return Maintenance(cast("SqliteStore", store))
