"""The way of each program to the simulator, with faults and a record: who asked which service when, and until when."""

import asyncio
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType

_METHODS = (b"GET ", b"POST ", b"PUT ", b"DELETE ", b"PATCH ")
_CHUNK = 65536
_NOT_NOW = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(slots=True)
class Asked:
    """One request: times are monotonic seconds; `until` is when its answer began, or its connection ended."""

    who: int
    method: str
    service: str
    path: str
    at: float
    until: float = float("inf")


@dataclass
class Ways:
    """Sockets in front of the simulator at `port`, one for each program that asks for one; `share` of requests fail."""

    port: int
    share: float = 0.0
    seed: int = 1
    asked: list[Asked] = field(default_factory=list)
    faults: int = 0

    def __enter__(self) -> "Ways":
        """Listen."""
        self._rng = random.Random(self.seed)
        self._loop = asyncio.new_event_loop()
        self._ports: dict[int, int] = {}
        self._servers: list[asyncio.Server] = []  # a server that nobody holds is closed
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="ways", daemon=True)
        self._thread.start()
        ready.wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Stop."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def exports(self, who: int, exports: Mapping[str, str]) -> dict[str, str]:
        """Return the variables that lead program `who` to the simulator by its own way."""
        if who not in self._ports:
            listening = asyncio.run_coroutine_threadsafe(self._listen(who), self._loop).result()
            self._servers.append(listening)
            self._ports[who] = listening.sockets[0].getsockname()[1]
        there, here = f"127.0.0.1:{self.port}/", f"127.0.0.1:{self._ports[who]}/"
        return {name: value.replace(there, here) for name, value in exports.items()}

    def together(self) -> list[tuple[Asked, Asked]]:
        """Return pairs of questions about tasks that two programs asked one service at the same time.

        Lists are left out: whoever lost the answer to a create looks for the task there, whoever polls.
        """
        found = []
        latest: dict[str, Asked] = {}
        about_tasks = [one for one in self.asked if one.method == "GET" and "?" not in one.path]
        for one in sorted(about_tasks, key=lambda one: one.at):
            before = latest.get(one.service)
            if before is not None and before.who != one.who and before.until > one.at:
                found.append((before, one))
            if before is None or before.who != one.who or one.until > before.until:
                latest[one.service] = one
        return found

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(lambda loop, context: None)  # connections end in all sorts of ways
        ready.set()
        self._loop.run_forever()

    async def _listen(self, who: int) -> asyncio.Server:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._serve(who, reader, writer)

        return await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 22)

    async def _serve(self, who: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.port)
        open_questions: list[Asked] = []
        fault = ""

        async def answers() -> None:
            while data := await there.read(_CHUNK):
                for one in open_questions:
                    one.until = min(one.until, time.monotonic())
                if fault == "no answer":
                    return
                writer.write(data)
                await writer.drain()

        answering = asyncio.ensure_future(answers())
        try:
            while data := await reader.read(_CHUNK):
                if data.startswith(_METHODS):
                    method, path = data.split(b" ", 2)[:2]
                    _, service, rest = path.decode().split("/", 2)
                    one = Asked(who, method.decode(), service, rest, time.monotonic())
                    open_questions[:] = [one]
                    self.asked.append(one)
                    fault = self._fault()
                    if fault == "503":
                        writer.write(_NOT_NOW)
                        await writer.drain()
                    if fault in {"503", "drop"}:
                        return
                back.write(data)
                await back.drain()
                if answering.done():
                    return
        finally:
            for one in open_questions:
                one.until = min(one.until, time.monotonic())
            if fault == "no answer":
                await asyncio.wait([answering], timeout=10)
            answering.cancel()
            writer.close()
            back.close()

    def _fault(self) -> str:
        if self._rng.random() >= self.share:
            return ""
        self.faults += 1
        return self._rng.choice(("503", "drop", "no answer"))
