"""The protocols of a database: the one seam between the archive's rows and SQLite or PostgreSQL.

Statements are written once, in the SQL that both speak, with `?`, `?1` or `:name` for values. What they do not share
(full-text search, locks, maintenance) is behind `SearchIndex` and `Store`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol, TypeVar

from tui.domain.away import Away
from tui.domain.frozen import frozen

T = TypeVar("T")
Parameters = Sequence[Any] | Mapping[str, Any]

Counted = tuple[list[tuple[int, float]], int, bool]
"""Rows of tasks with their scores, how many there are, whether there are more than that."""


class ResultRows(Protocol):
    """The result of a statement."""

    def fetchone(self) -> Any:
        """Return the next row; None after the last."""

    def fetchall(self) -> list[Any]:
        """Return the remaining rows."""

    def __iter__(self) -> Iterator[Any]: ...


class Database(Protocol):
    """One connection, for one thread at a time."""

    @property
    def index(self) -> "SearchIndex":
        """The full-text index of this database."""

    @property
    def person(self) -> str:
        """The user of this connection, "name@host"."""

    @property
    def tasks(self) -> str:
        """The FROM item of tasks with their marks (`seen`, `pinned`, `hidden`), under the name `task`."""

    @property
    def marks(self) -> "Marks":
        """The marks (read, pinned, hidden) of the user of this connection."""

    def execute(self, sql: str, parameters: Parameters = ..., /) -> ResultRows:
        """Execute one statement."""

    def close(self) -> None:
        """Close the connection."""

    def executemany(self, sql: str, parameters: Sequence[Parameters], /) -> object:
        """Execute one statement for many values."""


class Wanted(Protocol):
    """A search as `search.query` parses it: words to find, and conditions on the rows."""

    match: str  # FTS5's expression
    phrases: list[list[str]]  # each a phrase; all must be there
    open_end: bool  # the last word of the last phrase is the beginning of one
    where: str
    values: list[str | int | float]


@frozen
class Mark:
    """The marks of one person on one task; `seen` as in the rows, None if not set."""

    person: str
    seen: int | None = None
    pinned: bool = False
    hidden: bool = False


class Marks(Protocol):
    """Marks of tasks, and view states: shared in a file, each person's own on a server."""

    def set_seen(self, db: Any, n: int, seen: str) -> None:
        """Set what of task row `n` was read; `seen` is an SQL expression over its columns."""

    def set_flag(self, db: Any, n: int, name: Literal["pinned", "hidden"], on: bool) -> None:
        """Set or clear a flag of task row `n`."""

    def unread(self, db: Any) -> int:
        """Return how many reports the user of this connection has not read."""

    def changed(self, db: Any, n: int, answer: int, *, other_text: bool) -> bool:
        """Record that `answer` is shown now; returns whether a report that was read is unread again."""

    def all_of(self, db: Any, n: int) -> list[Mark]:
        """Return everybody's marks of task row `n`."""

    def put(self, db: Any, n: int, marks: Sequence[Mark], seen: int) -> None:
        """Insert the marks of a new task row; `seen` applies to people without a mark."""

    def deleting(self, db: Any, n: int, writer: int) -> None:
        """Do what has to be done before task row `n` is marked as deleted."""

    def places(self, db: Any, key: str) -> tuple[str, ...]:
        """Return the keys of a view state in table `state`; it is written to the first one."""


class SearchIndex(Protocol):
    """The full-text index over titles, prompts, reports, sources and notes; changed in the caller's transaction."""

    def usable(self, db: Any) -> bool:
        """Whether there is an index; without one, texts are scanned."""

    def added(self, db: Any, n: int) -> None:
        """Add a new task row `n` to the index."""

    def changing(self, db: Any, n: int, change: Callable[[], object]) -> None:
        """Run `change`, which alters searchable text of task row `n`, and update the index."""

    def ranked(self, db: Any, wanted: Wanted, limit: int, offset: int, most: int) -> Counted:
        """Return the hits, best first; for more than `most` tasks neither their number nor a rank."""


class Lease(Protocol):
    """The lease to poll an account; freed when its holder dies, however it dies."""

    def take(self, account: str) -> bool:
        """Take or renew the lease of `account`; returns False if another process has it."""

    def holder(self) -> str:
        """Return who has, or had last, the lease; "" if unknown."""

    def release(self, account: str) -> None:
        """Release the lease of `account`; "" releases all."""


class Store(Protocol):
    """One open archive: connections for reading, and one writer."""

    @property
    def kind(self) -> Literal["sqlite", "postgres"]:
        """The kind of database: "sqlite" or "postgres"."""

    @property
    def place(self) -> str:
        """The location for display: a path, or a server's address without any secret."""

    @property
    def lease(self) -> Lease:
        """The leases to poll."""

    @property
    def read_only(self) -> bool:
        """Whether writes are refused."""

    @property
    def away(self) -> Away | None:
        """Since when the server is unreachable; None while it answers, and always for a file."""

    def reading(self) -> AbstractContextManager[Database]:
        """Lend a read-only connection; it sees everything that was committed before.

        Raises:
            ArchiveError: instead of every error of the database inside the block.
        """

    def write(self, work: Callable[[Database], T], *, alone: bool = False) -> "Future[T]":
        """Queue `work` for the writer; the future is done after the commit. `work` must be repeatable."""

    def foreign(self) -> bool:
        """Whether other processes may have changed something since the last call."""

    def listen(self, told: Callable[[], None]) -> None:
        """Call `told`, from any thread, soon after another process changed something, where that can be detected."""

    def close(self, timeout: float) -> bool:
        """Write what is queued and close; returns False if that took longer than `timeout` seconds."""
