"""Notices a server, or a way to it, that takes questions and answers nothing; one thread for all connections.

A statement may take long: other people write, or much is searched. So one that waits for `PATIENCE` seconds is looked
into, through a new connection: where that is not made either, the server is away; where the server says that it
answered, the answer is lost. Both end the statement as a connection does that broke.
"""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

PATIENCE = 5.0
"""Seconds without an answer after which a statement is looked into, again and again."""
_LOOK_EVERY = 0.5

Probe = Callable[["psycopg.Connection[Any]"], bool | None]
"""Whether the server works on what a connection asked; None where the server cannot be reached, or is silent."""


class Waiting:
    """The wait of one connection for the answer to a statement.

    Args:
        raw: the connection.
        server: its address; connections with the same one are lost together.
        probe: looks into it, through another connection.
    """

    def __init__(self, raw: "psycopg.Connection[Any]", server: str, probe: Probe) -> None:
        self.server = server
        self._raw = raw
        self._probe = probe
        self.since: float | None = None  # monotonic; None while nothing was asked
        self._idle = 0  # looks in a row at which the server had nothing to do for this statement

    def begin(self) -> None:
        """A statement is sent."""
        self._idle = 0
        self.since = time.monotonic()

    def end(self) -> None:
        """It was answered, or failed."""
        self.since = None

    def look(self) -> bool:
        """Break the connection where no answer will come any more; returns whether the server is there."""
        since = self.since
        works = self._probe(self._raw)
        self._idle = self._idle + 1 if works is False else 0
        if (works is None or self._idle > 1) and self.since == since:  # it may just have been answered
            self.end_it()
        return works is not None

    def end_it(self) -> None:
        """End the wait of another thread."""
        if self.since is not None:
            break_off(self._raw)


def break_off(raw: "psycopg.Connection[Any]") -> None:
    """Break a connection that another thread waits for: its next look at the socket finds the end of it."""
    import psycopg

    with contextlib.suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(raw.fileno())) as way:
        way.shutdown(socket.SHUT_RDWR)


class Watchdog:
    """The thread that looks; it is there while there are connections."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[Waiting] = set()
        self._thread: threading.Thread | None = None
        self._left = threading.Event()

    def add(self, waiting: Waiting) -> None:
        """Look after a connection from now on."""
        with self._lock:
            self._waiting.add(waiting)
            self._left.clear()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="archive-watch", daemon=True)
                self._thread.start()

    def remove(self, waiting: Waiting) -> None:
        """Look after it no longer; harmless twice."""
        with self._lock:
            self._waiting.discard(waiting)
            if not self._waiting:
                self._left.set()

    def _run(self) -> None:
        looked: dict[Waiting, float] = {}
        while True:
            self._left.wait(_LOOK_EVERY)
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                every = [*self._waiting]
            now = time.monotonic()
            looked = {one: at for one, at in looked.items() if one in every}
            away: set[str] = set()
            for one in every:
                since = one.since
                if since is None or now - max(since, looked.get(one, since)) < PATIENCE:
                    continue
                if one.server in away:
                    one.end_it()
                elif not one.look():
                    away.add(one.server)
                looked[one] = time.monotonic()


WATCH = Watchdog()
