"""The kinds of meaning an example body can have, and short names for the values in the tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tui.domain.actions import Action
from tui.domain.detail import ReportFormat
from tui.domain.errors import (
    ProviderError,
)
from tui.domain.task import Cost, CostKind, Counter, TaskStatus, TotalKind


@dataclass(frozen=True)
class TaskAnswer:
    """A status answer: our status, the provider's word, and values at places (see `places.look_up`)."""

    status: TaskStatus
    word: str
    values: Mapping[str, Any] = field(default_factory=dict)
    problems: int = 0


@dataclass(frozen=True)
class UpdateAnswer:
    """One update of a Yutori task, read inside a task."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class ListAnswer:
    """A page: (remote id, status, title) of each task, and the next cursor."""

    tasks: tuple[tuple[str, TaskStatus, str], ...]
    cursor: str | None = None


@dataclass(frozen=True)
class CreateAnswer:
    """The answer to a create."""

    remote_id: str
    status: TaskStatus
    error: str | None = None
    mode: str | None = None


@dataclass(frozen=True)
class ActionAnswer:
    """The answer to an action: the line a person reads, and the tasks that came with it."""

    action: Action
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ErrorAnswer:
    """An error body with the status it comes with."""

    http: int
    kind: type[ProviderError]
    said: str
    retry_after: float | None = None


@dataclass(frozen=True)
class AccountAnswer:
    """Credits or quota."""

    remaining: float
    unit: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RequestBody:
    """A create request: prompt, mode, schema and options that make exactly this body, or why we do not send it."""

    prompt: str = ""
    mode: str | None = None
    schema: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    never_sent: str = ""


@dataclass(frozen=True)
class NoTask:
    """A body that is not an answer to anything we ask."""

    reason: str


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, micro: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC)


def credits_used(amount: float) -> Cost:
    return Cost(amount, "credits", CostKind.CREDITS)


def listed(usd: float) -> Cost:
    return Cost(usd, "USD", CostKind.PRICE_LIST)


def agents(value: int, ceiling: int) -> Counter:
    return Counter(value, ceiling, TotalKind.CEILING)


def steps(value: int, total: int) -> Counter:
    return Counter(value, total, TotalKind.ESTIMATE)


Q, R, W, D, P, F, C, U = (
    TaskStatus.QUEUED,
    TaskStatus.RUNNING,
    TaskStatus.WAITING,
    TaskStatus.DONE,
    TaskStatus.PARTIAL,
    TaskStatus.FAILED,
    TaskStatus.CANCELLED,
    TaskStatus.UNKNOWN,
)
MD, HTML, JSON = ReportFormat.MARKDOWN, ReportFormat.HTML, ReportFormat.JSON
