"""The C library's memory: one heap for all threads, and what is free in it goes back to the system.

Those of other systems than Linux with glibc do so by themselves, or not at all: both functions do nothing there.
"""

import sys
from contextlib import suppress
from typing import Any

_MOST_ARENAS = -8  # glibc's M_ARENA_MAX


def share_heap() -> None:
    """Give threads that begin later no heap of their own: 3 MB after 10,000 tasks were read, the half of it unused.

    Python runs one thread at a time, so that threads hardly ever wait for each other there.
    """
    with suppress(AttributeError, TypeError):
        _c_library().mallopt(_MOST_ARENAS, 1)


def return_free_memory() -> None:
    """Return to the system what is kept of freed memory: 5 MB after 10,000 tasks were read."""
    with suppress(AttributeError, TypeError):
        _c_library().malloc_trim(0)


def _c_library() -> Any:
    """Return the C library; None where it is another one, or cannot be called."""
    if sys.platform != "linux":
        return None
    with suppress(ImportError, MemoryError, OSError):  # ctypes is missing or forbidden, too
        import ctypes

        return ctypes.CDLL(None)
    return None
