"""track, respond, steer, cancel, delete, share: actions at a provider, each sent once and reported in one line."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from tui.cli import common
from tui.cli.option_args import parse_json, yes_option
from tui.domain.account import split_account_key
from tui.domain.actions import Action, Cancel, Delete, Share, Shared, Steer, Stop, answer_of
from tui.domain.capability import Capability
from tui.domain.errors import UsageError
from tui.domain.possible import why_not
from tui.domain.text import clean, one_line

if TYPE_CHECKING:
    from tui.domain.task import Task
    from tui.engine.archive import Archive


@click.command()
@click.argument("provider")
@click.argument("reference", metavar="ID|ADDRESS")
@common.as_json_option
def track(provider: str, reference: str, as_json: bool) -> None:
    """Adopt a task that was started elsewhere, by its id or its web address at PROVIDER."""
    common.info(split_account_key(provider)[0])
    with common.open_engine() as (_, engine):
        task = engine.track(provider, reference).result()
        common.tell_started(task)
        if as_json:
            common.emit({"schema_version": 1, "task": common.plain_task(task)})
        else:
            click.echo(task.id)


@click.command()
@common.task_argument
@click.argument("answer", metavar="JSON|-")
@common.as_json_option
def respond(task_id: str, answer: str, as_json: bool) -> None:
    """Answer the checkpoint of a task that waits for you.

    JSON is the answer, e.g. '{"approved": true}' or '{"answers": [{"question": "...", "answer": "..."}]}'; - reads it
    from standard input. `divewatch show ID` prints the question.
    """
    from tui.engine.files.documents import read_bytes

    text = read_bytes("-").decode("utf-8", "replace") if answer == "-" else answer
    response = parse_json(text, "the answer")

    def action(opened: "Archive", task: "Task") -> Action:
        from tui.engine.files.saved_detail import read_detail

        interaction = read_detail(opened, task.id).interaction
        if interaction is None or interaction.answered_at is not None:
            raise UsageError(f"{task.id} does not wait for an answer", hint="`divewatch sync` asks the provider")
        return answer_of(interaction, response)

    _act(task_id, Capability.RESPOND, as_json, action)


@click.command()
@common.task_argument
@click.argument("instruction", nargs=-1, required=True)
@common.as_json_option
def steer(task_id: str, instruction: tuple[str, ...], as_json: bool) -> None:
    """Give a running task a further instruction."""
    _act(task_id, Capability.STEER, as_json, Steer(" ".join(instruction)))


@click.command()
@common.task_argument
@click.option("--keep", is_flag=True, help="end it early with what it found, where the provider can")
@yes_option
@common.as_json_option
def cancel(task_id: str, keep: bool, yes: bool, as_json: bool) -> None:
    """Stop a task for good; what it used so far may be billed, what it found so far is kept."""
    capability, action = (Capability.STOP, Stop()) if keep else (Capability.CANCEL, Cancel())
    _act(task_id, capability, as_json, action, question="Cancel {title}? It cannot be resumed.", yes=yes)


@click.command()
@common.task_argument
@yes_option
@common.as_json_option
def delete(task_id: str, yes: bool, as_json: bool) -> None:
    """Delete a task at its provider; the copy in the archive stays."""
    question = "Delete {title} at its provider? The archive keeps it."
    _act(task_id, Capability.DELETE, as_json, Delete(), question=question, yes=yes)


@click.command()
@common.task_argument
@click.option("--off", is_flag=True, help="make it private again")
@common.as_json_option
def share(task_id: str, off: bool, as_json: bool) -> None:
    """Make a finished task public and print its address."""
    _act(task_id, Capability.SHARE, as_json, Share(public=not off))


def refuse(action: Capability, task: "Task") -> None:
    """Refuse an action that is not possible in the task's state, before anybody is asked or anything is sent.

    Raises:
        UsageError: with the reason.
    """
    if reason := why_not(action, task, common.info_of(task.provider)):
        asked = "" if task.is_file else f"; `divewatch sync` asks whether it is still {task.status.value}"
        raise UsageError(f"{task.id}: {reason}", hint=f"nothing was sent{asked}")


def _act(
    prefix: str,
    capability: Capability,
    as_json: bool,
    wanted: "Action | Callable[[Archive, Task], Action]",
    *,
    question: str = "",
    yes: bool = True,
) -> None:
    with common.open_engine() as (opened, engine):
        task = opened.task(opened.find(prefix))
        refuse(capability, task)
        if question:
            common.confirm(question.replace("{title}", one_line(task.title, 60) or task.id), yes=yes)
        action = wanted if isinstance(wanted, Action) else wanted(opened, task)
        outcome = engine.act(task.id, action).result()
        if not isinstance(action, Delete):
            common.look_again(engine, task.id)
    web_url = outcome.web_url if isinstance(outcome, Shared) else None
    common.tell_done(outcome.message, as_json, id=task.id, web_url=web_url)
    if web_url and not as_json:
        click.echo(clean(web_url))
