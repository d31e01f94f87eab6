"""Puts the three services behind one ASGI application, each under its own prefix."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tui.simulator.clock import SimulatedClock
from tui.simulator.content import FOLDER, ReportLibrary
from tui.simulator.extruct.api import SimulatedExtruct
from tui.simulator.faults import Faults
from tui.simulator.gateway import Drop, Gateway, Log
from tui.simulator.service import Service, Setting
from tui.simulator.valyu.api import SimulatedValyu
from tui.simulator.yutori.api import SimulatedYutori


def _cannot_drop(_: Scope) -> None:
    raise ConnectionAbortedError("the connection was dropped on purpose")


@dataclass(frozen=True, slots=True)
class Simulation:
    """The three services and everything a test may want to turn or look at."""

    app: ASGIApp
    extruct: SimulatedExtruct
    yutori: SimulatedYutori
    valyu: SimulatedValyu
    clock: SimulatedClock
    faults: Faults
    log: Log


def create_app(
    keys: Mapping[str, str],
    *,
    clock: SimulatedClock | None = None,
    faults: Faults | None = None,
    seed: int = 1,
    content: Path = FOLDER,
    drop: Drop = _cannot_drop,
) -> Simulation:
    """Make an empty simulation.

    Args:
        keys: Provider name to the key it accepts.
        clock: The time all tasks live by; real time at speed 1 unless given.
        faults: The switchboard; everything works unless given.
        seed: Fixes all ids and other variety.
        content: The folder of reports.
        drop: Drops the connection of a request; without a server it can only raise.
    """
    setting = Setting(clock or SimulatedClock(), ReportLibrary(content), faults or Faults(), Random(seed))
    extruct = SimulatedExtruct(setting, keys["extruct"])
    yutori = SimulatedYutori(setting, keys["yutori"])
    valyu = SimulatedValyu(setting, keys["valyu"])
    log = Log()
    services: tuple[Service, ...] = (extruct, yutori, valyu)
    doors = {service.name: Gateway(service, setting.faults, log, drop) for service in services}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        """Send each request to the service its path begins with, any character being allowed in the rest of it."""
        prefix = scope["path"].split("/")[1] if scope["type"] == "http" else ""
        if prefix in doors:
            await doors[prefix]({**scope, "root_path": f"/{prefix}"}, receive, send)
        else:
            await Response(status_code=404)(scope, receive, send)

    return Simulation(app, extruct, yutori, valyu, setting.clock, setting.faults, log)
