"""A scripted HTTP server on a real socket: sends prepared responses and records requests."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Asked:
    """One received request; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path without its query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query parameters, the last value of each."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def json(self) -> Any:
        """The body as JSON; None for an empty one."""
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True, slots=True)
class ScriptedReply:
    """One response; `held` leaves the connection open after the body, as an event stream does."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    held: bool = False


def reply(value: Any = None, status: int = 200, **headers: str) -> ScriptedReply:
    """Return a JSON answer; bytes are sent as they are."""
    body = value if isinstance(value, bytes) else b"" if value is None else json.dumps(value).encode()
    return ScriptedReply(status, body, {"Content-Type": "application/json", **headers})


def events(*frames: tuple[str, Any], held: bool = False) -> ScriptedReply:
    """Return a stream of server-sent events (name, data)."""
    text = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in frames)
    return ScriptedReply(200, text.encode(), {"Content-Type": "text/event-stream"}, held)


@dataclass(slots=True)
class ScriptedServer:
    """Answers by "METHOD /path": the replies one after another, the last for ever; "*" is anything else, else a 404."""

    base: str = ""
    script: dict[str, list[ScriptedReply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    _open: set["asyncio.Task[None]"] = field(default_factory=set)

    def on(self, request: str, *replies: ScriptedReply) -> None:
        """Set the responses to "METHOD /path" from now on."""
        self.script[request] = [*replies]

    def requests(self, request: str) -> list[Asked]:
        """Return the received requests of "METHOD /path"."""
        return [asked for asked in self.asked if f"{asked.method} {asked.path}" == request]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while not reader.at_eof():
                await self._answer(await _request(reader), writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            self._open.discard(task)
            writer.close()

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.asked.append(asked)
        rest = self.script.get("*", [reply({"detail": "not found"}, 404)])
        replies = self.script.get(f"{asked.method} {asked.path}", rest)
        given = replies.pop(0) if len(replies) > 1 else replies[0]
        size = {} if given.held else {"Content-Length": str(len(given.body))}
        lines = [f"HTTP/1.1 {given.status} Scripted", *(f"{n}: {v}" for n, v in {**given.headers, **size}.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode() + (b"" if given.status == 304 else given.body))
        await writer.drain()
        if given.held:
            await asyncio.Event().wait()


@asynccontextmanager
async def scripted_server() -> AsyncIterator[ScriptedServer]:
    """Run a server on a free local port for the block."""
    scripted = ScriptedServer()
    server = await asyncio.start_server(scripted._serve, "127.0.0.1", 0, limit=1 << 20)
    scripted.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield scripted
    finally:
        server.close()
        for task in [*scripted._open]:
            task.cancel()
        await asyncio.gather(*scripted._open, return_exceptions=True)


async def _request(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = [line.partition(":") for line in lines if line]
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Asked(method, target, headers, await reader.readexactly(int(headers.get("content-length", "0"))))
