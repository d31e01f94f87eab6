"""Small versions of `tests.team.load`, `kills` and `large`."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.postgres import NoServer, running
from tests.pty.terminal import person
from tests.team import kills, load
from tests.team.fill import fill_file, fill_server
from tests.team.proxy import Proxy
from tests.team.ways import Asked, Ways
from tui.engine.archive import Archive

HOLDER = """
import sys
from tui.engine.archive import Archive
archive = Archive.open(sys.argv[1])
print(archive.take_lease("valyu"), flush=True)
sys.stdin.read()
"""
_LEASE_TIME = 20.0  # seconds after which the lease of a process that died is free, at most


@pytest.mark.slow
def test_programs_on_one_server_lose_nothing_and_begin_nothing_twice() -> None:
    try:
        found = load.run(4, 8.0)
    except NoServer as error:
        pytest.skip(str(error))
    assert found.good, f"{found}\n{found.found.lost}\n{found.together}\n{found.crashed}"
    assert found.late


@pytest.mark.slow
def test_after_stops_kills_and_cuts_every_dashboard_recovers_and_nothing_is_lost() -> None:
    try:
        found = kills.run(2, 2, 2)
    except NoServer as error:
        pytest.skip(str(error))
    assert found.good, f"{found}\n{found.found.lost}\n{found.crashed}\n{found.stuck}"
    assert (found.server, found.clients, found.cuts) == (2, 2, 2)


def test_the_lease_passes_on_when_its_holder_is_killed() -> None:
    try:
        with running() as server, Archive.open(url := server.url()) as archive:
            command = [sys.executable, "-c", HOLDER, url]
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
                assert holder.stdout is not None
                assert holder.stdout.readline() == "True\n"
                assert not archive.take_lease("valyu")
                holder.kill()
                end = time.monotonic() + _LEASE_TIME
                while not archive.take_lease("valyu"):
                    assert time.monotonic() < end
                    time.sleep(0.05)
    except NoServer as error:
        pytest.skip(str(error))


@pytest.mark.slow
def test_an_archive_that_was_filled_is_like_one_that_was_saved(tmp_path: Path) -> None:
    try:
        with running() as server:
            for place in (tmp_path / "archive.db", server.url()):
                fill_file(place, 60, 20) if isinstance(place, Path) else fill_server(place, 60, 20)
                with Archive.open(place) as archive:
                    newest = archive.first_tasks(3)
                    assert [task.id for task in newest] == ["task00000060", "task00000059", "task00000058"]
                    assert archive.maintenance.verify().problems == ()
                    found = archive.library.search(f'"{newest[0].title}"')
                    assert [hit.task_id for hit in found.hits] == ["task00000060"]
                    archive.put_tasks([newest[0]]).result(60)
    except NoServer as error:
        pytest.skip(str(error))


def test_questions_at_the_same_time_are_told_from_those_one_after_the_other() -> None:
    ways = Ways(1)
    ways.asked = [
        Asked(0, "GET", "valyu", "tasks/a", 0.0, 1.0),
        Asked(1, "GET", "valyu", "tasks/b", 0.5, 0.9),
        Asked(0, "GET", "yutori", "tasks/c", 0.0, 1.0),
        Asked(1, "GET", "yutori", "tasks/c", 1.5, 2.0),
        Asked(1, "GET", "yutori", "list?limit=9", 0.5, 2.0),
        Asked(1, "POST", "valyu", "tasks", 0.2, 2.0),
    ]
    assert [(a.path, b.path) for a, b in ways.together()] == [("tasks/a", "tasks/b")]


def test_a_dashboard_that_is_started_without_its_server_reads_on_and_recovers(tmp_path: Path) -> None:
    try:
        with (
            running() as server,
            tempfile.TemporaryDirectory(prefix="dw-way-") as folder,
            Proxy(Path(folder), server.folder) as way,
        ):
            url = server.url()
            report = tmp_path / "report.md"
            report.write_text("# What is known\n\nThe whole report.\n")
            environ = os.environ | {"DIVEWATCH_ARCHIVE": url, "DIVEWATCH_HOME": str(tmp_path)}
            command = [sys.executable, "-m", "tui", "import", str(report)]
            subprocess.run(command, env=environ, check=True, capture_output=True)
            _start_without(way, way.url(url), tmp_path)
    except NoServer as error:
        pytest.skip(str(error))


def _start_without(way: Proxy, url: str, home: Path) -> None:
    program = (sys.executable, "-m", "tui")
    environ = {"DIVEWATCH_ARCHIVE": url, "DIVEWATCH_HOME": str(home)}
    with person(size=(120, 30), env=environ, program=program) as one:
        assert one.sees("What is known")
        one.press("\r")
        assert one.sees("The whole report.")
        assert one.waits(lambda: _kept_reports(home) == 1)
    way.cut()
    with person(size=(120, 30), env=environ, program=program) as one:
        assert one.sees("What is known")
        assert one.sees("archive server away since")
        one.press("\r")
        assert one.sees("The whole report.")
        one.press("q")
        way.heal()
        assert one.waits(lambda: "archive server away" not in one.shows())
        assert "Traceback" not in one.shows()
        one.press("q")
        assert one.ends() == 0


def _kept_reports(home: Path) -> int:
    """Return how many reports are in the copy."""
    (path,) = (home / "cache").glob("archive-*.db")
    with Archive.open(path, read_only=True) as copy:
        return copy.maintenance.stats().answers
