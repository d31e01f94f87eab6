"""Exa's answers -> domain values; pure, and total but for `BadAnswer`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from tui.domain.actions import Action, Delete, Outcome
from tui.domain.anchors import Anchored, FieldAnchor, WholeAnchor
from tui.domain.detail import Json, Numbering, Report, ReportFormat, Source
from tui.domain.errors import BadAnswer
from tui.domain.provider import Draft
from tui.domain.task import Cost, CostKind, Counter, Task, TaskStatus
from tui.domain.text import clean, one_line
from tui.providers.exa.events import ExaProgress, read_progress
from tui.providers.exa.models import ExaCost, ExaGrounding, ExaOutput, ExaRun, ExaUsage, RequestBody
from tui.providers.exa.spec import METERED, cost_of
from tui.providers.sdk.format import fields_in
from tui.providers.sdk.json import Notes, as_text, clean_json, decode, facts, indented, rest_facts, to_amount
from tui.providers.sdk.parts import ReadContext, TaskParts
from tui.providers.sdk.reader import SURE, JsonReader
from tui.providers.sdk.reading import reason

_CUT_SHORT = frozenset(
    {"budget_reached", "time_limit_reached", "token_limit_reached", "iteration_limit_reached", "stopped"}
)
_EXPECTED = frozenset({"", "schema_satisfied", "error", "cancelled"})  # stop reasons that the status word tells already
_OF_TEXT = frozenset({"", "text", "output", "output.text"})
_OF_FIELDS = re.compile(r"(?:\$\.|/)?(?:output[./])?structured(?=[.\[/]|$)")
_ONE_LINE = 400  # characters up to which a text beside structured output only announces it


class ExaReader(JsonReader[ExaRun]):
    """Reads the responses of Exa."""

    body = ExaRun
    statuses: ClassVar = {
        "queued": TaskStatus.QUEUED,
        "running": TaskStatus.RUNNING,
        "completed": TaskStatus.DONE,
        "failed": TaskStatus.FAILED,
        "cancelled": TaskStatus.CANCELLED,
    }

    def recognises(self, value: Mapping[str, Any]) -> int:
        """Recognise a run by the prefix of its id."""
        ours = str(value.get("id")).startswith("agent_run_") and "status" in value
        return SURE if ours else super().recognises(value)

    def read(self, body: ExaRun, context: ReadContext) -> TaskParts:
        """Read a run; one that was cut short has the status "completed" with a stop reason."""
        stop = one_line(body.stopReason or "", 60)
        partial = context.status is TaskStatus.DONE and stop.lower() in _CUT_SHORT
        request, usage = body.request or RequestBody(), body.usage or ExaUsage()
        progress = read_progress(context)
        error = reason(body.error) or None if body.error else None
        report, structured, announced = report_of(body.output, progress, partial=partial)
        return TaskParts(
            status=TaskStatus.PARTIAL if partial else None,
            word=f"{context.word}: {stop}" if stop.lower() not in _EXPECTED else None,
            prompt=request.query,
            mode=request.effort,
            created_at=body.createdAt,
            finished_at=body.completedAt,
            counters=_counters(usage, progress, report),
            sources=sum(source.cited for source in report.sources) if report else None,
            cost=_cost(body, context.status),
            error=error if context.status is not TaskStatus.DONE else None,
            warnings=(
                *_warnings(body.warnings, context.notes),
                *([error] if error and context.status is TaskStatus.DONE else []),
            ),
            parent_id=request.previousRunId,
            report=report,
            structured=structured,
            trace=tuple(progress.steps),
            facts=_facts(body, context.status, announced),
        )

    def outcome(self, action: Action, value: Mapping[str, Any], context: ReadContext) -> Outcome:
        """Read the run that cancel and stop return; one that had ended comes back unchanged."""
        if isinstance(action, Delete):
            kept = value.get("deleted") is False
            return Outcome("Exa did not delete the run" if kept else self.done(action))
        outcome = super().outcome(action, value, context)
        if outcome.status is None:
            return outcome
        run = self.task_in(value, context)
        done = run.status is TaskStatus.CANCELLED or run.provider_status.endswith("stopped")
        if not done:
            told = "it had ended before" if run.status.is_final else "Exa has not ended it yet"
            return replace(outcome, message=f"{told}: {run.provider_status}", status=run.status)
        return replace(outcome, status=run.status)

    def read_created(self, body: bytes, *, draft: Draft, received_at: datetime) -> Task:
        """Read the response to a create. An error inside a 2xx response is a refusal: nothing was started."""
        try:
            return super().read_created(body, draft=draft, received_at=received_at)
        except BadAnswer as error:
            error.outcome_unknown = not _is_error(body)
            raise


def report_of(
    output: ExaOutput | None, progress: ExaProgress | None = None, *, partial: bool = False
) -> tuple[Report | None, Json, str | None]:
    """Return the report, its structured output, and the line that announces it ("Returned 10 companies.").

    Structured output with such a line is the report, with its grounding field by field. A text of its own is the
    report, with structured output beside it. No numbering is documented: "[2]" in a text is nobody's second citation.
    """
    if output is None:
        return None, None, None
    sources, anchored = _grounding(output.grounding)
    cited = {source.url for source in sources}
    met = (page for page in (progress.pages.items() if progress else ()) if page[0] not in cited)
    consulted = tuple(
        Source(f"p{number}", url, clean(title) if title else None, cited=False)
        for number, (url, title) in enumerate(met, 1)
        if clean(url) == url
    )
    text = output.text if output.text and output.text.strip() else None
    structured = output.structured if output.structured not in (None, "", [], {}) else None
    if structured is None and text is not None and (fields := fields_in(text)) is not None:
        text, structured = None, clean_json(fields)

    def report(text: str, form: ReportFormat) -> Report:
        told = anchored
        if form is ReportFormat.MARKDOWN:  # a text has no fields: what supports those beside it supports the run
            told = tuple(replace(one, anchor=WholeAnchor()) for one in anchored)
        return Report(text, form, Numbering.NONE, (*sources, *consulted), partial=partial, anchored=told)

    if structured is not None and (text is None or _announces(text)):
        return report(indented(structured), ReportFormat.JSON), structured, text
    if text is None:
        return None, None, None
    return report(text, ReportFormat.MARKDOWN), structured, None


def _announces(text: str) -> bool:
    return "\n" not in text.strip() and len(text) <= _ONE_LINE


def _grounding(entries: tuple[ExaGrounding, ...]) -> tuple[tuple[Source, ...], tuple[Anchored, ...]]:
    """Return one source for each citation of each entry: the third citation of the second entry is "g2.3"."""
    sources, anchored = [], []
    for number, entry in enumerate(entries, 1):
        place = (entry.field or "").strip()
        confidence = as_text(entry.confidence) or ("" if entry.score is None else str(entry.score))
        told = facts(("field", place), ("confidence", entry.confidence), ("score", entry.score))
        ids = []
        for position, citation in enumerate(entry.citations, 1):
            if not (citation.url or citation.title):
                continue
            ids.append(f"g{number}.{position}")
            more = told + rest_facts(citation.rest()) + rest_facts(entry.rest())
            sources.append(Source(ids[-1], citation.url, citation.title, facts=more))
        if ids:
            anchor = WholeAnchor() if place in _OF_TEXT else FieldAnchor(_path(place))
            anchored.append(Anchored(anchor, tuple(ids), confidence=one_line(confidence, 60)))
    return tuple(sources), tuple(anchored)


def _path(place: str) -> str:
    """Return a path inside the structured output: a[0].b for structured.a[0].b; "$" for all of it."""
    found = _OF_FIELDS.match(place)
    return place if found is None else place[found.end() :].removeprefix(".") or "$"


def _counters(usage: ExaUsage, progress: ExaProgress, report: Report | None) -> dict[str, Counter]:
    counters = {}
    searches = max(usage.searches or 0, progress.searches)
    if searches:
        counters["searches"] = Counter(int(searches) if float(searches).is_integer() else searches)
    if report is None and progress.pages:
        counters["sources"] = Counter(len(progress.pages))
    return counters


def _cost(body: ExaRun, status: TaskStatus) -> Cost:
    """Return the billed cost once it is final; before, the price of the effort."""
    billed = body.costDollars
    if status.is_final and billed is not None:
        parts = tuple(_parts(billed))
        metered = body.request is None or (body.request.effort or "auto") in METERED  # a fixed price is no sum of parts
        total = sum(amount for _, amount in parts) if billed.total is None and parts and metered else billed.total
        if total is not None:
            return Cost(round(total, 8), "USD", CostKind.REPORTED, parts)
    if body.request is None or status in {TaskStatus.FAILED, TaskStatus.CANCELLED}:
        return Cost()
    budget = body.request.budget
    return cost_of(body.request.effort, budget.get("maxCostDollars") if isinstance(budget, dict) else None)


def _parts(billed: ExaCost) -> Iterator[tuple[str, float]]:
    named = {
        "agent compute": billed.agentCompute,
        "search": billed.search,
        "e-mails": billed.emails,
        "phone numbers": billed.phoneNumbers,
    }
    yield from ((name, amount) for name, amount in named.items() if amount)
    others = billed.dataSources if isinstance(billed.dataSources, dict) else {}
    for name, value in {**others, **billed.rest()}.items():
        if amount := to_amount(value):
            yield one_line(name, 40).replace("_", " "), amount


def _warnings(value: object, notes: Notes) -> Iterator[str]:
    if isinstance(value, list):
        yield from (said for item in value if (said := one_line(reason(item), 300)))
    elif value is not None:
        notes.reject("warnings", value, "is no list")


def _facts(body: ExaRun, status: TaskStatus, announced: str | None) -> tuple[tuple[str, str], ...]:
    request, usage, billed = body.request or RequestBody(), body.usage or ExaUsage(), body.costDollars or ExaCost()
    so_far = billed.total if not status.is_final and billed.total else None
    error = clean_json(body.error)
    known = error if isinstance(error, dict) else {}
    details = {f"error {name}": item for name, item in known.items() if name != "message"}
    used = {
        "compute units": usage.agentComputeUnits,
        "e-mails found": usage.emails,
        "phone numbers found": usage.phoneNumbers,
    }
    return (
        facts(
            ("answer", clean(announced) if announced else None),
            ("stop reason", body.stopReason),
            ("instructions", request.systemPrompt),
            ("budget", request.budget),
            ("cost so far, not final", so_far),
            *((name, value) for name, value in used.items() if value),
            ("data sources used", usage.dataSources),
            ("request", body.requestId),
            *details.items(),
        )
        + rest_facts(request.rest())
        + rest_facts(usage.rest())
        + rest_facts({name: value for name, value in billed.rest().items() if to_amount(value) is None})
    )


def _is_error(body: bytes) -> bool:
    try:
        value = decode(body, Notes())
    except BadAnswer:
        return False
    return isinstance(value, dict) and bool(value.get("error"))
