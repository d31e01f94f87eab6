"""OpenAI's answers -> domain values; pure, and total but for `BadAnswer`."""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from tui.domain.actions import Action, Cancel, Outcome
from tui.domain.detail import Deliverable, Image, Json, Report, ReportFormat
from tui.domain.errors import BadAnswer
from tui.domain.provider import AccountState
from tui.domain.task import Cost, TaskStatus
from tui.domain.text import clean, join, one_line, plural
from tui.providers.answer import inside, kind_of, objects
from tui.providers.openai import items
from tui.providers.openai.items import Item
from tui.providers.openai.models import OpenAIError, ResponseBody
from tui.providers.openai.prices import cost
from tui.providers.responses import final_message, response_report
from tui.providers.sdk.json import Notes, as_text, clean_json, decode, facts
from tui.providers.sdk.parts import ReadContext, TaskParts
from tui.providers.sdk.prices import Usage
from tui.providers.sdk.reader import SURE, JsonReader

_UNSTORED = timedelta(minutes=10)  # what is not stored can be read about so long after its end (section 10)
_FOREIGN_ITEMS = frozenset({"search_results", "fetch_url_results"})  # Perplexity answers in the same shape
_ANNOTATIONS = frozenset({"url_citation", "file_citation", "container_file_citation", "file_path"})
_UUID = re.compile(r"resp_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class OpenAIReader(JsonReader[ResponseBody]):
    """Reads the responses of OpenAI, and of Azure and gateways in the same shape."""

    body = ResponseBody
    statuses: ClassVar = {
        "queued": TaskStatus.QUEUED,
        "in_progress": TaskStatus.RUNNING,
        "completed": TaskStatus.DONE,
        "incomplete": TaskStatus.PARTIAL,
        "failed": TaskStatus.FAILED,
        "cancelled": TaskStatus.CANCELLED,
    }

    def recognises(self, value: Mapping[str, Any]) -> int:
        """Recognise a response by its object name; those of Perplexity are told apart by their own members."""
        value = self.task_of(value)
        if value.get("object") != "response" or not str(value.get("id")).startswith("resp_"):
            return 0
        foreign = any(kind_of(item) in _FOREIGN_ITEMS for item in objects(value.get("output")))
        named = isinstance(value.get("model"), str) and "/" in value["model"]
        priced = isinstance(inside(value, "usage", "cost"), Mapping)
        return 0 if foreign or named or priced or _UUID.fullmatch(str(value["id"])) else SURE + len(value)

    def task_of(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the response inside an event or webhook."""
        inner = value.get("response")
        return inner if isinstance(inner, Mapping) and isinstance(inner.get("id"), str) else value

    def read_account(self, body: bytes) -> AccountState:
        """Read the list of models: how many this key may use, and which of them are retired when."""
        value = decode(body, Notes())
        models = value.get("data") if isinstance(value, dict) else None
        if not isinstance(models, list):
            raise BadAnswer("the answer is no list of models")
        ends = sorted(
            (clean(one["shutdown_date"]), clean(str(one.get("id"))))
            for one in objects(models)
            if isinstance(one.get("shutdown_date"), str)
        )
        said = "; ".join(f"{name} {day}" for day, name in ends[:20])
        return AccountState(facts(("models", plural(len(models), "model")), ("models that end", said)))

    def outcome(self, action: Action, value: Mapping[str, Any], context: ReadContext) -> Outcome:
        """Read the response to a cancel, which tells whether the run was cancelled."""
        if isinstance(action, Cancel) and context.status not in {TaskStatus.CANCELLED, TaskStatus.UNKNOWN}:
            return Outcome(
                f"cancel was sent; OpenAI says {context.word}",
                None if context.status.is_final else TaskStatus.CANCELLING,
            )
        return super().outcome(action, value, context)

    def read(self, body: ResponseBody, context: ReadContext) -> TaskParts:
        """Read a response."""
        output = items.output_of(body.output, items.from_events(context.events("events")))
        ended = context.status.is_final
        report = response_report(output, partial=context.status is not TaskStatus.DONE, ended=ended)
        final = final_message(output, ended=ended) if report is not None else None
        asked = items.approval(output, behind=final) if context.status is TaskStatus.DONE else None
        if asked is not None:
            report = final = None  # what was written before is a note on the way
        return TaskParts(
            status=_status(context.status, report, waits=asked is not None),
            prompt=_prompt(context.json("input")),
            mode=body.model,
            created_at=body.created_at,
            finished_at=body.completed_at,
            expires_at=_expiry(body),
            counters=items.counters(output, body.max_tool_calls),
            sources=None if report is None else sum(source.cited for source in report.sources),
            cost=_cost(body, output),
            error=_reason(body, context, report),
            warnings=_warnings(body, context, output, report, waits=asked is not None),
            parent_id=body.previous_response_id,
            report=report,
            structured=_structured(report, body.text),
            trace=items.steps(output, final) if context.traced else (),
            interaction=asked,
            images=_images(output),
            deliverables=_files(output),
            facts=_facts(body, final),
        )


def _status(status: TaskStatus, report: Report | None, *, waits: bool) -> TaskStatus | None:
    if waits:
        return TaskStatus.WAITING
    return TaskStatus.FAILED if status is TaskStatus.PARTIAL and report is None else None


def _reason(body: ResponseBody, context: ReadContext, report: Report | None) -> str | None:
    """Return why there is no or only a partial report, in the service's words."""
    if body.error is not None and (said := _said(body.error)):
        return said
    if context.status is TaskStatus.PARTIAL and report is None:
        return f"ended early without text: {_incomplete(body)}"
    return None


def _said(error: OpenAIError) -> str:
    place = f" ({error.param})" if error.param else ""
    known = error.message or ""
    return f"{known}{place}" if not error.code else f"{error.code}: {known}{place}" if known else error.code


def _incomplete(body: ResponseBody) -> str:
    return (body.incomplete_details and body.incomplete_details.reason) or "no reason given"


def _warnings(
    body: ResponseBody, context: ReadContext, output: list[Item], report: Report | None, *, waits: bool
) -> tuple[str, ...]:
    found = [f"refused: {said}" for said in items.refusals(output)]
    if wanted := items.calls_for_us(output):
        found.append(f"it wants a function called, which cannot be done from here: {join(wanted)}")
    if context.status is TaskStatus.PARTIAL and report is not None:
        found.append(f"ended early: {_incomplete(body)}")
    if context.status is TaskStatus.DONE and report is None and not found and not waits:
        kinds = dict.fromkeys(kind_of(item) for item in output)
        found.append(
            f"ended without a text: {join([one_line(kind, 40) for kind in kinds]) if kinds else 'it is empty'}"
        )
    if context.status is TaskStatus.DONE and report is not None and not items.searched(output):
        found.append("no search was made: the answer is from the model's memory")
    return tuple(one_line(said, 400) for said in found)


def _expiry(body: ResponseBody) -> datetime | None:
    return body.completed_at + _UNSTORED if body.store is False and body.completed_at is not None else None


def _cost(body: ResponseBody, output: list[Item]) -> Cost:
    """Return the cost by tokens and searches; unknown billed searches are at most those made."""
    usage = body.usage
    if usage is None:
        return Cost()
    told = body.tool_usage.web_search.num_requests if body.tool_usage and body.tool_usage.web_search else None
    made = items.actions_of(output, "search")
    calls = (0, made) if told is None else (told, told)
    details = usage.input_tokens_details
    cached = details.cached_tokens if details else None
    return cost(
        Usage(body.model, usage.input_tokens, usage.output_tokens, cached, {"web_search": calls}), body.service_tier
    )


def _prompt(listed: object) -> str | None:
    """Return the newest user text of the input items (newest first)."""
    for item in objects(inside(listed, "data")):
        if item.get("role") == "user":
            content = item.get("content")
            texts = [content] if isinstance(content, str) else [part.get("text") for part in objects(content)]
            if said := "\n\n".join(clean(text) for text in texts if isinstance(text, str) and text.strip()):
                return said
    return None


def _structured(report: Report | None, text: Json) -> Json:
    """Return the fields of a report that was requested as JSON."""
    if (
        report is None
        or report.format is not ReportFormat.JSON
        or inside(text, "format", "type") not in ("json_schema", "json_object")
    ):
        return None
    value: Json = json.loads(report.text)
    return value


def _images(output: list[Item]) -> tuple[Image, ...]:
    found = []
    for item in output:
        for number, made in enumerate(objects(item.get("outputs")), 1):
            if kind_of(made) == "image" and isinstance(made.get("url"), str):
                found.append(Image(f"{clean(str(item.get('id')))}.{number}", "image", "made by code", made["url"]))
    return tuple(found)


def _files(output: list[Item]) -> tuple[Deliverable, ...]:
    """Return the files of a container, which is kept about 20 minutes longer than the run."""
    found: dict[str, Deliverable] = {}
    parts = (part for item in output for part in objects(item.get("content")))
    for said in (said for part in parts for said in objects(part.get("annotations"))):
        file, box = said.get("file_id"), said.get("container_id")
        if not isinstance(file, str) or kind_of(said) not in {"container_file_citation", "file_path"}:
            continue
        place = f"containers/{box}/files/{file}" if isinstance(box, str) else f"files/{file}"
        safe = re.fullmatch(r"[\w/-]+", place) is not None
        name = one_line(said["filename"], 200) if isinstance(said.get("filename"), str) else one_line(file, 200)
        kind = name.rpartition(".")[2] if "." in name else "file"
        more = facts(("container", clean_json(box)))
        url = f"/v1/{place}/content" if safe else None
        found.setdefault(file, Deliverable(clean(file), kind, name, "", url, facts=more))
    return tuple(found.values())


def _facts(body: ResponseBody, final: Item | None) -> tuple[tuple[str, str], ...]:
    usage, tools = body.usage, body.tool_usage
    details = (usage.input_tokens_details, usage.output_tokens_details) if usage else (None, None)
    listed = [one.get("type") for one in objects(body.tools)]
    kinds = join([str(kind) for kind in listed if kind]) if listed else ""
    parts = [*objects(final.get("content"))] if final else []
    odd = [part for part in parts if kind_of(part) not in {"output_text", "text", "refusal"}]
    odd += [one for part in parts for one in objects(part.get("annotations")) if kind_of(one) not in _ANNOTATIONS]
    return facts(
        ("ended because", body.incomplete_details.reason if body.incomplete_details else None),
        ("error code", body.error.code if body.error else None),
        ("error type", body.error.type if body.error else None),
        ("input tokens", usage.input_tokens if usage else None),
        ("of these cached", details[0].cached_tokens if details[0] else None),
        ("written to the cache", details[0].cache_write_tokens if details[0] else None),
        ("output tokens", usage.output_tokens if usage else None),
        ("of these reasoning", details[1].reasoning_tokens if details[1] else None),
        ("tokens", usage.total_tokens if usage else None),
        ("billed searches", tools.web_search.num_requests if tools and tools.web_search else None),
        ("pictures", tools.image_gen if tools else None),
        ("paid by", body.billing),
        ("tools", kinds),
        ("tools as sent", body.tools or None),
        ("tool choice", body.tool_choice),
        ("reasoning", body.reasoning),
        ("text", body.text),
        ("instructions", body.instructions),
        ("metadata", body.metadata or None),
        ("conversation", body.conversation),
        ("background", body.background),
        ("stored", body.store),
        ("service tier", body.service_tier),
        ("output tokens at most", body.max_output_tokens),
        ("tool calls at most", body.max_tool_calls),
        ("content filters", body.content_filters),
        ("message of the report", items.rest(final) if final else None),
        ("other parts of the report", as_text(clean_json(odd)) if odd else None),
    )
