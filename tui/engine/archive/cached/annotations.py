"""Annotations of an archive on a server; changes that cannot be written now wait on the local disk."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.domain.errors import ArchiveError, DivewatchError, NotFound, NotSavedYet
from tui.domain.text import one_line, plural
from tui.engine.archive.annotations import AnnotationStore, tag_of
from tui.engine.archive.cached.outbox import Change, Outbox
from tui.engine.archive.cached.store import CachedStore
from tui.engine.archive.postgres.connect import NotNow, ReadOnly, ServerGone

if TYPE_CHECKING:
    from tui.domain.detail import Json

_NAMES = frozenset("set_note change_tags set_read set_pinned set_hidden delete set_state".split())
_ONE_VALUE = frozenset({"set_note", "set_state"})  # a later one takes the place of an earlier one
_WRITTEN_BY = 60.0  # seconds
_READ_ONLY_FOR = 600.0  # seconds; a standby that takes over writes sooner


class CachedAnnotations(AnnotationStore):
    """The annotations of an archive on a server. Writes are futures; one that must wait fails with `NotSavedYet`.

    Args:
        store: the archive.
        writer: whose changes are not foreign.
        outbox: where changes wait.
        told: writes a line to the event log.
    """

    def __init__(self, store: CachedStore, writer: int, outbox: Outbox, told: Callable[[str], None]) -> None:
        super().__init__(store, writer)
        self._cached = store
        self._copy = AnnotationStore(store.copy.store, 0)
        self._outbox = outbox
        self._told = told
        self._said = ""  # why nothing is written
        self._under_way: dict[Future[None], tuple[str, Sequence[Json]]] = {}

    def set_note(self, task_id: str, note: str, before: str | None = None) -> "Future[None]":
        """Replace the note of a task; if another person changed it meanwhile, both notes are kept."""
        return self._sent("set_note", task_id, note, before)

    def change_tags(
        self, task_ids: Sequence[str], *, add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> "Future[None]":
        """Add and remove tags of tasks."""
        return self._sent("change_tags", [*task_ids], sorted(map(tag_of, add)), sorted(map(tag_of, remove)))

    def set_read(self, task_ids: Sequence[str], read: bool = True) -> "Future[None]":
        """Mark reports as read or unread."""
        return self._sent("set_read", [*task_ids], read)

    def set_pinned(self, task_ids: Sequence[str], pinned: bool = True) -> "Future[None]":
        """Pin tasks, or unpin them."""
        return self._sent("set_pinned", [*task_ids], pinned)

    def set_hidden(self, task_ids: Sequence[str], hidden: bool = True) -> "Future[None]":
        """Hide tasks in lists, or show them again."""
        return self._sent("set_hidden", [*task_ids], hidden)

    def delete(self, task_ids: Sequence[str]) -> "Future[None]":
        """Delete tasks in the archive, not at the provider."""
        return self._sent("delete", [*task_ids])

    def restore_latest(self) -> "Future[list[str]]":
        """Undo the latest `delete`; one that still waits is dropped from the outbox."""
        return self._taken_back() or super().restore_latest()

    def _taken_back(self) -> "Future[list[str]] | None":
        if not self._outbox.count or not (turn := self._outbox.turn()).take():
            return None
        try:
            waiting = [change for change in self._outbox.waiting() if change.name == "delete"]
            if not waiting:
                return None
            self._outbox.remove(waiting[-1])
        finally:
            turn.release()
        given = waiting[-1].given[0]
        ids = [str(task_id) for task_id in given] if isinstance(given, list) else []
        with suppress(DivewatchError):  # the copy may not have them
            self._copy.restore(ids).result(_WRITTEN_BY)
        undone: Future[list[str]] = Future()
        undone.set_result(ids)
        return undone

    def set_state(self, key: str, value: "Json") -> "Future[None]":
        """Store `value` under `key`."""
        return self._sent("set_state", key, value)

    def deliver(self) -> None:
        """Write the waiting changes in order, until the server refuses or is unreachable."""
        if not self._outbox.count:
            return
        turn = self._outbox.turn()
        if not turn.take():  # another process of this person does it
            return
        try:
            self._write_all(self._outbox.waiting())
            self._said = ""
        except ServerGone:
            return
        except NotNow as error:
            self._held_up(error)
        finally:
            turn.release()

    def _held_up(self, error: NotNow) -> None:
        """Say, once, why nothing is written; what a server that only reads refuses for long goes back to its author."""
        if error.message != self._said:
            self._said = error.message
            self._told(f"{plural(self._outbox.count, 'change')} made here cannot be written yet: {error.message}")
        if isinstance(error, ReadOnly) and self._outbox.refused_for() >= _READ_ONLY_FOR:
            for change in self._outbox.waiting():
                self._give_back(change, error)
                self._outbox.remove(change)

    def put_aside(self) -> None:
        """Save on the local disk what the server has not acknowledged, because the program ends."""
        for future, (name, given) in [*self._under_way.items()]:
            if not future.done():
                self._keep(name, given)

    def _sent(self, name: str, *given: "Json") -> "Future[None]":
        answer: Future[None] = Future()
        if self._cached.away is not None or self._outbox.count:
            self._later(name, given, answer)
            return answer
        sent = _carried_out(self, name, given)
        self._under_way[sent] = (name, given)

        def done(finished: "Future[None]") -> None:
            self._under_way.pop(finished, None)
            error = finished.exception()
            if isinstance(error, ServerGone):
                self._later(name, given, answer)
            elif error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(None)

        sent.add_done_callback(done)
        return answer

    def _later(self, name: str, given: "Sequence[Json]", answer: "Future[None]") -> None:
        try:
            self._keep(name, given)
        except ArchiveError as error:
            answer.set_exception(error)
        else:
            answer.set_exception(NotSavedYet())
        self._cached.poke()

    def _keep(self, name: str, given: "Sequence[Json]") -> None:
        before = None
        with suppress(DivewatchError):
            seen = given[2] if name == "set_note" else None
            before = self._copy.local(str(given[0])).note if name == "set_note" and seen is None else seen
        self._outbox.add(name, given, before, alone=name in _ONE_VALUE)
        with suppress(DivewatchError):  # so that it is seen here; the copy may not have the task
            _carried_out(self._copy, name, given).result(_WRITTEN_BY)

    def _write_all(self, changes: Sequence[Change]) -> None:
        written = 0
        for change in changes:
            try:
                self._write(change)
            except (ServerGone, NotNow):
                raise
            except DivewatchError as error:
                self._give_back(change, error)
            else:
                written += 1
            self._outbox.remove(change)
        if written:
            self._told(f"{plural(written, 'change')} that waited for the archive server: written")

    def _give_back(self, change: Change, error: DivewatchError) -> None:
        kept = self._outbox.refuse(change, error.message)
        about = one_line(str(change.given[0]), 300)  # not the words: the log is read by the whole team
        self._told(
            f"a change that waited could not be written: {change.name} {about}: {error.message}; "
            f"its author has it in {kept.name}"
        )

    def _write(self, change: Change) -> None:
        given = [*change.given]
        if change.name not in _NAMES:
            raise ArchiveError("this program does not know how")
        if change.name == "set_note":
            given[2:] = [change.before]
        try:
            _carried_out(self, change.name, given).result(_WRITTEN_BY)
        except NotFound:
            ids = given[0]
            if isinstance(ids, list) and len(ids) > 1:  # one that is gone takes no other with it
                for task_id in ids:
                    with suppress(NotFound):
                        _carried_out(self, change.name, [[task_id], *given[1:]]).result(_WRITTEN_BY)
            raise


def _carried_out(annotations: AnnotationStore, name: str, given: "Sequence[Json]") -> "Future[None]":
    """Carry out a change by the method of the base class, which does not go through the outbox."""
    if name == "change_tags":
        ids, add, remove = given
        return AnnotationStore.change_tags(annotations, ids, add=add, remove=remove)  # type: ignore[arg-type]
    made: Future[None] = getattr(AnnotationStore, name)(annotations, *given)
    return made
