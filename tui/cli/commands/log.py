"""log: what happened, from all processes on this archive, newest first; problems that repeat are one line."""

from collections.abc import Sequence
from contextlib import nullcontext, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from tui.cli import common, context, output
from tui.domain.errors import ArchiveError, NotFound
from tui.domain.text import clean
from tui.domain.times import format_local, iso, parse_time

if TYPE_CHECKING:
    from tui.engine.state.log_lines import LogLine

_EVERYTHING = 10_000  # lines; more are never kept


@click.command()
@click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="only the newest so many lines"
)
@click.option("--new", "only_new", is_flag=True, help="only what came since one last looked, here or with L")
@click.option("--task", metavar="ID", shell_complete=common.complete_ids, help="only lines about this task")
@click.option("--kind", help="only lines of this kind: ended, failed, waiting, action, problem, sync, ...")
@common.as_json_option
def log(limit: int, only_new: bool, task: str | None, kind: str | None, as_json: bool) -> None:
    """Show what happened, newest first: endings, failures, questions, what was sent, what went wrong.

    Lines come from every divewatch on this archive: dashboards, sync, watch and single commands. With --new they count
    as looked at afterwards.

    \b
    divewatch log --new              # since one last looked
    divewatch log --kind failed --json
    """  # noqa: D301 - click wants the backspace
    from tui.engine.state.log_lines import LOOKED, newest_first

    wanted, looked, every = None, None, []
    with nullcontext() if task else suppress(NotFound), context.open_archive() as opened:
        wanted = opened.find(task) if task else None
        looked = parse_time(opened.annotations.state(LOOKED))
        every = newest_first(opened.log(_EVERYTHING))
    found = [
        line
        for line in every
        if (wanted is None or line.entry.task_id == wanted)
        and (kind is None or line.entry.kind == kind)
        and not (only_new and looked is not None and line.entry.at <= looked)
    ]
    shown = found[:limit]
    if as_json:
        told = {"schema_version": 1, "events": [_plain(line) for line in shown], "more": len(found) > limit}
        common.emit({**told, "looked_at": iso(looked)})
    else:
        _print(shown, len(found) - len(shown), looked)
    if only_new and every:
        _looked_at(every[0].entry.at)


def _print(shown: "Sequence[LogLine]", more: int, looked: datetime | None) -> None:
    head = ("when", "kind", "provider", "task", "what")
    rows = [
        (
            format_local(line.entry.at),
            line.entry.kind,
            line.entry.provider or "",
            line.entry.task_id or "",
            clean(line.text),
        )
        for line in shown
    ]
    if rows:
        output.columns(head, rows)
    else:
        output.narrate("nothing has happened yet" if looked is None else "nothing of that has happened")
    if more:
        output.narrate(f"{more:,} more; --limit shows them")


def _plain(line: "LogLine") -> dict[str, Any]:
    entry = line.entry
    return {
        "at": iso(entry.at),
        "kind": entry.kind,
        "text": entry.text,
        "task_id": entry.task_id,
        "provider": entry.provider,
        "count": line.count,
        "since": iso(line.since or entry.at),
    }


def _looked_at(at: datetime) -> None:
    """Save the time up to which the log was seen; an archive that cannot be written is skipped."""
    from tui.engine.state.log_lines import LOOKED

    with suppress(ArchiveError), context.open_archive(read_only=False) as opened:
        opened.annotations.set_state(LOOKED, iso(at)).result()
