"""Opening: whatever state the file is in, nothing is overwritten and the user is told."""

import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive.make import a_task, filled, save
from tui.domain.errors import ArchiveError
from tui.engine.archive import Archive
from tui.engine.archive import open as opening
from tui.engine.archive.search import json
from tui.engine.archive.sqlite import connect, schema
from tui.engine.archive.sqlite.checkpoint import log_of
from tui.engine.archive.sqlite.files import place, private
from tui.engine.archive.sqlite.store import damage_mark


def beside(path: Path, what: str) -> list[Path]:
    return sorted(file for file in path.parent.iterdir() if what in file.name and not file.name.endswith("-wal"))


def test_a_new_archive_is_for_its_owner_only_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        with Archive.open(path) as archive:
            save(archive, a_task(), "text")
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
            archive.maintenance.backup(path.with_name("copy.db"))
    finally:
        os.umask(before)
    assert {"archive.db", "archive.db-wal", "archive.db-shm"} <= set(modes)
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.with_name("copy.db").stat().st_mode) == 0o600


def test_a_closed_archive_is_one_file_that_opens_without_a_word(path: Path) -> None:
    filled(path, 2)
    assert not log_of(path).exists()
    with Archive.open(path) as archive:
        assert archive.notes == ()
        assert not archive.read_only


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: b"", "is empty"),
        (lambda data: b"x", "cut short"),
        (lambda data: b"hello world\n" * 100, "does not begin as an archive"),
        (lambda data: b"\0" * 4096 + data[4096:], "does not begin as an archive"),
        (lambda data: b"\xff" * 50 + data[50:], "does not begin as an archive"),
        (lambda data: data[: len(data) // 2], ""),
        (lambda data: data[: len(data) // 40960 * 36864], ""),
        (lambda data: data[:-1000], "cut short"),
        (lambda data: data[:100] + b"\0" * 3996 + data[4096:], ""),
        (lambda data: data[:16] + b"\xff" * 4 + data[20:], ""),
    ],
    ids=[
        "empty",
        "1 byte",
        "text",
        "first page zeroed",
        "header",
        "half",
        "nine tenths",
        "mid-page",
        "no tables",
        "page size",
    ],
)
def test_a_broken_file_is_kept_aside_and_everything_readable_is_saved(path: Path, damage: object, said: str) -> None:
    assert callable(damage)
    bodies = filled(path, 30)
    whole = path.read_bytes()
    broken = damage(whole)
    path.write_bytes(broken)
    with Archive.open(path) as archive:
        (told,) = [note for note in archive.notes if "damaged" in note]
        (kept,) = beside(path, "broken")
        assert said in told
        assert str(kept) in told
        assert kept.read_bytes() == broken
        found = {task.id: archive.current_answer(task.id) for task in archive.tasks()}
        for task_id, answer in found.items():
            right = [*bodies.values()] if task_id.startswith("recovered-") else [bodies[task_id]]
            assert answer is None or answer.body in right
        if len(broken) == len(whole):
            assert found.keys() == bodies.keys()
            assert None not in found.values()
        if len(broken) > len(whole) * 3 // 4:
            assert len(found) > 20
        assert archive.maintenance.verify().problems == ()
        save(archive, a_task("new"), "life goes on")
    with Archive.open(path) as archive:
        assert archive.raw("new") == b"life goes on"
    assert len(beside(path, "broken")) == 1


def test_what_was_only_in_the_log_is_saved_from_a_broken_file_too(path: Path, tmp_path: Path) -> None:
    bodies = filled(path, 5)
    with Archive.open(path) as archive:
        save(archive, a_task("late"), "only in the log")
        crashed = tmp_path / "crashed" / "archive.db"
        crashed.parent.mkdir()
        crashed.write_bytes(b"\0" * 4096 + path.read_bytes()[4096:])
        log_of(crashed).write_bytes(log_of(path).read_bytes())
    with Archive.open(crashed) as archive:
        assert {task.id for task in archive.tasks()} == {*bodies, "late"}
        assert archive.raw("late") == b"only in the log"


def test_the_log_of_a_file_that_was_deleted_is_not_played_into_a_new_one(path: Path, tmp_path: Path) -> None:
    filled(path, 2)
    lost = tmp_path / "lost" / "archive.db"
    lost.parent.mkdir()
    with Archive.open(path) as archive:
        save(archive, a_task("late"), "only in the log")
        log = log_of(path).read_bytes()
        log_of(lost).write_bytes(log)
    with Archive.open(lost) as archive:
        assert "the file is gone, but its log is there" in archive.notes[0]
        assert archive.raw("late") == b"only in the log"
        assert archive.maintenance.verify().problems == ()
    kept = [file for file in lost.parent.iterdir() if file.name.endswith("-wal") and "broken" in file.name]
    assert [file.read_bytes() for file in kept] == [log]


def test_a_crash_leaves_a_log_that_readers_and_the_next_start_read(path: Path, tmp_path: Path) -> None:
    filled(path, 2)
    crashed = tmp_path / "crashed" / "archive.db"
    crashed.parent.mkdir()
    with Archive.open(path) as archive:
        save(archive, a_task("late"), "only in the log")
        for file in path.parent.iterdir():
            if not file.name.endswith("-shm"):
                crashed.with_name(file.name).write_bytes(file.read_bytes())
    assert len(list(json.listed(str(crashed)))) == 3
    with Archive.open(crashed) as archive:
        assert archive.notes == ()
        assert archive.raw("late") == b"only in the log"


def test_damage_deep_inside_is_noticed_when_met_and_repaired_by_the_next_start(path: Path) -> None:
    bodies = filled(path, 40)
    with Archive.open(path) as archive:
        root = archive._store.write(
            lambda db: db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'body'").fetchone()[0]
        ).result(60)
    whole = bytearray(path.read_bytes())
    whole[(root - 1) * 4096 : (root - 1) * 4096 + 2000] = b"\xa5" * 2000
    path.write_bytes(whole)
    with Archive.open(path) as archive, pytest.raises(ArchiveError, match="damaged") as met:
        [archive.raw(task.id) for task in archive.tasks()]
    assert "start divewatch again" in met.value.hint
    assert damage_mark(path).exists()
    with Archive.open(path) as archive:
        assert "damaged" in archive.notes[0]
        assert {task.id for task in archive.tasks()} == set(bodies)
        assert sum(archive.current_answer(task_id) is not None for task_id in bodies) >= 35
    with Archive.open(path) as archive:
        assert not any("damaged" in note for note in archive.notes)


def test_a_mark_of_damage_on_a_sound_file_is_checked_and_taken_away(path: Path) -> None:
    filled(path, 2)
    damage_mark(path).touch()
    with Archive.open(path) as archive:
        assert archive.notes == ("The archive was checked after an error: it is sound.",)
    with Archive.open(path) as archive:
        assert archive.notes == ()
    assert beside(path, "broken") == []


def test_a_log_that_somebody_removed_is_mentioned_once_and_the_rest_is_there(path: Path, tmp_path: Path) -> None:
    filled(path, 3)
    crashed = tmp_path / "crashed" / "archive.db"
    crashed.parent.mkdir()
    with Archive.open(path) as archive:
        save(archive, a_task("late"), "still in the log")
        for file in path.parent.iterdir():
            if not file.name.endswith(("-wal", "-shm")):
                crashed.with_name(file.name).write_bytes(file.read_bytes())
    with Archive.open(crashed) as archive:
        assert "The log of the last session is gone" in archive.notes[0]
        assert len(archive.tasks()) == 3
        assert archive.maintenance.verify().problems == ()
    with Archive.open(crashed) as archive:
        assert archive.notes == ()


def test_a_newer_archive_is_refused_and_left_as_it_is(path: Path) -> None:
    filled(path, 1)
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(ArchiveError, match=r"format 99|newer") as refused:
            Archive.open(path, read_only=read_only)
        assert "update divewatch" in refused.value.hint
    assert path.read_bytes() == before
    assert beside(path, "broken") == []


def test_a_database_of_another_program_is_refused_and_left_as_it_is(path: Path) -> None:
    path.parent.mkdir(parents=True)
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE bookmarks (url)")
    db.commit()
    db.close()
    with pytest.raises(ArchiveError, match="another program"):
        Archive.open(path)
    db = sqlite3.connect(path)
    assert db.execute("SELECT name FROM sqlite_schema").fetchall() == [("bookmarks",)]
    db.close()


def test_a_migration_is_backed_up_first_and_said(path: Path) -> None:
    filled(path, 2)
    db = connect.open_writer(str(path), "wal")
    steps = (*schema.STEPS, lambda db: db.execute("ALTER TABLE task ADD COLUMN mood TEXT"))
    (told,) = opening.migrate(db, path, steps)
    assert db.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION + 1
    assert opening.migrate(db, path, steps) == []
    db.close()
    (backup,) = beside(path, "before-format")
    assert str(backup) in told
    with Archive.open(backup) as old:
        assert len(old.tasks()) == 2


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    filled(path, 2)
    db = connect.open_writer(str(path), "wal")

    def half(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM source")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        opening.migrate(db, path, (*schema.STEPS, half))
    assert db.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION
    assert db.execute("SELECT count(*) FROM source").fetchone()[0] == 2
    assert beside(path, "before-format") == []
    db.close()


def test_reading_only_reads_and_makes_no_archive(path: Path) -> None:
    with pytest.raises(ArchiveError, match="no readable archive"):
        Archive.open(path, read_only=True)
    assert not path.parent.exists()
    filled(path, 2)
    with Archive.open(path, read_only=True) as archive:
        assert archive.read_only
        assert len(archive.tasks()) == 2
        with pytest.raises(ArchiveError, match="read-only") as refused:
            archive.put_tasks([a_task()]).result(60)
        assert "writable" in refused.value.hint


def test_a_folder_in_the_files_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no file"):
        Archive.open(tmp_path)


def test_a_file_in_the_folders_place_is_an_archive_error_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(ArchiveError, match="cannot be made") as refused:
        Archive.open(tmp_path / "state" / "archive.db")
    assert "DIVEWATCH_HOME" in refused.value.hint


def test_a_link_of_ones_own_is_followed(path: Path, tmp_path: Path) -> None:
    filled(path, 1)
    link = tmp_path / "link.db"
    link.symlink_to(path)
    with Archive.open(link) as archive:
        assert len(archive.tasks()) == 1
        assert archive.path == path
        save(archive, a_task("more"), "text")
        assert log_of(path).exists()
    assert {file.name for file in tmp_path.iterdir()} == {"link.db", "state"}


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a link that belongs to somebody else")
def test_a_link_that_somebody_else_planted_is_refused(path: Path, tmp_path: Path) -> None:
    filled(path, 1)
    link = tmp_path / "link.db"
    link.symlink_to(path)
    os.chown(link, 65534, 65534, follow_symlinks=False)
    with pytest.raises(ArchiveError, match="somebody else"):
        Archive.open(link)


def test_a_file_is_never_put_in_anothers_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("mine")
    with private(tmp_path / "fresh") as fresh:
        with pytest.raises(FileExistsError):
            place(fresh, tmp_path / "taken")
        monkeypatch.setattr(os, "link", lambda *names: (_ for _ in ()).throw(PermissionError("no links here")))
        with pytest.raises(FileExistsError):
            place(fresh, tmp_path / "taken")
        place(fresh, tmp_path / "free")
        fresh.with_name("fresh-shm").touch()
    assert (tmp_path / "taken").read_text() == "mine"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["free", "taken"]


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that other users may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


AS_NOBODY = """
import os, sys
sys.path[:0] = {path!r}
from pathlib import Path
from tests.archive.make import a_task
from tui.domain.errors import ArchiveError
from tui.engine.archive import Archive
from tui.engine.archive.search.json import listed
import tui.engine.archive.search.library, tui.domain.url, tui.domain.source_key  # nobody may not read where Python is
os.setgid(65534); os.setuid(65534)
archive = Archive.open(Path({file!r}))
print(archive.read_only, archive.notes)
print([task.id for task in archive.tasks()], archive.raw("t000"), archive.library.search("lithium").total)
print(archive.take_lease(), len(list(listed({file!r}))))
try:
    archive.put_tasks([a_task()]).result(60)
except ArchiveError as error:
    print(error.message, error.hint)
print(archive.close())
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("log", [False, True])
def test_in_a_folder_that_cannot_be_written_everything_can_be_read(shared_folder: Path, log: bool) -> None:
    file = shared_folder / "archive.db"
    bodies = filled(file, 1)
    if log:
        log_of(file).write_bytes(b"a log that cannot be read here")
    for one in shared_folder.iterdir():
        one.chmod(0o444)
    code = AS_NOBODY.format(path=sys.path, file=str(file))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    first, second, third, refused, closed = done.stdout.splitlines()
    assert first.startswith("True")
    assert "The archive is read-only" in first
    assert ("in a log that cannot be read here" in first) is log
    assert second == f"['t000'] {bodies['t000']!r} 1"
    assert third == "True 1"
    assert "read-only" in refused
    assert closed == "True"


def test_a_network_file_system_gets_no_write_ahead_log(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "file_system", lambda path: "nfs4")
    with Archive.open(path) as archive:
        save(archive, a_task(), "text")
        stats = archive.maintenance.stats()
        assert (stats.journal, stats.file_system) == ("truncate", "nfs4")
        assert not log_of(path).exists()
        assert archive.raw("t1") == b"text"


def test_the_file_system_is_that_of_the_innermost_mount(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        f"1 1 0:1 / / rw - ext4 /dev/a rw\n2 1 0:2 / {tmp_path} rw shared:1 - xfs /dev/b rw\n"
        f"3 1 0:3 / {tmp_path}/home rw - nfs4 server:/x rw\n4 1 0:4 / {tmp_path}/ho rw - tmpfs none rw\n"
    )
    assert connect.file_system(str(tmp_path / "home" / "a.db"), str(mounts)) == "nfs4"
    assert connect.file_system(str(tmp_path / "a.db"), str(mounts)) == "xfs"
    assert connect.file_system("/a.db", str(mounts)) == "ext4"
    mounts.write_text("nonsense\n")
    assert connect.file_system("/a.db", str(mounts)) == ""
    assert connect.file_system("/a.db", str(tmp_path / "missing")) == ""
