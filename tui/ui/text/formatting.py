"""The words for states, counters, costs and times: one vocabulary for all screens and notifications."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tui.domain.capability import ConnectionState
from tui.domain.patterns import late
from tui.domain.task import Counter, Task, TaskStatus, TotalKind
from tui.domain.text import as_words, plural
from tui.domain.times import elapsed

_PLURAL = late(r"\b(\w+?)(?:(?<=ch)es|s)(?=[ _]|$)")

if TYPE_CHECKING:
    from tui.engine.api import ProviderState

STATUS: Mapping[TaskStatus, tuple[str, str]] = {
    TaskStatus.QUEUED: ("○", "dim"),
    TaskStatus.RUNNING: ("●", "info"),
    TaskStatus.WAITING: ("◆", "warn"),
    TaskStatus.CANCELLING: ("◍", "warn"),
    TaskStatus.DONE: ("✓", "good"),
    TaskStatus.PARTIAL: ("≈", "warn"),
    TaskStatus.FAILED: ("✗", "bad"),
    TaskStatus.CANCELLED: ("–", "dim"),
    TaskStatus.EXPIRED: ("◌", "dim"),
    TaskStatus.UNKNOWN: ("?", "warn"),
}
"""Glyph and tone of each state; the word always stands beside them."""
UNDER_WAY = (TaskStatus.QUEUED, TaskStatus.RUNNING, TaskStatus.CANCELLING)
"""What "running" counts wherever it is said: the tab, the section, the status line, the window title."""
PIN, UNREAD = "▴", "•"
"""Signs of a pinned task, and of a report nobody opened yet."""

LINK: Mapping[ConnectionState, tuple[str, str]] = {
    ConnectionState.STARTING: ("○", "dim"),
    ConnectionState.OK: ("●", "good"),
    ConnectionState.RATE_LIMITED: ("◐", "warn"),
    ConnectionState.OFFLINE: ("◌", "bad"),
    ConnectionState.NO_KEY: ("–", "dim"),
    ConnectionState.BAD_KEY: ("✗", "bad"),
    ConnectionState.PAUSED: ("‖", "dim"),
    ConnectionState.ELSEWHERE: ("○", "dim"),
}


def status_word(task: Task) -> str:
    """Return our word for a task's state; an orphan (no remote id) has its own."""
    if task.remote_id is None and not task.status.is_final and not task.waits_in_queue:
        return "unsent?"
    if task.status is TaskStatus.UNKNOWN and not task.provider_status:
        return "unknown yet"
    return task.status.value


def provider_word(task: Task) -> str:
    """Return the provider's own status word if it differs from ours; "" otherwise."""
    raw = task.provider_status
    same = raw.casefold().replace("_", " ") == task.status.value
    return "" if same or not raw else raw


def counter_text(name: str, counter: Counter) -> str:
    """Return a counter and the kind of its total: "12 of at most 25 agents", "step 3 of about 10", "14 sources"."""
    value, total = counter.value, counter.total
    name = as_words(name)
    if name == "percent" and total:
        return f"{value:,.10g} %"
    if not total or total <= 0:
        return f"{value:,} {_counted(name, value)}"
    between = {TotalKind.MEASURED: "of", TotalKind.CEILING: "of at most", TotalKind.ESTIMATE: "of about"}[
        counter.meaning
    ]
    return f"{value:,} {between} {total:,} {name}"


def _counted(name: str, value: float) -> str:
    """Return the noun of a counter, in the singular for one: "search", "page read"."""
    return _PLURAL.sub(r"\1", name, count=1) if value == 1 else name


def counter_short(name: str, counter: Counter) -> str:
    """Return a counter for a narrow cell: "12/≤25 agents", "3/~10 steps"."""
    name = as_words(name)
    if not counter.total or counter.total <= 0:
        return f"{counter.value:,} {_counted(name, counter.value)}"
    if name == "percent":
        return f"{counter.value:,.10g} %"
    sign = {TotalKind.MEASURED: "", TotalKind.CEILING: "≤", TotalKind.ESTIMATE: "~"}[counter.meaning]
    return f"{counter.value:,}/{sign}{counter.total:,} {name}"


