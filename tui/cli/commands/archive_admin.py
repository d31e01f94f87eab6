"""archive: sizes, checks and copies of the archive file."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from tui.cli import common, output
from tui.cli.option_args import yes_option
from tui.config.folders import is_url
from tui.config.paths import archive_place
from tui.domain.amounts import size_text
from tui.domain.errors import ArchiveError, NotFound, UsageError
from tui.domain.text import clean, plural


@click.group(cls=common.CommandGroup)
def archive() -> None:
    """The archive file: sizes, checks, copies."""


@archive.command()
@common.as_json_option
def stats(as_json: bool) -> None:
    """Sizes and counts."""
    with common.open_archive() as opened:
        figures, path = opened.maintenance.stats(), opened.place
    if as_json:
        common.emit({"schema_version": 1, "path": str(path), **asdict(figures)})
        return
    rows = [("path", clean(str(path))), *((name, _amount(name, value)) for name, value in asdict(figures).items())]
    output.text("".join(f"{name.replace('_', ' '):<13}  {told}\n" for name, told in rows))


@archive.command()
@common.as_json_option
def verify(as_json: bool) -> int:
    """Check the file and every stored answer against its checksum."""
    with common.open_archive() as opened:
        found = opened.maintenance.verify()
    if as_json:
        common.emit({"schema_version": 1, **asdict(found)})
    else:
        for problem in found.problems:
            output.text(clean(problem) + "\n")
        common.narrate(f"{plural(found.bodies, 'answer')} of {plural(found.tasks, 'task')} checked")
    return ArchiveError.exit_code if found.problems else 0


@archive.command()
def acknowledge() -> None:
    """End the notice that the archive was damaged and replaced; what was kept of it stays."""
    from tui.engine.archive import notice

    try:
        text = notice.acknowledge(str(archive_place()))
    except OSError as error:
        raise ArchiveError(f"the notice cannot be removed: {error.strerror}") from error
    common.narrate(f"acknowledged: {text}" if text else "there is nothing to acknowledge")


@archive.command()
@click.option("--from", "source", metavar="ARCHIVE", help="a file or postgresql://...; else the configured archive")
@click.option("--to", "target", metavar="ARCHIVE", required=True, help="a file or postgresql://...; made if need be")
@common.as_json_option
def copy(source: str | None, target: str, as_json: bool) -> int:
    """Copy everything into another archive, between a file and a server, too.

    Each answer is checked against its checksum. Repeat it after an interruption: it goes on, and adds nothing twice.
    """
    from tui.engine.archive import Archive

    place = str(archive_place()) if source is None else source
    if place == target:
        raise UsageError("both are the same archive")
    if not is_url(place) and not Path(place).is_file():
        raise NotFound(f"there is no archive {clean(place)}")
    with Archive.open(place, read_only=True) as old, Archive.open(target) as new:
        done = old.copy_into(new)
        told = f"{plural(done.tasks, 'task')} and {plural(done.answers, 'answer')} copied to {new.place}"
    if as_json:
        common.emit({"schema_version": 1, **asdict(done)})
    for problem in () if as_json else done.problems:
        output.text(clean(problem) + "\n")
    common.narrate(clean(f"{told}; {plural(done.known, 'task')} were there already"))
    return ArchiveError.exit_code if done.problems else 0


@archive.command()
@click.argument("target", type=click.Path())
def backup(target: str) -> None:
    """Write a consistent copy of the archive to TARGET while it is in use."""
    with common.open_archive() as opened:
        written = opened.maintenance.backup(Path(target))
    click.echo(clean(str(written)))


@archive.command()
def compact() -> None:
    """Give back the space of what was pruned; needs room for a second copy meanwhile."""
    with common.open_archive(read_only=False) as opened:
        won = opened.maintenance.compact().result()
        now = opened.maintenance.stats().file
    common.narrate(f"{size_text(won)} given back, the archive has {size_text(now)} now")


@archive.command()
@click.option("--days", type=click.IntRange(min=0), help="older than so many days; else archive.keep_versions")
@click.option("--deleted", is_flag=True, help="also tasks that were deleted here that long ago, for good")
@yes_option
@common.as_json_option
def prune(days: int | None, deleted: bool, yes: bool, as_json: bool) -> None:
    """Remove earlier versions of reports, with --deleted also deleted tasks; nothing goes without this command.

    What is shown as a task's report stays, however old it is. `divewatch archive compact` gives the space back.
    """
    days = common.config().archive.keep_versions if days is None else days
    if days is None:
        raise UsageError("older than what?", hint="give --days, or set archive.keep_versions in the configuration")
    before = datetime.now(UTC) - timedelta(days=days)
    with common.open_archive(read_only=False) as opened:
        count, size = opened.maintenance.old_versions(before)
        tasks = opened.annotations.deleted(before) if deleted else ()
        told = f"{plural(count, 'earlier version')} ({size_text(size)})" + (
            f" and {plural(len(tasks), 'deleted task')} for good" if deleted else ""
        )
        if count or tasks:
            common.confirm(f"Remove {told}?", yes=yes)
            opened.maintenance.forget_versions(before).result()
            opened.annotations.purge(tasks).result()
            from tui.engine.state.log_lines import note

            note(opened, f"archive prune: removed {told}")
    if as_json:
        common.emit({"schema_version": 1, "versions": count, "bytes": size, "tasks": [*tasks]})
    else:
        common.narrate(f"removed: {told}")


def _amount(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int):
        return str("unknown" if value is None else value)
    in_bytes = name in {"file", "log", "bodies", "bodies_stored", "texts", "index", "free"}
    return size_text(value) if in_bytes else f"{value:,}"
