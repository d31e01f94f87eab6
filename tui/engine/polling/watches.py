"""What this process remembers of the tasks that one account's worker polls, read from the archive for many at once."""

import asyncio
from collections.abc import Callable, Iterable
from itertools import islice

from tui.domain.task import Task
from tui.engine.ingest.pipeline import IngestPipeline, Watch
from tui.engine.state.state import EngineState

_AHEAD = 50  # tasks that are looked up together with the one that is polled: a look takes longer on its way than there


class Watches:
    """The `Watch` of each polled task.

    Args:
        pipeline: reads the archive.
        state: the known tasks.
        followed: returns the ids of the tasks that will be polled.
    """

    def __init__(self, pipeline: IngestPipeline, state: EngineState, followed: Callable[[], Iterable[str]]) -> None:
        self._pipeline = pipeline
        self._state = state
        self._followed = followed
        self._known: dict[str, Watch] = {}
        self._looking = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._known)

    async def of(self, task: Task) -> Watch:
        """Return the `Watch` of a task; those of unfinished ones that will be polled soon are looked up with it."""
        if task.id not in self._known:
            async with self._looking:
                if task.id not in self._known:
                    found = await self._pipeline.watches([task, *islice(self._next(task), _AHEAD)])
                    wanted = {task.id, *self._followed()}
                    self._known.update({key: watch for key, watch in found.items() if key in wanted})
        return self._known[task.id]

    def missed(self, task_id: str) -> Watch:
        """Return the `Watch` of a task that the provider does not know; without a look into the archive."""
        return self._known.setdefault(task_id, Watch())

    def drop(self, task_id: str) -> None:
        """Forget a task."""
        self._known.pop(task_id, None)

    def _next(self, task: Task) -> Iterable[Task]:
        for key in self._followed():
            known = None if key in self._known or key == task.id else self._state.store.get(key)
            if known is not None and not known.status.is_final:
                yield known
