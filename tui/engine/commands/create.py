"""Creates tasks, singly or as a batch: rows first, then one request each; every outcome is recorded."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from operator import methodcaller
from typing import Any

from tui.domain.actions import Action, AddToBatch, BatchOutcome, OpenBatch, Outcome, capability_of
from tui.domain.capability import Capability
from tui.domain.detail import Json
from tui.domain.errors import BadAnswer, DivewatchError, ProviderError, RateLimited, UsageError
from tui.domain.provider import Draft, Response
from tui.domain.redact import redact_json
from tui.domain.task import Cost, Task, TaskStatus
from tui.domain.text import join, one_line, plural
from tui.engine.api import BatchPlan
from tui.engine.commands.queue_up import BEING_SENT, batch_text, has_key, queue_up
from tui.engine.executor import done
from tui.engine.ingest.merge import UNKNOWN_OUTCOME, adopt, better_cost, warned
from tui.engine.ingest.pipeline import IngestPipeline
from tui.engine.polling.discovery import new_id
from tui.engine.polling.worker import LIST, Worker
from tui.engine.ports import Clock
from tui.engine.state.state import EngineState

LONGEST_WAIT = 60.0  # seconds before the one repetition of a create that was refused with 429
CONFIRMATIONS = 100  # remembered
_SHORT_WAIT = 5.0  # where the provider does not say how long to wait
_TITLE = 80
_NEVER_STARTED = "not started"


@dataclass(slots=True)
class _Sending:
    """A create that is being sent."""

    account: str
    draft: Draft
    result: "asyncio.Task[Task]"


@dataclass(slots=True)
class TaskCreator:
    """Starts tasks on the engine's loop."""

    workers: Mapping[str, Worker]
    pipeline: IngestPipeline
    state: EngineState
    clock: Clock
    _sending: list[_Sending] = field(default_factory=list)
    _confirmed: dict[str, "asyncio.Task[Any]"] = field(default_factory=dict)
    _going_on: dict[tuple[str, str], "asyncio.Task[Outcome]"] = field(default_factory=dict)

    async def create(self, account_key: str, draft: Draft, confirmation: str = "", group: str | None = None) -> Task:
        """Start a task; see `Engine.create`.

        Raises:
            UsageError: the draft breaks a limit of the contract, or the account is unknown; nothing was sent.
            ProviderError: the provider said that nothing was started; the row stays, failed, with its prompt.
            ArchiveError: the row could not be saved, so nothing was sent.
        """
        same = self._confirmed.get(confirmation) or next(
            (sending.result for sending in self._sending if (sending.account, sending.draft) == (account_key, draft)),
            None,
        )
        if same is None:
            worker = worker_of(self.workers, account_key)
            same = self._begin(self._create(worker, draft, group), confirmation)
            self._sending.append(sending := _Sending(account_key, draft, same))
            same.add_done_callback(lambda _: self._sending.remove(sending))
        task: Task = await asyncio.shield(same)
        return task

    async def batch(self, account_key: str, plan: BatchPlan, confirmation: str = "") -> Sequence[Task]:
        """Start several briefs as one batch; see `Engine.batch`.

        Raises:
            UsageError: the provider has no batches, or refuses one of the briefs; nothing was sent.
            ProviderError: nothing was started; the rows stay, failed, with their prompts.
            ArchiveError: the rows could not be saved, so nothing was sent.
        """
        same = self._confirmed.get(confirmation)
        if same is None:
            same = self._begin(self._batch(worker_of(self.workers, account_key), plan), confirmation)
        tasks: Sequence[Task] = await asyncio.shield(same)
        return tasks

    async def go_on(self, task: Task, action: Action) -> Outcome:
        """Carry out an action that starts a further task: its row is saved first, then it is sent once.

        Raises:
            ProviderError: it was refused, or its outcome is unknown; the row stays and says which.
            ArchiveError: the row could not be saved, so nothing was sent.
        """
        key = (task.id, repr(action))
        if key not in self._going_on:
            worker = worker_of(self.workers, task.account_key)
            self._going_on[key] = begun = self._begin(self._go_on(worker, task, action), "")
            begun.add_done_callback(lambda _: self._going_on.pop(key))
        outcome: Outcome = await asyncio.shield(self._going_on[key])
        return outcome

    def _begin(self, work: Coroutine[Any, Any, Any], confirmation: str) -> "asyncio.Task[Any]":
        """Run `work` to its end even if the caller is cancelled; once for each confirmation."""
        begun = asyncio.get_running_loop().create_task(work)
        if confirmation:
            self._confirmed[confirmation] = begun
            while len(self._confirmed) > CONFIRMATIONS:
                self._confirmed.pop(next(iter(self._confirmed)))
        return begun

    # -- one task -----------------------------------------------------------------------------------------------------

    async def _create(self, worker: Worker, draft: Draft, group: str | None) -> Task:
        check(worker, [draft])
        if not await has_key(worker, self.pipeline):
            return (await queue_up(worker, self.pipeline, self._rows(worker, [draft], group), [draft]))[0]
        (row,) = await self._write_rows(worker, [draft], group)
        return await self.send(worker, draft, row)

    def _rows(self, worker: Worker, drafts: Sequence[Draft], group: str | None) -> list[Task]:
        """Return the rows of tasks about to be sent."""
        return [
            Task(
                id=new_id(),
                provider=worker.account.provider.info.name,
                account=worker.account.name,
                title=one_line(draft.prompt, _TITLE),
                prompt=draft.prompt,
                mode=draft.mode,
                status=TaskStatus.UNKNOWN,
                created_at=self.clock.now(),
                warnings=(BEING_SENT,),
                parent_id=draft.previous[0] if len(draft.previous) == 1 else None,
                group_id=group,
                cost=worker.account.provider.cost_at_most(draft),
            )
            for draft in drafts
        ]

    async def _write_rows(self, worker: Worker, drafts: Sequence[Draft], group: str | None) -> list[Task]:
        """Save the rows of tasks about to be sent: what was started is never lost."""
        rows = self._rows(worker, drafts, group)
        for row, draft in zip(rows, drafts, strict=True):
            await done(self.pipeline.archive.keep_draft(row.id, draft))
        await done(self.pipeline.archive.put_tasks(rows))
        self.state.put(rows)
        worker.discovery.sending.update(row.id for row in rows)
        return rows

    async def send(self, worker: Worker, draft: Draft, row: Task) -> Task:
        """Send a create whose row is saved, once.

        Raises:
            DivewatchError: nothing was started; the row says so.
        """
        worker.discovery.sending.add(row.id)
        try:
            return await self._send(worker, draft, row)
        finally:
            worker.discovery.sending.discard(row.id)

    async def _send(self, worker: Worker, draft: Draft, row: Task) -> Task:
        self._log(row, f"brief sent{redacted_arguments({'mode': draft.mode, **draft.options})}")
        try:
            answer = await self._patiently(worker, row, methodcaller("create", draft))
        except ProviderError as error:
            if error.outcome_unknown:
                return await self._orphaned(worker, row, error.message)
            raise await self.not_started(row, error) from error
        except DivewatchError as error:
            raise await self.not_started(row, error) from error
        try:
            created = worker.connection.reader.read_created(
                answer.body or b"", draft=draft, received_at=answer.received_at
            )
        except BadAnswer as error:
            await self._keep_unreadable(row, answer, error)
            return await self._orphaned(worker, row, f"the answer to the create could not be read: {error.message}")
        if created.has_report:
            return await self._at_once(worker, row, answer, created)
        return await self._started(worker, row, created)

    async def _at_once(self, worker: Worker, row: Task, answer: Response, created: Task) -> Task:
        """Process a create response that already holds the report, with or without a task id."""
        self._log(row, "started, and finished at once")
        adopted = adopt(row, created)
        await self.pipeline.show(replace(adopted, has_report=False, warnings=()))
        watch = await self.pipeline.watch(adopted)
        task = await self.pipeline.receive(row.id, answer, worker.connection.reader, watch)
        worker.follow([task])
        return task

    async def _patiently(self, worker: Worker, row: Task, call: Callable[[Any], Any]) -> Response:
        """Send the request, and again after a short Retry-After, which says that nothing was started."""
        try:
            return await worker.connection.ask(call)
        except RateLimited as error:
            wait = _SHORT_WAIT if error.retry_after is None else error.retry_after
            if error.outcome_unknown or wait > LONGEST_WAIT:
                raise
        self._log(row, f"refused for now, nothing was started; sent again in {wait:.0f} s")
        await asyncio.sleep(wait)
        return await worker.connection.ask(call)

    async def _started(self, worker: Worker, row: Task, created: Task) -> Task:
        task = replace(
            adopt(row, created),
            error=created.error,
            warnings=created.warnings,
            cost=better_cost(row.cost, created.cost),
            finished_at=created.finished_at,
        )
        if task.status.is_final and task.remote_id is None:
            self._log(task, f"not started: {created.error or created.provider_status}")
        else:
            self._log(task, f"started, now {task.status.value}")
        await self.pipeline.show(task)
        worker.follow([task])
        return task

    async def _orphaned(self, worker: Worker, row: Task, why: str) -> Task:
        info = worker.account.provider.info
        found = f"if {info.title} lists it, it is found by its prompt"
        advice = found if Capability.LIST in info.capabilities else f"look at {info.title} before starting it again"
        task = warned(row, UNKNOWN_OUTCOME, f"{why}; the task may be running. Not sent again; {advice}")
        self._log(task, f"not known whether it was started: {why}")
        await self.pipeline.show(task)
        await worker.hurry([LIST])
        return task

    async def not_started(self, row: Task, error: DivewatchError) -> DivewatchError:
        """Save in a task's row that it was not started, and why; returns `error`."""
        task = replace(
            row,
            status=TaskStatus.FAILED,
            provider_status=_NEVER_STARTED,
            error=f"{_NEVER_STARTED}: {error.message}",
            finished_at=self.clock.now(),
            finish_observed=True,
            warnings=(),
            cost=Cost(),
        )
        self._log(task, f"not started: {error.message}")
        await self.pipeline.show(task)
        return error

    async def _keep_unreadable(self, row: Task, answer: Response, error: BadAnswer) -> None:
        body, at = answer.body or b"", answer.received_at
        try:
            await done(self.pipeline.archive.save_unreadable(row.id, body, error.message, received_at=at))
        except DivewatchError as trouble:
            self._log(row, f"could not keep the unreadable answer: {trouble.message}")

    # -- a task that goes on as another one ---------------------------------------------------------------------------

    async def _go_on(self, worker: Worker, task: Task, action: Action) -> Outcome:
        assert task.remote_id is not None, "the caller looked"
        if (why := worker.account.provider.check_action(action)) is not None:
            raise UsageError(why)
        await worker.connection.open()
        draft = Draft(task.prompt or task.title, task.mode, previous=(task.remote_id,))
        (row,) = await self._write_rows(worker, [draft], task.group_id)
        self._log(row, f"goes on from {task.id}: {described(action)} sent")
        try:
            answer = await self._patiently(worker, row, methodcaller("act", action, task.remote_id))
            outcome = worker.connection.reader.read_outcome(
                action, answer.body or b"", received_at=answer.received_at, remote_id=task.remote_id
            )
            if outcome.successor is None and outcome.status is None:
                raise BadAnswer("the answer names no task", outcome_unknown=True)
        except DivewatchError as error:
            if isinstance(error, BadAnswer) or (isinstance(error, ProviderError) and error.outcome_unknown):
                await self._orphaned(worker, row, error.message)
                raise
            raise await self.not_started(row, error) from error
        finally:
            worker.discovery.sending.discard(row.id)
        if outcome.successor is None:  # it goes on as it is
            await self.not_started(row, UsageError(outcome.message))
            return outcome
        successor = await self._started(worker, row, outcome.successor)
        await self.pipeline.show(self.pipeline.gone_on(self.state.store.get(task.id) or task))
        return replace(outcome, successor=successor)

    # -- a batch ------------------------------------------------------------------------------------------------------

    async def _batch(self, worker: Worker, plan: BatchPlan) -> list[Task]:
        info = worker.account.provider.info
        if Capability.BATCH not in info.capabilities:
            raise UsageError(info.missing.get(Capability.BATCH) or f"{info.title} has no batches")
        drafts = [Draft(prompt, plan.mode) for prompt in plan.prompts]
        if not drafts:
            raise UsageError("a batch needs at least one brief")
        check(worker, drafts)
        if not await has_key(worker, self.pipeline):
            rows = self._rows(worker, drafts, new_id())
            return await queue_up(
                worker, self.pipeline, rows, drafts, together=batch_text(rows[0].group_id or "", plan)
            )
        return await self.send_batch(worker, plan, await self._write_rows(worker, drafts, new_id()))

    async def send_batch(self, worker: Worker, plan: BatchPlan, rows: Sequence[Task]) -> list[Task]:
        """Send a batch whose rows are saved, once.

        Raises:
            DivewatchError: nothing was started; the rows say so.
        """
        worker.discovery.sending.update(row.id for row in rows)
        try:
            return await self._send_batch(worker, plan, rows)
        finally:
            worker.discovery.sending.difference_update(row.id for row in rows)

    async def _send_batch(self, worker: Worker, plan: BatchPlan, rows: Sequence[Task]) -> list[Task]:
        try:
            made = await self._ask(worker, rows[0], "", OpenBatch(plan.name, plan.mode))
            if made.batch_id is None:
                raise BadAnswer("the answer names no batch")
        except DivewatchError as error:  # an empty batch starts nothing and costs nothing
            raise await self._none_started(rows, error) from error
        self._log(rows[0], f"batch {made.batch_id} made; {plural(len(rows), 'task')} sent")
        adding = AddToBatch(tuple((row.id, row.prompt or "") for row in rows), plan.mode)
        try:
            added = await self._ask(worker, rows[0], made.batch_id, adding)
        except DivewatchError as error:
            if isinstance(error, BadAnswer) or (isinstance(error, ProviderError) and error.outcome_unknown):
                return [await self._orphaned(worker, row, error.message) for row in rows]
            raise await self._none_started(rows, error) from error
        created = {task.id: replace(task, batch_id=made.batch_id) for task in added.tasks}
        return [
            await self._started(worker, row, created[row.id])
            if row.id in created
            else await self._orphaned(worker, row, "the answer does not name this task")
            for row in rows
        ]

    async def _ask(self, worker: Worker, row: Task, batch_id: str, action: Action) -> BatchOutcome:
        answer = await self._patiently(worker, row, methodcaller("act", action, batch_id))
        outcome = worker.connection.reader.read_outcome(action, answer.body or b"", received_at=answer.received_at)
        return outcome if isinstance(outcome, BatchOutcome) else BatchOutcome(outcome.message)

    async def _none_started(self, rows: Sequence[Task], error: DivewatchError) -> DivewatchError:
        for row in rows:
            await self.not_started(row, error)
        return error

    def _log(self, task: Task, text: str) -> None:
        self.state.log("action", text, task_id=task.id, provider=task.provider)


