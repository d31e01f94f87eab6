"""What is known of every task right now: local id -> frozen value; an equal value is no event."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from tui.domain.task import Task

Key = tuple[str, str, str]  # provider, account, remote id


class Store:
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
        """Return the task with this local id."""
        return self._tasks.get(task_id)

    def find(self, provider: str, account: str, remote_id: str) -> Task | None:
        """Return the task a provider account calls `remote_id`."""
        task_id = self._by_key.get((provider, account, remote_id))
        return None if task_id is None else self._tasks[task_id]

    def orphans(self, provider: str, account: str) -> list[Task]:
        """Return the account's tasks without a remote id: being sent, or with an unknown outcome."""
        return [task for task in self._orphans.values() if (task.provider, task.account) == (provider, account)]

    def snapshot(self) -> Mapping[str, Task]:
        """Return all tasks by local id; never changes afterwards, and costs nothing while nothing changed."""
        with self._lock:
            if self._snapshot is None:
                self._snapshot = MappingProxyType(self._tasks.copy())
            return self._snapshot

    def put(self, tasks: Iterable[Task]) -> frozenset[str]:
        """Keep these values; returns, after telling, the ids whose value is new."""
        changed = set()
        with self._lock:
            for task in tasks:
                before = self._tasks.get(task.id)
                if before == task:
                    continue
                self._tasks[task.id] = task
                self._index(before, task)
                changed.add(task.id)
            if changed:
                self._snapshot = None
        ids = frozenset(changed)
        if ids:
            self._tell(ids)
        return ids

    def _index(self, before: Task | None, task: Task) -> None:
        if before is not None and before.remote_id is not None and before.key != task.key:
            self._by_key.pop((before.provider, before.account, before.remote_id), None)
        if task.remote_id is None and not task.status.is_final:
            self._orphans[task.id] = task
        else:
            self._orphans.pop(task.id, None)
        if task.remote_id is not None:
            self._by_key[task.provider, task.account, task.remote_id] = task.id
