"""Changes of the user that wait for the server: in a file, until the server has written them."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from tui.domain.atomic import append_private, write_atomic
from tui.domain.errors import ArchiveError
from tui.domain.frozen import frozen
from tui.engine.archive.sqlite.lock import KernelLock

if TYPE_CHECKING:
    from tui.domain.detail import Json


@frozen
class Change:
    """One change: a method of `AnnotationStore` and its arguments; `before` is what it takes the place of."""

    id: str
    name: str
    given: "Sequence[Json]"
    before: "Json" = None
    refused_at: float = 0.0  # seconds since 1970: when a server that only reads refused it first


_FIELDS = frozenset(field.name for field in fields(Change))


class Outbox:
    """The changes that wait, in order; the processes of one person share them.

    Args:
        path: a file; it is there while something waits.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.count = len(self._read())

    def add(self, name: str, given: "Sequence[Json]", before: "Json" = None, *, alone: bool = False) -> None:
        """Append a change, on disk when this returns; `alone` replaces one with the same first argument.

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
                f"the archive server is away, and this machine cannot keep the change either ({error.strerror})",
                hint="make room on the disk, then try again",
            ) from error

    def waiting(self) -> list[Change]:
        """Return the waiting changes, in order."""
        found = self._read()
        self.count = len(found)
        return found

    def refused_for(self) -> float:
        """Return for how many seconds a server has refused all that waits; this refusal counts from now on."""
        with self._lock("file"):
            kept, now = self._read(), time.time()
            if any(not change.refused_at for change in kept):
                kept = [replace(change, refused_at=change.refused_at or now) for change in kept]
                self._write(kept)
        return min((max(0.0, now - change.refused_at) for change in kept), default=0.0)

    def remove(self, done: Change) -> None:
        """Remove a change that was written; one that replaced it meanwhile is kept."""
        with self._lock("file"):
            kept = [change for change in self._read() if change.id != done.id]
            self._write([_after(done, change) for change in kept])

    def refuse(self, change: Change, why: str) -> Path:
        """Save a change that can never be written in a file for its author; returns the file.

        Raises:
            OSError: it cannot be kept there.
        """
        path = self._path.with_name(f"{self._path.stem}-refused.jsonl")
        append_private(path, json.dumps({**asdict(change), "why": why}, ensure_ascii=False).encode() + b"\n")
        return path

    def notes(self) -> tuple[str, ...]:
        """Return messages to the user about changes that were not written."""
        files = sorted(self._path.parent.glob(f"{self._path.stem}-*.json*"))
        return tuple(
            f"Changes could not be written to the archive server; what was typed is in {file} (remove it when done)."
            for file in files
            if not file.name.endswith(".lock")
        )

    def turn(self) -> KernelLock:
        """Return the lock of the process that writes the changes: only one does, so that their order is kept."""
        return self._lock("turn")

    def _lock(self, name: str) -> KernelLock:
        return KernelLock(self._path.with_name(f"{self._path.name}-{name}.lock"))

    def _read(self) -> list[Change]:
        try:
            found = self._path.read_bytes()
        except FileNotFoundError:
            return []
        try:
            return [Change(**{name: one[name] for name in _FIELDS & one.keys()}) for one in json.loads(found)]
        except (
            ValueError,
            TypeError,
            AttributeError,
        ):  # not ours, or from a disk that failed: kept, and out of the way
            self._path.replace(self._path.with_name(f"{self._path.stem}-unreadable-{uuid4().hex[:8]}.json"))
            return []

    def _write(self, changes: Sequence[Change]) -> None:
        self.count = len(changes)
        if changes:
            write_atomic(self._path, json.dumps([asdict(change) for change in changes]).encode())
        else:
            self._path.unlink(missing_ok=True)


def _after(done: Change, change: Change) -> Change:
    """Return `change` as made after `done` was written: the note that it replaces is its author's own."""
    same = (done.name, done.given[0]) == (change.name, change.given[0])
    return replace(change, before=done.given[1]) if same and done.name == "set_note" else change
