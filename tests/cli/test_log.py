"""The event log on the command line: all processes, newest first, endings and failures among them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, fault, tasks
from tests.cli.test_act import started
from tui.cli import context
from tui.engine.api import LogEntry
from tui.simulator.server import Simulator

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def write(*entries: LogEntry) -> None:
    with context.open_archive(read_only=False) as opened:
        opened.add_log(entries).result()


def test_what_the_command_line_did_and_what_ended_is_in_the_log_newest_first(world: Cli) -> None:
    task_id = started(world, "yutori", "Log me.", "-m", "fast")
    assert world("watch", task_id, "--until-done", "--timeout", "60").code == 0
    events = world("log", "--task", task_id, "--json").json["events"]
    kinds = [event["kind"] for event in events]
    assert kinds[0] == "ended"
    assert events[0]["text"].endswith("is done")
    assert any(event["text"].startswith("brief sent") for event in events)
    times = [event["at"] for event in events]
    assert times == sorted(times, reverse=True)


def test_a_task_that_ended_while_nobody_watched_is_told_by_the_sync_that_found_it(world: Cli) -> None:
    task_id = started(world, "yutori", "Nobody looks.", "-m", "fast")
    for _ in range(200):
        world("sync")
        if tasks(world, id=task_id)[0]["status"] == "done":
            break
    told = [event["kind"] for event in world("log", "--task", task_id, "--json").json["events"]]
    assert told.count("ended") == 1
    assert world("log", "--kind", "sync").out.count("asked every provider") >= 1


def test_local_deletions_are_in_the_log(world: Cli) -> None:
    task = tasks(world, status="done")[0]
    assert world("remove", task["id"], "--yes").code == 0
    assert world("restore").code == 0
    lines = [event["text"] for event in world("log", "--json").json["events"]]
    assert lines[0].startswith("restore: brought back 1 task")
    assert lines[1].startswith("remove: deleted 1 task")


def test_connection_errors_of_many_runs_are_one_line_with_a_count(world: Cli, simulator: Simulator) -> None:
    with fault(simulator, "yutori:500"):
        for _ in range(3):
            world("sync")
    problems = [e for e in world("log", "--kind", "problem", "--json").json["events"] if e["provider"] == "yutori"]
    assert len({event["text"] for event in problems}) == len(problems)
    assert max(event["count"] for event in problems) >= 1


def test_equal_problems_are_counted_until_something_else_happened(world: Cli) -> None:
    problem = LogEntry(NOW, "problem", "Valyu cannot be reached", "t1", "valyu")
    back = LogEntry(NOW + timedelta(seconds=5), "ended", "Bells is done", "t1", "valyu")
    other = LogEntry(NOW, "problem", "cannot be reached", None, "extruct")
    write(problem, other, problem, problem, other, back, problem)
    told = [(e["text"], e["count"]) for e in world("log", "--json", "--limit", "4").json["events"]]
    assert told == [
        ("Valyu cannot be reached", 1),
        ("Bells is done", 1),
        ("cannot be reached", 2),
        ("Valyu cannot be reached", 3),
    ]
    assert "(3 times since" in world("log", "--limit", "4").out


def test_new_shows_only_what_came_since_one_last_looked(world: Cli) -> None:
    assert world("log", "--new").code == 0
    again = world("log", "--new")
    assert (again.code, again.out) == (0, "")
    write(LogEntry(datetime.now(UTC) + timedelta(days=1), "failed", "Horns failed", "t9", "valyu"))
    assert world("log", "--new").out.count("Horns failed") == 1
    assert world("log", "--new").out == ""
    assert "Horns failed" in world("log").out


def test_without_an_archive_the_log_is_empty_as_the_list_is(cli: Cli, home: Path) -> None:
    told = cli("log")
    assert (told.code, told.out) == (0, "")
    assert "nothing has happened yet" in told.err
    assert json.loads(cli("log", "--json").out)["events"] == []
    assert cli("log", "--task", "abc").code == 5
    assert not (home / "archive.db").exists()


def test_foreign_words_in_the_log_stay_text(world: Cli) -> None:
    write(LogEntry(NOW, "problem", "a\x1b[2Jb\u202e", "t1", "x\x07y"))
    ended = world("log", tty=True)
    assert "\x1b" not in ended.out
    assert "\x07" not in ended.out
    assert "\u202e" not in ended.out


def test_what_is_deleted_and_brought_back_in_the_dashboard_is_in_the_log(world: Cli) -> None:
    from tui.ui.shell.archive import ScreenAnnotations

    task = tasks(world, status="done")[0]
    with context.open_archive(read_only=False) as opened:
        annotations = ScreenAnnotations(opened)
        annotations.delete([task["id"]])
        assert annotations.restore() == [task["id"]]
    lines = [event["text"] for event in world("log", "--json", "--limit", "2").json["events"]]
    assert lines == [f"brought back 1 task: {task['id']}", f"deleted 1 task here: {task['id']}"]
