"""The events of a response so far, numbered from 0: whole responses at both ends, items and texts in between."""

from collections.abc import Iterator
from typing import Any

from tui.simulator.events import frame
from tui.simulator.json_body import Body

_DELTA = 600  # characters
_LAST = {"completed": "completed", "incomplete": "incomplete"}  # everything else ends as "failed", cancelled ones, too


def frames(now: Body, begun: Body, shown: list[Body]) -> list[bytes]:
    """Return the frames so far.

    Args:
        now: The response as a get would answer.
        begun: The same as it was when it was created.
        shown: The items that are there by now.
    """
    told: list[tuple[str, Body]] = [("created", {"response": begun}), ("queued", {"response": begun})]
    if now["status"] != "queued":
        told.append(("in_progress", {"response": {**begun, "status": "in_progress"}}))
    for place, item in enumerate(shown):
        told += _item(place, item)
    if now["status"] not in {"queued", "in_progress"}:
        told.append((_LAST.get(now["status"], "failed"), {"response": now}))
    numbered = enumerate((f"response.{name}", data) for name, data in told)
    return [frame(name, {"type": name, "sequence_number": number, **data}) for number, (name, data) in numbered]


def _item(place: int, item: Body) -> Iterator[tuple[str, Body]]:
    where: dict[str, Any] = {"output_index": place, "item_id": item["id"]}
    begun = {name: [] if name in {"content", "summary"} else value for name, value in item.items()}
    yield (
        "output_item.added",
        {"output_index": place, "item": begun | ({"status": "in_progress"} if "status" in item else {})},
    )
    if item["type"].endswith("_call") and item["type"] != "function_call":
        for state in (
            ("in_progress", "searching", "completed") if "search" in item["type"] else ("in_progress", "completed")
        ):
            yield f"{item['type']}.{state}", where
    for number, part in enumerate(item.get("summary") or ()):
        yield from _text(part, "text", "reasoning_summary", {**where, "summary_index": number})
    for number, part in enumerate(item.get("content") or ()):
        name = "refusal" if part["type"] == "refusal" else "output"
        yield from _text(part, "refusal" if name == "refusal" else "text", name, {**where, "content_index": number})
    yield "output_item.done", {"output_index": place, "item": item}


def _text(part: Body, member: str, name: str, where: Body) -> Iterator[tuple[str, Body]]:
    holder = "reasoning_summary_part" if name == "reasoning_summary" else "content_part"
    texts = "refusal" if name == "refusal" else f"{name}_text"
    empty = {**part, member: ""} | ({"annotations": []} if "annotations" in part else {})
    yield f"{holder}.added", {**where, "part": empty}
    for start in range(0, len(part[member]), _DELTA):
        yield f"{texts}.delta", {**where, "delta": part[member][start : start + _DELTA]}
    for number, annotation in enumerate(part.get("annotations") or ()):
        yield "output_text.annotation.added", {**where, "annotation_index": number, "annotation": annotation}
    yield f"{texts}.done", {**where, member: part[member]}
    yield f"{holder}.done", {**where, "part": part}
