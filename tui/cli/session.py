"""What several commands need: configuration, accounts, the archive, the engine, ids by prefix, output as JSON."""

import os
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from tui.cli import say
from tui.cli.say import narrate
from tui.config.paths import Paths, archive_path, find_paths
from tui.domain.errors import DivewatchError, NotFound, UsageError
from tui.domain.text import clean, one_line

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from tui.config.accounts import Account
    from tui.config.schema import Config
    from tui.domain.provider import ProviderInfo
    from tui.domain.task import Task
    from tui.engine.api import Listener
    from tui.engine.archive import Archive
    from tui.engine.runtime import Runtime

__all__ = ["narrate"]

NO_TASKS = "`divewatch list` shows the ids of all tasks"

as_json_option = click.option("--json", "as_json", is_flag=True, help="machine-readable output")


@dataclass(frozen=True, slots=True)
class Screen:
    """How the user wants the screen, whatever the configuration says; None leaves it to that."""

    mouse: bool | None = None
    theme: str | None = None


def paths() -> Paths:
    """Return the program's folders."""
    return find_paths(os.environ)


def config() -> "Config":
    """Return the configuration; raises `ConfigError`."""
    from tui.config.load import load

    return load(paths().config_file)


def infos() -> "list[ProviderInfo]":
    """Return the description of every provider, in display order."""
    from tui.providers import registry

    return [registry.load(name).info for name in registry.names()]


def info(name: str) -> "ProviderInfo":
    """Return the description of one provider; raises `NotFound`."""
    from tui.providers import registry

    return registry.load(name).info


def accounts() -> "tuple[Account, ...]":
    """Return every enabled account with its key, if there is one; raises `ConfigError`."""
    from tui.config.accounts import find_accounts

    return find_accounts(config(), infos(), key_folder=paths().keys)


def complete_ids(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Return the ids of the archive that begin with what was typed; an archive that cannot be read has none."""
    from click.shell_completion import CompletionItem

    from tui.engine.archive import records

    try:
        found = records.ids(str(archive_path()), incomplete)
    except DivewatchError:
        return []
    return [CompletionItem(task_id, help=clean(title)) for task_id, title in found]


def complete_ids_and_files(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Return ids of the archive, and let the shell add its file names."""
    from click.shell_completion import CompletionItem

    return [*complete_ids(ctx, parameter, incomplete), CompletionItem(incomplete, type="file")]


task_argument = click.argument("task_id", metavar="ID", shell_complete=complete_ids)


@contextmanager
def open_archive(*, read_only: bool = True) -> "Iterator[Archive]":
    """Open the archive; what it has to say (recovered, read-only) goes to stderr.

    Raises:
        NotFound: there is none yet and it is only to be read: reading never makes a file.
        ArchiveError: it cannot be opened.
    """
    path = archive_path()
    if read_only and not os.path.lexists(path):
        raise NotFound("there is no archive yet", hint="`divewatch sync` fetches your tasks, `divewatch import` files")
    from tui.engine.archive import Archive

    opened = Archive.open(path, read_only=read_only)
    for note in opened.notes:
        narrate(note)
    try:
        yield opened
    finally:
        if not opened.close(timeout=10):
            narrate("warning: the archive was still being written when the program ended")


@contextmanager
def open_engine(*, watch: bool = False, listener: "Listener | None" = None) -> "Iterator[tuple[Archive, Runtime]]":
    """Open the archive for writing and start the engine on it; both are closed at the end.

    Args:
        watch: ask by itself, as the dashboard does; False only carries out what it is told.
        listener: is told every event from the very first.
    """
    from tui.engine.runtime import Runtime

    every = accounts()
    with open_archive(read_only=False) as opened:
        engine = Runtime(opened, every, watch=watch)
        if listener is not None:
            engine.subscribe(listener)
        engine.start()
        try:
            yield opened, engine
        finally:
            engine.close()


@contextmanager
def environment(values: Mapping[str, str], *, without: Collection[str] = ()) -> Iterator[None]:
    """Set environment variables, and unset those `without`, for the time of a block."""
    before = dict(os.environ)
    os.environ.update(values)
    for name in without:
        os.environ.pop(name, None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def plain_task(task: "Task") -> dict[str, Any]:
    """Return a task as the object of `list --json`."""
    import json

    from tui.engine.archive.codec import to_record

    plain: dict[str, Any] = json.loads(to_record(task))
    return plain


def tell_started(task: "Task") -> None:
    """Say on stderr what became of a create or an adoption."""
    for warning in task.warnings:
        narrate(warning)
    narrate(f"{task.provider}: {task.status.value}: {task.error or one_line(task.title, 100)}")


def emit(value: Any) -> None:
    """Print a value as JSON to stdout; the same bytes on a terminal and in a pipe."""
    say.data(say.json_text(value))


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something that spends or destroys.

    Raises:
        UsageError: nobody is there to ask, and `--yes` was not given.
        DivewatchError: the answer was no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{question} Nobody is there to ask.", hint="nothing was done; repeat with --yes")
    if not click.confirm(clean(question), err=True):
        raise DivewatchError("nothing was done")
