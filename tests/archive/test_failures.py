"""Errors of SQLite are told in words, with what to do; nobody reads "database is locked"."""

import sqlite3
from pathlib import Path

import pytest

from tests.archive.make import a_task, file_store, save
from tui.domain.errors import ArchiveError
from tui.engine.archive import Archive
from tui.engine.archive.annotations import AnnotationStore
from tui.engine.archive.sqlite import checkpoint, fts, schema
from tui.engine.archive.sqlite.errors import explain, is_busy, is_damage


def an_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("database is locked, or so SQLite says")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (sqlite3.SQLITE_FULL, "disk is full"),
        (sqlite3.SQLITE_IOERR_WRITE, "disk is full"),
        (sqlite3.SQLITE_READONLY, "read-only"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "read-only"),
        (sqlite3.SQLITE_BUSY, "busy for too long"),
        (sqlite3.SQLITE_LOCKED, "busy for too long"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "busy for too long"),
        (sqlite3.SQLITE_CORRUPT, "damaged"),
        (sqlite3.SQLITE_NOTADB, "damaged"),
        (sqlite3.SQLITE_CANTOPEN, "cannot be opened"),
        (sqlite3.SQLITE_IOERR_READ, "could not do that"),
        (sqlite3.SQLITE_ERROR, "could not do that"),
    ],
)
def test_every_error_says_what_it_means_and_what_to_do(code: int, message: str) -> None:
    error = explain(an_error(code), "/home/me/archive.db")
    assert message in error.message
    assert error.hint
    assert "/home/me/archive.db" in error.message + error.hint


def test_an_error_of_the_module_itself_has_no_code() -> None:
    assert not is_busy(sqlite3.ProgrammingError("closed"))
    assert not is_damage(sqlite3.ProgrammingError("closed"))


def test_an_archive_whose_parts_cannot_be_made_is_closed_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: AnnotationStore, store: object, writer: int) -> None:
        raise ArchiveError("no")

    monkeypatch.setattr(AnnotationStore, "__init__", refuse)
    with pytest.raises(ArchiveError, match="no"):
        Archive.open(path)
    assert not checkpoint.log_of(path).exists()


def test_a_sqlite_without_fts5_makes_an_archive_that_the_next_one_indexes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(schema, "SEARCH_TABLE", "CREATE VIRTUAL TABLE search USING no_such_module(x)")
        patch.setattr(fts, "_can_make", lambda db: False)
        with Archive.open(path) as archive:
            save(archive, a_task(), "about zebras")
            assert archive.notes == ()
            assert not archive.maintenance.stats().full_text
            assert archive.maintenance.stats().index is None
            assert archive.library.search("zebras").total == 1
            assert file_store(archive).write(fts.rebuild_some).result(60) is False
    with Archive.open(path) as archive:
        while archive._store.write(fts.needs_rebuild).result(60):
            pass
        assert archive.maintenance.stats().full_text
        assert archive.library.search("zebras").total == 1


def test_a_search_table_that_cannot_be_made_for_another_reason_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "SEARCH_TABLE", "CREATE nonsense")
    db = sqlite3.connect(":memory:")
    with pytest.raises(sqlite3.OperationalError, match="syntax"):
        schema.make_search(db)
    db.close()


def test_a_folder_without_room_for_locks_still_gives_the_lease(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: object, timeout: float = 0.0) -> bool:
        raise OSError("no space")

    monkeypatch.setattr("tui.engine.archive.sqlite.lock.KernelLock.take", full)
    assert archive.take_lease()
    assert file_store(archive).fold().result(60) is False
