"""The tasks of one simulated service: request, start, script, and client events."""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tui.simulator.json_body import Body

_ASKED_FOR = re.compile(r"\bsim:([a-z0-9-]+)")


@dataclass(frozen=True, slots=True)
class Event:
    """A client's event on a task, `at` simulated seconds after its creation."""

    at: float
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SimTask:
    """One task. Its state at any moment follows from this value and the clock alone."""

    id: str
    created: float  # simulated seconds since the start; negative for the past
    prompt: str
    request: Body
    script: str
    events: tuple[Event, ...] = ()
    traits: Mapping[str, Any] = field(default_factory=dict)  # what the world decided: content, delay, batch, patience

    @property
    def grain(self) -> int:
        """A stable number of the task, for variation between tasks."""
        return zlib.crc32(self.id.encode())

    def spread(self, low: float, high: float) -> float:
        """Return a stable value between `low` and `high` for this task."""
        return low + (high - low) * (self.grain % 1009) / 1008


class Tasks:
    """The tasks of one service in order of creation."""

    def __init__(self) -> None:
        self._tasks: dict[str, SimTask] = {}

    def add(self, task: SimTask) -> SimTask:
        """Store a new task."""
        self._tasks[task.id] = task
        return task

    def get(self, task_id: str) -> SimTask | None:
        """Return the task; None if it is unknown."""
        return self._tasks.get(task_id)

    def happen(self, task: SimTask, event: Event) -> SimTask:
        """Add an event to a task."""
        return self.add(replace(self._tasks[task.id], events=(*self._tasks[task.id].events, event)))

    def remove(self, task_id: str) -> None:
        """Delete a task."""
        self._tasks.pop(task_id, None)

    def newest_first(self) -> list[SimTask]:
        """All tasks, latest creation first; of two made in the same moment the later one."""
        ordered = sorted(self._tasks.values(), key=lambda task: task.created)
        return ordered[::-1]

    def __iter__(self) -> Iterator[SimTask]:
        return iter(self._tasks.values())

    def __len__(self) -> int:
        return len(self._tasks)


def asked_for(prompt: str, catalogue: Mapping[str, object], default: str) -> str:
    """Return the script that a prompt names with `sim:NAME`; else `default`."""
    found = _ASKED_FOR.search(prompt)
    return found.group(1) if found and found.group(1) in catalogue else default
