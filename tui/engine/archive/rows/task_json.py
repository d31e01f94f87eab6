"""Converts a `Task` to the JSON object of `list --json` and back; the prompt is stored beside it."""

import json
import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import islice
from sys import intern
from typing import Any

from tui.domain.task import NO_TASKS, Cost, CostKind, Counter, Task, TaskStatus, TotalKind
from tui.domain.times import iso

_STATUS = {status.value: status for status in TaskStatus}
_MEANING = {meaning.value: meaning for meaning in TotalKind}
_KIND = {kind.value: kind for kind in CostKind}
_AT_ONCE = 200  # records parsed in one call
dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def to_record(task: Task) -> str:
    """Return `task` without its prompt as one JSON object, ready to be printed."""
    cost: dict[str, Any] = {"amount": _finite(task.cost.amount), "unit": task.cost.unit, "kind": task.cost.kind.value}
    if task.cost.parts:
        cost["parts"] = [[name, amount] for name, amount in task.cost.parts if math.isfinite(amount)]
    if task.cost.at_least is not None and math.isfinite(task.cost.at_least):
        cost["at_least"] = task.cost.at_least
    return storable(
        dumps(
            {
                "id": task.id,
                "provider": task.provider,
                "remote_id": task.remote_id,
                "title": task.title,
                "status": task.status.value,
                "provider_status": task.provider_status,
                "mode": task.mode,
                "created_at": iso(task.created_at),
                "finished_at": iso(task.finished_at),
                "counters": {
                    name: {"value": counter.value, "total": counter.total, "meaning": counter.meaning.value}
                    for name, counter in task.counters.items()
                },
                "sources": task.sources,
                "citations": task.citations,
                "cost": cost,
                "error": task.error,
                "warnings": task.warnings,
                "account": task.account,
                "updated_at": iso(task.updated_at),
                "finish_observed": task.finish_observed,
                "web_url": task.web_url,
                "parent_id": task.parent_id,
                "batch_id": task.batch_id,
                "group_id": task.group_id,
                "has_report": task.has_report,
                **({"expires_at": iso(task.expires_at)} if task.expires_at else {}),
            }
        )
    )


def to_task(record: Mapping[str, Any], prompt: str | None) -> Task:
    """Return the task that `to_record` wrote."""
    cost = record["cost"]
    return Task(
        id=record["id"],
        provider=intern(record["provider"]),
        remote_id=record["remote_id"],
        account=intern(record["account"]),
        title=record["title"],
        prompt=prompt,
        status=_STATUS.get(record["status"], TaskStatus.UNKNOWN),
        provider_status=intern(record["provider_status"]),
        mode=intern(record["mode"]) if record["mode"] is not None else None,
        created_at=_moment(record["created_at"]),
        updated_at=_moment(record["updated_at"]),
        finished_at=_moment(record["finished_at"]),
        finish_observed=record["finish_observed"],
        counters=_counters(
            *(
                part
                for name, one in record["counters"].items()
                for part in (name, one["value"], one["total"], one["meaning"])
            )
        ),
        sources=record["sources"],
        citations=record["citations"],
        cost=_cost(
            cost["amount"],
            cost["unit"],
            cost["kind"],
            cost.get("at_least"),
            *(part for named in cost.get("parts", ()) for part in named),
        ),
        error=record["error"],
        warnings=tuple(record["warnings"]),
        web_url=record["web_url"],
        parent_id=record["parent_id"],
        batch_id=record["batch_id"],
        group_id=record.get("group_id"),  # rows written before there were groups have none
        has_report=record["has_report"],
        expires_at=_moment(record.get("expires_at")),
    )


@lru_cache(2000, typed=True)  # so that 1 and 1.0 are told apart: arguments are flat
def _counters(*parts: Any) -> Mapping[str, Counter]:
    """Return counters of name, value, total, meaning, ...: one value for all tasks that have the same."""
    return {
        name: Counter(value, total, _MEANING.get(meaning, TotalKind.ESTIMATE))
        for name, value, total, meaning in zip(*[iter(parts)] * 4, strict=True)
    }


@lru_cache(2000, typed=True)
def _cost(amount: float | None, unit: str, kind: str, at_least: float | None, *parts: Any) -> Cost:
    return Cost(amount, unit, _KIND.get(kind, CostKind.UNKNOWN), tuple(zip(*[iter(parts)] * 2, strict=True)), at_least)


def to_tasks(rows: Iterable[tuple[str, str | None]], known: Mapping[str, Task] = NO_TASKS) -> list[Task]:
    """Return the tasks of (record, prompt) rows; one that equals the one `known` by its id is that one.

    One call of the JSON parser for many of them, but not for all: no other thread runs meanwhile. A cursor is read
    while it is parsed, so that the text of all is never in memory at once.
    """
    tasks: list[Task] = []
    left = iter(rows)
    while some := [*islice(left, _AT_ONCE)]:
        records = json.loads(f"[{','.join(record for record, _ in some)}]")
        tasks += [_same(to_task(record, prompt), known) for record, (_, prompt) in zip(records, some, strict=True)]
    return tasks


def _same(task: Task, known: Mapping[str, Task]) -> Task:
    before = known.get(task.id)
    return before if before == task else task


def storable(text: str) -> str:
    """Return `text` with lone surrogates, which SQLite cannot store, replaced by question marks."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _finite(amount: float | None) -> float | None:
    return amount if amount is None or math.isfinite(amount) else None
