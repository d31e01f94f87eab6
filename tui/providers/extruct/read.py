"""Extruct's answers -> domain values; pure, and total but for `BadAnswer` (contract: tests/contracts/extruct.md)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar

from tui.domain.detail import Detail, Json, Numbering, Report, ReportFormat, Source
from tui.domain.errors import BadAnswer
from tui.domain.provider import AccountState, Draft
from tui.domain.task import Cost, CostKind, Counter, Task, TaskStatus, TotalKind
from tui.domain.text import one_line
from tui.providers.base import Outcome, Page
from tui.providers.extruct.evidence import Evidence, read_basis, unwrap
from tui.providers.prices import EXTRUCT_AGENTS
from tui.providers.reading import check_identity, each, status_of, task_object, title, with_draft
from tui.providers.wire import (
    Amount,
    Body,
    Clean,
    Count,
    Exact,
    Flag,
    Ident,
    Notes,
    Raw,
    Text,
    Time,
    Url,
    Words,
    clean_json,
    decode,
    facts,
    indented,
    line,
    many,
    one,
    read,
    rest_facts,
    sound,
    to_count,
)

PAGE_SIZE = 20  # finished tasks carry their whole report in the list (tests/contracts/extruct.md 11)
_ENVELOPES = ("items", "tasks", "results", "data")
# What a task object always has (extruct.md section 4).
_REQUIRED = frozenset(
    {"id", "created_at", "updated_at", "status", "brief", "depth", "iterations", "agents", "sources", "owner"}
)

_STATUS = {
    "created": TaskStatus.QUEUED,
    "in_progress": TaskStatus.RUNNING,
    "done": TaskStatus.DONE,
    "failed": TaskStatus.FAILED,
    # accepted, never documented (tests/contracts/extruct.md 5)
    "queued": TaskStatus.QUEUED,
    "pending": TaskStatus.QUEUED,
    "running": TaskStatus.RUNNING,
    "processing": TaskStatus.RUNNING,
    "completed": TaskStatus.DONE,
    "succeeded": TaskStatus.DONE,
    "error": TaskStatus.FAILED,
}


class OwnerBody(Body):
    """Whose task it is."""

    id: Ident = None
    email: Text = None


class SourceBody(Body):
    """One source: an id that the text cites, and an address."""

    keeps_own: ClassVar[bool] = True
    id: Ident = None
    url: Url = None


class ReportBody(Body):
    """A markdown report or a schema report; told apart by what is there, as `kind` may be missing or new."""

    kind: Text = None
    markdown: Exact = None
    fields: Clean = None
    basis: Clean = None
    sources: Annotated[tuple[SourceBody, ...], many(SourceBody, text_as="url")] = ()
    degradation_reasons: Words = ()


class TaskBody(Body):
    """The task object of get, create and list."""

    id: Raw = None
    created_at: Time = None
    updated_at: Time = None
    status: Raw = None
    brief: Text = None
    depth: Text = None
    iterations: Count = None
    agents: Count = None
    sources: Raw = None
    owner: Annotated[OwnerBody | None, one(OwnerBody)] = None
    output_schema: Clean = None
    failure_reason: Text = None
    report: Raw = None


class UserBody(Body):
    """Who the key belongs to."""

    user_id: Ident = None
    email: Text = None
    available_credits: Amount = None
    organization_id: Ident = None
    organization_name: Text = None
    organization_slug: Text = None
    organization_is_active: Flag = None


class ExtructReader:
    """Reads what Extruct answers."""

    id_member = "id"
    members = frozenset(TaskBody.model_fields)

    def read_task(self, body: bytes, *, remote_id: str | None, received_at: datetime) -> Detail:
        """Read the answer to a get."""
        notes = Notes()
        return _detail(task_object(body, self.id_member, self.members, notes), remote_id, notes)

    def read_page(self, body: bytes, *, received_at: datetime, cursor: str | None = None) -> Page:
        """Read the answer to a list: whole tasks. The end is a page shorter than asked for."""
        notes = Notes()
        value = decode(body, notes)
        if isinstance(value, dict):
            value = next((value[name] for name in _ENVELOPES if isinstance(value.get(name), list)), value)
        if not isinstance(value, list):
            raise BadAnswer("the answer is no list of tasks")
        found: dict[str | None, tuple[Detail, bool]] = {}
        for detail, whole in each(value, _listed, notes):
            found.setdefault(detail.task.remote_id, (detail, whole))
        offset = int(cursor) if cursor and cursor.isdigit() else 0
        following = str(offset + len(value)) if len(value) >= PAGE_SIZE else None
        whole_ones = tuple(detail for detail, whole in found.values() if whole)
        return Page(tuple(detail.task for detail, _ in found.values()), following, whole_ones, notes.problems)

    def read_created(self, body: bytes, *, draft: Draft, received_at: datetime) -> Task:
        """Read the answer to a create: the whole task, as yet without progress."""
        try:
            return with_draft(_detail(_entry(decode(body, Notes())), None, Notes()).task, draft)
        except BadAnswer as error:
            error.outcome_unknown = True
            raise

    def read_outcome(self, action: str, body: bytes, *, received_at: datetime) -> Outcome:
        """Extruct has no actions on a task."""
        raise BadAnswer(f"Extruct has no action {action}")


def read_account(body: bytes) -> AccountState:
    """Read the answer of `/v1/user`: credits left, and whose they are."""
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


def _listed(item: Any) -> tuple[Detail, bool]:
    """Return an entry of the list, and whether it is as whole as the answer to a get would be."""
    entry = _entry(item)
    complete = {name for name, value in entry.items() if value is not None} >= _REQUIRED
    detail = _detail(entry, None, Notes(), told=complete)
    return detail, detail.task.has_report or (complete and bool(entry.get("failure_reason")))


def _entry(item: Any) -> dict[str, Any]:
    if not isinstance(item, dict) or item.get("id") is None:
        raise BadAnswer("it is no task")
    return item


def _detail(value: Mapping[str, Any], asked: str | None, notes: Notes, *, told: bool = True) -> Detail:
    remote_id = check_identity(value.get("id"), asked)
    body = read(TaskBody, value, notes)
    assert body is not None
    status, word = status_of(body.status, _STATUS, notes)
    evidence = Evidence()
    report_body, report, structured = _report(body.report, status, evidence, notes)
    ended_early = status is TaskStatus.FAILED and report is not None
    task = Task(
        id="",
        provider="extruct",
        remote_id=remote_id,
        title=title(None, report, body.brief),
        prompt=body.brief,
        status=TaskStatus.PARTIAL if ended_early else status,
        provider_status=word,
        mode=line(body.depth, 40),
        created_at=body.created_at,
        updated_at=body.updated_at,
        finished_at=body.updated_at if status.is_final else None,  # the best stand-in (tests/contracts/extruct.md 4)
        counters=_counters(body, notes),
        sources=len(report.sources) if report else _source_count(body.sources, notes),
        cost=_cost(body, status),
        error=body.failure_reason or ("Extruct gave no reason" if told and status is TaskStatus.FAILED else None),
        warnings=tuple(map(one_line, report_body.degradation_reasons)) if report_body else (),
        has_report=report is not None,
    )
    return Detail(
        task,
        report=report,
        structured=structured,
        facts=facts(
            ("owner", body.owner.email if body.owner else None),
            ("owner id", body.owner.id if body.owner else None),
            ("report kind", report_body.kind if report_body else None),
            ("output schema", body.output_schema),
        )
        + tuple((f"basis of {path or 'the whole'}", said) for path, said in evidence.reasons.items()),
        extra=notes.extra,
        problems=notes.problems,
    )


def _counters(body: TaskBody, notes: Notes) -> dict[str, Counter]:
    """Iterations and sources have no total; agents have a ceiling by depth, need not be used up (extruct.md 6)."""
    counters = {}
    if body.iterations is not None:
        counters["iterations"] = Counter(body.iterations)
    if body.agents is not None:
        ceiling = EXTRUCT_AGENTS.get((body.depth or "").strip().lower())
        fits = ceiling is not None and body.agents <= ceiling
        counters["agents"] = Counter(body.agents, ceiling, TotalKind.CEILING) if fits else Counter(body.agents)
    if (sources := _source_count(body.sources, notes)) is not None:
        counters["sources"] = Counter(sources)
    return counters


def _source_count(value: object, notes: Notes) -> int | None:
    """A number at the task, a list inside the report; a list here is counted."""
    if isinstance(value, list):
        return len(value)
    count = to_count(value)
    if count is None and value is not None:
        notes.reject("sources", value, "is no usable number")
    return count


def _cost(body: TaskBody, status: TaskStatus) -> Cost:
    """One credit per finished agent; a failed task gets all of them back (tests/contracts/extruct.md 8 and 12)."""
    agents = 0 if status is TaskStatus.FAILED else body.agents
    return Cost(unit="credits") if agents is None else Cost(float(agents), "credits", CostKind.CREDITS)


def _report(
    value: object, status: TaskStatus, evidence: Evidence, notes: Notes
) -> tuple[ReportBody | None, Report | None, Json]:
    """The report as sent (None if it is no object), as we show it, and the structured output."""
    partial = status is not TaskStatus.DONE
    notes = notes.at("report")
    if value is None:
        return None, None, None
    if isinstance(value, str) and value.strip():
        notes.problem("report: is a text, not an object; read as markdown")
        return None, Report(sound(value), ReportFormat.MARKDOWN, partial=partial), None
    if not isinstance(value, dict):
        notes.problem("report: is no object; shown as it is")
        return None, _as_it_is(value, partial), None
    body = read(ReportBody, value, notes)
    assert body is not None
    sources = _sources(body, notes)
    if body.markdown is not None and body.markdown.strip():
        return body, Report(body.markdown, ReportFormat.MARKDOWN, Numbering.BY_ID, sources, partial=partial), None
    if body.fields is not None:
        shown = unwrap(body.fields, evidence)
        basis = read_basis(body.basis)
        if basis.odd:
            notes.reject("basis", body.basis, "has an unknown form")
        evidence.ids.update(basis.ids)
        evidence.reasons.update(basis.reasons)
        report = Report(indented(shown), ReportFormat.JSON, Numbering.NONE, sources, evidence.ids, partial)
        return body, report, body.fields
    if not value or body.markdown is not None or ("markdown" in value and value["markdown"] is None):
        notes.problem("report: is empty")
        return body, None, None
    notes.problem(f"report: unknown kind {body.kind or '(none)'}; shown as it is")
    return body, _as_it_is(value, partial), None


def _as_it_is(value: object, partial: bool) -> Report:
    return Report(indented(clean_json(value)), ReportFormat.JSON, partial=partial)


def _sources(body: ReportBody, notes: Notes) -> tuple[Source, ...]:
    seen = set()
    for source in body.sources:
        if source.id in seen and source.id is not None:
            notes.problem(f"sources: id {source.id} is there twice")
        seen.add(source.id)
    return tuple(Source(source.id or "", source.url, facts=rest_facts(source.rest())) for source in body.sources)
