"""From engine events to the screen: dirty ids, at most two flushes a second, equal values dropped.

Runs listeners on engine threads and everything else on the UI thread; never touches a widget.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import field

from tui.domain.frozen import frozen
from tui.domain.task import Task
from tui.engine.api import (
    AnnotationsChanged,
    ConditionChanged,
    Engine,
    Event,
    Logged,
    ProviderChanged,
    TaskEnded,
    TasksChanged,
)

SHORTEST = 0.5
"""Seconds between two flushes."""


@frozen
class Flush:
    """Everything that changed since the last flush, as values."""

    tasks: Mapping[str, Task | None] = field(default_factory=dict)
    providers: bool = False
    ended: tuple[Task, ...] = ()
    logged: bool = False
    annotations: frozenset[str] = frozenset()  # tasks to which another process may have added something

    def __bool__(self) -> bool:
        return bool(self.tasks or self.providers or self.ended or self.logged or self.annotations)


class Bridge:
    """Collects events of one engine and hands over what really changed.

    Args:
        engine: The engine.
        hop: Runs a function on the UI thread; called from engine threads.
        later: Runs a function on the UI thread after some seconds; called on the UI thread.
        flush: Gets what changed, on the UI thread.
        known: The tasks that are on the screen, which `flush` brings up to date.
    """

    def __init__(
        self,
        engine: Engine,
        hop: Callable[[Callable[[], None]], None],
        later: Callable[[float, Callable[[], None]], object],
        flush: Callable[[Flush], None],
        known: Mapping[str, Task],
    ) -> None:
        self._engine = engine
        self._hop = hop
        self._later = later
        self._flush = flush
        self._known = known
        self._lock = threading.Lock()
        self._dirty: set[str] = set()
        self._annotations: frozenset[str] = frozenset()
        self._ended: list[Task] = []
        self._providers = self._logged = False
        self._asked = False  # a hop or a timer is on its way
        self._resting = False  # the shortest time since the last flush is not over
        self.flushes = 0
        self._stop = engine.subscribe(self._listen)

    def close(self) -> None:
        """Stop listening."""
        self._stop()

    def catch_up(self) -> None:
        """Compare everything with the engine once: what changed between the first paint and the subscription."""
        now = self._engine.tasks()
        with self._lock:
            self._dirty.update(now, self._known)
            self._providers = self._logged = True
            self._asked = True
        self._due()

    def _listen(self, event: Event) -> None:
        with self._lock:
            if isinstance(event, TasksChanged):
                self._dirty |= event.ids
            elif isinstance(event, TaskEnded):
                self._ended.append(event.task)
            elif isinstance(event, ProviderChanged | ConditionChanged):
                self._providers = True
            elif isinstance(event, Logged):
                self._logged = True
            elif isinstance(event, AnnotationsChanged):
                self._annotations |= event.ids
            ask, self._asked = not self._asked, True
        if ask:
            self._hop(self._due)

    def _due(self) -> None:
        if self._resting:
            return
        with self._lock:
            dirty, self._dirty = self._dirty, set()
            ended, self._ended = tuple(self._ended), []
            providers, self._providers = self._providers, False
            logged, self._logged = self._logged, False
            annotations, self._annotations = self._annotations, frozenset()
            self._asked = False
        found = Flush(self._changed(dirty), providers, ended, logged, annotations)
        if found:
            self.flushes += 1
            self._resting = True
            self._later(SHORTEST, self._rested)
            self._flush(found)

    def _rested(self) -> None:
        self._resting = False
        if self._asked:
            self._due()

    def _changed(self, dirty: set[str]) -> dict[str, Task | None]:
        changed: dict[str, Task | None] = {}
        for task_id in dirty:
            task = self._engine.task(task_id)
            if task != self._known.get(task_id):
                changed[task_id] = task
        return changed
