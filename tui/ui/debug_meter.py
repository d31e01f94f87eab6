"""The cost of the user interface, measured and shown every second: a tool for its developers.

Shown only with DIVEWATCH_DEBUG=1, because measuring keeps the process awake.
"""

from collections.abc import Callable
from time import monotonic
from typing import Protocol

from textual.dom import DOMNode
from textual.screen import Screen

from tui.ui.widgets.painted import Drawn


class Measured(Protocol):
    """The application as the meter sees it."""

    @property
    def flushes(self) -> int:
        """The number of flushes of the bridge so far."""

    @property
    def written(self) -> int:
        """Bytes written to the terminal."""

    @property
    def screen(self) -> Screen[object]:
        """The screen on top."""

    def set_interval(self, interval: float, callback: Callable[[], None]) -> object:
        """Call back every `interval` seconds."""

    def say(self, message: str) -> None:
        """Show one line in the status line."""


BEAT = 0.02  # seconds between two looks at the loop


class Meter:
    """Counts between two readings.

    Args:
        app: what is measured.
        clock: seconds that never go back.
    """

    def __init__(self, app: Measured, clock: Callable[[], float] = monotonic) -> None:
        self._app = app
        self._clock = clock
        self._beaten = clock()
        self._gap = 0.0
        self._before = (0, 0, 0, 0)

    def start(self) -> None:
        """Measure, and say it every second, until the program ends."""
        self._beaten = self._clock()
        self._app.set_interval(BEAT, self.beat)
        self._app.set_interval(1.0, lambda: self._app.say(self.reading()))

    def beat(self) -> None:
        """Measure how late this call is: for that long the event loop was blocked."""
        now = self._clock()
        self._gap = max(self._gap, now - self._beaten - BEAT)
        self._beaten = now

    def reading(self) -> str:
        """Return, since the last reading: the longest block of the loop, flushes, bytes written, lines drawn."""
        now = (self._app.flushes, self._app.written, *_caches(self._app.screen))
        flushes, written, hits, misses = (max(0, new - old) for new, old in zip(now, self._before, strict=True))
        gap, self._gap, self._before = self._gap, 0.0, now
        found = f"{100 * hits // (hits + misses)} %" if hits + misses else "none"
        return f"gap {gap * 1000:.0f} ms  flushes {flushes}  {written:,} bytes  lines found drawn: {found}"


def _caches(root: DOMNode) -> tuple[int, int]:
    caches = [widget.drawn for widget in root.query(Drawn) if widget.drawn is not None]
    return sum(cache.hits for cache in caches), sum(cache.misses for cache in caches)
