"""The dashboard, the demo and the simulator: commands that take the screen or hold a server."""

import tempfile

import click

from tui.cli import session
from tui.domain.detail import Detail


def dashboard(mouse: bool | None, theme: str | None) -> int:
    """Open the dashboard on the user's own archive and accounts; returns the exit code."""
    from tui.ui.tty import check_terminal

    check_terminal()
    settings = session.config()
    accounts = session.accounts()
    from tui.ui.run import run_app

    with session.open_archive(read_only=False) as opened:
        return run_app(opened, accounts, settings, session.paths(), mouse=mouse, theme=theme)


def open_reader(detail: Detail, mouse: bool | None, theme: str | None) -> int:
    """Open the reader on `detail`; returns the exit code."""
    from tui.ui.tty import check_terminal

    check_terminal()
    from tui.ui.run import run_reader

    return run_reader(detail, session.config(), session.paths(), mouse=mouse, theme=theme)


@click.command()
@click.option(
    "--speed", type=click.FloatRange(0.1, 10_000), default=30.0, show_default=True, help="simulated seconds a second"
)
@click.pass_obj
def demo(obj: dict[str, object], speed: float, seed: int) -> int:
    """The dashboard on an embedded simulator of all three services.

    The ordinary clients, poller and archive at work over real HTTP on this machine; the archive is thrown away.
    """
    from tui.ui.tty import check_terminal

    check_terminal()
    from tui.simulator.server import Simulator

    with (
        tempfile.TemporaryDirectory(prefix="divewatch-demo-") as folder,
        Simulator(speed=speed, seed=seed) as simulator,
    ):
        environ = {**simulator.exports, "DIVEWATCH_HOME": folder}
        with session.environment(environ):
            return dashboard(**obj)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="port on 127.0.0.1; 0 takes a free one")
@click.option(
    "--speed", type=click.FloatRange(0.1, 10_000), default=30.0, show_default=True, help="simulated seconds a second"
)
@click.option(
    "--faults", default="", metavar="NAME[,NAME]", help="misbehave; `--faults list` names and explains them all"
)
def simulate(port: int, speed: float, seed: int, faults: str) -> None:
    """The simulator alone: prints six shell `export` lines (addresses and throw-away keys), then serves until ctrl-c."""
    from tui.simulator.server import serve

    serve(port=port, speed=speed, seed=seed, faults=faults)
