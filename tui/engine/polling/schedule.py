"""Decides when to poll which task of one account: pure, on a monotonic clock that the caller reads.

Promises, each a property in the tests: a key is never asked faster than its interval unless somebody hurries it; an
account never gets more than its rate and `slots` requests at once; in trouble one request at a time probes the way;
a Retry-After is kept; what fell due during trouble or sleep is spread over one interval instead of sent at once.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from heapq import heappop, heappush

from tui.domain.errors import BadKey, ProviderError, RateLimited, Refused, Unavailable
from tui.domain.provider import Cadence
from tui.domain.task import Task, TaskStatus

YOUNG = 60.0  # seconds for which `Cadence.first` holds
SLOWEST = 60.0  # ceiling of the backoff
REFUSED_INTERVAL = 300.0  # a task the provider refuses to talk about
KEY_PROBE = 600.0  # one probe in ten minutes while the key is rejected
BREAKER_AT = 5  # failures in a row after which a single request probes
RETRY_AFTER = (1.0, 900.0)  # what we believe of a provider that asks to wait


class Trouble(StrEnum):
    """Why an account is polled by single probes only."""

    LIMIT = "limit"
    OUTAGE = "outage"
    KEY = "key"


def interval_of(task: Task, cadence: Cadence, age: float) -> float:
    """Return the poll interval in seconds of an unfinished task that is `age` seconds old."""
    if task.status in {TaskStatus.WAITING, TaskStatus.UNKNOWN}:
        return cadence.idle
    if age < YOUNG:
        return cadence.first
    return cadence.idle if task.status is TaskStatus.QUEUED else cadence.steady


class Bucket:
    """A token bucket: `rate` a second on average, bursts of at most one second's worth."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._capacity = max(1.0, rate)
        self._tokens = self._capacity
        self._at = 0.0

    def ready_at(self, now: float) -> float:
        """Return when the next token is available (`now` if one is)."""
        self._refill(now)
        return now if self._tokens >= 1 else now + (1 - self._tokens) / self._rate

    def spend(self, now: float) -> None:
        """Take a token; the caller must have checked that one is available."""
        self._refill(now)
        self._tokens -= 1

    def _refill(self, now: float) -> None:
        self._tokens = min(self._capacity, self._tokens + max(0.0, now - self._at) * self._rate)
        if 1 - 1e-9 < self._tokens < 1:
            self._tokens = 1.0  # rounding must not make a promised token a moment late
        self._at = now


@dataclass(slots=True)
class _Entry:
    due: float
    interval: float
    serial: int
    failures: int = 0
    question: int | None = None  # the number of the request under way


