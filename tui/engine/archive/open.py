"""Opens an archive whatever state its file is in: creates, migrates after a backup, recovers; never overwrites.

A sound file costs a look at its header and three pragmas. Everything else happens under a lock between processes.
"""

import os
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

from tui.domain.errors import ArchiveError
from tui.engine.archive import notice
from tui.engine.archive.sqlite import checkpoint, connect, files, fts, schema
from tui.engine.archive.sqlite.errors import explain, is_damage, is_unwritable, primary
from tui.engine.archive.sqlite.lock import lock_beside
from tui.engine.archive.sqlite.store import SqliteStore, damage_mark

_MAGIC = b"SQLite format 3\0"
_CANTOPEN = 14
_OLDEST_SQLITE = (3, 35)  # knows RETURNING; Python 3.11 is also built with older ones
_LONG = 64 * 2**20  # bytes of a file whose copy takes a moment
Steps = Sequence[Callable[[sqlite3.Connection], object]]
Say = Callable[[str], object]


def open_store(path: Path, *, read_only: bool = False, say: Say = str) -> tuple[SqliteStore, tuple[str, ...]]:
    """Open the archive at `path`, creating it and its folder if missing; returns it with messages for the user.

    `say` is told what takes long, before it begins.

    Raises:
        ArchiveError: it belongs to a newer divewatch or another program, or cannot be opened at all.
    """
    _refuse_planted(path)
    path = path.resolve()  # as SQLite does: its log stands beside the file, not beside a link to it
    try:
        if read_only:
            return _open_reading(path, [])
        if not _writable(path):
            return _open_reading(path, [_unwritable(path, "no permission")])
        return _open_writing(path, say)
    except sqlite3.Error as error:
        if not read_only and (is_unwritable(error) or primary(error) == _CANTOPEN):
            return _open_reading(path, [_unwritable(path, explain(error, str(path)).message)])
        raise explain(error, str(path)) from error
    except OSError as error:
        if not read_only and checkpoint.size_of(path) and _trouble(path) is None:
            return _open_reading(path, [_unwritable(path, error.strerror or str(error))])
        raise ArchiveError(
            f"the archive cannot be made or opened: {path} ({error.strerror or error})",
            hint="set archive.path in the configuration, or DIVEWATCH_HOME, to a place you can write to",
        ) from error


def check_sqlite() -> None:
    """Raise `ArchiveError` if the SQLite of this Python cannot write an archive; a copy of a server's it can."""
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise ArchiveError(
            f"this Python has SQLite {sqlite3.sqlite_version}, and the archive needs 3.35 or newer to be written",
            hint="install divewatch with a newer Python; `uv tool install --managed-python` brings one",
        )


def migrate(db: sqlite3.Connection, path: Path, steps: Steps = schema.STEPS, *, say: Say = str) -> list[str]:
    """Migrate the tables to the newest version, each step in one transaction, after a backup.

    `say` is told before that of a long archive begins, or is waited for in another process.

    Raises:
        ArchiveError: the archive was written by a newer divewatch.
    """
    version = _version(db)
    if version > len(steps):
        raise ArchiveError(
            f"the archive was written by a newer divewatch (format {version}, this one knows {len(steps)}): {path}",
            hint="update divewatch; nothing was changed",
        )
    if version == len(steps):
        return []
    from glob import escape

    from tui.domain.amounts import size_text

    told: list[str] = []
    if (size := checkpoint.size_of(path)) > _LONG:
        say(
            f"the archive is brought to format {len(steps)}, after a copy of it ({size_text(size)}): this takes a while"
        )
    with lock_beside(path, "setup"):
        for unfinished in path.parent.glob(f"{escape(path.name)}.before-format-*.new-*"):  # its process was killed
            unfinished.unlink(missing_ok=True)
        while (version := _version(db)) < len(steps):
            backup = files.aside(path, f"before-format-{version + 1}")
            files.copy_database(db, backup)
            db.execute("BEGIN IMMEDIATE")
            try:
                steps[version](db)
                db.execute(f"PRAGMA user_version = {version + 1}")
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                backup.unlink(missing_ok=True)  # the next start makes another: copies would fill the disk
                raise
            told.append(f"The archive was brought to format {version + 1}; as it was before it is kept as {backup}.")
    return told


def _open_writing(path: Path, say: Say) -> tuple[SqliteStore, tuple[str, ...]]:
    told: list[str] = []
    if _trouble(path) is not None or damage_mark(path).exists():
        told += _set_up(path)
    if checkpoint.log_is_missing(path):
        checkpoint.forget_missing_log(path)
        told.append(
            f"The log of the last session is gone ({checkpoint.log_of(path).name}): what was saved in its last seconds "
            "may be missing. Everything before is here; a refresh fetches the rest again."
        )
    db = _sound(path, connect.journal_for(str(path)), told)
    try:
        told += migrate(db, path, say=say)
        stale = fts.needs_rebuild(db)
    except BaseException:
        db.close()
        raise
    store = SqliteStore(path, db)
    if stale:
        _rebuild(store)
        told.append("The search index is being rebuilt.")
    return store, tuple(told)


