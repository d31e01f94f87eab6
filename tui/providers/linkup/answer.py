"""Saved tasks of Linkup's research: an answer with its sources, or structured output without any."""

from tui.domain.detail import Report
from tui.providers.answer import Answer, AnswerBuilder, Object, first, inside, objects, word

SERVICE = "linkup"


def read(value: Object) -> Answer | None:
    """Return what a saved answer says; None if it is none of Linkup's."""
    wanted = inside(value, "input", "outputType")
    if wanted not in ("sourcedAnswer", "structured") or "status" not in value:
        return None
    output = value.get("output")
    # A structured object may have members called answer and sources: what was asked for tells the two apart.
    report = _answer(output) if wanted == "sourcedAnswer" else _fields(output)
    return Answer(SERVICE, word(value["status"]) or "unknown", report)


def _answer(output: object) -> Report | None:
    """Return a text with its sources; `[n]` is not documented, so it is taken as a position among them."""
    builder = AnswerBuilder(prefix="")
    for number, row in enumerate(objects(inside(output, "sources")), 1):
        builder.source(row.get("url"), first(row, "name", "title"), row.get("snippet"), given_id=str(number))
    text = inside(output, "answer")
    if not isinstance(text, str):
        return None
    builder.text(text)
    return builder.report()


def _fields(output: object) -> Report | None:
    return AnswerBuilder().fields(output) if output not in (None, {}, []) else None
