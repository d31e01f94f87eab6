"""Shared parts of commands: completion, JSON output, confirmation, budgets."""

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui.cli import output
from tui.cli.context import (
    Screen,
    accounts,
    config,
    environment,
    info,
    info_of,
    infos,
    not_saved,
    open_archive,
    open_engine,
    paths,
    senders,
)
from tui.cli.output import narrate
from tui.config.paths import archive_place
from tui.domain.errors import DivewatchError, NotFound, UsageError
from tui.domain.text import clean, join, one_line

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from tui.domain.task import Cost, Task
    from tui.engine.archive import Archive
    from tui.engine.runtime import Runtime
    from tui.providers.protocol import Provider

_PAGE = 2000  # tasks

__all__ = [
    "Screen",
    "accounts",
    "config",
    "environment",
    "info",
    "info_of",
    "infos",
    "narrate",
    "not_saved",
    "open_archive",
    "open_engine",
    "paths",
    "senders",
]

_SENTENCE = 1000  # characters of a sentence about a command, at most: none is cut
_QUEUE_SECONDS = 10.0  # that a command waits for a process with the key to send what was queued
as_json_option = click.option("--json", "as_json", is_flag=True, help="machine-readable output")


class CommandGroup(click.Group):
    """A command with subcommands, whose help shows the whole first sentence of each."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the subcommands with their summaries, wrapped."""
        names = self.list_commands(ctx)
        commands = [(name, command) for name in names if (command := self.get_command(ctx, name))]
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(_SENTENCE)) for name, command in commands])


def complete_ids(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Return the archive's task ids that begin with what was typed; none if it cannot be read."""
    from click.shell_completion import CompletionItem

    from tui.engine.archive.search import json as records

    try:
        found = records.ids(str(archive_place()), incomplete)
    except DivewatchError:
        return []
    return [CompletionItem(task_id, help=clean(title)) for task_id, title in found]


def complete_ids_and_files(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Return ids of the archive; the shell adds file names."""
    from click.shell_completion import CompletionItem

    return [*complete_ids(ctx, parameter, incomplete), CompletionItem(incomplete, type="file")]


task_argument = click.argument("task_id", metavar="ID", shell_complete=complete_ids)


def every_task(archive: "Archive") -> Iterator["Task"]:
    """Yield every task, newest first, without having all in memory."""
    after = ""
    while page := archive.tasks(_PAGE, after):
        yield from page
        after = page[-1].id


def plain_task(task: "Task") -> dict[str, Any]:
    """Return a task as the object of `list --json`."""
    import json

    from tui.engine.archive.rows.task_json import to_record

    plain: dict[str, Any] = json.loads(to_record(task))
    return plain


def plain_cost(cost: "Cost") -> dict[str, Any]:
    """Return a cost as a JSON object."""
    return {"amount": cost.amount, "unit": cost.unit, "kind": cost.kind.value}


def tell_started(task: "Task") -> None:
    """Print the result of a create or an adoption to stderr."""
    for warning in task.warnings:
        narrate(warning)
    narrate(f"{task.provider}: {task.status.value}: {task.error or one_line(task.title, 100)}")


def provider(account: str) -> "Provider":
    """Return the provider of an account with the configured prices; raises `NotFound` and `ConfigError`."""
    from tui.config.schema import ProviderTable
    from tui.domain.account import split_account_key
    from tui.providers import registry
    from tui.providers.priced import with_prices

    name = split_account_key(account)[0]
    return with_prices(registry.load(name), config().providers.get(name, ProviderTable()).prices)


def budget_warnings(prices: "Sequence[tuple[str, Cost]]") -> list[str]:
    """Return a sentence for each limit that new tasks (account, cost) could exceed."""
    from datetime import UTC, datetime

    from tui.domain.budget import Spent, month_start, spent_by, warnings
    from tui.engine.archive.person import whoami

    now, before = datetime.now(UTC), Spent()
    with suppress(NotFound), open_archive() as opened:
        before = spent_by(opened.daily_costs(month_start(now)), now, whoami())
    return warnings(prices, before, config().budget.limits())


def need_keys(chosen: "Sequence[str]") -> None:
    """Check for keys before the user is asked to agree to a price; tells who sends if there is none here.

    Raises:
        NoKey: an account has none, or one that cannot be used, and nobody on a shared archive polls it.
    """
    from tui.domain.task import IN_QUEUE, NOBODY_SENDS
    from tui.engine.polling.connection import NoKey

    without = [account for account in accounts() if account.account_key in chosen and account.key is None]
    sending = senders() if without else {}
    for account in without:
        if sender := sending.get(account.account_key, ""):
            narrate(f"{account.account_key}: no key here; it is {IN_QUEUE}, and sent by {sender.partition(' (')[0]}")
            continue
        variables = join(info(account.provider).key_variables, "or")
        hint = f"set {variables}, or: divewatch auth set {account.provider}; nothing was sent"
        hint = hint if isinstance(archive_place(), Path) else f"{hint}; or {NOBODY_SENDS}"
        raise NoKey(f"{account.account_key}: {account.trouble or 'there is no key'}", hint=hint)


def sent_by_then(engine: "Runtime", tasks: "Sequence[Task]") -> "list[Task]":
    """Return tasks once none is queued any more, or after `_QUEUE_SECONDS`."""
    changed = threading.Event()
    stop = engine.subscribe(lambda _: changed.set())
    deadline = time.monotonic() + _QUEUE_SECONDS

    def now() -> "list[Task]":
        return [engine.task(task.id) or task for task in tasks]

    while any(task.waits_in_queue or _is_being_sent(task) for task in now()) and time.monotonic() < deadline:
        changed.wait(1.0)
        changed.clear()
    stop()
    return now()


def _is_being_sent(task: "Task") -> bool:
    from tui.engine.commands.queue_up import BEING_SENT

    return task.remote_id is None and BEING_SENT in task.warnings


def is_unsure(task: "Task") -> bool:
    """Whether a create has probably started no task; False for a queued one."""
    from tui.domain.task import TaskStatus

    return task.status is TaskStatus.FAILED or (task.remote_id is None and not task.waits_in_queue)


def look_again(engine: "Runtime", task_id: str) -> None:
    """Ask about a task on which something was done; where that fails, the next sync tells how it is."""
    with suppress(DivewatchError):
        engine.ask(task_id).result()


def tell_done(message: str, as_json: bool, **about: object) -> None:
    """Say what an action did: on stderr, or as JSON with what it was about."""
    if as_json:
        emit({"schema_version": 1, **about, "message": message})
    else:
        narrate(message)


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
        raise UsageError(f"{question} Nobody is there to ask", hint="nothing was done; repeat with --yes")
    if not click.confirm(clean(question), err=True):
        raise DivewatchError("nothing was done")
