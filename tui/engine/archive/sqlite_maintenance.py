"""Maintenance of an archive in a file: sizes, integrity checks, backup, compacting, pruning of old versions."""

import shutil
import sqlite3
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path

from tui.domain.errors import ArchiveError
from tui.domain.text import plural
from tui.engine.archive.rows import responses
from tui.engine.archive.rows.values import Check, Stats
from tui.engine.archive.sqlite import checkpoint, connect, files, fts
from tui.engine.archive.sqlite.store import SqliteStore


class SqliteMaintenance:
    """Maintenance of one archive in a file."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def stats(self) -> Stats:
        """Return sizes and counts."""
        path = self._store.path
        with self._store.reading() as db:

            def one(statement: str) -> int:
                return int(db.execute(statement).fetchone()[0] or 0)

            return Stats(
                tasks=one("SELECT count(*) FROM task WHERE deleted_at IS NULL"),
                deleted=one("SELECT count(*) FROM task WHERE deleted_at IS NOT NULL"),
                answers=one("SELECT count(*) FROM answer"),
                sources=one("SELECT count(*) FROM source"),
                file=checkpoint.size_of(path),
                log=checkpoint.size_of(checkpoint.log_of(path)),
                bodies=one("SELECT sum(size) FROM body"),
                bodies_stored=one("SELECT sum(length(data)) FROM body"),
                texts=one("SELECT sum(size) FROM text"),
                index=one("SELECT sum(length(block)) FROM search_data") if fts.usable(db) else None,
                free=one("PRAGMA freelist_count") * one("PRAGMA page_size"),
                journal="wal" if db.execute("PRAGMA journal_mode").fetchone()[0] == "wal" else "truncate",
                sqlite=sqlite3.sqlite_version,
                file_system=connect.file_system(str(path)),
                full_text=fts.usable(db),
            )

    def verify(self) -> Check:
        """Check the structure of the file, every reference, and every stored answer against its SHA-256. Slow."""
        problems: list[str] = []
        count = 0
        with self._store.reading() as db:
            problems += [line for (line,) in db.execute("PRAGMA integrity_check(20)") if line != "ok"]
            broken = len(db.execute("PRAGMA foreign_key_check").fetchall())
            if broken:
                problems.append(f"{plural(broken, 'row refers', 'rows refer')} to others that are not there")
            for n, digest, data in db.execute("SELECT n, sha256, data FROM body"):
                count += 1
                if responses.unpack(data, digest) is None:
                    problems += responses.damaged(db, n)
            tasks = db.execute("SELECT count(*) FROM task").fetchone()[0]
        return Check(tuple(problems), count, tasks)

    def backup(self, target: Path) -> Path:
        """Copy the archive, as it is now, to the new file `target` (or into that folder); returns the file.

        Raises:
            ArchiveError: there is such a file already, or it cannot be written.
        """
        if target.is_dir():
            target = files.aside(target / self._store.path.name, "backup")
        try:
            with self._store.reading() as db:
                files.copy_database(db, target)
        except FileExistsError:
            raise ArchiveError(f"{target} is there already", hint="choose another name; nothing was written") from None
        except OSError as error:
            raise ArchiveError(f"the backup cannot be written: {target} ({error.strerror})") from error
        return target

    def compact(self) -> "Future[int]":
        """Rewrite the file without gaps; returns the bytes won.

        Fails with an `ArchiveError` when the disk has no room for a second copy and its log.
        """
        path = self._store.path

        def work(db: connect.ArchiveConnection) -> int:
            before = checkpoint.size_of(path) + checkpoint.size_of(checkpoint.log_of(path))
            need, free = 2 * before + 2**20, shutil.disk_usage(path.parent).free
            if free < need:
                raise ArchiveError(
                    f"compacting needs {need / 2**20:,.0f} MB of free disk, there are {free / 2**20:,.0f} MB",
                    hint="free some space; nothing was changed",
                )
            if fts.usable(db):
                db.execute("INSERT INTO search (search) VALUES ('optimize')")
            db.execute("VACUUM")
            return before

        done: Future[int] = self._store.write(work, alone=True)
        folded = self._store.fold()
        return _then(done, folded, path)

    def old_versions(self, before: datetime) -> tuple[int, int]:
        """Return how many answers `forget_versions` would remove, and the bytes they take."""
        with self._store.reading() as db:
            old = responses.old(db, before)
        return len(old), sum(size for _, _, size in old)

    def forget_versions(self, before: datetime) -> "Future[tuple[int, int]]":
        """Remove answers that came before that time and that no report on the screen comes from.

        The answer of every shown report stays. Returns how many went and the bytes they took.
        """
        return self._store.write(lambda db: responses.forget(db, before))


def _then(done: "Future[int]", folded: "Future[bool]", path: Path) -> "Future[int]":
    """Return a future of the bytes won, once both steps are through."""
    won: Future[int] = Future()

    def finish(_: object) -> None:
        error = done.exception() or folded.exception()
        if error is not None:
            won.set_exception(error)
        else:
            won.set_result(max(0, done.result() - checkpoint.size_of(path)))

    folded.add_done_callback(finish)
    return won
