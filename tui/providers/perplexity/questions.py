"""The questions of a run, and the requests that answer them: new runs that continue it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tui.domain.actions import Approve, Respond, RespondJson
from tui.domain.detail import TOOL_USE, Interaction, Json, Reply
from tui.domain.text import clean, join, one_line

FUNCTION, APPROVAL = "function_call", "mcp_approval_request"
_REPEATED = ("tools", "instructions", "max_output_tokens", "max_steps", "reasoning", "response_format", "service_tier")


def interaction(items: Sequence[Mapping[str, Any]], cleaned: Json) -> Interaction | None:
    """Return the pending items as one checkpoint; it takes one answer for all, so its id names each."""
    functions = [item for item in items if item.get("type") == FUNCTION]
    approvals = [item for item in items if item.get("type") == APPROVAL]
    asking = functions or approvals
    ids = [item.get("call_id" if item.get("type") == FUNCTION else "id") for item in asking]
    names = [clean(one) for one in ids if isinstance(one, str) and one.strip()]
    if not asking:
        return None
    if (functions and approvals) or len(names) < len(asking):
        return Interaction("", "several", cleaned, title="It asks for several things at once", held=True)
    if functions:
        questions = tuple((_call(item), "the result, as the model shall read it") for item in functions)
        title = f"It wants the result of {join([_word(item, 'name') for item in functions])}"
        return Interaction(
            " ".join(names), FUNCTION, cleaned, reply=Reply.ANSWERS, title=title, questions=questions, held=True
        )
    wanted = [" of ".join(filter(None, (_word(item, "name"), _word(item, "server_label")))) for item in approvals]
    return Interaction(
        " ".join(names),
        TOOL_USE,
        cleaned,
        reply=Reply.APPROVAL,
        title=f"May it use {join(wanted)}?",
        text=_arguments(approvals[0]) if len(approvals) == 1 else "\n".join(_call(item) for item in approvals),
        held=True,
    )


def _word(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return one_line(value, 80) if isinstance(value, str) else ""


def _call(item: Mapping[str, Any]) -> str:
    return f"{_word(item, 'name')}({one_line(_arguments(item), 400)})"


def _arguments(item: Mapping[str, Any]) -> str:
    given = item.get("arguments")
    return given if isinstance(given, str) else ""


def approve(action: Approve, remote_id: str, asked: object) -> dict[str, Any]:
    """Allow or refuse every requested tool."""
    reason = {"reason": action.changes} if action.changes else {}
    answers = [
        {"type": "mcp_approval_response", "approval_request_id": name, "approve": action.approved, **reason}
        for name in action.interaction_id.split()
    ]
    return _goes_on(remote_id, asked, answers)


def respond(action: Respond, remote_id: str, asked: object) -> dict[str, Any]:
    """Send the results of functions, in the order in which they were called."""
    names = action.interaction_id.split()
    answers = [
        {"type": "function_call_output", "call_id": name, "output": answer}
        for name, (_, answer) in zip(names, action.answers, strict=True)
    ]
    return _goes_on(remote_id, asked, answers)


def check_results(action: Respond) -> str | None:
    """Return the error if a called function has no result; None if all have."""
    names = action.interaction_id.split()
    few = f"Perplexity asks for {len(names)} results, not {len(action.answers)}"
    return few if len(names) != len(action.answers) else None


def respond_json(action: RespondJson, remote_id: str, asked: object) -> dict[str, Any]:
    """Send input items as they are."""
    value = action.value
    return _goes_on(remote_id, asked, [*value] if isinstance(value, list | tuple) else [value])


def _goes_on(remote_id: str, asked: object, answers: Sequence[Any]) -> dict[str, Any]:
    """Return the body of a run that continues this one; its settings are repeated, as nothing says they are kept."""
    run = asked if isinstance(asked, Mapping) else {}
    return {
        "input": [*answers],
        "background": True,
        "previous_response_id": remote_id,
        **dict(_tier(run)),
        **{name: run[name] for name in _REPEATED if run.get(name)},
    }


def _tier(run: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("preset", "effort", "model"):
        if isinstance(run.get(name), str) and run[name]:
            yield name, run[name]
            return
