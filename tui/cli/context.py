"""Opens configuration, accounts, archive and engine for every command; imports no click."""

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.output import archive_notice, narrate
from tui.config.paths import Paths, archive_place, find_paths
from tui.domain.errors import ArchiveError, DivewatchError, NotFound
from tui.domain.frozen import frozen
from tui.domain.text import plural

if TYPE_CHECKING:
    from tui.config.accounts import Account
    from tui.config.schema import Config
    from tui.domain.provider import ProviderInfo
    from tui.engine.api import Listener
    from tui.engine.archive import Archive
    from tui.engine.archive.cached.archive import CachedArchive
    from tui.engine.runtime import Runtime


@frozen
class Screen:
    """Command-line options for the user interface that override the configuration; None does not."""

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


def info_of(provider: str) -> "ProviderInfo | None":
    """Return the description of a task's provider; None of one that is not installed, and of a file."""
    with suppress(DivewatchError):
        return info(provider)
    return None


def accounts() -> "tuple[Account, ...]":
    """Return every enabled account with its key, if there is one; raises `ConfigError`."""
    from tui.config.accounts import find_accounts

    return find_accounts(config(), infos(), key_folder=paths().keys)


def know_keys() -> None:
    """Register the keys in the environment, without running any command, so that echoes of them are masked."""
    from tui.domain.secret import Secret, held_variables
    from tui.providers import registry

    named = {variable for name in registry.names() for variable in registry.load(name).info.key_variables}
    with suppress(DivewatchError):  # the settings are complained about where they matter
        config()
    for variable in named | held_variables():
        if value := os.environ.get(variable, "").strip():
            Secret(value.removeprefix("Bearer ").strip())


def senders() -> Mapping[str, str]:
    """Return by account who sends for it on a shared archive, if there is no key here; empty for a file."""
    if isinstance(archive_place(), Path):
        return {}
    with suppress(DivewatchError), open_archive() as opened:
        return opened.queue.senders() if opened.queue else {}
    return {}


@contextmanager
def open_archive(*, read_only: bool = True, cached: bool = False, waits: bool = False) -> "Iterator[Archive]":
    """Open the archive; its messages (recovered, read-only) go to stderr.

    While the server of an archive cannot be reached, what is only read comes from the copy on this machine.

    Args:
        read_only: change nothing.
        cached: of one on a server use the copy on this machine first, and while the server is away.
        waits: notes, tags and marks may wait on this machine until the server is back.

    Raises:
        NotFound: there is none yet and it is only to be read: reading never makes a file.
        ArchiveError: it cannot be opened.
    """
    place = archive_place()
    if read_only and isinstance(place, Path) and not os.path.lexists(place):
        raise NotFound("there is no archive yet", hint="`divewatch sync` fetches your tasks, `divewatch import` files")
    from tui.engine.archive import Archive

    if read_only:  # else the accounts are read, keys and all
        know_keys()
    if isinstance(place, Path):
        opened = Archive.open(place, read_only=read_only, say=narrate)
    else:
        opened = _beside(place) if cached else _on_server(place, read_only=read_only, waits=waits)
    for note in opened.notes:
        if note not in opened.notice:  # which is told, with what to do about it
            narrate(note)
    archive_notice(str(place))
    try:
        yield opened
    finally:
        if not opened.close(timeout=10):
            narrate("warning: the archive was still being written when the program ended")


def _beside(url: str) -> "CachedArchive":
    from tui.engine.archive.cached.archive import CachedArchive

    return CachedArchive.beside(url, paths().cache, paths().state)


def _on_server(url: str, *, read_only: bool, waits: bool) -> "Archive":
    """Open an archive on a server; for some purposes what is on this machine does, while that is away."""
    from tui.engine.archive import Archive

    try:
        if not read_only and _something_waits(url):
            opened = _beside(url)
            opened.deliver()
            return opened
        return Archive.open(url, read_only=read_only)
    except ArchiveError as error:
        if not read_only and waits and _is_away(error):
            return _beside(url)
        if not read_only:
            raise
        from tui.engine.archive.cached.offline import open_copy

        return open_copy(copy_instead(url, error))


def _something_waits(url: str) -> bool:
    state = paths().state
    if not any(state.glob("archive-*-waiting.json")):
        return False
    from tui.engine.archive.cached.archive import outbox_path

    return outbox_path(url, state).exists()


def _is_away(error: Exception) -> bool:
    from tui.engine.archive.postgres.connect import ServerGone

    return isinstance(error, ServerGone)


def copy_instead(place: str, error: Exception, *, quiet: bool = False) -> Path:
    """Return the copy of an archive whose server cannot be reached, and say as of when it is; else raises `error`."""
    from tui.config.folders import is_url

    if not is_url(place) or not _is_away(error):
        raise error
    from tui.domain.times import format_local
    from tui.engine.archive.cached.offline import copy_of

    found = copy_of(place, paths().cache)
    if found is None:
        raise error
    path, at = found
    if not quiet:
        narrate(
            f"the archive server cannot be reached; shown as of {format_local(at)}, "
            "from the copy on this machine: the newest tasks, and reports that were opened or arrived"
        )
    return path


@contextmanager
def open_engine(
    *, watch: bool = False, listener: "Listener | None" = None, tells: bool = False
) -> "Iterator[tuple[Archive, Runtime]]":
    """Open the archive for writing and start the engine on it, for the block.

    Args:
        watch: ask by itself, as the dashboard does; False only carries out what it is told.
        listener: is told every event from the very first.
        tells: the caller says itself what could not be saved.

    Raises:
        ArchiveError: at the end, where something that was learned could not be saved.
    """
    from tui.config.load import live_budget
    from tui.engine.runtime import Runtime

    every, budget = accounts(), live_budget(paths().config_file, config().budget.limits())
    with open_archive(read_only=False) as opened:
        engine = Runtime(opened, every, watch=watch, budget=budget)
        if listener is not None:
            engine.subscribe(listener)
        engine.start()
        try:
            yield opened, engine
        finally:
            engine.close()
        condition = engine.condition()
        if condition.unsaved and not tells:
            raise ArchiveError(not_saved(condition.unsaved, condition.trouble))


def not_saved(tasks: int, why: str) -> str:
    """Return one line about results that are not saved in the archive."""
    return f"not saved: what was learned of {plural(tasks, 'task')}. {why}"


@contextmanager
def environment(values: Mapping[str, str], *, without: Collection[str] = ()) -> Iterator[None]:
    """Set environment variables, and unset those of `without`, for the block."""
    before = dict(os.environ)
    os.environ.update(values)
    for name in without:
        os.environ.pop(name, None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
