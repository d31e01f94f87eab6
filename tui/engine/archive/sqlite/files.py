"""Creates the archive's files: readable by the owner only, complete or not at all, never replacing another."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tui.domain.atomic import open_new
from tui.engine.archive.sqlite import schema


@contextmanager
def private(path: Path) -> Iterator[Path]:
    """Create the empty file `path`, readable by its owner only, for the block; it is removed at the end.

    Raises:
        FileExistsError: something is there, be it a planted link.
    """
    make_private(path)
    try:
        yield path
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)


def make_private(path: Path) -> None:
    """Create the empty file `path`, readable by its owner only.

    Raises:
        FileExistsError: something is there, be it a planted link.
    """
    os.close(open_new(path))


def create(path: Path) -> None:
    """Create a new, empty archive at `path`.

    Raises:
        FileExistsError: something is there already.
    """
    with private(scratch(path)) as fresh:
        fill(fresh)
        place(fresh, path)


def fill(fresh: Path) -> None:
    """Create the tables in the empty file `fresh`."""
    db = sqlite3.connect(fresh, isolation_level=None)
    try:
        db.execute(f"PRAGMA page_size = {schema.PAGE_SIZE}")
        db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        db.execute("BEGIN IMMEDIATE")
        for step in schema.STEPS:
            step(db)
        db.execute(f"PRAGMA user_version = {schema.VERSION}")
        db.execute("COMMIT")
    finally:
        db.close()


def place(fresh: Path, target: Path) -> None:
    """Rename the finished file `fresh` to `target`, which must not exist.

    Raises:
        FileExistsError: something is there already.
    """
    try:
        os.link(fresh, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        fresh.rename(target)


def copy_database(db: sqlite3.Connection, target: Path) -> None:
    """Copy the database of `db`, as it is now, to the new file `target`.

    Raises:
        FileExistsError: something is there already.
        sqlite3.Error: it could not be read or written.
    """
    with private(scratch(target)) as fresh:
        copy = sqlite3.connect(fresh, isolation_level=None)
        try:
            db.backup(copy)
            copy.execute("PRAGMA journal_mode=delete")
        finally:
            copy.close()
        place(fresh, target)


def aside(path: Path, what: str) -> Path:
    """Return an unused path beside `path` whose name tells what the file is and when it was moved."""
    stem = f"{path.name}.{what}-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    names = (path.with_name(stem if not count else f"{stem}-{count}") for count in range(10_000))
    return next(name for name in names if not os.path.lexists(name))


def scratch(path: Path) -> Path:
    """Return an unused path beside `path` for an unfinished file."""
    return aside(path, f"new-{os.getpid()}")
