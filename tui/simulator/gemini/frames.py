"""The event stream of an interaction so far, as named frames; few of them carry an id."""

from typing import Any

from tui.simulator.events import frame
from tui.simulator.json_body import Body

_ENDED = frozenset({"completed", "failed", "cancelled", "incomplete", "budget_exceeded", "requires_action"})
_DONE = b"event: done\ndata: [DONE]\n\n"
_PIECE = 400  # characters of text in one frame
_EVERY = 3  # one frame in three has an id

Frame = tuple[str | None, bytes]  # (event id, bytes)


def frames_of(body: Body, summaries: bool) -> list[Frame]:
    """Return every frame so far; later calls return the same frames first."""
    head = {name: body[name] for name in ("id", "object", "agent", "model") if name in body}
    told: list[tuple[str, Body]] = [
        ("interaction.created", {"interaction": {**head, "status": "in_progress"}}),
        ("interaction.status_update", {"interaction_id": body["id"], "status": "in_progress"}),
    ]
    steps = [step for step in body.get("steps", ()) if step["type"] != "user_input"]
    for index, step in enumerate(steps):
        told.append(("step.start", {"index": index, "step": {"type": step["type"]}}))
        told += [("step.delta", {"index": index, "delta": delta}) for delta in _deltas(step, summaries)]
        told.append(("step.stop", {"index": index}))
    if body["status"] in _ENDED:
        whole = {name: value for name, value in body.items() if name not in {"steps", "outputs"}}
        told.append(("interaction.completed", {"interaction": whole}))
    made = [_made(number, name, data) for number, (name, data) in enumerate(told, 1)]
    return [*made, (None, _DONE)] if body["status"] in _ENDED else made


def resumed(frames: list[Frame], after: str) -> list[bytes]:
    """Return the frames after the one with an id; all of them without one."""
    ids = [event_id for event_id, _ in frames]
    start = ids.index(after) + 1 if after in ids else 0
    return [sent for _, sent in frames[start:]]


def _made(number: int, name: str, data: Body) -> Frame:
    event_id = f"evt_{number:04}" if number % _EVERY == 1 else None
    told = {**data, "event_type": name, **({"event_id": event_id} if event_id else {})}
    return event_id, frame(name, told)


def _deltas(step: Body, summaries: bool) -> list[dict[str, Any]]:
    if step["type"] == "thought":
        return [{"type": "thought_summary", "content": part} for part in step.get("summary", ())] if summaries else []
    if step["type"] != "model_output":
        return [{name: value for name, value in step.items() if name != "id"}]
    found: list[dict[str, Any]] = []
    for part in step["content"]:
        if part["type"] != "text":
            found.append(part)
            continue
        text = part["text"]
        found += [{"type": "text", "text": text[at : at + _PIECE]} for at in range(0, len(text), _PIECE)]
        if part.get("annotations"):
            found.append({"type": "text_annotation_delta", "annotations": part["annotations"]})
    return found
