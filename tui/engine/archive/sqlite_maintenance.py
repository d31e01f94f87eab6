"""Maintenance of an archive in a file: sizes, integrity checks, backup, compacting."""

import shutil
import sqlite3
from concurrent.futures import Future
from pathlib import Path
from typing import cast

from tui.domain.errors import ArchiveError
from tui.domain.text import plural
from tui.engine.archive.database import Database, Store
from tui.engine.archive.rows.maintenance import Maintenance, counts, number
from tui.engine.archive.rows.values import Stats
from tui.engine.archive.sqlite import checkpoint, connect, files, fts
from tui.engine.archive.sqlite.store import SqliteStore


class SqliteMaintenance(Maintenance):
    """Maintenance of one archive in a file."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._file = cast("SqliteStore", store)

    def stats(self) -> Stats:
        """Return sizes and counts."""
        path = self._file.path
        with self._store.reading() as db:
            return Stats(
                **counts(db),
                file=checkpoint.size_of(path),
                log=checkpoint.size_of(checkpoint.log_of(path)),
                index=number(db, "SELECT sum(length(block)) FROM search_data") if fts.usable(db) else None,
                free=number(db, "PRAGMA freelist_count") * number(db, "PRAGMA page_size"),
                journal="wal" if db.execute("PRAGMA journal_mode").fetchone()[0] == "wal" else "truncate",
                sqlite=sqlite3.sqlite_version,
                file_system=connect.file_system(str(path)),
                full_text=fts.usable(db),
            )

    def own_problems(self, db: Database) -> list[str]:
        """Return what is wrong with the structure of the file, and how many references lead nowhere."""
        problems = [line for (line,) in db.execute("PRAGMA integrity_check(20)") if line != "ok"]
        broken = len(db.execute("PRAGMA foreign_key_check").fetchall())
        if broken:
            problems.append(f"{plural(broken, 'row refers', 'rows refer')} to others that are not there")
        return problems

    def backup(self, target: Path) -> Path:
        """Copy the archive, as it is now, to the new file `target` (or into that folder); returns the file.

        Raises:
            ArchiveError: there is such a file already, or it cannot be written.
        """
        if target.is_dir():
            target = files.aside(target / self._file.path.name, "backup")
        try:
            with self._file.reading() as db:
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
        path = self._file.path

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

        done: Future[int] = self._file.write(work, alone=True)
        folded = self._file.fold()
        return _then(done, folded, path)


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
