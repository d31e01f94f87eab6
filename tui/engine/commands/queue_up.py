"""Queues creates in a shared archive, if this process has no key for the account; and takes them back."""

import json
from collections.abc import Sequence
from dataclasses import replace

from tui.domain.errors import ArchiveError, UsageError
from tui.domain.provider import Draft
from tui.domain.redact import without_credentials
from tui.domain.task import IN_QUEUE, NOBODY_SENDS, NOT_SENT, Cost, Task, TaskStatus
from tui.domain.text import one_line, plural
from tui.engine.api import BatchPlan
from tui.engine.executor import done
from tui.engine.ingest.merge import UNKNOWN_OUTCOME
from tui.engine.ingest.pipeline import IngestPipeline
from tui.engine.polling.connection import NoKey
from tui.engine.polling.worker import Worker

BEING_SENT = f"{UNKNOWN_OUTCOME}: being sent"


async def has_key(worker: Worker, pipeline: IngestPipeline) -> bool:
    """Whether this process sends for the account itself; False where a process that has the key does.

    Raises:
        NoKey: neither; the hint says what to do.
    """
    try:
        await worker.connection.open()
    except NoKey as error:
        if pipeline.archive.queue is None:
            raise
        senders = await pipeline.off_loop(pipeline.archive.queue.senders)
        if worker.account.key in senders:
            return False
        hint = "; ".join(filter(None, (error.hint, f"or {NOBODY_SENDS}")))
        raise NoKey(f"{error.message}, and nobody on this archive has it now", hint=hint) from error
    return True


async def queue_up(
    worker: Worker, pipeline: IngestPipeline, rows: Sequence[Task], drafts: Sequence[Draft], *, together: str = ""
) -> list[Task]:
    """Queue creates for the process with the account's key; returns their rows.

    Raises:
        UsageError: one holds a credential, which is not for the archive to keep; nothing was queued.
        ArchiveError: nothing was queued; or that is not known, which the hint says.
    """
    assert pipeline.archive.queue is not None, "the caller looked"
    for draft in drafts:
        if without_credentials(draft.options) != draft.options:
            raise UsageError(
                "an option holds a key or password, which the archive does not keep; nothing was sent",
                hint="start this one on a machine with the key of the account",
            )
    waiting = [replace(row, status=TaskStatus.QUEUED, provider_status=IN_QUEUE, warnings=()) for row in rows]
    created = list(zip(waiting, drafts, strict=True))
    try:
        await done(pipeline.archive.queue.put(worker.account.key, created, together))
    except ArchiveError as error:
        if not error.outcome_unknown:
            raise
        hint = "; ".join(
            filter(None, ("it may be queued all the same: look at the list before trying again", error.hint))
        )
        raise ArchiveError(error.message, hint=hint) from error
    pipeline.state.put(waiting)
    pipeline.state.log(
        "action", f"{plural(len(waiting), 'task')} {IN_QUEUE}", task_id=waiting[0].id, provider=waiting[0].provider
    )
    return waiting


async def take_back(pipeline: IngestPipeline, task: Task) -> Task:
    """Take a task that was not sent yet out of the queue.

    Raises:
        UsageError: it is being sent already.
    """
    assert pipeline.archive.queue is not None, "tasks wait in queues only"

    def ended(row: Task) -> Task:
        return replace(
            row,
            status=TaskStatus.CANCELLED,
            provider_status=NOT_SENT,
            finished_at=pipeline.clock.now(),
            finish_observed=True,
            cost=Cost(),
        )

    gone = await done(pipeline.archive.queue.withdraw(task.id, ended))
    if gone is None:
        raise UsageError("it is being sent already", hint="a moment later it can be cancelled at the provider")
    pipeline.state.put([gone])
    pipeline.state.log("action", "taken out of the queue; it was never sent", task_id=gone.id, provider=gone.provider)
    return gone


def batch_text(batch_id: str, plan: BatchPlan) -> str:
    """Return a batch plan as JSON, as it is queued beside the batch's tasks."""
    return json.dumps({"id": batch_id, "name": plan.name, "mode": plan.mode}, ensure_ascii=False)


def batch_plan(text: str, prompts: Sequence[str]) -> BatchPlan:
    """Parse the text of `batch_text`."""
    kept = json.loads(text)
    return BatchPlan(tuple(prompts), kept["mode"], one_line(kept["name"], 200))
