"""Placeholder tasks for responses whose own task was lost in a damaged archive, so that they can be opened."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from tui.domain.task import FILE, Task, TaskStatus
from tui.engine.archive.rows import rows
from tui.engine.archive.rows.responses import moment, unpack
from tui.engine.archive.sqlite.connect import ArchiveConnection

WARNING = "recovered from a damaged archive: what is known of its task is lost, the answer is whole"
_ID_LIKE = re.compile(rb'"([0-9A-Za-z_-]{6,80})"')


class _Found(NamedTuple):
    """A response without its task; `n` is the row that its task had, if known."""

    digest: bytes
    received_at: datetime | None
    has_report: bool
    n: int | None = None
    answer: int | None = None


def for_answers(db: ArchiveConnection) -> int:
    """Insert a placeholder at the row of each lost task, which keeps text and sources; returns how many."""
    found = [*_answers(db)]
    for one in found:
        n = rows.put(db, _task(one), 0)
        db.execute("UPDATE task SET n = ?, answer = ?, seen = 0 WHERE n = ?", (one.n, one.answer, n))
    return len(found)


def for_bodies(db: ArchiveConnection) -> int:
    """Insert a placeholder for each body without a response; returns how many.

    A body that names the id of a task which is there is left alone: it is what that task said earlier.
    """
    found = [*_bodies(db)]
    for one in found:
        n = rows.put(db, _task(one), 0)
        answer = db.execute(
            "INSERT INTO answer (task, body, received_at, final, state) "
            "SELECT ?, n, 0, 1, 'final' FROM body WHERE sha256 = ?",
            (n, one.digest),
        ).lastrowid
        db.execute("UPDATE task SET answer = ?, seen = 0 WHERE n = ?", (answer, n))
    return len(found)


def _task(found: _Found) -> Task:
    name = found.digest.hex()[:10]
    return Task(
        id=f"recovered-{name}",
        provider=FILE,  # whatever the bytes are, they are understood when they are looked at
        title=f"Recovered answer {name}",
        status=TaskStatus.DONE,
        created_at=found.received_at,
        finished_at=found.received_at,
        finish_observed=True,
        warnings=(WARNING,),
        has_report=found.has_report,
    )


def _answers(db: ArchiveConnection) -> Iterator[_Found]:
    """Yield the best response of each lost task: the latest with a report, else the latest."""
    lost = db.execute(
        "SELECT task, answer.n, sha256, received_at, report_chars FROM answer JOIN body ON body.n = answer.body "
        "WHERE task NOT IN (SELECT n FROM task) ORDER BY task, report_chars > 0, answer.n"
    ).fetchall()
    best = {task: _Found(digest, moment(at), chars > 0, task, answer) for task, answer, digest, at, chars in lost}
    yield from best.values()


def _bodies(db: ArchiveConnection) -> Iterator[_Found]:
    """Yield the bodies without a response."""
    known = {remote.encode() for (remote,) in db.execute("SELECT remote_id FROM task WHERE remote_id IS NOT NULL")}
    lost = "SELECT sha256, data FROM body WHERE n NOT IN (SELECT body FROM answer)"
    for digest, data in db.execute(lost).fetchall():
        body = unpack(data, digest)
        if body is not None and known.isdisjoint(_ID_LIKE.findall(body)):
            yield _Found(digest, None, has_report=True)
