"""Salvage reads rows out of ruins, and believes nothing that does not prove itself."""

import random
import sqlite3
from pathlib import Path

import pytest

from tests.archive.make import a_task, filled, save
from tui.domain.task import TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.recovery.placeholders import WARNING
from tui.engine.archive.recovery.salvage import salvage
from tui.engine.archive.sqlite.checkpoint import log_of
from tui.engine.archive.sqlite.files import fill
from tui.engine.files.saved_detail import read_detail


def saved_from(path: Path, tmp_path: Path) -> Archive:
    fresh = tmp_path / f"fresh-{random.random()}" / "archive.db"
    fresh.parent.mkdir()
    fresh.touch()
    fill(fresh)
    salvage(path, log_of(path), fresh)
    return Archive.open(fresh)


def test_everything_is_saved_from_a_file_without_header(path: Path, tmp_path: Path) -> None:
    bodies = filled(path, 20)
    with Archive.open(path) as archive:
        archive.annotations.set_note("t003", "a note")
        archive.annotations.set_state("sort", "cost")
        archive.put_tasks([a_task("twin", remote_id="r5")])
        save(archive, a_task("t004", remote_id="r4"), "edited later")
        before = archive.load_tasks()
    path.write_bytes(b"\0" * 4096 + path.read_bytes()[4096:])
    with saved_from(path, tmp_path) as archive:
        assert archive.load_tasks() == before
        assert archive.annotations.local("t003").note == "a note"
        assert archive.annotations.state("sort") == "cost"
        assert archive.task("twin").id == "t005"
        assert [archive.raw("t004", number) for number in (1, 2)] == [bodies["t004"], b"edited later"]
        assert archive.raw("t019") == bodies["t019"]
        assert [use.task_id for use in archive.library.uses("https://www.example.org/7")] == ["t007"]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_destroyed_the_rest_is_sound(path: Path, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    bodies = filled(path, 25)
    data = bytearray(path.read_bytes())
    for _ in range(4):
        at = rng.randrange(len(data))
        data[at : at + 3000] = rng.randbytes(len(data[at : at + 3000]))
    path.write_bytes(data)
    with saved_from(path, tmp_path) as archive:
        for task in archive.tasks():
            answer = archive.current_answer(task.id)
            right = [*bodies.values()] if task.id.startswith("recovered-") else [bodies[task.id]]
            assert answer is None or answer.body in right
        assert archive.maintenance.verify().problems == ()
        assert len(archive.tasks()) > 5


def test_a_transaction_that_was_not_committed_is_not_saved(path: Path, tmp_path: Path) -> None:
    filled(path, 2)
    with Archive.open(path) as archive:
        save(archive, a_task("late"), "in the log")
        log = log_of(path).read_bytes()
        ruin = tmp_path / "ruin.db"
        ruin.write_bytes(path.read_bytes())
    frames = (len(log) - 32) // (4096 + 24)
    found = []
    for count in range(frames + 1):
        log_of(ruin).write_bytes(log[: 32 + count * (4096 + 24)])
        with saved_from(ruin, tmp_path) as archive:
            found.append("late" in {task.id for task in archive.tasks()})
            assert archive.maintenance.verify().problems == ()
    assert found[0] is False
    assert found[-1] is True
    assert found == sorted(found)


@pytest.mark.parametrize("log", [b"", b"short", b"\0" * 5000, b"\x37\x7f\x06\x82" + b"\0" * 28])
def test_a_log_that_is_none_is_ignored(path: Path, tmp_path: Path, log: bytes) -> None:
    filled(path, 3)
    log_of(path).write_bytes(log)
    with saved_from(path, tmp_path) as archive:
        assert len(archive.tasks()) == 3


def test_bodies_that_do_not_prove_themselves_are_left_behind(path: Path, tmp_path: Path) -> None:
    filled(path, 3)
    db = sqlite3.connect(path)
    db.execute("UPDATE body SET data = x'00' WHERE n = 2")
    db.commit()
    db.close()
    with saved_from(path, tmp_path) as archive:
        assert [archive.current_answer(f"t00{number}") is None for number in range(3)] == [False, True, False]
        assert len(archive.tasks()) == 3


def without_rows(path: Path, *statements: str) -> None:
    """Lose rows as a torn page would: what they led to stays; then lose the header, too."""
    db = sqlite3.connect(path)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.execute("VACUUM")
    db.close()
    path.write_bytes(b"\0" * 100 + path.read_bytes()[100:])


def test_answers_whose_task_is_lost_are_listed_as_recovered_with_their_text(path: Path, tmp_path: Path) -> None:
    bodies = filled(path, 5)
    with Archive.open(path) as archive:
        save(archive, a_task("t002", remote_id="r2"), "a later edition about lithium")
    without_rows(path, "DELETE FROM task WHERE id IN ('t002', 't004')")
    with saved_from(path, tmp_path) as archive:
        recovered = {task.id: task for task in archive.tasks() if task.id.startswith("recovered-")}
        assert len(recovered) == 2
        assert len(archive.tasks()) == 5
        (twice,) = [task_id for task_id in recovered if len(archive.versions(task_id)) == 2]
        assert archive.raw(twice) == b"a later edition about lithium"
        assert archive.raw(twice, 1) == bodies["t002"]
        task = recovered[twice]
        assert (task.provider, task.has_report, task.status) == ("file", True, TaskStatus.DONE)
        assert task.warnings == (WARNING,)
        assert not archive.annotations.local(twice).read, "somebody should look at it"
        archive.put_tasks([]).result(60)  # the index is being rebuilt
        assert archive.library.search("later edition").total == 1
        assert archive.maintenance.verify().problems == ()


def test_a_body_that_nothing_leads_to_is_listed_unless_it_names_a_known_task(path: Path, tmp_path: Path) -> None:
    filled(path, 3)
    with Archive.open(path) as archive:
        save(archive, a_task("a", remote_id="remote-a"), "x", body=b'{"id": "remote-a", "text": "earlier"}')
        save(archive, a_task("b", remote_id="remote-b"), "y", body=b'{"id": "remote-b", "text": "whole"}')
    without_rows(
        path,
        "DELETE FROM answer WHERE task IN (SELECT n FROM task WHERE id IN ('a', 'b'))",
        "DELETE FROM text WHERE task NOT IN (SELECT task FROM answer)",
        "DELETE FROM task WHERE id = 'b'",
    )
    with saved_from(path, tmp_path) as archive:
        (recovered,) = [task for task in archive.tasks() if task.id.startswith("recovered-")]
        assert archive.raw(recovered.id) == b'{"id": "remote-b", "text": "whole"}'
        assert archive.maintenance.verify().problems == ()


def test_the_message_says_how_many_were_recovered(path: Path) -> None:
    filled(path, 4)
    without_rows(path, "DELETE FROM task WHERE id = 't001'")
    with Archive.open(path) as archive:
        assert "saved from it: 4 tasks" in archive.notes[0]
        assert "1 of them are listed as recovered" in archive.notes[0]


def test_a_recovered_answer_can_be_opened(path: Path) -> None:
    filled(path, 2)
    without_rows(path, "DELETE FROM task WHERE id = 't001'")
    with Archive.open(path) as archive:
        (task,) = [task for task in archive.tasks() if task.id.startswith("recovered-")]
        detail = read_detail(archive, task.id)
        assert detail.report is not None
        assert detail.report.text.startswith("Report 1 about lithium.")
