"""Write `tui/cli/help.txt`, what every command says of itself: `python -m tests.helptexts`; a test asks for it."""

from collections.abc import Iterator
from pathlib import Path

import click

import tui.cli
from tui.cli.command_table import HELP_COLUMNS, HELP_MARK
from tui.cli.main import root

FILE = Path(tui.cli.__file__).with_name("help.txt")


def texts(command: click.Command = root, parent: click.Context | None = None) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every command below `command`, as the words that call it, with its help as click lays it out."""
    if not isinstance(command, click.Group):
        return
    settings = {"terminal_width": HELP_COLUMNS - 2, "help_option_names": ["-h", "--help"]}
    context = click.Context(command, parent, command.name if parent else "divewatch", **settings)  # type: ignore[arg-type]
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield (name,), found.get_help(click.Context(found, context, name, **settings))  # type: ignore[arg-type]
        for words, text in texts(found, context):
            yield (name, *words), text


def current() -> str:
    """Return what the file should hold."""
    return "".join(f"{HELP_MARK}{' '.join(words)}\n{text}\n" for words, text in texts())


if __name__ == "__main__":
    FILE.write_text(current(), "utf-8")
