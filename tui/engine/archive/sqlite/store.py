"""One archive file: a pool of reading connections and the writer; knows no table."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypeVar

from tui.domain.errors import ArchiveError
from tui.engine.archive.sqlite.checkpoint import Checkpointer
from tui.engine.archive.sqlite.connect import ALONE, SHARED, ArchiveConnection, open_reader
from tui.engine.archive.sqlite.errors import explain, is_damage
from tui.engine.archive.sqlite.lock import PollLease
from tui.engine.archive.sqlite.writer import Writer
from tui.engine.archive.writing import refused

T = TypeVar("T")


class SqliteStore:
    """Readers and the writer of one file. Reads see everything that was committed when they began.

    Args:
        path: the file.
        db: the writing connection, None for an archive that is only read.
        how: how the file is read, see `connect.open_reader`.
    """

    kind: Literal["sqlite"] = "sqlite"
    away = None  # a file is never unreachable

    def __init__(self, path: Path, db: ArchiveConnection | None, *, how: str = SHARED) -> None:
        self.path = path
        self.place = str(path)
        self.how = how
        self.lease = PollLease(path)
        self._idle: list[ArchiveConnection] = []
        self._lock = threading.Lock()
        self._closed = False
        self._checkpointer = Checkpointer(path)
        self._writer = None if db is None else Writer(db, str(path), tidy=self._checkpointer)
        self.read_only = self._writer is None

    @contextmanager
    def reading(self) -> Iterator[ArchiveConnection]:
        """Lend a read-only connection.

        Raises:
            ArchiveError: instead of every SQLite error inside the block.
        """
        db = self._lend()
        try:
            yield db
        except sqlite3.Error as error:
            if is_damage(error):
                note_damage(self.path)
            raise explain(error, str(self.path)) from error
        finally:
            self._give_back(db)

    def write(self, work: Callable[[ArchiveConnection], T], *, alone: bool = False) -> "Future[T]":
        """Queue `work` for the writer; see `Writer.submit`."""
        if self._writer is not None:
            return self._writer.submit(work, alone=alone)
        hint = f"make room on its disk, or make {self.path} and its folder writable"
        return refused(ArchiveError("the archive is read-only", hint=hint))

    def foreign(self) -> bool:
        """Whether other processes may have written: always, because looking is nearly free."""
        return True

    def listen(self, told: Callable[[], None]) -> None:
        """Do nothing: changes in a file are found by polling it."""

    def fold(self) -> "Future[bool]":
        """Checkpoint the write-ahead log now."""
        return self.write(self._checkpointer.fold, alone=True)

    def close(self, timeout: float) -> bool:
        """Write what is queued and close; returns False if that took longer than `timeout` seconds."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for db in idle:  # before the writer: the last connection to close removes the log, and must be able to write
            db.close()
        done = True if self._writer is None else self._writer.close(timeout)
        if done and self._writer is not None:
            self._checkpointer.closed()
        return done

    def _lend(self) -> ArchiveConnection:
        with self._lock:
            if self._closed:
                raise ArchiveError("the archive is closed")
            if self._idle:
                return self._idle.pop()
        try:
            return open_reader(str(self.path), self.how)
        except sqlite3.Error as error:
            raise explain(error, str(self.path)) from error

    def _give_back(self, db: ArchiveConnection) -> None:
        with self._lock:
            if not self._closed and len(self._idle) < 4 and self.how != ALONE:
                db.execute("PRAGMA shrink_memory")  # else each keeps up to 2 MB of pages of what it read
                self._idle.append(db)
                return
        db.close()


def damage_mark(path: Path) -> Path:
    """Return the path of the file whose presence makes the next start check the archive thoroughly."""
    return path.with_name(path.name + "-damaged")


def note_damage(path: Path) -> None:
    """Make the next start check the archive thoroughly."""
    try:
        damage_mark(path).touch(mode=0o600)
    except OSError:
        return  # a read-only folder: the error itself was told
