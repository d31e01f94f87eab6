"""Reading never needs to write: on a disk that is full to its last byte everything saved can still be read."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.places import fill, small_disk

READING = [
    ("list",),
    ("list", "--json"),
    ("list", "--status", "done"),
    ("search", "lithium"),
    ("search", "lithium", "--json"),
    ("show", "ID"),
    ("export", "ID"),
    ("cite", "ID"),
    ("archive", "verify"),
    ("archive", "stats"),
    ("cost",),
]


@pytest.fixture
def disk(home: Path) -> Iterator[Path]:
    with small_disk(home) as mounted:
        yield mounted


@pytest.fixture
def saved(cli: Cli, disk: Path, tmp_path: Path) -> str:
    """An archive with one report; returns its task's id."""
    report = tmp_path / "cells.md"
    report.write_text("# Cells\n\nlithium [1](https://example.org/)\n")
    return cli("import", str(report)).out.split()[0]


def log_behind(archive: Path) -> None:
    """Leave a change in the write-ahead log alone, as a process does that is killed."""
    child = os.fork()
    if child == 0:
        db = sqlite3.connect(archive, isolation_level=None)
        db.execute("PRAGMA wal_autocheckpoint=0")
        db.execute("UPDATE task SET record = replace(record, 'Cells', 'Only in the log'), title = 'Only in the log'")
        os._exit(0)
    os.waitpid(child, 0)
    archive.with_name(archive.name + "-shm").unlink()


@pytest.mark.parametrize("command", READING, ids=" ".join)
@pytest.mark.parametrize("killed", [False, True])
def test_everything_saved_is_readable_on_a_full_disk(
    cli: Cli, disk: Path, saved: str, command: tuple[str, ...], killed: bool
) -> None:
    (archive,) = disk.rglob("archive.db")
    if killed:
        log_behind(archive)
    before = archive.read_bytes()
    fill(disk)
    ended = cli(*(saved if word == "ID" else word for word in command))
    assert ended.code == 0, ended.err
    if command[0] in {"list", "search", "show"}:
        assert ("Only in the log" if killed else "Cells") in ended.out
    assert killed or archive.read_bytes() == before  # SQLite itself may fold a log in when it closes


def test_what_cannot_be_saved_on_a_full_disk_says_so_and_loses_nothing(
    cli: Cli, disk: Path, saved: str, tmp_path: Path
) -> None:
    filler = fill(disk)
    other = tmp_path / "other.md"
    other.write_text("# Other\n\ntext\n")
    refused = cli("import", str(other))
    assert refused.code == 1
    assert "full" in refused.err or "read-only" in refused.err
    filler.unlink()
    assert cli("import", str(other)).code == 0
    assert len(cli("list", "--json").json["tasks"]) == 2
