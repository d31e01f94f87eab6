"""batch: several briefs as one batch at a provider: start, list, show, cancel."""

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from tui.cli import common, context, output
from tui.cli.option_args import yes_option
from tui.domain.account import account_key, split_account_key
from tui.domain.actions import CancelBatch
from tui.domain.amounts import at_most, cost_text, plain_cost_text
from tui.domain.capability import Capability
from tui.domain.errors import DivewatchError, NotFound, UsageError
from tui.domain.possible import under_way
from tui.domain.provider import Draft
from tui.domain.task import IN_QUEUE, Cost, Task
from tui.domain.text import clean, one_line, plural
from tui.domain.times import format_local, iso, parse_time

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from tui.domain.actions import Batch
    from tui.providers.protocol import Provider

_HEAD = ("batch", "provider", "status", "created", "tasks", "cost", "name")
_ROOMY, _SHORT_ID = 160, 14  # columns that whole ids have room in; characters of a shortened one
_offline = click.option("--offline", is_flag=True, help="only what the archive knows; ask nobody")


def _complete(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Return the archive's batch ids that begin with what was typed; none if it cannot be read."""
    from click.shell_completion import CompletionItem

    try:
        known = _by_batch()
    except DivewatchError:
        return []
    return [
        CompletionItem(batch_id, help=f"{plural(len(tasks), 'task')}, {key}")
        for (key, batch_id), tasks in known.items()
        if batch_id.startswith(incomplete)
    ]


_batch_argument = click.argument("batch_id", metavar="BATCH", shell_complete=_complete)


@click.group(cls=common.CommandGroup)
def batch() -> None:
    """Several briefs as one batch: started together, counted and cancelled together.

    \b
    divewatch batch start briefs.txt -m fast --name 'Monday'
    divewatch batch list
    divewatch batch show batch_12ab
    """  # noqa: D301 - click wants the backspace


@batch.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--provider", "-p", "account", help="provider or provider:account")
@click.option("--mode", "-m", help="mode of all tasks, in the provider's own word")
@click.option("--name", default="", help="name of the batch, shown at the provider")
@click.option("--dry-run", is_flag=True, help="check and say the price, send nothing")
@yes_option
@common.as_json_option
def start(file: str, account: str | None, mode: str | None, name: str, dry_run: bool, yes: bool, as_json: bool) -> int:
    """Start the briefs in FILE (- for standard input), parted by lines of --- or else by blank lines.

    All are sent at once, or none.

    \b
    divewatch batch start briefs.txt -p PROVIDER -m MODE
    """  # noqa: D301 - click wants the backspace
    from tui.engine.api import BatchPlan
    from tui.engine.commands.batches import briefs_in
    from tui.engine.files.documents import read_text

    key = account or _only_account()
    prompts = briefs_in(read_text(file))
    costs = _checked(key, prompts, mode)
    output.narrate(f"{key}: {plural(len(prompts), 'task')}, {at_most([(key, cost) for cost in costs])}")
    for warning in common.budget_warnings([(key, cost) for cost in costs]):
        output.narrate(f"warning: {warning}")
    if dry_run:
        if as_json:
            common.emit(
                {"schema_version": 1, "dry_run": True, "tasks": len(prompts), "costs": [*map(common.plain_cost, costs)]}
            )
        return 0
    common.need_keys([key])
    common.confirm(f"Start {plural(len(prompts), 'task')} as one batch?", yes=yes)
    plan = BatchPlan(tuple(prompts), mode, name)
    with context.open_engine() as (_, engine):
        tasks = engine.batch(key, plan, confirmation=uuid.uuid4().hex).result()
        tasks = common.sent_by_then(engine, tasks)
    return _tell_started(tasks, as_json)


@batch.command("list")
@_offline
@common.as_json_option
def list_batches(offline: bool, as_json: bool) -> int:
    """List every batch with its name, its counts and what it cost.

    Each account that has batches is asked once; --offline counts the tasks of the archive instead.

    \b
    divewatch batch list --json
    """  # noqa: D301 - click wants the backspace
    known = _by_batch()
    told: dict[tuple[str, str], Batch] = {}
    code = 0 if offline else _ask_all(told)
    keys = list(dict.fromkeys([*told, *known]))
    rows = [_row(key, told.get(key), known.get(key, [])) for key in keys]
    if as_json:
        common.emit({"schema_version": 1, "batches": rows})
    elif rows:
        output.columns(*_table(rows, output.width_of_terminal()))
    else:
        output.narrate("there is no batch")
    return code


@batch.command()
@_batch_argument
@_offline
@common.as_json_option
def show(batch_id: str, offline: bool, as_json: bool) -> int:
    """Show one batch: name, counts and cost as its provider tells them, and its tasks; the id may be shortened.

    \b
    divewatch batch show batch_12ab --json
    """  # noqa: D301 - click wants the backspace
    (key, full_id), tasks = _found(batch_id)
    told, code = None, 0
    if not offline:
        try:
            with context.open_engine() as (_, engine):
                told = next(iter(engine.about_batches(key, full_id).result()), None)
        except DivewatchError as error:
            output.narrate(f"{key}: {error.message}")
            code = error.exit_code
    row = _row((key, full_id), told, tasks)
    if as_json:
        common.emit({"schema_version": 1, **row, "tasks": [common.plain_task(task) for task in tasks]})
        return code
    output.text("".join(f"{label + ':':<10} {cell}\n" for label, cell in zip(_HEAD, _cells(row), strict=True)) + "\n")
    output.columns(("id", "status", "title"), [(task.id, task.status.value, task.title) for task in tasks])
    return code


@batch.command()
@_batch_argument
@yes_option
@common.as_json_option
def cancel(batch_id: str, yes: bool, as_json: bool) -> None:
    """Cancel every task of a batch that has not ended; what it used so far may be billed.

    \b
    divewatch batch cancel batch_12ab
    """  # noqa: D301 - click wants the backspace
    (_, full_id), tasks = _found(batch_id)
    active = [task for task in tasks if under_way(task)]
    if not active:
        raise UsageError("the batch has already ended", hint="nothing was sent; `divewatch sync` asks again")
    common.confirm(f"Cancel {plural(len(active), 'task')} of batch {full_id}? They cannot be resumed.", yes=yes)
    with context.open_engine() as (_, engine):
        outcome = engine.act(active[0].id, CancelBatch()).result()
        engine.sync().result()
    common.tell_done(outcome.message, as_json, batch_id=full_id)


def _only_account() -> str:
    ready = [*_able(), *(key for key in context.senders() if _has_batches(key))]
    if len(ready) != 1:
        raise UsageError("say which provider with --provider", hint=f"ready: {', '.join(ready) or 'none with a key'}")
    return ready[0]


def _able() -> Iterator[str]:
    """Yield the accounts with a key whose provider supports batches."""
    for account in context.accounts():
        if account.key and Capability.BATCH in context.info(account.provider).capabilities:
            yield account_key(account.provider, account.name)


def _has_batches(key: str) -> bool:
    names = {account.account_key: account.provider for account in context.accounts() if not account.key}
    return key in names and Capability.BATCH in context.info(names[key]).capabilities


def _checked(key: str, prompts: Sequence[str], mode: str | None) -> list[Cost]:
    """Check each brief and return its maximum cost.

    Raises:
        UsageError: with the number of the brief and what is wrong; nothing was sent.
    """
    from tui.providers import registry

    provider: Provider = registry.load(split_account_key(key)[0])
    if Capability.BATCH not in provider.info.capabilities:
        raise UsageError(provider.info.missing.get(Capability.BATCH) or f"{provider.info.title} has no batches")
    limits = provider.info.batch
    if not prompts or (limits and len(prompts) > limits.most):
        most = f"at most {limits.most}" if limits else "at least 1"
        raise UsageError(f"{plural(len(prompts), 'brief')}: {most} in one batch", hint="nothing was sent")
    if limits and mode in limits.without_modes:
        raise UsageError(f"batches have no mode {mode}", hint="nothing was sent")
    costs = []
    for number, prompt in enumerate(prompts, 1):
        draft = Draft(prompt, mode)
        if wrong := provider.check(draft):
            told = "; ".join(f"{field}: {what}" for field, what in wrong)
            raise UsageError(f"brief {number}: {told}", hint="nothing was sent")
        costs.append(provider.cost_at_most(draft))
    return costs


def _tell_started(tasks: Sequence[Task], as_json: bool) -> int:
    for task in tasks:
        common.tell_started(task)
    if as_json:
        common.emit({"schema_version": 1, "tasks": [common.plain_task(task) for task in tasks]})
    else:
        for task in tasks:
            click.echo(task.id)
    batch_id = next((task.batch_id for task in tasks if task.batch_id), None)
    waits = any(task.waits_in_queue for task in tasks)
    unnamed = IN_QUEUE if waits else "the provider named no batch"
    output.narrate(f"batch {batch_id}" if batch_id else unnamed)
    return int(any(map(common.is_unsure, tasks)))


def _by_batch() -> dict[tuple[str, str], list[Task]]:
    """Return the tasks of the archive by (account, batch id), the newest batch first."""
    found: dict[tuple[str, str], list[Task]] = {}
    try:
        with context.open_archive() as opened:
            for task in common.every_task(opened):
                if task.batch_id:
                    found.setdefault((task.account_key, task.batch_id), []).append(task)
    except NotFound:
        return {}
    return found


def _found(prefix: str) -> tuple[tuple[str, str], list[Task]]:
    every = _by_batch()
    fitting = [key for key in every if key[1] == prefix] or [key for key in every if key[1].startswith(prefix)]
    if not fitting:
        raise NotFound(f"no batch begins with {clean(prefix)}", hint="`divewatch batch list` shows them")
    if len(fitting) > 1:
        raise UsageError(f"several batches begin with {clean(prefix)}", hint=", ".join(one for _, one in fitting[:5]))
    return fitting[0], every[fitting[0]]


def _ask_all(told: "dict[tuple[str, str], Batch]") -> int:
    """List the batches of every account that supports them; returns the worst exit code."""
    able = [*_able()]
    if not able:
        return 0
    code = 0
    with context.open_engine() as (_, engine):
        coming = {key: engine.about_batches(key) for key in able}
        for key, future in coming.items():
            try:
                told.update({(key, one.id): one for one in future.result()})
            except UsageError:  # it has batches, but no list of them
                output.narrate(f"{key} cannot list its batches: those of the archive are shown")
            except DivewatchError as error:
                output.narrate(f"{key}: {error.message}")
                code = max(code, error.exit_code)
    return code


def _row(key: tuple[str, str], told: "Batch | None", tasks: Sequence[Task]) -> dict[str, Any]:
    """Return one batch as JSON; counts that the provider did not send are counted in the archive."""
    counts = told.counts if told else {"total": len(tasks), **Counter(task.status.value for task in tasks)}
    created = told.created_at if told else min((task.created_at for task in tasks if task.created_at), default=None)
    amounts = [task.cost for task in tasks]
    return {
        "batch_id": key[1],
        "provider": key[0],
        "name": told.name if told else None,
        "status": told.status if told else None,
        "mode": told.mode if told else next((task.mode for task in tasks), None),
        "created_at": iso(created),
        "counts": dict(counts),
        "cost": common.plain_cost(told.cost) if told and told.cost.amount is not None else None,
        "cost_of_tasks": ", ".join(filter(None, map(cost_text, amounts))) if amounts else None,
        "task_ids": [task.id for task in tasks],
    }


def _table(rows: Sequence[Mapping[str, Any]], width: int | None) -> tuple[Sequence[str], list[list[str]]]:
    """Return headers and cells of a list of batches; a narrow terminal gets short ids, no status and day."""
    cells = [[*_cells(row)] for row in rows]
    if width is None or width >= _ROOMY:
        return _HEAD, cells
    narrow = [[row["batch_id"][:_SHORT_ID], row["provider"], tasks, cost.partition(",")[0], name]
              for row, (*_, tasks, cost, name) in zip(rows, cells, strict=True)]  # fmt: skip
    return [name for name in _HEAD if name not in {"status", "created"}], narrow


def _cells(row: Mapping[str, Any]) -> Iterator[str]:
    from tui.engine.commands.batches import counts_told

    cost = row["cost"]
    yield from (row["batch_id"], row["provider"], str(row["status"] or "").replace("_", " "))
    yield format_local(parse_time(row["created_at"]))
    yield counts_told(row["counts"])
    yield plain_cost_text(cost) if cost else str(row["cost_of_tasks"] or "")
    yield one_line(row["name"] or "")
