"""A thread that hears what other processes commit, and finds the server again; looking is the net under it."""

import threading
from collections.abc import Callable

from tui.engine.archive.postgres.connect import PostgresConnection
from tui.engine.archive.postgres.reachability import Reachability
from tui.engine.archive.postgres.writer import CHANNEL

_LOOK_UP = 1.0  # seconds after which it looks whether it is to end, and whether others lost the server


class Listener:
    """Listens on a connection of its own.

    Args:
        reach: makes a connection.
        told: is called, on this thread, for what was committed, and once after each new connection.
        reachability: is told whether the server answers.
    """

    def __init__(
        self, reach: Callable[[], PostgresConnection], told: Callable[[], None], reachability: Reachability
    ) -> None:
        self._reach = reach
        self._told = told
        self._reachability = reachability
        self._news = threading.Event()
        self._ready = threading.Event()  # whether silence means that nothing happened
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="archive-listener", daemon=True)
        self._thread.start()

    def heard(self) -> bool:
        """Whether something was committed since the last call, or may have been, unheard."""
        news = self._news.is_set()
        self._news.clear()
        return news or not self._ready.is_set()

    def close(self) -> None:
        """End the thread; it is not waited for."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._listen()
            except Exception as error:  # noqa: BLE001 - supervision: without this thread the server is never found again
                self._ready.clear()
                self._reachability.lost(error)
                self._ended.wait(self._reachability.pause())

    def _listen(self) -> None:
        db = self._reach()
        try:
            name = db.execute(f"SELECT '{CHANNEL}' || md5(current_schema())").fetchone()[0]
            db.execute(f'LISTEN "{name}"')
            self._news.set()  # before silence means anything
            self._ready.set()
            self._reachability.reached()
            self._told()
            while not self._ended.is_set():
                if db.notified(_LOOK_UP):
                    self._tell()
                if self._reachability.away is not None:  # another connection broke
                    db.execute("SELECT 1")
                    self._reachability.reached()
        finally:
            db.close()

    def _tell(self) -> None:
        self._news.set()
        self._told()
