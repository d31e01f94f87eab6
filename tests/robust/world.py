"""The real engine, archive and clients against the simulated services over real sockets, in time that jumps.

Servers and engine share one event loop, the one in the `Runtime`'s thread. When nothing is to be done on it, no byte
can be on its way, so its clock jumps to the next timer: the product's own deadlines hold, and an hour takes no time.
"""

import asyncio
import random
import selectors
import socket
from collections.abc import Callable, Collection, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast
from urllib.parse import unquote, urlsplit

import pytest

from tests.providers.faults import Behave, Faults, Seen, answer, read_request
from tests.robust.behaviours import MOST
from tui.domain.provider import ProviderInfo
from tui.domain.secret import Secret
from tui.domain.task import Task
from tui.engine.archive import Archive
from tui.engine.executor import DaemonExecutor
from tui.engine.polling.connection import ServiceAccount
from tui.engine.runtime import Runtime
from tui.providers.http.session import HttpSession
from tui.providers.protocol import ClientSettings
from tui.providers.registry import load
from tui.simulator.app import Simulation, create_app
from tui.simulator.clock import SimulatedClock

P = ParamSpec("P")
T = TypeVar("T")

NAMES = ("extruct", "yutori", "valyu")
KEYS = {"extruct": "sk-canary-extruct-4711", "yutori": "yt-canary-yutori-4712", "valyu": "val-canary-valyu-4713"}
EPOCH = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PATIENCE = 800.0  # real seconds a whole story may take before the test fails
_GRACE = 0.0003  # real seconds in which another thread may still hand something over before time jumps
_LOOPBACK = "127.0.0.1"


class _Jumping(selectors.SelectSelector):
    """Waits in real time only for other threads; otherwise it moves the clock on."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.elsewhere = 0  # calls under way on other threads

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        ready = super().select(5.0 if self.elsewhere or timeout is None else _GRACE)
        if not ready and timeout is not None and not self.elsewhere:
            self.now += timeout
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps; names are looked up in a table."""

    def __init__(self) -> None:
        self.jumping = _Jumping()
        self.hosts: dict[str, Callable[[], Coroutine[Any, Any, list[str]]]] = {}
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.now

    async def getaddrinfo(self, host: Any, port: Any, **_: Any) -> list[Any]:
        """Look a name up in `hosts`."""
        name = host.decode() if isinstance(host, bytes) else host
        if name not in self.hosts:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        found = await self.hosts[name]()
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in found
        ]

    def await_elsewhere(self, future: "Future[T]") -> "Future[T]":
        """Let no time pass until `future`, which is another thread's work, is done."""
        self.jumping.elsewhere += 1
        future.add_done_callback(self._came_back)
        return future

    def _came_back(self, _future: "Future[Any]") -> None:
        try:
            self.call_soon_threadsafe(self._one_less)
        except RuntimeError:
            return  # the loop is closed

    def _one_less(self) -> None:
        self.jumping.elsewhere -= 1


class LoopClock:
    """The clocks of a `JumpingLoop`."""

    def __init__(self, loop: JumpingLoop) -> None:
        self._loop = loop

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self._loop.time())

    def monotonic(self) -> float:
        return self._loop.time()


class SimulatorClock(SimulatedClock):
    """The simulator's clock on a `JumpingLoop`."""

    def __init__(self, loop: JumpingLoop) -> None:
        super().__init__()
        self._epoch = EPOCH.timestamp()
        self._loop = loop

    def now(self) -> float:
        return self._loop.time()


class _Threads(DaemonExecutor):
    """The engine's threads; time stands still while one of them works."""

    loop: JumpingLoop

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        return self.loop.await_elsewhere(super().submit(fn, *args, **kwargs))


class _Patient:
    """An archive during whose writes time stands still."""

    def __init__(self, archive: Archive, loop: JumpingLoop) -> None:
        self._archive = archive
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._archive, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            result = method(*args, **kwargs)
            return self._loop.await_elsewhere(result) if isinstance(result, Future) else result

        return call if callable(method) else method


@dataclass
class Front(Faults):
    """One service behind a raw socket: the simulator's answers, unless `fault` says otherwise.

    `carries_out` lets the service act on a create before the fault spoils the answer.
    """

    name: str = ""
    simulation: Simulation | None = None
    fault: Behave | None = None
    carries_out: bool = False
    reads_only: bool = False  # a create is spared
    elsewhere: str = ""  # another origin, that must never be asked
    drip_every: float = 1.0
    _full: list[socket.socket] = field(default_factory=list)

    @property
    def info(self) -> ProviderInfo:
        """The provider's description."""
        return load(self.name).info

    def fill_queue(self) -> None:
        """Listen on another address of this machine, at the same port, and let nobody in."""
        port = urlsplit(self.base).port
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.9", port))
        listening.listen(0)
        self._full.append(listening)
        for _ in range(4):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.9", port))
            self._full.append(waiting)

    def hang_up(self) -> None:
        """Close every connection that is kept for later."""
        for task in self._tasks:
            task.cancel()

    def heal(self) -> None:
        """End every fault, and every request that stalls because of one."""
        self.fault, self.carries_out, self.reads_only = None, False, False
        self.wake.set()
        self.wake = asyncio.Event()
        for one in self._full:
            one.close()
        self._full.clear()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection for as long as it is kept."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            kept = True
            while kept:
                request = await read_request(reader)
                self.seen.append(request)
                kept = await self._serve(request, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # the client had enough, or the story is over
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _serve(self, request: Seen, writer: asyncio.StreamWriter) -> bool:
        fault = None if self.reads_only and request.method == "POST" else self.fault
        if fault is None:
            writer.write(await self.ask_service(request))
            await writer.drain()
            return True
        if self.carries_out and request.method == "POST":
            await self.ask_service(request)
        await fault(self, request, writer)
        return False

    async def ask_service(self, request: Seen) -> bytes:
        """Return the simulator's whole answer as bytes on the wire."""
        assert self.simulation is not None
        path, _, query = request.path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers.items()],
            "client": (_LOOPBACK, 1),
            "server": (_LOOPBACK, 1),
        }
        head: dict[str, Any] = {}
        parts: list[bytes] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                head.update(message)
            else:
                parts.append(message.get("body", b""))

        await self.simulation.app(scope, receive, send)
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in head["headers"]]
        body = b"".join(parts)
        wire = answer(head["status"], body, *headers, length=head["status"] not in (204, 304))
        return wire.replace(b"Connection: close\r\n", b"", 1)

    def posts(self) -> list[Seen]:
        """Every request to create something."""
        return [request for request in self.seen if request.method == "POST"]

    def polls(self, remote_id: str) -> int:
        """How often this task was asked about."""
        return sum(remote_id in request.path for request in self.seen)


