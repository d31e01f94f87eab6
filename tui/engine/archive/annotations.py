"""The user's annotations of tasks: notes, tags, read, pinned, hidden, deleted; and remembered view state."""

import json
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING, Any
from unicodedata import category

from tui.domain import merge_text
from tui.domain.annotations import Annotations, People
from tui.domain.errors import UsageError
from tui.domain.text import clean
from tui.engine.archive.database import Database, Store
from tui.engine.archive.rows import rows
from tui.engine.archive.rows.task_json import storable
from tui.engine.archive.shared_sql import (
    EVERYTHING,
    FINAL_SQL,
    NOTED_BY,
    SEEN_BEFORE,
    STARTED_BY,
    TAGGED_BY,
    put_state,
    state_of,
)

if TYPE_CHECKING:
    from tui.domain.detail import Json

_COLUMNS = "note, tags, seen, pinned, hidden"
_ADDED = "(seen = 0 OR pinned OR hidden OR note <> '' OR tags <> ' ')"
_MANY = 500  # ids in one statement
_MERGED = "merged."  # and the id of a task: which change of its note was merged last, and what came of it


class AnnotationStore:
    """The user's annotations of the tasks of one archive. Writes are futures, done after commit."""

    def __init__(self, store: Store, writer: int) -> None:
        self._store = store
        self._writer = writer

    def local(self, task_id: str) -> Annotations:
        """Return the annotations of a task.

        Raises:
            NotFound: there is no such task.
        """
        with self._store.reading() as db:
            row = db.execute(f"SELECT {_COLUMNS} FROM {db.tasks} WHERE n = ?", (rows.row_of(db, task_id),)).fetchone()
        return _local(*row)

    def locals(self, task_ids: Collection[str] | None = None) -> Mapping[str, Annotations]:
        """Return what the user added to tasks that are not deleted, all or these; one missing here is `NO_ANNOTATIONS`.

        Most tasks of a long history are read and have nothing added: they are not even made into values.
        """
        if task_ids is not None and not task_ids:
            return {}
        with self._store.reading() as db:
            statement = f"SELECT id, {_COLUMNS} FROM {db.tasks} WHERE deleted_at IS NULL AND {_ADDED}"
            if task_ids is None or len(task_ids) > _MANY:
                found = db.execute(statement).fetchall()
            else:
                places = ", ".join("?" * len(task_ids))
                found = db.execute(f"{statement} AND id IN ({places})", tuple(task_ids)).fetchall()
        return {task_id: _local(*row) for task_id, *row in found if task_ids is None or task_id in task_ids}

    def people(self, task_id: str) -> People:
        """Return who started a task, wrote its note and gave it its tags.

        Raises:
            NotFound: there is no such task.
        """
        with self._store.reading() as db:
            n = rows.row_of(db, task_id)
            own_id, tags = db.execute("SELECT id, tags FROM task WHERE n = ?", (n,)).fetchone()
            keys = [prefix + own_id for prefix in (STARTED_BY, NOTED_BY, TAGGED_BY)]
            known = dict(db.execute("SELECT key, value FROM state WHERE key IN (?, ?, ?)", keys).fetchall())
        tagged = json.loads(known.get(keys[2], "{}"))
        return People(
            known.get(keys[0], ""), known.get(keys[1], ""), tuple((tag, tagged.get(tag, "")) for tag in tags.split())
        )

    def set_note(self, task_id: str, note: str, before: str | None = None) -> "Future[None]":
        """Replace the note of a task; it is found by search.

        `before` is the note that its author saw: where another person has changed it since, both are kept.
        """
        text = storable(clean(note))

        def change(db: Database, n: int) -> None:
            own_id, present = db.execute("SELECT id, note FROM task WHERE n = ?", (n,)).fetchone()
            kept = text if before is None else _merged(db, own_id, storable(clean(before)), present, text)
            if kept == present:
                return
            db.index.changing(db, n, lambda: _set(db, n, "note", kept))
            put_state(db, NOTED_BY + own_id, db.person if kept else "")

        return self._change([task_id], change)

    def change_tags(
        self, task_ids: Sequence[str], *, add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> "Future[None]":
        """Add and remove tags of tasks.

        Raises:
            UsageError: a tag has characters that it cannot have.
        """
        more, fewer = {tag_of(tag) for tag in add}, {tag_of(tag) for tag in remove}

        def change(db: Database, n: int) -> None:
            old = db.execute("SELECT tags FROM task WHERE n = ?", (n,)).fetchone()[0].split()
            _set_tags(db, n, _tags_text({*old, *more} - fewer))

        return self._change(task_ids, change)

    def set_read(self, task_ids: Sequence[str], read: bool = True) -> "Future[None]":
        """Mark reports, as they are now, as read or unread. A report that changes is unread again."""
        ended = f"CASE WHEN {FINAL_SQL} THEN {SEEN_BEFORE} ELSE 0 END"
        seen = f"coalesce(answer, {ended})" if read else "0"
        return self._change(task_ids, lambda db, n: db.marks.set_seen(db, n, seen))

    def set_pinned(self, task_ids: Sequence[str], pinned: bool = True) -> "Future[None]":
        """Pin tasks, or unpin them."""
        return self._change(task_ids, lambda db, n: db.marks.set_flag(db, n, "pinned", pinned))

    def set_hidden(self, task_ids: Sequence[str], hidden: bool = True) -> "Future[None]":
        """Hide tasks in lists without deleting them, or show them again."""
        return self._change(task_ids, lambda db, n: db.marks.set_flag(db, n, "hidden", hidden))

    def delete(self, task_ids: Sequence[str]) -> "Future[None]":
        """Delete tasks in this archive, not at the provider; `restore` undoes it until `purge`."""
        now = rows.micros(time.time())

        def work(db: Database) -> None:
            latest = db.execute("SELECT coalesce(max(deleted_at), 0) FROM task WHERE deleted_at IS NOT NULL").fetchone()
            at = max(now, latest[0] + 1)  # a clock that was set back must not change which deletion is the latest
            for task_id in task_ids:
                n = rows.row_of(db, task_id)
                db.marks.deleting(db, n, self._writer)
                _set(db, n, "deleted_at", at)
                rows.touch(db, n, self._writer)

        return self._store.write(work)

    def restore(self, task_ids: Sequence[str]) -> "Future[None]":
        """Undo `delete`."""
        return self._change(task_ids, lambda db, n: _set(db, n, "deleted_at", None))

    def restore_latest(self) -> "Future[list[str]]":
        """Undo the latest `delete` that was not undone, whoever made it; returns the ids."""
        found: list[tuple[str, int]] = []  # carried out again, it undoes no other one

        def work(db: Database) -> list[str]:
            latest = "SELECT max(deleted_at) FROM task WHERE deleted_at IS NOT NULL"
            found[:] = (
                found or db.execute(f"SELECT id, n FROM task WHERE deleted_at = ({latest}) ORDER BY n").fetchall()
            )
            for _, n in found:
                _set(db, n, "deleted_at", None)
                rows.touch(db, n, self._writer)
            return [task_id for task_id, _ in found]

        return self._store.write(work)

    def deleted(self, before: datetime | None = None) -> Sequence[str]:
        """Return the ids of tasks deleted (before that time), the latest deleted first."""
        limit = EVERYTHING if before is None else rows.micros(before.timestamp())
        with self._store.reading() as db:
            found = db.execute("SELECT id FROM task WHERE deleted_at < ? ORDER BY deleted_at DESC, n DESC", (limit,))
            return [task_id for (task_id,) in found]

    def purge(self, task_ids: Sequence[str]) -> "Future[int]":
        """Remove deleted tasks for good, with their responses; returns how many. Others are left alone.

        That a task was deleted stays known: its provider's list does not bring it back.
        """
        return self._store.write(lambda db: sum(_purge(db, rows.row_of(db, task_id)) for task_id in task_ids))

    def state(self, key: str) -> "Json":
        """Return the value that `set_state` stored under `key`; None if there is none."""
        with self._store.reading() as db:
            for place in db.marks.places(db, key):
                if (text := state_of(db, place)) is not None:
                    value: Json = json.loads(text)
                    return value
        return None

    def set_state(self, key: str, value: "Json") -> "Future[None]":
        """Store `value` under `key`: reading positions, sort order, filter. None removes it."""
        text = json.dumps(value)

        def work(db: Database) -> None:
            own, *shared = db.marks.places(db, key)
            if value is None and not shared:
                db.execute("DELETE FROM state WHERE key = ?", (own,))
            else:
                put_state(db, own, text)

        return self._store.write(work)

    def _change(self, task_ids: Sequence[str], change: Callable[[Database, int], None]) -> "Future[None]":
        def work(db: Database) -> None:
            for task_id in task_ids:
                n = rows.row_of(db, task_id)
                change(db, n)
                rows.touch(db, n, self._writer)

        return self._store.write(work)


def tag_of(text: str) -> str:
    """Return `text` as a normalised tag; vowel signs and accents (marks) are parts of letters.

    Raises:
        UsageError: it is empty or has characters that a tag cannot have.
    """
    tag = text.strip().lstrip("#").lower()
    if not tag or not all(char.isalnum() or char in "-_.:/#+@" or category(char)[0] == "M" for char in tag):
        raise UsageError(f"'{clean(text)}' is no tag", hint="a tag has letters, digits and -_.:/#+@")
    return tag


def _tags_text(tags: set[str]) -> str:
    return f" {' '.join(sorted(tags))} " if tags else " "


def _local(note: str, tags: str, seen: int, pinned: int, hidden: int) -> Annotations:
    return Annotations(note, tuple(tags.split()), bool(seen), bool(pinned), bool(hidden))


def _set(db: Database, n: int, column: str, value: Any) -> None:
    db.execute(f"UPDATE task SET {column} = ? WHERE n = ?", (value, n))


def _set_tags(db: Database, n: int, tags: str) -> None:
    """Replace the tags of a task; new ones are recorded as this person's."""
    own_id, old = db.execute("SELECT id, tags FROM task WHERE n = ?", (n,)).fetchone()
    tagged = state_of(db, TAGGED_BY + own_id)
    known = json.loads(tagged) if tagged else dict.fromkeys(old.split(), "")
    _set(db, n, "tags", tags)
    put_state(db, TAGGED_BY + own_id, json.dumps({tag: known.get(tag, db.person) for tag in tags.split()}))


def _merged(db: Database, task_id: str, before: str, present: str, text: str) -> str:
    """Return the note where one person changed `before` to `present`, and another to `text`.

    A change may come twice, where the answer to the first commit was lost: then it is in the note already.
    """
    if present in {before, text}:
        return text
    key, change = _MERGED + task_id, _digest_of(before, text)
    known = state_of(db, key)
    if known is not None and json.loads(known) == [change, _digest_of(present)]:
        return present
    kept = merge_text.merged(before, present, text)
    put_state(db, key, json.dumps([change, _digest_of(kept)]))
    return kept


def _digest_of(*texts: str) -> str:
    """Return a digest by which equal texts are known."""
    from tui.domain.digest import sha256  # the first paint needs none

    return sha256(json.dumps(texts).encode()).hex()


def _purge(db: Database, n: int) -> int:
    deleted_at, *key = db.execute(
        "SELECT deleted_at, provider, account, remote_id FROM task WHERE n = ?", (n,)
    ).fetchone()
    if deleted_at is None:
        return 0
    for prefix in ("draft.", NOTED_BY, TAGGED_BY, _MERGED):
        db.execute("DELETE FROM state WHERE key IN (SELECT ? || id FROM task WHERE n = ?)", (prefix, n))
    if key[2] is not None:
        put_state(db, rows.PURGED + json.dumps(key), "")
    bodies = db.execute("SELECT n, body FROM answer WHERE task = ?", (n,)).fetchall()
    rows.count_on(db, n)
    db.index.changing(db, n, lambda: db.execute("DELETE FROM task WHERE n = ?", (n,)))
    for _, body in bodies:
        db.execute("DELETE FROM body WHERE n = ?1 AND NOT EXISTS (SELECT 1 FROM answer WHERE body = ?1)", (body,))
    return 1
