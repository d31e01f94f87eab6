"""TCP and TLS by asyncio's own transports, for httpcore: its way through anyio takes a third of a small request.

Connections are still made by httpcore (addresses in turn, RFC 8305); what is read and written then goes past anyio.
That a server closed an idle connection is known from the event loop, where anyio asks the system eight times a request.
"""

# httpcore's signatures:
# ruff: noqa: ASYNC109

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

_MUCH = 256 * 1024  # bytes that wait to be read, from which on no more is taken from the network


class AsyncioBackend(httpcore.AsyncNetworkBackend):
    """Makes connections to hosts."""

    def __init__(self) -> None:
        self._connects = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a host; raises `httpcore.ConnectError` and `ConnectTimeout`."""
        made = await self._connects.connect_tcp(host, port, timeout, local_address, socket_options)
        sock = made.get_extra_info("socket").dup()
        try:
            await made.aclose()
            _, received = await asyncio.get_running_loop().create_connection(_Received, sock=sock)
        except BaseException:
            sock.close()
            raise
        return AsyncioStream(received)

    async def sleep(self, seconds: float) -> None:
        """Wait; httpcore does between attempts to connect."""
        await asyncio.sleep(seconds)


class AsyncioStream(httpcore.AsyncNetworkStream):
    """One connection, read and written by one task at a time."""

    def __init__(self, received: "_Received") -> None:
        self._received = received

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what came, b"" at the end; raises `httpcore.ReadError` and `ReadTimeout`."""
        received = self._received
        if not received.data and not received.ended and not await received.wait(timeout):
            raise httpcore.ReadTimeout
        if received.data:
            return received.take(max_bytes)
        if received.error is not None:
            raise httpcore.ReadError(str(received.error)) from received.error
        return b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of `buffer`; raises `httpcore.WriteError` and `WriteTimeout`."""
        received = self._received
        if received.transport.is_closing():
            raise httpcore.WriteError(str(received.error or "the connection is closed")) from received.error
        if buffer:
            received.transport.write(buffer)
        while received.full:
            if not await received.wait(timeout):
                raise httpcore.WriteTimeout
            if received.ended:
                raise httpcore.WriteError(str(received.error or "the connection was closed")) from received.error

    async def aclose(self) -> None:
        """Close the connection at once."""
        self._received.transport.abort()
        await asyncio.sleep(0)  # the socket is closed a turn of the loop later

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Begin TLS; raises `httpcore.ConnectError` and `ConnectTimeout`."""
        received, loop = self._received, asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                transport = await loop.start_tls(
                    received.transport, received, ssl_context, server_hostname=server_hostname
                )
        except BaseException as error:
            await self.aclose()
            if isinstance(error, TimeoutError):
                raise httpcore.ConnectTimeout from error
            if isinstance(error, OSError):  # ssl.SSLError is one
                raise httpcore.ConnectError(str(error)) from error
            raise
        if transport is None:
            raise httpcore.ConnectError("the connection was closed")
        received.transport = transport
        return self

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore asks about a connection."""
        received = self._received
        if info == "is_readable":
            return bool(received.data) or received.ended
        names = {"client_addr": "sockname", "server_addr": "peername"}
        return received.transport.get_extra_info(names.get(info, info))


class _Received(asyncio.Protocol):
    """What came over one connection and was not read yet."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.data = b""
        self.ended = False
        self.full = False  # more was written than the network takes now
        self.error: Exception | None = None
        self._paused = False
        self._waiter: asyncio.Future[bool] | None = None

    async def wait(self, timeout: float | None) -> bool:
        """Wait for an event; returns False if `timeout` seconds passed without one."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[bool] = loop.create_future()
        self._waiter = waiter
        timer = None if timeout is None else loop.call_later(timeout, self._wake, False)
        try:
            return await waiter
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()

    def take(self, most: int) -> bytes:
        """Return at most so many of the bytes that came."""
        data, self.data = self.data[:most], self.data[most:]
        if self._paused and len(self.data) < _MUCH and not self.transport.is_closing():
            self._paused = False
            self.transport.resume_reading()
        return data

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Keep what came."""
        self.data += data
        if len(self.data) >= _MUCH and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """Nothing more will come; the transport closes itself."""
        self.ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed."""
        self.ended, self.error = True, exc
        self._wake()

    def pause_writing(self) -> None:
        """Let writers wait."""
        self.full = True

    def resume_writing(self) -> None:
        """Let writers go on."""
        self.full = False
        self._wake()

    def _wake(self, happened: bool = True) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(happened)
