"""Raw responses, stored before they are parsed, by the SHA-256 of their bytes, and checked when read back."""

import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.domain.errors import ArchiveError, NotFound
from tui.engine.archive.database import Database
from tui.engine.archive.rows.rows import micros
from tui.engine.ports import ResponseFingerprint

if TYPE_CHECKING:
    from tui.engine.archive.rows.values import StoredVersion

_UNREAD_KEPT = 20  # unreadable answers of one unfinished task; a provider's error pages must not fill a disk


def save(db: Database, task: int, body: bytes, received_at: datetime, *, final: bool) -> int:
    """Store `body` as the latest response of row `task`; returns its number.

    The same bytes as the latest answer are not stored again.
    """
    digest = _digest_of(body)
    stored = db.execute(
        "INSERT INTO body (sha256, size, data) VALUES (?, ?, ?) ON CONFLICT (sha256) DO NOTHING RETURNING n",
        (digest, len(body), zlib.compress(body, 6)),
    ).fetchone()
    if stored is None:  # these bytes are known
        stored = db.execute("SELECT n FROM body WHERE sha256 = ?", (digest,)).fetchone()
        latest = db.execute("SELECT n, body FROM answer WHERE task = ? ORDER BY n DESC LIMIT 1", (task,)).fetchone()
        if latest is not None and latest[1] == stored[0]:
            db.execute("UPDATE answer SET final = final OR ? WHERE n = ?", (final, latest[0]))
            return int(latest[0])
    made, many = db.execute(
        "INSERT INTO answer (task, body, received_at, final, state) VALUES (?, ?, ?, ?, 'new') RETURNING n, "
        "(SELECT count(*) FROM answer AS other WHERE other.task = answer.task AND NOT other.final) >= ?",
        (task, stored[0], micros(received_at.timestamp()), final, _UNREAD_KEPT),
    ).fetchone()
    if many:
        drop_old(db, task, None)
    return int(made)


def set_read(db: Database, task: int, mark: ResponseFingerprint, state: str) -> int:
    """Record that the latest response of row `task` with this fingerprint was read; returns its number.

    Raises:
        ArchiveError: its bytes were never stored: a reading without its answer is refused.
    """
    found = db.execute(
        "UPDATE answer SET state = ?, why = NULL, etag = ?, report_chars = ? WHERE n = (SELECT answer.n FROM answer "
        "JOIN body ON body.n = answer.body WHERE task = ? AND sha256 = ? ORDER BY answer.n DESC LIMIT 1) RETURNING n",
        (state, mark.etag, mark.report_chars, task, bytes.fromhex(mark.digest)),
    ).fetchone()
    if found is None:
        raise ArchiveError("a reading without its stored answer was refused", hint="this is a fault of divewatch")
    return int(found[0])


def tasks_with(db: Database, body: bytes) -> list[str]:
    """Return the ids of tasks that have exactly this response."""
    found = db.execute(
        "SELECT DISTINCT task.id FROM task JOIN answer ON answer.task = task.n "
        "JOIN body ON body.n = answer.body WHERE sha256 = ?",
        (_digest_of(body),),
    ).fetchall()
    return [task_id for (task_id,) in found]


def drop_old(db: Database, task: int, keep: int | None) -> None:
    """Remove responses of row `task` that are no longer needed.

    Of those of an unfinished task that were parsed only `keep` is needed once it was parsed, too (until then it is
    None); of those that were not, the latest `_UNREAD_KEPT`. The one that people read stays, whatever its state.
    """
    gone = db.execute(
        "DELETE FROM answer WHERE task = ?1 AND n <> coalesce((SELECT task.answer FROM task WHERE task.n = ?1), 0) AND "
        "(state = 'interim' AND n <> ?2 OR NOT final AND state IN ('new', 'unreadable') AND n NOT IN "
        "(SELECT latest.n FROM answer AS latest WHERE latest.task = ?1 ORDER BY latest.n DESC LIMIT ?3)) "
        "RETURNING body",
        (task, keep, _UNREAD_KEPT),
    ).fetchall()
    for (body,) in gone:
        _remove_body(db, body)


def versions(db: Database, task: int) -> "list[StoredVersion]":
    """Return every stored response of row `task`, oldest first."""
    from tui.engine.archive.rows.values import StoredVersion

    shown = db.execute("SELECT answer FROM task WHERE n = ?", (task,)).fetchone()[0]
    return [
        StoredVersion(number, digest.hex(), moment(at), size, state, n == shown, why or "")
        for number, (n, digest, at, size, state, why) in enumerate(
            db.execute(
                "SELECT answer.n, sha256, received_at, size, state, why FROM answer JOIN body ON body.n = answer.body "
                "WHERE task = ? ORDER BY answer.n",
                (task,),
            ),
            start=1,
        )
    ]


