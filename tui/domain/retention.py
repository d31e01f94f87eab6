"""Retention: until when a provider keeps a finished task, as it reports or else as it publishes."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tui.domain.task import Task
from tui.domain.times import elapsed, format_local, parse_time

if TYPE_CHECKING:  # the first paint does without it
    from tui.domain.detail import Detail

_TOLD_AS = frozenset({"expires at", "expiresat", "expires", "expiration", "retention until", "deleted at"})


def kept_until(task: Task, keeps: timedelta | None, detail: "Detail | None" = None) -> datetime | None:
    """Return until when the provider keeps `task`; None if that is not known.

    Args:
        task: the task.
        keeps: how long its provider keeps a task after it was made, as published (`ProviderInfo.retention`).
        detail: what the provider told; a time of its own beats the rule.
    """
    if task.expires_at is not None:
        return task.expires_at
    told = [] if detail is None else [*detail.facts, *((name, value) for name, value in detail.extra.items())]
    if (own := _told(told)) is not None:
        return own
    return task.created_at + keeps if keeps is not None and task.created_at is not None else None


def retention_text(task: Task, until: datetime | None, now: datetime) -> str:
    """Return the countdown in words: "until 2026-03-04 05:06, 3 d 4 h from now"; "" if unknown."""
    if until is None:
        return ""
    if until > now:
        return f"until {format_local(until)}, {elapsed((until - now).total_seconds())} from now"
    kept = "; the report is kept here" if task.has_report else ""
    return f"until {format_local(until)}: it may be gone there by now{kept}"


def _told(members: Iterable[tuple[str, object]]) -> datetime | None:
    for name, value in members:
        if name.replace("_", " ").casefold() in _TOLD_AS and (moment := parse_time(value)) is not None:
            return moment
    return None
