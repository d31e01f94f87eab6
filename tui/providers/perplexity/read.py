"""Perplexity's answers -> domain values; pure, and total but for `BadAnswer`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from tui.domain.actions import Cancel
from tui.domain.detail import Deliverable, Image, Interaction, Json, Report, Step
from tui.domain.task import Cost, CostKind, Counter, TaskStatus
from tui.domain.text import clean, one_line
from tui.providers.answer import Object, kind_of, objects
from tui.providers.perplexity.models import PerplexityCost, PerplexityError, PerplexityRun, PerplexityUsage, PictureBody
from tui.providers.perplexity.questions import APPROVAL, FUNCTION, interaction
from tui.providers.perplexity.report import (
    completion_report,
    final_message,
    items_told,
    run_report,
    texts_of,
)
from tui.providers.sdk.json import Notes, as_text, clean_json, facts, read, rest_facts, to_amount
from tui.providers.sdk.parts import ReadContext, TaskParts
from tui.providers.sdk.reader import SURE, JsonReader
from tui.providers.sdk.reading import reason
from tui.providers.sdk.spec import UUID
from tui.providers.sdk.transcripts import Event, objects_of

_OWN_ITEMS = frozenset({"search_results", "fetch_url_results", "image_search_results", "share_file", "sandbox_results"})
_CALLS = frozenset({FUNCTION, APPROVAL})
_SEARCHES = frozenset({"search_results", "image_search_results", "people_search_results", "finance_results"})


class PerplexityReader(JsonReader[PerplexityRun]):
    """Reads the responses of Perplexity."""

    body = PerplexityRun
    statuses: ClassVar = {
        "queued": TaskStatus.QUEUED,
        "created": TaskStatus.QUEUED,  # with the two below: the retired completions, in capitals
        "in_progress": TaskStatus.RUNNING,
        "requires_action": TaskStatus.WAITING,
        "cancelling": TaskStatus.CANCELLING,  # only in the answer to a cancel
        "completed": TaskStatus.DONE,
        "incomplete": TaskStatus.PARTIAL,
        "failed": TaskStatus.FAILED,
        "cancelled": TaskStatus.CANCELLED,
    }

    done_words: ClassVar = {Cancel: "asked {title} to stop it; it says in a moment that it did, and never what it cost"}

    def task_of(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the run, or that inside an event; the `response` of a retired completion has no status."""
        inner = value.get("response")
        return inner if isinstance(inner, dict) and "status" in inner and "id" in inner else value

    def of_stream(self, events: Sequence[Event]) -> Mapping[str, Any] | None:
        """Return the newest whole run of a stream, with items that only events have."""
        newest = super().of_stream(events)
        if newest is None:
            return None
        task, told = self.task_of(newest), items_told(objects_of(events))
        return task if len([*objects(task.get("output"))]) >= len(told) else {**task, "output": told}

    def recognises(self, value: Mapping[str, Any]) -> int:
        """Recognise a run by members that OpenAI's responses of the same shape do not have."""
        value = self.task_of(value)
        if value.get("id") is None:
            return 0
        kinds = {kind_of(item) for item in objects(value.get("output"))}
        usage = value.get("usage")
        if re.fullmatch(rf"resp_{UUID}", str(value["id"])):  # OpenAI's ids have no dashes
            return SURE + len(value)
        sonar = isinstance(value.get("response"), dict) and "sonar" in str(value.get("model"))
        run = value.get("object") == "response" and (
            kinds & _OWN_ITEMS or {"preset", "effort"} & value.keys() or (isinstance(usage, dict) and "cost" in usage)
        )
        return SURE + len(value) if sonar or run else 0

    def read(self, body: PerplexityRun, context: ReadContext) -> TaskParts:
        """Read a run."""
        items = [*objects(body.output)]
        ended = context.status.is_final
        report, structured = run_report(items, context.notes, partial=context.status is not TaskStatus.DONE)
        thoughts = ""
        if isinstance(body.response, dict):
            report, thoughts = completion_report(body.response, context.notes)
        report = report if ended else None  # a message beside a question is a note on the way
        mode = body.effort or body.preset or body.model
        results = sum(len([*objects(item.get("results"))]) for item in items if kind_of(item) == "search_results")
        open_end = report is None and context.status in {TaskStatus.DONE, TaskStatus.WAITING}
        asked = interaction(items, clean_json([one for one in items if kind_of(one) in _CALLS])) if open_end else None
        status, warnings = _settle(context.status, items, report, asked)
        final = final_message(items) if report else None
        return TaskParts(
            status=status,
            mode=mode,
            created_at=body.created_at,
            finished_at=body.completed_at or body.failed_at,
            counters=_counters(items),
            sources=len(report.sources) if report else results or None,
            cost=_cost(_usage(body, context.notes)),
            error=_error(body, status, context.notes),
            warnings=warnings,
            parent_id=body.previous_response_id,
            report=report,
            structured=structured if report else None,
            trace=tuple(_trace(items, final, thoughts)) if context.traced else (),
            interaction=asked,
            images=tuple(_images(items, context.notes)),
            deliverables=tuple(_files(items)),
            facts=_facts(body, mode, context.notes)
            + facts(("message", clean_json(final.get("id")) if final else None)),
        )


