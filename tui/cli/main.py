"""The click group: finds a command in the table, imports it when it runs, turns our errors into exit codes."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from tui import __version__
from tui.cli.table import ENTRIES, help_text
from tui.domain.errors import DivewatchError
from tui.domain.text import clean


class LazyGroup(click.Group):
    """A group whose commands live in modules that are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every name of the table, in its order."""
        return [*ENTRIES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of `cmd_name` and return its command."""
        entry = ENTRIES.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry.where.partition(":")
        command = getattr(import_module(f"tui.cli.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command

    def get_help(self, ctx: click.Context) -> str:
        """Return the same text as the fast lane prints."""
        return help_text().rstrip("\n")

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; show what was typed only after cleaning it."""
        return super().resolve_command(ctx, [clean(args[0]), *args[1:]])


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="divewatch", message="%(prog)s %(version)s")
@click.option("--mouse/--no-mouse", default=None, help="use the mouse, or leave it to the terminal")
@click.option("--theme", help="auto, light, dark, contrast, terminal, or your own")
@click.option("--profile", type=click.Path(dir_okay=False), help="write a profile of this run to FILE")
@click.pass_context
def root(ctx: click.Context, mouse: bool | None, theme: str | None, profile: str | None) -> None:
    """Watch, read and keep your deep-research tasks."""
    ctx.obj = {"mouse": mouse, "theme": theme}
    if profile:
        _start_profile(ctx, profile)
    if ctx.invoked_subcommand is None:
        from tui.cli.demo import dashboard

        ctx.exit(dashboard(**ctx.obj))


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; never raises."""
    try:
        result = root.main([*arguments], prog_name="divewatch", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
    except DivewatchError as error:
        complain(error)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone: say nothing, as other tools do
        return 0
    return result if isinstance(result, int) else 0


def complain(error: DivewatchError) -> None:
    """Say on stderr what went wrong and what to do next."""
    click.echo(f"divewatch: {clean(error.message)}", err=True)
    if error.hint:
        click.echo(f"  {clean(error.hint)}", err=True)


def _start_profile(ctx: click.Context, path: str) -> None:
    import cProfile

    profile: Any = cProfile.Profile()
    profile.enable()

    def save() -> None:
        profile.disable()
        profile.dump_stats(path)

    ctx.call_on_close(save)
