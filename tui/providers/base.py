"""The seam between the engine and a service: what every provider promises.

Held by one contract test-suite that runs every provider through the same cases.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tui.domain.task import Cost, Task, TaskStatus

if TYPE_CHECKING:
    from tui.domain.detail import Detail, Json
    from tui.domain.options import Option
    from tui.domain.provider import AccountState, Draft, ProviderInfo, Response
    from tui.domain.secret import Secret

DownloadProgress = Callable[[int, int | None], None]  # bytes so far, bytes in all if the service says so


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a provider's list: tasks (summaries, `id` empty) and the cursor of the next page, if any."""

    tasks: tuple[Task, ...]
    cursor: str | None = None
    details: "tuple[Detail, ...]" = ()  # where a list carries whole tasks (Extruct): no second request is needed
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an action did: one line for a person, and what came back with it.

    `poll_after` is set (seconds) while the action is still being carried out, e.g. a report edit: ask again with the
    same action and `arguments` = `poll_with`.
    """

    message: str
    status: TaskStatus | None = None
    web_url: str | None = None
    tasks: tuple[Task, ...] = ()  # of a batch; `id` is what we called each when it was added
    batch_id: str | None = None
    data: "Json" = None  # the whole answer, cleaned: versions, edit record, batch
    poll_after: float | None = None
    poll_with: "Mapping[str, Json] | None" = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a client needs to know: where, with which key, trusting whom."""

    base_url: str
    key: "Secret | None"
    account: str = "default"
    ca_file: Path | None = None


class Reader(Protocol):
    """Bytes -> domain. Pure and total: raises `BadAnswer` for an answer that is no task, never anything else."""

    @property
    def id_member(self) -> str:
        """The member of a task answer that holds its id."""

    @property
    def members(self) -> frozenset[str]:
        """Every member a task answer may have: how a saved answer is recognised."""

    def read_task(self, body: bytes, *, remote_id: str | None, received_at: datetime) -> "Detail":
        """Read a status answer; an answer that names another id than `remote_id` is a `BadAnswer`.

        The returned task has an empty local `id`; the caller merges it into what it knows (`tui.engine.ingest.merge`).
        `finished_at` is None where the provider tells no time of the end: the caller knows when it first saw it.
        """

    def read_page(self, body: bytes, *, received_at: datetime, cursor: str | None = None) -> Page:
        """Read a list answer; broken entries are counted in `Page.problems`, good ones kept.

        `cursor` is the one the page was asked for with: some services page by offset.
        """

    def read_created(self, body: bytes, *, draft: "Draft", received_at: datetime) -> Task:
        """Read the answer to a create; the remote id is kept even when nothing else can be read.

        A service that refuses inside a 2xx answer gives a failed task, perhaps without a remote id.
        """

    def read_outcome(self, action: str, body: bytes, *, received_at: datetime) -> Outcome:
        """Read the answer to an action; an answer that says "no" inside a 2xx is a `BadAnswer`."""


class Client(Protocol):
    """One account at one service over HTTP. Raises only `ProviderError`s. Never retries, never follows redirects.

    `ProviderError.outcome_unknown` tells whether a failed `create` or `act` may have been carried out all the same.
    A caller that is cancelled does not cancel the request: it ends by its own deadline.
    """

    async def fetch(self, remote_id: str, *, etag: str | None = None) -> "Response":
        """Ask for one task; with `etag` the answer may be "not modified" (body None)."""

    async def fetch_page(self, cursor: str | None = None) -> "Response":
        """Ask for one page of the list."""

    async def account(self) -> "AccountState":
        """Ask for credits or quota (capability ACCOUNT)."""

    async def create(self, draft: "Draft") -> "Response":
        """Start a task. Sent once, whatever happens."""

    async def act(self, action: str, remote_id: str, arguments: "Mapping[str, Json]") -> "Response":
        """Carry out `action` (a `Capability` value other than list/create/account) on a task; sent once.

        Raises:
            UsageError: the service has no such action, or `arguments` are not what it takes.
        """

    async def download(self, url: str, target: Path, progress: DownloadProgress | None = None) -> int:
        """Save an asset to `target` (0600, whole or not at all); returns the bytes written.

        The key goes only to this service's own origin.
        """

    async def close(self) -> None:
        """Close the connections; never raises."""


class Provider(Protocol):
    """One service: its description, and its reader and client made on demand."""

    info: "ProviderInfo"

    def reader(self) -> Reader:
        """Return the reader; imports no HTTP code."""

    def client(self, settings: Settings) -> Client:
        """Return a client; the first call imports httpx."""

    def cost_at_most(self, draft: "Draft") -> Cost:
        """Return what `draft` may cost at most by the published prices, and by which kind."""

    def check(self, draft: "Draft") -> Sequence[tuple[str, str]]:
        """Return (field, what is wrong) for every limit of the contract that `draft` breaks."""

    def options(self) -> "Sequence[Option]":
        """Return the service's own options of a new task, in the order a form shows them."""

    def parse_reference(self, text: str) -> str | None:
        """Return the remote id that a pasted id or web address of a task means; None if it is neither."""
