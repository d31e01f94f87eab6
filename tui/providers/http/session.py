"""One account's way to one service over HTTP: the only module that knows how httpx is made and driven.

Nothing is redirected, cancelled or logged here, and nothing retried but a read on a connection that the service closed
while it was kept (RFC 9112 section 9.3.1). A request ends by its own deadline even when its caller is gone: cancelling
a request can leak its place in the connection pool for ever (httpcore #1093).
"""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, cached_property, lru_cache
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tui import __version__
from tui.domain.errors import BadAnswer, Unreachable
from tui.domain.frozen import frozen
from tui.domain.provider import ProviderInfo, RefusalRules, Response
from tui.domain.url import host_of
from tui.providers.http.base_url import Origin, is_loopback, parse_origin, usable_key
from tui.providers.http.body_stream import TooMuch, Unusable, looked_at, read_body
from tui.providers.http.errors import Failure, refusal
from tui.providers.http.network import REQUEST_ERRORS, cannot_build, unreachable
from tui.providers.http.proxies import proxy_map
from tui.providers.http.retry_after import http_date, retry_after
from tui.providers.protocol import ClientSettings

_ERROR_BODY_BYTES = 65_536
_CLOSED = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
T = TypeVar("T")

# httpx logs whole URLs at INFO and httpcore headers at DEBUG; both may hold secrets.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@frozen
class TransferLimits:
    """Time-outs in seconds and size limits in bytes."""

    connect: float = 10.0
    read: float = 20.0
    write: float = 10.0
    pool: float = 5.0
    total: float = 45.0
    size: int = 32 << 20
    connections: int = 6
    kept: float = 30.0  # an idle connection; httpx's own 5 would end it between two polls

    def timeout(self) -> httpx.Timeout:
        """Return httpx's time-outs, which limit each step, never the whole."""
        return httpx.Timeout(connect=self.connect, read=self.read, write=self.write, pool=self.pool)


DEFAULT_LIMITS = TransferLimits()


@frozen
class HttpRequest:
    """One request. `keyed` ones carry the account's key."""

    method: str
    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    keyed: bool = True
    refusal_rules: tuple[RefusalRules, ...] = ()  # of refusals; the first that knows
    seconds: float | None = None  # for the whole request, where the usual limit is too short

    @property
    def changes(self) -> bool:
        """Whether the request changes something at the service: every method but GET."""
        return self.method != "GET"


@dataclass(slots=True)
class _Pool:
    client: httpx.AsyncClient
    users: int = 0


class _Connection:
    """Whether a request used a new or a kept connection, learned from httpcore's trace."""

    new = False

    async def trace(self, event: str, _: Mapping[str, Any]) -> None:
        self.new = self.new or event.startswith("connection.connect")


