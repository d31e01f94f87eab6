"""An archive on a server that the dashboard can read while the server is unreachable."""

import os
import re
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui.domain.digest import sha256
from tui.domain.errors import ArchiveError
from tui.domain.task import NO_TASKS, Task
from tui.engine.archive.archive import Archive
from tui.engine.archive.cached.annotations import CachedAnnotations
from tui.engine.archive.cached.copy import LocalCopy
from tui.engine.archive.cached.outbox import Outbox
from tui.engine.archive.cached.store import CachedStore
from tui.engine.archive.person import whoami
from tui.engine.archive.rows import listed
from tui.engine.archive.writing import refused
from tui.engine.ports import NO_CHANGES, Changes, StoredResponse, TaskCounts

if TYPE_CHECKING:
    from tui.domain.provider import Draft
    from tui.engine.api import LogEntry
    from tui.engine.archive.postgres.queue import TeamQueue
    from tui.engine.archive.postgres.store import PostgresStore

_PASSWORD = re.compile(r"(//[^/@?]*?):[^/?]*@|(?<=[?&])(?:ssl)?password=[^&]*")
_LINES = 100
_WHICH = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE", "PGSERVICEFILE", "PGOPTIONS")


class CachedArchive(Archive):
    """An archive on a server, with a copy on this machine.

    Until it is known whether the server answers, and while it does not, reads are answered by the copy.
    """

    def __init__(self, store: CachedStore, outbox: Outbox, notes: tuple[str, ...] = ()) -> None:
        super().__init__(store, notes)
        self._cached = store
        self._seen = store.copy.place_in_time()[1]
        self._unwritten: deque[LogEntry] = deque(maxlen=_LINES)
        self._complete = False  # every task of the server was read
        self.annotations = self._annotations = CachedAnnotations(store, self._writer, outbox, self._tell)
        store.start(self._annotations.deliver, partial(self._tell, kind="problem"))

    @classmethod
    def beside(cls, url: str, cache: Path, state: Path) -> "CachedArchive":
        """Open the archive at `url`; the copy is in the folder `cache`, waiting changes are in `state`.

        Raises:
            DivewatchError: there is no copy yet, and the server cannot be reached or refuses.
        """
        path, outbox = copy_path(url, cache), Outbox(outbox_path(url, state))
        copy = LocalCopy(path) if path.exists() else None
        filled = copy is not None and copy.place_in_time()[1] > 0
        server, notes = (None, ()) if filled else _reached(url)  # before a file is made: the address may be wrong
        store = CachedStore(url, copy or LocalCopy(path), outbox, server=server)
        return cls(store, outbox, (*notes, *outbox.notes()))

    @property
    def queue(self) -> "TeamQueue":
        """The queue on the server."""
        from tui.engine.archive.postgres.queue import TeamQueue

        return TeamQueue(self._cached.server, self._writer)

    def close(self, timeout: float = 2.0) -> bool:
        """Write what is queued and close; what the server has not acknowledged by then is saved on the local disk."""
        done = super().close(timeout)
        self._annotations.put_aside()
        return done

    def deliver(self) -> None:
        """Write what waits for the server now, if that is there."""
        self._cached.settle()
        if self._cached.on_server:
            self._annotations.deliver()

    def load_tasks(self, known: Mapping[str, Task] = NO_TASKS) -> Sequence[Task]:
        """Return the tasks at hand, newest first; those of the copy if the server is unreachable."""
        self._cached.settle()
        before = self._cached.on_server
        with self._store.reading() as db:
            latest = int(db.execute("SELECT coalesce(max(changed), 0) FROM task").fetchone()[0])
        tasks = super().load_tasks(known)
        self._complete = before and self._cached.on_server
        if self._complete:
            self._seen = max(self._seen, latest)
        return tasks

    def foreign_changes(self) -> Changes:
        """Return changes by other processes; all tasks at hand after the server is reached and the copy was read."""
        if not self._cached.on_server:
            return NO_CHANGES
        if self._complete:
            return super().foreign_changes()
        with self._store.reading() as db:
            gone = listed.deleted_since(db, self._seen)
        return Changes(self.load_tasks(), gone, whole=self._complete)

    def keep_draft(self, task_id: str, draft: "Draft") -> "Future[None]":
        """Keep what a task is started with; refused while the server is away, for its row could not be kept either."""
        if self.away is None:
            return super().keep_draft(task_id, draft)
        return refused(
            ArchiveError(
                "not sent: a task is written into the archive before it is started, and its server is away",
                hint="send it again when the server is back",
            )
        )

    def unheard(self) -> frozenset[str]:
        """Return the ids of tasks whose last response is not stored; the copy does not know any."""
        return super().unheard() if self._cached.on_server else frozenset()

    def counts(self) -> TaskCounts | None:
        """Return how many tasks the server has; None while it is away: its copy has only some."""
        return super().counts() if self._cached.on_server else None

    def current_answer(self, task_id: str) -> StoredResponse | None:
        """Return the response to show, and keep it in the copy from now on."""
        answer = super().current_answer(task_id)
        if answer is not None:
            self._cached.keep(task_id)
        return answer

    def _tell(self, text: str, kind: str = "action") -> None:
        from tui.engine.api import LogEntry

        entry = LogEntry(datetime.now(UTC), kind, text)

        def written(done: "Future[None]") -> None:
            if done.exception() is not None:  # a server that only reads: it is said here at least
                self._unwritten.append(entry)

        self.add_log([entry]).add_done_callback(written)

    def log_after(self, number: int) -> "tuple[int, list[LogEntry]]":
        """Return the latest lines of the event log after line `number`, and those that could not be written."""
        last, entries = super().log_after(number)
        mine = [self._unwritten.popleft() for _ in range(len(self._unwritten))]
        return last, [*entries, *mine]


def copy_path(url: str, cache: Path) -> Path:
    """Return where the copy of the archive at `url` is, for this person."""
    return cache / f"{_name_of(url)}.db"


def outbox_path(url: str, state: Path) -> Path:
    """Return where the changes are that wait for the server at `url`."""
    return state / f"{_name_of(url)}-waiting.json"


def _reached(url: str) -> "tuple[PostgresStore, tuple[str, ...]]":
    from tui.engine.archive.postgres.open import open_server

    return open_server(url)


def _name_of(url: str) -> str:
    """Return the file name for one server and one person; it does not depend on the password."""
    which = [_PASSWORD.sub(r"\1@", url), *(os.environ.get(name, "") for name in _WHICH), whoami()]
    return f"archive-{sha256('|'.join(which).encode()).hex()[:16]}"
