"""Saved answers of Exa beside whole runs: an output alone, and the answers of its question endpoint."""

from tui.domain.anchors import WholeAnchor
from tui.domain.detail import Report
from tui.providers.answer import Answer, AnswerBuilder, Object, objects, word

SERVICE = "exa"


def read(value: Object) -> Answer | None:
    """Return what a saved answer says; None if it is none of Exa's."""
    output = value.get("output")
    named = str(value.get("id", "")).startswith("agent_run_") and "status" in value
    run = named or value.get("object") == "agent_run"
    if run or (isinstance(output, dict) and "grounding" in output):
        return Answer(SERVICE, word(value.get("status")) or "unknown", _run(output, word(value.get("stopReason"))))
    if "answer" in value and isinstance(value.get("citations"), list):
        return Answer(SERVICE, "completed", _answer(value))
    return None


def _run(output: object, stop: str | None) -> Report | None:
    from tui.providers.exa.models import ExaOutput
    from tui.providers.exa.read import report_of
    from tui.providers.sdk.json import Notes
    from tui.providers.sdk.json import read as read_object

    partial = stop is not None and stop not in {"schema_satisfied", "completed"}
    return report_of(read_object(ExaOutput, output, Notes()), partial=partial)[0]


def _answer(value: Object) -> Report | None:
    builder = AnswerBuilder()
    cited = [
        builder.source(
            row.get("url"), row.get("title"), row.get("text"), facts=(("published", row.get("publishedDate")),)
        )
        for row in objects(value["citations"])
    ]
    if not isinstance(value["answer"], str):
        return builder.fields(value["answer"])
    builder.text(value["answer"])
    builder.cite(WholeAnchor(), *cited)
    return builder.report()
