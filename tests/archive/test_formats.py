"""Archives of older formats, and of a library that is too old to write them."""

import errno
import sqlite3
from pathlib import Path

import pytest

from tests.archive.make import filled
from tests.archive.test_opening import beside
from tui.domain.errors import ArchiveError
from tui.engine.archive import Archive
from tui.engine.archive import open as opening
from tui.engine.archive.search import json
from tui.engine.archive.shared_sql import INDEXES
from tui.engine.archive.sqlite import files


def _first_format(path: Path) -> None:
    filled(path, 2)
    db = sqlite3.connect(path)
    for name in (*(index.split()[2] for index in INDEXES), "task_hidden"):
        db.execute(f"DROP INDEX {name}")
    db.execute("PRAGMA user_version = 1")
    db.close()


def test_an_archive_of_the_first_format_is_read_where_it_cannot_be_migrated(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _first_format(path)
    with Archive.open(path, read_only=True) as archive:
        assert len(archive.tasks(terms="status:done")) == 2
        assert archive.counts() is not None
    assert len(list(json.listed(str(path)))) == 2

    def full(db: sqlite3.Connection, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "copy_database", full)
    with Archive.open(path) as archive:
        assert archive.read_only
        assert "No space left" in archive.notes[0]
        assert len(archive.tasks()) == 2
    assert beside(path, "before-format") == []


def test_a_long_migration_is_said_before_it_begins_and_clears_up_after_one_that_was_killed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _first_format(path)
    left = path.with_name(f"{path.name}.before-format-2-20260101-000000.new-7-20260101-000000")
    left.write_bytes(b"half a copy")
    monkeypatch.setattr(opening, "_LONG", 0)
    said: list[str] = []
    copy = files.copy_database

    def copied(db: sqlite3.Connection, target: Path) -> None:
        said.append("copied")
        copy(db, target)

    monkeypatch.setattr(files, "copy_database", copied)
    with Archive.open(path, say=said.append) as archive:
        assert len(archive.tasks()) == 2
    assert ["brought to format 2" in line for line in said] == [True, False]
    assert not left.exists()
    (backup,) = beside(path, "before-format")
    assert backup.stat().st_size


def test_an_sqlite_that_cannot_write_the_archive_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(path, 1)
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(ArchiveError, match=r"needs 3\.35"):
        Archive.open(path)
    with Archive.open(path, read_only=True) as archive:
        assert len(archive.tasks()) == 1
