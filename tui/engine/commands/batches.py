"""Batches: several briefs out of one text, and what a provider says about a batch (name, counts, cost)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tui.domain.detail import Json
from tui.domain.task import Cost, CostKind
from tui.domain.text import one_line, plural
from tui.domain.times import parse_time

MOST = 100  # briefs in one batch (valyu.md section 12)
NOT_IN_BATCHES = "instant"  # the mode that batches do not have (valyu.md section 12)
_PARTED = re.compile(r"(?m)^[ \t]*---+[ \t]*$")
_BLANK = re.compile(r"\n\s*\n")
_LISTS = ("batches", "data")


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as its provider tells of it."""

    id: str
    name: str = ""
    status: str = ""  # the provider's own word
    mode: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)  # "total", "completed", ...
    cost: Cost = Cost()  # noqa: RUF009 - frozen
    created_at: datetime | None = None


def counts_told(counts: Mapping[str, int]) -> str:
    """Return counts in one line: "5 tasks, 3 completed, 2 running"."""
    words = (
        (plural(count, "task") if name == "total" else f"{count:,} {name.replace('_', ' ')}", count)
        for name, count in counts.items()
    )
    return ", ".join(text for text, count in words if count)


def briefs_in(text: str) -> list[str]:
    """Return the briefs: parted by lines of ---, else by blank lines."""
    parts = _PARTED.split(text) if _PARTED.search(text) else _BLANK.split(text)
    return [part.strip() for part in parts if part.strip()]


def batches_in(data: Json) -> list[Batch]:
    """Return the batches that the answer to the action `batch` tells of: one, or a list; what is none is left out."""
    return [batch for item in _items(data) if (batch := _batch(item)) is not None]


def _items(data: Json) -> Iterator[Mapping[str, Json]]:
    if not isinstance(data, Mapping):
        return
    listed = next((data[name] for name in _LISTS if isinstance(data.get(name), list | tuple)), None)
    if isinstance(listed, Sequence) and not isinstance(listed, str):
        yield from (item for item in listed if isinstance(item, Mapping))
        return
    inner = data.get("batch")
    yield inner if isinstance(inner, Mapping) else data


def _batch(item: Mapping[str, Json]) -> Batch | None:
    def text(name: str) -> str:
        value = item.get(name)
        return one_line(value, 200) if isinstance(value, str) else ""

    if not text("batch_id"):
        return None
    counts, amount = item.get("counts"), item.get("cost")
    known = isinstance(amount, int | float) and not isinstance(amount, bool)
    return Batch(
        id=text("batch_id"),
        name=text("name"),
        status=text("status"),
        mode=text("mode") or text("model") or None,
        counts={
            one_line(name, 40): count
            for name, count in (counts.items() if isinstance(counts, Mapping) else ())
            if isinstance(count, int) and not isinstance(count, bool)
        },
        cost=Cost(float(str(amount)), "USD", CostKind.REPORTED) if known else Cost(),
        created_at=parse_time(item.get("created_at")),
    )
