"""The event stream of an interaction -> the steps that its frames tell of; pure and total.

While a task is watched this is for its progress only, as frames may be lost: the text comes from the interaction.
"""

from collections.abc import Iterable, Mapping
from typing import Any

Event = tuple[str, str, Any]  # (name, id, data)
_OPAQUE = frozenset({"type", "signature"})


def steps_of(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Return the steps so far, by their index."""
    steps: dict[int, dict[str, Any]] = {}
    for kind, data in _frames(events):
        index = data.get("index")
        if not isinstance(index, int):
            continue
        if kind == "step.start" and isinstance(data.get("step"), dict):
            steps[index] = {**data["step"]}
        elif kind == "step.delta" and isinstance(data.get("delta"), dict):
            _add(steps.setdefault(index, {}), data["delta"])
    return [steps[index] for index in sorted(steps)]


def _add(step: dict[str, Any], delta: Mapping[str, Any]) -> None:
    kind = delta.get("type")
    if not isinstance(kind, str):
        return
    if kind == "thought_summary":
        step.setdefault("type", "thought")
        step["summary"] = [*_list(step.get("summary")), delta.get("content")]
    elif kind in {"text", "text_annotation_delta", "image"}:
        step.setdefault("type", "model_output")
        step["content"] = _continued(_list(step.get("content")), delta)
    elif kind == "thought_signature":
        step.setdefault("type", "thought")
    else:
        step.setdefault("type", kind)
        for name, value in delta.items():
            if name not in _OPAQUE:
                there = step.get(name)
                step[name] = [*there, *value] if isinstance(there, list) and isinstance(value, list) else value


def _continued(content: list[Any], delta: Mapping[str, Any]) -> list[Any]:
    """Return content with a text, its annotations or a picture appended; adjacent texts are joined."""
    if delta.get("type") == "image":
        return [*content, delta]
    *before, last = content if content and _is_text(content[-1]) else [*content, {"type": "text", "text": ""}]
    more = delta.get("text")
    text = str(last.get("text") or "") + (more if isinstance(more, str) else "")
    annotations = [*_list(last.get("annotations")), *_list(delta.get("annotations"))]
    return [*before, {**last, "text": text, "annotations": annotations}]


def _is_text(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "text"


def tokens_so_far(events: Iterable[Event]) -> Any:
    """Return the newest token count in the frames; None without one."""
    found = None
    for _, data in _frames(events):
        metadata = data.get("metadata")
        told = metadata.get("total_usage") if isinstance(metadata, dict) else None
        told = told.get("total_tokens") if isinstance(told, dict) else told
        found = found if told is None else told
    return found


def completed(events: Iterable[Event]) -> Mapping[str, Any]:
    """Return the interaction of the last frame, which has the usage but no steps; {} before it arrives."""
    found: Mapping[str, Any] = {}
    for kind, data in _frames(events):
        if kind == "interaction.completed" and isinstance(data.get("interaction"), dict):
            found = data["interaction"]
    return found


def fault(events: Iterable[Event]) -> Any:
    """Return the message of the last error frame; None without one."""
    found = None
    for kind, data in _frames(events):
        if kind == "error":
            found = data.get("error", data)
    return found


def _frames(events: Iterable[Event]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    for name, _, data in events:
        if isinstance(data, dict):
            kind = data.get("event_type")
            yield kind if isinstance(kind, str) else name, data


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
