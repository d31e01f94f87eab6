"""`JsonClient`: the one client. It drives any `ProviderSpec` over HTTP and knows no service.

A fetch asks for the status, then for whatever else the specification names: a result when there should be one, events
while the task goes on. What was received before is carried over from the stored body of the previous fetch, so nothing
that can be had only once is lost, and a restart loses nothing either.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.domain.actions import Action, capability_of
from tui.domain.capability import Capability
from tui.domain.errors import BadAnswer, ProviderError, UsageError
from tui.domain.provider import AccountState, Draft, Response
from tui.domain.task import TaskStatus
from tui.providers.http.download import save
from tui.providers.http.session import DEFAULT_LIMITS, HttpRequest, HttpSession, TransferLimits
from tui.providers.http.sse import ServerEvent, parse_events
from tui.providers.protocol import ClientSettings, DownloadProgress
from tui.providers.sdk.endpoints import Endpoint, Exchange, Stream
from tui.providers.sdk.exchanges import STATUS, Received, pack, provider_of, unpack
from tui.providers.sdk.json import Notes, decode
from tui.providers.sdk.spec import ProviderSpec

if TYPE_CHECKING:
    from tui.providers.sdk.reader import JsonReader


class JsonClient:
    """One account at the service of a specification (see `tui.providers.protocol.Client`)."""

    def __init__(
        self, spec: ProviderSpec, settings: ClientSettings, *, limits: TransferLimits = DEFAULT_LIMITS
    ) -> None:
        self.spec = spec
        self._settings = settings
        self._http = HttpSession(spec.info, settings, spec.key.header_of, limits=limits)
        self._known_reader: JsonReader[Any] | None = None

    @property
    def _reader(self) -> "JsonReader[Any]":
        if self._known_reader is None:
            from tui.providers.sdk.reader import JsonReader

            reader = self.spec.reader()
            assert isinstance(reader, JsonReader), "this client reads with the SDK's reader"
            self._known_reader = reader
        return self._known_reader

    # -- a task -------------------------------------------------------------------------------------------------------

    async def fetch(self, remote_id: str, *, etag: str | None = None, previous: bytes | None = None) -> Response:
        """Fetch one task with all its exchanges."""
        ends = self.spec.endpoints
        known = _received(previous, self.spec.name)
        if ends.read_once and known and self._reader.peek(known[0].body).is_final:
            return Response(304, None, known[0].at)
        unchanged = {"If-None-Match": etag} if etag else {}
        first = await self._http.ask(self._request(ends.fetch, remote_id, headers=unchanged))
        if not ends.more or first.body is None:
            return replace(first, irreplaceable=True) if ends.read_once else first
        status = self._reader.peek(first.body)
        got = [_kept(Received(STATUS, first.body, first.received_at), known)]
        trouble: ProviderError | None = None
        for exchange in ends.more:
            had = [one for one in known if one.name == exchange.name]
            try:
                got += await self._more(exchange, remote_id, status, had)
            except ProviderError as error:
                got += had
                trouble = trouble or error
        live = any(one.once or one.stream or one.cursor for one in ends.more)
        body = first.body if len(got) == 1 else pack(self.spec.name, got)
        return replace(first, body=body, etag=None, trouble=trouble, irreplaceable=live and len(got) > 1)

    async def _more(
        self, exchange: Exchange, remote_id: str, status: TaskStatus, had: Sequence[Received]
    ) -> Sequence[Received]:
        """Return the responses of one exchange, after requesting it if it is due."""
        refused = bool(exchange.never and had and not had[-1].body)
        if status not in exchange.when or (exchange.once and had) or refused:
            return had
        try:
            if exchange.stream is not None:
                return await self._events(exchange, exchange.stream, remote_id, had)
            cursor, grows = _page_cursor(exchange, had)
            query = {exchange.cursor_parameter: cursor} if cursor else {}
            answer = await self._http.ask(self._request(exchange.endpoint, remote_id, query=query))
        except ProviderError as error:
            if error.http in exchange.never:
                return had or [Received(exchange.name, b"", datetime.now(UTC))]
            if error.http in exchange.absent:
                return had
            raise
        new = Received(exchange.name, answer.body or b"", answer.received_at)
        if exchange.cursor is None:
            return [_kept(new, had)]
        if had and had[-1].body == new.body:
            return had
        # A last page that grew holds what it held before; one that shrank was forgotten in part, and both are kept.
        return [*(had[:-1] if grows and len(new.body) >= len(had[-1].body) else had), new]

    async def _events(
        self, exchange: Exchange, stream: Stream, remote_id: str, had: Sequence[Received]
    ) -> Sequence[Received]:
        before = parse_events(had[0].body) if had else []
        query = {}
        if stream.cursor is not None:
            cursors = (stream.cursor(event.id, _json(event.data)) for event in reversed(before))
            cursor = next((one for one in cursors if one is not None), None)
            query = {stream.cursor_parameter: cursor} if cursor is not None else {}
        request = self._request(exchange.endpoint, remote_id, query=query, headers={"Accept": "text/event-stream"})
        answer = await self._http.look(request, stream.seconds, stream.idle)
        events = merged(before, parse_events(answer.body or b""), stream)
        new = Received(exchange.name, b"".join(event.raw for event in events), answer.received_at)
        return [_kept(new, had)] if events else had

    # -- the rest -----------------------------------------------------------------------------------------------------

    async def fetch_page(self, cursor: str | None = None) -> Response:
        """Fetch one page of the list."""
        ends, paging = self.spec.endpoints, self.spec.endpoints.paging
        if ends.list is None or paging is None:
            raise UsageError(self.spec.info.missing[Capability.LIST])
        query = {paging.size_parameter: str(paging.size)} if paging.size_parameter else {}
        if paging.cursor_parameter and (cursor or paging.offset):
            query[paging.cursor_parameter] = cursor or "0"
        return await self._http.ask(self._request(ends.list, query=query))

    async def account(self) -> AccountState:
        """Fetch credits or quota."""
        if self.spec.endpoints.account is None:
            raise UsageError(self.spec.info.missing[Capability.ACCOUNT])
        answer = await self._http.ask(self._request(self.spec.endpoints.account))
        return self._reader.read_account(answer.body or b"")

    async def create(self, draft: Draft) -> Response:
        """Start a task; sent once, whatever happens."""
        endpoint = self.spec.endpoints.create
        if endpoint is None:
            raise UsageError(self.spec.info.missing[Capability.CREATE])
        if endpoint.opening is None:
            return await self._http.ask(self._request(endpoint, about=draft))
        seconds = (endpoint.seconds(draft) if callable(endpoint.seconds) else endpoint.seconds) or DEFAULT_LIMITS.total
        request = self._request(endpoint, about=draft)
        return await self._http.look(request, seconds, seconds, until=endpoint.opening)

    async def act(self, action: Action, remote_id: str) -> Response:
        """Carry out an action; sent once."""
        endpoint = self.spec.endpoints.actions.get(type(action))
        if endpoint is None:
            said = self.spec.info.missing.get(capability_of(action))
            raise UsageError(said or f"{self.spec.title} cannot do this")
        first: tuple[object, ...] = ()
        if endpoint.asks_first:
            task = await self._http.ask(self._request(self.spec.endpoints.fetch, remote_id))
            first = (decode(task.body, Notes()),)
        return await self._http.ask(self._request(endpoint, remote_id, about=action, known=first))

    async def download(self, url: str, target: Path, progress: DownloadProgress | None = None) -> int:
        """Download a file; the key is sent only to the service's own origin. A path is relative to the base URL."""
        if url.startswith("/"):
            url = self._http.origin.url(*url.strip("/").split("/"))
        return await save(self._http, url, target, progress)

    async def close(self) -> None:
        """Close the connections; never raises."""
        await self._http.close()

    def _request(
        self,
        endpoint: Endpoint,
        remote_id: str = "",
        *,
        about: Draft | Action | None = None,
        known: tuple[object, ...] = (),
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpRequest:
        version = self._settings.version or self.spec.version if endpoint.version is None else endpoint.version
        path = [_filled(part, remote_id, about) for part in endpoint.path]
        given = (about, remote_id) if isinstance(about, Action) else (about,)
        body = endpoint.body(*given, *known) if endpoint.body is not None else None
        content = None if body is None else json.dumps(body).encode()
        typed = {} if content is None else {"Content-Type": "application/json"}
        own = endpoint.headers(*given) if callable(endpoint.headers) else endpoint.headers
        asked = endpoint.query(*given) if callable(endpoint.query) else endpoint.query
        return HttpRequest(
            endpoint.method,
            self._http.origin.url(*([version] if version else []), *path),
            {**asked, **(query or {})},
            {**self.spec.constant_headers, **self._settings.headers, **typed, **own, **(headers or {})},
            content,
            refusal_rules=(endpoint.on, self.spec.refusal_rules),
            seconds=endpoint.seconds(about) if callable(endpoint.seconds) else endpoint.seconds,
        )


def _page_cursor(exchange: Exchange, had: Sequence[Received]) -> tuple[str | None, bool]:
    """Return (cursor of the request, whether it is the previous page's): pages may lack a next cursor."""
    if exchange.cursor is None or not had:
        return None, False
    following = exchange.cursor(had[-1].body)
    if following is not None:
        return following, False
    return (exchange.cursor(had[-2].body) if len(had) > 1 else None), True


def merged(before: Sequence[ServerEvent], new: Sequence[ServerEvent], stream: Stream) -> list[ServerEvent]:
    """Return all events of a stream once, in order; of those in `newest_only` the newest alone."""
    events = list({event.raw: event for event in (*before, *new)}.values())
    newest = {event.name: event for event in events if event.name in stream.newest_only}
    events = [event for event in events if newest.get(event.name, event) is event]
    size = sum(len(event.raw) for event in events)
    while events and size > stream.size:
        size -= len(events.pop(0).raw)
    return events


def _kept(new: Received, before: Sequence[Received]) -> Received:
    """Return the previous response if the new one is equal, so that it is not stored again."""
    return next((one for one in before if (one.name, one.body) == (new.name, new.body)), new)


def _filled(part: str, remote_id: str, about: Draft | Action | None) -> str:
    if not (part.startswith("{") and part.endswith("}")):
        return part
    name = part[1:-1]
    return remote_id if name == "id" else str(getattr(about, name))


def _received(previous: bytes | None, provider: str) -> Sequence[Received]:
    """Return the responses in a stored body: those of a container, or the body itself."""
    if not previous:
        return ()
    if provider_of(previous) != provider:
        return (Received(STATUS, previous, datetime.now(UTC)),)
    try:
        return unpack(previous)
    except BadAnswer:
        return ()


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
