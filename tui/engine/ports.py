"""The archive and the clock as the engine needs them: protocols, so that polling is tested without SQLite and waiting.

Writes return futures that are done when the transaction is committed (or failed with an `ArchiveError`); they keep
their order. Reads block and are called off the loop. Every method may be called from any thread.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from tui.domain.away import Away
from tui.domain.people import People
from tui.domain.task import Task

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


@dataclass(frozen=True, slots=True)
class ResponseFingerprint:
    """What is remembered of an answer that was read, so that the same one is neither read nor stored twice."""

    digest: str  # SHA-256 of the body, hexadecimal
    etag: str | None = None
    report_chars: int = 0  # 0: the answer had no report


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A stored answer, byte for byte."""

    body: bytes
    digest: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ParsedResponse:
    """What was understood of a stored answer; written with the task's new value in one transaction.

    `current` is False for an answer that is kept as a version but must not take the place of the report people read
    (it is shorter, empty, or went back on its status).
    """

    task: Task
    mark: ResponseFingerprint
    report: "Report | None" = None
    sources: "tuple[Source, ...]" = ()  # as resolved from text and provider list
    text: str = ""  # the report as plain text, for search
    current: bool = True


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes by other processes: tasks with new values or annotations, and deleted tasks."""

    tasks: Sequence[Task] = ()
    gone: frozenset[str] = frozenset()


NO_CHANGES = Changes()


@dataclass(frozen=True, slots=True)
class QueuedCreate:
    """A create that was taken out of the queue: its row, what it is started with, and the batch it is part of."""

    task: Task
    draft: "Draft"
    together: str = ""  # the same for all of one batch; "" for a single task


@dataclass(frozen=True, slots=True)
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
        """Return who polls each account now, and sends what is queued for it: "nina@server (process 7) since ..."."""

    def waiting(self) -> frozenset[str]:
        """Return the accounts for which a create or an action waits."""

    def gone(self, task_ids: Collection[str]) -> frozenset[str]:
        """Return which of these tasks, whose rows say that they wait, are in no queue any more."""

    def put(self, account: str, created: Sequence[tuple[Task, "Draft"]], together: str = "") -> "Future[None]":
        """Save new rows with what they are started with, and queue them; `together` makes a batch of them."""

    def take(
        self, account: str, attempt: str, begin: Callable[[Task], Task]
    ) -> "Future[Sequence[QueuedCreate] | None]":
        """Take what waits longest for `account`, a task or a batch; None where this process does not poll it.

        Args:
            account: the key of the account.
            attempt: the same call again, after a failure, returns what the one before took.
            begin: makes of a row the one that says that it is being sent.
        """

    def finish(self, task_ids: Sequence[str]) -> "Future[None]":
        """Forget creates that were taken and whose outcome, whatever it is, is in their rows."""

    def withdraw(self, task_id: str, ended: Callable[[Task], Task]) -> "Future[Task | None]":
        """Take a task back that still waits, and save what `ended` makes of its row; None if it was taken already."""

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
        """Return what the tasks created since then cost that were sent, or are being sent, without some."""


class ArchivePort(Protocol):
    """The archive as the engine sees it."""

    @property
    def queue(self) -> TeamQueue | None:
        """The queue of creates; None where nobody shares the archive."""

    @property
    def read_only(self) -> bool:
        """Whether writes are refused."""

    @property
    def notice(self) -> str:
        """The notice about damage to the archive that was not acknowledged yet; "" for none."""

    @property
    def away(self) -> Away | None:
        """Since when the server of the archive cannot be reached; None while it can, and always for a file."""

    def load_tasks(self) -> Sequence[Task]:
        """Return every task that was not deleted here, in any order."""

    def keep_draft(self, task_id: str, draft: "Draft") -> "Future[None]":
        """Keep what a task is started with."""

    def put_tasks(self, tasks: Sequence[Task]) -> "Future[None]":
        """Insert or replace rows by local id."""

    def save_answer(
        self, task_id: str, body: bytes, *, digest: str, received_at: datetime, final: bool
    ) -> "Future[None]":
        """Store an answer before anybody parses it; `final` is False while the task was last seen unfinished.

        The latest unfinished answer may replace the one before; answers of finished tasks are all kept.
        """

    def save_unreadable(self, task_id: str, body: bytes, why: str, *, received_at: datetime) -> "Future[None]":
        """Store an answer that could not be read, with the reason."""

    def save_reading(self, reading: ParsedResponse, cited: Mapping[str, Sequence[int]] | None = None) -> "Future[None]":
        """Store what was understood of the stored answer `reading.mark.digest`, and the task's new value.

        `cited` tells, by source id, on which lines of the report each source is cited.
        """

    def current_answer(self, task_id: str) -> StoredResponse | None:
        """Return the answer to show: the one with the current report, else the latest."""

    def people(self, task_id: str) -> People:
        """Return who started a task, wrote its note and gave it its tags; raises `NotFound`."""

    def mark(self, task_id: str) -> ResponseFingerprint | None:
        """Return the mark of the answer `current_answer` would return."""

    def unheard(self) -> frozenset[str]:
        """Return the ids of tasks that have ended at their provider and whose last answer is not stored."""

    def deleted_keys(self) -> Collection[tuple[str, str, str | None]]:
        """Return `Task.key` of the tasks deleted here: a provider's list must not bring them back."""

    def add_log(self, entries: "Sequence[LogEntry]") -> "Future[None]":
        """Append to the event log."""

    def log_after(self, number: int) -> "tuple[int, Sequence[LogEntry]]":
        """Return the latest lines of the event log after line `number`, oldest first, and the number of the last."""

    def take_lease(self, account: str = "") -> bool:
        """Become, or stay, the one process that polls `account`; False if another one is."""

    def lease_holder(self) -> str:
        """Return who polls, or polled last: "process 123 on host since 12:00"; "" if nobody is known."""

    def release_lease(self, account: str = "") -> None:
        """Let another process poll `account`, or all of them."""

    def listen(self, told: Callable[[], None]) -> None:
        """Call `told`, from any thread, soon after another process changed something, where that can be known."""

    def foreign_changes(self) -> Changes:
        """Return what other processes did since the last call; next to free when nothing changed."""
