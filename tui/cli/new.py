"""new: checks a brief, says what it will cost at most, asks, and sends it to each provider exactly once."""

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from tui.cli import session
from tui.cli.columns import price
from tui.cli.options import json_or_text, name_and_value, parse_json, yes_option
from tui.domain.detail import Json
from tui.domain.errors import DivewatchError, NotFound, UsageError
from tui.domain.provider import Draft
from tui.domain.task import Cost, TaskStatus
from tui.domain.text import clean, join, one_line

if TYPE_CHECKING:
    from tui.domain.task import Task
    from tui.engine.runtime import Runtime

_VARIABLE = re.compile(r"\{\{\s*([\w-]+)\s*\}\}")


@click.command()
@click.argument("prompt", nargs=-1)
@click.option("--provider", "-p", "providers", multiple=True, help="provider or provider:account; repeat for several")
@click.option("--mode", "-m", help="mode, depth or tier, in the provider's own word")
@click.option("--schema", type=click.Path(dir_okay=False), help="JSON Schema file for structured output")
@click.option("--option", "-o", "options", multiple=True, metavar="NAME=VALUE", help="a provider's own option")
@click.option("--file", "-f", "file", type=click.Path(dir_okay=False), help="read the brief from a file, - for stdin")
@click.option("--template", "-t", help="use the brief templates/NAME.md beside config.toml")
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="value for {{NAME}} in the template")
@click.option("--dry-run", is_flag=True, help="check and say the price, send nothing")
@yes_option
@session.as_json_option
def new(
    prompt: tuple[str, ...],
    providers: tuple[str, ...],
    mode: str | None,
    schema: str | None,
    options: tuple[str, ...],
    file: str | None,
    template: str | None,
    values: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Start a task: checks the brief, says what it will cost at most, asks, and sends it exactly once."""
    given = {name: json_or_text(value) for name, value in (name_and_value(text, "--option") for text in options)}
    filled = dict(name_and_value(text, "--set") for text in values)
    draft = Draft(_brief(prompt, file, template, filled), mode, _schema(schema), given)
    chosen = tuple(dict.fromkeys(providers)) or _only_account()
    costs = {name: _checked(name, draft) for name in chosen}
    for name, cost in costs.items():
        session.narrate(f"{name}: at most {price(cost.amount, cost.unit, cost.kind.value)}")
    _warn_budget([*costs.values()])
    if dry_run:
        if as_json:
            session.emit({"schema_version": 1, "dry_run": True, "costs": [_cost(*pair) for pair in costs.items()]})
        return 0
    session.confirm(f"Start {'this task' if len(chosen) == 1 else f'{len(chosen)} tasks'}?", yes=yes)
    with session.open_engine() as (_, engine):
        return _start(engine, chosen, draft, as_json)


def _start(engine: "Runtime", chosen: Sequence[str], draft: Draft, as_json: bool) -> int:
    futures = {name: engine.create(name, draft, confirmation=uuid.uuid4().hex) for name in chosen}
    tasks: list[Task] = []
    errors: list[dict[str, Json]] = []
    for name, future in futures.items():
        try:
            task = _settled(engine, future.result())
        except DivewatchError as error:
            session.narrate(f"{name}: {error.message}{f' ({error.hint})' if error.hint else ''}")
            errors.append({"provider": name, "message": error.message, "exit_code": error.exit_code})
            continue
        tasks.append(task)
        session.tell_started(task)
        if not as_json:
            click.echo(task.id)
    if as_json:
        plain = [session.plain_task(task) for task in tasks]
        session.emit({"schema_version": 1, "tasks": plain, "errors": errors})
    unsure = any(task.status is TaskStatus.FAILED or task.remote_id is None for task in tasks)
    return max((int(str(error["exit_code"])) for error in errors), default=int(unsure))


def _settled(engine: "Runtime", task: "Task") -> "Task":
    """Return a task whose create was never answered as its provider's list shows it, if it does."""
    if task.remote_id is not None or task.status.is_final:
        return task
    session.narrate(f"{task.provider}: the answer was lost; looking for the task in its list")
    engine.sync().result()
    return engine.task(task.id) or task


def _brief(words: tuple[str, ...], file: str | None, template: str | None, values: Mapping[str, str]) -> str:
    given = [name for name, value in (("words", words), ("--file", file), ("--template", template)) if value]
    if len(given) > 1:
        raise UsageError(f"the brief comes from {join(given)}: only one of them, please")
    if values and not template:
        raise UsageError("--set fills a template: name one with --template")
    if template:
        return _filled(template, values)
    if file:
        from tui.engine.documents import read_bytes

        return read_bytes(file).decode("utf-8-sig", "replace").strip()
    return " ".join(words).strip()


def _filled(template: str, values: Mapping[str, str]) -> str:
    folder = session.paths().templates
    known = sorted(path.stem for path in folder.glob("*.md")) if folder.is_dir() else []
    if template not in known:
        hint = f"there are {join(map(clean, known))}" if known else f"put it into {clean(str(folder))} as NAME.md"
        raise NotFound(f"there is no template {one_line(template, 60)}", hint=hint)
    text = (folder / f"{template}.md").read_text("utf-8-sig", "replace").strip()
    wanted = {*_VARIABLE.findall(text)}
    if wanted != values.keys():
        missing, extra = sorted(wanted - values.keys()), sorted(values.keys() - wanted)
        trouble = [f"it needs a value for {join(missing)}"] if missing else []
        trouble += [f"it has no {join(map(clean, extra))}"] if extra else []
        raise UsageError(f"template {clean(template)}: {'; '.join(trouble)}", hint="--set NAME=VALUE")
    return _VARIABLE.sub(lambda found: values[found[1]], text)


def _only_account() -> tuple[str, ...]:
    ready = [account for account in session.accounts() if account.key]
    if len(ready) == 1:
        return (ready[0].provider if ready[0].name == "default" else f"{ready[0].provider}:{ready[0].name}",)
    names = ", ".join(dict.fromkeys(account.provider for account in ready)) or "none has a key yet"
    raise UsageError("say which provider with --provider", hint=f"ready: {names}")


def _checked(account: str, draft: Draft) -> Cost:
    from tui.providers import registry

    provider = registry.load(account.partition(":")[0])
    wrong = provider.check(draft)
    if wrong:
        told = "; ".join(f"{field}: {what}" for field, what in wrong)
        raise UsageError(f"{clean(account)}: {told}", hint="nothing was sent")
    return provider.cost_at_most(draft)


def _warn_budget(costs: list[Cost]) -> None:
    """Warn where the new tasks could exceed a limit, together with what was spent since the limit's period began."""
    budget = session.config().budget
    dollars = [cost.amount for cost in costs if cost.amount is not None and cost.unit == "USD"]
    if budget.task is not None and any(amount > budget.task for amount in dollars):
        session.narrate(f"warning: this is more than your limit for one task (${budget.task:,.2f})")
    now = datetime.now(UTC)
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for name, limit, since in (("day", budget.day, day), ("month", budget.month, day.replace(day=1))):
        if limit is not None and (total := sum(dollars) + _spent(since)) > limit:
            session.narrate(f"warning: ${total:,.2f} this {name} would be more than your limit (${limit:,.2f})")


def _spent(since: datetime) -> float:
    try:
        with session.open_archive() as opened:
            return sum(line.cost.amount or 0.0 for line in opened.costs(since) if line.cost.unit == "USD")
    except NotFound:
        return 0.0


def _cost(name: str, cost: Cost) -> dict[str, Any]:
    return {"provider": name, "amount": cost.amount, "unit": cost.unit, "kind": cost.kind.value}


def _schema(name: str | None) -> Mapping[str, Json] | None:
    if name is None:
        return None
    from tui.engine.documents import read_bytes

    value = parse_json(read_bytes(name).decode("utf-8-sig", "replace"), clean(name))
    if not isinstance(value, dict):
        raise UsageError(f"{clean(name)} is no JSON Schema: an object is expected")
    return value
