"""What several commands need: configuration, accounts, the archive, the engine, ids by prefix, output as JSON."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from tui.config.paths import Paths, archive_path, find_paths
from tui.domain.errors import DivewatchError, NotFound
from tui.domain.text import clean

if TYPE_CHECKING:
    from tui.config.accounts import Account
    from tui.config.schema import Config
    from tui.domain.provider import ProviderInfo
    from tui.engine.api import Listener
    from tui.engine.archive import Archive
    from tui.engine.runtime import Runtime

as_json_option = click.option("--json", "as_json", is_flag=True, help="machine-readable output")


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
    known = {one.name: one for one in infos()}
    if name not in known:
        raise NotFound(f"there is no provider {clean(name)}", hint=f"known: {', '.join(known)}")
    return known[name]


def accounts() -> "tuple[Account, ...]":
    """Return every enabled account with its key, if there is one; raises `ConfigError`."""
    from tui.config.accounts import find_accounts

    return find_accounts(config(), infos(), key_folder=paths().keys)


@contextmanager
def open_archive(*, read_only: bool = True) -> "Iterator[Archive]":
    """Open the archive; what it has to say (recovered, read-only) goes to stderr.

    Reading never makes a file: an archive that is not there yet is opened empty, in memory of nothing.
    """
    from tui.engine.archive import Archive

    opened = Archive.open(archive_path(), read_only=read_only)
    for note in opened.notes:
        narrate(note)
    try:
        yield opened
    finally:
        opened.close()


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
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for the time of a block."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def find_id(opened: "Archive", prefix: str) -> str:
    """Return the one task id that begins with `prefix`; raises `NotFound` or `UsageError`."""
    return opened.find(prefix).id


def emit(value: Any, *, stream: Any = None) -> None:
    """Print JSON to stdout: readable on a terminal, one line in a pipe; non-ASCII as it is, controls escaped."""
    out = stream or sys.stdout
    indent = 2 if out.isatty() else None
    click.echo(json.dumps(value, ensure_ascii=False, indent=indent, default=str), file=out)


def narrate(text: str) -> None:
    """Say something on stderr."""
    click.echo(clean(text), err=True)


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something that spends or destroys; without a terminal `--yes` is required."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise DivewatchError(f"{question} Not done: nobody is there to ask.", hint="repeat the command with --yes")
    click.confirm(clean(question), abort=True, err=True)
