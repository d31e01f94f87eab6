"""Research answers of You.com: `[[n]]` in the text is the n-th of `sources`."""

import json
from contextlib import suppress

from tui.domain.detail import Numbering, Report
from tui.providers.answer import Answer, Gathering, Object, inside, objects, texts, word

SERVICE = "you"


def read(value: Object) -> Answer | None:
    """Return what a saved answer says; None if it is none of You.com's."""
    task = value.get("task_type") == "research" or ("task_id" in value and "stream_url" in value)
    output = inside(value, "result", "output") or value.get("output")
    shaped = isinstance(output, dict) and "content" in output and ("content_type" in output or "sources" in output)
    if not task and (not shaped or "basis" in (output or {})):
        return None
    return Answer(
        SERVICE,
        word(value.get("status")) or "completed",
        _report(output) if isinstance(output, dict) and shaped else None,
    )


def _report(output: Object) -> Report | None:
    gathering = Gathering(prefix="")
    for number, row in enumerate(objects(output.get("sources")), 1):
        snippets = texts(row.get("snippets"))
        gathering.source(row.get("url"), row.get("title"), "\n".join(snippets), given_id=str(number))
    content = output.get("content")
    if isinstance(content, str) and output.get("content_type") == "object":
        with suppress(ValueError, RecursionError):
            content = json.loads(content, strict=False)
    if isinstance(content, dict | list):
        return gathering.fields(content)
    if not isinstance(content, str):
        return None
    gathering.text(content)
    return gathering.report(numbering=Numbering.BY_ID)
