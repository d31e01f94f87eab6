"""What SQLite keeps of what was read, in bytes: the system's file cache has it anyway."""

import _sqlite3
import ctypes
from pathlib import Path

import pytest

from tests.archive.make import a_task
from tui.engine.archive import Archive


def used_by_sqlite() -> int:
    """Return the bytes that SQLite has allocated in this process."""
    try:
        used = ctypes.CDLL(_sqlite3.__file__).sqlite3_memory_used
    except (AttributeError, OSError):
        pytest.skip("SQLite cannot be asked here")
    used.restype = ctypes.c_longlong
    return int(used())


def test_an_idle_connection_keeps_no_pages_of_what_was_read(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.put_tasks([a_task(f"t{number}", prompt=f"{number:01000}") for number in range(1500)]).result(60)
        archive.task("t1")
        before = used_by_sqlite()
        assert len(archive.load_tasks()) == 1500
        assert used_by_sqlite() - before < 200_000  # 1.8 MB were read
