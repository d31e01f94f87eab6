"""What a checkpoint asks, as plain fields; the action that answers it, the time left for that; pure."""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from tui.domain.actions import Action, Approve, Respond, RespondJson, Select
from tui.domain.detail import TOOL_USE, Interaction, Json, Reply
from tui.domain.frozen import frozen
from tui.domain.text import clean, one_line
from tui.domain.times import elapsed


class PlanVerdict(StrEnum):
    """The possible answers to a plan or an outline."""

    APPROVE = "approve"
    CHANGE = "change"
    STOP = "stop"  # cancel the task


@frozen
class FormField:
    """One text field of the form."""

    name: str
    label: str
    value: str = ""
    hint: str = ""


@frozen
class Form:
    """The form of a checkpoint: a text to read, fields, domains to keep or leave out."""

    title: str
    text: str
    fields: tuple[FormField, ...]
    domains: tuple[str, ...] = ()
    about: Mapping[str, str] | None = None  # what is told about each domain
    verdicts: bool = False  # it is approved, changed, or the task is stopped
    tool: bool = False  # the use of a tool is allowed or refused


_CHANGES = FormField("modifications", "what to change", hint="What to change; empty approves it as it is")
_NO_CHANGES = "approving sends no changes: choose to change it"
_REASON = FormField("modifications", "why not", hint="Why not; empty allows it")


def form_of(asked: Interaction) -> Form:
    """Return the form of a checkpoint; one of an unknown kind is answered in JSON."""
    title = asked.title or one_line(asked.kind.replace("_", " ").capitalize() or "Question", 60)
    if asked.reply is Reply.ANSWERS:
        questions = enumerate(asked.questions)
        fields = tuple(FormField(f"q{number}", clean(text), hint=clean(hint)) for number, (text, hint) in questions)
        return Form(title, clean(asked.text), fields)
    if asked.reply is Reply.APPROVAL:
        tool = asked.kind == TOOL_USE
        return Form(title, clean(asked.text), (_REASON if tool else _CHANGES,), verdicts=True, tool=tool)
    if asked.reply is Reply.SELECTION:
        about = {clean(name): clean(told) for name, told in asked.choices}
        return Form(title, clean(asked.text), (), tuple(about), about)
    expected = "" if asked.expected is None else f"\n\nExpected answer:\n{_pretty(asked.expected)}"
    return Form(title, _pretty(asked.data) + expected, (FormField("json", "answer as JSON", "{}"),))


def action_of(
    asked: Interaction, filled: Mapping[str, str], kept: Mapping[str, bool], verdict: PlanVerdict | None = None
) -> Action:
    """Return the action that answers a checkpoint.

    Args:
        asked: The checkpoint.
        filled: What was typed, by field name.
        kept: Choices the person decided about: True keeps, False leaves out.
        verdict: What was chosen about a plan; None: text changes it, no text approves it.

    Raises:
        ValueError: no question is answered, the JSON of an unknown kind is not valid, or verdict and text contradict
            each other; the message is for a person.
    """
    form = form_of(asked)
    if asked.reply is Reply.ANSWERS:
        answers = tuple((one.label, filled.get(one.name, "").strip()) for one in form.fields)
        if answers and not any(answer for _, answer in answers):
            raise ValueError("no question is answered yet, and answers are sent only once")
        return Respond(asked.id, answers)
    if asked.reply is Reply.APPROVAL:
        changes = filled.get("modifications", "").strip()
        if verdict is PlanVerdict.APPROVE and changes:
            what = "allowing it sends no reason: choose to refuse it" if form.tool else _NO_CHANGES
            raise ValueError(f"{what}, or empty the text")
        if verdict is PlanVerdict.CHANGE and not changes:
            raise ValueError("write why not, too" if form.tool else "nothing to change is written yet")
        return Approve(asked.id, approved=not changes, changes=changes)
    if asked.reply is Reply.SELECTION:
        chosen = {verdict: tuple(n for n in form.domains if kept.get(n) is verdict) for verdict in (True, False)}
        return Select(asked.id, chosen[True], chosen[False])
    try:
        value: Json = json.loads(filled.get("json", ""))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"this is no JSON: {one_line(str(error), 80)}") from error
    return RespondJson(asked.id, value)


def _pretty(value: Json) -> str:
    return clean(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def time_left(deadline: datetime | None, now: datetime, *, held: bool) -> str:
    """Return "3:33 left", "on hold" of a task that is `held`, or what else is known of the deadline."""
    if deadline is not None and deadline > now:
        return f"{elapsed((deadline - now).total_seconds())} left"
    return "on hold" if held else "no deadline" if deadline is None else "deadline passed"


def consequence(asked: Interaction, now: datetime, provider: str) -> str:
    """Return what happens if nobody answers, as far as the provider documents it."""
    if asked.held:
        return "The task is on hold and waits until you answer."
    if asked.deadline is None:
        return f"{provider} gave no deadline; the task waits for your answer."
    if asked.deadline <= now:
        ago = elapsed((now - asked.deadline).total_seconds())
        return f"The deadline passed {ago} ago; an answer may come too late."
    left = elapsed((asked.deadline - now).total_seconds())
    return f"In {left} {provider} goes on without you, or puts the task on hold."
