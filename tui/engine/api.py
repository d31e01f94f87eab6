"""The interface of the engine: frozen values out, commands in, nothing else shared.

Listeners and futures are called on engine threads; a UI must switch to its own thread before it touches a widget.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tui.domain.account import account_key
from tui.domain.actions import Action, Outcome
from tui.domain.away import Away
from tui.domain.capability import ConnectionState
from tui.domain.frozen import frozen
from tui.domain.task import Task

if TYPE_CHECKING:
    from tui.domain.detail import Detail
    from tui.domain.provider import AccountState, Draft, ProviderInfo
    from tui.providers.protocol import DownloadProgress


@frozen
class ProviderState:
    """The state of one provider account; times are UTC wall clock."""

    info: "ProviderInfo"
    account: str = "default"
    link: ConnectionState = ConnectionState.STARTING
    message: str = ""  # one line: the cause, and what to do about it
    next_try: datetime | None = None
    last_ok: datetime | None = None
    balance: "AccountState | None" = None
    active: int = 0  # tasks being polled
    sender: str = ""  # who sends what is started here, where this process has no key for the account

    @property
    def key(self) -> str:
        """Identity of the account: "valyu" or "valyu:work"."""
        return account_key(self.info.name, self.account)


@frozen
class Condition:
    """The state of the engine itself: whether results are saved, and whether this process is the one that polls."""

    unsaved: int = 0  # tasks whose latest value or answer is not in the archive
    trouble: str = ""  # why not, one line; also of an archive that is only read
    notice: str = ""  # what happened to the archive and was not acknowledged yet
    asks_elsewhere: str = ""  # who asks the providers in this one's place: host, process and since when; "" if we do
    may_not_ask: str = ""  # why the archive lets this process not poll, although no other need do so
    away: Away | None = None  # since when the server of the archive cannot be reached
    older: bool = False  # whether the archive has older tasks than those at hand
    all_of: frozenset[str] = frozenset()  # terms of filters of which all older tasks are at hand all the same


@frozen
class LogEntry:
    """One line of the event log: what was sent or received, and when. Its text holds no secrets."""

    at: datetime
    kind: str  # "poll", "action", "saved", "problem", ...
    text: str
    task_id: str | None = None
    provider: str | None = None


@frozen
class TasksChanged:
    """These tasks have new values; they are already in the archive."""

    ids: frozenset[str]


@frozen
class ProviderChanged:
    """The state of one provider account changed."""

    key: str


@frozen
class TaskEnded:
    """A task finished, failed or began to wait while it was being watched (never for history): worth a notification."""

    task: Task


@frozen
class Logged:
    """The event log has a new line."""

    entry: LogEntry


@frozen
class AnnotationsChanged:
    """Another process may have changed what the user added to these tasks: notes, tags, pinned, read, hidden."""

    ids: frozenset[str]


@frozen
class ConditionChanged:
    """The engine's own condition changed."""


Event = TasksChanged | ProviderChanged | TaskEnded | Logged | AnnotationsChanged | ConditionChanged
Listener = Callable[[Event], None]


@frozen
class SyncSummary:
    """What a one-shot `sync` did: per account key, tasks seen or the error in one line."""

    seen: Mapping[str, int]  # only accounts whose list was read
    changed: int
    errors: Mapping[str, str]
    exit_code: int  # of the worst error, 0 if none
    unsaved: int = 0  # tasks of which something could not be saved
    trouble: str = ""  # why not


@frozen
class BatchPlan:
    """Several briefs to be started as one batch."""

    prompts: tuple[str, ...]
    mode: str | None = None
    name: str = ""


class Engine(Protocol):
    """The running engine. Every method may be called from any thread and returns at once."""

    def tasks(self) -> Mapping[str, Task]:
        """Return the loaded tasks by local id: a snapshot that never changes under the caller.

        Of a long archive the newest, and all that are pinned or not over; every call that names a task adds it.
        """

    def task(self, task_id: str) -> Task | None:
        """Return one task; cheaper than `tasks()` when one id is asked for."""

    def providers(self) -> Mapping[str, ProviderState]:
        """Return the provider accounts by `ProviderState.key`, in display order."""

    def condition(self) -> Condition:
        """Return whether everything is saved, and which process polls the providers."""

    def log(self) -> Sequence[LogEntry]:
        """Return the latest lines of the event log, oldest first (bounded)."""

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` for every event, on an engine thread; returns a function that ends the subscription."""

    def detail(self, task_id: str) -> "Future[Detail | None]":
        """Read everything known about a task from the archive."""

    def refresh(self, ids: Sequence[str] = ()) -> None:
        """Poll now: these tasks, or by default all unfinished tasks and all lists."""

    def reload(self, ids: Sequence[str]) -> None:
        """Read these tasks from the archive again: they were deleted there, or brought back."""

    def recall(self, ids: Sequence[str]) -> "Future[None]":
        """Load these tasks of the archive, too."""

    def older(self, terms: str = "") -> None:
        """Load the next page of older tasks; `Condition.older` tells whether there are any.

        With `terms` of a filter, without words, only those for which they hold; `Condition.all_of` tells the end.
        """

    def together(self, ids: Sequence[str]) -> "Future[None]":
        """Load all members of the groups and batches that these tasks belong to."""

    def pause(self, paused: bool) -> None:
        """Stop or resume automatic polling; `refresh` works in either case."""

    def create(
        self, account_key: str, draft: "Draft", *, confirmation: str = "", group: str | None = None
    ) -> "Future[Task]":
        """Start a task: the row exists before the request, which is sent exactly once. Fails with a `DivewatchError`.

        `group` is the same for tasks that belong together, `Task.group_id`.

        `confirmation` names one yes of a person: calls that repeat it get the first call's future. Without it, an
        equal draft counts as the same yes while the first is still being sent. A task whose answer was lost is
        returned all the same: `Task.remote_id` is None and its warnings explain what happens next.
        """

    def act(self, task_id: str, action: Action) -> "Future[Outcome]":
        """Carry out an action at the provider; `Outcome.message` says in one line what happened."""

    def download(
        self, task_id: str, url: str, target: Path, progress: "DownloadProgress | None" = None
    ) -> "Future[int]":
        """Save an image or deliverable of a task to `target`; the result is the number of bytes written."""

    def version(self, task_id: str, number: int) -> "Future[Detail]":
        """Fetch one version of a report that the provider keeps; the archive is not changed."""

    def batch(self, account_key: str, plan: BatchPlan, *, confirmation: str = "") -> "Future[Sequence[Task]]":
        """Start several briefs as one batch of the provider; each has its row before anything is sent.

        Batch and tasks are sent once each. Fails with a `DivewatchError`; `confirmation` as in `create`.
        """

    def track(self, account_key: str, reference: str) -> "Future[Task]":
        """Adopt a task by its remote id or web address; one that is known already is returned and asked again."""

    def sync(self) -> "Future[SyncSummary]":
        """Fetch every list and every unfinished task once."""

    def close(self, timeout: float = 2.0) -> None:
        """Stop within `timeout` seconds, even if a request hangs; saved data stays saved."""
