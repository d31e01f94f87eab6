"""The clock as the engine sees it, so that tests need not wait; and the values that engine and archive exchange."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from tui.domain.frozen import frozen
from tui.domain.task import Task, TaskStatus

if TYPE_CHECKING:
    from tui.domain.detail import Report, Source
    from tui.domain.provider import Draft


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
    whole: bool = False  # the tasks are those of `Archive.load_tasks`: what was read before was a copy of few


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
