"""Changes of the user that wait for the server: in a file, until the server has written them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from tui.domain.atomic import write_atomic
from tui.domain.errors import ArchiveError
from tui.engine.archive.sqlite.lock import KernelLock

if TYPE_CHECKING:
    from tui.domain.detail import Json


@dataclass(frozen=True, slots=True)
class Change:
    """One change: a method of the desk and what it is given; `before` is what it takes the place of."""

    id: str
    name: str
    given: "Sequence[Json]"
    before: "Json" = None


class Outbox:
    """The changes that wait, in order; the processes of one person share them.

    Args:
        path: a file; it is there while something waits.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.count = len(self._read())

    def add(self, name: str, given: "Sequence[Json]", before: "Json" = None, *, alone: bool = False) -> None:
        """Keep one more, on the disk when this returns; `alone` takes the place of one with the same first argument.

        Raises:
            ArchiveError: it could not be written: nothing is kept.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._lock("file"):
                kept = self._read()
                same = [one for one in kept if alone and (one.name, one.given[0]) == (name, given[0])]
                first = same[0].before if same else before
                self._write([*(one for one in kept if one not in same), Change(uuid4().hex, name, given, first)])
        except OSError as error:
            raise ArchiveError(
                f"The archive server is away, and this machine cannot keep the change either ({error.strerror}).",
                hint="Make room on the disk, then try again.",
            ) from error

    def waiting(self) -> list[Change]:
        """Return what waits, in order."""
        found = self._read()
        self.count = len(found)
        return found

    def remove(self, change_id: str) -> None:
        """Forget a change that has been written."""
        with self._lock("file"):
            self._write([change for change in self._read() if change.id != change_id])

    def turn(self) -> KernelLock:
        """Return the lock of whoever writes what waits: only one process does, so that the order is kept."""
        return self._lock("turn")

    def _lock(self, name: str) -> KernelLock:
        return KernelLock(self._path.with_name(f"{self._path.name}-{name}.lock"))

    def _read(self) -> list[Change]:
        try:
            return [Change(**change) for change in json.loads(self._path.read_bytes())]
        except FileNotFoundError:
            return []

    def _write(self, changes: Sequence[Change]) -> None:
        self.count = len(changes)
        if changes:
            write_atomic(self._path, json.dumps([asdict(change) for change in changes]).encode())
        else:
            self._path.unlink(missing_ok=True)
