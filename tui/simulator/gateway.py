"""Middleware in front of each simulated service: reads the request, applies faults, logs it, sends the response.

Responses are held whole before they are sent, so that a fault can damage them.
"""

import asyncio
import json
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tui.simulator.fault_effects import HeldResponse, replaced, spoiled
from tui.simulator.faults import Fault, Faults
from tui.simulator.service import Service

Drop: TypeAlias = Callable[[Scope], None]
BODY_LIMIT = 32 * 1024 * 1024
SECRET_HEADERS = frozenset({"authorization", "x-api-key", "x-goog-api-key", "cookie"})


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request and its response."""

    provider: str
    method: str
    path: str  # without the provider's prefix: "/v1/user"
    query: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime
    status: int | None  # of the answer; None when the connection was dropped instead

    @property
    def json(self) -> Any:
        """The request body as JSON; None if it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(slots=True)
class Log:
    """The request log, and every exception of the simulator itself."""

    requests: list[Recorded] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)


class Gateway:
    """The middleware of one service."""

    def __init__(self, service: Service, faults: Faults, log: Log, drop: Drop) -> None:
        self._provider = service.name
        self._app: ASGIApp = service.application()
        self._refusal = service.refusal
        self._starts = service.starts
        self._faults = faults
        self._log = log
        self._drop = drop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        body = await _read(receive)
        path = _path(scope)
        struck = self._faults.striking(self._provider, scope["method"], path)
        answer = await self._answer(scope, body, path, struck, receive, send)
        if answer is not None and answer.streamed:
            return
        self._record(scope, body, answer)
        if answer is None:
            self._drop(scope)
            await _wait_for_disconnect(receive)
            return
        await _send(answer, send)
        if answer.cut:
            self._drop(scope)
            await _wait_for_disconnect(receive)

    async def _answer(  # noqa: PLR0917 - one request, all of it
        self, scope: Scope, body: bytes, path: str, struck: list[Fault], receive: Receive, send: Send
    ) -> HeldResponse | None:
        names = {fault.name: fault for fault in struck}
        if slow := names.get("slow"):
            await asyncio.sleep(slow.number(3))
        if stall := names.get("stall"):
            await asyncio.sleep(stall.number(3600))
            return None
        if "drop" in names:
            return None
        for fault in struck:
            if (instead := replaced(fault, self._provider, _url(scope), self._refusal)) is not None:
                return instead
        if len(body) > BODY_LIMIT:
            refusal = self._refusal(413)
            return HeldResponse.of(refusal.status, refusal.body)
        answer = await self._ask(_unconditional(scope) if struck else scope, body, receive, send)
        if answer.streamed:
            return answer
        is_create = self._starts(scope["method"], path) and answer.status < 300
        if is_create and "create-lost" in names:
            return None
        if is_create and "create-502" in names:
            return HeldResponse.html(502)
        return spoiled(struck, answer)

    async def _ask(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> HeldResponse:
        """Pass the request to the service and hold its response; an event stream passes through as it comes."""
        answer = HeldResponse(500, {}, b"")
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def hold(message: Message) -> None:
            if answer.streamed:
                await send(message)
            elif message["type"] == "http.response.start" and _is_stream(message):
                answer.status, answer.streamed = message["status"], True
                self._record(scope, body, answer)  # before it is sent: who has an answer finds its request in the log
                await send(message)
            elif message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
            else:
                answer.body += message.get("body", b"")

        try:
            await self._app(scope, replay, hold)
        except Exception:  # noqa: BLE001 - the supervision boundary: a bug here reaches tests, and clients as a 500
            self._log.crashes.append(traceback.format_exc())
            return answer if answer.streamed else HeldResponse.of(500, self._refusal(500).body)
        return answer

    def _record(self, scope: Scope, body: bytes, answer: HeldResponse | None) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        recorded = Recorded(
            provider=self._provider,
            method=scope["method"],
            path=_path(scope),
            query=scope["query_string"].decode("latin-1"),
            headers={name: value for name, value in headers.items() if name not in SECRET_HEADERS},
            body=body,
            at=datetime.now(UTC),
            status=answer.status if answer else None,
        )
        self._log.requests.append(recorded)


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope["root_path"])


def _is_stream(message: Message) -> bool:
    return any(name == b"content-type" and b"event-stream" in value for name, value in message["headers"])


def _unconditional(scope: Scope) -> Scope:
    """Return the request without If-None-Match: a 304 would hide what a fault does to the body."""
    return {**scope, "headers": [header for header in scope["headers"] if header[0] != b"if-none-match"]}


def _url(scope: Scope) -> str:
    host = dict(scope["headers"]).get(b"host", b"localhost").decode("latin-1")
    return f"{scope['scheme']}://{host}{scope['path']}"


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        if len(body) <= BODY_LIMIT:
            body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


async def _send(answer: HeldResponse, send: Send) -> None:
    headers: Mapping[str, str] = {name.lower(): value for name, value in answer.headers.items()}
    length = answer.length if answer.length is not None else len(answer.body)
    if answer.status not in (204, 304):
        headers = {**headers, "content-length": str(length)}
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body, "more_body": answer.cut})


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
