"""The state that front ends see: tasks, provider states, event log. Written on the engine's thread, read from any."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from tui.domain.capability import ConnectionState
from tui.domain.provider import ProviderInfo
from tui.domain.redact import redact_text
from tui.domain.task import Task, TaskStatus
from tui.domain.text import one_line
from tui.engine.api import (
    AnnotationsChanged,
    Condition,
    ConditionChanged,
    Event,
    Listener,
    LogEntry,
    Logged,
    ProviderChanged,
    ProviderState,
    TaskEnded,
    TasksChanged,
)
from tui.engine.ports import Clock
from tui.engine.state.task_store import TaskStore
from tui.engine.state.transitions import TransitionDetector, ended_text

LOG_LINES = 1000
_LINE = 500
_KINDS = {TaskStatus.FAILED: "failed", TaskStatus.WAITING: "waiting"}


class EngineState:
    """The public state of the engine; every change goes through it and causes one event."""

    def __init__(self, clock: Clock, keep_log: Callable[[LogEntry], None] = lambda entry: None) -> None:
        self.store = TaskStore(self._tasks_changed)
        self._clock = clock
        self._keep_log = keep_log
        self._endings = TransitionDetector()
        self._noted = TransitionDetector()  # for the log: also what ended while no divewatch was watching
        self._states: dict[str, ProviderState] = {}
        self._log: deque[LogEntry] = deque(maxlen=LOG_LINES)
        self._listeners: tuple[Listener, ...] = ()
        self.condition = Condition()
        self.news: set[str] = set()  # ids of tasks with new values, and not just read from the archive

    def put(self, tasks: Iterable[Task], *, foreign: bool = False) -> None:
        """Show these values, which are saved, and report tasks that ended.

        `foreign` values were found by another process, which has written its own line to the log.
        """
        changed = self.store.put(tasks)
        self.news |= changed
        for task_id in changed:
            task = self.store.get(task_id)
            if task is None:
                continue
            if self._noted.observe(task) and not foreign:
                self.log(_KINDS.get(task.status, "ended"), ended_text(task), task_id=task.id, provider=task.account_key)
            if self._endings.observe(task):
                self._tell(TaskEnded(task))

    def load(self, tasks: Iterable[Task]) -> None:
        """Set the tasks loaded from the archive, without events."""
        for task_id in self.store.put(tasks):
            task = self.store.get(task_id)
            if task is not None:
                self._noted.observe(task)

    def states(self) -> Mapping[str, ProviderState]:
        """Return the provider accounts by key, in display order."""
        return MappingProxyType(self._states.copy())

    def state(self, key: str) -> ProviderState:
        """Return one provider account."""
        return self._states[key]

    def add_account(self, info: ProviderInfo, account: str) -> ProviderState:
        """Add a provider account."""
        state = ProviderState(info, account, ConnectionState.STARTING)
        self._states[state.key] = state
        return state

    def set_state(self, state: ProviderState) -> None:
        """Set the state of a provider account; a new time of the last response alone causes no event."""
        before = self._states.get(state.key)
        self._states[state.key] = state
        if before is None or replace(before, last_ok=state.last_ok) != state:
            self._tell(ProviderChanged(state.key))

    def set_condition(self, condition: Condition) -> None:
        """Set the condition of the engine."""
        condition = replace(condition, trouble=one_line(redact_text(condition.trouble), _LINE))
        if condition != self.condition:
            self.condition = condition
            self._tell(ConditionChanged())

    def entries(self) -> Sequence[LogEntry]:
        """Return the latest lines of the event log, oldest first."""
        return tuple(self._log.copy())

    def log(self, kind: str, text: str, *, task_id: str | None = None, provider: str | None = None) -> None:
        """Write a line to the event log, cleaned and with secrets masked."""
        entry = LogEntry(self._clock.now(), kind, one_line(redact_text(text), _LINE), task_id, provider)
        self._log.append(entry)
        self._keep_log(entry)
        self._tell(Logged(entry))

    def add_saved(self, entries: Sequence[LogEntry]) -> None:
        """Add log lines read from the archive; those of this process are known already."""
        if not entries:
            return
        known = set(self._log)
        foreign = [entry for entry in entries if entry not in known]
        if foreign:
            self._log = deque(sorted((*self._log, *foreign), key=lambda entry: entry.at), maxlen=LOG_LINES)
            self._tell(Logged(foreign[-1]))

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` for every event from now on; returns a function that ends the subscription."""
        self._listeners = (*self._listeners, listener)

        def stop() -> None:
            self._listeners = tuple(other for other in self._listeners if other is not listener)

        return stop

    def annotations_changed(self, ids: frozenset[str]) -> None:
        """Report that another process may have changed the annotations of these tasks."""
        if ids:
            self._tell(AnnotationsChanged(ids))

    def _tasks_changed(self, ids: frozenset[str]) -> None:
        self._tell(TasksChanged(ids))

    def _tell(self, event: Event) -> None:
        for listener in self._listeners:
            try:
                listener(event)
            except Exception as error:  # noqa: BLE001 - a front end's mistake must not stop polling
                self._log.append(LogEntry(self._clock.now(), "problem", f"a listener failed: {type(error).__name__}"))
