"""The command line while the server of the archive is away: it reads the copy and says so, and what it adds waits."""

import time
from pathlib import Path

import pytest

from tests.archive.make import a_task, save
from tests.cli.conftest import Cli
from tests.team.proxy import Proxy
from tui.cli.context import paths
from tui.engine.archive import Archive
from tui.engine.archive.cached.archive import CachedArchive

SAID = "the archive server cannot be reached; shown as of 20"


@pytest.fixture
def url(url: str) -> str:
    """The address of an archive with what is read here."""
    with Archive.open(url) as archive:
        for number in range(2):
            report = a_task(f"t{number}", provider=("valyu", "file")[number], remote_id=f"r{number}", has_report=True)
            save(archive, report, f"lithium report {number}")
    return url


@pytest.fixture
def without_copy(way: Proxy, url: str, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("DIVEWATCH_ARCHIVE", way.url(url))
    return cli


@pytest.fixture
def team(without_copy: Cli, way: Proxy, url: str) -> Cli:
    """Commands on a machine with a copy, in which there is the report of t1."""
    with CachedArchive.beside(way.url(url), paths().cache, paths().state) as archive:
        archive.load_tasks()
        archive.current_answer("t1")
        end = time.monotonic() + 60
        while archive._cached.copy.place_in_time()[1] == 0 or not _has_report(archive):
            assert time.monotonic() < end
            time.sleep(0.02)
    way.cut()
    return without_copy


def _has_report(archive: CachedArchive) -> bool:
    with archive._cached.copy.store.reading() as db:
        return db.execute("SELECT 1 FROM answer").fetchone() is not None and bool(
            db.execute("SELECT 1 FROM state WHERE key = 'copy.at'").fetchone()
        )


READING = [
    (("list",), "Title of t0"),
    (("list", "--json"), '"id":"t0"'),
    (("list", "--status", "done", "--jsonl"), '"id":"t1"'),
    (("search", "lithium"), "t1"),
    (("search", "lithium", "--json"), '"id":"t1"'),
    (("show", "t1"), "Title of t1"),
    (("mark", "t0"), "Title of t0"),
    (("show", "t1", "--raw"), "lithium report 1"),
    (("cost", "--by", "task", "--json"), '"id": "t0"'),
    (("export", "t1"), "lithium report 1"),
    (("export", "t1", "--format", "json"), "lithium report 1"),
]


def test_commands_that_read_show_the_copy_and_as_of_when_it_is(team: Cli) -> None:
    for command, shown in READING:
        done = team(*command)
        assert done.code == 0, (command, done.err)
        assert shown in done.out, command
        assert SAID in done.err, command


def test_what_is_not_in_the_copy_is_not_said_to_be_nowhere(team: Cli) -> None:
    log = team("log")
    assert (log.code, log.out) == (1, "")
    assert "event log is at the archive server" in log.err
    done = team("show", "t0", "--raw")
    assert done.code == 1
    assert "copy on this machine does not have it" in done.err
    for command in (("export", "t0"), ("read", "t0"), ("cite", "t0")):
        done = team(*command)
        assert done.code == 1, command
        assert "copy on this machine does not have it" in done.err, (command, done.err)


def test_all_reports_of_the_copy_are_exported_and_what_it_lacks_is_said(team: Cli, tmp_path: Path) -> None:
    done = team("export", "--all", "-o", str(tmp_path / "out"))
    assert done.code == 1, done.err
    (file,) = (tmp_path / "out").iterdir()
    assert "lithium report 1" in file.read_text()
    assert "1 report left out: The copy on this machine does not have it" in done.err


def test_a_report_of_the_copy_opens_in_the_reader(team: Cli) -> None:
    done = team("read", "t1")
    assert "terminal" in done.err, "it was found: only the terminal is missing"
    assert "copy on this machine does not have it" not in done.err


def test_without_a_copy_the_server_is_said_to_be_away(without_copy: Cli, way: Proxy) -> None:
    way.cut()
    done = without_copy("list")
    assert done.code == 1
    assert "cannot be reached" in done.err
    assert SAID not in done.err


def test_what_is_added_waits_and_the_next_command_that_writes_takes_it_along(team: Cli, way: Proxy, url: str) -> None:
    noted = team("mark", "t0", "--note", "a thought", "--tag", "later")
    assert noted.code == 0, noted.err
    assert "not saved yet" in noted.err
    assert "a thought" in noted.out
    gone = team("remove", "t1", "--yes")
    assert gone.code == 0, gone.err
    assert "not saved yet" in gone.err
    assert "deleted" not in gone.err
    with Archive.open(url) as theirs:
        assert theirs.annotations.local("t0").note == ""
    way.heal()
    assert team("mark", "t0", "--pin").code == 0
    with Archive.open(url) as theirs:
        assert theirs.annotations.local("t0").note == "a thought"
        assert theirs.annotations.local("t0").tags == ("later",)
        assert [task.id for task in theirs.tasks()] == ["t0"]
    assert SAID not in team("list").err


def test_what_cannot_wait_is_refused_with_a_sentence(team: Cli) -> None:
    for command in (("sync",), ("new", "-p", "valyu", "--yes", "a brief")):
        done = team(*command)
        assert done.code != 0, command
        assert "cannot be reached" in done.err or "its server is away" in done.err