def total_meaning(counter: Counter) -> str:
    """Return what the full length of a bar means (ceiling, estimate); "" for a measured total."""
    return {
        TotalKind.MEASURED: "",
        TotalKind.CEILING: "a budget; it need not be used up",
        TotalKind.ESTIMATE: "an estimate; it may end before",
    }[counter.meaning]


def leading_counter(task: Task) -> tuple[str, Counter] | None:
    """Return the most informative counter: the first with a total, else the first."""
    named = list(task.counters.items())
    return next(
        ((name, counter) for name, counter in named if counter.fraction is not None), named[0] if named else None
    )


def took(task: Task, now: datetime) -> timedelta | None:
    """Return how long a task ran, or has run so far; None if that is not known, and for a file."""
    if task.created_at is None or task.is_file:
        return None
    end = task.finished_at or (None if task.status.is_final else now)
    return max(end - task.created_at, timedelta()) if end else None


def took_text(task: Task, now: datetime) -> str:
    """Return how long a task ran, or has run so far; "" if that is not known."""
    span = took(task, now)
    return "" if span is None else elapsed(span.total_seconds())


def ago(moment: datetime | None, now: datetime) -> str:
    """Return "12 s ago", "3:07 ago", "in 12 s"; "never" for None."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    return f"{elapsed(seconds)} ago" if seconds >= 0 else f"in {elapsed(-seconds)}"


def clock(moment: datetime | None) -> str:
    """Return the local time of day, to the second; blanks for None."""
    return "        " if moment is None else moment.astimezone().strftime("%H:%M:%S")


def link_text(state: "ProviderState", now: datetime) -> str:
    """Return the state of the connection to a provider: "ok", "offline since 14:02, next try in 12 s", "no key"."""
    since = f" since {_hour(state.last_ok, now)}" if state.link is ConnectionState.OFFLINE and state.last_ok else ""
    if state.next_try and state.link in {
        ConnectionState.RATE_LIMITED,
        ConnectionState.OFFLINE,
        ConnectionState.BAD_KEY,
    }:
        return f"{state.link.value}{since}, next try {ago(state.next_try, now) if state.next_try > now else 'now'}"
    return f"{state.link.value}{since}"


def moment(at: datetime, now: datetime) -> str:
    """Return a time in at most six cells: "14:11" today, "27 Nov" this year, "2025" before."""
    there, here = at.astimezone(), now.astimezone()
    if there.date() == here.date():
        return there.strftime("%H:%M")
    return f"{there.day} {there:%b}" if there.year == here.year else f"{there.year}"


def _hour(moment: datetime, now: datetime) -> str:
    """Return the local time of day, with the date if that is not today."""
    there = moment.astimezone()
    return there.strftime("%H:%M" if there.date() == now.astimezone().date() else "%d %b %H:%M")


def balance_text(state: "ProviderState") -> str:
    """Return the balance of an account: "4,120 credits", "38 of 100 requests today"; "" if it is not known."""
    balance = state.balance
    if balance is None or balance.remaining is None:
        return ""
    unit = balance.unit or "left"
    if balance.limit:
        return f"{balance.remaining:,.10g} of {balance.limit:,.10g} {unit}"
    return f"{balance.remaining:,.10g} {unit}"


def window_title(tasks: Iterable[Task], fresh: int = 0) -> str:
    """Return the window title: "divewatch: 2 running, 1 waits for you, 3 new"."""
    running = waiting = 0
    for task in tasks:
        running += task.status in UNDER_WAY
        waiting += task.status is TaskStatus.WAITING
    parts = [f"{running} running"] if running else []
    parts += [f"{plural(waiting, 'waits', 'wait')} for you"] if waiting else []
    parts += [f"{fresh} new"] if fresh else []
    return f"divewatch: {', '.join(parts)}" if parts else "divewatch"
