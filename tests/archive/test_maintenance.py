"""Housekeeping: figures, checks, copies; nothing goes without being told to."""

import shutil
import sqlite3
import stat
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.archive.make import NOW, a_task, filled, save
from tui.domain.errors import ArchiveError
from tui.engine.api import LogEntry
from tui.engine.archive import Archive
from tui.engine.archive.rows import log as events


def test_stats_count_and_weigh(archive: Archive) -> None:
    save(archive, a_task("t1"), "x" * 10_000)
    archive.put_tasks([a_task("t2")]).result(60)
    archive.annotations.delete(["t2"]).result(60)
    stats = archive.maintenance.stats()
    assert (stats.tasks, stats.deleted, stats.answers) == (1, 1, 1)
    assert stats.bodies == stats.texts == 10_000
    assert 0 < stats.bodies_stored < 200
    assert stats.file + stats.log > 10 * 4096
    assert stats.journal == "wal"
    assert stats.sqlite == sqlite3.sqlite_version


def test_a_sound_archive_verifies(path: Path) -> None:
    bodies = filled(path, 10)
    with Archive.open(path) as archive:
        check = archive.maintenance.verify()
    assert (check.problems, check.bodies, check.tasks) == ((), len(bodies), 10)


def test_verify_names_references_that_lead_nowhere(path: Path) -> None:
    filled(path, 3)
    db = sqlite3.connect(path)
    db.execute("DELETE FROM body WHERE n = 1")
    db.commit()
    db.close()
    with Archive.open(path) as archive:
        assert archive.maintenance.verify().problems == ("1 row refers to others that are not there",)


def test_a_backup_is_a_whole_archive_readable_by_its_owner_only(archive: Archive, tmp_path: Path) -> None:
    save(archive, a_task(), "kept")
    copy = archive.maintenance.backup(tmp_path / "copy.db")
    save(archive, a_task(), "later")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with Archive.open(copy) as opened:
        assert opened.raw("t1") == b"kept"
        assert opened.maintenance.verify().problems == ()


def test_a_backup_into_a_folder_gets_a_name_of_its_own(archive: Archive, tmp_path: Path) -> None:
    first, second = archive.maintenance.backup(tmp_path), archive.maintenance.backup(tmp_path)
    assert first != second
    assert first.name.startswith("archive.db.backup-")


def test_a_backup_replaces_nothing(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    with pytest.raises(ArchiveError, match="already"):
        archive.maintenance.backup(tmp_path / "precious")
    assert (tmp_path / "precious").read_text() == "mine"
    with pytest.raises(ArchiveError, match="cannot be written"):
        archive.maintenance.backup(tmp_path / "no" / "folder")


def test_compacting_gives_back_the_space_of_what_was_purged(archive: Archive) -> None:
    for number in range(20):
        save(archive, a_task(f"t{number}"), " ".join(f"word{i * number}" for i in range(4000)))
    archive.annotations.delete([f"t{number}" for number in range(1, 20)]).result(60)
    archive.annotations.purge([f"t{number}" for number in range(20)]).result(60)
    assert archive.maintenance.compact().result(60) > 200_000
    assert archive.raw("t0").startswith(b"word0")
    assert archive.library.search("word0").total == 1
    assert archive.maintenance.verify().problems == ()


def test_compacting_without_room_changes_nothing_and_says_what_is_needed(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(archive, a_task(), "kept")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1000))
    with pytest.raises(ArchiveError, match="MB of free disk") as refused:
        archive.maintenance.compact().result(60)
    assert "nothing was changed" in refused.value.hint
    assert archive.raw("t1") == b"kept"


def test_old_versions_go_only_when_told_and_the_shown_report_never(archive: Archive) -> None:
    for day, text in enumerate(("first", "second", "third")):
        save(archive, a_task(), text, at=NOW + timedelta(days=day))
    save(archive, a_task(), "", body=b"{}", current=False, at=NOW + timedelta(days=3))
    archive.save_unreadable("t1", b"?", "no JSON", received_at=NOW).result(60)
    assert archive.maintenance.forget_versions(NOW + timedelta(days=1)).result(60)[0] == 1
    assert [archive.raw("t1", one.number) for one in archive.versions("t1")] == [b"second", b"third", b"{}", b"?"]
    assert archive.maintenance.forget_versions(NOW + timedelta(days=99)).result(60)[0] == 2
    assert [archive.raw("t1", one.number) for one in archive.versions("t1")] == [b"third", b"?"]
    assert archive.maintenance.verify().problems == ()


def test_the_event_log_is_kept_in_order_and_bounded(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "KEPT", 10)
    entries = [LogEntry(NOW + timedelta(seconds=i), "poll", f"line {i} 深\ud800", "t1", "valyu") for i in range(25)]
    archive.add_log(entries[:20])
    archive.add_log(entries[20:]).result(60)
    kept = archive.log()
    assert [entry.text for entry in kept] == [f"line {i} 深?" for i in range(15, 25)]
    assert (kept[-1].at, kept[-1].kind, kept[-1].task_id, kept[-1].provider) == (entries[-1].at, "poll", "t1", "valyu")
    assert [entry.text for entry in archive.log(2)] == ["line 23 深?", "line 24 深?"]


def test_a_night_of_problems_does_not_push_out_what_happened_before(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "KEPT", 10)
    monkeypatch.setattr(events, "KEPT_PROBLEMS", 5)
    archive.add_log([LogEntry(NOW, "ended", "Bells is done", "t1", "valyu")])
    for second in range(50):
        archive.add_log([LogEntry(NOW + timedelta(seconds=second), "problem", f"offline {second}", None, "valyu")])
    archive.add_log([]).result(60)
    number, entries = archive.log_after(0)
    assert [entry.text for entry in entries] == ["Bells is done", *(f"offline {second}" for second in range(45, 50))]
    assert archive.log_after(number) == (number, [])