class HttpSession:
    """The connections of one account; opened at the first request, and again after trouble."""

    def __init__(
        self,
        info: ProviderInfo,
        settings: ClientSettings,
        key_header: Callable[[str], tuple[str, str]],
        *,
        limits: TransferLimits = DEFAULT_LIMITS,
    ) -> None:
        self.info = info
        self.limits = limits
        self._settings = settings
        self._key_header = key_header
        self._pool: _Pool | None = None
        self._closed = False
        self._running: set[asyncio.Task[Any]] = set()

    @cached_property
    def origin(self) -> Origin:
        """The origin of this account's requests; a bad base URL is refused at the first one."""
        return parse_origin(self._settings.base_url, self.info, with_key=self._settings.key is not None)

    async def ask(self, call: HttpRequest) -> Response:
        """Send one request and return its response.

        Raises:
            ProviderError: there is no usable answer; see `tui.domain.errors`.
        """
        return await self.shielded(self._answer(call))

    async def look(
        self, call: HttpRequest, seconds: float, idle: float, until: Callable[[bytes], bool] | None = None
    ) -> Response:
        """Read an event stream until it ends, for `seconds`, or until nothing came for `idle` seconds.

        `until` is asked of what came so far, and ends the look when it says yes.

        Raises:
            ProviderError: there is no stream; that one breaks off is no error.
        """
        return await self.shielded(self._look(call, seconds, idle, until))

    async def shielded(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` to its end even if the caller is cancelled."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Close the connections, which ends requests under way; never raises."""
        self._closed = True  # a request that comes late would make a pool that nobody closes
        pool, self._pool = self._pool, None
        if pool is not None:
            await _close(pool.client)
        if self._running:
            await asyncio.wait(self._running, timeout=1.0)

    @asynccontextmanager
    async def exchange(self, call: HttpRequest, deadline: float) -> AsyncIterator[httpx.Response]:
        """Send `call` and return its response, unread; every failure is a `ProviderError`."""
        if self._closed:
            raise Unreachable(f"{self.info.title}: the connections are closed")
        pool = self._pool = self._pool or self._new_pool()
        pool.users += 1
        try:
            response = await self._head(pool, call, deadline)
            try:
                yield response
            finally:
                await response.aclose()
        except TimeoutError:
            self._retire(pool)
            raise Unreachable(
                f"{self.info.title}: {host_of(call.url)} gave no whole answer in time", outcome_unknown=call.changes
            ) from None
        except REQUEST_ERRORS as error:
            if isinstance(error, httpx.PoolTimeout):
                self._retire(pool)
            raise unreachable(error, self.info, host_of(call.url), changes=call.changes) from None
        finally:
            pool.users -= 1
            if pool is not self._pool and not pool.users:
                await _close(pool.client)

    async def _head(self, pool: _Pool, call: HttpRequest, deadline: float) -> httpx.Response:
        """Send a request and await the headers. Its deadline cancels it; the pool is not used again after that."""
        headers = dict(call.headers)
        if call.keyed:
            name, value = self._key_header(usable_key(self._settings.key, self.info))
            headers[name] = value
        connection = _Connection()
        limits = self.limits if call.seconds is None else replace(self.limits, read=call.seconds)
        request = pool.client.build_request(
            call.method,
            _parsed(call.url),
            params=call.params or None,
            headers=headers,
            content=call.body,
            extensions={"trace": connection.trace},
            timeout=limits.timeout(),
        )
        async with asyncio.timeout_at(deadline):
            while True:
                try:
                    return await pool.client.send(request, stream=True)
                except _CLOSED:
                    if call.changes or connection.new:
                        raise

    async def _answer(self, call: HttpRequest) -> Response:
        deadline = asyncio.get_running_loop().time() + (call.seconds or self.limits.total)
        async with self.exchange(call, deadline) as response:
            status, headers = response.status_code, response.headers
            received = datetime.now(UTC)
            wait = retry_after(headers.get("retry-after"), now=received, server_date=headers.get("date"))
            if status == 304 and "If-None-Match" in call.headers:
                async for _ in response.aiter_raw():  # there is nothing; read to its end the connection is kept
                    pass
                return Response(304, None, received, _etag(headers), wait, http_date(headers.get("date")))
            if not 200 <= status < 300:
                raise await self._failure(call, response, wait, deadline)
            self._check_whole(call, status)
            try:
                body = await read_body(response, self.limits.size, deadline)
            except (TooMuch, Unusable) as error:
                raise Unreachable(f"{self.info.title}: {error}", outcome_unknown=call.changes) from None
            self._check_kind(call, status, headers, body)
            return Response(status, body, received, _etag(headers), wait, http_date(headers.get("date")))

    async def _look(
        self, call: HttpRequest, seconds: float, idle: float, until: Callable[[bytes], bool] | None
    ) -> Response:
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with self.exchange(call, began + self.limits.total) as response:
            received = datetime.now(UTC)
            wait = retry_after(response.headers.get("retry-after"), now=received)
            if not 200 <= response.status_code < 300:
                raise await self._failure(call, response, wait, began + self.limits.total)
            self._check_whole(call, response.status_code)
            self._check_kind(call, response.status_code, response.headers, b"")
            body = bytearray()
            with suppress(
                TooMuch, Unusable, httpx.StreamError, OSError, RuntimeError, *REQUEST_ERRORS
            ):  # how a stream ends says nothing; what came counts
                async with aclosing(looked_at(response, self.limits.size, loop.time() + seconds, idle)) as pieces:
                    async for piece in pieces:
                        body += piece
                        if until is not None and until(bytes(body)):
                            break
            return Response(response.status_code, bytes(body), received, None, wait)

    def _check_whole(self, call: HttpRequest, status: int) -> None:
        if not call.changes and status in {204, 205, 206}:
            raise self._no_data(call, status, f"answered HTTP {status}, which is no whole answer")

    def _check_kind(self, call: HttpRequest, status: int, headers: httpx.Headers, body: bytes) -> None:
        """Refuse an HTML page; JSON with another content type is accepted."""
        if "html" in headers.get("content-type", "").lower() and body.lstrip()[:1] not in {b"{", b"["}:
            raise self._no_data(call, status, "answered with an HTML page instead of data")

    def _no_data(self, call: HttpRequest, status: int, trouble: str) -> BadAnswer:
        return BadAnswer(
            f"{self.info.title} {trouble}",
            hint=f"a captive portal or proxy, or a wrong {self.info.base_url_variable}",
            http=status,
            outcome_unknown=call.changes,
        )

    async def _failure(
        self, call: HttpRequest, response: httpx.Response, wait: float | None, deadline: float
    ) -> Exception:
        try:
            body = await read_body(response, _ERROR_BODY_BYTES, deadline)
        except (TooMuch, Unusable, *REQUEST_ERRORS):
            body = b""  # the status says enough; a broken explanation must not hide it
        key = self._settings.key
        failure = Failure(
            response.status_code,
            body,
            response.headers.get("content-type", ""),
            response.headers.get("location", ""),
            wait,
            call.changes,
            call.refusal_rules,
            key.reveal() if key else "",
        )
        return refusal(failure, self.info)

    def _new_pool(self) -> _Pool:
        try:
            tls = tls_context(self._settings.ca_file)
            limits = httpx.Limits(max_connections=self.limits.connections, keepalive_expiry=self.limits.kept)
            proxies = {} if is_loopback(self.origin.host) else proxy_map()  # no proxy leads to this machine
            client = httpx.AsyncClient(
                verify=tls,
                timeout=self.limits.timeout(),
                limits=limits,
                follow_redirects=False,
                trust_env=False,  # proxies are read here, certificates by `tls`, and keys come from nowhere else
                mounts={
                    pattern: httpx.AsyncHTTPTransport(verify=tls, limits=limits, proxy=proxy) if proxy else None
                    for pattern, proxy in proxies.items()
                },
                headers={
                    "Accept": "application/json",
                    "Accept-Encoding": "gzip",
                    "User-Agent": f"divewatch/{__version__}",
                },
            )
        except (*REQUEST_ERRORS, ImportError) as error:
            raise cannot_build(error, self.info) from None
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        return _Pool(client)

    def _retire(self, pool: _Pool) -> None:
        if self._pool is pool:
            self._pool = None

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # a caller that is gone must not leave an "exception was never retrieved"


@lru_cache(1024)
def _parsed(url: str) -> httpx.URL:
    """Return an address as httpx takes it apart, which is a tenth of an unchanged poll; a task is polled many times."""
    return httpx.URL(url)


async def _close(client: httpx.AsyncClient) -> None:
    try:
        await client.aclose()
    except (*REQUEST_ERRORS, RuntimeError):
        return  # it is closed as far as it can be; nobody could do anything about the rest


def _etag(headers: httpx.Headers) -> str | None:
    value: str = headers.get("etag", "")
    return value if 0 < len(value) <= 512 and value.isascii() and value.isprintable() else None


@cache
def tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """Return the shared client context; verification is always on.

    Raises:
        OSError: `ca_file` cannot be read or holds no certificate (`ssl.SSLError` is an OSError).
    """
    if ca_file is not None:
        return ssl.create_default_context(cafile=str(ca_file.expanduser()))
    try:
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    except (ImportError, OSError, NotImplementedError):
        return httpx.create_ssl_context(trust_env=False)  # the certificates that come with httpx
