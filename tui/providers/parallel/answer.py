"""Results of Parallel: a text with its own list of references, or fields; beside either the basis it rests on.

Numbers in the text mean the report's own list, never a position in the basis (measured: positions are wrong in 81 of
105 cases), so the basis has ids of its own and is joined to that list by address.
"""

import json
from contextlib import suppress

from tui.domain.anchors import WholeAnchor
from tui.domain.detail import Report
from tui.providers.answer import Answer, Gathering, Object, inside, objects, texts, word

SERVICE = "parallel"


def read(value: Object) -> Answer | None:
    """Return what a saved result says; None if it is none of Parallel's."""
    output, run = value.get("output"), value.get("run")
    status = word(inside(run, "status")) or "completed"
    if isinstance(output, dict) and isinstance(output.get("basis"), list) and "content" in output:
        return Answer(SERVICE, status, _report(output.get("content"), output["basis"]))
    if isinstance(value.get("basis"), list) and "output" in value:  # as the web page saves it
        return Answer(SERVICE, status, _report(output, value["basis"]))
    if isinstance(output, dict) and "content" in output and isinstance(run, dict) and "run_id" in run:
        return Answer(SERVICE, status, _report(output.get("content"), []))
    if "run_id" in value and isinstance(value.get("processor"), str):
        return Answer(SERVICE, word(value.get("status")) or "unknown")
    return None


def _report(content: object, basis: object) -> Report | None:
    gathering = Gathering(prefix="b")
    evidence: dict[str, tuple[str, ...]] = {}
    for entry in objects(basis):
        field = word(entry.get("field")) or ""
        facts = (("confidence", entry.get("confidence")), ("reasoning", entry.get("reasoning")))
        ids = []
        for citation in objects(entry.get("citations")):
            excerpts = texts(citation.get("excerpts"))
            ids.append(gathering.source(citation.get("url"), citation.get("title"), "\n".join(excerpts), facts=facts))
        named = tuple(number for number in ids if number)
        evidence[field] = evidence.get(field, ()) + named
    if isinstance(content, str):
        with suppress(ValueError, RecursionError):
            fields = json.loads(content, strict=False)
            content = fields if isinstance(fields, dict | list) else content
    if not isinstance(content, str):
        return gathering.fields(content, evidence) if content else None
    gathering.text(content)
    gathering.cite(WholeAnchor(), *(number for ids in evidence.values() for number in ids))
    return gathering.report()
