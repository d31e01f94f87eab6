"""A task as lists show it: small, frozen, comparable. A value equal to the known one causes no event."""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from tui.domain.account import account_key, account_title
from tui.domain.frozen import frozen
from tui.domain.status import TaskStatus

__all__ = [
    "IN_QUEUE",
    "NOBODY_SENDS",
    "NOT_SENT",
    "NO_REPORT",
    "NO_TASKS",
    "Cost",
    "CostKind",
    "Counter",
    "Task",
    "TaskStatus",
    "TotalKind",
]

NO_REPORT = "finished without a report"
"""The warning of a task that was asked about often enough after its end and has no report."""

IN_QUEUE = "queued at the team's server"
"""The provider's word of a task that was not sent yet: a process that has the key of its account will send it."""
NOT_SENT = "not sent"
"""The provider's word of a task that left that queue unsent."""
NOBODY_SENDS = "start `divewatch watch` on a machine with the key: it sends what others ask for"
"""What to do where no process has the key."""


class TotalKind(StrEnum):
    """The meaning of a counter's total."""

    MEASURED = "measured"  # value and total are facts (also: no total at all)
    CEILING = "ceiling"  # the total is a budget that need not be used up
    ESTIMATE = "estimate"  # the total is a guess; a finished task may stay below it


@frozen
class Counter:
    """One progress counter of a task, e.g. 12 of at most 25 agents, or 87.5 of 100 percent."""

    value: int | float
    total: int | float | None = None
    meaning: TotalKind = TotalKind.MEASURED

    @property
    def fraction(self) -> float | None:
        """Share of the total in 0..1, clamped; None without a usable total."""
        return max(0.0, min(1.0, self.value / self.total)) if self.total and self.total > 0 else None


class CostKind(StrEnum):
    """The source of a cost figure. Figures of different kinds are never added up."""

    REPORTED = "reported"  # the provider's own figure
    CREDITS = "credits"  # counted by the provider in its credits
    PRICE_LIST = "price_list"  # a published price per task
    ESTIMATE = "estimate"
    UNKNOWN = "unknown"


@frozen
class Cost:
    """The cost of a task: `amount` in `unit` ("USD", "credits"), its source `kind`; None if not known.

    Of a range `amount` is the upper end, so that "at most" holds, and `at_least` the lower one.
    """

    amount: float | None = None
    unit: str = "USD"
    kind: CostKind = CostKind.UNKNOWN
    parts: tuple[tuple[str, float], ...] = ()
    at_least: float | None = None


FILE = "file"
"""The provider of a report that was imported from a file: nothing was asked, so it has no cost and took no time."""


@frozen
class Task:
    """One deep-research task at one provider account.

    Every text is clean (`tui.domain.text.clean`). `id` is ours and exists before the task does at the provider;
    `remote_id` is None while a create is under way or its outcome is unknown (an orphan).
    """

    id: str
    provider: str
    remote_id: str | None = None
    account: str = "default"
    title: str = ""  # one line: the provider's, else the report's, else the start of the prompt
    prompt: str | None = None
    status: TaskStatus = TaskStatus.UNKNOWN
    provider_status: str = ""
    mode: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    finished_at: datetime | None = None
    finish_observed: bool = False  # the provider tells no finish time: `finished_at` is when a poll first saw the end
    counters: Mapping[str, Counter] = field(default_factory=dict)  # in display order: "agents", "iterations", "steps"
    sources: int | None = None  # entries in the report's list, or the provider's count so far
    citations: int | None = None  # markers in the saved report
    cost: Cost = Cost()
    error: str | None = None  # the provider's reason for a failure, as it said it
    warnings: tuple[str, ...] = ()  # one line each: degradation, kept-but-unreadable answers, odd states
    web_url: str | None = None
    parent_id: str | None = None
    batch_id: str | None = None  # the provider's own
    group_id: str | None = None  # ours: the same brief sent to several providers at once
    has_report: bool = False
    expires_at: datetime | None = None  # the provider keeps the task until then: what is to stay must be saved before

    @property
    def account_key(self) -> str:
        """The key of the account: "valyu" (the default account) or "valyu:work"."""
        return account_key(self.provider, self.account)

    @property
    def account_title(self) -> str:
        """The display name of the account: "Valyu" or "Valyu:work"."""
        return account_title(self.account_key)

    @property
    def is_file(self) -> bool:
        """Whether it is a report from a file of no provider."""
        return self.provider == FILE

    @property
    def waits_in_queue(self) -> bool:
        """Whether it is queued for a process with the key, and not sent yet."""
        return self.remote_id is None and self.provider_status == IN_QUEUE and not self.status.is_final

    @property
    def key(self) -> tuple[str, str, str | None]:
        """Identity at the provider: (provider, account, remote id)."""
        return self.provider, self.account, self.remote_id


NO_TASKS: Mapping[str, Task] = MappingProxyType({})


def unsent(task: Task, why: str) -> Task:
    """Return a task that waited in the queue of a shared archive as one that left it unsent, and why."""
    error = f"{NOT_SENT}: {why}"
    return replace(task, status=TaskStatus.FAILED, provider_status=NOT_SENT, error=error, cost=Cost())
