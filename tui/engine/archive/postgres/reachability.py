"""Whether the server of an archive can be reached: one state for all threads of this process."""

import math
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tui.domain.away import Away
from tui.domain.errors import DivewatchError

_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds until the next attempt; a team does not come back all at once


class Reachability:
    """Whether one server can be reached; every method may be called from any thread.

    Attributes:
        known: set once it has been tried.
        lost_at: when it was lost the last time, monotonic.
    """

    def __init__(self) -> None:
        self.known = threading.Event()
        self._lock = threading.Lock()
        self._since: datetime | None = None
        self.lost_at = -math.inf
        self._next_try: datetime | None = None
        self._attempts = 0
        self._why = ""
        self._told: Callable[[], None] = lambda: None

    @property
    def away(self) -> Away | None:
        """Since when it cannot be reached; None while it can, or has not been tried yet."""
        with self._lock:
            return None if self._since is None else Away(self._since, self._next_try, why=self._why)

    @property
    def seconds(self) -> float:
        """For how long it has not been reached; 0 while it can be."""
        with self._lock:
            return 0.0 if self._since is None else time.monotonic() - self.lost_at

    def tell(self, told: Callable[[], None]) -> None:
        """Call `told` whenever it is lost or found."""
        self._told = told

    def reached(self) -> None:
        """The server answered."""
        with self._lock:
            news = self._since is not None or not self.known.is_set()
            self._since = self._next_try = None
            self._attempts = 0
            self.known.set()
        if news:
            self._told()

    def lost(self, why: Exception) -> None:
        """The server did not answer, or a connection to it broke."""
        with self._lock:
            self._why = why.message if isinstance(why, DivewatchError) else type(why).__name__
            news = self._since is None
            if news:
                self._since, self.lost_at = datetime.now(UTC), time.monotonic()
            self.known.set()
        if news:
            self._told()

    def pause(self) -> float:
        """Return the seconds to wait before it is tried again."""
        with self._lock:
            most = _PAUSES[min(self._attempts, len(_PAUSES) - 1)]
            seconds = most * random.uniform(0.7, 1.0)
            self._attempts += 1
            self._next_try = datetime.now(UTC) + timedelta(seconds=seconds)
        return seconds
