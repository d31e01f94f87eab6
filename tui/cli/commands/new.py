"""new: checks a brief, says what it will cost at most, asks, and sends it to each provider exactly once."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from tui.cli import common, output
from tui.cli.option_args import json_or_text, name_and_value, parse_json, yes_option
from tui.domain.account import split_account_key
from tui.domain.amounts import at_most, published
from tui.domain.capability import Capability
from tui.domain.detail import Json
from tui.domain.errors import DivewatchError, UsageError
from tui.domain.options import OptionKind, with_value
from tui.domain.provider import Draft
from tui.domain.task import IN_QUEUE, Cost, Task
from tui.domain.text import clean, join
from tui.engine.commands.option_values import read_value
from tui.engine.files import templates

if TYPE_CHECKING:
    from tui.engine.runtime import Runtime


@click.command()
@click.argument("prompt", nargs=-1)
@click.option("--provider", "-p", "providers", multiple=True, help="provider or provider:account; repeat for several")
@click.option("--mode", "-m", help="mode, depth or tier, in the provider's own word")
@click.option("--schema", type=click.Path(dir_okay=False), help="JSON Schema file for structured output")
@click.option("--option", "-o", "options", multiple=True, metavar="NAME=VALUE", help="a provider's own option")
@click.option("--options", "listing", is_flag=True, help="list the provider's own options, start nothing")
@click.option("--file", "-f", "file", type=click.Path(dir_okay=False), help="read the brief from a file, - for stdin")
@click.option("--template", "-t", help="use the brief templates/NAME.md beside config.toml")
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="value for {{NAME}} in the template")
@click.option("--again", metavar="ID", help="everything another task was started with; what else is given replaces it")
@click.option("--follow", multiple=True, metavar="ID", help="build on the report of this task; repeat for several")
@click.option("--dry-run", is_flag=True, help="check and say the price, send nothing")
@yes_option
@common.as_json_option
def new(
    prompt: tuple[str, ...],
    providers: tuple[str, ...],
    mode: str | None,
    schema: str | None,
    options: tuple[str, ...],
    listing: bool,
    file: str | None,
    template: str | None,
    values: tuple[str, ...],
    again: str | None,
    follow: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Start a task: checks the brief, says what it will cost at most, asks, and sends it exactly once."""
    before = _before([again] if again else [])
    followed = _before(follow)
    accounts = providers or [task.account_key for task, _ in (*before, *followed)]
    chosen = tuple(dict.fromkeys(accounts)) or _only_account()
    if listing:
        return _list_options(chosen, as_json)
    like = before[0][1] if before else Draft("")
    text = _brief(prompt, file, template, dict(name_and_value(text, "--set") for text in values))
    given = Draft(text or like.prompt, mode, _schema(schema) or like.output_schema)
    drafts = {}
    for name in chosen:
        own = like if before and split_account_key(name)[0] == before[0][0].provider else Draft("")
        drafts[name] = replace(given, mode=mode or own.mode, options=_options(name, own, options, followed))
        if own is not like and (like.options or like.mode):
            common.narrate(f"{name}: mode and options of {before[0][0].provider} are not taken along")
    costs = {name: _checked(name, draft) for name, draft in drafts.items()}
    for name, cost in costs.items():
        source = "" if cost.amount is None else f", {published(cost, _day_of(name, drafts[name]))}"
        common.narrate(f"{name}: {at_most([(name, cost)])}{source}")
    for warning in common.budget_warnings([*costs.items()]):
        common.narrate(f"warning: {warning}")
    if dry_run:
        if as_json:
            told = [{"provider": name, **common.plain_cost(cost)} for name, cost in costs.items()]
            common.emit({"schema_version": 1, "dry_run": True, "costs": told})
        return 0
    common.need_keys(chosen)
    common.confirm(f"Start {'this task' if len(chosen) == 1 else f'{len(chosen)} tasks'}?", yes=yes)
    with common.open_engine() as (_, engine):
        return _start(engine, drafts, as_json)


def _before(prefixes: Sequence[str]) -> list[tuple[Task, Draft]]:
    """Return the named tasks with their drafts, as far as those are known."""
    if not prefixes:
        return []
    with common.open_archive() as opened:
        ids = [opened.find(prefix) for prefix in prefixes]
        tasks = [opened.task(task_id) for task_id in ids]
        return [(task, opened.draft(task.id) or Draft(task.prompt or "", task.mode)) for task in tasks]


def _options(
    account: str, like: Draft, typed: Sequence[str], followed: Sequence[tuple[Task, Draft]]
) -> dict[str, Json]:
    """Return the options for one account: those of `like`, the typed ones, and the reports to follow."""
    known = {option.name: option for option in common.provider(account).options()}
    options = dict(like.options)
    for name, value in (name_and_value(text, "--option") for text in typed):
        option = known.get(name)
        read = json_or_text(value)
        if option is not None and isinstance(read, str | int) and not isinstance(read, bool):
            read = read_value(option, value)  # as in the form: paths of files, on and off, lists of words
        options = with_value(options, name, read)
    if followed:
        place = next((option.name for option in known.values() if option.kind is OptionKind.REPORTS), None)
        if place is None:
            missing = common.provider(account).info.missing.get(Capability.FOLLOW)
            raise UsageError(missing or f"{clean(account)} takes no earlier reports along")
        options = with_value(options, place, [task.remote_id for task, _ in followed if task.remote_id])
    return options


