"""Extruct's answers -> domain values; pure, and total but for `BadAnswer` (contract: extruct.md)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from tui.domain.detail import Json, Numbering, Report, ReportFormat, Source
from tui.domain.errors import BadAnswer
from tui.domain.provider import AccountState
from tui.domain.task import Cost, CostKind, Counter, TaskStatus, TotalKind
from tui.domain.text import one_line
from tui.providers.extruct.models import ExtructTask, ReportBody, UserBody
from tui.providers.extruct.spec import AGENTS
from tui.providers.sdk.evidence import Evidence, read_basis, unwrap
from tui.providers.sdk.format import note_twice, report_of_fields
from tui.providers.sdk.json import Notes, decode, facts, indented, read, rest_facts, sound, to_count
from tui.providers.sdk.parts import ReadContext, TaskParts
from tui.providers.sdk.reader import JsonReader
from tui.providers.sdk.reading import COMMON_STATUSES

_REQUIRED = "id created_at updated_at status brief depth iterations agents sources owner".split()


class ExtructReader(JsonReader[ExtructTask]):
    """Reads the responses of Extruct."""

    body = ExtructTask
    partial_when_failed = True
    statuses: ClassVar = COMMON_STATUSES | {"created": TaskStatus.QUEUED}  # section 5

    def is_complete(self, entry: Mapping[str, Any]) -> bool:
        """Whether a task object has the members of a complete one (section 4)."""
        return all(entry.get(name) is not None for name in _REQUIRED)

    def read(self, body: ExtructTask, context: ReadContext) -> TaskParts:
        """Read a task object."""
        evidence = Evidence()
        report_body, report, structured = _report(body.report, context.status, evidence, context.notes)
        return TaskParts(
            prompt=body.brief,
            mode=body.depth,
            created_at=body.created_at,
            updated_at=body.updated_at,
            finished_at=body.updated_at if context.status.is_final else None,  # the best stand-in there is: section 4
            counters=_counters(body, context.notes),
            sources=len(report.sources) if report else _source_count(body.sources, context.notes),
            cost=_cost(body, context.status),
            error=body.failure_reason,
            warnings=tuple(map(one_line, report_body.degradation_reasons)) if report_body else (),
            report=report,
            structured=structured,
            facts=facts(
                ("owner", body.owner.email if body.owner else None),
                ("owner id", body.owner.id if body.owner else None),
                ("report kind", report_body.kind if report_body else None),
                ("output schema", body.output_schema),
            )
            + tuple((f"basis of {path or 'the whole'}", said) for path, said in evidence.reasons.items()),
        )

    def read_account(self, body: bytes) -> AccountState:
        """Read the response of `/v1/user`: credits left, and the owner."""
        notes = Notes()
        value = decode(body, notes)
        user = read(UserBody, value, notes)
        if user is None or (user.email is None and user.user_id is None and user.available_credits is None):
            raise BadAnswer("the answer says nothing about the account")
        return AccountState(
            facts=facts(
                ("e-mail", user.email),
                ("organization", user.organization_name),
                ("organization short name", user.organization_slug),
                ("organization active", user.organization_is_active),
                ("organization id", user.organization_id),
                ("user id", user.user_id),
            )
            + rest_facts(user.rest()),
            remaining=user.available_credits,
            unit="credits",
        )


def _counters(body: ExtructTask, notes: Notes) -> dict[str, Counter]:
    """Return iterations and sources (no total) and agents (their ceiling by depth, section 6)."""
    counters = {}
    if body.iterations is not None:
        counters["iterations"] = Counter(body.iterations)
    if body.agents is not None:
        ceiling = AGENTS.get((body.depth or "").strip().lower())
        fits = ceiling is not None and body.agents <= ceiling
        counters["agents"] = Counter(body.agents, ceiling, TotalKind.CEILING) if fits else Counter(body.agents)
    if (sources := _source_count(body.sources, notes)) is not None:
        counters["sources"] = Counter(sources)
    return counters


def _source_count(value: object, notes: Notes) -> int | None:
    """Return the number of sources: a number in the task, else the length of the report's list."""
    if isinstance(value, list):
        return len(value)
    count = to_count(value)
    if count is None and value is not None:
        notes.reject("sources", value, "is no usable number")
    return count


def _cost(body: ExtructTask, status: TaskStatus) -> Cost:
    """Return the cost: one credit per finished agent, refunded for a failed task (extruct.md sections 8 and 12)."""
    agents = 0 if status is TaskStatus.FAILED else body.agents
    return Cost(unit="credits") if agents is None else Cost(float(agents), "credits", CostKind.CREDITS)


def _report(
    value: object, status: TaskStatus, evidence: Evidence, notes: Notes
) -> tuple[ReportBody | None, Report | None, Json]:
    """Return (report as sent or None, report as shown, structured output)."""
    notes = notes.at("report")
    if value is None:
        return None, None, None
    if isinstance(value, str) and value.strip():
        notes.problem("report: is a text, not an object; read as markdown")
        return None, Report(sound(value), ReportFormat.MARKDOWN), None
    if not isinstance(value, dict):
        notes.problem("report: is no object; shown as it is")
        return None, report_of_fields(value), None
    body = read(ReportBody, value, notes)
    assert body is not None
    sources = _sources(body, notes)
    if body.markdown is not None and body.markdown.strip():
        return body, Report(body.markdown, ReportFormat.MARKDOWN, Numbering.BY_ID, sources), None
    if body.fields is not None:
        shown = unwrap(body.fields, evidence)
        basis = read_basis(body.basis)
        if basis.odd:
            notes.reject("basis", body.basis, "has an unknown form")
        evidence.ids.update(basis.ids)
        evidence.reasons.update(basis.reasons)
        report = Report(indented(shown), ReportFormat.JSON, Numbering.NONE, sources, evidence.ids)
        return body, report, body.fields
    if not value or body.markdown is not None or ("markdown" in value and value["markdown"] is None):
        notes.problem("report: is empty")
        return body, None, None
    notes.problem(f"report: unknown kind {body.kind or '(none)'}; shown as it is")
    return body, report_of_fields(value), None


def _sources(body: ReportBody, notes: Notes) -> tuple[Source, ...]:
    note_twice((source.id for source in body.sources), "id", notes)
    return tuple(Source(source.id or "", source.url, facts=rest_facts(source.rest())) for source in body.sources)
