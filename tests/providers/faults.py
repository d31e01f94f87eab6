"""A raw TCP server that breaks HTTP in one named way per path: `/<behaviour>/...`; records what it was asked."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache

OK_BODY = b'{"id": "1", "task_id": "1", "deepresearch_id": "1", "status": "running"}'


@dataclass
class Seen:
    """One request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def answer(status: int = 200, body: bytes = OK_BODY, *headers: tuple[str, str], length: bool = True) -> bytes:
    """Return a whole HTTP/1.1 answer."""
    lines = [f"HTTP/1.1 {status} Some Reason", "Connection: close"]
    names = {name.lower() for name, _ in headers}
    if "content-type" not in names:
        lines.append("Content-Type: application/json")
    if length and "content-length" not in names:
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@cache
def gzip_bomb(megabytes: int = 32) -> bytes:
    """Return a gzip stream of blanks that is 1,000 times as large when inflated."""
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(pack.compress(b" " * (1 << 20)) for _ in range(megabytes)) + pack.flush()


@dataclass
class Faults:
    """The server; `behaviours` may be extended by a test, `other` is an origin that must never be asked."""

    base: str = ""
    seen: list[Seen] = field(default_factory=list)
    canned: dict[str, bytes] = field(default_factory=dict)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    drip_every: float = 0.02  # seconds between the bytes of a slow answer
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request and misbehave."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            request = await read_request(reader)
            self.seen.append(request)
            await self.reply(request, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client had enough, or the test is over
        finally:
            self._tasks.discard(task)
            writer.close()

    async def reply(self, request: Seen, writer: asyncio.StreamWriter) -> None:
        """Misbehave as the path says; subclasses may choose otherwise."""
        name = request.path.strip("/").split("/")[0].split("?")[0]
        if name in self.canned:
            writer.write(self.canned[name])
            await writer.drain()
        else:
            await BEHAVIOURS[name](self, request, writer)

    async def stop(self) -> None:
        """End every connection that still hangs."""
        self.wake.set()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def read_request(reader: asyncio.StreamReader) -> Seen:
    if (first_byte := await reader.readexactly(1)) == b"\x16":  # a TLS hello: what a plain server makes of it
        return Seen("GET", "/not_http", {}, b"")
    head = (first_byte + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Seen(method, path, headers, body)


@asynccontextmanager
async def fault_server() -> AsyncIterator[Faults]:
    """Give a running server on a free port."""
    faults = Faults()
    server = await asyncio.start_server(faults.handle, "127.0.0.1", 0, limit=1 << 20)
    faults.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield faults
    finally:
        server.close()
        await faults.stop()


async def _reset(_faults: Faults, _request: Seen, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def _reset_in_the_middle(_faults: Faults, _request: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(200, OK_BODY[:20], ("Content-Length", "500")))
    await writer.drain()
    writer.transport.abort()


async def _stall(faults: Faults, _request: Seen, _writer: asyncio.StreamWriter) -> None:
    await faults.wake.wait()


async def _stall_in_the_middle(faults: Faults, _request: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(200, OK_BODY[:20], ("Content-Length", "500")))
    await writer.drain()
    await faults.wake.wait()


async def drip(faults: Faults, data: bytes, writer: asyncio.StreamWriter) -> None:
    """Send a byte at a time, as long as anybody listens."""
    wake = faults.wake  # of this fault: there is a new one for the next
    for byte in data:
        if wake.is_set():
            return
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(faults.drip_every)


async def _slow_headers(faults: Faults, _request: Seen, writer: asyncio.StreamWriter) -> None:
    await drip(faults, answer() * 50, writer)


async def _slow_body(faults: Faults, _request: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(200, b"", ("Content-Length", "100000")))
    await drip(faults, b" " * 100_000, writer)


async def _endless(faults: Faults, _request: Seen, writer: asyncio.StreamWriter) -> None:
    wake = faults.wake
    writer.write(answer(200, b"[", length=False))
    while not wake.is_set():
        writer.write(b" " * 65536)
        await writer.drain()


Behave = Callable[[Faults, Seen, asyncio.StreamWriter], Awaitable[None]]


def always(data: Callable[[], bytes]) -> Behave:
    """Return the behaviour that sends the same bytes to everybody."""

    async def behave(_faults: Faults, _request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(data())
        await writer.drain()

    return behave


_GZIP = ("Content-Encoding", "gzip")
BEHAVIOURS: dict[str, Behave] = {
    "ok": always(answer),
    "reset": _reset,
    "reset_in_the_middle": _reset_in_the_middle,
    "close": always(lambda: b""),
    "stall": _stall,
    "stall_in_the_middle": _stall_in_the_middle,
    "slow_headers": _slow_headers,
    "slow_body": _slow_body,
    "endless": _endless,
    "cut": always(lambda: answer(200, OK_BODY[:20], ("Content-Length", "500"))),
    "cut_chunk": always(
        lambda: answer(200, b"400\r\nabc", ("Transfer-Encoding", "chunked"), length=False),
    ),
    "gzip": always(lambda: answer(200, gzip.compress(OK_BODY), _GZIP)),
    "gzip_bomb": always(lambda: answer(200, gzip_bomb(), _GZIP)),
    "gzip_bad": always(lambda: answer(200, b"\x1f\x8bnonsense", _GZIP)),
    "gzip_cut": always(lambda: answer(200, gzip.compress(OK_BODY * 500)[:60], _GZIP)),
    "gzip_and_more": always(lambda: answer(200, gzip.compress(OK_BODY) + b"more", _GZIP)),
    "gzip_members": always(lambda: answer(200, gzip.compress(OK_BODY[:5]) + gzip.compress(OK_BODY[5:]), _GZIP)),
    "gzip_members_in_pieces": always(
        lambda: answer(200, b"".join(gzip.compress(bytes([byte])) for byte in OK_BODY), _GZIP)
    ),
    "json_called_html": always(lambda: answer(200, OK_BODY, ("Content-Type", "text/html; charset=utf-8"))),
    "br": always(lambda: answer(200, OK_BODY, ("Content-Encoding", "br"))),
    "zstd": always(lambda: answer(200, OK_BODY, ("Content-Encoding", "zstd"))),
    "nested_encoding": always(lambda: answer(200, OK_BODY, ("Content-Encoding", "gzip, gzip"))),
    "unknown_encoding": always(lambda: answer(200, OK_BODY, ("Content-Encoding", "x-rot13"))),
    "announced_huge": always(lambda: answer(200, OK_BODY, ("Content-Length", "99999999999"))),
    "negative_length": always(lambda: answer(200, OK_BODY, ("Content-Length", "-1"))),
    "not_modified": always(lambda: answer(304, b"", ("ETag", 'W/"1"'))),
    "no_content": always(lambda: answer(204, b"", length=False)),
    "part": always(lambda: answer(206, OK_BODY)),
    "html": always(lambda: answer(200, b"<html><title>Log in</title></html>", ("Content-Type", "text/html"))),
    "not_http": always(lambda: b"SSH-2.0-OpenSSH_9.6\r\n"),
    "many_headers": always(lambda: answer(200, OK_BODY, *(("X-Pad", "y" * 900) for _ in range(300)))),
    "cookie": always(lambda: answer(200, OK_BODY, ("Set-Cookie", "a=b; Domain=127.0.0.1"))),
    "hostile_header": always(lambda: answer(200, OK_BODY, ("Server", "\x1b]0;x\x07"))),
}