def _settle(
    status: TaskStatus, items: Sequence[Object], report: Report | None, asked: Interaction | None
) -> tuple[TaskStatus, tuple[str, ...]]:
    """Return (status, warnings), corrected for a run without a text: a question, a refusal, or a failure."""
    if report is not None:
        return status, ()
    if asked is not None:
        return TaskStatus.WAITING, ()
    if status is TaskStatus.DONE:
        refusals = (part.get("refusal") for item in items for part in objects(item.get("content")))
        said = next((one_line(text, 300) for text in refusals if isinstance(text, str) and text.strip()), None)
        return status, (f"it refused: {said}" if said else "completed without a text",)
    return (TaskStatus.FAILED if status is TaskStatus.PARTIAL else status), ()


def _counters(items: Sequence[Object]) -> dict[str, Counter]:
    """Return the counters; items are there while the run goes on."""
    searches = sum(kind_of(item) in _SEARCHES for item in items)
    pages = sum(len([*objects(item.get("contents"))]) for item in items)
    found = {"searches": searches, "pages_read": pages}
    return {name: Counter(value) for name, value in found.items() if value}


def _usage(body: PerplexityRun, notes: Notes) -> PerplexityUsage | None:
    if body.usage is None and isinstance(body.response, dict):
        return read(PerplexityUsage, body.response.get("usage"), notes.at("response.usage"))
    return body.usage


def _cost(usage: PerplexityUsage | None) -> Cost:
    """Return the reported cost; there is none while a run goes on, or after a cancel."""
    cost = usage.cost if usage else None
    if cost is None:
        return Cost()
    parts = _cost_parts(cost)
    total = cost.total_cost if cost.total_cost is not None else sum(amount for _, amount in parts) if parts else None
    if total is None:
        return Cost()
    return Cost(round(total, 8), cost.currency or "USD", CostKind.REPORTED, parts)


def _cost_parts(cost: PerplexityCost) -> tuple[tuple[str, float], ...]:
    amounts = ((name, to_amount(value)) for name, value in cost.rest().items() if not isinstance(value, bool))
    return tuple((name.replace("_cost", "").replace("_", " "), amount) for name, amount in amounts if amount)


def _error(body: PerplexityRun, status: TaskStatus | None, notes: Notes) -> str | None:
    error = read(PerplexityError, body.error, notes.at("error")) if isinstance(body.error, dict) else None
    said = (error and error.message) or reason(body.error) or body.error_message
    if not said and isinstance(body.incomplete_details, Mapping) and status in {TaskStatus.PARTIAL, TaskStatus.FAILED}:
        said = f"ended early: {as_text(body.incomplete_details.get('reason'))}"
    return said or None


