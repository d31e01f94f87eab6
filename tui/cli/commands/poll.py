"""sync and watch: the engine without a user interface."""

import gc
import json
import queue
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from tui.cli import common, output
from tui.domain.task import TaskStatus
from tui.domain.text import plural
from tui.domain.times import iso

if TYPE_CHECKING:
    from tui.engine.api import Event, SyncSummary
    from tui.engine.runtime import Runtime

WAIT_RAN_OUT = 124
INTERRUPTED = 130
NO_KEY = 4
_GOOD = (TaskStatus.DONE, TaskStatus.PARTIAL)


class _Stop:
    """The event that a signal asked for the end."""


class _Synced:
    """The event that every provider was asked once."""

    def __init__(self, asked: "Future[SyncSummary]") -> None:
        summary = None if asked.exception() else asked.result()
        self.keyless = summary is not None and summary.exit_code == NO_KEY and {*summary.seen} <= {*summary.errors}


Events = queue.SimpleQueue[Any]  # of Event, _Stop and _Synced


@click.command()
@common.as_json_option
def sync(as_json: bool) -> int:
    """Ask every provider once: its list, and every unfinished task."""
    with common.open_engine(tells=True) as (_, engine):
        summary = engine.sync().result()
    if as_json:
        common.emit(
            {
                "schema_version": 1,
                "seen": dict(summary.seen),
                "changed": summary.changed,
                "errors": dict(summary.errors),
                "unsaved": summary.unsaved,
            }
        )
    else:
        for account, count in summary.seen.items():
            common.narrate(f"{account}: {plural(count, 'task')} seen")
        common.narrate(f"{plural(summary.changed, 'task')} changed")
    for account, message in summary.errors.items():
        common.narrate(f"{account}: {message}")
    if summary.unsaved:
        common.narrate(common.not_saved(summary.unsaved, summary.trouble))
    return summary.exit_code


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=common.complete_ids)
@click.option("--until-done", is_flag=True, help="end when these tasks (or all there are) have ended")
@click.option("--timeout", type=click.FloatRange(min=0.1), help="give up after so many seconds (exit code 124)")
def watch(ids: tuple[str, ...], until_done: bool, timeout: float | None) -> int:
    """Keep asking the providers; every change is one JSON object on a line of its own.

    Lines are {"event": "task", "at": ..., "task": {...}} as in `list --json`, {"event": "ended" or "waiting", ...} once
    for a task that ended or has a question, {"event": "provider", ...}, and {"event": "archive", ...} when something
    cannot be saved or another process asks. With --until-done and IDs the exit code is
    1 if one of them did not succeed.
    """
    events: Events = queue.SimpleQueue()
    deadline = None if timeout is None else time.monotonic() + timeout
    with common.open_engine(watch=True, listener=events.put) as (opened, engine), _stopping(events):
        wanted = frozenset(opened.find(prefix) for prefix in ids)
        engine.recall(sorted(wanted)).result()
        first = engine.sync()
        first.add_done_callback(lambda asked: events.put(_Synced(asked)))
        shared = opened.queue

        def served() -> bool:
            """Whether somebody else on a shared archive asks in our place."""
            return shared is not None and bool(shared.senders())

        return _follow(engine, events, wanted, served, until_done=until_done, deadline=deadline)


def _follow(
    engine: "Runtime",
    events: Events,
    wanted: frozenset[str],
    served: Callable[[], bool],
    *,
    until_done: bool,
    deadline: float | None,
) -> int:
    synced = False
    known = {task_id: task.status for task_id, task in engine.tasks().items()}
    while True:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        try:
            event = events.get(timeout=left)
        except queue.Empty:
            return WAIT_RAN_OUT
        if isinstance(event, _Stop):
            return INTERRUPTED
        if isinstance(event, _Synced):
            synced = True
            gc.collect()  # everything is imported: later collections need not look through it, 50 ms without a poll
            gc.freeze()
            if event.keyless and not served():
                common.narrate("no key is set, or none is accepted: `divewatch auth status` says more")
                return NO_KEY
        else:
            for line in _lines(event, engine, wanted, known):
                output.data(json.dumps(line, ensure_ascii=False))
        chosen = [task for task in engine.tasks().values() if not wanted or task.id in wanted]
        if until_done and synced and all(task.status.is_final for task in chosen):
            return int(bool(wanted) and any(task.status not in _GOOD for task in chosen))


@contextmanager
def _stopping(events: Events) -> Iterator[None]:
    """Make SIGTERM end the loop between two events, so that pending data are saved."""
    before = signal.signal(signal.SIGTERM, lambda *_: events.put(_Stop()))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _lines(
    event: "Event", engine: "Runtime", wanted: frozenset[str], known: dict[str, TaskStatus]
) -> Iterable[Mapping[str, Any]]:
    """Return the lines to print for an event; `known` holds the states printed before, and is updated."""
    from tui.engine.api import ConditionChanged, ProviderChanged, TasksChanged

    at = iso(datetime.now(UTC))
    if isinstance(event, TasksChanged):
        for task_id in sorted(event.ids):
            task = engine.task(task_id)
            if task is None or (wanted and task_id not in wanted):
                continue
            plain = common.plain_task(task)
            yield {"event": "task", "at": at, "task": plain}
            if known.get(task_id) != task.status and (task.status.is_final or task.status is TaskStatus.WAITING):
                yield {"event": "ended" if task.status.is_final else "waiting", "at": at, "task": plain}
            known[task_id] = task.status
    elif isinstance(event, ProviderChanged):
        state = engine.providers()[event.key]
        yield {
            "event": "provider",
            "at": at,
            "provider": event.key,
            "state": state.link.value,
            "message": state.message,
            "next_try": iso(state.next_try),
        }
    elif isinstance(event, ConditionChanged):
        condition = engine.condition()
        yield {
            "event": "archive",
            "at": at,
            "unsaved": condition.unsaved,
            "message": condition.trouble or condition.may_not_ask or condition.notice,
            "asked_by": condition.asks_elsewhere,
        }
