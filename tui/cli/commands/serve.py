"""serve: the dashboard in a browser on this machine."""

import shlex
import sys

import click

from tui.cli import output
from tui.domain.errors import DivewatchError, UsageError
from tui.domain.text import clean

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="port to listen on")
@click.option("--insecure-host", metavar="ADDRESS", help="listen elsewhere than on loopback; without encryption")
@click.option("--demo", is_flag=True, help="serve the demo: no keys, nothing kept")
def serve(port: int, insecure_host: str | None, demo: bool) -> None:
    """The dashboard in a browser; prints the address to open, which holds a key.

    It listens on this machine only. From elsewhere: ssh -L 8000:127.0.0.1:8000 THIS_MACHINE, then open the address.
    """
    try:
        from tui.cli.web.server import Site, run
    except ImportError as error:
        raise missing_extra("serve", error) from error
    host = insecure_host or "127.0.0.1"
    command = [sys.executable, "-m", "tui", *(["demo"] if demo else [])]
    site = Site(shlex.join(command), host, port)

    def announce() -> None:
        click.echo(f"http://{clean(host)}:{port}/?key={site.key}")
        output.narrate(f"from elsewhere: ssh -L {port}:127.0.0.1:{port} THIS_MACHINE; ctrl-c ends it")
        if host not in _LOOPBACK:
            output.narrate("warning: everything, the key included, goes over the network as it is")

    try:
        run(site, host, port, announce)
    except OSError as error:
        raise DivewatchError(f"{clean(host)}:{port}: {error.strerror}", hint="choose another --port") from error


def missing_extra(extra: str, error: ImportError) -> UsageError:
    """Return the error about a missing extra, with how to install it."""
    install = f"uv tool install 'divewatch[{extra}]', or pip install 'divewatch[{extra}]'"
    return UsageError(f"this needs {error.name or 'a package'}, which is not installed", hint=install)