def _list_options(chosen: Sequence[str], as_json: bool) -> int:
    rows = [
        {
            "provider": name,
            "name": option.name,
            "kind": option.kind.value,
            "about": option.about,
            "choices": list(option.choices),
        }
        for name in chosen
        for option in common.provider(name).options()
    ]
    if as_json:
        common.emit({"schema_version": 1, "options": rows})
    elif rows:
        told = [[str(row[key]) for key in ("provider", "name", "kind", "about")] for row in rows]
        output.columns(("provider", "name", "kind", "about"), told)
    else:
        common.narrate(f"{join(chosen)}: no options beside mode and schema")
    return 0


def _start(engine: "Runtime", drafts: Mapping[str, Draft], as_json: bool) -> int:
    group = uuid.uuid4().hex if len(drafts) > 1 else None
    futures = {
        name: engine.create(name, draft, confirmation=uuid.uuid4().hex, group=group) for name, draft in drafts.items()
    }
    tasks: list[Task] = []
    errors: list[dict[str, Json]] = []
    for name, future in futures.items():
        try:
            task = _settled(engine, future.result())
        except DivewatchError as error:
            common.narrate(f"{name}: {error.told}")
            errors.append({"provider": name, "message": error.message, "exit_code": error.exit_code})
            continue
        tasks.append(task)
        common.tell_started(task)
        if task.waits_in_queue:
            common.narrate(f"{task.id} {IN_QUEUE}; `divewatch cancel {task.id}` takes it back")
        if not as_json:
            click.echo(task.id)
    if as_json:
        plain = [common.plain_task(task) for task in tasks]
        common.emit({"schema_version": 1, "tasks": plain, "errors": errors})
    unsure = any(common.is_unsure(task) for task in tasks)
    return max((int(str(error["exit_code"])) for error in errors), default=int(unsure))


def _settled(engine: "Runtime", task: Task) -> Task:
    """Return an orphan as its provider's list shows it now, if it does."""
    if task.waits_in_queue:
        task = common.sent_by_then(engine, [task])[0]
    if task.remote_id is not None or task.status.is_final or task.waits_in_queue:
        return task
    common.narrate(f"{task.provider}: the answer was lost; looking for the task in its list")
    engine.sync().result()
    return engine.task(task.id) or task


def _brief(words: tuple[str, ...], file: str | None, template: str | None, values: Mapping[str, str]) -> str:
    given = [name for name, value in (("words", words), ("--file", file), ("--template", template)) if value]
    if len(given) > 1:
        raise UsageError(f"the brief comes from {join(given)}: give only one of them")
    if values and not template:
        raise UsageError("--set fills a template: name one with --template")
    if template:
        return _filled(template, values)
    if file:
        from tui.engine.files.documents import read_text

        return read_text(file)
    return " ".join(words).strip()


def _filled(template: str, values: Mapping[str, str]) -> str:
    text = templates.read(common.paths().templates, template)
    wanted = {*templates.variables(text)}
    if wanted != values.keys():
        missing, extra = sorted(wanted - values.keys()), sorted(values.keys() - wanted)
        trouble = [f"it needs a value for {join(missing)}"] if missing else []
        trouble += [f"it has no {join(map(clean, extra))}"] if extra else []
        raise UsageError(f"template {clean(template)}: {'; '.join(trouble)}", hint="--set NAME=VALUE")
    return templates.fill(text, values)


def _only_account() -> tuple[str, ...]:
    senders = common.senders()
    ready = [account for account in common.accounts() if account.key or account.account_key in senders]
    if len(ready) == 1:
        return (ready[0].account_key,)
    names = ", ".join(dict.fromkeys(account.provider for account in ready)) or "none has a key yet"
    raise UsageError("say which provider with --provider", hint=f"ready: {names}")


def _checked(account: str, draft: Draft) -> Cost:
    provider = common.provider(account)
    wrong = provider.check(draft)
    if wrong:
        told = "; ".join(f"{field}: {what}" for field, what in wrong)
        raise UsageError(f"{clean(account)}: {told}", hint="nothing was sent")
    return provider.cost_at_most(draft)


def _day_of(account: str, draft: Draft) -> str:
    """Return the day of the published price of a draft's mode."""
    modes = common.info(split_account_key(account)[0]).modes
    return next((mode.known_on for mode in modes if (mode.name == draft.mode if draft.mode else mode.default)), "")


def _schema(name: str | None) -> Mapping[str, Json] | None:
    if name is None:
        return None
    from tui.engine.files.documents import read_text

    value = parse_json(read_text(name), clean(name))
    if not isinstance(value, dict):
        raise UsageError(f"{clean(name)} is no JSON Schema: an object is expected")
    return value
