"""Clients that are killed in the midst of saving: what was acknowledged is there, and nothing twice."""

import signal
import subprocess
import sys

import pytest

from tests.postgres import NoServer, running
from tui.engine.archive import Archive

WRITER = """
import sys
from tests.archive.make import a_task, save
from tui.engine.archive import Archive
archive = Archive.open(sys.argv[1])
for number in range(1000):
    name = f"{sys.argv[2]}-{number}"
    save(archive, a_task(name, remote_id=name), f"report {name}")
    print(name, flush=True)
"""


@pytest.mark.slow
def test_killed_clients_lose_nothing_that_was_acknowledged() -> None:
    try:
        with running() as server:
            _kill_some(server.url())
    except NoServer as error:
        pytest.skip(str(error))


def _kill_some(url: str) -> None:
    said: list[str] = []
    for turn in range(4):
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", WRITER, url, f"w{turn}-{number}"], stdout=subprocess.PIPE, text=True
            )
            for number in range(3)
        ]
        for number, process in enumerate(writers):
            assert process.stdout is not None
            said += [process.stdout.readline().strip() for _ in range(2 + turn + number)]
            process.send_signal(signal.SIGKILL)
            said += process.stdout.read().split("\n")[:-1]
            process.wait()
            process.stdout.close()
    with Archive.open(url) as archive:
        assert archive.take_lease("valyu"), "whoever held anything is gone"
        assert len({task.id for task in archive.tasks()}) == len(archive.tasks()) >= len(said)
        for name in filter(None, said):
            assert archive.raw(name) == f"report {name}".encode()
            assert [hit.task_id for hit in archive.library.search(f'"{name}"').hits] == [name]
        assert archive.maintenance.verify().problems == ()
