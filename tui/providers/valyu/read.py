"""Valyu's answers -> domain values; pure, and total but for `BadAnswer` (contract: valyu.md)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import quote

from tui.domain.actions import Action, Cancel, Outcome, Share, Shared
from tui.domain.detail import Json, Numbering, Report, ReportFormat
from tui.domain.task import Counter, TaskStatus, TotalKind
from tui.providers.sdk.format import fields_of, report_of_fields
from tui.providers.sdk.json import Notes, as_text, clean_json, facts, sound
from tui.providers.sdk.parts import ReadContext, TaskParts
from tui.providers.sdk.reader import JsonReader
from tui.providers.sdk.reading import reason
from tui.providers.sdk.turns import steps_of_turns
from tui.providers.valyu import parts
from tui.providers.valyu.models import ValyuTask

_PAGE = "https://platform.valyu.ai/playground/deepresearch/"


class ValyuReader(JsonReader[ValyuTask]):
    """Reads the responses of Valyu."""

    body = ValyuTask
    id_members = ("deepresearch_id",)
    created_id_members = ("deepresearch_id", "deepsearch_id", "id", "task_id")  # what clients accept (section 3)
    partial_when_failed = True
    statuses: ClassVar = {
        "queued": TaskStatus.QUEUED,
        "running": TaskStatus.RUNNING,
        "awaiting_input": TaskStatus.WAITING,
        "paused": TaskStatus.WAITING,  # a checkpoint that was not answered in time; it still can be
        "completed": TaskStatus.DONE,
        "failed": TaskStatus.FAILED,
        "cancelled": TaskStatus.CANCELLED,
        "canceled": TaskStatus.CANCELLED,
    }

    def read(self, body: ValyuTask, context: ReadContext) -> TaskParts:
        """Read a task object."""
        report, structured = _report(body, context.notes)
        mode = body.mode or body.research_mode or body.model
        return TaskParts(
            title=body.title,
            prompt=body.query or body.input,
            mode=mode,
            created_at=body.created_at,
            finished_at=body.completed_at,
            counters=_counters(body),
            sources=len(body.sources) if report or body.sources else None,
            cost=parts.cost(body, context.status, mode),
            error=_error(body, context.status, context.notes),
            web_url=page_of(context.remote_id),
            batch_id=body.batch_id,
            report=report,
            structured=structured,
            trace=steps_of_turns(body.messages, context.notes) if context.traced else (),
            interaction=parts.interaction(body.interaction, held=context.word.lower() == "paused"),
            answered=tuple(map(parts.answered, body.hitl_history)),
            images=tuple(map(parts.image, body.images)),
            deliverables=tuple(map(parts.deliverable, body.deliverables)) + parts.pdf(body.pdf_url),
            facts=_facts(body, context.status),
        )

    def outcome(self, action: Action, value: Mapping[str, Any], context: ReadContext) -> Outcome:
        """Read the response to an action: a cancel has no status, sharing has an address, a task keeps its id."""
        if isinstance(action, Share):
            return _shared(value, self.done(action))
        outcome = super().outcome(action, value, replace(context, remote_id=value.get("deepresearch_id")))
        return replace(outcome, status=TaskStatus.CANCELLED) if isinstance(action, Cancel) else outcome


def page_of(remote_id: object) -> str | None:
    """Return the web address of a task."""
    return _PAGE + quote(remote_id, safe="") if isinstance(remote_id, str) and remote_id else None


def _shared(value: Mapping[str, Any], words: str) -> Outcome:
    public = value.get("public")
    if public is True:
        address = page_of(value.get("deepresearch_id"))
        told = f"everyone with the address can read it now{': ' + address if address else ''}"
        return Shared(told, public=True, web_url=address)
    return Shared("it is private again", public=False) if public is False else Outcome(words)


def _facts(body: ValyuTask, status: TaskStatus) -> tuple[tuple[str, str], ...]:
    formats = body.output_formats if isinstance(body.output_formats, list) else [body.output_formats]
    return facts(
        ("public", body.public),
        ("output formats", ", ".join(map(as_text, formats))),
        ("output type", body.output_type),
        ("tools", body.tools),
        ("checkpoints", body.hitl_config),
        ("id in batch", body.batch_task_id or body.task_id),
        ("can be edited", body.editable),
        ("report version", body.version),
        ("success", body.success),
        ("message", None if status is TaskStatus.FAILED and not body.error else body.message),
        ("metadata", body.metadata),
        ("input", body.input if body.query else None),
        ("research mode", body.research_mode if body.mode else None),
        ("model", body.model if body.mode or body.research_mode else None),
        ("workflow", body.workflow),
        ("brand collection", body.brand_collection_id),
        ("webhook secret", "received, not kept" if body.webhook_secret else None),
        *parts.usage_facts(body),
    )


def _counters(body: ValyuTask) -> dict[str, Counter]:
    """Return steps (an estimate that need not be reached, section 5) and words read."""
    counters = {}
    progress = body.progress
    if progress is not None and progress.current_step is not None:
        counters["steps"] = Counter(progress.current_step, progress.total_steps or None, TotalKind.ESTIMATE)
    if body.total_word_count is not None:
        counters["words_read"] = Counter(body.total_word_count)
    return counters


def _error(body: ValyuTask, status: TaskStatus, notes: Notes) -> str | None:
    if body.error is not None and not isinstance(body.error, str):
        notes.reject("error", body.error, "is no text")
    said = reason(body.error)
    if not said and status is TaskStatus.FAILED:
        said = reason(body.message)
    return said or None


def _report(body: ValyuTask, notes: Notes) -> tuple[Report | None, Json]:
    """Return the report and the structured output, which is a value or a JSON text (section 6)."""
    found = parts.sources(body.sources, notes)
    kind = (body.output_type or "").strip().lower()
    output, structured = body.output, body.structured_output
    if output is None or (isinstance(output, str) and not output.strip()):
        return None if structured is None else report_of_fields(structured, found), structured
    value = fields_of(output) if kind == "json" else output
    if isinstance(value, str) and value == output:
        if kind not in {"", "markdown", "toon", "json"}:
            notes.problem(f"output_type: unknown word {kind!r}; read as markdown")
        elif kind == "json":
            notes.problem("output: says it is JSON but is none; read as markdown")
        form = ReportFormat.TEXT if kind == "toon" else ReportFormat.MARKDOWN
        return Report(sound(output), form, Numbering.BY_ID, found), structured
    if kind != "json":
        notes.problem("output: is no text; shown as it is")
    return report_of_fields(value, found), clean_json(value)
