"""The engine for front ends: starts its thread and event loop, submits commands, returns futures.

A stalled terminal never stops polling or saving; a hanging provider never keeps the program from ending.
"""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tui.config.accounts import Account as Configured
from tui.domain.actions import Action, Batch, Outcome
from tui.domain.budget import Budget
from tui.domain.detail import Detail
from tui.domain.errors import DivewatchError
from tui.domain.provider import Draft
from tui.domain.task import NO_TASKS, Task
from tui.engine.api import BatchPlan, Condition, Engine, Listener, LogEntry, ProviderState, SyncSummary
from tui.engine.core import Core, failed
from tui.engine.executor import DaemonExecutor
from tui.engine.polling.connection import ServiceAccount, account_of
from tui.engine.ports import Clock
from tui.providers.protocol import DownloadProgress

if TYPE_CHECKING:
    from tui.engine.archive import Archive

T = TypeVar("T")

_LAST_WORDS = 0.2  # seconds for cancelled tasks to end when the loop does


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """Return the wall clock, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()


class Runtime(Engine):
    """A running engine on an open archive, which the caller closes after it.

    Args:
        archive: the open archive.
        accounts: as configured, or ready-made; in display order.
        watch: ask by itself, as the dashboard does; False only carries out what it is told.
        budget: returns what may be spent on what people without a key queue, whenever that is sent.
        clock: time; for tests.
        rng: jitter; for tests.
    """

    def __init__(
        self,
        archive: "Archive",
        accounts: Sequence[Configured | ServiceAccount],
        *,
        watch: bool = True,
        budget: Callable[[], Budget] = Budget,
        clock: Clock | None = None,
        rng: random.Random | None = None,
    ) -> None:
        self._threads = DaemonExecutor()
        self._core = Core(
            archive,
            [account if isinstance(account, ServiceAccount) else account_of(account) for account in accounts],
            workers=self._threads,
            clock=clock or SystemClock(),
            watch=watch,
            budget=budget,
            rng=rng,
        )
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(self._threads)  # look-ups of names hang on daemon threads, too
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="divewatch-engine", daemon=True)
        self._pending: set[Future[Any]] = set()
        self._commands: set[asyncio.Task[None]] = set()
        self._closed = False

    def start(self, known: Mapping[str, Task] = NO_TASKS) -> None:
        """Load the archive, then start polling; returns when `tasks()` is filled.

        `known`: tasks that the caller has read, by id; the engine has these, and no equal ones beside them.
        """
        self._core.load(known)
        self._thread.start()

    def tasks(self) -> Mapping[str, Task]:
        """Return the loaded tasks by local id."""
        return self._core.state.store.snapshot()

    def task(self, task_id: str) -> Task | None:
        """Return one task by local id; None if there is none."""
        return self._core.state.store.get(task_id)

    def providers(self) -> Mapping[str, ProviderState]:
        """Return the provider accounts by key."""
        return self._core.state.states()

    def condition(self) -> Condition:
        """Return whether everything is saved, and which process polls the providers."""
        return self._core.state.condition

    def log(self) -> Sequence[LogEntry]:
        """Return the latest lines of the event log."""
        return self._core.state.entries()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` for every event, on the engine's thread."""
        return self._core.state.subscribe(listener)

    def detail(self, task_id: str) -> "Future[Detail | None]":
        """Read everything known about a task."""
        return self._about(task_id, lambda: self._core.details.detail(task_id))

    def refresh(self, ids: Sequence[str] = ()) -> None:
        """Poll now; see `Engine.refresh`."""
        self._submit(lambda: self._core.refresh(ids))

    def ask(self, task_id: str) -> "Future[Task]":
        """Poll one task now; the result is its new value."""
        return self._about(task_id, lambda: self._core.ask(task_id))

    def reload(self, ids: Sequence[str]) -> None:
        """Read these tasks from the archive again."""
        self._submit(lambda: self._core.reload(ids))

    def recall(self, ids: Sequence[str]) -> "Future[None]":
        """Load these tasks of the archive, too."""
        return self._submit(lambda: self._core.loading.recall(ids))

    def older(self, terms: str = "") -> None:
        """Load the next page of older tasks, or of those for which `terms` hold."""
        self._submit(lambda: self._core.loading.older(terms))

    def together(self, ids: Sequence[str]) -> "Future[None]":
        """Load all members of the groups of these tasks."""
        return self._submit(lambda: self._core.loading.together(ids))

    def pause(self, paused: bool) -> None:
        """Stop or resume automatic polling."""
        self._call(lambda: self._core.pause(paused))

    def create(
        self, account_key: str, draft: Draft, *, confirmation: str = "", group: str | None = None
    ) -> "Future[Task]":
        """Start a task; see `Engine.create`."""
        return self._submit(lambda: self._core.actions.creator.create(account_key, draft, confirmation, group))

    def act(self, task_id: str, action: Action) -> "Future[Outcome]":
        """Carry out an action at the provider."""
        return self._about(task_id, lambda: self._core.actions.act(task_id, action))

    def act_to_end(self, task_id: str, action: Action) -> "Future[Outcome]":
        """Carry out an action; the result is its last outcome, when the provider is done with it."""
        return self._about(task_id, lambda: self._core.actions.act(task_id, action, to_end=True))

    def version(self, task_id: str, number: int) -> "Future[Detail]":
        """Fetch one version of a report."""
        return self._about(task_id, lambda: self._core.actions.version(task_id, number))

    def batch(self, account_key: str, plan: BatchPlan, *, confirmation: str = "") -> "Future[Sequence[Task]]":
        """Start several briefs as one batch."""
        return self._submit(lambda: self._core.actions.creator.batch(account_key, plan, confirmation))

    def about_batches(self, account_key: str, batch_id: str = "") -> "Future[Sequence[Batch]]":
        """Fetch one batch of an account, or all of them."""
        return self._submit(lambda: self._core.actions.about_batches(account_key, batch_id))

    def download(self, task_id: str, url: str, target: Path, progress: DownloadProgress | None = None) -> "Future[int]":
        """Save an image or deliverable; see `Engine.download`."""
        return self._about(task_id, lambda: self._core.actions.download(task_id, url, target, progress))

    def track(self, account_key: str, reference: str) -> "Future[Task]":
        """Adopt a task; see `Engine.track`."""
        return self._submit(lambda: self._core.actions.track(account_key, reference))

    def sync(self) -> "Future[SyncSummary]":
        """Fetch every list and every unfinished task once."""
        return self._submit(self._core.sync)

    def close(self, timeout: float = 2.0) -> None:
        """Stop within `timeout` seconds, whatever hangs."""
        if self._closed:
            return
        self._closed = True
        if self._thread.is_alive():
            self._call(self._stop.set)
            self._thread.join(timeout)
        elif not self._loop.is_closed() and not self._loop.is_running():
            self._loop.close()
        self._threads.shutdown(wait=False)
        for future in tuple(self._pending):
            if future.set_running_or_notify_cancel():
                future.set_exception(DivewatchError("the program ended before the answer came"))

    # -- the engine's thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._core.serve(self._stop))
        finally:
            self._end()

    def _end(self) -> None:
        """Cancel what still runs on the loop; its results are not needed any more."""
        self._loop.set_exception_handler(lambda loop, context: None)
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left, timeout=_LAST_WORDS))
        self._loop.run_until_complete(asyncio.sleep(0))  # a connection that was closed lets its socket go a turn later
        self._loop.close()

    def _call(self, call: Callable[[], None]) -> bool:
        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:  # the loop is closed
            return False
        return True

    def _submit(self, work: Callable[[], Coroutine[Any, Any, T]]) -> "Future[T]":
        """Run `work` on the engine's loop; cancelling the returned future does not cancel the work."""
        future: Future[T] = Future()
        self._pending.add(future)
        future.add_done_callback(self._pending.discard)

        async def carry_out() -> None:
            try:
                result = await work()
            except Exception as error:  # noqa: BLE001 - every failure belongs to the caller's future
                if future.set_running_or_notify_cancel():
                    future.set_exception(failed(error))
            else:
                if future.set_running_or_notify_cancel():
                    future.set_result(result)

        if self._closed or not self._call(lambda: self._keep(self._loop.create_task(carry_out()))):
            future.set_exception(DivewatchError("the engine is closed"))
        return future

    def _about(self, task_id: str, work: Callable[[], Coroutine[Any, Any, T]]) -> "Future[T]":
        """Run `work`, which is about a task, once that task is loaded."""

        async def with_task() -> T:
            await self._core.loading.recall([task_id])
            return await work()

        return self._submit(with_task)

    def _keep(self, task: "asyncio.Task[None]") -> None:
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)
