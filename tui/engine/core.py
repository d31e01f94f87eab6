"""The engine on one event loop: workers under supervision, the polling lease, other processes' changes.

`runtime` gives it a thread; tests give it a loop whose time they script.
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import field, replace
from typing import TYPE_CHECKING

from tui.domain.away import Away
from tui.domain.budget import Budget
from tui.domain.capability import Capability
from tui.domain.errors import ArchiveError, DivewatchError, NotFound, ProviderError
from tui.domain.frozen import frozen
from tui.domain.redact import redact_text
from tui.domain.task import NO_TASKS, Task
from tui.domain.text import one_line, plural
from tui.engine.api import LogEntry, SyncSummary
from tui.engine.commands.actions import EngineActions
from tui.engine.commands.serve_queue import QueueServer
from tui.engine.detail_cache import DetailCache
from tui.engine.executor import done
from tui.engine.ingest.pipeline import IngestPipeline
from tui.engine.loading import TaskLoader
from tui.engine.polling.connection import NoKey, ServiceAccount
from tui.engine.polling.worker import Worker
from tui.engine.ports import NO_CHANGES, Changes, Clock
from tui.engine.state.state import LOG_LINES, EngineState

if TYPE_CHECKING:
    from tui.engine.archive import Archive

SHARE_EVERY = 2.0  # seconds between looks at what other processes did
SHARE_TOGETHER = 0.2  # seconds: changes in a row, of which we are told, are one look
SAVE_AGAIN_EVERY = 15.0  # seconds between attempts to save what could not be saved
SENDING_TIME = 1.0  # seconds that a create out of the queue may still take when the program ends
_STEADY_RUN = 60.0  # seconds after which a restart's backoff begins anew
_RESTART_MOST = 60.0


@frozen
class _Seen:
    """What was read from the archive in one round: leases, changes by other processes, queued work."""

    leading: frozenset[str] = frozenset()  # the accounts that this process polls
    refused: str = ""  # why it may not poll the others
    holder: str = ""
    changes: Changes = NO_CHANGES
    logged: Sequence[LogEntry] = ()
    waiting: frozenset[str] = frozenset()  # those of them for which something is queued
    senders: Mapping[str, str] = field(default_factory=dict)  # who sends for the accounts that have no key here


class Core:
    """Everything the engine does, without a thread of its own.

    Args:
        archive: the open archive; the caller closes it after the engine.
        accounts: whom to ask, in display order.
        workers: threads for blocking calls.
        watch: ask by itself, sharing the archive's lease; otherwise only what it is told.
        budget: returns what may be spent on what others queue, whenever that is sent; no limit by default.
        clock: time.
        rng: jitter.
    """

    def __init__(
        self,
        archive: "Archive",
        accounts: Sequence[ServiceAccount],
        *,
        workers: Executor,
        clock: Clock,
        watch: bool = True,
        budget: Callable[[], Budget] = Budget,
        rng: random.Random | None = None,
    ) -> None:
        self._unlogged: list[LogEntry] = []
        self.state = EngineState(clock, self._unlogged.append)
        self.pipeline = IngestPipeline(archive, self.state, clock, workers)
        rng = rng or random.Random()
        self.workers: Mapping[str, Worker] = {
            account.key: Worker(account, self.pipeline, self.state, clock, rng) for account in accounts
        }
        self.actions = EngineActions(self.workers, self.pipeline, self.state, clock)
        self.queue = QueueServer(
            self.workers, self.actions.creator, self.actions.act, self.pipeline, self.state, budget
        )
        self.details = DetailCache(self.workers, self.pipeline, self.state)
        self.loading = TaskLoader(self.pipeline, self.state, clock, self._follow)
        self._archive = archive
        self._clock = clock
        self._watch = watch
        self._leading: frozenset[str] = frozenset()  # the accounts that this process polls
        self._log_seen = 0
        for worker in self.workers.values():
            worker.allow(lease=False)

    def load(self, known: Mapping[str, Task] = NO_TASKS) -> None:
        """Load the tasks of the archive, of which some are `known`, by id; blocks while they are read."""
        self.loading.load(known)

    async def serve(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; returns soon after it even if a request hangs, and cancels none."""
        loop = asyncio.get_running_loop()
        running = [
            loop.create_task(self._supervise(name, run), name=name)
            for name, run in {
                **{f"poll:{key}": worker.run for key, worker in self.workers.items()},
                "share": self._share,
                "save again": self._save_again,
            }.items()
        ]
        try:
            await stop.wait()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await self._leave()

    def pause(self, paused: bool) -> None:
        """Stop or resume automatic polling."""
        for worker in self.workers.values():
            worker.allow(running=not paused)

    async def refresh(self, ids: Sequence[str]) -> None:
        """Poll now: these tasks, or by default all unfinished tasks and all lists."""
        if not ids:
            await asyncio.gather(*(worker.hurry() for worker in self.workers.values()))
        for task_id in ids:
            task = self.state.store.get(task_id)
            worker = self._worker_of(task) if task else None
            if worker is not None:
                await worker.poll_now(task_id)

    async def ask(self, task_id: str) -> Task:
        """Poll one task now, and return its new value.

        Raises:
            NotFound: there is no such task.
            ProviderError: there was no answer that could be used.
        """
        task = self.state.store.get(task_id)
        if task is None:
            raise NotFound(f"there is no task {one_line(task_id, 40)}")
        worker = self._worker_of(task)
        if worker is not None and task.remote_id is not None:
            await worker.poll_now(task_id)
            for error in await worker.ask_now([task_id]):
                raise error
        return self.state.store.get(task_id) or task

    async def reload(self, ids: Sequence[str]) -> None:
        """Read these tasks from the archive again: some were deleted there, or brought back."""
        kept = await self.pipeline.off_loop(self._archive.named, ids)
        present = {task.id for task in kept}
        self._forget([task_id for task_id in ids if task_id not in present])
        self.state.load(kept)
        self._follow(kept)

    async def sync(self) -> SyncSummary:
        """Fetch every list and unfinished task once; with `watch`, without accounts that another process polls."""
        before = self.state.store.snapshot()
        self.state.news.clear()
        workers = await self.pipeline.off_loop(self._own) if self._watch else self.workers
        results = await asyncio.gather(*(worker.sync() for worker in workers.values()))
        seen: dict[str, int] = {}
        errors, worst = {}, 0
        # A service without a list was asked about its unfinished tasks alone, which may be none.
        unlisted = {
            key for key, worker in self.workers.items() if Capability.LIST in worker.account.provider.info.missing
        }
        asked = [one for key, one in zip(workers, results, strict=True) if key not in unlisted or one[1]]
        keyless = len(workers) == len(self.workers) and all(
            any(isinstance(error, NoKey) for error in failed) for _, failed in asked
        )
        for key, (count, failed) in zip(workers, results, strict=True):
            if count is not None and key not in unlisted:
                seen[key] = count
            troubles = [error for error in failed if keyless or not isinstance(error, NoKey)]
            if troubles:
                more = f" (and {len(troubles) - 1} more)" if len(troubles) > 1 else ""
                errors[key] = redact_text(f"{_with_next_step(troubles[0])}{more}")
                worst = max(worst, *(error.exit_code for error in troubles))
        after = self.state.store.snapshot()
        changed = sum(1 for one in self.state.news if one in after and after[one] != before.get(one))
        told = f"{plural(sum(seen.values()), 'task')} seen, {changed:,} changed"
        self.state.log("sync", f"asked every provider: {told}")
        await self.pipeline.save_held()
        condition = self.state.condition
        trouble = condition.trouble if condition.unsaved else ""
        worst = ArchiveError.exit_code if condition.unsaved else worst  # asking again is no way out of this one
        return SyncSummary(seen, changed, errors, worst, condition.unsaved, trouble)

    # -- supervision --------------------------------------------------------------------------------------------------

    async def _supervise(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        delay = 1.0
        while True:
            began = self._clock.monotonic()
            try:
                await run()
            except Exception as error:  # noqa: BLE001 - the supervision boundary: said, and started again
                self.state.log("problem", f"{name} stopped: {type(error).__name__}: {error}; again in {delay:.0f} s")
            if self._clock.monotonic() - began > _STEADY_RUN:
                delay = 1.0
            await asyncio.sleep(delay)
            delay = min(_RESTART_MOST, delay * 2)

    async def _share(self) -> None:
        news, loop = asyncio.Event(), asyncio.get_running_loop()
        self._archive.listen(lambda: _tell(loop, news))
        while True:
            news.clear()
            seen = await self.pipeline.off_loop(self._look_round)
            changes, logged = seen.changes, seen.logged
            await self._show_away(self._archive.away)
            self._lead(seen)
            for key, worker in self.workers.items():
                worker.sent_by(seen.senders.get(key, ""))
            if changes != NO_CHANGES:
                self._forget(changes.gone)
                self.state.put(changes.tasks, foreign=True)
                if changes.whole:
                    self.loading.page_after(changes.tasks)
                self._follow(changes.tasks)
                self.state.annotations_changed(frozenset(task.id for task in changes.tasks))
            self.state.add_saved(logged)
            self.queue.serve(seen.waiting)
            await self._write_log()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), SHARE_EVERY)
                await asyncio.sleep(SHARE_TOGETHER)

    def _look_round(self) -> _Seen:
        """Return the accounts this process may poll, who polls the others, and changes by others; uses two threads.

        While the server of an archive is away nobody may ask: whoever asked before, the lease may have passed on.
        """
        try:
            return self._looked_round()
        except ArchiveError:
            if self._archive.away is None:
                raise
            return _Seen()

    def _looked_round(self) -> _Seen:
        leading, refused = self._led() if self._watch else (frozenset[str](), "")
        keyless = all(worker.keyless for worker in self.workers.values())
        silent = leading or refused or keyless or not self._watch or self._archive.away is not None
        holder = "" if silent else self._archive.lease_holder() or "another divewatch"
        changes = self._archive.foreign_changes()
        self._log_seen, logged = self._archive.log_after(self._log_seen)
        queue = self._archive.queue
        waiting = queue.waiting() & leading if queue and leading else frozenset()
        without_key = any(worker.keyless for worker in self.workers.values())
        senders = queue.senders() if queue and without_key else {}
        return _Seen(leading, refused, holder, changes, logged, waiting, senders)

    async def _show_away(self, away: Away | None) -> None:
        before = self.state.condition.away
        if away is not None and before is None:
            self.state.log("problem", f"the archive server does not answer: {away.why}")
        elif away is None and before is not None:
            self.state.log("saved", "the archive server answers again")
        self.state.set_condition(replace(self.state.condition, away=away))
        if away is None and before is not None:
            await self.pipeline.save_held()

    def _own(self) -> Mapping[str, Worker]:
        """Return the accounts that no other process polls."""
        led, _ = self._led()
        return {key: worker for key, worker in self.workers.items() if worker.keyless or key in led}

    def _led(self) -> tuple[frozenset[str], str]:
        """Take the lease of every account with a key here, and return why the archive refuses one; "" if it does not.

        Accounts without a key are left to other processes.
        """
        led, refused = set(), ""
        for key, worker in self.workers.items():
            try:
                if worker.keyless:
                    self._archive.release_lease(key)
                elif self._archive.take_lease(key):
                    led.add(key)
            except ArchiveError as error:  # the next round tries again
                refused = error.message
        return frozenset(led), refused

    def _lead(self, seen: _Seen) -> None:
        leading, holder, refused, now = seen.leading, seen.holder, seen.refused, self.state.condition
        if (leading, holder, refused) == (self._leading, now.asks_elsewhere, now.may_not_ask):
            return
        self._leading = leading
        self.state.set_condition(replace(now, asks_elsewhere=holder, may_not_ask=refused))
        if refused and refused != now.may_not_ask:
            self.state.log("problem", f"the archive does not let this divewatch ask the providers: {refused}")
        if holder or leading:
            self.state.log(
                "poll",
                f"another divewatch asks, its changes are shown: {holder}"
                if holder
                else "this divewatch asks the providers",
            )
        for key, worker in self.workers.items():
            worker.allow(lease=key in leading)

    async def _save_again(self) -> None:
        while True:
            await asyncio.sleep(SAVE_AGAIN_EVERY)
            await self.pipeline.save_held()

    async def _write_log(self) -> None:
        if self._archive.away is not None:
            del self._unlogged[:-LOG_LINES]  # written when the server is back
            return
        entries, self._unlogged[:] = tuple(self._unlogged), ()
        if not entries:
            return
        try:
            await done(self._archive.add_log(entries))
        except ArchiveError as error:
            self.state.log("problem", f"could not save the event log: {error.message}")
            self._unlogged.clear()  # otherwise each failure would be one more line to save

    async def _leave(self) -> None:
        await self.queue.close(SENDING_TIME)
        await self.pipeline.save_held()
        await asyncio.gather(*(worker.connection.close() for worker in self.workers.values()), return_exceptions=True)
        await self._write_log()
        if self._leading:
            await self.pipeline.off_loop(self._archive.release_lease)

    # -- small things -------------------------------------------------------------------------------------------------

    def _forget(self, task_ids: Collection[str]) -> None:
        """Remove deleted tasks from the state and stop polling them."""
        for task_id in task_ids:
            for worker in self.workers.values():
                worker.forget(task_id)
        self.state.store.remove(task_ids)

    def _follow(self, tasks: Sequence[Task]) -> None:
        by_worker: dict[str, list[Task]] = {}
        for task in tasks:
            if (worker := self._worker_of(task)) is not None:
                by_worker.setdefault(worker.account.key, []).append(task)
        for key, own in by_worker.items():
            self.workers[key].follow(own)

    def _worker_of(self, task: Task) -> Worker | None:
        return self.workers.get(task.account_key)


def _tell(loop: asyncio.AbstractEventLoop, news: asyncio.Event) -> None:
    """Set `news` from another thread; does nothing once the loop has ended."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(news.set)


def _with_next_step(error: DivewatchError) -> str:
    """Return an error's message followed by its hint."""
    wait = error.retry_after if isinstance(error, ProviderError) else None
    steps = [error.hint, f"try again in {wait:.0f} s" if wait else ""]
    step = "; ".join(filter(None, steps))
    return f"{error.message} ({step})" if step else error.message


def failed(error: BaseException) -> DivewatchError:
    """Return any exception of the engine as a `DivewatchError`, to be shown."""
    return error if isinstance(error, DivewatchError) else DivewatchError(f"{type(error).__name__}: {error}")
