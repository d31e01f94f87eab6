"""When an application under test has done all there is to do.

Textual's own way compares processor time with the clock, twenty milliseconds at a time: most of the time of a test of a
screen, and on a busy machine, where a process gets little processor time although it has work, a wrong answer.
"""

import asyncio
import sys
import threading
import time
from types import FrameType
from typing import Any

_SOON = 0.02  # seconds; a timer that goes off so soon is waited for
_ROUNDS = 3  # of the event loop without anything to do
_LOOK = 0.001  # seconds between two looks at a thread that works
_WAITING = ("threading.py", "thread.py", "queue.py", "selectors.py", "socket.py")  # where threads wait


async def wait_for_idle(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Wait until no callback is ready, no timer about to go off, and no thread of ours at work; `max_sleep` at most."""
    loop: Any = asyncio.get_running_loop()  # its queue and its timers have no public names
    start, rounds = time.monotonic(), 0
    while rounds < _ROUNDS and time.monotonic() - start < max_sleep:
        await asyncio.sleep(0)
        rounds += 1
        if loop._ready:
            rounds = 0
        elif (wait := _until_next(loop)) <= _SOON:
            rounds = 0
            await asyncio.sleep(max(wait, 0.0))
        elif threads_at_work():
            rounds = 0
            await asyncio.sleep(_LOOK)
    await asyncio.sleep(min_sleep - (time.monotonic() - start))


def bring_forward(seconds: float) -> float:
    """Let the next timer of the running loop go off now if that is within these seconds; nobody waits for the clock.

    Returns:
        The seconds that all timers go off earlier; 0 if none does.
    """
    loop: Any = asyncio.get_running_loop()
    wait = max(_until_next(loop), 0.0)
    if wait > seconds:
        return 0.0
    for timer in loop._scheduled:  # their order, that of a heap, stays
        timer._when -= wait
    return max(wait, 1e-9)


def wait_until_freed() -> None:
    """Wait until the long reports that were left are freed: before that, collections are fewer."""
    for thread in threading.enumerate():
        if thread.name == "freeing":
            thread.join(60)


def threads_at_work() -> bool:
    """Whether another thread is in code of the program or of a test, and does not wait there."""
    if threading.active_count() == 1:
        return False
    frames = sys._current_frames()
    frames.pop(threading.get_ident(), None)
    return any(not waits(frame) and _is_ours(frame) for frame in frames.values())


def waits(frame: FrameType) -> bool:
    """Whether what is executed in a thread is but a wait, for another thread or for data."""
    return frame.f_code.co_filename.endswith(_WAITING)


def _is_ours(frame: FrameType | None) -> bool:
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).startswith(("tui.", "tests.")):
            return True
        frame = frame.f_back
    return False


def _until_next(loop: Any) -> float:
    """Return the seconds until the next timer goes off."""
    whens = [float(timer._when) for timer in loop._scheduled if not timer._cancelled]
    return min(whens) - float(loop.time()) if whens else float("inf")
