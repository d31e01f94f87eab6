"""Gemini's answers -> domain values; pure, and total but for `BadAnswer`."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from tui.domain.detail import Image, Interaction, Json, Reply, Report, ReportFormat
from tui.domain.task import Cost, Counter, TaskStatus
from tui.domain.text import one_line
from tui.providers.gemini import stream
from tui.providers.gemini.answer import interaction_report, report_content
from tui.providers.gemini.models import FaultBody, GeminiInteraction, GeminiUsage, StepBody
from tui.providers.gemini.spec import CONSENT, DEFAULT_AGENT
from tui.providers.gemini.trace import counters_of, has_trace, trace_of
from tui.providers.sdk.json import Notes, clean_json, decode, facts, read, rest_facts, to_count
from tui.providers.sdk.parts import ReadContext, TaskParts
from tui.providers.sdk.prices import TokenPrices, Usage
from tui.providers.sdk.reader import SURE, JsonReader

PRICES = TokenPrices(())
"""Prices per token of the agents are not published; a user may know them (section 12)."""
_ENDED = frozenset({TaskStatus.DONE, TaskStatus.PARTIAL})
_SHORT = {"incomplete": "it ended early", "budget_exceeded": "it ended early: its budget is used up"}


class GeminiReader(JsonReader[GeminiInteraction]):
    """Reads the responses of Gemini."""

    body = GeminiInteraction
    created_without_id = frozenset({TaskStatus.DONE, TaskStatus.PARTIAL, TaskStatus.FAILED})  # with `store` off
    statuses: ClassVar = {
        "queued": TaskStatus.QUEUED,
        "in_progress": TaskStatus.RUNNING,
        "requires_action": TaskStatus.WAITING,
        "requires_continuation": TaskStatus.RUNNING,  # goes on by itself in the background
        "idle": TaskStatus.UNKNOWN,  # published without an explanation
        "completed": TaskStatus.DONE,
        "incomplete": TaskStatus.PARTIAL,
        "budget_exceeded": TaskStatus.PARTIAL,
        "failed": TaskStatus.FAILED,
        "cancelled": TaskStatus.CANCELLED,
    }

    def task_of(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the interaction, or that in the last frame of a stream."""
        inner = value.get("interaction")
        return inner if isinstance(inner, dict) and "status" not in value else value

    def of_stream(self, events: Sequence[stream.Event]) -> Mapping[str, Any] | None:
        """Return the interaction of a stream, its steps joined from the frames: the last one has none."""
        newest = super().of_stream(events)
        if newest is None:
            return None
        task = self.task_of(newest)
        return {**task, "steps": task.get("steps") or stream.steps_of(events)}

    def recognises(self, value: Mapping[str, Any]) -> int:
        """Recognise an interaction by its object name or id; other services share its members."""
        value = self.task_of(value)
        if value.get("id") is None:
            return 0
        named = value.get("object") == "interaction" or str(value["id"]).startswith("v1_")
        steps = value.get("steps")
        written = isinstance(steps, list) and any(
            isinstance(step, dict) and step.get("type") in ("model_output", "user_input") for step in steps
        )
        return SURE + sum(name in self.members for name in value) if named or written else 0

    def _ask(self, body: GeminiInteraction, plan: str) -> Interaction:
        """Return the plan as a checkpoint; its id is the agent's name, which the approval needs."""
        agent = body.agent or DEFAULT_AGENT
        price = self.spec.price_of(agent)
        cost = f" (${price.at_least:g} to ${price.amount:g})" if price.amount and price.at_least else ""
        title = f"Research by this plan{cost}, or say what to change"
        return Interaction(agent, "plan_review", None, reply=Reply.APPROVAL, title=title, text=plan, held=True)

    def read(self, body: GeminiInteraction, context: ReadContext) -> TaskParts:
        """Read an interaction, with the events that were received while it ran."""
        events = context.events("events")
        steps = body.steps if has_trace(body.steps) else _streamed(events, context.notes)
        value = self.task_of(context.value)
        usage = body.usage or read(GeminiUsage, stream.completed(events).get("usage"), context.notes.at("usage"))
        report = interaction_report(value, partial=context.status is not TaskStatus.DONE)
        said = _error(body, events, context.status)
        whole = context.status is TaskStatus.DONE and report is not None and _unwritten(body) is None
        error, diagnosis = (None, said) if whole else (said, None)
        status = _settled(context.status, report, error)
        waits = None
        if status is TaskStatus.DONE and report is not None and _is_plan(body):
            status, waits, report = TaskStatus.WAITING, self._ask(body, report.text), None
        return TaskParts(
            status=status,
            prompt=_prompt(body),
            mode=body.agent or body.model,
            created_at=body.created,
            # In every finished interaction that was seen both times are the same: no sign of life, and no end.
            updated_at=body.updated if body.updated != body.created else None,
            counters={**counters_of(steps, usage), **_tokens(usage, events, status)},
            cost=self._cost(body, usage, status),
            error=error,
            warnings=(*filter(None, [diagnosis]), *_warnings(body, report, status, steps)),
            parent_id=body.previous_interaction_id,
            report=report,
            structured=_structured(report, context.notes),
            trace=trace_of(steps) if context.traced else (),
            interaction=waits,
            images=_images(value, context.notes),
            facts=_facts(body, usage),
        )

    def _cost(self, body: GeminiInteraction, usage: GeminiUsage | None, status: TaskStatus) -> Cost:
        """Return the cost by the configured prices; else, at the end, the vendor's figures for this agent.

        Before, nothing in an answer tells a plan, which costs little, from research.
        """
        if usage is not None:
            own = PRICES.cost(self.spec.name, _usage(body, usage))
            if own.amount is not None:
                return own
        return self.spec.price_of(body.agent) if status in _ENDED and body.agent is not None else Cost()


