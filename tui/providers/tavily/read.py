"""Tavily's answers -> domain values; pure, and total but for `BadAnswer`."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from tui.domain.detail import Json, Report, Source
from tui.domain.errors import BadAnswer
from tui.domain.provider import AccountState
from tui.domain.task import Cost, CostKind, TaskStatus
from tui.providers.sdk.format import report_of_content
from tui.providers.sdk.json import Notes, decode, facts, read, rest_facts, to_amount
from tui.providers.sdk.parts import ReadContext, TaskParts
from tui.providers.sdk.reader import JsonReader
from tui.providers.sdk.reading import reason
from tui.providers.sdk.transcripts import Event
from tui.providers.tavily.models import AccountBody, AllowanceBody, TavilySource, TavilyTask
from tui.providers.tavily.stream import joined_task

_OWN = frozenset({"content", "response_time", "input"})


class TavilyReader(JsonReader[TavilyTask]):
    """Reads the responses of Tavily."""

    body = TavilyTask
    id_members = ("request_id",)
    fewest_members = 2  # a finished answer may be nothing but status and content
    # The last three are in no document; clients of others know them.
    statuses: ClassVar = {
        "pending": TaskStatus.QUEUED,
        "in_progress": TaskStatus.RUNNING,
        "completed": TaskStatus.DONE,
        "failed": TaskStatus.FAILED,
        "running": TaskStatus.RUNNING,
        "error": TaskStatus.FAILED,
        "cancelled": TaskStatus.CANCELLED,
    }

    def of_stream(self, events: Sequence[Event]) -> Mapping[str, Any] | None:
        """Return the task joined from the pieces of a stream, once it has ended."""
        return joined_task(events)

    def read(self, body: TavilyTask, context: ReadContext) -> TaskParts:
        """Read a task object, which has neither prompt nor end time."""
        report, structured = report_of(body.content, body.sources, context.notes)
        failed = context.status in {TaskStatus.FAILED, TaskStatus.CANCELLED}
        used = body.usage.credits if body.usage else None
        said = [reason(value) for value in (body.error, body.message) if value]
        return TaskParts(
            prompt=body.input,
            mode=body.model,
            created_at=body.created_at,
            cost=self._cost(None if failed else body.model, used),  # whether a failed task is charged is not told
            error=(said[0] or None) if failed and said else None,
            warnings=tuple(said) if not failed else (),
            report=report,
            structured=structured,
            facts=facts(("response time in seconds", body.response_time if context.status.is_final else None))
            + (rest_facts(body.usage.rest()) if body.usage else ()),
        )

    def _cost(self, model: str | None, used: float | None) -> Cost:
        if used is not None:
            return Cost(used, "credits", CostKind.CREDITS)
        return self.spec.price_of(model) if model else Cost(unit="credits")

    def read_account(self, body: bytes) -> AccountState:
        """Read the usage response; the smaller of the key's and the plan's balance counts."""
        notes = Notes()
        found = read(AccountBody, decode(body, notes), notes)
        key, account = (found.key, found.account) if found else (None, None)
        if key is None and account is None:
            raise BadAnswer("the answer says nothing about the account")
        key, account = key or AllowanceBody(), account or AllowanceBody()
        allowed = [
            (limit - (_figure(used) or 0.0), limit)
            for used, given in ((key.usage, key.limit), (account.plan_usage, account.plan_limit))
            if (limit := _figure(given)) is not None
        ]
        remaining, limit = min(allowed) if allowed else (None, None)
        return AccountState(
            facts=facts(
                ("plan", account.current_plan),
                ("credits used by this key", key.usage),
                ("limit of this key", key.limit),
                ("credits used of the plan", account.plan_usage),
                ("credits of the plan", account.plan_limit),
                ("pay as you go used", account.paygo_usage),
                ("pay as you go limit", account.paygo_limit),
            )
            + rest_facts({f"key {name}": value for name, value in key.rest().items()})
            + rest_facts(account.rest()),
            remaining=max(0.0, remaining) if remaining is not None else None,
            limit=limit,
            unit="credits",
        )

    def recognises(self, value: Mapping[str, Any]) -> int:
        """Recognise a task by more than its `request_id`, which many services have."""
        return super().recognises(value) if _OWN & value.keys() and "choices" not in value else 0


def report_of(content: object, sources: tuple[TavilySource, ...], notes: Notes) -> tuple[Report | None, Json]:
    """Return the report, and the structured output if it is that.

    What `[n]` means is not documented: a list in the text where there is one, else the position in `sources`.
    Nothing ties fields to sources.
    """
    listed = tuple(
        Source(str(number), source.url, source.title, facts=rest_facts(source.rest()))
        for number, source in enumerate(sources, 1)
        if source.url or source.title
    )
    return report_of_content(content, listed, notes)


def _figure(value: object) -> float | None:
    return to_amount(value.replace(",", "") if isinstance(value, str) else value)
