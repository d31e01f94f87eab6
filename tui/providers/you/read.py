"""You.com's answers -> domain values; pure, and total but for `BadAnswer`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from tui.domain.detail import Json, Numbering, Report, Source
from tui.domain.task import Cost, TaskStatus
from tui.domain.text import one_line
from tui.providers.sdk.format import report_of_content
from tui.providers.sdk.json import Notes, facts, rest_facts
from tui.providers.sdk.parts import ReadContext, TaskParts
from tui.providers.sdk.reader import SURE, JsonReader
from tui.providers.sdk.reading import reason
from tui.providers.sdk.transcripts import Event
from tui.providers.you.models import YouInput, YouOutput, YouSource, YouTask


class YouReader(JsonReader[YouTask]):
    """Reads the responses of You.com."""

    body = YouTask
    id_members = ("id", "task_id")  # the second in the answer to a create
    created_without_id = frozenset({TaskStatus.DONE})
    statuses: ClassVar = {
        "queued": TaskStatus.QUEUED,
        "running": TaskStatus.RUNNING,
        "completed": TaskStatus.DONE,
        "failed": TaskStatus.FAILED,
        "cancelled": TaskStatus.CANCELLED,
    }

    def of_stream(self, events: Sequence[Event]) -> Mapping[str, Any] | None:
        """Return None: the stream of a task tells that it ended, never its result."""
        return None

    def status_word(self, value: Mapping[str, Any]) -> object:
        """Return the status word; an immediate report has none and is completed."""
        output = value.get("output")
        at_once = "status" not in value and isinstance(output, dict) and "content" in output
        return "completed" if at_once else value.get("status")

    def read(self, body: YouTask, context: ReadContext) -> TaskParts:
        """Read a task; warnings are inside the result by the schema, beside it in samples."""
        asked = body.input or YouInput()
        output = body.result.output if body.result and body.result.output else body.output
        report, structured = report_of(output, context.notes)
        warnings = [*_texts(body.result.warnings if body.result else None), *_texts(body.warnings)]
        error = reason(body.error) if body.error else ""
        failed = context.status in {TaskStatus.FAILED, TaskStatus.CANCELLED}
        return TaskParts(
            prompt=asked.input,
            mode=asked.research_effort,
            created_at=body.created_at,
            updated_at=body.updated_at,
            finished_at=body.completed_at,
            # Whether a task that failed is charged is not told.
            cost=self.spec.price_of(asked.research_effort or "standard") if body.input and not failed else Cost(),
            error=error or None if failed else None,
            warnings=tuple(dict.fromkeys([*warnings, *([error] if error and not failed else [])])),
            report=report,
            structured=structured,
            facts=facts(("task type", body.task_type or body.type), ("event stream", body.stream_url))
            + rest_facts(asked.rest()),
        )

    def recognises(self, value: Mapping[str, Any]) -> int:
        """Recognise a task by more than id, input and result; an immediate report has no id."""
        if "task_type" in value or "stream_url" in value:
            return super().recognises(value)
        output = value.get("output")
        return SURE if isinstance(output, dict) and "content_type" in output and "basis" not in output else 0


def report_of(output: YouOutput | None, notes: Notes) -> tuple[Report | None, Json]:
    """Return the report, and the structured output if it is that; fields have no sources.

    `[[n]]` in a text is the n-th source.
    """
    if output is None:
        return None, None
    sources = tuple(
        _source(number, source) for number, source in enumerate(output.sources, 1) if source.url or source.title
    )
    announced = (output.content_type or "").lower() == "object"
    return report_of_content(output.content, sources, notes, numbering=Numbering.BY_ID, may_be_fields=announced)


def _source(number: int, source: YouSource) -> Source:
    first, *others = source.snippets or (None,)
    return Source(
        str(number),
        source.url,
        source.title,
        first,
        facts=rest_facts(source.rest()),
        excerpts=tuple(filter(None, others)),
    )


def _texts(value: object) -> Iterator[str]:
    """Return the warnings in a member: strings, or objects with a message."""
    for item in value if isinstance(value, list) else [] if value is None else [value]:
        if said := one_line(reason(item), 300):
            yield said
