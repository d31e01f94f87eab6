"""What was learned and could not be saved is never called a success: exit code, a line, a finding of `doctor`."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, _point
from tests.places import fill, small_disk
from tui.simulator.server import Simulator


@pytest.fixture
def small(home: Path, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with small_disk(home, 440_000) as mounted:
        _point(monkeypatch, simulator.exports, home)
        yield mounted


def test_a_sync_that_fills_the_disk_is_no_success(cli: Cli, small: Path) -> None:
    ended = cli("sync")
    assert ended.code == 1
    assert "not saved: what was learned of " in ended.err
    assert "full" in ended.err
    looked = cli("doctor", "--offline", "--json").json
    found = {finding["subject"]: finding["level"] for finding in looked["findings"]}
    assert found["saving"] == "bad"
    assert not looked["ok"]
    assert cli("sync", "--json").json["unsaved"] > 0


def test_what_was_not_saved_is_fetched_by_a_later_sync(
    world: Cli, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The same world on a small disk, then on a large one: nothing is missing in the end."""
    everything = {task["remote_id"] for task in world("list", "--json").json["tasks"]}
    with small_disk(tmp_path / "small", 440_000) as small:
        monkeypatch.setenv("DIVEWATCH_HOME", str(small))
        assert world("sync").code == 1
        os.system(f"mount -o remount,size=40m {small}")
        again = world("sync")
        assert again.code == 0, again.err
        tasks = world("list", "--json").json["tasks"]
        assert everything <= {task["remote_id"] for task in tasks}
        assert not any("could not save" in warning for task in tasks for warning in task["warnings"])


def test_a_sync_on_a_read_only_archive_is_no_success(
    cli: Cli, home: Path, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tui.engine.archive import open as archive_open

    report = tmp_path / "report.md"
    report.write_text("# Bells")
    cli("import", str(report))
    (archive,) = home.rglob("archive.db")
    _point(monkeypatch, simulator.exports, home)
    monkeypatch.setattr(archive_open, "_writable", lambda path: False)
    before = archive.read_bytes()
    ended = cli("sync")
    assert ended.code == 1
    assert "not saved: what was learned of " in ended.err
    assert "read-only" in ended.err
    assert archive.read_bytes() == before
    assert len(cli("list", "--json").json["tasks"]) == 1


def test_a_task_that_was_started_and_could_not_be_saved_is_said_and_not_called_a_success(
    cli: Cli, home: Path, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui.engine.archive.rows import rows

    _point(monkeypatch, simulator.exports, home)
    put = rows.put

    def full_after_the_first(db: object, task: object, writer: int) -> int:
        if getattr(task, "remote_id", None):
            import sqlite3

            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return put(db, task, writer)  # type: ignore[arg-type]

    monkeypatch.setattr(rows, "put", full_after_the_first)
    ended = cli("new", "-p", "valyu", "-m", "fast", "--yes", "Who makes bells?")
    assert ended.code == 1
    assert "not saved: what was learned of 1 task" in ended.err
    assert ended.out.strip()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO])
def test_doctor_tries_to_write(world: Cli, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    looked = world("doctor", "--offline", "--json").json
    (saving,) = [finding for finding in looked["findings"] if finding["subject"] == "saving"]
    assert (saving["level"], os.strerror(code) in saving["found"]) == ("bad", True)


def test_a_full_disk_is_filled_to_its_last_byte(small: Path) -> None:
    fill(small)
    with pytest.raises(OSError, match="space"):
        (small / "more").write_bytes(b"1")
