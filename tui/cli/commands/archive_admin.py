"""archive and cost: sizes, checks and copies of the archive; what tasks cost."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from tui.cli import common
from tui.cli.option_args import yes_option
from tui.cli.tables import table
from tui.config.paths import archive_path
from tui.domain.amounts import size_text
from tui.domain.errors import ArchiveError, NotFound, UsageError
from tui.domain.provider import AccountState
from tui.domain.task import TaskStatus
from tui.domain.text import clean, plural
from tui.engine.files.saved_detail import FILE


@click.group()
def archive() -> None:
    """The archive file: sizes, checks, copies."""


@archive.command()
@common.as_json_option
def stats(as_json: bool) -> None:
    """Sizes and counts."""
    with common.open_archive() as opened:
        figures, path = opened.care.stats(), opened.path
    if as_json:
        common.emit({"schema_version": 1, "path": str(path), **asdict(figures)})
        return
    click.echo(f"{'path':<14} {clean(str(path))}")
    for name, value in asdict(figures).items():
        click.echo(f"{name.replace('_', ' '):<14} {_amount(name, value)}")


@archive.command()
@common.as_json_option
def verify(as_json: bool) -> int:
    """Check the file and every stored answer against its checksum."""
    with common.open_archive() as opened:
        found = opened.care.verify()
    if as_json:
        common.emit({"schema_version": 1, **asdict(found)})
    else:
        for problem in found.problems:
            click.echo(clean(problem))
        common.narrate(f"{plural(found.bodies, 'answer')} of {plural(found.tasks, 'task')} checked")
    return ArchiveError.exit_code if found.problems else 0


@archive.command()
def acknowledge() -> None:
    """End the notice that the archive was damaged and replaced; what was kept of it stays."""
    from tui.engine.archive import notice

    try:
        text = notice.acknowledge(str(archive_path()))
    except OSError as error:
        raise ArchiveError(f"The notice cannot be removed: {error.strerror}") from error
    common.narrate(f"acknowledged: {text}" if text else "there is nothing to acknowledge")


@archive.command()
@click.argument("target", type=click.Path())
def backup(target: str) -> None:
    """Write a consistent copy of the archive to TARGET while it is in use."""
    with common.open_archive() as opened:
        written = opened.care.backup(Path(target))
    click.echo(clean(str(written)))


@archive.command()
def compact() -> None:
    """Give back the space of what was pruned; needs room for a second copy meanwhile."""
    with common.open_archive(read_only=False) as opened:
        won = opened.care.compact().result()
        now = opened.care.stats().file
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
        count, size = opened.care.old_versions(before)
        tasks = opened.desk.deleted(before) if deleted else ()
        told = f"{plural(count, 'earlier version')} ({size_text(size)})" + (
            f" and {plural(len(tasks), 'deleted task')} for good" if deleted else ""
        )
        if count or tasks:
            common.confirm(f"Remove {told}?", yes=yes)
            opened.care.forget_versions(before).result()
            opened.desk.purge(tasks).result()
    if as_json:
        common.emit({"schema_version": 1, "versions": count, "bytes": size, "tasks": [*tasks]})
    else:
        common.narrate(f"removed: {told}")


@click.command()
@click.option("--left", is_flag=True, help="also ask the providers what credits or quota is left")
@common.as_json_option
def cost(left: bool, as_json: bool) -> None:
    """What tasks cost, per month and provider; figures of different kinds are never added up."""
    rows = [*_sums()]
    balances = _left() if left else []
    if as_json:
        common.emit({"schema_version": 1, "costs": rows, **({"left": balances} if left else {})})
        return
    columns = ("month", "provider", "tasks", "amount", "unit", "kind", "refunded")
    text = [[str(row[key] or ("" if row[key] is None else 0)) for key in columns] for row in rows]
    if rows:
        click.echo(table(columns, text, right=(2, 3, 6)), nl=False)
    else:
        common.narrate("nothing was spent yet")
    for balance in balances:
        click.echo(f"{balance['provider']}: {balance['told']}")


def _left() -> list[dict[str, object]]:
    """Ask each account with a key for its balance, one free request each."""
    from tui.cli.doctor.provider_checks import balances

    return [
        {
            "provider": name,
            "remaining": state.remaining,
            "limit": state.limit,
            "unit": state.unit or None,
            "told": _told(state),
        }
        for name, state in balances(common.accounts())
    ]


def _told(state: AccountState) -> str:
    if state.remaining is None:
        return "; ".join(f"{label} {value}" for label, value in state.facts) or "not told"
    limit = "" if state.limit is None else f" of {state.limit:,.10g}"
    return f"{state.remaining:,.10g}{limit} {state.unit} left".replace("  ", " ")


def _sums() -> Iterator[dict[str, object]]:
    sums: dict[tuple[str, str, str, str], list[float | None]] = defaultdict(list)
    refunded: dict[tuple[str, str, str, str], int] = defaultdict(int)
    with suppress(NotFound), common.open_archive() as opened:
        for line in opened.costs():
            if line.provider != FILE:
                key = (f"{line.at:%Y-%m}", line.provider, line.cost.unit, line.cost.kind.value)
                sums[key].append(line.cost.amount)
                # a failed task whose cost was counted down to nothing: its charges went back (extruct.md section 12)
                refunded[key] += line.status is TaskStatus.FAILED and line.cost.amount == 0
    for (month, provider, unit, kind), amounts in sorted(sums.items(), reverse=True):
        known = [amount for amount in amounts if amount is not None]
        yield {
            "month": month,
            "provider": provider,
            "tasks": len(amounts),
            "amount": round(sum(known), 6) if known else None,
            "unit": unit if known else None,
            "kind": kind,
            "refunded": refunded[month, provider, unit, kind],
        }


def _amount(name: str, value: object) -> str:
    in_bytes = name in {"file", "log", "bodies", "bodies_stored", "texts", "index", "free"}
    return size_text(value) if in_bytes and isinstance(value, int) else str("unknown" if value is None else value)
