"""The trace of an agent as conversation turns of the Vercel AI SDK -> steps."""

from collections.abc import Mapping, Sequence

from tui.domain.detail import Json, Step
from tui.domain.json_walk import map_texts
from tui.domain.redact import redact_url
from tui.domain.text import one_line, plural
from tui.providers.sdk.json import Body, Clean, Ident, Notes, OpenBody, Raw, Text, as_text, clean_json, read

_KINDS = {"text": "text", "reasoning": "reasoning", "tool-call": "call", "tool-result": "result"}


class TurnBody(Body):
    """One turn of the trace; `content` is a text or a list of parts."""

    role: Text = None
    content: Raw = None


class PartBody(OpenBody):
    """One part of a turn, in the shape of the Vercel AI SDK."""

    type: Text = None
    text: Text = None
    toolCallId: Ident = None  # noqa: N815 - the wire's spelling
    toolName: Text = None  # noqa: N815
    input: Clean = None
    output: Clean = None


def steps_of_turns(turns: Sequence[TurnBody], notes: Notes) -> tuple[Step, ...]:
    """Return every part of every turn in order; results join their calls by `data["call"]`."""
    steps: list[Step] = []
    for index, turn in enumerate(turns):
        role = turn.role or ""
        parts = turn.content if isinstance(turn.content, list) else [turn.content]
        for part in parts:
            if isinstance(part, dict):
                body = read(PartBody, part, notes.at(f"messages[{index}].content"))
                assert body is not None
                steps.append(_step(role, body))
            elif part is not None:
                steps.append(Step(role, "text", redact_url(as_text(clean_json(part)))))
    return tuple(steps)


def _step(role: str, body: PartBody) -> Step:
    kind = _KINDS.get(body.type or "", body.type or "")
    data: dict[str, Json] = {}
    if body.toolCallId is not None:
        data["call"] = body.toolCallId
    if body.input is not None:
        data["input"] = body.input
    if body.output is not None:
        data["output"] = body.output
    data |= body.rest()
    text = body.text or _summary(body)
    return Step(role, kind, redact_url(text), body.toolName, map_texts(data, redact_url) if data else None)


def _summary(body: PartBody) -> str:
    """Return one line for a part without a text: the objective of a call, the size of a result."""
    given = body.input
    if isinstance(given, Mapping):
        told = next((given[name] for name in ("objective", "query", "title", "code", "url") if given.get(name)), given)
        return one_line(as_text(told), 300)
    value = body.output.get("value", body.output) if isinstance(body.output, Mapping) else body.output
    if isinstance(value, Mapping):
        if isinstance(found := value.get("sources"), list):
            return plural(len(found), "source")
        told = next((value[name] for name in ("output", "message", "error") if value.get(name)), value)
        return one_line(as_text(told), 300)
    return one_line(as_text(value), 300)
