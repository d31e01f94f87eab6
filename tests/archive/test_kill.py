"""kill -9 at random moments loses nothing that was acknowledged; 200 kills: `python -m tests.bench.kill`."""

import json
from pathlib import Path

from tests.archive.make import a_task
from tests.bench import kill_watch
from tests.bench.kill import acknowledged_but_lost, run
from tui.domain.task import TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.rows.task_json import to_record


def test_nothing_acknowledged_is_lost_in_some_kills(tmp_path: Path) -> None:
    tally = run(tmp_path / "archive.db", 8, seed=11, longest=0.12)
    assert tally.acknowledged > 8
    assert (tally.lost, tally.unsound, tally.doubles, tally.recovered) == ([], [], 0, [])


def test_the_check_would_notice_a_loss(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    lines = ["task nobody", "answer nobody 00"]
    assert acknowledged_but_lost(path, lines) == lines


def test_a_watching_process_keeps_what_it_told_and_pays_for_nothing_twice(tmp_path: Path) -> None:
    tally = kill_watch.run(tmp_path, 3, seed=3, longest=2.0)
    assert (tally.kills, tally.lost, tally.unsound, tally.doubles, tally.unknown) == (3, [], [], 0, [])
    assert tally.asked > 0


def test_a_report_that_came_after_a_list_said_failed_is_no_loss(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with Archive.open(path) as archive:
        archive.put_tasks([a_task(remote_id="r", status=TaskStatus.PARTIAL, has_report=True)]).result(60)
        told = json.loads(to_record(a_task(remote_id="r", status=TaskStatus.FAILED)))
        assert kill_watch._missing(archive, "t1", told) == ""
        assert kill_watch._missing(archive, "t1", told | {"status": "done"}) == "done became partial"
        assert "became" in kill_watch._missing(archive, "t1", told | {"has_report": True})


def test_the_comparison_would_notice_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    task = a_task(remote_id="r", has_report=True)
    with Archive.open(path) as archive:
        archive.put_tasks([task]).result(60)
    told = {task.id: json.loads(to_record(task)), "gone": json.loads(to_record(a_task("gone")))}
    tally = kill_watch.Tally()
    kill_watch._look(path, told, tally)
    assert tally.lost == ["t1: its report is gone", "gone: there is no task gone in the archive"]
    assert not tally.good
