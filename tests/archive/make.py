"""Small things the archive tests are made of."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tui.domain.detail import Source
from tui.domain.task import Task, TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.sqlite.store import SqliteStore
from tui.engine.ports import ParsedResponse, ResponseFingerprint

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def a_task(task_id: str = "t1", **values: Any) -> Task:
    """Return a finished task."""
    given: dict[str, Any] = {
        "provider": "valyu",
        "status": TaskStatus.DONE,
        "title": f"Title of {task_id}",
        "created_at": NOW,
    } | values
    return Task(id=task_id, **given)


def digest_of(body: bytes) -> str:
    """Return the SHA-256 of `body` in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def save(
    archive: Archive,
    task: Task,
    text: str = "",
    *,
    body: bytes | None = None,
    sources: Sequence[Source] = (),
    cited: Mapping[str, Sequence[int]] | None = None,
    current: bool = True,
    at: datetime = NOW,
) -> str:
    """Save `task` with an answer and its reading, as the engine does; returns the answer's digest."""
    body = text.encode() if body is None else body
    digest = digest_of(body)
    archive.put_tasks([task]).result(60)
    archive.save_answer(task.id, body, digest=digest, received_at=at, final=task.status.is_final).result(60)
    mark = ResponseFingerprint(digest, '"etag"', len(text))
    archive.save_reading(ParsedResponse(task, mark, None, tuple(sources), text, current), cited).result(60)
    return digest


def file_store(archive: Archive) -> SqliteStore:
    """Return what an archive in a file has beyond the others."""
    store = archive._store
    assert isinstance(store, SqliteStore)
    return store


def filled(path: Path, count: int = 40) -> dict[str, bytes]:
    """Make an archive of `count` tasks with reports at `path` and close it; returns the bodies by task id."""
    bodies = {}
    with Archive.open(path) as archive:
        for number in range(count):
            task_id = f"t{number:03}"
            text = f"Report {number} about lithium.\n" + f"{digest_of(str(number).encode())} " * (number * 20)
            source = Source("1", f"https://www.example.org/{number}", f"Source {number}")
            save(archive, a_task(task_id, remote_id=f"r{number}"), text, sources=[source])
            bodies[task_id] = text.encode()
    return bodies
