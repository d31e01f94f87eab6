"""An executor of daemon threads for blocking calls: a call that never returns does not keep the process from ending.

`asyncio.to_thread` and every `ThreadPoolExecutor` join their threads at exit: a hung DNS look-up would hold the
terminal.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_THREADS = 4


class DaemonExecutor(ThreadPoolExecutor):
    """An executor whose threads die with the process.

    A `ThreadPoolExecutor` only by name: asyncio insists on the type for a loop's default executor.
    """

    def __init__(self, threads: int = _THREADS, name: str = "divewatch-work") -> None:
        super().__init__(max_workers=threads)
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._name = name
        self._started = 0
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
            if not self._idle.acquire(blocking=False) and self._started < self._max_workers:
                self._started += 1
                threading.Thread(target=self._work, name=f"{self._name}-{self._started}", daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let idle threads end; never waits for a busy one, whatever `wait` says."""
        for _ in range(self._started):
            self._calls.put(None)

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call()
            del call
            self._idle.release()
