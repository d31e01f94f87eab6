"""Carries out actions at a provider: act, adopt, download. Every request is sent once.

Every action writes at least two lines to the event log: what was sent, and what came back.
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from operator import methodcaller
from pathlib import Path
from typing import Any

from tui.domain.actions import (
    BATCH_ACTIONS,
    READING_ACTIONS,
    Action,
    Batch,
    BatchOutcome,
    Cancel,
    Delete,
    Edit,
    FollowUp,
    ListBatches,
    Outcome,
    Pending,
    ReadBatch,
    ReadVersion,
    Restore,
    Shared,
    capability_of,
)
from tui.domain.capability import Capability
from tui.domain.detail import Detail
from tui.domain.errors import DivewatchError, Gone, NotFound, ProviderError, UsageError
from tui.domain.provider import Draft
from tui.domain.task import IN_QUEUE, Task, TaskStatus
from tui.domain.text import one_line
from tui.engine.commands.create import TaskCreator, described, worker_of
from tui.engine.commands.queue_action import queue_action
from tui.engine.commands.queue_up import take_back
from tui.engine.executor import done
from tui.engine.ingest.merge import find_orphan, warned
from tui.engine.ingest.pipeline import IngestPipeline
from tui.engine.polling.discovery import new_id
from tui.engine.polling.worker import EDIT_TIME, Worker
from tui.engine.ports import Clock
from tui.engine.state.state import EngineState
from tui.providers.protocol import DownloadProgress, Page


@dataclass(slots=True)
class EngineActions:
    """Carries out actions on the engine's loop."""

    workers: Mapping[str, Worker]
    pipeline: IngestPipeline
    state: EngineState
    clock: Clock
    creator: TaskCreator = field(init=False)
    _going_on: set["asyncio.Task[None]"] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.creator = TaskCreator(self.workers, self.pipeline, self.state, self.clock)

    async def about_batches(self, account_key: str, batch_id: str = "") -> Sequence[Batch]:
        """Fetch one batch of an account, or all of them; nothing changes.

        Raises:
            UsageError: the provider has no batches, or there is no such account.
            ProviderError: what the provider said.
        """
        worker = worker_of(self.workers, account_key)
        info = worker.account.provider.info
        if Capability.BATCH not in info.capabilities:
            raise UsageError(info.missing.get(Capability.BATCH) or f"{info.title} has no batches")
        action = ReadBatch() if batch_id else ListBatches()
        answer = await worker.connection.ask(methodcaller("act", action, batch_id))
        outcome = worker.connection.reader.read_outcome(
            action, answer.body or b"", received_at=answer.received_at, remote_id=batch_id
        )
        return outcome.batches if isinstance(outcome, BatchOutcome) else ()

    async def version(self, task_id: str, number: int) -> Detail:
        """Fetch one version of a report; see `Engine.version`.

        Raises:
            UsageError: the provider keeps no versions, or the task is not there.
            ProviderError: what the provider said.
        """
        action = ReadVersion(number)
        task, worker = self._at_provider(task_id, action)
        answer = await worker.connection.ask(methodcaller("act", action, task.remote_id))
        detail: Detail = await self.pipeline.off_loop(
            worker.connection.reader.read_task,
            answer.body or b"",
            remote_id=task.remote_id,
            received_at=answer.received_at,
        )
        self._log(task, f"version {number} read")
        return replace(detail, task=replace(task, has_report=detail.report is not None))

    async def act(self, task_id: str, action: Action, *, to_end: bool = False) -> Outcome:
        """Carry out an action at the provider; see `Engine.act`.

        With `to_end`, the outcome is the last one of an action that the provider takes its time for.

        Raises:
            UsageError: the provider has no such action, or the task is not at the provider.
            ProviderError: what the provider said.
        """
        waiting = self.state.store.get(task_id)
        if waiting is not None and waiting.waits_in_queue and isinstance(action, Cancel):
            await take_back(self.pipeline, waiting)
            return Outcome("taken out of the queue; it was never sent", status=TaskStatus.CANCELLED)
        task, worker = self._at_provider(task_id, action)
        if isinstance(action, FollowUp):
            return await self._follow_up(task, action)
        if worker.keyless:
            return await queue_action(self.pipeline, worker, task, action)
        starts = type(action) in worker.account.provider.info.starting
        outcome = await self._carry_out(worker, task, action, starts=starts)
        await self._after(worker, task_id, action, outcome)
        if not isinstance(outcome, Pending):
            return outcome
        if to_end:
            return await self._see_through(worker, task, outcome)
        self._background(self._see_through(worker, task, outcome))
        return outcome

    async def track(self, account_key: str, reference: str) -> Task:
        """Adopt a task by its remote id or web address; see `Engine.track`.

        Raises:
            UsageError: `reference` is neither.
            NotFound: the provider does not have it.
            ProviderError: it could not be asked.
        """
        worker = worker_of(self.workers, account_key)
        info, name = worker.account.provider.info, worker.account.name
        remote_id = worker.account.provider.parse_reference(reference)
        if remote_id is None:
            raise UsageError(f"{one_line(reference, 80)!r} is neither a task id nor a task's address at {info.title}")
        await self.pipeline.recall(info.name, name, [remote_id])
        known = self.state.store.find(info.name, name, remote_id)
        if known is not None:
            await worker.poll_now(known.id)
            if known.id not in self.pipeline.unheard:
                return known
            await worker.ask_now([known.id])  # what goes wrong is said on the task or the account
            return self.state.store.get(known.id) or known
        try:
            answer = await worker.connection.ask(methodcaller("fetch", remote_id))
        except Gone as error:
            raise NotFound(f"{info.title} has no task {one_line(remote_id, 80)}", hint=error.message) from error
        task = self.state.store.find(info.name, name, remote_id) or Task(new_id(), info.name, remote_id, account=name)
        await done(self.pipeline.archive.put_tasks([task]))
        self.state.put([task])
        watch = await self.pipeline.watch(task)
        try:
            task = await self.pipeline.receive(task.id, answer, worker.connection.reader, watch)
            task = await self._as_orphan(task)
        finally:
            worker.follow([self.state.store.get(task.id) or task])
        self._log(task, f"adopted from {info.title}")
        return task

    async def _as_orphan(self, task: Task) -> Task:
        """Merge an adopted task into the row of its create, where the response to that was lost."""
        orphan = find_orphan(self.state.store.orphans(task.provider, task.account), task)
        if orphan is None:
            return task
        task = replace(task, id=orphan.id, title=task.title or orphan.title, group_id=orphan.group_id)
        await self.pipeline.show(task)
        return task

    async def download(self, task_id: str, url: str, target: Path, progress: DownloadProgress | None = None) -> int:
        """Save an asset; see `Engine.download`."""
        task, worker = self._at_provider(task_id)
        size: int = await worker.connection.ask(methodcaller("download", url, target, progress))
        self._log(task, f"saved {size:,} bytes to {target}")
        return size

    # -- actions on a task --------------------------------------------------------------------------------------------

    async def _carry_out(self, worker: Worker, task: Task, action: Action, *, starts: bool = False) -> Outcome:
        word = capability_of(action).value
        self._log(task, f"{described(action)} sent")
        try:
            outcome = await (self.creator.go_on(task, action) if starts else self._ask(worker, task, action))
        except DivewatchError as error:
            unknown = isinstance(error, ProviderError) and error.outcome_unknown
            tail = "it may have been carried out all the same: look before trying again" if unknown else ""
            self._log(task, f"{word} failed: {'; '.join(filter(None, (error.message, tail)))}")
            error.hint = "; ".join(filter(None, (tail, error.hint)))
            raise
        self._log(task, f"{word}: {outcome.message}")
        return outcome

    async def _ask(self, worker: Worker, task: Task, action: Action) -> Outcome:
        about = task.batch_id or "" if type(action) in BATCH_ACTIONS else task.remote_id
        answer = await worker.connection.ask(methodcaller("act", action, about))
        return worker.connection.reader.read_outcome(
            action, answer.body or b"", received_at=answer.received_at, remote_id=about
        )

    async def _see_through(self, worker: Worker, task: Task, outcome: Outcome) -> Outcome:
        """Poll a long action until it ends; returns its last outcome."""
        give_up = self.clock.monotonic() + EDIT_TIME
        while isinstance(outcome, Pending) and self.clock.monotonic() < give_up:
            await asyncio.sleep(max(1.0, outcome.after))
            outcome = await self._carry_out(worker, task, outcome.ask)
        await worker.poll_now(task.id)
        return outcome

    async def _after(self, worker: Worker, task_id: str, action: Action, outcome: Outcome) -> None:
        task = self.state.store.get(task_id)
        if task is None:
            return
        if isinstance(action, Delete):
            worker.forget(task_id)
            await self.pipeline.show(warned(task, "deleted at the provider", "what was saved stays"))
            return
        if isinstance(outcome, Shared) and outcome.web_url:
            await self.pipeline.show(replace(task, web_url=outcome.web_url))
        if isinstance(action, Edit | Restore):
            await worker.watch_edit(task)
        if isinstance(outcome, BatchOutcome) and outcome.tasks:
            worker.follow(await worker.discovery.take(Page(outcome.tasks)))
        if outcome.status is TaskStatus.CANCELLING and not task.status.is_final:
            await self.pipeline.show(replace(task, status=TaskStatus.CANCELLING))
        if outcome.successor is not None and not outcome.successor.id:
            await self._go_on(worker, task, outcome.successor)
        if type(action) not in READING_ACTIONS:
            await worker.poll_now(task_id)

    async def _follow_up(self, task: Task, action: FollowUp) -> Outcome:
        """Start a task that continues another one: a create with its own row, sent once."""
        draft = Draft(action.prompt, action.mode or task.mode, None, action.options, (task.remote_id or "",))
        created = await self.creator.create(task.account_key, draft)
        return Outcome(f"started as {created.id}", successor=created)

    async def _go_on(self, worker: Worker, task: Task, successor: Task) -> None:
        """Add the successor that an outcome names to the known tasks."""
        named = replace(successor, prompt=successor.prompt or task.prompt, title=successor.title or task.title)
        known = await worker.discovery.take(Page((replace(named, parent_id=task.remote_id),)))
        worker.follow(known)
        for one in known:
            self._log(one, f"goes on from {task.id}")

    def _background(self, work: Coroutine[Any, Any, Outcome]) -> None:
        async def quietly() -> None:
            with suppress(DivewatchError):  # it was said; the task itself is watched for the result
                await work

        running = asyncio.get_running_loop().create_task(quietly())
        self._going_on.add(running)
        running.add_done_callback(self._going_on.discard)

    # -- small things -------------------------------------------------------------------------------------------------

    def _at_provider(self, task_id: str, action: Action | None = None) -> tuple[Task, Worker]:
        task = self.state.store.get(task_id)
        if task is None:
            raise NotFound(f"there is no task {one_line(task_id, 40)}")
        if task.waits_in_queue:
            raise UsageError("this task was not sent yet", hint=f"{IN_QUEUE}; cancel takes it back")
        if task.remote_id is None:
            raise UsageError("this task is not known to be at the provider", hint=task.error or "")
        worker = worker_of(self.workers, task.account_key)
        info = worker.account.provider.info
        if action is not None and (capability := capability_of(action)) not in info.capabilities:
            raise UsageError(info.missing.get(capability) or f"{info.title} cannot {capability.value} a task")
        return task, worker

    def _log(self, task: Task, text: str) -> None:
        self.state.log("action", text, task_id=task.id, provider=task.provider)
