"""What people make a provider do: start, act, adopt, download. Nothing that may cost money is ever sent twice.

Every action leaves at least two lines in the event log: what was sent, and what came back.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from operator import methodcaller
from pathlib import Path
from typing import Any

from tui.domain.detail import Json
from tui.domain.errors import (
    BadAnswer,
    DivewatchError,
    Gone,
    NotFound,
    ProviderError,
    RateLimited,
    UsageError,
)
from tui.domain.provider import Answer, Capability, Draft
from tui.domain.task import Task, TaskStatus
from tui.domain.text import join, one_line
from tui.domain.times import Clock
from tui.engine.board import Board
from tui.engine.discover import new_id
from tui.engine.intake import Intake, done
from tui.engine.merge import UNKNOWN_OUTCOME, adopt, warned
from tui.engine.poller import EDIT_TIME, LIST, Worker
from tui.providers.base import DownloadProgress, Outcome, Page

LONGEST_WAIT = 60.0  # seconds before the one repetition of a create that was refused with 429
CONFIRMATIONS = 100  # remembered
_SHORT_WAIT = 5.0  # where the provider does not say how long to wait
_TITLE = 80
_NEVER_STARTED = "not started"


@dataclass(slots=True)
class _Sending:
    """A create under way."""

    account: str
    draft: Draft
    result: "asyncio.Task[Task]"


@dataclass(slots=True)
class Actions:
    """Carries out actions on the engine's loop."""

    workers: Mapping[str, Worker]
    intake: Intake
    board: Board
    clock: Clock
    _sending: list[_Sending] = field(default_factory=list)
    _confirmed: dict[str, "asyncio.Task[Task]"] = field(default_factory=dict)
    _going_on: set["asyncio.Task[None]"] = field(default_factory=set)

    async def create(self, account_key: str, draft: Draft, confirmation: str = "") -> Task:
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
            worker = self._worker(account_key)
            same = asyncio.get_running_loop().create_task(self._create(worker, draft))
            self._sending.append(sending := _Sending(account_key, draft, same))
            same.add_done_callback(lambda _: self._sending.remove(sending))
            if confirmation:
                self._confirmed[confirmation] = same
                while len(self._confirmed) > CONFIRMATIONS:
                    self._confirmed.pop(next(iter(self._confirmed)))
        return await asyncio.shield(same)

    async def act(self, task_id: str, action: Capability, arguments: Mapping[str, Json]) -> Outcome:
        """Carry out an action at the provider; see `Engine.act`.

        Raises:
            UsageError: the provider has no such action, or the task is not at the provider.
            ProviderError: what the provider said.
        """
        task, worker = self._at_provider(task_id)
        info = worker.account.provider.info
        if action not in info.capabilities:
            raise UsageError(info.missing.get(action) or f"{info.title} cannot {action.value} a task")
        self._log(task, f"{action.value} sent{_shown(arguments)}")
        outcome = await self._carry_out(worker, task, action, arguments)
        await self._after(worker, task_id, action, bool(arguments), outcome)
        if outcome.poll_after is not None:
            self._background(self._see_through(worker, task, action, outcome))
        return outcome

    async def track(self, account_key: str, reference: str) -> Task:
        """Adopt a task by its remote id or web address; see `Engine.track`.

        Raises:
            UsageError: `reference` is neither.
            NotFound: the provider does not have it.
            ProviderError: it could not be asked.
        """
        worker = self._worker(account_key)
        info, name = worker.account.provider.info, worker.account.name
        remote_id = worker.account.provider.parse_reference(reference)
        if remote_id is None:
            raise UsageError(f"{one_line(reference, 80)!r} is neither a task id nor a task's address at {info.title}")
        known = self.board.store.find(info.name, name, remote_id)
        if known is not None:
            worker.follow([known])
            await worker.hurry([known.id])
            return known
        try:
            answer = await worker.line.ask(methodcaller("fetch", remote_id))
        except Gone as error:
            raise NotFound(f"{info.title} has no task {one_line(remote_id, 80)}", hint=error.message) from error
        task = self.board.store.find(info.name, name, remote_id) or Task(new_id(), info.name, remote_id, account=name)
        await done(self.intake.keeper.put_tasks([task]))
        self.board.put([task])
        watch = await self.intake.watch(task)
        try:
            task = await self.intake.receive(task.id, answer, worker.line.reader, watch)
        finally:
            worker.follow([self.board.store.get(task.id) or task])
        self._log(task, f"adopted from {info.title}")
        return task

    async def download(self, task_id: str, url: str, target: Path, progress: DownloadProgress | None = None) -> int:
        """Save an asset; see `Engine.download`."""
        task, worker = self._at_provider(task_id)
        size: int = await worker.line.ask(methodcaller("download", url, target, progress))
        self._log(task, f"saved {size:,} bytes to {target}")
        return size

    # -- create -------------------------------------------------------------------------------------------------------

    async def _create(self, worker: Worker, draft: Draft) -> Task:
        provider = worker.account.provider
        wrong = [f"{name}: {what}" for name, what in provider.check(draft)]
        if wrong:
            raise UsageError("; ".join(wrong))
        await worker.line.ready()
        row = Task(
            id=new_id(),
            provider=provider.info.name,
            account=worker.account.name,
            title=one_line(draft.prompt, _TITLE),
            prompt=draft.prompt,
            mode=draft.mode,
            status=TaskStatus.UNKNOWN,
            created_at=self.clock.now(),
            warnings=(f"{UNKNOWN_OUTCOME}: being sent",),
        )
        await done(self.intake.keeper.put_tasks([row]))  # before the request: what was started is never lost
        self.board.put([row])
        worker.discovery.sending.add(row.id)
        try:
            return await self._send(worker, draft, row)
        finally:
            worker.discovery.sending.discard(row.id)

    async def _send(self, worker: Worker, draft: Draft, row: Task, *, again: bool = True) -> Task:
        self._log(row, f"create sent{_shown({'mode': draft.mode, **draft.options})}")
        try:
            answer = await worker.line.ask(methodcaller("create", draft))
        except RateLimited as error:
            wait = _SHORT_WAIT if error.retry_after is None else error.retry_after
            if not again or error.outcome_unknown or wait > LONGEST_WAIT:
                raise await self._not_started(row, error) from error
            self._log(row, f"create refused for now, nothing was started; sent again in {wait:.0f} s")
            await asyncio.sleep(wait)
            return await self._send(worker, draft, row, again=False)
        except ProviderError as error:
            if error.outcome_unknown:
                return await self._orphaned(worker, row, error.message)
            raise await self._not_started(row, error) from error
        except DivewatchError as error:
            raise await self._not_started(row, error) from error
        try:
            created = worker.line.reader.read_created(answer.body or b"", draft=draft, received_at=answer.received_at)
        except BadAnswer as error:
            await self._keep_unreadable(row, answer, error)
            return await self._orphaned(worker, row, f"the answer to the create could not be read: {error.message}")
        return await self._started(worker, row, created)

    async def _started(self, worker: Worker, row: Task, created: Task) -> Task:
        task = replace(
            adopt(row, created),
            error=created.error,
            warnings=created.warnings,
            cost=created.cost,
            finished_at=created.finished_at,
        )
        if task.status.is_final and task.remote_id is None:
            self._log(task, f"create refused: {created.error or created.provider_status}")
        else:
            self._log(task, f"created: {task.provider_status or task.status.value}")
        await self.intake.show(task)
        worker.follow([task])
        return task

    async def _orphaned(self, worker: Worker, row: Task, why: str) -> Task:
        info = worker.account.provider.info
        found = f"if {info.title} lists it, it is found by its prompt"
        advice = found if Capability.LIST in info.capabilities else f"look at {info.title} before starting it again"
        task = warned(row, UNKNOWN_OUTCOME, f"{why}; the task may be running. Not sent again; {advice}")
        self._log(task, f"create: outcome unknown: {why}")
        await self.intake.show(task)
        await worker.hurry([LIST])
        return task

    async def _not_started(self, row: Task, error: DivewatchError) -> DivewatchError:
        task = replace(
            row,
            status=TaskStatus.FAILED,
            provider_status=_NEVER_STARTED,
            error=f"{_NEVER_STARTED}: {error.message}",
            finished_at=self.clock.now(),
            finish_observed=True,
            warnings=(),
        )
        self._log(task, f"create failed, nothing was started: {error.message}")
        await self.intake.show(task)
        return error

    async def _keep_unreadable(self, row: Task, answer: Answer, error: BadAnswer) -> None:
        body, at = answer.body or b"", answer.received_at
        try:
            await done(self.intake.keeper.save_unreadable(row.id, body, error.message, received_at=at))
        except DivewatchError as trouble:
            self._log(row, f"could not keep the unreadable answer: {trouble.message}")

    # -- actions on a task --------------------------------------------------------------------------------------------

    async def _carry_out(
        self, worker: Worker, task: Task, action: Capability, arguments: Mapping[str, Json]
    ) -> Outcome:
        try:
            answer = await worker.line.ask(methodcaller("act", action.value, task.remote_id, arguments))
            outcome = worker.line.reader.read_outcome(action.value, answer.body or b"", received_at=answer.received_at)
        except DivewatchError as error:
            unknown = isinstance(error, ProviderError) and error.outcome_unknown
            tail = "; it may have been carried out all the same: look before trying again" if unknown else ""
            self._log(task, f"{action.value} failed: {error.message}{tail}")
            raise
        self._log(task, f"{action.value}: {outcome.message}")
        return outcome

    async def _see_through(self, worker: Worker, task: Task, action: Capability, outcome: Outcome) -> None:
        """Ask how an action goes on that the provider is still carrying out."""
        give_up = self.clock.monotonic() + EDIT_TIME
        while outcome.poll_after is not None and self.clock.monotonic() < give_up:
            await asyncio.sleep(max(1.0, outcome.poll_after))
            try:
                outcome = await self._carry_out(worker, task, action, outcome.poll_with or {})
            except DivewatchError:
                return  # said; the task itself is watched for the result
        await worker.look_again(task.id)

    async def _after(self, worker: Worker, task_id: str, action: Capability, changing: bool, outcome: Outcome) -> None:
        task = self.board.store.get(task_id)
        if task is None:
            return
        if action is Capability.DELETE:
            worker.forget(task_id)
            await self.intake.show(warned(task, "deleted at the provider", "what was saved stays"))
            return
        if action is Capability.SHARE and outcome.web_url:
            await self.intake.show(replace(task, web_url=outcome.web_url))
        if changing and action in {Capability.EDIT, Capability.VERSIONS}:
            await worker.watch_edit(task)
        if outcome.tasks:
            worker.follow(await worker.discovery.take(Page(outcome.tasks)))
        await worker.look_again(task_id)

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        running = asyncio.get_running_loop().create_task(work)
        self._going_on.add(running)
        running.add_done_callback(self._going_on.discard)

    # -- small things -------------------------------------------------------------------------------------------------

    def _worker(self, account_key: str) -> Worker:
        worker = self.workers.get(account_key)
        if worker is None:
            raise UsageError(f"there is no account {one_line(account_key, 40)!r}", hint=f"known: {join(self.workers)}")
        return worker

    def _at_provider(self, task_id: str) -> tuple[Task, Worker]:
        task = self.board.store.get(task_id)
        if task is None:
            raise NotFound(f"there is no task {one_line(task_id, 40)}")
        key = task.provider if task.account == "default" else f"{task.provider}:{task.account}"
        if task.remote_id is None:
            raise UsageError("this task is not known to be at the provider", hint=task.error or "")
        return task, self._worker(key)

    def _log(self, task: Task, text: str) -> None:
        self.board.log("action", text, task_id=task.id, provider=task.provider)


def _shown(arguments: Mapping[str, Json]) -> str:
    told = ", ".join(f"{name}={one_line(str(value), 60)}" for name, value in arguments.items() if value is not None)
    return f" ({told})" if told else ""
