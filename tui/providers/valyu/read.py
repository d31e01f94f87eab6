"""Valyu's answers -> domain values; pure, and total but for `BadAnswer` (contract: tests/contracts/valyu.md)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from tui.domain.detail import Detail, Json, Numbering, Report, ReportFormat
from tui.domain.errors import BadAnswer
from tui.domain.provider import Draft
from tui.domain.task import Counter, Task, TaskStatus, TotalKind
from tui.providers.base import Outcome, Page
from tui.providers.explain import explain_value
from tui.providers.reading import check_identity, each, reason, status_of, task_object, title, with_draft
from tui.providers.valyu import parts
from tui.providers.valyu.bodies import TaskBody
from tui.providers.wire import Notes, as_text, clean_json, decode, facts, indented, line, read, sound

PAGE = "https://platform.valyu.ai/playground/deepresearch/"
_ENVELOPES = ("data", "tasks", "items", "results")
_ID_MEMBERS = ("deepresearch_id", "deepsearch_id", "id", "task_id")  # the last three: what clients accept (valyu.md 3)

_STATUS = {
    "queued": TaskStatus.QUEUED,
    "running": TaskStatus.RUNNING,
    "awaiting_input": TaskStatus.WAITING,
    "paused": TaskStatus.WAITING,  # a checkpoint that was not answered in time; it still can be
    "completed": TaskStatus.DONE,
    "failed": TaskStatus.FAILED,
    "cancelled": TaskStatus.CANCELLED,
    "canceled": TaskStatus.CANCELLED,
}


class ValyuReader:
    """Reads what Valyu answers."""

    id_member = "deepresearch_id"
    members = frozenset(TaskBody.model_fields)

    def read_task(self, body: bytes, *, remote_id: str | None, received_at: datetime) -> Detail:
        """Read the answer to a status request."""
        notes = Notes()
        return detail(task_object(body, self.id_member, self.members, notes), remote_id, notes)

    def read_page(self, body: bytes, *, received_at: datetime, cursor: str | None = None) -> Page:
        """Read the answer to a list: a bare array or wrapped; there is only this one page."""
        notes = Notes()
        value = decode(body, notes)
        if isinstance(value, dict):
            value = next((value[name] for name in _ENVELOPES if isinstance(value.get(name), list)), value)
        if not isinstance(value, list):
            raise BadAnswer("the answer is no list of tasks")
        tasks: dict[str, Task] = {}
        for task in each(value, _listed, notes):
            tasks.setdefault(str(task.remote_id), task)
        return Page(tuple(tasks.values()), problems=notes.problems)

    def read_created(self, body: bytes, *, draft: Draft, received_at: datetime) -> Task:
        """Read the answer to a create; the id is kept whatever else it says."""
        notes = Notes()
        value = decode(body, notes)
        found = value if isinstance(value, dict) else {}
        remote_id = next(
            (found[name] for name in _ID_MEMBERS if isinstance(found.get(name), str) and found[name]), None
        )
        if remote_id is None:
            said = explain_value(value)
            raise BadAnswer(f"the answer names no task{': ' + said if said else ''}", outcome_unknown=True)
        return with_draft(detail({**found, "deepresearch_id": remote_id}, None, notes).task, draft)

    def read_outcome(self, action: str, body: bytes, *, received_at: datetime) -> Outcome:
        """Read the answer to an action on a task or a batch."""
        from tui.providers.valyu.outcomes import read_outcome

        return read_outcome(action, body, received_at=received_at)


def _listed(item: Any) -> Task:
    if not isinstance(item, dict) or item.get("deepresearch_id") in (None, ""):
        raise BadAnswer("it is no task")
    return detail(item, None, Notes(), told=False).task


def detail(value: Mapping[str, Any], asked: str | None, notes: Notes, *, told: bool = True) -> Detail:
    """Return everything that one task object says; `told` is False for a list entry, which leaves things out."""
    remote_id = check_identity(value.get("deepresearch_id"), asked)
    body = read(TaskBody, value, notes)
    assert body is not None
    status, word = status_of(body.status, _STATUS, notes)
    report, structured = _report(body, status, notes)
    mode = line(body.mode or body.research_mode or body.model, 40)
    prompt = body.query or body.input
    ended_early = status is TaskStatus.FAILED and report is not None
    task = Task(
        id="",
        provider="valyu",
        remote_id=remote_id,
        title=title(body.title, report, prompt),
        prompt=prompt,
        status=TaskStatus.PARTIAL if ended_early else status,
        provider_status=word,
        mode=mode,
        created_at=body.created_at,
        finished_at=body.completed_at,
        counters=_counters(body),
        sources=len(body.sources) if report or body.sources else None,
        cost=parts.cost(body, status, mode),
        error=_error(body, status, notes, told=told),
        web_url=PAGE + quote(remote_id, safe="") if remote_id else None,
        batch_id=line(body.batch_id, 120),
        has_report=report is not None,
    )
    return Detail(
        task,
        report=report,
        structured=structured,
        trace=parts.trace(body.messages, notes),
        interaction=parts.interaction(body.interaction),
        answered=parts.answered(body.hitl_history),
        images=tuple(map(parts.image, body.images)),
        deliverables=tuple(map(parts.deliverable, body.deliverables)) + parts.pdf(body.pdf_url),
        facts=_facts(body, status),
        extra=notes.extra,
        problems=notes.problems,
    )


def _facts(body: TaskBody, status: TaskStatus) -> tuple[tuple[str, str], ...]:
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


def _counters(body: TaskBody) -> dict[str, Counter]:
    """Steps are an estimate that need not be reached (valyu.md 5); words are words read, not written."""
    counters = {}
    progress = body.progress
    if progress is not None and progress.current_step is not None:
        counters["steps"] = Counter(progress.current_step, progress.total_steps or None, TotalKind.ESTIMATE)
    if body.total_word_count is not None:
        counters["words_read"] = Counter(body.total_word_count)
    return counters


def _error(body: TaskBody, status: TaskStatus, notes: Notes, *, told: bool) -> str | None:
    if body.error is not None and not isinstance(body.error, str):
        notes.reject("error", body.error, "is no text")
    said = reason(body.error)
    if not said and status is TaskStatus.FAILED:
        said = reason(body.message) or ("Valyu gave no reason" if told else "")
    return said or None


def _report(body: TaskBody, status: TaskStatus, notes: Notes) -> tuple[Report | None, Json]:
    """The report and, beside it, structured output: JSON is a value, or text that holds one (valyu.md 6)."""
    partial = status is not TaskStatus.DONE
    found = parts.sources(body.sources, notes)
    kind = (body.output_type or "").strip().lower()
    output = body.output
    structured = body.structured_output
    if output is None or (isinstance(output, str) and not output.strip()):
        if structured is None:
            return None, None
        return Report(indented(structured), ReportFormat.JSON, sources=found, partial=partial), structured
    if isinstance(output, str):
        text = sound(output)
        if kind == "toon":
            return Report(text, ReportFormat.TEXT, Numbering.BY_ID, found, partial=partial), structured
        if kind != "json":
            if kind not in {"", "markdown"}:
                notes.problem(f"output_type: unknown word {kind!r}; read as markdown")
            return Report(text, ReportFormat.MARKDOWN, Numbering.BY_ID, found, partial=partial), structured
        try:
            output = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            notes.problem("output: says it is JSON but is none; read as markdown")
            return Report(text, ReportFormat.MARKDOWN, Numbering.BY_ID, found, partial=partial), structured
    value = clean_json(output)
    if kind != "json":
        notes.problem("output: is no text; shown as it is")
    return Report(indented(value), ReportFormat.JSON, sources=found, partial=partial), value
