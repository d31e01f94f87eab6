"""The current value of every task by local id; an equal value causes no event."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from tui.domain.task import Task

Key = tuple[str, str, str]  # provider, account, remote id


class TaskStore:
    """The tasks of one engine. Written on the engine's thread, read from any."""

    def __init__(self, tell: Callable[[frozenset[str]], None] = lambda ids: None) -> None:
        self._tell = tell
        self._tasks: dict[str, Task] = {}
        self._by_key: dict[Key, str] = {}
        self._orphans: dict[str, Task] = {}
        self._snapshot: Mapping[str, Task] | None = None
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._tasks)

    def __iter__(self) -> Iterator[Task]:
        return iter(self.snapshot().values())

    def get(self, task_id: str) -> Task | None:
        """Return the task with this local id; None for none."""
        return self._tasks.get(task_id)

    def find(self, provider: str, account: str, remote_id: str) -> Task | None:
        """Return the task that a provider account calls `remote_id`; None for none."""
        task_id = self._by_key.get((provider, account, remote_id))
        return None if task_id is None else self._tasks[task_id]

    def orphans(self, provider: str, account: str) -> list[Task]:
        """Return the account's tasks without a remote id: being sent, or with an unknown outcome."""
        return [task for task in self._orphans.values() if (task.provider, task.account) == (provider, account)]

    def snapshot(self) -> Mapping[str, Task]:
        """Return all tasks by local id, as an immutable mapping that is cached until something changes."""
        with self._lock:
            if self._snapshot is None:
                self._snapshot = MappingProxyType(self._tasks.copy())
            return self._snapshot

    def remove(self, task_ids: Iterable[str]) -> None:
        """Remove these tasks, and report it."""
        with self._lock:
            gone = frozenset(task_id for task_id in task_ids if self._drop(task_id))
            self._snapshot = None
        if gone:
            self._tell(gone)

    def put(self, tasks: Iterable[Task]) -> frozenset[str]:
        """Store these values and report changes; returns the ids whose value is new."""
        changed = set()
        with self._lock:
            for task in tasks:
                before = self._tasks.get(task.id)
                if before == task:
                    continue
                changed.add(task.id)
                changed |= self._set(before, task)
            if changed:
                self._snapshot = None
        ids = frozenset(changed)
        if ids:
            self._tell(ids)
        return ids

    def _set(self, before: Task | None, task: Task) -> set[str]:
        """Store one value; returns the id of the task that it replaces: a remote id belongs to one task."""
        replaced: set[str] = set()
        if before is not None:
            self._drop(task.id)
        if task.remote_id is not None:
            twin = self._by_key.get((task.provider, task.account, task.remote_id))
            if twin is not None and self._drop(twin):
                replaced.add(twin)
            self._by_key[task.provider, task.account, task.remote_id] = task.id
        elif not task.status.is_final and not task.waits_in_queue:
            self._orphans[task.id] = task
        self._tasks[task.id] = task
        return replaced

    def _drop(self, task_id: str) -> bool:
        task = self._tasks.pop(task_id, None)
        self._orphans.pop(task_id, None)
        if task is not None and task.remote_id is not None:
            self._by_key.pop((task.provider, task.account, task.remote_id), None)
        return task is not None