def _streamed(events: Sequence[stream.Event], notes: Notes) -> tuple[StepBody, ...]:
    read_steps = (read(StepBody, step, notes.at("events")) for step in stream.steps_of(events))
    return tuple(step for step in read_steps if step is not None)


def _is_plan(body: GeminiInteraction) -> bool:
    """Whether this interaction was asked for a plan; told only by the settings in the response (section 9)."""
    return isinstance(body.agent_config, Mapping) and body.agent_config.get("collaborative_planning") is True


def _settled(status: TaskStatus, report: Report | None, error: str | None) -> TaskStatus:
    """Return the status; an output that could not be written is no success, whatever the status word."""
    if status is not TaskStatus.DONE or error is None:
        return status
    return TaskStatus.FAILED if report is None else TaskStatus.PARTIAL


def _error(body: GeminiInteraction, events: Sequence[stream.Event], status: TaskStatus) -> str | None:
    said = [_fault(one) for one in (*body.errors, body.error, _unwritten(body)) if one is not None]
    if status is TaskStatus.FAILED and not any(said):
        told = stream.fault(events)
        said = [one_line(str(told.get("message") or told.get("code") or ""))] if isinstance(told, dict) else []
    return "; ".join(dict.fromkeys(filter(None, said))) or None


def _unwritten(body: GeminiInteraction) -> FaultBody | None:
    """Return why the last output is incomplete; `errors` beside a complete one are diagnostics."""
    outputs = [step for step in body.steps if step.type == "model_output"]
    return outputs[-1].error if outputs else None


def _fault(fault: FaultBody) -> str:
    return fault.message or (fault.status or fault.code or "").replace("_", " ")


def _prompt(body: GeminiInteraction) -> str | None:
    for step in body.steps:
        if step.type == "user_input":
            said = "\n\n".join(part.text for part in step.content if part.text)
            return said if said != CONSENT else None  # of the plan, which is about the brief
    return body.input if isinstance(body.input, str) else None


def _warnings(
    body: GeminiInteraction, report: Report | None, status: TaskStatus, steps: Sequence[StepBody]
) -> tuple[str, ...]:
    found = []
    if short := _SHORT.get(str(body.status).lower()):
        found.append(short if report else f"{short}, before it wrote anything")
    if status is TaskStatus.WAITING and (calls := [step.name for step in steps if step.type == "function_call"]):
        named = ", ".join(one_line(name, 60) for name in calls if name)
        found.append(f"it waits for the result of a function ({named}), which only the program that started it has")
    if status is TaskStatus.DONE and report is None:
        found.append("it completed without a text")
    if _may_be_plan(body, report, status, steps):
        found.append("it names no source: if it is a plan, a follow-up that agrees to it starts the research")
    return tuple(found)


