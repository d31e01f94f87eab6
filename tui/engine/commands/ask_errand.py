"""Asks for actions that need a key through a process that has it, by the shared archive, and waits for the outcome."""

import asyncio
import json
import secrets

from tui.domain.action_text import ASKABLE, written
from tui.domain.actions import Action, Outcome
from tui.domain.errors import ArchiveError, DivewatchError, Unreachable
from tui.domain.task import Task, TaskStatus
from tui.domain.text import join
from tui.engine.ingest.pipeline import Intake, done
from tui.engine.polling.connection import NoKey
from tui.engine.polling.worker import Worker
from tui.engine.ports import Errand, TeamQueue

PATIENCE = 30.0  # seconds; what nobody took by then is not asked for any more
_LOOK_EVERY = 0.5
_UNKNOWN = "it may have been carried out all the same: look before trying again"


async def ask_errand(intake: Intake, worker: Worker, task: Task, action: Action) -> Outcome:
    """Have `action` carried out by whoever has the key of the task's account; sent at most once.

    Raises:
        NoKey: nobody has it now, or this action is not one that others carry out.
        DivewatchError: what the provider said there; or nobody took it, and nothing was sent.
        Unreachable: it may have been carried out.
    """
    queue, key = intake.keeper.queue, worker.account.key
    askable = type(action) in ASKABLE and type(action) not in worker.account.provider.info.starting
    served = queue is not None and askable and key in await intake.off_loop(queue.senders)
    if queue is None or not served:
        variables = join(worker.account.provider.info.key_variables, "or")
        raise NoKey(f"this needs the key of {key}, which is not here", hint=f"set {variables}, or ask who has it")
    errand = Errand(secrets.token_hex(8), task.id, written(action))
    try:
        await done(queue.ask(errand, key))
    except ArchiveError as error:
        raise Unreachable(error.message, hint=_UNKNOWN, outcome_unknown=error.outcome_unknown) from error
    intake.board.log("action", "asked for at the team's server", task_id=task.id, provider=task.provider)
    return await _outcome_of(intake, queue, errand)


async def _outcome_of(intake: Intake, queue: TeamQueue, errand: Errand) -> Outcome:
    give_up = intake.clock.monotonic() + PATIENCE
    while intake.clock.monotonic() < give_up:
        try:
            answer = await intake.off_loop(queue.answer, errand.id)
        except ArchiveError:  # the server is away for a moment
            answer = None
        if answer is not None:
            return _read(answer)
        await asyncio.sleep(_LOOK_EVERY)
    try:
        dismissed = await done(queue.dismiss(errand.id))
    except ArchiveError:
        dismissed = False
    if dismissed:
        raise DivewatchError(f"nobody who has the key took it within {PATIENCE:.0f} s: nothing was sent")
    raise Unreachable("no word from the process that has the key", hint=_UNKNOWN, outcome_unknown=True)


def told(outcome: Outcome | DivewatchError) -> str:
    """Return what came of an action as text for whoever asked for it."""
    if isinstance(outcome, DivewatchError):
        return json.dumps({"error": outcome.message, "hint": outcome.hint, "exit_code": outcome.exit_code})
    return json.dumps({"message": outcome.message, "status": outcome.status})


def _read(answer: str) -> Outcome:
    values = json.loads(answer)
    if "error" in values:
        error = DivewatchError(values["error"], hint=values["hint"])
        error.exit_code = values["exit_code"]
        raise error
    return Outcome(values["message"], TaskStatus(values["status"]) if values["status"] else None)
