"""What the archive asks of a database: the one seam between its rows and SQLite or PostgreSQL.

Statements are written once, in the SQL that both speak, with `?`, `?1` or `:name` for values. What they do not share
(full-text search, locks, housekeeping) is behind `SearchIndex` and `Store`.
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
    """The answer to a statement."""

    def fetchone(self) -> Any:
        """Return the next row; None after the last."""

    def fetchall(self) -> list[Any]:
        """Return all other rows."""

    def __iter__(self) -> Iterator[Any]: ...


class Database(Protocol):
    """One connection, for one thread at a time."""

    @property
    def index(self) -> "SearchIndex":
        """The full-text index of this database."""

    @property
    def person(self) -> str:
        """Who uses this connection, as "name@host"."""

    @property
    def tasks(self) -> str:
        """What `FROM` reads tasks with their marks from (`seen`, `pinned`, `hidden`); it is called `task` there."""

    @property
    def marks(self) -> "Marks":
        """What marks tasks as read, pinned or hidden, for whoever uses this connection."""

    def execute(self, sql: str, parameters: Parameters = ..., /) -> ResultRows:
        """Carry out one statement."""

    def close(self) -> None:
        """Close it."""

    def executemany(self, sql: str, parameters: Sequence[Parameters], /) -> object:
        """Carry out one statement for many values."""


class Wanted(Protocol):
    """Words to find and conditions on the rows, as `search.query` reads them."""

    match: str  # FTS5's expression
    phrases: list[list[str]]  # each a phrase; all must be there
    open_end: bool  # the last word of the last phrase is the beginning of one
    where: str
    values: list[str | int | float]


@frozen
class Mark:
    """How one person has marked one task; `seen` as in the rows, None where it was not said."""

    person: str
    seen: int | None = None
    pinned: bool = False
    hidden: bool = False


class Marks(Protocol):
    """Marks of tasks and remembered states of screens: in a file everybody's, on a server each person's own."""

    def set_seen(self, db: Any, n: int, seen: str) -> None:
        """Note what of task row `n` was read: `seen` is an expression over its columns."""

    def set_flag(self, db: Any, n: int, name: Literal["pinned", "hidden"], on: bool) -> None:
        """Pin or hide task row `n`, or undo that."""

    def changed(self, db: Any, n: int, answer: int, *, other_text: bool) -> bool:
        """Note that `answer` is shown now; returns whether a report that was read is unread again."""

    def all_of(self, db: Any, n: int) -> list[Mark]:
        """Return how people have marked task row `n`."""

    def put(self, db: Any, n: int, marks: Sequence[Mark], seen: int) -> None:
        """Mark a task row that is new here as it was marked elsewhere; `seen` is for those who said nothing."""

    def deleting(self, db: Any, n: int, writer: int) -> None:
        """Do what has to be done before task row `n` is marked as deleted."""

    def places(self, db: Any, key: str) -> tuple[str, ...]:
        """Return the keys of a state of the screens in table `state`: it is written to the first one."""


class SearchIndex(Protocol):
    """The full-text index over titles, prompts, reports, sources and notes; changed in the caller's transaction."""

    def usable(self, db: Any) -> bool:
        """Whether there is an index; without one, texts are read one by one."""

    def added(self, db: Any, n: int) -> None:
        """Bring a new task row `n` into the index."""

    def changing(self, db: Any, n: int, change: Callable[[], None]) -> None:
        """Carry out `change`, which alters searchable text of task row `n`, and bring the index along."""

    def ranked(self, db: Any, wanted: Wanted, limit: int, offset: int, most: int) -> Counted:
        """Return what is found, best first; of more than `most` tasks neither the number nor a rank."""


class Lease(Protocol):
    """Who polls an account; freed when its holder dies, however it dies."""

    def take(self, account: str) -> bool:
        """Take or keep the lease of `account`; False if another process has it."""

    def holder(self) -> str:
        """Return who polls, or polled last; "" if nobody is known."""

    def release(self, account: str) -> None:
        """Let others poll `account`; "" gives back everything."""


class Store(Protocol):
    """One open archive: connections to read from, and one writer."""

    @property
    def kind(self) -> Literal["sqlite", "postgres"]:
        """Which database it is."""

    @property
    def place(self) -> str:
        """Where it is, for people: a path, or a server's address without any secret."""

    @property
    def lease(self) -> Lease:
        """The lease on polling."""

    @property
    def read_only(self) -> bool:
        """Whether writes are refused."""

    @property
    def away(self) -> Away | None:
        """Since when the server cannot be reached; None while it can, and always for a file."""

    def reading(self) -> AbstractContextManager[Database]:
        """Lend a connection that cannot write; it sees everything that was committed before.

        Raises:
            ArchiveError: instead of every error of the database inside the block.
        """

    def write(self, work: Callable[[Database], T], *, alone: bool = False) -> "Future[T]":
        """Queue `work` for the writer; the future is done after the commit. `work` must be repeatable."""

    def foreign(self) -> bool:
        """Whether other processes may have changed something since the last call."""

    def listen(self, told: Callable[[], None]) -> None:
        """Call `told`, from any thread, soon after another process changed something, where that can be known."""

    def close(self, timeout: float) -> bool:
        """Write what is queued and close; False if that took longer than `timeout` seconds."""
