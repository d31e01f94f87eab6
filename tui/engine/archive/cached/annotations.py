"""What the user adds to tasks of an archive on a server: changes that cannot be written now wait on this disk."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.domain.errors import ArchiveError, DivewatchError, NotFound, NotSavedYet
from tui.domain.text import one_line
from tui.engine.archive.annotations import AnnotationStore, tag_of
from tui.engine.archive.cached.outbox import Change, Outbox
from tui.engine.archive.cached.store import CachedStore
from tui.engine.archive.postgres.connect import NotNow, ServerGone

if TYPE_CHECKING:
    from tui.domain.detail import Json

_NAMES = frozenset("set_note change_tags set_read set_pinned set_hidden delete set_state".split())
_ONE_VALUE = frozenset({"set_note", "set_state"})  # a later one takes the place of an earlier one
_WRITTEN_BY = 60.0  # seconds


class CachedAnnotations(AnnotationStore):
    """The annotations of an archive on a server. Writes are futures; one that has to wait fails with `NotSavedYet`.

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
        self._under_way: dict[Future[None], tuple[str, Sequence[Json]]] = {}

    def set_note(self, task_id: str, note: str, before: str | None = None) -> "Future[None]":
        """Replace the note of a task; where another person changed it meanwhile, both stay."""
        return self._sent("set_note", task_id, note, before)

    def change_tags(
        self, task_ids: Sequence[str], *, add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> "Future[None]":
        """Give tasks more tags, or take some away."""
        return self._sent("change_tags", [*task_ids], sorted(map(tag_of, add)), sorted(map(tag_of, remove)))

    def set_read(self, task_ids: Sequence[str], read: bool = True) -> "Future[None]":
        """Note that reports were read, or were not."""
        return self._sent("set_read", [*task_ids], read)

    def set_pinned(self, task_ids: Sequence[str], pinned: bool = True) -> "Future[None]":
        """Pin tasks, or let them go."""
        return self._sent("set_pinned", [*task_ids], pinned)

    def set_hidden(self, task_ids: Sequence[str], hidden: bool = True) -> "Future[None]":
        """Put tasks out of sight, or bring them back."""
        return self._sent("set_hidden", [*task_ids], hidden)

    def delete(self, task_ids: Sequence[str]) -> "Future[None]":
        """Delete tasks here, never at the provider."""
        return self._sent("delete", [*task_ids])

    def restore_latest(self) -> "Future[list[str]]":
        """Undo the latest `delete`: one that still waits is not carried out; else as the base class does."""
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
        """Remember `value` under `key`."""
        return self._sent("set_state", key, value)

    def deliver(self) -> None:
        """Write what waits, in order, as far as the server lets us."""
        if not self._outbox.count:
            return
        turn = self._outbox.turn()
        if not turn.take():  # another process of this person does it
            return
        try:
            self._write_all(self._outbox.waiting())
        except (ServerGone, NotNow):
            return
        finally:
            turn.release()

    def put_aside(self) -> None:
        """Keep on this disk what the server has not acknowledged: the program ends."""
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
                kept = self._outbox.refuse(change, error.message)
                about = one_line(str(change.given[0]), 300)  # not the words: the log is read by the whole team
                self._told(
                    f"a change that waited could not be written: {change.name} {about}: {error.message}; "
                    f"its author has it in {kept.name}"
                )
            else:
                written += 1
            self._outbox.remove(change)
        if written:
            self._told(f"{written} changes that waited for the archive server are written")

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
