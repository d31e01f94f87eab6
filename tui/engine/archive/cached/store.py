"""The store of an archive on a server with a copy: reads go to the server, else to the copy."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeVar

from tui.domain.away import Away
from tui.domain.errors import ArchiveError, DivewatchError, NotFound
from tui.domain.redact import redact_text
from tui.domain.text import one_line
from tui.engine.archive.cached.copy import LocalCopy
from tui.engine.archive.cached.outbox import Outbox
from tui.engine.archive.database import Database, Lease, Marks, Parameters, ResultRows, SearchIndex
from tui.engine.archive.postgres.connect import ServerGone
from tui.engine.archive.shared_sql import OWN_TASKS

if TYPE_CHECKING:
    from tui.engine.archive.cached.mirror import Mirror
    from tui.engine.archive.postgres.store import PostgresStore

T = TypeVar("T")
_LOOK_EVERY = 10.0  # seconds between looks for changes that nothing told of
_TOGETHER = 1.0  # seconds: changes in a row are brought in one go; also what the first paint has to itself
_KNOWN_BY = 10.0  # seconds after which a server that neither answers nor refuses is away


class NotInCopy(ArchiveError):
    """The copy does not have it; the server, which may have it, is unreachable."""


class CachedStore:
    """The stores of the server and of the copy as one.

    Args:
        url: where the server is.
        copy: the copy.
        outbox: what waits for the server; only counted here.
        server: the server, where it was reached already.
    """

    kind: Literal["postgres"] = "postgres"  # the server's
    read_only = False  # changes wait for the server

    def __init__(self, url: str, copy: LocalCopy, outbox: Outbox, *, server: "PostgresStore | None" = None) -> None:
        self.copy = copy
        self._url = url
        self._outbox = outbox
        self._server = server
        self._failed: DivewatchError | None = None
        self._began = datetime.now(UTC)
        self._made = threading.Event()
        self._news = threading.Event()
        self._closed = threading.Event()
        self._opened: set[str] = set()
        self._said = ""  # of what keeps the copy from being like the server
        self._told: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="archive-copy", daemon=True)
        self._deliver: Callable[[], None] = lambda: None
        self._say: Callable[[str], None] = lambda text: None

    def start(self, deliver: Callable[[], None], say: Callable[[str], None] = lambda text: None) -> None:
        """Start to connect to the server and to keep the copy up to date.

        Args:
            deliver: writes to the server what waits for it.
            say: tells a person, once, what keeps the copy from being like the server.
        """
        self._deliver, self._say = deliver, say
        self._thread.start()

    @property
    def place(self) -> str:
        """Server and database, without any secret."""
        return self.server().place

    @property
    def lease(self) -> Lease:
        """The leases on the server."""
        return self.server().lease

    @property
    def on_server(self) -> bool:
        """Whether reads go to the server."""
        server = self._server
        return server is not None and server.reachability.known.is_set() and server.away is None

    @property
    def away(self) -> Away | None:
        """Since when the server is unreachable, and how many changes wait; None while it answers."""
        if self._failed is not None:
            return Away(self._began, None, self._outbox.count, self._failed.message)
        away = None if self._server is None else self._server.away
        return None if away is None else replace(away, waiting=self._outbox.count)

    def settle(self) -> None:
        """Block until it is known whether the server answers."""
        if self._made.wait(_KNOWN_BY) and self._server is not None:
            self._server.reachability.known.wait(_KNOWN_BY)

    def keep(self, task_id: str) -> None:
        """Copy the report of this task, which was opened."""
        self._opened.add(task_id)
        self._news.set()

    def poke(self) -> None:
        """Wake the thread that delivers waiting changes."""
        self._news.set()

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """Lend a connection for reading: the server's, else the copy's.

        Raises:
            NotInCopy: it is not in the copy, and the server is away.
            ArchiveError: instead of every error of the databases inside the block.
        """
        with ExitStack() as stack:
            db = _Either(self._server if self.on_server else None, self.copy, stack)
            try:
                yield db
            except NotFound as error:
                if db.from_server or self._server is None:
                    raise
                raise NotInCopy(
                    "The copy on this machine does not have it, and the archive server cannot be reached."
                ) from error

    def write(self, work: Callable[[Database], T], *, alone: bool = False) -> "Future[T]":
        """Queue `work` for the server's writer."""
        return self.server().write(work, alone=alone)

    def foreign(self) -> bool:
        """Whether others may have written since the last call."""
        return self.on_server and self.server().foreign()

    def listen(self, told: Callable[[], None]) -> None:
        """Call `told` after another process committed something, and when the server is lost or found."""
        self._told = told

    def close(self, timeout: float) -> bool:
        """Write what is queued and close both; False if that took longer than `timeout` seconds."""
        self._closed.set()
        self._news.set()
        self._made.wait(timeout)
        done = self._server is None or self._server.close(timeout)
        self._thread.join(timeout)
        return self.copy.store.close(timeout) and done

    def server(self) -> "PostgresStore":
        """Return the server's store, for what the copy has no part in; it may be unreachable.

        Raises:
            ArchiveError: the archive is closed, or its address cannot be read.
        """
        self._made.wait()
        if self._server is None:
            raise self._failed or ArchiveError("the archive is closed")
        return self._server

    def _run(self) -> None:
        try:
            from tui.engine.archive.cached.mirror import Mirror
            from tui.engine.archive.postgres.open import open_later

            self._server = server = self._server or open_later(self._url)
        except DivewatchError as error:
            self._failed = error
            return
        finally:
            self._made.set()
        server.listen(self._heard)
        mirror = Mirror(server, self.copy)
        while not self._closed.wait(_TOGETHER):
            self._news.clear()
            if self.on_server:
                self._catch_up(mirror)
            self._news.wait(_LOOK_EVERY)

    def _heard(self) -> None:
        self._news.set()
        self._told()

    def _catch_up(self, mirror: "Mirror") -> None:
        opened = self._taken_opened()
        trouble = ""
        try:
            self._deliver()
            mirror.catch_up(opened)
        except ServerGone:  # `away` says it
            pass
        except (DivewatchError, OSError) as error:  # the server refuses, or this disk is full
            trouble = error.message if isinstance(error, DivewatchError) else f"{error.strerror or error}"
        except Exception as error:  # noqa: BLE001 - supervision: a fault of ours is said, and tried again
            trouble = f"{type(error).__name__}: {one_line(redact_text(str(error)), 200)}"
        else:
            opened = set()
        self._opened |= opened
        if trouble and trouble != self._said:
            self._say(f"the copy on this machine is not kept up to date: {trouble}")
        self._said = trouble

    def _taken_opened(self) -> set[str]:
        """Return the reports that were opened since the last call."""
        taken = set()
        with suppress(KeyError):
            while True:
                taken.add(self._opened.pop())
        return taken