def _may_be_plan(body: GeminiInteraction, report: Report | None, status: TaskStatus, steps: Sequence[StepBody]) -> bool:
    """Whether an agent wrote without any sign of research, so that the text may be a plan (section 9)."""
    if status is not TaskStatus.DONE or report is None or not body.steps or not body.agent or body.agent_config:
        return False
    return not (report.sources or counters_of(steps, body.usage) or "cite" in report.text or "://" in report.text)


def _usage(body: GeminiInteraction, usage: GeminiUsage) -> Usage:
    """Return token usage; tool results count as input, thoughts as output."""
    read_tokens = [usage.total_input_tokens, usage.total_tool_use_tokens]
    written = [usage.total_output_tokens, usage.total_thought_tokens]
    calls = {tool.type: (tool.count, tool.count) for tool in usage.grounding_tool_count if tool.type and tool.count}
    return Usage(
        body.agent or body.model,
        None if read_tokens[0] is None else sum(filter(None, read_tokens)),
        None if written[0] is None else sum(filter(None, written)),
        usage.total_cached_tokens,
        calls,
    )


def _tokens(usage: GeminiUsage | None, events: Sequence[stream.Event], status: TaskStatus) -> dict[str, Counter]:
    if usage is not None or status.is_final:
        return {}  # facts
    count = to_count(stream.tokens_so_far(events))
    return {"tokens": Counter(count)} if count else {}


def _structured(report: Report | None, notes: Notes) -> Json:
    return clean_json(decode(report.text.encode(), notes)) if report and report.format is ReportFormat.JSON else None


def _images(value: Mapping[str, Any], notes: Notes) -> tuple[Image, ...]:
    """Return the pictures between the texts of the report, each with the offset where it belongs."""
    images: list[Image] = []
    written = 0
    for part in report_content(value):
        if isinstance(part.get("text"), str) and part.get("type", "text") == "text":
            written += len(part["text"])
            continue
        kind, given = part.get("type"), part.get("data")
        data = None
        if isinstance(given, str):
            try:
                data = base64.b64decode(given, validate=True)
            except (binascii.Error, ValueError):
                notes.problem("a picture of the report is unreadable")
        link = part.get("uri") if isinstance(part.get("uri"), str) else None
        if data is None and link is None:
            notes.keep(f"report.{kind}", {name: item for name, item in part.items() if name != "data"})
            continue
        title = f"{one_line(str(kind), 40)} {len(images) + 1}"
        place = facts(("behind character", written))
        media = one_line(str(part.get("mime_type") or ""), 60)
        images.append(Image(str(len(images) + 1), str(kind), title, link, facts=place, data=data, media_type=media))
    return tuple(images)


def _facts(body: GeminiInteraction, usage: GeminiUsage | None) -> tuple[tuple[str, str], ...]:
    used: tuple[tuple[str, Json], ...] = ()
    if usage is not None:
        used = (
            ("tokens", usage.total_tokens),
            ("tokens read", usage.total_input_tokens),
            ("tokens of them cached", usage.total_cached_tokens),
            ("tokens of tool results", usage.total_tool_use_tokens),
            ("tokens of reasoning", usage.total_thought_tokens),
            ("tokens written", usage.total_output_tokens),
        )
    faults = ["; ".join(filter(None, (one.code, one.status, one.message))) for one in body.errors]
    return facts(
        ("agent", body.agent),
        ("model", body.model),
        ("object", body.object if body.object != "interaction" else None),
        ("role", body.role),
        ("service tier", body.service_tier),
        ("agent settings", body.agent_config),
        ("tools", body.tools),
        ("labels", body.labels),
        ("response format", body.response_format),
        ("input", body.input if not isinstance(body.input, str) else None),
        ("environment", body.environment_id),
        ("goes on with", body.continuation_token),
        ("errors", "; ".join(faults)),
        ("error", _whole(body.error)),
        *used,
    ) + (rest_facts(usage.rest()) if usage else ())


def _whole(fault: FaultBody | None) -> Json:
    if fault is None:
        return None
    return {name: item for name, item in fault.model_dump().items() if item is not None}
