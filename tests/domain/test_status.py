"""What counts as the end of a task is said once, for Python and for SQL."""

import sqlite3

import pytest

from tui.domain.status import FINAL, TaskStatus
from tui.engine.archive.shared_sql import FINAL_SQL


@pytest.mark.parametrize("status", TaskStatus)
def test_sql_and_python_agree_about_what_is_final(status: TaskStatus) -> None:
    wanted = status.value in {"done", "partial", "failed", "cancelled", "expired"}
    (found,) = (
        sqlite3.connect(":memory:").execute(f"SELECT {FINAL_SQL} FROM (SELECT ? AS status)", (status,)).fetchone()
    )
    assert (status.is_final, status in FINAL, bool(found)) == (wanted, wanted, wanted)
