"""Saved answers of Tavily beside its tasks: texts with sources that tell no id, and the answers of its search."""

from collections.abc import Iterable
from dataclasses import replace

from tui.domain.detail import Report
from tui.providers.answer import Answer, AnswerBuilder, Object, inside, objects, word
from tui.providers.tavily.stream import joined

SERVICE = "tavily"


def read(value: Object) -> Answer | None:
    """Return what a saved answer says; None if it is none of Tavily's."""
    if "request_id" in value and ("content" in value or "status" in value) and "choices" not in value:
        return Answer(SERVICE, word(value.get("status")) or "completed", _research(value))
    if isinstance(value.get("content"), str) and isinstance(value.get("sources"), list):
        return Answer(SERVICE, "completed", _research(value))
    if isinstance(value.get("answer"), str) and isinstance(value.get("results"), list) and "query" in value:
        return Answer(SERVICE, "completed", _search(value["answer"], value["results"]))
    return None


def read_frames(frames: Iterable[Object], *, done: bool) -> Answer | None:
    """Return the answer in the frames of a saved stream: text or fields, and sources; None if not Tavily's.

    Args:
        frames: the data of its events, in order.
        done: it ended with the event that says so; else the report is partial.
    """
    frames = list(frames)
    content, sources, error = joined(frames)
    if sources is None and not any(map(_is_step, frames)):
        return None  # streams of chats look the same but for this list, and for what is told of steps
    status = "failed" if error else "completed" if done else "in_progress"
    report = _research({"content": content, "sources": sources})
    return Answer(SERVICE, status, report and replace(report, partial=status != "completed"))


def _is_step(frame: Object) -> bool:
    deltas = (inside(choice, "delta") for choice in objects(frame.get("choices")))
    return any(isinstance(inside(delta, "tool_calls"), dict) or inside(delta, "step_details") for delta in deltas)


def _research(value: Object) -> Report | None:
    from tui.providers.sdk.json import Notes
    from tui.providers.sdk.json import read as read_object
    from tui.providers.tavily.models import TavilyTask
    from tui.providers.tavily.read import report_of

    body = read_object(TavilyTask, {name: value.get(name) for name in ("content", "sources")}, Notes())
    return report_of(body.content, body.sources, Notes())[0] if body else None


def _search(answer: str, results: object) -> Report | None:
    builder = AnswerBuilder(prefix="")
    for number, row in enumerate(objects(results), 1):
        builder.source(row.get("url"), row.get("title"), row.get("content"), given_id=str(number))
    builder.text(answer)
    return builder.report()
