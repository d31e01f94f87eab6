"""The stream of a run: pieces of text or fields, and sources; for accounts that support nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tui.providers.answer import Object, inside, objects
from tui.providers.sdk.transcripts import Event, objects_of


def joined_task(events: Sequence[Event]) -> dict[str, Any] | None:
    """Return the task in the stream of a run, once it has ended; else None."""
    frames = objects_of(events)
    content, sources, error = joined(frames)
    failed = any(frame.get("object") == "error" for frame in frames)
    if not failed and all(name != "done" for name, _, _ in events):
        return None
    named = next((frame["id"] for frame in frames if isinstance(frame.get("id"), str)), None)
    task = {"request_id": named, "status": "failed" if failed else "completed", "content": content, "sources": sources}
    return task | ({"error": error} if failed else {})


def joined(frames: Iterable[Object]) -> tuple[Any, list[Any] | None, Any]:
    """Return content, sources and error in the frames of a stream; None for each that is missing."""
    content: Any = None
    sources: list[Any] | None = None
    error: Any = None
    for frame in frames:
        if frame.get("object") == "error":
            error = error or frame.get("error")
        for choice in objects(frame.get("choices")):
            delta = inside(choice, "delta")
            content = _joined(content, inside(delta, "content"))
            listed = inside(delta, "sources")
            sources = listed if isinstance(listed, list) else sources
    return content, sources, error


def _joined(known: Any, piece: object) -> Any:
    """Return the content so far: strings are concatenated, also by field; other values are replaced."""
    if isinstance(known, str) and isinstance(piece, str):
        return known + piece
    if isinstance(known, dict) and isinstance(piece, Mapping):
        return {**known, **{name: _joined(known.get(name), value) for name, value in piece.items()}}
    return known if piece is None else piece
