"""A file is there whole or not at all, and only its owner reads it."""

import os
from pathlib import Path

import pytest

from tui.domain.atomic import append_private, open_new, replacing, write_atomic


def test_a_written_file_is_whole_and_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_atomic(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError), replacing(path) as file:  # noqa: PT012  the failure is inside the block
        file.write(b"half")
        raise RuntimeError
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


def test_the_content_is_on_the_disk_before_it_has_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    done: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda handle: done.append(path.exists()))
    write_atomic(path, b"new")
    assert done == [False, True]  # the file, then the folder


def test_the_longest_name_a_folder_takes_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 251 + ".txt")
    write_atomic(path, b"x")
    assert path.read_bytes() == b"x"


def test_a_link_is_replaced_and_never_written_through(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "victim")
    write_atomic(tmp_path / "link", b"x")
    assert not (tmp_path / "victim").exists()
    (tmp_path / "log").symlink_to(tmp_path / "victim")
    with pytest.raises(OSError, match="symbolic"):
        append_private(tmp_path / "log", b"x")
    with pytest.raises(FileExistsError):
        open_new(tmp_path / "log")


def test_a_log_grows_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "state" / "crash.log"
    append_private(path, b"one\n")
    append_private(path, b"two\n")
    assert path.read_bytes() == b"one\ntwo\n"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
