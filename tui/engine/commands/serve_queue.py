"""Sends creates that others queued on a shared archive: each once, within the budgets of this process."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from tui.domain.action_text import read
from tui.domain.actions import Action, Outcome
from tui.domain.amounts import at_most
from tui.domain.budget import Budget, month_start, spent_by, warnings
from tui.domain.errors import ArchiveError, DivewatchError, UsageError
from tui.domain.frozen import frozen
from tui.domain.task import Cost, Task, TaskStatus
from tui.engine.commands.create import TaskCreator, check
from tui.engine.commands.queue_action import outcome_json
from tui.engine.commands.queue_up import BEING_SENT, batch_plan
from tui.engine.executor import done
from tui.engine.ingest.pipeline import IngestPipeline
from tui.engine.polling.worker import Worker
from tui.engine.ports import QueuedAction, QueuedCreate
from tui.engine.state.state import EngineState

if TYPE_CHECKING:
    from tui.engine.archive.postgres.queue import TeamQueue

# What an attempt took that was not heard of for longer stays unsure, and is not sent. By the time of day, which goes on
# while a machine sleeps.
_SAME_ATTEMPT = timedelta(seconds=60)


@frozen
class _Attempt:
    """One attempt to take from the queue; repeated under the same name it returns what it took before."""

    name: str
    since: datetime


@dataclass(slots=True)
class QueueServer:
    """Takes creates and actions out of the queue, for the accounts that this process polls.

    A create was agreed to by its author at a price; it is not sent where it would cost more here, or where it could
    exceed a budget of this process: nobody sits here who could say yes to that.
    """

    workers: Mapping[str, Worker]
    creator: TaskCreator
    act: Callable[[str, Action], Awaitable[Outcome]]
    pipeline: IngestPipeline
    state: EngineState
    budget: Callable[[], Budget]  # is called off the loop: it may read a file
    _attempts: dict[str, _Attempt] = field(default_factory=dict)  # those of which it is not known what they took
    _serving: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    _ended: bool = False

    def serve(self, accounts: Collection[str]) -> None:
        """Begin to send what is queued for these accounts: creates one after the other, actions in parallel."""
        queue = self.pipeline.archive.queue
        self._attempts = {key: one for key, one in self._attempts.items() if not self._is_old(one)}
        for key in {*accounts, *self._attempts}:
            if queue is not None and key in self.workers and not self._ended:
                for work in (self._serve, self._serve_actions):
                    self._begin(f"{work.__name__} {key}", partial(work, queue, key))

    def _is_old(self, attempt: _Attempt) -> bool:
        return abs(self.pipeline.clock.now() - attempt.since) >= _SAME_ATTEMPT

    def _begin(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if name not in self._serving:
            self._serving[name] = begun = asyncio.get_running_loop().create_task(work())
            begun.add_done_callback(lambda _: self._serving.pop(name))

    async def close(self, seconds: float) -> None:
        """Take nothing more; wait at most `seconds` for what is being sent."""
        self._ended = True
        if self._serving:
            await asyncio.wait(self._serving.values(), timeout=seconds)

    async def _serve_actions(self, queue: "TeamQueue", key: str) -> None:
        """Carry out queued actions; where an outcome cannot be saved, it stays unknown to the process that asked."""
        while not self._ended:
            try:
                attempt = _Attempt(os.urandom(16).hex(), self.pipeline.clock.now())
                queued = await done(queue.take_action(key, attempt.name))
                if queued is None:
                    return
                late = DivewatchError("nothing was sent: the process with the key came to it too late")
                outcome = late if self._is_old(attempt) else await self._carried_out(queued)
                await done(queue.finish_action(queued.id, outcome_json(outcome)))
            except ArchiveError as error:
                self.state.log("problem", f"could not serve what was asked for: {error.message}", provider=key)
                return

    async def _carried_out(self, queued: QueuedAction) -> Outcome | DivewatchError:
        try:
            return await self.act(queued.task_id, read(queued.action))
        except DivewatchError as error:
            return error

    async def _serve(self, queue: "TeamQueue", key: str) -> None:
        worker = self.workers[key]
        while not self._ended:
            attempt = self._attempts.get(key) or _Attempt(os.urandom(16).hex(), self.pipeline.clock.now())
            self._attempts[key] = attempt
            try:
                taken = await done(queue.take(key, attempt.name, self._begun))
            except ArchiveError as error:
                self.state.log("problem", f"could not look into the queue: {error.message}", provider=key)
                return
            if taken is None:
                return
            self._attempts.pop(key, None)
            if not taken:
                return
            if self._is_old(attempt):  # this machine slept, say: meanwhile its author may have started it again
                self.state.log(
                    "problem", "a brief that was taken from the queue long ago is not sent", task_id=taken[0].task.id
                )
                continue
            await self._send(queue, worker, taken)

    def _begun(self, row: Task) -> Task:
        """Return a queued row as one that is being sent: if this process ends now, its outcome is unknown.

        It begins now, however long it waited: by that time it is found in its provider's list.
        """
        begins = self.pipeline.clock.now()
        return replace(row, status=TaskStatus.UNKNOWN, provider_status="", warnings=(BEING_SENT,), created_at=begins)

    async def _send(self, queue: "TeamQueue", worker: Worker, taken: Sequence[QueuedCreate]) -> None:
        rows = [one.task for one in taken]
        self.state.put(rows)
        try:
            reason = await self._refusal(queue, worker, taken)
            if reason is not None:
                for row in rows:
                    await self.creator.not_started(row, reason)
            elif taken[0].together:
                plan = batch_plan(taken[0].together, [one.draft.prompt for one in taken])
                await self.creator.send_batch(worker, plan, rows)
            else:
                await self.creator.send(worker, taken[0].draft, rows[0])
        except DivewatchError:
            pass  # it is in the row, and in the log
        try:
            await done(queue.finish([row.id for row in rows]))
        except ArchiveError as error:  # it stays marked as taken: nobody sends it again
            self.state.log("problem", f"could not tidy the queue: {error.message}", provider=worker.account.key)

    async def _refusal(
        self, queue: "TeamQueue", worker: Worker, taken: Sequence[QueuedCreate]
    ) -> DivewatchError | None:
        """Return why these creates are not sent; None if they are."""
        try:
            check(worker, [one.draft for one in taken])
            await worker.connection.open()
            key = worker.account.key
            prices = [(key, worker.account.provider.cost_at_most(one.draft)) for one in taken]
            for one, price in zip(taken, prices, strict=True):
                if _dearer(price[1], one.task.cost):
                    raise UsageError(f"{at_most([price])} here, but the yes was to {at_most([(key, one.task.cost)])}")
            if over := await self._over_budget(queue, taken, prices):
                raise UsageError(f"the budget of the process that sends: {over[0]}")
        except DivewatchError as error:
            return error
        return None

    async def _over_budget(
        self, queue: "TeamQueue", taken: Sequence[QueuedCreate], prices: Sequence[tuple[str, Cost]]
    ) -> Sequence[str]:
        now, ids = self.pipeline.clock.now(), [one.task.id for one in taken]
        charges = await self.pipeline.off_loop(queue.charges, month_start(now), ids)
        people = await self.pipeline.off_loop(self.pipeline.archive.people, ids[0])
        budget = await self.pipeline.off_loop(self.budget)
        return warnings(prices, spent_by(charges, now, people.started), budget)


def _dearer(here: Cost, agreed: Cost) -> bool:
    """Whether a task costs more here than its author agreed to."""
    if here.amount is None or agreed.amount is None:
        return False
    return here.unit != agreed.unit or here.amount > agreed.amount + 1e-9
