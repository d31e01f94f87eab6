"""Simulated time, and the wall time of each simulated moment. Nothing here sleeps."""

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
        """Return the wall time of `moment` as seconds since the Unix epoch."""
        return self._epoch + (moment / self.speed if moment > 0 else moment)

    def stamp(self, moment: float) -> datetime:
        """`wall` as an aware UTC datetime."""
        return datetime.fromtimestamp(self.wall(moment), UTC)

    def span(self, real_seconds: float) -> float:
        """Return the simulated seconds that pass in `real_seconds`: people do not answer faster than real time."""
        return real_seconds * self.speed


class ManualClock(SimulatedClock):
    """A clock that moves only when a test advances it."""

    def __init__(self, speed: float = 1.0) -> None:
        super().__init__(speed)
        self._now = 0.0

    def now(self) -> float:
        """The simulated time set by the test."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Advance by simulated `seconds`."""
        self._now += seconds


def milliseconds(moment: datetime) -> int:
    """Return a moment as epoch milliseconds."""
    return round(moment.timestamp() * 1000)


def iso(moment: datetime, timespec: str = "milliseconds") -> str:
    """Return a moment as ISO 8601 with a Z."""
    return moment.isoformat(timespec=timespec).replace("+00:00", "Z")
