"""The protocols of a provider: the seam between the engine and a service.

Held by one contract test-suite that runs every provider through the same cases.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tui.domain.frozen import frozen
from tui.domain.task import Cost, Task

if TYPE_CHECKING:
    from tui.domain.actions import Action, Outcome
    from tui.domain.detail import Detail, Json
    from tui.domain.options import Option
    from tui.domain.provider import AccountState, Draft, ProviderInfo, Response
    from tui.domain.secret import Secret

DownloadProgress = Callable[[int, int | None], None]  # bytes so far, bytes in all if the service says so


@frozen
class Page:
    """One page of a provider's list: tasks (summaries, `id` empty) and the cursor of the next page, if any."""

    tasks: tuple[Task, ...]
    cursor: str | None = None
    details: "tuple[Detail, ...]" = ()  # where a list carries whole tasks (Extruct): no second request is needed
    problems: tuple[str, ...] = ()
    id_member: str = "id"  # of an entry, for finding its bytes in the answer


@frozen
class ClientSettings:
    """The settings of a client: address, key, proxies, trusted certificates."""

    base_url: str
    key: "Secret | None"
    account: str = "default"
    ca_file: Path | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # organisation, project: of `ProviderInfo.headers`
    version: str = ""  # another version segment than the service's usual one


class Reader(Protocol):
    """Bytes -> domain values. Pure and total: raises `BadAnswer` for an invalid response, never anything else."""

    def recognises(self, value: "Mapping[str, Json]") -> int:
        """Return the confidence that a saved JSON object is a response of this service; 0: it is not."""

    def read_task(self, body: bytes, *, remote_id: str | None, received_at: datetime, traced: bool = True) -> "Detail":
        """Read a status response; one with another id than `remote_id` is a `BadAnswer`.

        With `traced` False nobody looks at the trace: that of an unfinished task may be left out.

        The returned task has an empty local `id`; the caller merges it into what it knows (`tui.engine.ingest.merge`).
        `finished_at` is None where the provider tells no time of the end: the caller knows when it first saw it.
        """

    def read_page(self, body: bytes, *, received_at: datetime, cursor: str | None = None) -> Page:
        """Read a list response; broken entries are counted in `Page.problems`, others kept.

        `cursor` is the one the page was asked for with: some services page by offset.
        """

    def read_created(self, body: bytes, *, draft: "Draft", received_at: datetime) -> Task:
        """Read the response to a create; the remote id is kept even if nothing else can be read.

        A service that refuses inside a 2xx answer gives a failed task, perhaps without a remote id. One that answers
        with the report gives a task with `has_report`: the caller then takes the answer in like a status answer.
        """

    def read_outcome(
        self, action: "Action", body: bytes, *, received_at: datetime, remote_id: str | None = None
    ) -> "Outcome":
        """Read the response to an action on `remote_id`; a refusal inside a 2xx is a `BadAnswer`."""


class Client(Protocol):
    """One account at one service over HTTP. Raises only `ProviderError`s. Never retries, never follows redirects.

    `ProviderError.outcome_unknown` tells whether a failed `create` or `act` may have been carried out all the same.
    A caller that is cancelled does not cancel the request: it ends by its own deadline.
    """

    async def fetch(self, remote_id: str, *, etag: str | None = None, previous: bytes | None = None) -> "Response":
        """Fetch one task; with `etag` the response may be 304 (body None).

        `previous` is the body of the fetch before: what can be had only once, and events of a stream, are taken over
        from it. `Response.irreplaceable` tells whether a body holds such things.
        """

    async def fetch_page(self, cursor: str | None = None) -> "Response":
        """Fetch one page of the list."""

    async def account(self) -> "AccountState":
        """Fetch credits or quota (capability ACCOUNT)."""

    async def create(self, draft: "Draft") -> "Response":
        """Start a task. Sent once, whatever happens."""

    async def act(self, action: "Action", remote_id: str) -> "Response":
        """Carry out `action` on a task, or on the batch that the action is about; sent once.

        Raises:
            UsageError: the service has no such action, or does not take it as it is.
        """

    async def download(self, url: str, target: Path, progress: DownloadProgress | None = None) -> int:
        """Download a file to `target` (0600, whole or not at all); returns the number of bytes.

        The key goes only to this service's own origin.
        """

    async def close(self) -> None:
        """Close the connections; never raises."""


class Provider(Protocol):
    """One service: its description, and its reader and client made on demand."""

    @property
    def info(self) -> "ProviderInfo":
        """The description, without any client code."""

    def reader(self) -> Reader:
        """Return the reader; imports no HTTP code."""

    def client(self, settings: ClientSettings) -> Client:
        """Return a client; the first call imports httpx."""

    def cost_at_most(self, draft: "Draft") -> Cost:
        """Return the cost of `draft` at most, by the published prices."""

    def check(self, draft: "Draft") -> Sequence[tuple[str, str]]:
        """Return (field, error) for every limit of the contract that `draft` breaks."""

    def check_action(self, action: "Action") -> str | None:
        """Return why `action` could not be sent as it is; None if it can be."""

    def options(self) -> "Sequence[Option]":
        """Return the service's own options of a new task, in the order of a form."""

    def parse_reference(self, text: str) -> str | None:
        """Return the remote id that a pasted id or web address of a task means; None if it is neither."""
