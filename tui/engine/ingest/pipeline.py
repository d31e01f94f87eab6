"""The pipeline of a response: stored, parsed, merged, saved, shown, in this order.

Knows nothing of schedules or HTTP. The same answer twice costs a hash. An answer that may be a task's last is stored
before it is read; of those that repeat the last word on its status, one in `INTERIM_EVERY` seconds is stored.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from tui.domain.detail import Detail, Report
from tui.domain.digest import sha256
from tui.domain.errors import ArchiveError, BadAnswer, DivewatchError
from tui.domain.frozen import frozen
from tui.domain.provider import Response
from tui.domain.task import Counter, Task, TaskStatus
from tui.domain.text import plural
from tui.engine.executor import done
from tui.engine.ingest.merge import STALLED, UNREADABLE, UNSAVED, cleared, merge, warned
from tui.engine.ingest.report_index import Derived, derive
from tui.engine.ports import Clock, ParsedResponse, ResponseFingerprint
from tui.engine.state.state import EngineState
from tui.providers.protocol import Reader
from tui.providers.sdk.exchanges import MAGIC

if TYPE_CHECKING:
    from tui.engine.archive import Archive

P = ParamSpec("P")
T = TypeVar("T")

OFF_LOOP_FROM = 256 * 1024  # bytes; smaller answers are read faster than a thread is woken
STALL_AFTER = 20 * 60.0  # seconds a running task's counters may stand still
INTERIM_EVERY = 30.0  # seconds between stored answers of an unfinished task
LOOKED_AT = 16  # unfinished tasks whose latest detail stays in memory because somebody looks at them
HELD_BYTES = 64 * 1024 * 1024  # answers kept in memory while the archive cannot be written


@dataclass(slots=True)
class Watch:
    """What this process remembers of a task that it polls."""

    mark: ResponseFingerprint | None = None  # of the latest answer, whether or not it became the current one
    saved_chars: int = 0  # length of the report that people read
    edited_until: float = 0.0  # an edit was asked for here: until then another report is no surprise
    seen_unfinished: bool = False
    moved_at: float = 0.0
    stored_at: float | None = None  # when an answer of the unfinished task was last stored
    position: tuple[TaskStatus, Mapping[str, Counter]] | None = None
    misses: int = 0  # 404s in a row
    asked: int = 0  # while finished and still without a report
    previous: bytes | None = None  # the latest answer, where parts of it cannot be asked for again


@dataclass(slots=True)
class _Held:
    """A response that could not be saved yet."""

    answer: Response
    reading: ParsedResponse
    cited: Mapping[str, Sequence[int]]
    detail: Detail


@frozen
class _Read:
    """A response that was parsed; `stored` is None if it need not be stored."""

    task_id: str
    answer: Response
    digest: str
    detail: Detail
    stored: bool | None
    traced: bool = True


@dataclass(slots=True)
class IngestPipeline:
    """Processes the responses of every account.

    Args:
        archive: the archive.
        state: where the new values are shown.
        clock: wall clock for observed times, monotonic for stalls.
        workers: threads for what is too long for the loop.
    """

    archive: "Archive"
    state: EngineState
    clock: Clock
    workers: Executor
    _held: dict[str, _Held] = field(default_factory=dict)
    _looked_at: dict[str, Detail | None] = field(default_factory=dict)
    unheard: set[str] = field(default_factory=set)  # ended, and their last answer is still to be asked for
    _unsaved: set[str] = field(default_factory=set)  # what is known of these tasks is not in the archive

    async def watch(self, task: Task) -> Watch:
        """Return the `Watch` of a task, with the fingerprint of its stored response.

        The first answer about an unfinished task is always read: the stored one may be of a run that ended before
        reading it.
        """
        return (await self.watches([task]))[task.id]

    async def watches(self, tasks: Sequence[Task]) -> Mapping[str, Watch]:
        """Return the `Watch` of each task by its id, with one look into the archive.

        What cannot be read is missing; of the first task the error is raised.
        """
        now = self.clock.monotonic()
        return {
            task.id: Watch(
                mark if task.status.is_final and task.has_report else None,
                mark.report_chars if mark else 0,
                moved_at=now,
                previous=previous,
            )
            for task, mark, previous in await self.off_loop(self._stored, tasks)
        }

    def _stored(self, tasks: Sequence[Task]) -> "list[tuple[Task, ResponseFingerprint | None, bytes | None]]":
        found = []
        for task in tasks:
            try:
                mark = self.archive.mark(task.id)
                kept = self.archive.current_answer(task.id) if mark is not None else None
                # Of others the bytes are let go at once: fifty answers may be large.
                previous = kept.body if kept is not None and kept.body.startswith(MAGIC) else None
                found.append((task, mark, previous))
            except DivewatchError:
                if task is tasks[0]:
                    raise
        return found

    async def receive(self, task_id: str, answer: Response, reader: Reader, watch: Watch) -> Task:
        """Process one status response; returns the task's new value.

        Raises:
            BadAnswer: it is no task; kept, said on the task, and the last known state stays.
        """
        body = answer.body
        task = await (self._unchanged(task_id, watch) if body is None else self._new(task_id, answer, reader, watch))
        self.unheard.discard(task_id)
        return task

    async def _new(self, task_id: str, answer: Response, reader: Reader, watch: Watch) -> Task:
        assert answer.body is not None
        if answer.irreplaceable:
            watch.previous = answer.body
        large = len(answer.body) > OFF_LOOP_FROM
        digest = (await self._maybe_off_loop(large, sha256, answer.body)).hex()
        if watch.mark is not None and watch.mark.digest == digest:
            watch.mark = replace(watch.mark, etag=answer.etag)
            return await self._unchanged(task_id, watch)
        known = self._task(task_id)
        at_once = answer.irreplaceable or self._may_be_last(known, answer.body, watch)
        stored = await self._store(known, answer, digest) if at_once else None
        traced = stored is False or known.id in self._looked_at
        try:
            detail = await self._maybe_off_loop(large, _read, reader, answer, known, traced)
        except BadAnswer as error:
            await self._unreadable(task_id, answer, error)
            raise
        if stored is None and detail.task.status.is_final:
            stored = await self._store(known, answer, digest)
        return await self._save(_Read(task_id, answer, digest, detail, stored, traced), watch)

    def look(self, task_id: str) -> None:
        """Cache the detail of this unfinished task, because a screen shows it."""
        self._looked_at[task_id] = self._looked_at.pop(task_id, None)
        while len(self._looked_at) > LOOKED_AT:
            self._looked_at.pop(next(iter(self._looked_at)))

    def latest(self, task_id: str) -> Detail | None:
        """Return the detail in memory, if it is newer than the archive's or could not be saved; else None."""
        held = self._held.get(task_id)
        return self._looked_at.get(task_id) if held is None else held.detail

    def is_lost(self, task: Task) -> bool:
        """Whether the task's response is neither saved nor held, so that the provider must be asked again."""
        return task.id not in self._held and any(note.startswith(UNSAVED) for note in task.warnings)

    def _not_saved(self, why: str, *task_ids: str) -> None:
        """Record the tasks that could not be saved."""
        self._unsaved.update(task_ids)
        self.state.set_condition(replace(self.state.condition, unsaved=len(self._unsaved), trouble=why))

    def _saved(self, *task_ids: str) -> None:
        if self._unsaved.isdisjoint(task_ids):
            return
        self._unsaved.difference_update(task_ids)
        left = len(self._unsaved)
        trouble = self.state.condition.trouble if left or self.archive.read_only else ""
        self.state.set_condition(replace(self.state.condition, unsaved=left, trouble=trouble))

    async def save_held(self) -> None:
        """Try to save what could not be saved before."""
        rows = [task for task_id in self._unsaved - self._held.keys() if (task := self.state.store.get(task_id))]
        if rows:
            try:
                await done(self.archive.put_tasks(rows))
            except ArchiveError as error:
                self._not_saved(error.message)
                return
            self._saved(*(task.id for task in rows if not self.is_lost(task)))
        for task_id, held in tuple(self._held.items()):
            task = cleared(self._task(task_id), UNSAVED)
            try:
                await self._save_answer(task_id, held.answer, held.reading.mark.digest, final=True)
                await done(self.archive.save_reading(replace(held.reading, task=task), held.cited))
            except ArchiveError:
                return
            self._held.pop(task_id, None)
            self._saved(task_id)
            self.state.put([task])
            self.state.log("saved", "saved at last", task_id=task_id, provider=task.provider)

    async def show(self, *tasks: Task) -> None:
        """Save these values, then publish them.

        An archive that cannot be written is said, not raised: what is known is still worth seeing.
        """
        changed = [task for task in tasks if self.state.store.get(task.id) != task]
        if not changed:
            return
        try:
            await done(self.archive.put_tasks(changed))
        except ArchiveError as error:
            self.state.log("problem", f"could not save {plural(len(changed), 'task')}: {error.message}")
            self._not_saved(error.message, *(task.id for task in changed))
        else:
            self._saved(*(task.id for task in changed if not self.is_lost(task) and task.id not in self._held))
        self.state.put(changed)

    async def recall(self, provider: str, account: str, remote_ids: Sequence[str]) -> None:
        """Have the tasks that an account calls by these ids at hand: of a long archive only the newest are."""
        missing = [one for one in remote_ids if self.state.store.find(provider, account, one) is None]
        if missing:
            found = await self.off_loop(self.archive.known_as, provider, account, missing)
            self.state.load([task for task in found if self.state.store.get(task.id) is None])

    async def off_loop(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a blocking or long call on a worker thread and return its result."""
        return await done(self.workers.submit(call, *args, **kwargs))

    async def _unchanged(self, task_id: str, watch: Watch) -> Task:
        watch.misses = 0
        known = self._task(task_id)
        task = self.gone_on(self._stalled(known if task_id in self._held else cleared(known), watch))
        await self.show(task)
        return task

    def _may_be_last(self, known: Task, body: bytes, watch: Watch) -> bool:
        """Whether a response must be stored before it is parsed: not if it repeats the last status."""
        word = known.provider_status.encode()
        repeats = bool(word) and not known.status.is_final and b'"%b"' % word in body
        recent = watch.stored_at is not None and self.clock.monotonic() - watch.stored_at < INTERIM_EVERY
        if not (repeats and recent):
            watch.stored_at = self.clock.monotonic()
        return not (repeats and recent)

    async def _store(self, known: Task, answer: Response, digest: str) -> bool:
        try:
            await self._save_answer(known.id, answer, digest, final=known.status.is_final)
        except ArchiveError as error:
            self.state.log("problem", f"could not save an answer: {error.message}", task_id=known.id)
            self._not_saved(error.message, known.id)
            return False
        return True

    async def _save_answer(self, task_id: str, answer: Response, digest: str, *, final: bool) -> None:
        body = answer.body or b""
        await done(self.archive.save_answer(task_id, body, digest=digest, received_at=answer.received_at, final=final))

    async def _unreadable(self, task_id: str, answer: Response, error: BadAnswer) -> None:
        body = answer.body or b""
        try:
            await done(self.archive.save_unreadable(task_id, body, error.message, received_at=answer.received_at))
        except ArchiveError as trouble:
            self.state.log("problem", f"could not save an unreadable answer: {trouble.message}", task_id=task_id)
            self._not_saved(trouble.message, task_id)
        await self.show(warned(self._task(task_id), UNREADABLE, error.message))

    async def _save(self, read: _Read, watch: Watch) -> Task:
        report = read.detail.report
        ended = read.detail.task.status.is_final
        derived = await self._derive(read.task_id, report) if report is not None and ended else Derived()
        known = self._task(read.task_id)  # only now: it may have changed while this was being read
        merged = merge(
            known,
            read.detail,
            saved_chars=watch.saved_chars,
            edited=self.clock.monotonic() < watch.edited_until,
            now=self.clock.now(),
            watched=watch.seen_unfinished,
        )
        task = self.gone_on(self._stalled(merged.task, watch))
        if merged.current and derived.citations is not None:
            task = replace(task, citations=derived.citations, sources=task.sources or len(derived.sources) or None)
        mark = ResponseFingerprint(read.digest, read.answer.etag, len(report.text) if report else 0)
        reading = ParsedResponse(task, mark, report, derived.sources, derived.text, merged.current)
        if read.stored is None:
            await self.show(task)  # an interim answer: the row is saved, its body is not
        elif read.stored is False or not await self._commit(reading, derived.cited):
            task = self._hold(read, reading, derived.cited)
            self.state.put([task])
            return task
        self._remember(watch, mark, merged.current, task)
        if task.id in self._looked_at:
            whole = (
                read.traced and not task.status.is_final
            )  # else the archive has it: a look began while this was read
            self._looked_at[task.id] = read.detail if whole else None
        self.state.put([task])
        return task

    async def _commit(self, reading: ParsedResponse, cited: Mapping[str, Sequence[int]]) -> bool:
        try:
            await done(self.archive.save_reading(reading, cited))
        except ArchiveError as error:
            self.state.log("problem", f"could not save: {error.message}", task_id=reading.task.id)
            self._not_saved(error.message, reading.task.id)
            return False
        self._saved(reading.task.id)
        return True

    def _hold(self, read: _Read, reading: ParsedResponse, cited: Mapping[str, Sequence[int]]) -> Task:
        """Keep a final response in memory until it can be saved; that of an unfinished task comes again anyway."""
        task = warned(reading.task, UNSAVED, "the archive cannot be written; will try again")
        size = sum(len(held.answer.body or b"") for held in self._held.values()) + len(read.answer.body or b"")
        if task.status.is_final and size <= HELD_BYTES:
            self._held[task.id] = _Held(read.answer, replace(reading, task=task), cited, read.detail)
        return task

    def _remember(self, watch: Watch, mark: ResponseFingerprint, current: bool, task: Task) -> None:
        watch.mark, watch.misses = mark, 0
        watch.seen_unfinished |= not task.status.is_final
        if current:
            watch.saved_chars, watch.edited_until = mark.report_chars, 0.0
        self._held.pop(task.id, None)

    async def _derive(self, task_id: str, report: Report) -> Derived:
        try:
            return await self.off_loop(derive, report)
        except Exception as error:  # noqa: BLE001 - a report our parser trips over is still saved and shown as text
            self.state.log("problem", f"the report could not be analysed: {type(error).__name__}", task_id=task_id)
            return Derived(text=report.text)

    def _stalled(self, task: Task, watch: Watch) -> Task:
        position = (task.status, task.counters)
        now = self.clock.monotonic()
        if position != watch.position:
            watch.position, watch.moved_at = position, now
            return cleared(task, STALLED)
        if task.status is TaskStatus.RUNNING and task.counters and now - watch.moved_at >= STALL_AFTER:
            return warned(task, STALLED, f"no counter has moved for {int(STALL_AFTER // 60)} minutes; it may be stuck")
        return task

    def goes_on(self, task: Task) -> bool:
        """Whether a task is known that continues this one."""
        here = (task.provider, task.account, task.remote_id)
        return any(
            one.remote_id is not None and (one.provider, one.account, one.parent_id) == here for one in self.state.store
        )

    def gone_on(self, task: Task) -> Task:
        """Return a waiting task with a successor (an approved plan) as done, whatever its provider still says."""
        if task.status is not TaskStatus.WAITING or not self.goes_on(task):
            return task
        return replace(task, status=TaskStatus.DONE, finished_at=self.clock.now(), finish_observed=True)

    async def _maybe_off_loop(self, large: bool, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.off_loop(call, *args, **kwargs) if large else call(*args, **kwargs)

    def _task(self, task_id: str) -> Task:
        task = self.state.store.get(task_id)
        assert task is not None, "answers are only taken in for known tasks"
        return task


def _read(reader: Reader, answer: Response, task: Task, traced: bool) -> Detail:
    body, at = answer.body or b"", answer.received_at
    return reader.read_task(body, remote_id=task.remote_id, received_at=at, traced=traced)
