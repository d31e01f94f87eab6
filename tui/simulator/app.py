"""Puts all simulated services behind one ASGI application, each under its own prefix."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import cast

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tui.simulator.clock import SimulatedClock
from tui.simulator.content import FOLDER, ReportLibrary
from tui.simulator.extruct.api import SimulatedExtruct
from tui.simulator.faults import Faults
from tui.simulator.gateway import Drop, Gateway, Log
from tui.simulator.names import service_names
from tui.simulator.service import Service, Setting
from tui.simulator.valyu.api import SimulatedValyu
from tui.simulator.yutori.api import SimulatedYutori


@cache
def service_kinds() -> dict[str, type[Service]]:
    """Return the class of every service by name."""
    return {name: import_module(f"tui.simulator.{name}.api").SERVICE for name in service_names()}


def _cannot_drop(_: Scope) -> None:
    raise ConnectionAbortedError("the connection was dropped on purpose")


@dataclass(frozen=True, slots=True)
class Simulation:
    """The services by name, with clock, faults and request log."""

    app: ASGIApp
    services: Mapping[str, Service]
    clock: SimulatedClock
    faults: Faults
    log: Log

    @property
    def extruct(self) -> SimulatedExtruct:
        """Extruct's service."""
        return cast("SimulatedExtruct", self.services["extruct"])

    @property
    def yutori(self) -> SimulatedYutori:
        """Yutori's service."""
        return cast("SimulatedYutori", self.services["yutori"])

    @property
    def valyu(self) -> SimulatedValyu:
        """Valyu's service."""
        return cast("SimulatedValyu", self.services["valyu"])


def create_app(
    keys: Mapping[str, str],
    *,
    clock: SimulatedClock | None = None,
    faults: Faults | None = None,
    seed: int = 1,
    content: Path = FOLDER,
    drop: Drop = _cannot_drop,
    more: Mapping[str, type[Service]] = MappingProxyType({}),
) -> Simulation:
    """Create an empty simulation.

    Args:
        keys: Provider name to the key it accepts; a service without one accepts none.
        clock: The time all tasks live by; real time at speed 1 unless given.
        faults: The switchboard; everything works unless given.
        seed: Fixes all ids and other variety.
        content: The folder of reports.
        drop: Drops the connection of a request; without a server it can only raise.
        more: Services that are not in this package, by name.
    """
    setting = Setting(clock or SimulatedClock(), ReportLibrary(content), faults or Faults(), Random(seed))
    services = {name: kind(setting, keys.get(name, "")) for name, kind in {**service_kinds(), **more}.items()}
    log = Log()
    doors = {name: Gateway(service, setting.faults, log, drop) for name, service in services.items()}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        """Send each request to the service its path begins with, any character being allowed in the rest of it."""
        prefix = scope["path"].split("/")[1] if scope["type"] == "http" else ""
        if prefix in doors:
            await doors[prefix]({**scope, "root_path": f"/{prefix}"}, receive, send)
        else:
            await Response(status_code=404)(scope, receive, send)

    return Simulation(app, services, setting.clock, setting.faults, log)
