"""The click group: finds a command in the table, imports it when it runs, maps every error to an exit code."""

import difflib
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from tui import __version__
from tui.cli import output
from tui.cli.command_table import ENTRIES, HELP_COLUMNS, help_text
from tui.cli.fast_path import VERSION_LINE
from tui.domain.errors import DivewatchError
from tui.domain.text import clean

INTERRUPTED = 130


class LazyGroup(click.Group):
    """A group whose commands live in modules that are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every name of the table, in order."""
        return [*ENTRIES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of `cmd_name` and return its command."""
        if cmd_name not in ENTRIES:
            return None
        module, _, attribute = ENTRIES[cmd_name].partition(":")
        command = getattr(import_module(f"tui.cli.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command; an unknown name is an error that names the nearest one."""
        if args[0] not in ENTRIES and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], ENTRIES, 1)
            ctx.fail(f"there is no command {clean(args[0])}{f', did you mean {near[0]}?' if near else ''}")
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        """Return the text that the fast path prints, wrapped to the terminal."""
        text = help_text().rstrip("\n")
        if output.columns_of_terminal() >= HELP_COLUMNS:
            return text
        from tui.cli.fitting import fitted

        return fitted(text, output.columns_of_terminal())

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a closed pipe behind stdout ends it silently."""
        try:
            result = super().invoke(ctx)
            if not sys.stdout.closed:  # as an agent's session leaves it
                sys.stdout.flush()
        except BrokenPipeError:  # caught here, because click would make it exit code 1
            output.reader_gone()
            return 0
        return result


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message=VERSION_LINE.format("%(version)s"))
@click.option("--mouse/--no-mouse", default=None, help="use the mouse, or leave it to the terminal")
@click.option("--theme", help="auto, light, dark, contrast, terminal, or your own")
@click.option("--profile", type=click.Path(dir_okay=False), help="write a profile of this run to FILE")
@click.pass_context
def root(ctx: click.Context, mouse: bool | None, theme: str | None, profile: str | None) -> int:
    """Watch, read and keep your deep-research tasks."""
    from tui.cli.context import Screen

    ctx.obj = Screen(mouse, theme)
    if profile:
        _start_profile(ctx, profile)
    if ctx.invoked_subcommand is None:
        from tui.cli.commands.open_ui import dashboard

        return dashboard(ctx.obj)
    return 0


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; never raises but for `SystemExit` (shell completion)."""
    output.ready()
    try:
        result = root.main([*arguments], prog_name="divewatch", standalone_mode=False)
    except click.ClickException as error:
        _explain(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        output.narrate("interrupted")
        return INTERRUPTED
    except DivewatchError as error:
        output.complain(error)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last boundary: a report without variables or keys, and exit code 1
        return crashed(error)
    return output.exit_code(result if isinstance(result, int) else 0)


_NUMBERS = {
    "integer range": "a whole number",
    "integer": "a whole number",
    "float range": "a number",
    "float": "a number",
}
"""What click calls a type, and its plain word."""


def _explain(error: click.ClickException) -> None:
    """Print click's error; typed text in it is cleaned. A group without a command is explained by its help alone."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        output.narrate(error.format_message())
        return
    context = getattr(error, "ctx", None)
    if context is not None:
        output.narrate(context.get_usage())
    said = error.format_message()
    for typed, plain in _NUMBERS.items():
        said = said.replace(f"a valid {typed}", plain)
    output.narrate(f"divewatch: {clean(said)}")
    if context is None:
        return
    name, (root, *commands) = getattr(error, "option_name", ""), context.command_path.split()
    if any(name in (*one.opts, *one.secondary_opts) for one in context.find_root().command.params):
        output.narrate(f"  {name} stands before the command: {root} {name} … {' '.join(commands)}")
    else:
        output.narrate(f"  `{context.command_path} --help` says more")


def crashed(error: Exception) -> int:
    """Print and save a crash report; returns the exit code."""
    import os

    from tui.cli.streams import output_failure
    from tui.config.paths import find_paths
    from tui.ui.crash_report import report, save

    if reason := output_failure(error):
        return output.output_failed(reason)
    text = report(error)
    output.narrate(text)
    path = find_paths(os.environ).state / "crash.log"
    if save(text, path):
        output.narrate(f"divewatch: this is a defect; the report is also in {path} and holds neither keys nor reports")
    return 1


def _start_profile(ctx: click.Context, path: str) -> None:
    import cProfile

    profile: Any = cProfile.Profile()
    profile.enable()

    def save() -> None:
        profile.disable()
        profile.dump_stats(path)

    ctx.call_on_close(save)