class _Either:
    """The server's connection until it breaks, then the copy's, even within one query."""

    def __init__(self, server: "PostgresStore | None", copy: LocalCopy, stack: ExitStack) -> None:
        self._copy = copy
        self._stack = stack
        self.from_server = server is not None
        self._bound = False  # what is asked next is in the server's own SQL
        self._db: Database | None = None
        if server is not None:
            try:
                self._db = stack.enter_context(server.reading())
            except ServerGone:
                self.from_server = False
        self._lost = server.lost if server is not None else None

    @property
    def index(self) -> SearchIndex:
        """The full-text index of the connection in use."""
        self._bound = True
        return self._now().index

    @property
    def person(self) -> str:
        """The user of the connection, "name@host"."""
        return self._now().person

    @property
    def tasks(self) -> str:
        """The name of the tasks with marks, in the database in use."""
        return self._now().tasks

    @property
    def marks(self) -> Marks:
        """The marks in the database in use."""
        return self._now().marks

    def execute(self, sql: str, parameters: Parameters = (), /) -> ResultRows:
        """Execute one statement."""
        try:
            return self._now().execute(sql, parameters)
        except ServerGone as error:
            if self._bound or self._lost is None:
                raise
            self._lost(error)
            self.from_server, self._db = False, None
            return self._now().execute(sql.replace(OWN_TASKS, "task"), parameters)

    def executemany(self, sql: str, parameters: Sequence[Parameters], /) -> object:
        """Refuse: this connection only reads."""
        raise ArchiveError("this connection only reads")

    def close(self) -> None:
        """Do nothing: the lender takes the connection back."""

    def _now(self) -> Database:
        if self._db is None:
            self._db = self._stack.enter_context(self._copy.store.reading())
        return self._db
