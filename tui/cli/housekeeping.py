"""archive and cost: sizes, checks and copies of the archive; what tasks cost."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import click

from tui.cli import session
from tui.cli.columns import size_text, table
from tui.domain.errors import ArchiveError, NotFound
from tui.domain.text import clean, plural
from tui.engine.stored import FILE


@click.group()
def archive() -> None:
    """The archive file: sizes, checks, copies."""


@archive.command()
@session.as_json_option
def stats(as_json: bool) -> None:
    """Sizes and counts."""
    with session.open_archive() as opened:
        figures, path = opened.care.stats(), opened.path
    if as_json:
        session.emit({"schema_version": 1, "path": str(path), **asdict(figures)})
        return
    click.echo(f"{'path':<14} {clean(str(path))}")
    for name, value in asdict(figures).items():
        click.echo(f"{name.replace('_', ' '):<14} {_amount(name, value)}")


@archive.command()
@session.as_json_option
def verify(as_json: bool) -> int:
    """Check the file and every stored answer against its checksum."""
    with session.open_archive() as opened:
        found = opened.care.verify()
    if as_json:
        session.emit({"schema_version": 1, **asdict(found)})
    else:
        for problem in found.problems:
            click.echo(clean(problem))
        session.narrate(f"{plural(found.bodies, 'answer')} of {plural(found.tasks, 'task')} checked")
    return ArchiveError.exit_code if found.problems else 0


@archive.command()
@click.argument("target", type=click.Path())
def backup(target: str) -> None:
    """Write a consistent copy of the archive to TARGET while it is in use."""
    with session.open_archive() as opened:
        written = opened.care.backup(Path(target))
    click.echo(clean(str(written)))


@archive.command()
def compact() -> None:
    """Give back the space of deleted tasks; needs room for a second copy meanwhile."""
    with session.open_archive(read_only=False) as opened:
        won = opened.care.compact().result()
        now = opened.care.stats().file
    session.narrate(f"{size_text(won)} given back, the archive has {size_text(now)} now")


@click.command()
@session.as_json_option
def cost(as_json: bool) -> None:
    """What tasks cost, per month and provider; figures of different kinds are never added up."""
    rows = [*_sums()]
    if as_json:
        session.emit({"schema_version": 1, "costs": rows})
        return
    text = [
        [str("" if row[key] is None else row[key]) for key in ("month", "provider", "tasks", "amount", "unit", "kind")]
        for row in rows
    ]
    if rows:
        click.echo(table(("month", "provider", "tasks", "amount", "unit", "kind"), text, right=(2, 3)), nl=False)
    else:
        session.narrate("nothing was spent yet")


def _sums() -> Iterator[dict[str, object]]:
    sums: dict[tuple[str, str, str, str], list[float | None]] = defaultdict(list)
    with suppress(NotFound), session.open_archive() as opened:
        for line in opened.costs():
            if line.provider != FILE:
                sums[f"{line.at:%Y-%m}", line.provider, line.cost.unit, line.cost.kind.value].append(line.cost.amount)
    for (month, provider, unit, kind), amounts in sorted(sums.items(), reverse=True):
        known = [amount for amount in amounts if amount is not None]
        yield {
            "month": month,
            "provider": provider,
            "tasks": len(amounts),
            "amount": round(sum(known), 6) if known else None,
            "unit": unit if known else None,
            "kind": kind,
        }


def _amount(name: str, value: object) -> str:
    in_bytes = name in {"file", "log", "bodies", "bodies_stored", "texts", "index", "free"}
    return size_text(value) if in_bytes and isinstance(value, int) else str("unknown" if value is None else value)
