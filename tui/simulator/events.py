"""Server-sent events of a simulated service: a replay, or frames as they happen."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from starlette.responses import StreamingResponse

from tui.simulator.json_body import encode

_LOOK_EVERY = 0.05  # real seconds between two looks at a task that is followed


def frame(name: str, data: object, event_id: str | int | None = None) -> bytes:
    """Return one event as bytes."""
    head = "" if event_id is None else f"id: {event_id}\n"
    return f"{head}event: {name}\ndata: ".encode() + encode(data) + b"\n\n"


def event_stream(frames: AsyncIterator[bytes]) -> StreamingResponse:
    """Return a response that sends frames as they come."""
    return StreamingResponse(frames, media_type="text/event-stream", headers={"cache-control": "no-cache"})


async def at_once(frames: Sequence[bytes]) -> AsyncIterator[bytes]:
    """Yield existing frames, then end: a replay."""
    for one in frames:
        yield one


async def follow(
    frames_so_far: Callable[[], Sequence[bytes]], ended: Callable[[], bool], *, longest: float = 570.0
) -> AsyncIterator[bytes]:
    """Yield frames until the task has ended or `longest` real seconds have passed."""
    sent, began = 0, asyncio.get_running_loop().time()
    while True:
        over = ended()  # asked first: frames of the end must not be missed
        frames = frames_so_far()
        for one in frames[sent:]:
            yield one
        sent = max(sent, len(frames))
        if over or asyncio.get_running_loop().time() - began > longest:
            return
        await asyncio.sleep(_LOOK_EVERY)
