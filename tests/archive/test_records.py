"""`list --json` and `search --json` for scripts: the same answers, and hardly anything imported."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.make import a_task, filled, save
from tui.domain.errors import ArchiveError, UsageError
from tui.domain.task import Task, TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.rows.task_json import to_record
from tui.engine.archive.search import json as records
from tui.engine.archive.sqlite import schema

HEAVY = {"tui.domain.task", "pydantic", "httpx", "textual", "click", "dataclasses", "pathlib", "tui.engine.api"}


def test_the_list_is_every_task_newest_first_with_what_the_user_added(archive: Archive) -> None:
    save(archive, a_task("t1", title='quotes " and \\ and 深'), "text")
    archive.put_tasks([a_task("t2", has_report=True)]).result(60)
    archive.annotations.change_tags(["t1"], add=["b", "a"])
    archive.annotations.set_read(["t2"], False)
    archive.annotations.set_read(["t1"])
    archive.annotations.set_pinned(["t1"])
    archive.annotations.set_hidden(["t2"]).result(60)
    lines = {line["id"]: line for line in map(json.loads, records.listed(str(archive.path)))}
    assert list(lines) == ["t2", "t1"]
    assert lines["t1"] == json.loads(to_record(archive.task("t1"))) | {
        "tags": ["a", "b"],
        "unread": False,
        "pinned": True,
        "hidden": False,
        "started_by": None,
    }
    assert (lines["t2"]["tags"], lines["t2"]["unread"], lines["t2"]["hidden"]) == ([], True, True)


def test_a_record_ends_as_the_statement_for_unread_expects() -> None:
    assert to_record(a_task(has_report=True))[-18:] == '"has_report":true}'


@pytest.mark.parametrize(
    ("task", "unread"),
    [
        (a_task(has_report=True), True),
        (a_task(has_report=False), False),
        (a_task(has_report=True, status=TaskStatus.RUNNING), False),
        (a_task(has_report=True, status=TaskStatus.PARTIAL), True),
    ],
)
def test_only_a_report_of_a_finished_task_can_be_unread(archive: Archive, task: Task, unread: bool) -> None:
    archive.put_tasks([task]).result(60)
    archive.annotations.set_read([task.id], False).result(60)
    (line,) = map(json.loads, records.listed(str(archive.path)))
    assert line["unread"] is unread
    assert len(list(records.listed(str(archive.path), "is:unread"))) == unread


def test_the_list_can_be_filtered_and_cut(path: Path) -> None:
    filled(path, 5)
    assert [json.loads(line)["id"] for line in records.listed(str(path), limit=2)] == ["t004", "t003"]
    assert [json.loads(line)["id"] for line in records.listed(str(path), "host:example.org title", 9)] != []
    assert list(records.listed(str(path), "status:failed")) == []
    with pytest.raises(UsageError):
        list(records.listed(str(path), "status:nope"))


def test_a_search_gives_the_tasks_with_their_hits(path: Path) -> None:
    filled(path, 5)
    (line,) = map(json.loads, records.found(str(path), '"report 3"'))
    assert line["id"] == "t003"
    assert line["hit"]["where"] == "report"
    assert line["hit"]["line"] == 1
    start, end = line["hit"]["marks"][0]
    assert line["hit"]["snippet"][start:end] == line["hit"]["matched"] == "Report 3"


def test_ids_complete_from_their_beginning(path: Path) -> None:
    filled(path, 12)
    assert [task_id for task_id, _ in records.ids(str(path), "t01")] == ["t011", "t010"]
    assert len(records.ids(str(path), limit=3)) == 3


def test_without_an_archive_there_is_nothing_and_nothing_is_made(path: Path) -> None:
    assert list(records.listed(str(path))) == []
    assert list(records.found(str(path), "x")) == []
    assert records.ids(str(path)) == []
    assert not path.parent.exists()


def test_a_broken_archive_is_recovered_first(path: Path) -> None:
    filled(path, 3)
    path.write_bytes(b"\0" * 4096 + path.read_bytes()[4096:])
    assert len(list(records.listed(str(path)))) == 3
    assert any("broken" in file.name for file in path.parent.iterdir())


def test_an_archive_of_a_newer_version_is_refused(path: Path) -> None:
    filled(path, 1)
    with Archive.open(path) as archive:
        archive._store.write(lambda db: db.execute("PRAGMA user_version = 99").fetchall()).result(60)
    with pytest.raises(ArchiveError, match="newer"):
        list(records.listed(str(path)))


def test_a_damaged_page_is_an_archive_error(path: Path) -> None:
    filled(path, 30)
    whole = bytearray(path.read_bytes())
    whole[4096:] = b"\xff" * (len(whole) - 4096)
    path.write_bytes(whole)
    with pytest.raises(ArchiveError):
        list(records.listed(str(path)))


def test_what_is_typed_in_another_encoding_completes_nothing(path: Path) -> None:
    filled(path, 1)
    assert records.ids(str(path), "\udcff") == []
    with Archive.open(path) as archive:
        assert archive.tasks(terms="tag:\udcff") == []


def test_the_version_is_that_of_the_tables() -> None:
    assert tuple(records.READ) == tuple(range(schema.OLDEST_READ, schema.VERSION + 1))


@pytest.mark.parametrize(("call", "allowed"), [("listed(p)", set()), ("found(p, 'lithium')", set())])
def test_scripts_wait_for_next_to_no_imports(path: Path, call: str, allowed: set[str]) -> None:
    filled(path, 2)
    code = (
        f"import sys; p = {str(path)!r}\nfrom tui.engine.archive.search import json as records\n"
        f"assert len(list(records.{call})) == 2\nprint(' '.join(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert HEAVY & set(loaded) == allowed


def test_a_pipe_in_the_place_of_the_archive_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    os.mkfifo(path)
    with pytest.raises(ArchiveError, match="no file"):
        list(records.listed(str(path)))
    with pytest.raises(ArchiveError, match="no file"):
        Archive.open(path)


@pytest.mark.parametrize("query", ["\ud800zzz", "tag:\udcff", "\udcffzzz status:done"])
def test_what_is_in_no_encoding_finds_nothing(tmp_path: Path, query: str) -> None:
    filled(tmp_path / "archive.db", 1)
    assert list(records.found(str(tmp_path / "archive.db"), query)) == []
