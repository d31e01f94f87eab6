"""Simulated time: how far the scripts have come, and what a wall clock shows at such a moment. Nothing here sleeps."""

import time
from datetime import UTC, datetime


class SimulatedClock:
    """Counts simulated seconds since the start, `speed` of them to a real second.

    What is told to clients is always wall time. Moments before the start (negative) lie as far in the past as they say,
    later ones are squeezed by `speed`: a task that was an hour old at the start and one that runs for twelve real
    seconds at speed 30 both carry stamps a client can subtract from its own clock.
    """

    def __init__(self, speed: float = 1.0) -> None:
        if not speed > 0:
            raise ValueError(f"speed must be above 0, not {speed}")
        self.speed = speed
        self._epoch = time.time()
        self._started = time.monotonic()

    def now(self) -> float:
        """Simulated seconds since the start."""
        return (time.monotonic() - self._started) * self.speed

    def wall(self, moment: float) -> float:
        """Seconds since the Unix epoch a wall clock shows at `moment`."""
        return self._epoch + (moment / self.speed if moment > 0 else moment)

    def stamp(self, moment: float) -> datetime:
        """`wall` as an aware UTC datetime."""
        return datetime.fromtimestamp(self.wall(moment), UTC)

    def span(self, real_seconds: float) -> float:
        """Simulated seconds that pass in `real_seconds`: people do not answer faster because the clock does."""
        return real_seconds * self.speed


class ManualClock(SimulatedClock):
    """A clock that stands still until a test moves it."""

    def __init__(self, speed: float = 1.0) -> None:
        super().__init__(speed)
        self._now = 0.0

    def now(self) -> float:
        """The moment the test has chosen."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let simulated `seconds` pass."""
        self._now += seconds


def milliseconds(moment: datetime) -> int:
    """The moment as epoch milliseconds."""
    return round(moment.timestamp() * 1000)


def iso(moment: datetime, timespec: str = "milliseconds") -> str:
    """The moment as ISO 8601 with a Z."""
    return moment.isoformat(timespec=timespec).replace("+00:00", "Z")
