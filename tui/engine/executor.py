"""Blocking calls on daemon threads, and how a loop waits for them: one that never returns keeps no process from ending.

`asyncio.to_thread` and every `ThreadPoolExecutor` join their threads at exit: a hung DNS look-up would hold the
terminal.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_THREADS = 4
_LAST_MOMENT = 0.3  # seconds


async def done(future: "Future[T]") -> T:
    """Await a future of another thread; cancelling the wait does not cancel the work."""
    if not future.done():
        loop, ended = asyncio.get_running_loop(), asyncio.Event()

        def tell(_: "Future[T]") -> None:
            with suppress(RuntimeError):  # the loop was closed meanwhile
                loop.call_soon_threadsafe(ended.set)

        future.add_done_callback(tell)  # takes less than `shield` and `wrap_future`; an answer waits three times
        await ended.wait()
    return future.result()


class DaemonExecutor(ThreadPoolExecutor):
    """An executor whose threads die with the process.

    A `ThreadPoolExecutor` only by name: asyncio insists on the type for a loop's default executor.
    """

    def __init__(self, threads: int = _THREADS, name: str = "divewatch-work") -> None:
        super().__init__(max_workers=threads)
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._name = name
        self._started: list[threading.Thread] = []
        self._idle = threading.Semaphore(0)
        self._starting = threading.Lock()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """Run `fn` on a thread of this executor."""
        future: Future[T] = Future()

        def call() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - whatever the call raises belongs to its future
                future.set_exception(error)

        self._calls.put(call)
        with self._starting:
            if not self._idle.acquire(blocking=False) and len(self._started) < self._max_workers:
                name = f"{self._name}-{len(self._started) + 1}"
                thread = threading.Thread(target=self._work, name=name, daemon=True)
                thread.start()
                self._started.append(thread)  # not before: `shutdown` joins these, and may run on another thread
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the threads end, whatever `wait` says: busy ones for a moment, since one that hangs must hold nobody.

        A thread that imports a module while the interpreter ends makes that crash (CPython 3.11 frees the import lock).
        """
        for _ in self._started:
            self._calls.put(None)
        give_up = time.monotonic() + _LAST_MOMENT
        for thread in self._started:
            if thread is not threading.current_thread():
                thread.join(max(0.0, give_up - time.monotonic()))

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call()
            del call
            self._idle.release()
