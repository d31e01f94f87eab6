"""An archive that a SQLite without FTS5 wrote is indexed by the next program that has it."""

from pathlib import Path

import pytest

from tests.archive.make import a_task, save
from tui.engine.archive import Archive
from tui.engine.archive.sqlite import fts


def ids(archive: Archive, query: str) -> set[str]:
    return {hit.task_id for hit in archive.library.search(query).hits}


def test_an_archive_used_without_fts5_is_indexed_anew_by_the_next_program(path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fts, "usable", lambda db: False)
        with Archive.open(path) as archive:
            for number in range(120):
                archive.put_tasks([a_task(f"t{number}", title=f"Number {number}")])
            save(archive, a_task("z"), "about zebras")
            assert ids(archive, "zebras") == {"z"}
    with Archive.open(path) as archive:
        assert archive.notes == ("The search index is being rebuilt.",)
        save(archive, a_task("y"), "more zebras")
        while archive._store.write(fts.needs_rebuild).result(60):
            pass
        assert ids(archive, "zebras") == {"z", "y"}
        assert ids(archive, "number 7 ") == {"t7"}
    with Archive.open(path) as archive:
        assert archive.notes == ()
        save(archive, a_task("z"), "about lions")
        assert ids(archive, "zebras") == {"y"}