def _facts(body: PerplexityRun, mode: str | None, notes: Notes) -> tuple[tuple[str, str], ...]:
    error = read(PerplexityError, body.error, notes.at("error")) if isinstance(body.error, dict) else None
    usage = _usage(body, notes)
    return (
        facts(
            ("model", body.model if body.model != mode else None),
            ("preset", body.preset if body.preset != mode else None),
            ("service tier", body.service_tier),
            ("error type", error.type if error else None),
            ("error code", error.code if error else None),
            ("instructions", body.instructions),
            ("ended early", body.incomplete_details),
            ("tools", body.tools),
            ("stored", body.store),
            ("in the background", body.background),
            ("text", body.text),
            ("started", body.started_at),
        )
        + rest_facts(error.rest() if error else {})
        + rest_facts(usage.rest() if usage else {})
        + _cost_details(usage)
    )


def _cost_details(usage: PerplexityUsage | None) -> tuple[tuple[str, str], ...]:
    """Return the members of the cost that are not amounts."""
    rest = usage.cost.rest() if usage and usage.cost else {}
    return rest_facts({name: value for name, value in rest.items() if isinstance(value, Mapping | list | str)})


def _trace(items: Sequence[Object], final: Mapping[str, Any] | None, thoughts: str) -> Iterator[Step]:
    """Return every item but the report, in order, complete."""
    if thoughts:
        yield Step("assistant", "reasoning", clean(thoughts))
    for item in items:
        if item is final:
            continue
        kind = one_line(kind_of(item), 60)
        data = clean_json(item)
        if kind == "message":
            text = "\n\n".join(clean(part["text"]) for part in texts_of(item))
            yield Step(
                one_line(as_text(clean_json(item.get("role"))), 40), "text", text, data=_beside(item) if text else data
            )
        elif kind == "reasoning":
            said = (part.get("text") for part in objects(item.get("summary")))
            yield Step(
                "assistant", "reasoning", "\n\n".join(clean(text) for text in said if isinstance(text, str)), data=data
            )
        elif kind in _CALLS or kind.endswith("_call"):
            tool = one_line(as_text(clean_json(item.get("name"))), 80)
            yield Step("assistant", "call", one_line(as_text(clean_json(item.get("arguments"))), 300), tool, data)
        else:
            yield Step("tool", "result", _said(item), kind, data)


def _beside(item: Mapping[str, Any]) -> Json:
    """Return the members of a message beside its text."""
    return clean_json({name: value for name, value in item.items() if name not in {"type", "role", "content"}})


def _said(item: Mapping[str, Any]) -> str:
    """Return the subject of a tool call in one line."""
    queries = item.get("queries")
    if isinstance(queries, list):
        return one_line("; ".join(query for query in queries if isinstance(query, str)), 300)
    pages = [as_text(clean_json(page.get("title") or page.get("url"))) for page in objects(item.get("contents"))]
    told = next((item[name] for name in ("filename", "code", "item_name", "name", "query") if item.get(name)), "")
    return one_line("; ".join(pages) or as_text(clean_json(told)), 300)


def _images(items: Sequence[Object], notes: Notes) -> Iterator[Image]:
    for number, item in enumerate(items, 1):
        for row in objects(item.get("results")) if kind_of(item) == "image_search_results" else ():
            body = read(PictureBody, row, notes)
            if body is not None and body.image_url:
                said = facts(("page", body.origin_url)) + rest_facts(body.rest())
                name = one_line(body.title or "picture", 200)
                yield Image(f"{number} {body.image_url}", "found", name, url=body.image_url, facts=said)


def _files(items: Sequence[Object]) -> Iterator[Deliverable]:
    """Return the files that the sandbox shared; their address is a path of the service."""
    for item in items:
        if kind_of(item) == "share_file":
            value = clean_json(item)
            assert isinstance(value, dict)
            name = one_line(as_text(value.get("filename")), 200) or "file"
            url = value.get("url") if isinstance(value.get("url"), str) else None
            kind = name.rpartition(".")[2].lower() if "." in name else "file"
            rest = {key: one for key, one in value.items() if key not in {"type", "file_id", "filename", "url"}}
            yield Deliverable(as_text(value.get("file_id")), kind, name, "completed", url, facts=rest_facts(rest))
