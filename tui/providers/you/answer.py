"""Saved answers of You.com beside its tasks: reports that came at once, and handles of tasks."""

from tui.domain.detail import Report
from tui.providers.answer import Answer, Object, inside, word

SERVICE = "you"
_ENDS = {"response.done": "completed", "complete": "completed", "error": "failed"}  # events of a stream, as statuses


def read(value: Object) -> Answer | None:
    """Return what a saved answer says; None if it is none of You.com's."""
    if {"task_id", "sequence", "type"} <= value.keys():  # the last event of a stream, which never has the result
        ended = word(value["type"]) or "unknown"
        return Answer(SERVICE, _ENDS.get(ended, ended))
    task = value.get("task_type") == "research" or ("task_id" in value and "stream_url" in value)
    output = inside(value, "result", "output") or value.get("output")
    shaped = isinstance(output, dict) and "content" in output and ("content_type" in output or "sources" in output)
    if not task and (not shaped or "basis" in (output or {})):
        return None
    return Answer(SERVICE, word(value.get("status")) or "completed", _report(output) if shaped else None)


def _report(output: object) -> Report | None:
    from tui.providers.sdk.json import Notes
    from tui.providers.sdk.json import read as read_object
    from tui.providers.you.models import YouOutput
    from tui.providers.you.read import report_of

    return report_of(read_object(YouOutput, output, Notes()), Notes())[0]
