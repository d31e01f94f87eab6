"""new, track, respond, steer, cancel, delete, share: actions at a provider, each sent once and said in one line."""

import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from tui.cli import session
from tui.engine.documents import read_bytes
from tui.domain.detail import Json
from tui.domain.errors import DivewatchError, UsageError
from tui.domain.provider import Capability, Draft
from tui.domain.task import Cost, Task
from tui.domain.text import clean, one_line

_yes = click.option("--yes", "-y", is_flag=True, help="do not ask")


@click.command()
@click.argument("prompt", nargs=-1)
@click.option(
    "--provider", "-p", "providers", multiple=True, help="provider or provider:account; repeat to ask several"
)
@click.option("--mode", "-m", help="mode, depth or tier, in the provider's own word")
@click.option("--schema", type=click.Path(dir_okay=False), help="JSON Schema file for structured output")
@click.option(
    "--option", "-o", "options", multiple=True, metavar="NAME=VALUE", help="a provider's own option; JSON or text"
)
@click.option(
    "--file", "-f", "prompt_file", type=click.Path(dir_okay=False), help="read the brief from a file, - for stdin"
)
@click.option("--dry-run", is_flag=True, help="check and say the price, send nothing")
@_yes
@session.as_json_option
def new(
    prompt: tuple[str, ...],
    providers: tuple[str, ...],
    mode: str | None,
    schema: str | None,
    options: tuple[str, ...],
    prompt_file: str | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Start a task: checks the brief, says what it will cost at most, asks, and sends it exactly once."""
    brief = read_bytes(prompt_file).decode("utf-8", "replace") if prompt_file else " ".join(prompt)
    draft = Draft(brief.strip(), mode, _schema(schema), dict(_option(text) for text in options))
    chosen = providers or tuple(_only_account())
    costs = {name: _checked(name, draft) for name in chosen}
    for name, cost in costs.items():
        session.narrate(f"{name}: at most {price(cost)}")
    _check_budget([*costs.values()])
    if dry_run:
        return 0
    session.confirm(f"Start {'this task' if len(chosen) == 1 else f'{len(chosen)} tasks'}?", yes=yes)
    worst = 0
    with session.open_engine() as (_, engine):
        for name in chosen:
            try:
                task = engine.create(name, draft, confirmation=uuid.uuid4().hex).result()
                _told(task, as_json)
            except DivewatchError as error:
                session.narrate(f"{name}: {error.message}{f' ({error.hint})' if error.hint else ''}")
                worst = max(worst, error.exit_code)
    return worst


@click.command()
@click.argument("provider")
@click.argument("reference", metavar="ID|ADDRESS")
@session.as_json_option
def track(provider: str, reference: str, as_json: bool) -> None:
    """Adopt a task that was started elsewhere, by its id or its web address at PROVIDER."""
    session.info(provider.partition(":")[0])
    with session.open_engine() as (_, engine):
        _told(engine.track(provider, reference).result(), as_json)


@click.command()
@click.argument("task_id", metavar="ID")
@click.argument("answer", metavar="JSON|-")
@session.as_json_option
def respond(task_id: str, answer: str, as_json: bool) -> None:
    """Answer the checkpoint of a task that waits for you.

    ANSWER is the response object, e.g. '{"approved": true}' or '{"answers": [{"question": "...", "answer": "..."}]}'.
    """
    text = read_bytes("-").decode("utf-8", "replace") if answer == "-" else answer
    _act(task_id, Capability.RESPOND, {"response": _json(text, "the answer")}, as_json)


@click.command()
@click.argument("task_id", metavar="ID")
@click.argument("instruction", nargs=-1, required=True)
@session.as_json_option
def steer(task_id: str, instruction: tuple[str, ...], as_json: bool) -> None:
    """Give a running task a further instruction."""
    _act(task_id, Capability.STEER, {"instruction": " ".join(instruction)}, as_json)


@click.command()
@click.argument("task_id", metavar="ID")
@_yes
@session.as_json_option
def cancel(task_id: str, yes: bool, as_json: bool) -> None:
    """Stop a task for good; what it used so far may be billed, what it found so far is kept."""
    _act(task_id, Capability.CANCEL, {}, as_json, question="Cancel {title}? It cannot be resumed.", yes=yes)


@click.command()
@click.argument("task_id", metavar="ID")
@_yes
@session.as_json_option
def delete(task_id: str, yes: bool, as_json: bool) -> None:
    """Delete a task at its provider; the copy in the archive stays."""
    _act(
        task_id,
        Capability.DELETE,
        {},
        as_json,
        question="Delete {title} at the provider? The archive keeps it.",
        yes=yes,
    )


@click.command()
@click.argument("task_id", metavar="ID")
@click.option("--off", is_flag=True, help="make it private again")
@session.as_json_option
def share(task_id: str, off: bool, as_json: bool) -> None:
    """Make a finished task public and print its address."""
    _act(task_id, Capability.SHARE, {"public": not off}, as_json)


def price(cost: Cost) -> str:
    """Return a cost in words: "$0.50 (price list)", "25 credits", "an unknown amount"."""
    if cost.amount is None:
        return "an unknown amount"
    amount = f"${cost.amount:,.2f}" if cost.unit == "USD" else f"{cost.amount:g} {cost.unit}"
    return f"{amount} ({cost.kind.value.replace('_', ' ')})"


def _act(
    prefix: str,
    action: Capability,
    arguments: Mapping[str, Json],
    as_json: bool,
    *,
    question: str = "",
    yes: bool = True,
) -> None:
    with session.open_engine() as (opened, engine):
        task = opened.find(prefix)
        info = session.info(task.provider)
        if action not in info.capabilities:
            raise UsageError(f"{info.title} cannot do that: {info.missing.get(action, 'its API has no such call')}")
        if question:
            session.confirm(question.format(title=one_line(task.title, 60) or task.id), yes=yes)
        outcome = engine.act(task.id, action, arguments).result()
        if as_json:
            session.emit({"schema_version": 1, "id": task.id, "message": outcome.message, "web_url": outcome.web_url})
        else:
            session.narrate(outcome.message)
            if outcome.web_url:
                click.echo(clean(outcome.web_url))


def _told(task: Task, as_json: bool) -> None:
    from tui.engine.archive.codec import to_record

    for warning in task.warnings:
        session.narrate(warning)
    if as_json:
        session.emit({"schema_version": 1, "task": json.loads(to_record(task))})
    else:
        click.echo(task.id)
        session.narrate(f"{task.status.value}: {one_line(task.title, 100)}")


def _only_account() -> list[str]:
    ready = [account for account in session.accounts() if account.key]
    if len(ready) == 1:
        return [ready[0].provider if ready[0].name == "default" else f"{ready[0].provider}:{ready[0].name}"]
    names = ", ".join(dict.fromkeys(account.provider for account in ready)) or "none has a key yet"
    raise UsageError("say which provider with --provider", hint=f"ready: {names}")


def _checked(account: str, draft: Draft) -> Cost:
    from tui.providers import registry

    provider = registry.load(account.partition(":")[0])
    wrong = provider.check(draft)
    if wrong:
        raise UsageError(
            f"{account}: " + "; ".join(f"{field}: {what}" for field, what in wrong), hint="nothing was sent"
        )
    return provider.cost_at_most(draft)


def _check_budget(costs: list[Cost]) -> None:
    budget = session.config().budget
    total = sum(cost.amount for cost in costs if cost.amount is not None and cost.unit == "USD")
    if budget.task is not None and any((cost.amount or 0) > budget.task for cost in costs if cost.unit == "USD"):
        session.narrate(f"warning: this is more than your limit for one task (${budget.task:,.2f})")
    for name, limit in (("day", budget.day), ("month", budget.month)):
        if limit is not None and total > limit:
            session.narrate(f"warning: this alone is more than your limit for a {name} (${limit:,.2f})")


def _schema(name: str | None) -> Mapping[str, Json] | None:
    if name is None:
        return None
    value = _json(read_bytes(name).decode("utf-8", "replace"), clean(Path(name).name))
    if not isinstance(value, dict):
        raise UsageError(f"{clean(name)} is no JSON Schema: an object is expected")
    return value


def _option(text: str) -> tuple[str, Json]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"--option {clean(text)}: expected NAME=VALUE")
    try:
        parsed: Json = json.loads(value)
    except ValueError:
        parsed = value
    return name, parsed


def _json(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{what} is not JSON: {one_line(str(error))}") from error