class Schedule:
    """The due times of one account's keys (task ids and the account's own polls)."""

    def __init__(self, *, rate: float, slots: int = 4, spread_over: float, rng: random.Random | None = None) -> None:
        self._bucket = Bucket(rate)
        self._slots = slots
        self._spread_over = spread_over
        self._rng = rng or random.Random()
        self._entries: dict[str, _Entry] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._urgent: dict[str, None] = {}
        self._asking = 0
        self._serial = 0
        self._failures = 0
        self._probe_at = 0.0
        self._questions = 0  # taken so far; tells a request that was sent before from one that was sent after
        self._answered = 0  # the latest of them that was answered
        self._shut_after = 0  # the latest that was sent before the trouble began
        self._told = False  # the trouble is a Retry-After
        self.trouble: Trouble | None = None
        self.paused = False

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def followed(self) -> tuple[str, ...]:
        """Return the followed keys."""
        return tuple(self._entries)

    def reserve(self, now: float) -> float:
        """Take a token for a request outside the schedule; returns when it may be sent."""
        ready = self._bucket.ready_at(now)
        self._bucket.spend(now)
        return ready

    def add(self, key: str, now: float, *, interval: float, delay: float = 0.0) -> None:
        """Follow `key`, first asked after `delay`; a key already followed only gets the new interval."""
        if (entry := self._entries.get(key)) is not None:
            entry.interval = interval
            return
        self._entries[key] = _Entry(now + delay, interval, 0)
        self._plan(key, now + delay)

    def drop(self, key: str) -> None:
        """Stop following `key`; a request under way is still counted when it ends."""
        entry = self._entries.pop(key, None)
        self._urgent.pop(key, None)
        if entry is not None and entry.question is not None:
            self._asking -= 1

    def hurry(self, keys: Iterable[str], now: float) -> None:
        """Make `keys` due now, paused or not; a provider's Retry-After still holds."""
        urgent = {key: None for key in keys if key in self._entries}
        self._urgent.update(urgent)
        if urgent and not self.is_held:
            self._probe_at = now

    @property
    def is_held(self) -> bool:
        """Whether a Retry-After of the provider holds."""
        return self.trouble is Trouble.LIMIT and self._told

    def take(self, now: float) -> str | None:
        """Return a key to poll now, if any; the caller must call `answered` or `stumbled` afterwards."""
        when = self.when(now)
        if when is None or when > now:
            return None
        key = self._next_urgent() or heappop(self._heap)[2]
        self._urgent.pop(key, None)
        entry = self._entries[key]
        self._questions += 1
        entry.question = self._questions
        entry.serial = -1
        self._asking += 1
        self._bucket.spend(now)
        return key

    def when(self, now: float) -> float | None:
        """Return the earliest time at which `take` returns a key; None if only an event can change that."""
        if self._asking >= (1 if self.trouble else self._slots):
            return None
        if self._next_urgent() is not None:
            due = now
        elif self.paused or (top := self._top()) is None:
            return None
        else:
            due = max(now, top)
        return max(due, self._probe_at if self.trouble else 0.0, self._bucket.ready_at(now))

    def next_try(self, now: float) -> float | None:
        """Return when the next request may be sent, also while one is under way; for display."""
        top = self._top()
        return None if top is None else max(now, top, self._probe_at if self.trouble else 0.0)

    def answered(self, key: str, now: float, *, interval: float | None = None) -> None:
        """Count a success; the next poll is after `interval` (default: the key's own) and up to a tenth more."""
        entry, question = self._finish(key)
        self._recover(now, question)
        if entry is not None:
            entry.failures = 0
            entry.interval = interval if interval is not None else entry.interval
            self._plan(key, now + entry.interval * self._rng.uniform(1.0, 1.1))

    def stumbled(self, key: str, now: float, error: ProviderError) -> bool:
        """Count a failure: slows the key, and the account if the error is about the account.

        Returns whether the failure tells how the account is now: an outage does not once a later request was answered.
        """
        entry, question = self._finish(key)
        if entry is not None:
            entry.failures += 1
            refused = isinstance(error, Refused) and not isinstance(error, BadKey)
            wait = max(REFUSED_INTERVAL, entry.interval) if refused else self._backoff(entry.interval, entry.failures)
            self._plan(key, now + wait)
        if isinstance(error, BadKey):
            self._shut(Trouble.KEY, now, KEY_PROBE)
        elif isinstance(error, Refused):
            self._recover(now, question)
        elif _is_limit(error) or question is None or question > self._answered:
            self._count(now, error)
        else:
            return False
        return True

    def spread(self, now: float) -> None:
        """Spread overdue keys evenly over one interval: after sleep, an outage or a pause."""
        late = []
        while (top := self._top()) is not None and top <= now:
            late.append(heappop(self._heap)[2])
        for place, key in enumerate(late):
            self._plan(key, now + self._spread_over * place / len(late))

    def _count(self, now: float, error: ProviderError) -> None:
        self._failures += 1
        wait = self._backoff(self._spread_over, self._failures)
        if error.retry_after is not None:
            wait = min(max(error.retry_after, RETRY_AFTER[0]), RETRY_AFTER[1])
        if _is_limit(error):
            told = error.retry_after is not None or (self.is_held and now < self._probe_at)
            self._shut(Trouble.LIMIT, now, wait)
            self._told = told
        elif self._failures >= BREAKER_AT or self.trouble:
            self._shut(Trouble.OUTAGE, now, wait)

    def _shut(self, trouble: Trouble, now: float, wait: float) -> None:
        if self.is_held and now < self._probe_at:
            self._probe_at = max(self._probe_at, now + wait)
        else:
            self.trouble, self._probe_at = trouble, now + wait
        self._shut_after = self._questions

    def _recover(self, now: float, question: int | None) -> None:
        self._failures = 0
        self._answered = max(self._answered, question or 0)
        if self.trouble is None or question is None or question <= self._shut_after:
            return  # sent before the trouble began: says nothing about its end
        self.trouble = None
        self.spread(now)

    def _finish(self, key: str) -> tuple[_Entry | None, int | None]:
        """Return what is known of the key, and the number of its request; None if it is not followed any more."""
        entry = self._entries.get(key)
        if entry is None or entry.question is None:
            return None, None
        question, entry.question = entry.question, None
        self._asking -= 1
        return entry, question

    def _backoff(self, interval: float, failures: int) -> float:
        ceiling = max(interval, min(SLOWEST, interval * 2.0 ** min(failures, 10)))
        return self._rng.uniform(interval, ceiling)  # jitter over all of it, but never faster than a healthy poll

    def _plan(self, key: str, due: float) -> None:
        self._serial += 1
        entry = self._entries[key]
        entry.due, entry.serial = due, self._serial
        heappush(self._heap, (due, self._serial, key))

    def _top(self) -> float | None:
        while self._heap:
            due, serial, key = self._heap[0]
            entry = self._entries.get(key)
            if entry is not None and entry.serial == serial:
                return due
            heappop(self._heap)
        return None

    def _next_urgent(self) -> str | None:
        return next((key for key in self._urgent if self._entries[key].question is None), None)


def _is_limit(error: ProviderError) -> bool:
    """Whether a provider asks to be asked less often."""
    return isinstance(error, RateLimited) or (isinstance(error, Unavailable) and error.retry_after is not None)
