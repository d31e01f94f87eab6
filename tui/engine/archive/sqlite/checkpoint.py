"""Folds the write-ahead log into the file, never in two processes at once, and notices when a log went missing.

SQLite before 3.51.3 can lose a log that is reset while another connection checkpoints; so automatic checkpoints are off
and the explicit ones are made under a kernel lock that also keeps all writers out.
"""

import sqlite3
from pathlib import Path

from tui.engine.archive.sqlite.connect import BUSY_MS
from tui.engine.archive.sqlite.errors import is_busy
from tui.engine.archive.sqlite.lock import KernelLock, lock_beside

_LARGE = 8 * 1024 * 1024  # bytes of log that are worth an interruption
_DIRTY, _CLEAN = "the log holds writes", "the log is empty"


class Checkpointer:
    """Decides when to checkpoint the write-ahead log of one archive."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log = log_of(path)
        self._lock = lock_beside(path, "checkpoint")
        self._noted = False

    def __call__(self, db: sqlite3.Connection, idle: bool) -> None:
        """Checkpoint if the log is large, or if the writer is idle."""
        size = size_of(self._log)
        if not self._noted and size:
            self._note(_DIRTY)
        if size >= _LARGE or (idle and size):
            self.fold(db)

    def fold(self, db: sqlite3.Connection) -> bool:
        """Checkpoint the whole log; returns False if another process was in the way (retried later)."""
        if not self._try_lock():
            return False
        try:
            db.execute("PRAGMA busy_timeout=200")
            busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if not busy:
                self._lock.write(_CLEAN)
                self._noted = False
        except sqlite3.Error as error:
            if not is_busy(error):
                return False  # a full disk: the log keeps everything until there is room
            busy = 1
        finally:
            db.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            self._lock.release()
        return not busy

    def closed(self) -> None:
        """Record that SQLite removed the log, as it does when the last connection closes."""
        if not size_of(self._log):
            self._note(_CLEAN)

    def _note(self, text: str) -> None:
        if self._try_lock():
            self._lock.write(text)
            self._lock.release()
            self._noted = text == _DIRTY

    def _try_lock(self) -> bool:
        try:
            return self._lock.take()
        except OSError:
            return False


def log_is_missing(path: Path) -> bool:
    """Whether the last session left a log that is gone now."""
    return lock_beside(path, "checkpoint").read() == _DIRTY and not size_of(log_of(path))


def forget_missing_log(path: Path) -> None:
    """Do not report the missing log again."""
    lock: KernelLock = lock_beside(path, "checkpoint")
    if lock.take(timeout=1.0):
        lock.write(_CLEAN)
        lock.release()


def log_of(path: Path) -> Path:
    """Return the path of the write-ahead log of `path`."""
    return path.with_name(path.name + "-wal")


def size_of(path: Path) -> int:
    """Return the size of a file in bytes; 0 if it does not exist."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
