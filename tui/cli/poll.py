"""sync and watch: the engine without a user interface."""

import json
import queue
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from tui.cli import session
from tui.domain.text import plural
from tui.domain.times import iso

if TYPE_CHECKING:
    from tui.domain.task import Task
    from tui.engine.api import Event

WAIT_RAN_OUT = 124


@click.command()
@session.as_json_option
def sync(as_json: bool) -> int:
    """Ask every provider once: its list, and every unfinished task."""
    with session.open_engine(watch=False) as (_, engine):
        summary = engine.sync().result()
    if as_json:
        session.emit(
            {
                "schema_version": 1,
                "seen": dict(summary.seen),
                "changed": summary.changed,
                "errors": dict(summary.errors),
            }
        )
    else:
        for account, count in summary.seen.items():
            session.narrate(f"{account}: {plural(count, 'task')} seen")
        session.narrate(f"{plural(summary.changed, 'task')} changed")
    for account, message in summary.errors.items():
        session.narrate(f"{account}: {message}")
    return summary.exit_code


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--until-done", is_flag=True, help="end when all of these tasks (or all there are) have ended")
@click.option("--timeout", type=click.FloatRange(min=0.1), help="give up after so many seconds (exit code 124)")
def watch(ids: tuple[str, ...], until_done: bool, timeout: float | None) -> int:
    """Keep asking the providers; every change is one JSON object on a line of its own.

    Lines are {"event": "task", "at": ..., "task": {...}} as in `list --json`, and {"event": "provider", ...}.
    """
    events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
    with session.open_engine(watch=True, listener=events.put) as (opened, engine), _stops(events):
        wanted = frozenset(session.find_id(opened, prefix) for prefix in ids)
        started = time.monotonic()
        deadline = None if timeout is None else started + timeout
        if ids:
            engine.refresh([*wanted])
        while True:
            if until_done and _all_ended(engine.tasks().values(), wanted):
                return 0
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return WAIT_RAN_OUT
            try:
                event = events.get(timeout=left)
            except queue.Empty:
                return WAIT_RAN_OUT
            if event is None:
                return 130
            for line in _lines(event, engine, wanted):
                click.echo(json.dumps(line, ensure_ascii=False))


@contextmanager
def _stops(events: "queue.SimpleQueue[Event | None]") -> Iterator[None]:
    """Let SIGTERM end the loop between two events, so that what is under way is saved."""
    before = signal.signal(signal.SIGTERM, lambda *_: events.put(None))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _all_ended(tasks: "Iterator[Task] | Any", wanted: frozenset[str]) -> bool:
    chosen = [task for task in tasks if not wanted or task.id in wanted]
    return bool(chosen or not wanted) and all(task.status.is_final for task in chosen)


def _lines(event: "Event", engine: Any, wanted: frozenset[str]) -> Iterator[dict[str, Any]]:
    from tui.engine.api import ProviderChanged, TasksChanged
    from tui.engine.archive.codec import to_record

    at = iso(datetime.now(UTC))
    if isinstance(event, TasksChanged):
        for task_id in sorted(event.ids):
            task = engine.task(task_id)
            if task is not None and (not wanted or task_id in wanted):
                yield {"event": "task", "at": at, "task": json.loads(to_record(task))}
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
