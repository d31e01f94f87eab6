"""Futures for callers that wait for the next poll of a task; a request that began earlier does not count."""

import asyncio

from tui.domain.errors import DivewatchError


class Waiters:
    """Futures by key, each done by the first request about its key that begins after the future was made."""

    def __init__(self) -> None:
        self._coming: dict[str, list[asyncio.Future[None]]] = {}
        self._current: dict[str, list[asyncio.Future[None]]] = {}
        self.latest = 0  # counts up with every wait; tells a request that began before from one that began after

    def __len__(self) -> int:
        return len(self._coming) + len(self._current)

    def wait(self, key: str) -> "asyncio.Future[None]":
        """Return a future that is done when the next request about `key` ends; it fails if the request fails."""
        self.latest += 1
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._coming.setdefault(key, []).append(waiter)
        return waiter

    def keys(self) -> tuple[str, ...]:
        """Return the keys with futures that wait for a request which has not begun."""
        return tuple(self._coming)

    def begin(self, key: str) -> int:
        """Record that a request about `key` begins; returns `latest`."""
        if key in self._coming:
            self._current[key] = self._coming.pop(key)
        return self.latest

    def end(self, key: str, error: DivewatchError | None = None) -> None:
        """Complete the futures that wait for the request about `key`, with `error` if it failed."""
        _release(self._current.pop(key, []), error)

    def give_up(self, error: DivewatchError | None, *keys: str) -> None:
        """Complete the futures for `keys` (by default all), with `error` if given: no request will be made soon."""
        for waiters in (self._coming, self._current):
            for key in keys or tuple(waiters):
                _release(waiters.pop(key, []), error)


def _release(waiters: "list[asyncio.Future[None]]", error: DivewatchError | None) -> None:
    for waiter in waiters:
        if waiter.done():
            continue
        if error is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(error)
            waiter.exception()  # looked at here: nobody may be waiting for it any more
