"""Shared parts of commands: ids by prefix, JSON output, confirmation."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from tui.cli import output
from tui.cli.context import (
    Screen,
    accounts,
    config,
    environment,
    info,
    infos,
    not_saved,
    open_archive,
    open_engine,
    paths,
)
from tui.cli.output import narrate
from tui.config.paths import archive_place
from tui.domain.errors import DivewatchError, NotFound, UsageError
from tui.domain.text import clean, one_line

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from tui.domain.task import Cost, Task
    from tui.providers.protocol import Provider

__all__ = [
    "Screen",
    "accounts",
    "config",
    "environment",
    "info",
    "infos",
    "narrate",
    "not_saved",
    "open_archive",
    "open_engine",
    "paths",
]

as_json_option = click.option("--json", "as_json", is_flag=True, help="machine-readable output")


def complete_ids(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Return the ids of the archive that begin with what was typed; an archive that cannot be read has none."""
    from click.shell_completion import CompletionItem

    from tui.engine.archive.search import json as records

    try:
        found = records.ids(str(archive_place()), incomplete)
    except DivewatchError:
        return []
    return [CompletionItem(task_id, help=clean(title)) for task_id, title in found]


def complete_ids_and_files(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Return ids of the archive, and let the shell add its file names."""
    from click.shell_completion import CompletionItem

    return [*complete_ids(ctx, parameter, incomplete), CompletionItem(incomplete, type="file")]


task_argument = click.argument("task_id", metavar="ID", shell_complete=complete_ids)


def plain_task(task: "Task") -> dict[str, Any]:
    """Return a task as the object of `list --json`."""
    import json

    from tui.engine.archive.rows.task_json import to_record

    plain: dict[str, Any] = json.loads(to_record(task))
    return plain


def tell_started(task: "Task") -> None:
    """Say on stderr what became of a create or an adoption."""
    for warning in task.warnings:
        narrate(warning)
    narrate(f"{task.provider}: {task.status.value}: {task.error or one_line(task.title, 100)}")


def provider(account: str) -> "Provider":
    """Return the provider of an account with the user's prices; raises `NotFound` and `ConfigError`."""
    from tui.config.schema import ProviderTable
    from tui.domain.account import split_account_key
    from tui.providers import registry
    from tui.providers.priced import with_prices

    name = split_account_key(account)[0]
    return with_prices(registry.load(name), config().providers.get(name, ProviderTable()).prices)


def budget_warnings(costs: "Sequence[Cost]") -> list[str]:
    """Return a sentence for each limit that new tasks could exceed, with all that was spent in its period."""
    from datetime import UTC, datetime

    from tui.domain.budget import Spent, month_start, spent, warnings

    now, before = datetime.now(UTC), Spent()
    with suppress(NotFound), open_archive() as opened:
        before = spent(((line.at, line.cost) for line in opened.costs(month_start(now))), now)
    return warnings(costs, before, config().budget.limits())


def emit(value: Any) -> None:
    """Print a value as JSON to stdout; the same bytes on a terminal and in a pipe."""
    output.data(output.json_text(value))


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
