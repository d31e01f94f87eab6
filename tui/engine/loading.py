"""Loads tasks of the archive into memory: the newest at the start, others page by page or when one is named."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tui.domain.errors import ArchiveError, NotFound
from tui.domain.task import Task, unsent
from tui.engine.ingest.merge import GONE, UNKNOWN_OUTCOME, warned
from tui.engine.ingest.pipeline import IngestPipeline
from tui.engine.memory import return_free_memory
from tui.engine.ports import MOST_LOADED, Clock
from tui.engine.state.state import EngineState

OLDER_AT_ONCE = 2000  # tasks of one page of older ones
_ABANDONED_AFTER = timedelta(minutes=2)  # a create "being sent" for longer has lost its process


@dataclass(slots=True)
class TaskLoader:
    """Brings tasks from the archive into the state of the engine; `follow` polls those that can still change."""

    pipeline: IngestPipeline
    state: EngineState
    clock: Clock
    follow: Callable[[Sequence[Task]], None]
    _begins: str = field(default="", init=False)  # the task after which older ones follow; "" if all are at hand
    _after: dict[str, str] = field(default_factory=dict, init=False)  # by terms: after which their next page begins
    _reading: set[str] = field(default_factory=set, init=False)

    def load(self, known: Mapping[str, Task]) -> None:
        """Load the newest tasks, and those that ended at their provider but are not saved; blocks.

        Those that did not change since somebody else read them are the `known` ones.
        """
        archive = self.pipeline.archive
        newest = self._explained(archive.load_tasks(known))
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
        self._begins = newest[MOST_LOADED - 1].id if len(newest) >= MOST_LOADED else ""
        self._after.clear()
        self._set_end(older=self._begins != "", all_of=frozenset())

    async def recall(self, ids: Sequence[str]) -> None:
        """Load these tasks, too."""
        missing = [task_id for task_id in ids if self.state.store.get(task_id) is None]
        if missing:
            self._add(await self.pipeline.off_loop(self.pipeline.archive.named, missing))

    async def together(self, ids: Sequence[str]) -> None:
        """Load all members of the groups of these tasks."""
        self._add(await self.pipeline.off_loop(self.pipeline.archive.together, ids))

    async def older(self, terms: str = "") -> None:
        """Load the next page of older tasks, or of those for which `terms` hold, that are not all at hand already."""
        ended = terms in self.state.condition.all_of or not self.state.condition.older
        if ended or terms in self._reading:  # asked again meanwhile, it does nothing
            return
        self._reading.add(terms)
        try:
            page = await self._next_page(terms)
        except NotFound:  # the task was removed for good
            self.page_after(await self.pipeline.off_loop(self.pipeline.archive.load_tasks))
            return
        finally:
            self._reading.discard(terms)
        self._add(page)
        condition = self.state.condition
        if len(page) == OLDER_AT_ONCE:
            self._after[terms] = page[-1].id
        elif self.pipeline.archive.away is not None:  # its copy on this machine has only some
            return
        elif terms:
            self._set_end(older=condition.older, all_of=condition.all_of | {terms})
        else:
            self._set_end(older=False, all_of=condition.all_of)

    async def _next_page(self, terms: str) -> Sequence[Task]:
        after = self._after.get(terms, self._begins)
        while True:
            page = await self.pipeline.off_loop(self.pipeline.archive.tasks, OLDER_AT_ONCE, after, terms)
            if len(page) < OLDER_AT_ONCE or not all(self.state.store.get(task.id) for task in page):
                return page
            after = page[-1].id  # nothing new

    def _set_end(self, *, older: bool, all_of: frozenset[str]) -> None:
        self.state.set_condition(replace(self.state.condition, older=older, all_of=all_of))

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
        return [
            unsent(task, "its place in the queue is gone") if task.id in gone else self._with_doubt(task)
            for task in tasks
        ]

    def _with_doubt(self, task: Task) -> Task:
        lost = task.remote_id is None and not task.status.is_final and not task.waits_in_queue
        if not lost or task.created_at is None or self.clock.now() - task.created_at < _ABANDONED_AFTER:
            return task
        if any(note.startswith(UNKNOWN_OUTCOME) and "being sent" not in note for note in task.warnings):
            return task
        return warned(
            replace(task), UNKNOWN_OUTCOME, "the program ended before the answer came; the task may be running"
        )
