"""Maintenance of an archive, as far as it is the same for both databases: counts, checks, pruning of old versions."""

from abc import ABC, abstractmethod
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path

from tui.engine.archive.database import Database, Store
from tui.engine.archive.rows import responses
from tui.engine.archive.rows.values import Check, Stats

_AT_ONCE = 50  # bodies in memory
_COUNTS = {
    "tasks": "SELECT count(*) FROM task WHERE deleted_at IS NULL",
    "deleted": "SELECT count(*) FROM task WHERE deleted_at IS NOT NULL",
    "answers": "SELECT count(*) FROM answer",
    "sources": "SELECT count(*) FROM source",
    "bodies": "SELECT sum(size) FROM body",
    "bodies_stored": "SELECT sum(length(data)) FROM body",
    "texts": "SELECT sum(size) FROM text",
}


class Maintenance(ABC):
    """Maintenance of one open archive. Reads block; writes return futures that are done when committed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @abstractmethod
    def stats(self) -> Stats:
        """Return sizes and counts."""

    def verify(self) -> Check:
        """Check every reference, and every stored answer against its SHA-256. Slow."""
        count, after = 0, 0
        with self._store.reading() as db:
            problems = self.own_problems(db)
            while some := db.execute(
                "SELECT n, sha256, data FROM body WHERE n > ? ORDER BY n LIMIT ?", (after, _AT_ONCE)
            ).fetchall():
                for n, digest, data in some:
                    count, after = count + 1, n
                    if responses.unpack(data, digest) is None:
                        problems += responses.damaged(db, n)
            return Check(tuple(problems), count, number(db, "SELECT count(*) FROM task"))

    def own_problems(self, db: Database) -> list[str]:
        """Return what is wrong with the structure of the database; of a server nothing: that is its own care."""
        return []

    @abstractmethod
    def backup(self, target: Path) -> Path:
        """Copy the archive to the new file `target`, or into that folder; returns the file.

        Raises:
            ArchiveError: there is such a file already, it cannot be written, or this database is copied otherwise.
        """

    @abstractmethod
    def compact(self) -> "Future[int]":
        """Free unused space; the result is the number of bytes freed."""

    def old_versions(self, before: datetime) -> tuple[int, int]:
        """Return (number, bytes) of the responses that `forget_versions` would remove."""
        with self._store.reading() as db:
            old = responses.old(db, before)
        return len(old), sum(size for _, _, size in old)

    def forget_versions(self, before: datetime) -> "Future[tuple[int, int]]":
        """Remove responses received before that time that no shown report comes from; the result is (number, bytes)."""
        return self._store.write(lambda db: responses.forget(db, before))


def number(db: Database, statement: str) -> int:
    """Return the one number that a statement selects; 0 for none."""
    return int(db.execute(statement).fetchone()[0] or 0)


def counts(db: Database) -> dict[str, int]:
    """Return the members of `Stats` that both databases count alike."""
    return {name: number(db, statement) for name, statement in _COUNTS.items()}