def current(db: Database, task: int) -> int | None:
    """Return the number of the response to show: the report's, else the latest."""
    found = db.execute(
        "SELECT coalesce(answer, (SELECT max(n) FROM answer WHERE answer.task = task.n)) FROM task WHERE n = ?", (task,)
    ).fetchone()
    return None if found[0] is None else int(found[0])


def numbered(db: Database, task: int, version: int) -> int:
    """Return the response with the number `version` in `versions`.

    Raises:
        NotFound: there is no such version.
    """
    found = db.execute(
        "SELECT n FROM answer WHERE task = ? ORDER BY n LIMIT 1 OFFSET ?", (task, max(0, version - 1))
    ).fetchone()
    if found is None or version < 1:
        raise NotFound(f"there is no version {version} of this task", hint="`divewatch versions list` lists them")
    return int(found[0])


def load(db: Database, answer: int) -> tuple[bytes, str, datetime]:
    """Return body, digest and time of arrival of a response.

    Raises:
        NotFound: it is not here: a copy does not have every answer.
        ArchiveError: the bytes are not those that were stored (SQLite itself has no checksums).
    """
    found = db.execute(
        "SELECT sha256, data, received_at FROM answer JOIN body ON body.n = answer.body WHERE answer.n = ?", (answer,)
    ).fetchone()
    if found is None:
        raise NotFound("that answer is not here")
    digest, data, at = found
    body = unpack(data, digest)
    if body is None:
        raise ArchiveError(
            "this stored answer is damaged: its bytes do not match their checksum",
            hint="fetch it again with a refresh, or look into a backup (`divewatch archive verify` lists all)",
        )
    return body, digest.hex(), moment(at)


def unpack(data: bytes, digest: bytes) -> bytes | None:
    """Return the body stored as `data`; None unless its SHA-256 is `digest`."""
    try:
        body = zlib.decompress(data)
    except zlib.error:
        return None
    return body if _digest_of(body) == digest else None


def moment(at: int) -> datetime:
    """Return a stored time as UTC."""
    return datetime.fromtimestamp(at / 1_000_000, UTC)


def remove(db: Database, answer: int, body: int) -> None:
    """Remove a response, and its body unless another response has the same."""
    db.execute("DELETE FROM answer WHERE n = ?", (answer,))
    _remove_body(db, body)


def _remove_body(db: Database, body: int) -> None:
    db.execute("DELETE FROM body WHERE n = ?1 AND NOT EXISTS (SELECT 1 FROM answer WHERE body = ?1)", (body,))


def old(db: Database, before: datetime) -> list[tuple[int, int, int]]:
    """Return (response, body, bytes) of those received before that time that no shown report comes from."""
    return db.execute(
        "SELECT answer.n, body, length(data) FROM answer JOIN body ON body.n = answer.body "
        "JOIN task ON task.n = answer.task WHERE received_at < ? AND state IN ('final', 'interim') "
        "AND task.answer IS NOT NULL AND task.answer <> answer.n",
        (micros(before.timestamp()),),
    ).fetchall()


def damaged(db: Database, body: int) -> list[str]:
    """Return a sentence for each response whose body `body` is damaged."""
    owners = db.execute(
        "SELECT task.id, answer.n FROM answer JOIN task ON task.n = answer.task WHERE body = ?", (body,)
    ).fetchall()
    return [f"a stored answer of task {task} does not match its checksum" for task, _ in owners] or [
        "a stored answer of no task does not match its checksum"
    ]


def mark(db: Database, answer: int) -> ResponseFingerprint:
    """Return the fingerprint of a stored response.

    Raises:
        NotFound: it is not here: a copy does not have every answer.
    """
    found = db.execute(
        "SELECT sha256, etag, report_chars FROM answer JOIN body ON body.n = answer.body WHERE answer.n = ?", (answer,)
    ).fetchone()
    if found is None:
        raise NotFound("that answer is not here")
    digest, etag, chars = found
    return ResponseFingerprint(digest.hex(), etag, chars)


def forget(db: Database, before: datetime) -> tuple[int, int]:
    """Remove the answers that `old` names; returns how many they were, and the bytes they took."""
    gone = old(db, before)
    for answer, body, _ in gone:
        remove(db, answer, body)
    return len(gone), sum(size for _, _, size in gone)


def _digest_of(body: bytes) -> bytes:
    from tui.domain.digest import sha256  # the first paint needs none

    return sha256(body)
