"""Queues an action in the shared archive for the process that has the key, and waits for its outcome."""

import asyncio
import json
import os
from typing import TYPE_CHECKING

from tui.domain.action_text import ASKABLE, written
from tui.domain.actions import Action, Outcome
from tui.domain.errors import ArchiveError, DivewatchError, Unreachable, UsageError
from tui.domain.redact import without_credentials
from tui.domain.task import Task, TaskStatus
from tui.domain.text import join
from tui.engine.executor import done
from tui.engine.ingest.pipeline import IngestPipeline
from tui.engine.polling.connection import NoKey
from tui.engine.polling.worker import Worker
from tui.engine.ports import QueuedAction

if TYPE_CHECKING:
    from tui.engine.archive.postgres.queue import TeamQueue

TIMEOUT = 30.0  # seconds; an action that nobody took by then is removed from the queue
_LOOK_EVERY = 0.5  # seconds
_UNKNOWN = "it may have been carried out all the same: look before trying again"


async def queue_action(pipeline: IngestPipeline, worker: Worker, task: Task, action: Action) -> Outcome:
    """Have `action` carried out by the process that has the key of the task's account; it is sent at most once.

    Raises:
        UsageError: it holds a credential, which is not for the archive to keep; nothing was queued.
        NoKey: no process has the key now, or this kind of action is not carried out for others.
        DivewatchError: the provider refused it, or nobody took it and nothing was sent.
        Unreachable: the outcome is unknown; the action may have been carried out.
    """
    queue, key = pipeline.archive.queue, worker.account.key
    askable = type(action) in ASKABLE and type(action) not in worker.account.provider.info.starting
    served = queue is not None and askable and key in await pipeline.off_loop(queue.senders)
    if queue is None or not served:
        variables = join(worker.account.provider.info.key_variables, "or")
        raise NoKey(f"this needs the key of {key}, which is not here", hint=f"set {variables}, or ask who has it")
    text = written(action)
    if without_credentials(json.loads(text)) != json.loads(text):
        raise UsageError(
            "it holds a key or password, which the archive does not keep; nothing was sent",
            hint="send this one from a machine with the key of the account",
        )
    queued = QueuedAction(os.urandom(8).hex(), task.id, text)
    try:
        await done(queue.put_action(queued, key))
    except ArchiveError as error:
        raise Unreachable(error.message, hint=_UNKNOWN, outcome_unknown=error.outcome_unknown) from error
    pipeline.state.log("action", "asked for at the team's server", task_id=task.id, provider=task.provider)
    return await _outcome_of(pipeline, queue, queued)


async def _outcome_of(pipeline: IngestPipeline, queue: "TeamQueue", queued: QueuedAction) -> Outcome:
    give_up = pipeline.clock.monotonic() + TIMEOUT
    while pipeline.clock.monotonic() < give_up:
        try:
            answer = await pipeline.off_loop(queue.outcome_of, queued.id)
        except ArchiveError:  # the server is away for a moment
            answer = None
        if answer is not None:
            return _outcome_from_json(answer)
        await asyncio.sleep(_LOOK_EVERY)
    try:
        withdrawn = await done(queue.withdraw_action(queued.id))
    except ArchiveError:
        withdrawn = False
    if withdrawn:
        raise DivewatchError(f"nobody who has the key took it within {TIMEOUT:.0f} s: nothing was sent")
    raise Unreachable("no word from the process that has the key", hint=_UNKNOWN, outcome_unknown=True)


def outcome_json(outcome: Outcome | DivewatchError) -> str:
    """Return the outcome of an action as JSON, for the process that queued it."""
    if isinstance(outcome, DivewatchError):
        return json.dumps({"error": outcome.message, "hint": outcome.hint, "exit_code": outcome.exit_code})
    return json.dumps({"message": outcome.message, "status": outcome.status})


def _outcome_from_json(answer: str) -> Outcome:
    values = json.loads(answer)
    if "error" in values:
        error = DivewatchError(values["error"], hint=values["hint"])
        error.exit_code = values["exit_code"]
        raise error
    return Outcome(values["message"], TaskStatus(values["status"]) if values["status"] else None)
