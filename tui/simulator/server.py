"""The simulator on a real loopback socket: in a background thread for demo and tests, in the foreground for scripts."""

import asyncio
import logging
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType, TracebackType
from typing import Any

import uvicorn
from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

from tui.simulator.app import create_app, service_kinds
from tui.simulator.clock import SimulatedClock
from tui.simulator.demo_data import populate
from tui.simulator.faults import Faults
from tui.simulator.gateway import Recorded
from tui.simulator.service import Service


def throw_away_keys() -> dict[str, str]:
    """Return random keys that only the simulator they are given to accepts."""
    return {name: kind.key_prefix + secrets.token_hex(16) for name, kind in service_kinds().items()}


class Simulator:
    """The simulated services, served from a thread while the `with` block runs.

    The socket is bound and listening once the constructor returns: a client may connect at once, nobody has to wait.
    No signal handler is touched and nothing is printed.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        speed: float = 1.0,
        faults: str | Faults | None = None,
        seed: int = 1,
        world: bool = False,
        clock: SimulatedClock | None = None,
        keys: Mapping[str, str] | None = None,
        more: Mapping[str, type[Service]] = MappingProxyType({}),
    ) -> None:
        """Bind the socket and make the simulation.

        Args:
            port: Port on 127.0.0.1; 0 takes a free one.
            speed: Simulated seconds per real second; ignored when `clock` is given.
            faults: Faults to start with, as text (`--faults`) or a switchboard.
            seed: Fixes ids and variety.
            world: Start with the demo's tasks instead of none.
            clock: Another clock, e.g. `ManualClock`.
            keys: Keys to accept instead of throw-away ones.
            more: Services that are not in this package, by name.

        Raises:
            OSError: The port is taken.
            UnknownFaultError: A fault's name is not known.
        """
        board = faults if isinstance(faults, Faults) else Faults.parse(faults)
        self.keys = dict(keys) if keys else throw_away_keys() | {name: secrets.token_hex(16) for name in more}
        self._transports: dict[Any, asyncio.Transport] = {}
        self.simulation = create_app(
            self.keys, clock=clock or SimulatedClock(speed), faults=board, seed=seed, drop=self._drop, more=more
        )
        if world:
            populate(self.simulation)
        self._socket = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port: int = self._socket.getsockname()[1]
        self._server = uvicorn.Server(self._configuration())
        self._thread: threading.Thread | None = None
        self._ended = asyncio.Event()

    @property
    def clock(self) -> SimulatedClock:
        """The simulated clock."""
        return self.simulation.clock

    @property
    def faults(self) -> Faults:
        """The faults that are switched on."""
        return self.simulation.faults

    @property
    def requests(self) -> list[Recorded]:
        """Every request so far, oldest first."""
        return self.simulation.log.requests

    @property
    def crashes(self) -> list[str]:
        """The tracebacks of the simulator's own errors; tests expect none."""
        return self.simulation.log.crashes

    def creates(self, provider: str | None = None) -> list[Recorded]:
        """The requests that create a task, for "exactly one" checks."""
        services = self.simulation.services
        asked = [one for one in self.requests if services[one.provider].is_create(one.method, one.path)]
        return [request for request in asked if provider in (None, request.provider)]

    def base_url(self, provider: str) -> str:
        """Scheme, host and prefix of one service; clients append /v1."""
        return f"http://127.0.0.1:{self.port}/{provider}"

    @property
    def exports(self) -> dict[str, str]:
        """The environment variables with addresses and keys for a client."""
        return {
            name: value
            for provider, kind in service_kinds().items()
            if provider in self.keys
            for name, value in (
                (kind.key_variable, self.keys[provider]),
                (kind.url_variable, self.base_url(provider)),
            )
        }

    def __enter__(self) -> "Simulator":
        """Start serving."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop at once; pending requests lose their connection."""
        self.stop()

    def stop(self) -> None:
        """Stop serving and free the port. May be called twice."""
        if self._thread is not None:
            with suppress(RuntimeError):  # it ended by itself
                self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join()
            self._thread = None
        self._socket.close()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        """Serve until `stop`, and end at once: uvicorn itself checks only ten times a second."""
        serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        serving.add_done_callback(lambda _: self._ended.set())
        await self._ended.wait()
        serving.cancel()
        for transport in list(self._transports.values()):
            transport.abort()  # else a request under way would be answered with a 500 nobody meant
        with suppress(asyncio.CancelledError):
            await serving
        for server in self._server.servers:
            server.close()

    def _configuration(self) -> uvicorn.Config:
        register = self._transports

        class Protocol(H11Protocol):
            """Keeps the transports, so that a fault can drop a connection without a word."""

            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                register[transport.get_extra_info("peername")] = transport
                # asyncio does this only for sockets that name their protocol; without it each answer waits 40 ms
                transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                register.pop(self.transport.get_extra_info("peername"), None)
                super().connection_lost(exc)

        return uvicorn.Config(
            self.simulation.app,
            http=Protocol,
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            log_level=logging.CRITICAL + 1,
            access_log=False,
            timeout_graceful_shutdown=0,
            timeout_keep_alive=75,  # as long as common front ends keep a connection nobody uses
            server_header=False,
        )

    def _drop(self, scope: Scope) -> None:
        self._transports[scope["client"]].abort()


def serve(
    port: int = 0,
    *,
    speed: float = 1.0,
    faults: str | None = None,
    seed: int = 1,
    world: bool = True,
    announce: Callable[[Mapping[str, str]], None],
    until: threading.Event | None = None,
) -> None:
    """Serve in the foreground until interrupted (or `until` is set); `announce` is given the environment first.

    Raises:
        OSError: The port is taken.
        UnknownFaultError: A fault's name is not known.
    """
    with suppress(KeyboardInterrupt), Simulator(port, speed=speed, faults=faults, seed=seed, world=world) as simulator:
        announce(simulator.exports)
        (until or threading.Event()).wait()
