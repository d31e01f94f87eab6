"""Answers of Exa: agent runs with their grounding by field, and the answers of its question endpoint.

No numbering is documented: a "[2]" in a text never means the second citation of the grounding.
"""

from tui.domain.anchors import WholeAnchor
from tui.domain.detail import Report
from tui.providers.answer import Answer, Gathering, Object, inside, objects, word

SERVICE = "exa"
_OF_TEXT = frozenset({"text", "output", "output.text", ""})
_FIELDS = "structured."


def read(value: Object) -> Answer | None:
    """Return what a saved answer says; None if it is none of Exa's."""
    output = value.get("output")
    run = value.get("object") == "agent_run" or str(value.get("id", "")).startswith("agent_run_")
    if run or (isinstance(output, dict) and "grounding" in output):
        return Answer(SERVICE, word(value.get("status")) or "unknown", _run(output, word(value.get("stopReason"))))
    if "answer" in value and isinstance(value.get("citations"), list):
        return Answer(SERVICE, "completed", _answer(value))
    return None


def _run(output: object, stop: str | None) -> Report | None:
    gathering = Gathering(prefix="g")
    evidence: dict[str, tuple[str, ...]] = {}
    for entry in objects(inside(output, "grounding")):
        facts = (("confidence", entry.get("confidence")), ("score", entry.get("score")))
        cited = [
            gathering.source(row.get("url"), row.get("title"), facts=facts) for row in objects(entry.get("citations"))
        ]
        field = word(entry.get("field")) or ""
        evidence[field] = evidence.get(field, ()) + tuple(number for number in cited if number)
    structured, text = inside(output, "structured"), inside(output, "text")
    if structured not in (None, "", [], {}):
        fields = {field.removeprefix(_FIELDS): ids for field, ids in evidence.items() if field not in _OF_TEXT}
        return gathering.fields(structured, fields)
    if not isinstance(text, str):
        return None
    gathering.text(text)
    gathering.cite(WholeAnchor(), *(number for ids in evidence.values() for number in ids))
    return gathering.report(partial=stop is not None and stop not in {"schema_satisfied", "completed"})


def _answer(value: Object) -> Report | None:
    gathering = Gathering()
    cited = [
        gathering.source(
            row.get("url"), row.get("title"), row.get("text"), facts=(("published", row.get("publishedDate")),)
        )
        for row in objects(value["citations"])
    ]
    if not isinstance(value["answer"], str):
        return gathering.fields(value["answer"])
    gathering.text(value["answer"])
    gathering.cite(WholeAnchor(), *cited)
    return gathering.report()
