"""The timeline of a simulated task: start, progress, end. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Moment:
    """The state of a task at one moment: `share` of its work done (0 to 1), and its end, if it has come."""

    started: bool
    share: float
    ended: str | None  # the course's `end`, or the kind of event that ended it ("cancel", "stop")
    changed: float  # simulated seconds after creation of the last change


@dataclass(frozen=True, slots=True)
class Course:
    """The timeline of a task, unless a client changes it.

    Attributes:
        about: one line for people who list the scripts.
        end: how it ends, in the service's own word; None never ends (stuck at `share`).
        seconds: simulated seconds from start to end.
        queued: simulated seconds before it starts.
        share: how much of its work is done at the end.
        traits: whatever else the service's bodies want to know.
    """

    about: str
    end: str | None = "completed"
    seconds: float = 240.0
    queued: float = 3.0
    share: float = 1.0
    traits: Mapping[str, Any] = field(default_factory=dict)

    def at(self, elapsed: float, *, variety: float = 1.0, cut: tuple[float, str] | None = None) -> Moment:
        """Return the state of a task `elapsed` simulated seconds after creation.

        Args:
            elapsed: simulated seconds.
            variety: stretches the time from start to end.
            cut: (seconds after creation, kind) of what a client did to end it.
        """
        end = self.queued + self.seconds * variety
        if cut is not None and elapsed >= cut[0] and (self.end is None or cut[0] < end):
            return Moment(cut[0] >= self.queued, self._share(cut[0], end), cut[1], cut[0])
        if elapsed < self.queued:
            return Moment(False, 0.0, None, 0.0)
        if elapsed < end:
            tick = max(self.seconds * variety / 160, 0.5)
            changed = self.queued + (elapsed - self.queued) // tick * tick
            return Moment(True, self._share(changed, end), None, changed)
        return Moment(True, self.share, self.end, end)

    def _share(self, elapsed: float, end: float) -> float:
        worked = (elapsed - self.queued) / max(end - self.queued, 1e-9)
        return self.share * min(1.0, max(0.0, worked))
