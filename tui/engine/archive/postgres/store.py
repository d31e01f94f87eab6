"""One archive on a server: a few connections to read from, the writer, the listener, the lease; knows no table."""

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from typing import Literal, TypeVar

from tui.domain.away import Away
from tui.domain.errors import ArchiveError, DivewatchError
from tui.engine.archive.person import whoami
from tui.engine.archive.postgres.connect import PostgresConnection, ServerGone, connect, place_of
from tui.engine.archive.postgres.lease import AccountLease
from tui.engine.archive.postgres.listener import Listener
from tui.engine.archive.postgres.reachability import Reachability
from tui.engine.archive.postgres.writer import PostgresWriter
from tui.engine.archive.writing import refused

T = TypeVar("T")
_IDLE_MOST = 2  # reading connections that are kept: a team of twenty shares the hundred that a server allows
_FRESH = 5.0  # seconds after which a kept connection is tried before it is lent
_LOOK_EVERY = 10.0  # seconds between looks for changes while the listener hears the server: the net under it


class PostgresStore:
    """Readers and the writer of one archive on a server.

    Args:
        url: where it is.
        db: the writing connection, None for an archive that is only read, or whose server is reached later.
        version: the format that this program knows; a newer one is refused in the midst of things, too.
        reader: a reading connection that is open already.
        reach: makes a writing connection to a server that is reached later; by default `db` is followed by others.
    """

    kind: Literal["postgres"] = "postgres"

    def __init__(
        self,
        url: str,
        db: PostgresConnection | None,
        version: int,
        *,
        reader: PostgresConnection | None = None,
        reach: Callable[[], PostgresConnection] | None = None,
    ) -> None:
        self.reachability = Reachability()
        if db is not None or reader is not None:
            self.reachability.reached()
        self._url = url
        self.place = place_of(url)
        self._version = version
        self._idle = [] if reader is None else [reader]
        self._lock = threading.Lock()
        self._closed = False
        self._looked = -math.inf
        self._listener: Listener | None = None
        first = db or reader
        self._person = person = first.person if first else whoami()
        writes = db is not None or reach is not None
        reach = reach or (lambda: connect(url, person=person))
        self._writer = PostgresWriter(reach, db, self._known, self.reachability) if writes else None
        self.read_only = self._writer is None
        self.lease = AccountLease(self.write, self.reading, self.reachability)

    @property
    def away(self) -> Away | None:
        """Since when the server cannot be reached; None while it can."""
        return self.reachability.away

    @contextmanager
    def reading(self) -> Iterator[PostgresConnection]:
        """Lend a connection that cannot write.

        Raises:
            ArchiveError: instead of every error of the database inside the block.
        """
        try:
            db = self._lend()
        except ServerGone as error:
            self.lost(error)
            raise
        try:
            yield db
        except ServerGone as error:
            self.lost(error)
            raise
        finally:
            self._give_back(db)

    def lost(self, error: ServerGone) -> None:
        """A question was not answered: what it was about is looked at again."""
        self._looked = -math.inf
        self.reachability.lost(error)

    def write(self, work: Callable[[PostgresConnection], T], *, alone: bool = False) -> "Future[T]":
        """Queue `work` for the writer; see `PostgresWriter.submit`."""
        if self._writer is not None:
            return self._writer.submit(work, alone=alone)
        return refused(ArchiveError(f"the archive is read-only: {self.place}", hint="it was opened to be read"))

    def foreign(self) -> bool:
        """Whether others may have written since the last call: told so, or not heard of the server for a while."""
        now = time.monotonic()
        told = self._listener is None or self._listener.heard()
        if told or now - self._looked >= _LOOK_EVERY:
            self._looked = now
            return True
        return False

    def listen(self, told: Callable[[], None]) -> None:
        """Call `told` soon after another process has committed something, and when the server is lost or found."""
        with self._lock:
            if self._listener is None and not self._closed:
                self.reachability.tell(told)
                reach = partial(connect, self._url, read_only=True, person=self._person)
                self._listener = Listener(reach, told, self.reachability)

    def close(self, timeout: float) -> bool:
        """Write what is queued and close; False if the writer was not done within `timeout` seconds."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for db in idle:
            db.close()
        if self._listener is not None:
            self._listener.close()
        self.lease.give_back()
        return True if self._writer is None else self._writer.close(timeout)

    def _known(self, db: PostgresConnection) -> None:
        from tui.engine.archive.postgres.schema import newer

        version = int(db.execute("SELECT version FROM divewatch_archive").fetchone()[0])
        if version > self._version:
            raise newer(version, self._version, self.place)

    def _lend(self) -> PostgresConnection:
        while True:
            with self._lock:
                if self._closed:
                    raise ArchiveError("the archive is closed")
                db = self._idle.pop() if self._idle else None
            if db is None:
                return self._reader()
            if db.used > max(time.monotonic() - _FRESH, self.reachability.lost_at):
                return db
            with contextlib.suppress(DivewatchError):
                db.execute("SELECT 1")
                return db
            db.close()

    def _reader(self) -> PostgresConnection:
        """Return a new reading connection to an archive of the format that this program knows."""
        db = connect(self._url, read_only=True, person=self._person)
        try:
            self._known(db)
        except BaseException:
            db.close()
            raise
        self.reachability.reached()
        return db

    def _give_back(self, db: PostgresConnection) -> None:
        with self._lock:
            if not db.broken and not self._closed and len(self._idle) < _IDLE_MOST:
                self._idle.append(db)
                return
            if db.broken:  # the others go the same way
                rest, self._idle = [db, *self._idle], []
            else:
                rest = [db]
        for each in rest:
            each.close()
