"""The archive and the clock as the engine sees them: protocols, so that tests need neither SQLite nor waiting.

Writes return futures that are done when the transaction is committed (or failed with an `ArchiveError`); they keep
their order. Reads block and are called off the loop. Every method may be called from any thread.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from tui.domain.annotations import People
from tui.domain.away import Away
from tui.domain.frozen import frozen
from tui.domain.task import Task, TaskStatus

if TYPE_CHECKING:
    from tui.domain.budget import Charge
    from tui.domain.detail import Report, Source
    from tui.domain.provider import Draft
    from tui.engine.api import LogEntry


class Clock(Protocol):
    """Where the engine reads time, so that a test can script days in milliseconds."""

    def now(self) -> datetime:
        """Return the wall clock, UTC, timezone aware: for showing and storing."""

    def monotonic(self) -> float:
        """Return seconds that never go back: for scheduling."""


MOST_LOADED = 10_000
"""Tasks of a long archive that a program keeps at hand; the older ones are read when they are asked for."""


@frozen
class TaskCounts:
    """How many tasks an archive has, without deleted ones; hidden ones are counted everywhere."""

    statuses: Mapping[TaskStatus, int]
    unread: int
    hidden: int


@frozen
class ResponseFingerprint:
    """The fingerprint of a response that was parsed, so that an equal one is neither parsed nor stored again."""

    digest: str  # SHA-256 of the body, hexadecimal
    etag: str | None = None
    report_chars: int = 0  # 0: the answer had no report


@frozen
class StoredResponse:
    """A stored response, byte for byte."""

    body: bytes
    digest: str
    received_at: datetime


@frozen
class ParsedResponse:
    """The values parsed from a stored response; written with the task's new value in one transaction.

    `current` is False for an answer that is kept as a version but must not take the place of the report people read
    (it is shorter, empty, or went back on its status).
    """

    task: Task
    mark: ResponseFingerprint
    report: "Report | None" = None
    sources: "tuple[Source, ...]" = ()  # as resolved from text and provider list
    text: str = ""  # the report as plain text, for search
    current: bool = True


@frozen
class Changes:
    """Changes by other processes: tasks with new values or annotations, and deleted tasks."""

    tasks: Sequence[Task] = ()
    gone: frozenset[str] = frozenset()
    whole: bool = False  # the tasks are those of `ArchivePort.load_tasks`: what was read before was a copy of few


NO_CHANGES = Changes()


@frozen
class QueuedCreate:
    """A create taken out of the queue: its row, its draft, and its batch."""

    task: Task
    draft: "Draft"
    together: str = ""  # the same for all of one batch; "" for a single task


@frozen
class QueuedAction:
    """An action on a task, queued by a process without the key of the task's account."""

    id: str
    task_id: str
    action: str  # JSON, as `tui.domain.action_text` writes it


class TeamQueue(Protocol):
    """The queue of an archive that a team shares: processes without a key put in, the process with the key takes out.

    Each create and each action is taken once; taking a create writes the intent to send it into its row, in the same
    transaction.
    """

    def senders(self) -> Mapping[str, str]:
        """Return by account who polls it and sends what is queued for it: "nina@server (process 7) since ..."."""

    def waiting(self) -> frozenset[str]:
        """Return the accounts for which a create or an action is queued."""

    def gone(self, task_ids: Collection[str]) -> frozenset[str]:
        """Return which of these tasks, whose rows say that they are queued, are in no queue any more."""

    def put(self, account: str, created: Sequence[tuple[Task, "Draft"]], together: str = "") -> "Future[None]":
        """Save new rows with their drafts, and queue them; `together` makes a batch of them."""

    def take(
        self, account: str, attempt: str, begin: Callable[[Task], Task]
    ) -> "Future[Sequence[QueuedCreate] | None]":
        """Take the oldest create or batch for `account`; None if there is none, or if this process does not poll it.

        Args:
            account: the key of the account.
            attempt: the same call again, after a failure, returns what the one before took.
            begin: makes of a row the one that says that it is being sent.
        """

    def finish(self, task_ids: Sequence[str]) -> "Future[None]":
        """Remove creates that were taken and whose outcome, whatever it is, is in their rows."""

    def withdraw(self, task_id: str, ended: Callable[[Task], Task]) -> "Future[Task | None]":
        """Take a queued task back, and save what `ended` makes of its row; None if it was taken before."""

    def put_action(self, action: QueuedAction, account: str) -> "Future[None]":
        """Queue an action for the process that polls `account`, which must have its key."""

    def take_action(self, account: str, attempt: str) -> "Future[QueuedAction | None]":
        """Take the oldest queued action; None if there is none, or if this process does not poll `account`.

        The same attempt again, after a failure, returns what the one before took.
        """

    def finish_action(self, action_id: str, outcome: str) -> "Future[None]":
        """Save the outcome of an action that was taken, as JSON, for the process that queued it."""

    def outcome_of(self, action_id: str) -> str | None:
        """Return the outcome of an action as JSON; None while it is not known."""

    def withdraw_action(self, action_id: str) -> "Future[bool]":
        """Remove an action from the queue; False if it was taken before, and may have been carried out."""

    def charges(self, since: datetime, without: Collection[str]) -> "Sequence[Charge]":
        """Return the costs of tasks created since `since` that were sent or are being sent, except `without`."""


