"""Loads tasks of the archive into memory: the newest at the start, others page by page or when one is named."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tui.domain.errors import ArchiveError, DivewatchError, NotFound
from tui.domain.task import Task
from tui.engine.commands.queue_up import not_queued
from tui.engine.ingest.merge import GONE, UNKNOWN_OUTCOME, warned
from tui.engine.ingest.pipeline import IngestPipeline
from tui.engine.ports import MOST_LOADED, Clock
from tui.engine.state.state import EngineState

OLDER_AT_ONCE = 2000  # tasks of one page of older ones
_ABANDONED_AFTER = timedelta(minutes=2)  # a create "being sent" for longer has lost its process


def return_free_memory() -> None:
    """Return to the system what the C library keeps of freed memory: 5 MB after 10,000 tasks were read.

    Those of other systems than Linux with glibc do so by themselves, or not at all.
    """
    with suppress(AttributeError, OSError, TypeError):
        import ctypes

        ctypes.CDLL(None).malloc_trim(0)


@dataclass(slots=True)
class TaskLoader:
    """Brings tasks from the archive into the state of the engine; `follow` polls those that can still change."""

    pipeline: IngestPipeline
    state: EngineState
    clock: Clock
    follow: Callable[[Sequence[Task]], None]
    _oldest: str = field(default="", init=False)  # after which the next page begins; "" if there is none

    def load(self) -> None:
        """Load the newest tasks, and those that ended at their provider but are not saved; blocks."""
        archive = self.pipeline.archive
        newest = self._explained(archive.load_tasks())
        unheard = archive.unheard()
        tasks = [*newest, *archive.named(sorted(unheard - {task.id for task in newest}))]
        self.state.load(tasks)
        trouble = "the archive is read-only" if archive.read_only else ""
        self.state.set_condition(replace(self.state.condition, trouble=trouble, notice=archive.notice))
        self.page_after(newest)
        forgotten = {task.id for task in tasks if any(note.startswith(GONE) for note in task.warnings)}
        self.pipeline.unheard |= unheard - forgotten
        self.follow(tasks)
        return_free_memory()

    def page_after(self, newest: Sequence[Task]) -> None:
        """Begin the pages of older tasks after these, which are what `load_tasks` of the archive returns."""
        self._end_at(newest[MOST_LOADED - 1].id if len(newest) >= MOST_LOADED else "")

    async def recall(self, ids: Sequence[str]) -> None:
        """Load these tasks, too."""
        missing = [task_id for task_id in ids if self.state.store.get(task_id) is None]
        if missing:
            self._add(await self.pipeline.off_loop(self.pipeline.archive.named, missing))

    async def older(self) -> None:
        """Load the next page of older tasks that are not all at hand already."""
        after, self._oldest = self._oldest, ""  # asked again meanwhile, it does nothing
        if not after:
            return
        archive = self.pipeline.archive
        try:
            page = await self.pipeline.off_loop(archive.tasks, OLDER_AT_ONCE, after)
            while len(page) == OLDER_AT_ONCE and all(self.state.store.get(task.id) for task in page):  # nothing new
                page = await self.pipeline.off_loop(archive.tasks, OLDER_AT_ONCE, page[-1].id)
        except NotFound:  # the task was removed for good
            self.page_after(await self.pipeline.off_loop(archive.load_tasks))
            return
        except DivewatchError:
            self._oldest = after
            raise
        self._add(page)
        self._end_at(page[-1].id if len(page) == OLDER_AT_ONCE else "")

    def _end_at(self, task_id: str) -> None:
        self._oldest = task_id
        self.state.set_condition(replace(self.state.condition, older=task_id != ""))

    def _add(self, tasks: Sequence[Task]) -> None:
        tasks = self._explained([task for task in tasks if self.state.store.get(task.id) is None])
        self.state.load(tasks)
        self.follow(tasks)

    def _explained(self, tasks: Sequence[Task]) -> list[Task]:
        """Explain creates whose process ended before the answer came, and those whose queue is gone: of a copy."""
        waiting = [task.id for task in tasks if task.waits_in_queue]
        queue = self.pipeline.archive.queue
        try:
            gone = queue.gone(waiting) if waiting and queue else frozenset(waiting)
        except ArchiveError:  # the server is away: its copy may be older than what was sent meanwhile
            gone = frozenset()
        return [not_queued(task) if task.id in gone else self._with_doubt(task) for task in tasks]

    def _with_doubt(self, task: Task) -> Task:
        lost = task.remote_id is None and not task.status.is_final and not task.waits_in_queue
        if not lost or task.created_at is None or self.clock.now() - task.created_at < _ABANDONED_AFTER:
            return task
        if any(note.startswith(UNKNOWN_OUTCOME) and "being sent" not in note for note in task.warnings):
            return task
        return warned(
            replace(task), UNKNOWN_OUTCOME, "the program ended before the answer came; the task may be running"
        )
