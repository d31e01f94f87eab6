"""Answers that arrive together: how many transactions and statements they cost, and that none takes another with it."""

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from tests.engine.fakes import Reply, Script, account, body
from tui.domain.provider import Response
from tui.domain.task import Task, TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.sqlite.store import SqliteStore
from tui.engine.archive.sqlite.writer import Writer
from tui.engine.archive.writing import JobWriter
from tui.engine.polling.worker import SLOTS
from tui.engine.runtime import Runtime, SystemClock

NAMES = tuple(f"r{number}" for number in range(SLOTS))


class Together:
    """Answers come when all were asked for; writes begin when as many jobs wait as there are answers."""

    def __init__(self) -> None:
        self._asked = 0
        self._all = asyncio.Event()
        self.gathering = False

    def reply(self, content: bytes) -> Reply:
        async def answer() -> Response:
            self._asked += 1
            if self._asked == len(NAMES):
                self._all.set()
            await self._all.wait()
            return Response(200, content, datetime.now(UTC))

        return answer

    def gather(self, writer: "JobWriter[object]") -> None:
        seen = threading.Event()
        while self.gathering and writer._jobs.qsize() < len(NAMES) - 1:
            seen.wait(0.001)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive.db") as opened:
        rows = [Task(f"t{name}", "scripted", remote_id=name, status=TaskStatus.RUNNING) for name in NAMES]
        opened.put_tasks(rows).result(60)
        yield opened


def statements_of(archive: Archive) -> list[str]:
    """Return a list that fills with what the writer carries out; FTS5 and savepoints of its own not counted."""
    found: list[str] = []
    writer_of(archive)._db.set_trace_callback(lambda sql: None if sql.startswith("--") else found.append(sql))
    return found


def writer_of(archive: Archive) -> Writer:
    assert isinstance(archive._store, SqliteStore)
    assert archive._store._writer is not None
    return archive._store._writer


def ask_all(archive: Archive, script: Script, together: Together) -> None:
    engine = Runtime(archive, [account(script)], watch=False)
    engine.start()
    try:
        worker = engine._core.workers["scripted"]
        writer_of(archive)._together = together.gathering = True
        engine._submit(partial(worker.ask_now, [f"t{name}" for name in NAMES])).result(60)
    finally:
        together.gathering = False
        engine.close()


def test_answers_that_arrive_together_cost_two_transactions(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    together, script = Together(), Script(SystemClock())
    monkeypatch.setattr(JobWriter, "_gather", lambda writer: together.gather(writer))
    for name in NAMES:
        script.task(name, together.reply(body(name, counters={"steps": [3]})))
    found = statements_of(archive)
    ask_all(archive, script, together)
    answers = found[: len(found) - found[::-1].index("COMMIT")]
    assert answers.count("COMMIT") == 2, "one keeps the bytes of all answers, one what was read from them"
    assert len(answers) <= 2 * 2 + len(NAMES) * 8, answers
    kept = [sql for sql in answers[: answers.index("COMMIT")] if sql.startswith("INSERT INTO answer ")]
    assert len(kept) == len(NAMES), "all bytes are on the disk before the first answer is read"


def test_one_answer_that_cannot_be_saved_takes_no_other_with_it(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    together, script = Together(), Script(SystemClock())
    monkeypatch.setattr(JobWriter, "_gather", lambda writer: together.gather(writer))
    good = NAMES[1:]
    for name in NAMES:
        script.task(name, together.reply(body(name, counters={"steps": [3]})))
    saved = archive.save_answer
    monkeypatch.setattr(
        archive, "save_answer", lambda task_id, *args, **more: saved(task_id.replace("tr0", "nobody"), *args, **more)
    )
    ask_all(archive, script, together)
    for name in good:
        kept = archive.current_answer(f"t{name}")
        assert kept is not None
        assert json.loads(kept.body)["id"] == name
    assert archive.current_answer("tr0") is None