class ArchivePort(Protocol):
    """The archive as the engine sees it."""

    @property
    def queue(self) -> TeamQueue | None:
        """The queue of creates and actions; None for an archive that nobody shares."""

    @property
    def read_only(self) -> bool:
        """Whether writes are refused."""

    @property
    def notice(self) -> str:
        """The notice about damage to the archive that was not acknowledged yet; "" for none."""

    @property
    def away(self) -> Away | None:
        """Since when the server of the archive is unreachable; None while it answers, and always for a file."""

    def load_tasks(self) -> Sequence[Task]:
        """Return the tasks to load that were not deleted here, newest first.

        The newest `MOST_LOADED`, and of the older ones those that are pinned or not over.
        """

    def tasks(self, limit: int, after: str, terms: str = "") -> Sequence[Task]:
        """Return the `limit` tasks after the one with the id `after`, newest first, without deleted ones.

        `terms` are those of `tui.domain.task_filter`, without words: "status:failed is:unread".
        """

    def together(self, task_ids: Sequence[str]) -> Sequence[Task]:
        """Return the tasks of the groups and batches that these tasks belong to."""

    def named(self, task_ids: Sequence[str]) -> Sequence[Task]:
        """Return the tasks with these local ids, without deleted ones."""

    def known_as(self, provider: str, account: str, remote_ids: Sequence[str]) -> Sequence[Task]:
        """Return the tasks, without deleted ones, that an account of a provider calls by these ids."""

    def keep_draft(self, task_id: str, draft: "Draft") -> "Future[None]":
        """Save the draft that a task is started with."""

    def put_tasks(self, tasks: Sequence[Task]) -> "Future[None]":
        """Insert or replace rows, by local id."""

    def save_answer(
        self, task_id: str, body: bytes, *, digest: str, received_at: datetime, final: bool
    ) -> "Future[None]":
        """Store a response before it is parsed; `final` is False if the task was unfinished when last seen.

        The latest unfinished answer may replace the one before; answers of finished tasks are all kept.
        """

    def save_unreadable(self, task_id: str, body: bytes, why: str, *, received_at: datetime) -> "Future[None]":
        """Store a response that could not be parsed, with the reason."""

    def save_reading(self, reading: ParsedResponse, cited: Mapping[str, Sequence[int]] | None = None) -> "Future[None]":
        """Store the values parsed from the response `reading.mark.digest`, and the task's new value.

        `cited` tells, by source id, on which lines of the report each source is cited.
        """

    def current_answer(self, task_id: str) -> StoredResponse | None:
        """Return the response to show: the one with the current report, else the latest; None for none."""

    def people(self, task_id: str) -> People:
        """Return who started a task, wrote its note and gave its tags; raises `NotFound`."""

    def mark(self, task_id: str) -> ResponseFingerprint | None:
        """Return the fingerprint of the response that `current_answer` returns."""

    def unheard(self) -> frozenset[str]:
        """Return the ids of tasks that ended at their provider and whose last response is not stored."""

    def deleted_keys(self) -> Collection[tuple[str, str, str | None]]:
        """Return `Task.key` of the tasks deleted here, which a provider's list must not bring back."""

    def add_log(self, entries: "Sequence[LogEntry]") -> "Future[None]":
        """Append to the event log."""

    def log_after(self, number: int) -> "tuple[int, Sequence[LogEntry]]":
        """Return the lines of the event log after line `number`, oldest first, and the number of the last."""

    def take_lease(self, account: str = "") -> bool:
        """Take or renew the lease to poll `account`; returns False if another process has it.

        Raises `ArchiveError` where the archive refuses.
        """

    def lease_holder(self) -> str:
        """Return who has, or had last, the lease: "process 123 on host since 12:00"; "" if unknown."""

    def release_lease(self, account: str = "") -> None:
        """Release the lease of `account`, or of all accounts."""

    def listen(self, told: Callable[[], None]) -> None:
        """Call `told`, from any thread, soon after another process changed something, where that can be detected."""

    def foreign_changes(self) -> Changes:
        """Return the changes by other processes since the last call; nearly free when there are none."""