def _rebuild(store: SqliteStore) -> None:
    def go_on(step: "Future[bool]") -> None:
        if step.exception() is None and step.result():
            _rebuild(store)

    store.write(fts.rebuild_some).add_done_callback(go_on)


def _sound(path: Path, journal: str, told: list[str]) -> connect.ArchiveConnection:
    """Connect for writing; a file that turns out to be broken is recovered first."""
    db: connect.ArchiveConnection | None = None
    try:
        db = connect.open_writer(str(path), journal)
        trouble = _shape(db, path)
    except sqlite3.Error as error:
        if not is_damage(error):
            raise
        trouble = str(error)
    if db is not None and not trouble:
        return db
    if db is not None:
        db.close()
    told += _set_up(path, trouble)
    return connect.open_writer(str(path), journal)


def _shape(db: sqlite3.Connection, path: Path) -> str:
    """Return what is wrong with the whole file, as far as a cheap check shows; None if nothing."""
    if db.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
        db.close()
        raise ArchiveError(
            f"{path} is a database of another program", hint="set archive.path in the configuration to another file"
        )
    pages, size = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    if not checkpoint.size_of(checkpoint.log_of(path)) and pages * size > checkpoint.size_of(path):
        return "the file was cut short"
    return "" if db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'task'").fetchone() else "its tables are gone"


def _trouble(path: Path) -> str | None:
    """Return what is wrong with the header of the file; "" if there is no file, None if it looks sound."""
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except FileNotFoundError:
        return ""
    if len(head) < 100:
        return "the file is empty" if not head else "the file was cut short"
    return None if head.startswith(_MAGIC) else "it does not begin as an archive does"


def _set_up(path: Path, trouble: str | None = None) -> list[str]:
    """Create or recover the archive under the setup lock."""
    from tui.engine.archive.recovery import recover as recovery

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with lock_beside(path, "setup"):
        trouble = trouble or _trouble(path)
        if trouble == "" and not any(map(checkpoint.size_of, recovery.logs_of(path))):
            files.create(path)
            return []
        if trouble == "":  # SQLite would play the log of the lost file into a new one
            files.make_private(path)
            trouble = "the file is gone, but its log is there"
        marked = damage_mark(path)
        if trouble is None and marked.exists():
            trouble = recovery.deep_trouble(path)
            if trouble is None:
                marked.unlink(missing_ok=True)
                return ["The archive was checked after an error: it is sound."]
        if trouble is None:  # another process was quicker
            return []
        told = recovery.recover(path, trouble)
        notice.write(str(path), told)
        marked.unlink(missing_ok=True)
        return [told]


def _open_reading(path: Path, told: list[str]) -> tuple[SqliteStore, tuple[str, ...]]:
    if _trouble(path) is not None:
        raise ArchiveError(f"there is no readable archive at {path}", hint="check the path, or start divewatch once")
    how, version = _way_to_read(path)
    if how == connect.FROZEN and checkpoint.size_of(checkpoint.log_of(path)):
        told.append("What the last session saved at its end is in a log that cannot be read here.")
    if not schema.OLDEST_READ <= version <= schema.VERSION:
        raise ArchiveError(
            f"the archive has format {version}, this divewatch reads {schema.VERSION}: {path}",
            hint="update divewatch" if version > schema.VERSION else "open it once where it can be written",
        )
    return SqliteStore(path, None, how=how), tuple(told)


def _way_to_read(path: Path) -> tuple[str, int]:
    """Return how the file can be opened for reading, and its format; a full disk has no room for SQLite's -shm file."""
    ways = [connect.SHARED, *([connect.ALONE] if checkpoint.size_of(checkpoint.log_of(path)) else []), connect.FROZEN]
    for how in ways:
        try:
            db = connect.open_reader(str(path), how)
        except sqlite3.Error:
            if how == ways[-1]:
                raise
            continue
        try:
            return how, _version(db)
        except sqlite3.Error:
            if how == ways[-1]:
                raise
        finally:
            db.close()
    raise AssertionError("the last way returns or raises")


def _unwritable(path: Path, why: str) -> str:
    return f"The archive is read-only ({why}): {path}. It is shown as it is; nothing new can be saved."


def _refuse_planted(path: Path) -> None:
    if path.is_symlink() and path.lstat().st_uid not in {os.getuid(), 0}:
        raise ArchiveError(f"{path} is a link that somebody else made", hint="remove it, or choose another path")
    if path.exists() and not path.is_file():
        raise ArchiveError(f"{path} is no file", hint="set archive.path in the configuration to a file")


def _writable(path: Path) -> bool:
    if not path.exists():
        return True  # making it tells more
    return os.access(path, os.W_OK) and os.access(path.resolve().parent, os.W_OK)


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
