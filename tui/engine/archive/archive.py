"""The archive as one object: what the engine writes and reads, and the queries of the front ends."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

from tui.config.folders import is_url
from tui.domain.away import Away
from tui.domain.errors import ArchiveError, NotFound
from tui.domain.task import Task
from tui.engine.archive.annotations import AnnotationStore
from tui.engine.archive.database import Database, Store
from tui.engine.archive.person import whoami
from tui.engine.archive.rows import drafts, indexed, listed, responses, rows
from tui.engine.archive.rows import log as events
from tui.engine.archive.task_queries import TaskQueries
from tui.engine.ports import NO_CHANGES, Changes, ParsedResponse, ResponseFingerprint, StoredResponse

if TYPE_CHECKING:
    from tui.domain.annotations import People
    from tui.domain.provider import Draft
    from tui.engine.api import LogEntry
    from tui.engine.archive.copying import Copied
    from tui.engine.archive.postgres.queue import TeamQueue
    from tui.engine.archive.postgres.store import PostgresStore
    from tui.engine.archive.rows.maintenance import Maintenance
    from tui.engine.archive.rows.values import CostLine, DayCost, StoredVersion
    from tui.engine.archive.search.library import Library


class Archive(TaskQueries):
    """One archive file. Every method may be called from any thread.

    Writes return futures that are done when the transaction is on the disk, in the order of the calls, or failed with a
    `DivewatchError`. Reads block (milliseconds) and see everything committed before.

    Attributes:
        notes: what happened on opening that the user must be told, one line each.
        annotations: what the user adds: notes, tags, marks, deletion, state of the screens.
    """

    def __init__(self, store: Store, notes: tuple[str, ...] = ()) -> None:
        super().__init__(store)
        self._writer = (int.from_bytes(os.urandom(8), "big") >> 2) + 1  # whose changes are not foreign
        self.notes = notes
        self.annotations = AnnotationStore(store, self._writer)
        self._watch_lock = threading.Lock()
        self._more = False  # whether more has changed than one look brings
        with store.reading() as db:
            self._seen = int(db.execute("SELECT coalesce(max(changed), 0) FROM task").fetchone()[0])

    @classmethod
    def open(cls, place: Path | str, *, read_only: bool = False, say: Callable[[str], object] = str) -> "Archive":
        """Open the archive at `place`; creates, migrates or recovers it as needed (see `notes`).

        Args:
            place: a file, whose folder is made if it is missing; or "postgresql://...", an archive on a server.
            read_only: never write, not even SQLite's own files.
            say: is told what takes long, before it begins. Of a file only.

        Raises:
            ArchiveError: it belongs to a newer divewatch or another program, or cannot be opened at all.
        """
        store, notes = _open(place, read_only, say)
        try:
            return cls(store, notes)
        except BaseException:
            store.close(1.0)
            raise

    @cached_property
    def library(self) -> "Library":
        """Search and sources across all reports; imported on first use, which is after the first paint."""
        from tui.engine.archive.search.library import Library

        return Library(self._store)

    @property
    def queue(self) -> "TeamQueue | None":
        """The queue of a shared archive; None for a file."""
        if self._store.kind == "sqlite":
            return None
        from tui.engine.archive.postgres.queue import TeamQueue

        return TeamQueue(lambda: cast("PostgresStore", self._store), self._writer)

    @cached_property
    def maintenance(self) -> "Maintenance":
        """Sizes, checks, backup, compacting; imported on first use."""
        if self._store.kind == "postgres":
            from tui.engine.archive.postgres.maintenance import PostgresMaintenance

            return PostgresMaintenance(self._store)
        from tui.engine.archive.sqlite_maintenance import SqliteMaintenance

        return SqliteMaintenance(self._store)

    @property
    def place(self) -> str:
        """The location for display: a path, or a server's address without any secret."""
        return self._store.place

    @property
    def path(self) -> Path:
        """The file of an archive in a file; meaningless for one on a server."""
        return Path(self._store.place)

    @property
    def notice(self) -> str:
        """What happened to the archive and was not acknowledged yet; "" for nothing."""
        if self._store.kind == "postgres":
            return ""
        from tui.engine.archive import notice

        return notice.read(self._store.place)

    @property
    def read_only(self) -> bool:
        """Whether writes are refused."""
        return self._store.read_only

    @property
    def away(self) -> Away | None:
        """Since when the server is unreachable; None while it answers, and always for a file."""
        return self._store.away

    def close(self, timeout: float = 2.0) -> bool:
        """Write what is queued, release the lease, close; False if writing took longer than `timeout` seconds."""
        done = self._store.close(timeout)
        if done and self._store.kind == "sqlite":
            self._store.lease.release("")
        return done

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- tasks

    def people(self, task_id: str) -> "People":
        """Return who started a task and annotated it; in a file without the user. Raises `NotFound`."""
        found = self.annotations.people(task_id)
        return found if self._store.kind == "postgres" else found.without(whoami())

    def put_tasks(self, tasks: Sequence[Task]) -> "Future[None]":
        """Insert or replace rows by local id; before a POST, so that nothing started is ever lost.

        A task whose `key` is known under another local id becomes one row with it: both ids lead there.
        """

        def work(db: Database) -> None:
            for task in tasks:
                rows.put(db, task, self._writer)

        return self._store.write(work)

    def keep_draft(self, task_id: str, draft: "Draft") -> "Future[None]":
        """Save the draft that a task is started with; before the POST, like its row."""
        return self._store.write(lambda db: drafts.save(db, task_id, draft))

    def draft(self, task_id: str) -> "Draft | None":
        """Return the draft that a task was started with; None if it was started elsewhere.

        Raises:
            NotFound: there is no such task.
        """
        with self._store.reading() as db:
            return drafts.load(db, task_id)

    def foreign_changes(self) -> Changes:
        """Return the changes by other processes since the last call; nearly free when there are none."""
        if not (self._store.foreign() or self._more):
            return NO_CHANGES
        with self._watch_lock, self._store.reading() as db:
            found, self._seen, self._more = listed.changes(db, self._seen, self._writer)
        return found

    def save_answer(
        self, task_id: str, body: bytes, *, digest: str = "", received_at: datetime, final: bool
    ) -> "Future[None]":
        """Store a response before it is parsed; `final` is False if the task was unfinished when last seen.

        Equal bytes are stored once. Of an unfinished task only the latest answer that was read is kept, and the latest
        20 that were not; of a finished one, every changed answer. `digest`, if given, must be the body's SHA-256.
        """

        def work(db: Database) -> None:
            from tui.domain.digest import sha256

            if digest and sha256(body).hex() != digest:
                raise ArchiveError("an answer was not stored: it does not match its checksum")
            responses.save(db, rows.row_of(db, task_id), body, received_at, final=final)

        return self._store.write(work)

    def save_reading(self, reading: ParsedResponse, cited: indexed.Cited | None = None) -> "Future[None]":
        """Store the values parsed from the response `reading.mark.digest`, and the task's new value.

        `cited` tells, by source id, on which lines of the report each source is cited.
        """
        return self._store.write(lambda db: indexed.save(db, reading, cited or {}, self._writer))

    def save_unreadable(self, task_id: str, body: bytes, why: str, *, received_at: datetime) -> "Future[None]":
        """Store a response that could not be parsed, with the reason; needs no `save_answer` before it."""

        def work(db: Database) -> None:
            n = rows.row_of(db, task_id)
            answer = responses.save(db, n, body, received_at, final=False)
            indexed.save_unreadable(db, n, answer, why)

        return self._store.write(work)

    def current_answer(self, task_id: str) -> StoredResponse | None:
        """Return the response to show: the one with the current report, else the latest; None for none.

        Raises:
            ArchiveError: its bytes do not match their checksum.
        """
        with self._store.reading() as db:
            answer = responses.current(db, rows.row_of(db, task_id))
            return None if answer is None else StoredResponse(*responses.load(db, answer))

    def mark(self, task_id: str) -> ResponseFingerprint | None:
        """Return the fingerprint of the response that `current_answer` returns."""
        with self._store.reading() as db:
            answer = responses.current(db, rows.row_of(db, task_id))
            return None if answer is None else responses.mark(db, answer)

    def versions(self, task_id: str) -> "list[StoredVersion]":
        """Return every stored response of a task, oldest first."""
        with self._store.reading() as db:
            return responses.versions(db, rows.row_of(db, task_id))

    def raw(self, task_id: str, version: int | None = None) -> bytes:
        """Return a response byte for byte: the one to show, or that with the number `version` in `versions`.

        Raises:
            NotFound: there is none.
            ArchiveError: its bytes do not match their checksum.
        """
        with self._store.reading() as db:
            n = rows.row_of(db, task_id)
            answer = responses.current(db, n) if version is None else responses.numbered(db, n, version)
            if answer is None:
                raise NotFound("no answer of this task has been saved yet")
            return responses.load(db, answer)[0]

    def answer(self, task_id: str, version: int) -> StoredResponse:
        """Return the response with the number `version` in `versions`.

        Raises:
            NotFound: there is none.
            ArchiveError: its bytes do not match their checksum.
        """
        with self._store.reading() as db:
            return StoredResponse(*responses.load(db, responses.numbered(db, rows.row_of(db, task_id), version)))

    def with_body(self, body: bytes) -> list[str]:
        """Return the ids of tasks that have exactly this response: importing it again adds nothing."""
        with self._store.reading() as db:
            return responses.tasks_with(db, body)

    def copy_into(self, target: "Archive", told: Callable[[int], object] = lambda count: None) -> "Copied":
        """Copy everything that `target` lacks; repeating it continues, and adds nothing twice.

        Raises:
            ArchiveError: one of the two cannot be read or written any more.
        """
        from tui.engine.archive.copying import copy

        return copy(self._store, target._store, told)

    def take_lease(self, account: str = "") -> bool:
        """Take or renew the lease to poll `account`; returns False if another process has it.

        The lease is free again when its holder dies. In a file there is one lease for all accounts.

        Raises:
            ArchiveError: the archive refuses; nobody else need have it.
        """
        return self._store.lease.take(account)

    def release_lease(self, account: str = "") -> None:
        """Release the lease of `account`, or of all accounts."""
        self._store.lease.release(account)

    def lease_holder(self) -> str:
        """Return who has, or had last, the lease: "process 123 on host since 12:00"; "" if unknown."""
        return self._store.lease.holder()

    def listen(self, told: Callable[[], None]) -> None:
        """Call `told`, from any thread, soon after another process changed something, where that can be detected."""
        self._store.listen(told)

    def add_log(self, entries: "Sequence[LogEntry]") -> "Future[None]":
        """Append lines to the event log; of more than 5,000 the oldest are removed."""
        return self._store.write(lambda db: events.add(db, entries))

    def log(self, limit: int = 500) -> "list[LogEntry]":
        """Return the latest lines of the event log, oldest first."""
        with self._store.reading() as db:
            return events.latest(db, limit)

    def log_after(self, number: int) -> "tuple[int, list[LogEntry]]":
        """Return the latest lines of the event log after line `number`, oldest first, and the number of the last."""
        with self._store.reading() as db:
            return events.after(db, number)

    def costs(
        self, since: datetime | None = None, until: datetime | None = None, *, described: bool = False
    ) -> "list[CostLine]":
        """Return the costs of tasks created in [since, until), oldest first; deleted ones too, imported files not.

        With `described`, those that are not deleted have `CostLine.task`, which takes its time.
        """
        from tui.engine.archive.rows import costs

        with self._store.reading() as db:
            return costs.lines(db, since, until, described=described)

    def daily_costs(self, since: datetime) -> "list[DayCost]":
        """Return what was created on the day of `since` (UTC) and later cost, summed up by the database."""
        from tui.engine.archive.rows import costs

        with self._store.reading() as db:
            return costs.by_day(db, since)


def _open(place: Path | str, read_only: bool, say: Callable[[str], object]) -> tuple[Store, tuple[str, ...]]:
    if isinstance(place, str) and is_url(place):
        from tui.engine.archive.postgres.open import open_server

        return open_server(place, read_only=read_only)
    from tui.engine.archive.open import check_sqlite, open_store

    if not read_only:
        check_sqlite()
    return open_store(Path(place), read_only=read_only, say=say)
