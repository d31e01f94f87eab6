"""demo and simulate: the services on this machine, with the dashboard or alone."""

import shlex
import signal
import tempfile
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from tui.cli import context, output
from tui.cli.commands.open_ui import check_screen, dashboard
from tui.domain.errors import DivewatchError, UsageError
from tui.domain.text import one_line

if TYPE_CHECKING:
    from tui.simulator.server import Simulator

DEMO_SPEED = 20.0  # simulated seconds a second: every state is seen within a minute
_speed = click.option(
    "--speed", type=click.FloatRange(0.1, 10_000), default=DEMO_SPEED, show_default=True, help="seconds a second"
)
_seed = click.option("--seed", type=int, default=1, show_default=True, help="another number, other ids and stories")


@click.command()
@_speed
@_seed
@click.pass_obj
def demo(screen: context.Screen, speed: float, seed: int) -> int:
    """The dashboard on an embedded simulator of all services.

    The ordinary clients, poller and archive at work over real HTTP on this machine; the archive is thrown away.
    """
    check_screen()
    from tui.simulator.server import Simulator

    with (
        tempfile.TemporaryDirectory(prefix="divewatch-demo-", ignore_cleanup_errors=True) as folder,
        Simulator(speed=speed, seed=seed, world=True) as simulator,
        context.environment(
            {**simulator.exports, "DIVEWATCH_HOME": folder}, without=("DIVEWATCH_CONFIG", "DIVEWATCH_ARCHIVE")
        ),
    ):
        remember(simulator)
        return dashboard(screen, lasting=False)


def remember(simulator: "Simulator") -> None:
    """Insert the demo's tasks of services without a list endpoint into the archive, as if started here."""
    from tui.cli.context import open_archive
    from tui.domain.capability import Capability
    from tui.domain.task import Task
    from tui.engine.polling.discovery import new_id
    from tui.providers import registry

    unlisted = [
        Task(new_id(), name, task.id, prompt=task.prompt, title=one_line(task.prompt, 200))
        for name, service in simulator.simulation.services.items()
        if name in registry.names() and Capability.LIST not in registry.load(name).info.capabilities
        for task in service.tasks
    ]
    if unlisted:
        with open_archive(read_only=False) as archive:
            archive.put_tasks(unlisted).result()


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="port on 127.0.0.1; 0 takes a free one")
@_speed
@_seed
@click.option("--faults", default="", metavar="NAME[,NAME]", help="misbehave; `--faults list` explains all names")
def simulate(port: int, speed: float, seed: int, faults: str) -> None:
    """The simulator alone, with the tasks of the demo, until ctrl-c.

    Prints shell `export` lines first: address and throw-away key of every service.
    """
    from tui.simulator.faults import FAULTS, UnknownFaultError
    from tui.simulator.server import serve

    if faults == "list":
        output.text("".join(f"{name:<18}  {about}\n" for name, about in FAULTS.items()))
        return
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        serve(port=port, speed=speed, seed=seed, faults=faults or None, announce=_announce, until=stop)
    except UnknownFaultError as error:
        raise UsageError(str(error), hint="`divewatch simulate --faults list` names them all") from error
    except OSError as error:
        raise DivewatchError(f"port {port}: {error.strerror}", hint="choose another --port, or none") from error


def _announce(exports: Mapping[str, str]) -> None:
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in exports.items()]
    click.echo("".join(lines), nl=False)
    output.narrate("serving on this machine only; ctrl-c ends it")
