"""Details of tasks for a running engine: from memory while they are newer, else read from the archive."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace

from tui.domain.annotations import NOBODY, People
from tui.domain.detail import Detail
from tui.domain.errors import DivewatchError
from tui.domain.task import Task
from tui.engine.files.saved_detail import read_stored
from tui.engine.ingest.pipeline import IngestPipeline
from tui.engine.polling.worker import Worker
from tui.engine.state.state import EngineState

LATEST = 16  # details kept; a report that nobody has open is not in memory for long


class DetailCache:
    """Reads details for a running engine and caches the latest ones."""

    def __init__(self, workers: Mapping[str, Worker], pipeline: IngestPipeline, state: EngineState) -> None:
        self._workers = workers
        self._connections = {worker.account.provider.info.name: worker.connection for worker in workers.values()}
        self._asked: set[str] = set()
        self._pipeline = pipeline
        self._state = state
        self._latest: OrderedDict[str, tuple[str, Detail]] = OrderedDict()

    async def detail(self, task_id: str) -> Detail | None:
        """Return everything known about a task; None if there is no such task."""
        if (task := self._state.store.get(task_id)) is None:
            return None
        self._pipeline.look(task_id)
        worker = self._workers.get(task.account_key)
        if worker is not None and task_id in self._pipeline.unheard and task_id not in self._asked:
            self._asked.add(task_id)
            await worker.poll_now(task_id)
        detail = self._pipeline.latest(task_id)
        if detail is None:
            detail = await self._pipeline.off_loop(self._load, task)
        people = await self._pipeline.off_loop(self._people, task_id)
        return replace(detail, task=self._state.store.get(task_id) or task, people=people)

    def _people(self, task_id: str) -> People:
        try:
            return self._pipeline.archive.people(task_id)
        except DivewatchError:  # what was learned could not be saved yet, or the archive is away
            return NOBODY

    def _load(self, task: Task) -> Detail:
        archive, latest = self._pipeline.archive, self._latest.get(task.id)
        if latest is not None and (mark := archive.mark(task.id)) is not None and mark.digest == latest[0]:
            return latest[1]  # 5 MB are not read, unpacked and checked again
        kept = archive.current_answer(task.id)
        line = self._connections.get(task.provider)
        detail = read_stored(task, kept, line.reader if line else None)
        if kept is not None:
            self._latest[task.id] = (kept.digest, detail)
            self._latest.move_to_end(task.id)
        while len(self._latest) > LATEST:
            self._latest.popitem(last=False)
        return detail
