"""The current value of every task by local id; an equal value causes no event."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from tui.domain.task import Task

AccountName = tuple[str, str]  # provider, account


class TaskStore:
    """The tasks of one engine. Written on the engine's thread, read from any."""

    def __init__(self, tell: Callable[[frozenset[str]], None] = lambda ids: None) -> None:
        self._tell = tell
        self._tasks: dict[str, Task] = {}
        self._ids: dict[AccountName, dict[str, str]] = {}  # by remote id
        self._orphans: dict[str, Task] = {}
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
        task_id = self._ids.get((provider, account), {}).get(remote_id)
        return None if task_id is None else self._tasks[task_id]

    def orphans(self, provider: str, account: str) -> list[Task]:
        """Return the account's tasks without a remote id: being sent, or with an unknown outcome."""
        return [task for task in self._orphans.values() if (task.provider, task.account) == (provider, account)]

    def snapshot(self) -> Mapping[str, Task]:
        """Return all tasks by local id, as a mapping that does not change: a copy."""
        with self._lock:
            return MappingProxyType(self._tasks.copy())

    def remove(self, task_ids: Iterable[str]) -> None:
        """Remove these tasks, and report it."""
        with self._lock:
            gone = frozenset(task_id for task_id in task_ids if self._drop(task_id))
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
            ids = self._ids.setdefault((task.provider, task.account), {})
            twin = ids.get(task.remote_id)
            if twin is not None and self._drop(twin):
                replaced.add(twin)
            ids[task.remote_id] = task.id
        elif not task.status.is_final and not task.waits_in_queue:
            self._orphans[task.id] = task
        self._tasks[task.id] = task
        return replaced

    def _drop(self, task_id: str) -> bool:
        task = self._tasks.pop(task_id, None)
        self._orphans.pop(task_id, None)
        if task is not None and task.remote_id is not None:
            self._ids[task.provider, task.account].pop(task.remote_id, None)
        return task is not None
