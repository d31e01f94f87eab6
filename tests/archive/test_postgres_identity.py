"""Which archive this is: servers that look alike are told apart, and what waits is sent by one of them only."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.archive.make import a_task
from tests.postgres import Server, running, started
from tui.domain.provider import Draft
from tui.domain.task import IN_QUEUE, Task, TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.postgres.connect import connect, origin


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server that a test may stop and copy."""
    yield from started()


def identity(url: str) -> tuple[str, str, str, str]:
    """Return what an archive is known by: numbers of table and database, cluster, timeline."""
    db = connect(url)
    try:
        table, database, cluster, timeline = origin(db).split(".")
        return table, database, cluster, timeline
    finally:
        db.close()


def waiting(name: str) -> Task:
    return a_task(name, status=TaskStatus.QUEUED, provider_status=IN_QUEUE, prompt=name)


def taken(archive: Archive, attempt: str) -> list[str]:
    assert archive.queue is not None
    assert archive.take_lease("valyu")
    begun = archive.queue.take(
        "valyu", attempt, lambda task: replace(task, status=TaskStatus.UNKNOWN, provider_status="")
    )
    return [one.task.id for one in begun.result(60) or ()]


def put(archive: Archive, name: str) -> None:
    assert archive.queue is not None
    archive.queue.put("valyu", [(waiting(name), Draft(name))]).result(60)


def test_two_servers_that_were_set_up_alike_are_two(own_server: Server) -> None:
    with running() as other:
        mine, theirs = own_server.url(), other.url()
        Archive.open(mine).close()
        Archive.open(theirs).close()
        here, there = identity(mine), identity(theirs)
        assert here[:2] == there[:2], "they look alike: their numbers are the same"
        assert here[3] == there[3]
        assert here[2] != there[2]


def test_what_waited_when_a_server_was_backed_up_is_unsure_after_the_backup_took_over(own_server: Server) -> None:
    """A physical backup, or a standby that lagged: it has the row of a create that the other one has sent since."""
    url = own_server.url()
    with Archive.open(url) as archive:
        put(archive, "t1")
    own_server.stop("fast")
    with tempfile.TemporaryDirectory(prefix="dw-pg-") as folder:
        Path(folder).chmod(0o711)
        again = Server(Path(folder))
        subprocess.run(["cp", "-a", str(own_server.folder / "data"), folder], check=True)
        own_server.start()
        with Archive.open(url) as archive:
            assert taken(archive, "a") == ["t1"], "it is sent"
        _take_over(again)
        again.start()
        try:
            restored = url.replace(own_server.folder.name, Path(folder).name)
            assert identity(restored)[:3] == identity(url)[:3]
            with Archive.open(restored) as archive:
                put(archive, "t2")
                assert taken(archive, "b") == ["t2"], "what is queued from now on is sent"
                assert archive.task("t1").status is TaskStatus.UNKNOWN
        finally:
            again.stop()


def _take_over(server: Server) -> None:
    """Have a server that was copied come up as one that took over: on a timeline of its own."""
    data = server.folder / "data"
    with (data / "postgresql.auto.conf").open("a") as file:
        file.write("restore_command = 'false'\n")
    signal = data / "recovery.signal"
    signal.touch()
    if server._as is not None:
        os.chown(signal, server._as, -1)
