"""The copy on this machine alone, for a command that only reads while the server is away."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from tui.domain.errors import ArchiveError, NotFound
from tui.engine.archive.archive import Archive
from tui.engine.archive.cached.archive import copy_path
from tui.engine.archive.cached.copy import as_of
from tui.engine.archive.cached.store import NotInCopy
from tui.engine.archive.database import Database
from tui.engine.archive.open import open_store
from tui.engine.archive.sqlite.store import SqliteStore
from tui.engine.archive.writing import refused

if TYPE_CHECKING:
    from tui.engine.api import LogEntry

T = TypeVar("T")


def copy_of(url: str, cache: Path) -> tuple[Path, datetime] | None:
    """Return where the copy of the archive at `url` is, and when it was like that the last time; None without one."""
    path = copy_path(url, cache)
    if not path.exists():
        return None
    try:
        store, _ = open_store(path, read_only=True)
    except ArchiveError:  # of another format
        return None
    try:
        with store.reading() as db:
            at = as_of(db)
    finally:
        store.close(1.0)
    return None if at is None else (path, at)


def open_copy(path: Path) -> Archive:
    """Open a copy to be read; what it does not have may be at the server, and is not said to be nowhere."""
    return _CopyOfArchive(_CopyAlone(open_store(path, read_only=True)[0]))


class _CopyOfArchive(Archive):
    def log(self, limit: int = 500) -> "list[LogEntry]":
        """Refuse: the event log is the server's.

        Raises:
            NotInCopy: always.
        """
        raise NotInCopy("The event log is at the archive server, which cannot be reached.")


class _CopyAlone:
    """The copy as a store that is only read."""

    read_only = True
    kind: Literal["sqlite"] = "sqlite"
    away = None  # the file is there

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.place, self.lease = store.place, store.lease

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """Lend a connection that cannot write.

        Raises:
            NotInCopy: it is not in the copy.
            ArchiveError: instead of every error of the database inside the block.
        """
        try:
            with self._store.reading() as db:
                yield db
        except NotFound as error:
            raise NotInCopy(
                "The copy on this machine does not have it, and the archive server cannot be reached."
            ) from error

    def write(self, work: Callable[[Database], T], *, alone: bool = False) -> "Future[T]":
        """Refuse."""
        return refused(ArchiveError("only the copy on this machine can be read: the archive server is away"))

    def foreign(self) -> bool:
        """Nothing changes."""
        return False

    def listen(self, told: Callable[[], None]) -> None:
        """There is nothing to hear."""

    def close(self, timeout: float) -> bool:
        """Close it."""
        return self._store.close(timeout)