@dataclass
class World:
    """One story: three services, the engine on its archive, and how to wait."""

    runtime: Runtime
    archive: Archive
    loop: JumpingLoop
    simulation: Simulation
    fronts: dict[str, Front]
    settled_tasks: int = 0  # asyncio tasks once everything ran for a while
    _servers: list[asyncio.Server] = field(default_factory=list)

    def heal(self, front: Front) -> None:
        """End whatever strikes one service."""
        self.loop.hosts[f"{front.name}.localhost"] = _here
        front.heal()

    async def pass_time(self, seconds: float) -> None:
        """Let simulated seconds pass."""
        await asyncio.sleep(seconds)

    async def until(self, condition: Callable[[], bool], most: float, step: float = 1.0) -> float:
        """Wait for `condition`; returns the simulated seconds it took.

        Raises:
            AssertionError: it took more than `most` seconds.
        """
        began = self.loop.time()
        while not condition():
            assert self.loop.time() - began <= most, f"not within {most:.0f} simulated seconds"
            await asyncio.sleep(step)
        return self.loop.time() - began

    def knows(self, remote_ids: Collection[str]) -> bool:
        """Whether all these tasks are known."""
        return {*remote_ids} <= {task.remote_id for task in self.runtime.tasks().values()}

    def task(self, remote_id: str) -> Task:
        """Return the one task with this remote id."""
        (found,) = [task for task in self.runtime.tasks().values() if task.remote_id == remote_id]
        return found

    def said(self, name: str) -> str:
        """Return everything a person is told about this provider: strip, warnings, log."""
        own = [note for task in self.runtime.tasks().values() if task.provider == name for note in task.warnings]
        logged = [entry.text for entry in self.runtime.log() if entry.provider == name and entry.kind == "problem"]
        return "\n".join([self.runtime.providers()[name].message, *own, *logged])


@contextmanager
def world(
    path: Path, *, names: tuple[str, ...] = NAMES, seed: int = 1, patience: float = PATIENCE
) -> Iterator[Callable[[Callable[[World], Coroutine[Any, Any, T]]], T]]:
    """Give `tell(story)`: runs a coroutine on the engine's own loop, from before its first request on."""
    loop = JumpingLoop()
    simulation = create_app(KEYS, clock=SimulatorClock(loop), seed=seed)
    fronts = {name: Front(name=name, simulation=simulation) for name in names}
    servers = []
    for front in fronts.values():
        server = loop.run_until_complete(asyncio.start_server(front.handle, _LOOPBACK, 0, limit=1 << 20))
        servers.append(server)
        front.base = f"http://{front.name}.localhost:{server.sockets[0].getsockname()[1]}/{front.name}"
        loop.hosts[f"{front.name}.localhost"] = _here
    archive = Archive.open(path)
    accounts = [_account(front) for front in fronts.values()]
    patient = cast("Archive", _Patient(archive, loop))
    runtime = Runtime(patient, accounts, clock=LoopClock(loop), rng=random.Random(seed))
    _move(runtime, loop)
    made = World(runtime, archive, loop, simulation, fronts, _servers=servers)

    def tell(story: Callable[[World], Coroutine[Any, Any, T]]) -> T:
        result: Future[T] = Future()

        async def run() -> None:
            try:
                result.set_result(await story(made))
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever told the story
                result.set_exception(error)

        started: list[asyncio.Task[None]] = []
        loop.call_soon(lambda: started.append(loop.create_task(run(), name="story")))
        runtime.start()
        return result.result(patience)

    try:
        with _small_answers():
            yield tell
    finally:
        runtime.close(timeout=60)
        archive.close(timeout=60)
        for server in servers:
            server.close()


def _move(runtime: Runtime, loop: JumpingLoop) -> None:
    """Give the runtime a loop whose time jumps, before it is started."""
    runtime._loop.close()
    runtime._loop = loop
    threads = runtime._threads
    threads.__class__ = _Threads
    assert isinstance(threads, _Threads)
    threads.loop = loop
    loop.set_default_executor(threads)


def _account(front: Front) -> ServiceAccount:
    settings = ClientSettings(front.base, Secret(KEYS[front.name]))
    return ServiceAccount(load(front.name), lambda: settings)


@contextmanager
def _small_answers() -> Iterator[None]:
    """Refuse answers from `MOST` on: what sends without end is as bad at any limit, and costs less at a small one."""
    made = HttpSession.__init__

    def small(self: HttpSession, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        self.limits = replace(self.limits, size=MOST)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HttpSession, "__init__", small)
        yield


async def _here() -> list[str]:
    return [_LOOPBACK]
