"""Yutori's answers -> domain values; pure, and total but for `BadAnswer` (contract: yutori.md)."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from tui.domain.detail import Json, Numbering, Report, Source, Update
from tui.domain.errors import BadAnswer
from tui.domain.provider import AccountState
from tui.domain.task import Cost, CostKind, Counter, TaskStatus
from tui.domain.text import one_line
from tui.providers.sdk.format import fields_of, format_of, report_of_fields
from tui.providers.sdk.json import Notes, decode, facts, read, rest_facts, sound
from tui.providers.sdk.parts import ReadContext, TaskParts
from tui.providers.sdk.reader import JsonReader
from tui.providers.sdk.reading import COMMON_STATUSES, reason
from tui.providers.yutori.models import PreviewBody, StatsBody, UpdateBody, YutoriCitation, YutoriTask, YutoriUsage
from tui.providers.yutori.spec import PRICE

_SAVED = "seconds of work saved (Yutori's estimate)"  # of a person's; no run time
_PENDING_AT_MOST = timedelta(hours=1)  # a structured result still "pending" then will not come

_REASONS = {
    "insufficient_prepaid_balance": "the prepaid balance is too low for this task",
    "budget_exceeded": "the account's budget is used up",
    "subscription_inactive": "the subscription is not active",
    "billing_limit_reached": "the account's billing limit is reached",
    "rate_limit_exceeded": "too many requests: the rate limit was exceeded",
}
# Our counter name for each figure of `stats`; older servers say num_crawler_calls for pages read (section 15).
_COUNTERS = {
    "tool_calls": "num_tool_calls",
    "mcp_tool_calls": "num_mcp_tool_calls",
    "pages_read": "num_webpages_read",
    "navigator_steps": "num_navigator_steps",
    "websites_visited": "num_websites_visited",
}


class YutoriReader(JsonReader[YutoriTask]):
    """Reads the responses of Yutori."""

    body = YutoriTask
    partial_when_failed = True
    id_members = ("task_id",)
    created_without_id = frozenset({TaskStatus.FAILED})  # a refusal inside a 2xx answer
    statuses: ClassVar = COMMON_STATUSES | {"pending": TaskStatus.RUNNING}  # section 5

    def same_id(self, asked: str, received: str) -> bool:
        """Whether two ids are of one task: UUID and UUID-epochseconds are (section 4)."""
        short, long = sorted((asked.casefold(), received.casefold()), key=len)
        return short == long or re.fullmatch(re.escape(short) + r"-\d{9,11}", long) is not None

    def read(self, body: YutoriTask, context: ReadContext) -> TaskParts:
        """Read a task object."""
        structured = _structured(body.structured_result, body.structured_output_status)
        updates = _updates(body.updates)
        report = _report(body, structured, updates, context.notes)
        status, warnings = _settle(context.status, body, context.received_at)
        stats = _newest_stats(body.updates)
        return TaskParts(
            status=status,
            title=body.title,
            prompt=body.query,
            mode=body.mode,
            created_at=body.created_at,
            counters={name: Counter(value) for name, value in _figures(stats).items()},
            cost=_cost(status, body),
            error=_error(status, body),
            warnings=warnings,
            web_url=body.view_url,
            report=report,
            structured=structured,
            updates=updates,
            facts=facts(
                ("structured output", body.structured_output_status),
                ("webhook", body.webhook_url),
                ("rejection reason", body.rejection_reason),
                (_SAVED, stats.sec_saved if stats else None),
            ),
        )

    def read_account(self, body: bytes) -> AccountState:
        """Read the response of `/v1/usage`: the account-wide daily limit, and recent use."""
        notes = Notes()
        usage = read(YutoriUsage, decode(body, notes), notes)
        if usage is None or (limits := usage.rate_limits) is None:
            raise BadAnswer("the answer says nothing about the account")
        said = (("requests today", limits.requests_today), ("limits", limits.status))
        told = facts(*said, ("runs under way", usage.num_active_scouts))
        told += rest_facts(usage.activity.rest() if usage.activity else {})
        return AccountState(told, limits.remaining_requests, limits.daily_limit, "requests today", limits.reset_at)


def _settle(status: TaskStatus, body: YutoriTask, received_at: datetime) -> tuple[TaskStatus, tuple[str, ...]]:
    """Return the status: a task that succeeded is not done while its structured output is pending (section 5)."""
    output = (body.structured_output_status or "").strip().lower()
    if status is not TaskStatus.DONE or output not in {"failed", "pending"}:
        return status, ()
    if output == "failed":
        return status, ("the structured output failed; the report is there",)
    if body.created_at is not None and received_at - body.created_at < _PENDING_AT_MOST:
        return TaskStatus.RUNNING, ("the report is there; the structured output is still being made",)
    return status, ("the structured output never came",)


def _error(status: TaskStatus, body: YutoriTask) -> str | None:
    """Return why a task failed; most failures have no reason (section 9)."""
    if status is not TaskStatus.FAILED:
        return reason(body.error) or None
    refused = (body.rejection_reason or "").strip()
    known = _REASONS.get(refused.lower(), one_line(refused.replace("_", " "), 200))
    return "; ".join(dict.fromkeys(filter(None, (known, reason(body.error), reason(body.message))))) or None


def _cost(status: TaskStatus, body: YutoriTask) -> Cost:
    """Return the published price; 0 for a refused task, unknown for a failed one (section 14)."""
    if status is TaskStatus.FAILED:
        return Cost(0.0, "USD", CostKind.PRICE_LIST) if body.rejection_reason else Cost()
    return PRICE


def _structured(value: Json, status: str | None) -> Json:
    """Return the structured result; an empty object counts only if the status says that it is the result."""
    value = fields_of(value)  # webhooks send JSON inside a string
    return None if value in ({}, []) and (status or "").lower() != "succeeded" else value


def _report(body: YutoriTask, structured: Json, updates: Sequence[Update], notes: Notes) -> Report | None:
    """Return `result`: HTML, markdown, or another JSON value; else the structured result."""
    sources = _sources(body, updates)
    if isinstance(body.result, str) and body.result.strip():
        text, kind = format_of(sound(body.result))
        return Report(text, kind, Numbering.BY_URL, sources)
    if body.result not in (None, "") and not isinstance(body.result, str):
        notes.problem("result: is no text; shown as it is")
        return report_of_fields(body.result, sources)
    return None if structured is None else report_of_fields(structured, sources)


def _sources(body: YutoriTask, updates: Sequence[Update]) -> tuple[Source, ...]:
    """Return every citation of the task and its updates, newest update first, without exact duplicates."""
    given = [_source(entry) for entry in (*body.citations, *body.sources)]
    from_updates = [source for update in reversed(updates) for source in update.sources]
    return tuple(dict.fromkeys([*given, *from_updates]))


def _source(entry: YutoriCitation) -> Source:
    preview = entry.preview_data or PreviewBody()
    other = None if preview.url == entry.url else preview.url
    said = facts(("image", preview.image), ("preview address", other)) + rest_facts({**preview.rest(), **entry.rest()})
    url, title = entry.url or preview.url, preview.title or entry.title
    return Source(entry.id or "", url, title, preview.description, facts=said)


def _updates(bodies: Sequence[UpdateBody]) -> tuple[Update, ...]:
    """Return the updates, oldest first; those without a usable time are last, in order."""
    updates = [_update(body) for body in bodies]
    return tuple(sorted(updates, key=lambda update: update.at.timestamp() if update.at else float("inf")))


def _update(body: UpdateBody) -> Update:
    text, kind = format_of(body.content or "")
    said = facts(("structured output", body.structured_output_status), ("header image", body.header_image_url))
    said = _stats_facts(body.stats) + said + rest_facts(body.rest())
    structured = _structured(body.structured_result, body.structured_output_status)
    return Update(body.id or "", body.timestamp, text, kind, tuple(map(_source, body.citations)), said, structured)


def _newest_stats(bodies: Sequence[UpdateBody]) -> StatsBody | None:
    """Return the newest statistics: they are totals, not to be added up (section 6)."""
    told = [body for body in bodies if body.stats is not None]
    dated = [body for body in told if body.timestamp is not None]
    newest = max(dated, key=lambda body: body.timestamp or datetime.min, default=told[-1] if told else None)
    return newest.stats if newest else None


def _figures(stats: StatsBody | None) -> dict[str, int]:
    figures = {name: getattr(stats, member, None) for name, member in _COUNTERS.items()}
    if stats is not None and figures["pages_read"] is None:
        figures["pages_read"] = stats.num_crawler_calls
    return {name: value for name, value in figures.items() if value is not None}


def _stats_facts(stats: StatsBody | None) -> tuple[tuple[str, str], ...]:
    if stats is None:
        return ()
    both = stats.num_crawler_calls if stats.num_webpages_read is not None else None
    more = facts((_SAVED, stats.sec_saved), ("crawler calls", both), ("credits", stats.credit_cost))
    return rest_facts(_figures(stats)) + more + rest_facts(stats.rest())