def worker_of(workers: Mapping[str, Worker], account_key: str) -> Worker:
    """Return the worker of an account.

    Raises:
        UsageError: there is no such account.
    """
    worker = workers.get(account_key)
    if worker is None:
        raise UsageError(f"there is no account {one_line(account_key, 40)!r}", hint=f"known: {join(workers)}")
    return worker


def redacted_arguments(arguments: Mapping[str, Json]) -> str:
    """Return arguments for the event log, shortened and without credentials; "" for none."""
    told = redact_json({name: value for name, value in arguments.items() if value is not None})
    assert isinstance(told, Mapping)
    words = ", ".join(f"{name.replace('_', ' ')} {_said(value)}" for name, value in told.items() if value not in _NONE)
    return f" ({words})" if words else ""


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    pairs = value if isinstance(value, list | tuple) else [value]  # questions with their answers, names
    return one_line(
        "; ".join(": ".join(map(str, one)) if isinstance(one, list | tuple) else str(one) for one in pairs), 60
    )


_NONE: tuple[Json, ...] = ("", (), [])
_NOT_TOLD = {"interaction_id", "confirmation"}  # they say nothing to a person


def described(action: Action) -> str:
    """Return an action for the event log: its name and its arguments."""
    given = {one.name: getattr(action, one.name) for one in fields(action) if one.name not in _NOT_TOLD}
    return f"{capability_of(action).value}{redacted_arguments(given)}"


def check(worker: Worker, drafts: Sequence[Draft]) -> None:
    """Raise `UsageError` for a draft that the provider would refuse, before anything is written or sent."""
    for number, draft in enumerate(drafts, 1):
        wrong = [f"{name}: {what}" for name, what in worker.account.provider.check(draft)]
        if wrong:
            where = f"brief {number}: " if len(drafts) > 1 else ""
            raise UsageError(where + "; ".join(wrong))
