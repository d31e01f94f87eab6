"""Batches, edits, versions and files from the command line, against the simulator."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli, fault, tasks
from tests.cli.test_act import sent, started
from tui.domain.detail import Deliverable, Detail, Image
from tui.domain.task import Task, TaskStatus
from tui.engine.files.task_files import Saved, files_of
from tui.simulator.server import Simulator

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
BRIEFS = "First brief about bells.\n\nSecond brief about horns.\n"


# Batches


def test_a_batch_is_started_once_priced_named_counted_and_cancelled(
    world: Cli, simulator: Simulator, tmp_path: Path
) -> None:
    (tmp_path / "briefs.txt").write_text(BRIEFS)
    before = sent(simulator, "/batches")
    begun = world(
        "batch", "start", str(tmp_path / "briefs.txt"), "-p", "valyu", "-m", "max", "--name", "Monday", "--yes"
    )
    assert begun.code == 0, begun.err
    assert "2 tasks, at most $" in begun.err
    ids = begun.out.split()
    assert len(ids) == 2
    assert sum(request.method == "POST" for request in simulator.requests if request.path.endswith("/batches")) >= 1
    assert sent(simulator, "/batches") > before
    batch_id = tasks(world, id=ids[0])[0]["batch_id"]
    shown = world("batch", "show", batch_id, "--json")
    assert shown.code == 0, shown.err
    assert (shown.json["name"], shown.json["counts"]["total"]) == ("Monday", 2)
    assert {task["id"] for task in shown.json["tasks"]} == {*ids}
    every = world("batch", "list", "--json")
    listed = [row for row in every.json["batches"] if row["batch_id"] == batch_id]
    assert [row["name"] for row in listed] == ["Monday"], every.err
    text = world("batch", "show", batch_id[:20]).out
    assert "Monday" in text
    assert "2 tasks" in text
    assert world("batch", "cancel", batch_id).code == 2
    ended = world("batch", "cancel", batch_id, "--yes")
    assert ended.code == 0, ended.err
    assert tasks(world, id=ids[0])[0]["status"] == "cancelled"
    again = world("batch", "cancel", batch_id, "--yes")
    assert (again.code, "already ended" in again.err) == (2, True)


def test_a_dry_run_of_a_batch_sends_nothing(world: Cli, simulator: Simulator) -> None:
    before = len(simulator.requests)
    ended = world("batch", "start", "-", "-p", "valyu", "-m", "fast", "--dry-run", "--json", stdin=BRIEFS.encode())
    assert (ended.code, ended.json["tasks"], len(ended.json["costs"])) == (0, 2, 2)
    assert len(simulator.requests) == before


@pytest.mark.parametrize(
    ("arguments", "stdin", "reason"),
    [
        (("-p", "yutori"), BRIEFS, "batch"),
        (("-p", "valyu", "-m", "instant"), BRIEFS, "no mode"),
        (("-p", "valyu"), "  \n", "0 briefs"),
        (("-p", "valyu"), "a\n---\n" * 101, "101 briefs"),
        (("-p", "valyu"), BRIEFS, "Nobody is there to ask"),
    ],
)
def test_what_is_no_batch_is_refused_before_anything_is_sent(
    world: Cli, simulator: Simulator, arguments: tuple[str, ...], stdin: str, reason: str
) -> None:
    before = len(simulator.requests)
    ended = world("batch", "start", "-", *arguments, stdin=stdin.encode())
    assert ended.code == 2
    assert reason in ended.err
    assert len(simulator.requests) == before


def test_batches_of_the_archive_are_counted_when_nobody_is_asked(world: Cli, simulator: Simulator) -> None:
    before = len(simulator.requests)
    rows = world("batch", "list", "--offline", "--json").json["batches"]
    known = {task["batch_id"] for task in tasks(world) if task["batch_id"]}
    assert {row["batch_id"] for row in rows} == known
    assert known
    assert len(simulator.requests) == before
    assert world("batch", "show", "no-such-batch").code == 5


def test_a_provider_that_does_not_answer_is_said_and_the_archive_tells_what_it_knows(
    world: Cli, simulator: Simulator
) -> None:
    with fault(simulator, "valyu:500"):
        ended = world("batch", "list", "--json")
    assert ended.code == 3
    assert "valyu" in ended.err
    assert ended.json["batches"]


# Edits and versions


def test_an_edit_is_waited_for_and_makes_a_version(world: Cli, simulator: Simulator) -> None:
    task = next(one for one in tasks(world, provider="valyu", status="done") if one["citations"])
    asked = world("edit", task["id"], "Add", "a", "summary.")
    assert (asked.code, "Nobody is there to ask" in asked.err) == (2, True)
    ended = world("edit", task["id"], "Add a summary.", "--yes", "--json")
    assert ended.code == 0, ended.err
    assert "version" in ended.json["message"]
    assert any(request.json == {"instruction": "Add a summary."} for request in simulator.requests)
    listed = world("versions", "list", task["id"], "--json").json
    assert len(listed["there"]) >= 2
    assert listed["there"][-1]["newest"]
    assert len(listed["here"]) >= 1
    text = world("versions", "list", task["id"]).out
    assert "@1" in text
    assert "here" in text
    changed = world("versions", "diff", task["id"], "@1", "@2")
    assert changed.code == 0, changed.err
    assert changed.out.startswith("--- @1\n+++ @2\n")
    restored = world("versions", "restore", task["id"], "@1", "--yes")
    assert restored.code == 0, restored.err
    assert "version 1 restored" in restored.err


def test_only_a_finished_report_is_edited(world: Cli, simulator: Simulator) -> None:
    before = sent(simulator, "/edit")
    running = started(world, "valyu", "Edit me later.", "-m", "max")
    ended = world("edit", running, "Shorter.", "--yes")
    assert (ended.code, "only a finished report" in ended.err) == (2, True)
    assert world("edit", running, "  ", "--yes").code == 2
    assert sent(simulator, "/edit") == before


def test_versions_kept_here_are_compared_without_asking_anybody(world: Cli, simulator: Simulator) -> None:
    task, before = tasks(world, provider="extruct", status="done")[0], len(simulator.requests)
    same = world("versions", "diff", task["id"], "1")
    assert (same.code, same.out) == (0, "")
    assert "the same" in same.err
    assert world("versions", "diff", task["id"], "x").code == 2
    assert world("versions", "diff", task["id"], "99").code == 5
    listed = world("versions", "list", task["id"])
    assert (listed.code, "Extruct" in listed.err) == (0, True)
    assert world("versions", task["id"]).out == listed.out
    assert world("versions", "no-such-task").code == 5
    assert len(simulator.requests) == before


# Files


def test_files_are_saved_and_those_that_were_not_are_named_with_the_reason(world: Cli, tmp_path: Path) -> None:
    task = _with_files(world)
    ended = world("download", task["id"], "-o", str(tmp_path / "files"), "--json")
    assert ended.json["saved"], ended.err
    for file in ended.json["saved"]:
        assert Path(file["path"]).stat().st_size == file["bytes"]
    assert all(file["why"] for file in ended.json["missing"])
    assert ended.code == (1 if ended.json["missing"] else 0)


def test_a_file_that_cannot_be_had_is_said_with_the_reason(world: Cli, simulator: Simulator, tmp_path: Path) -> None:
    task = _with_files(world)
    with fault(simulator, "valyu:500"):
        ended = world("download", task["id"], "-o", str(tmp_path / "files"))
    assert ended.code != 0
    assert "not saved: " in ended.err
    assert "saved 0 of " in ended.err


def test_a_task_without_files_has_nothing_to_download(world: Cli) -> None:
    running = started(world, "valyu", "No files yet.", "-m", "max")
    assert world("download", running).code == 2
    assert world("download", tasks(world, provider="yutori", status="done")[0]["id"]).code == 2


def _with_files(world: Cli) -> dict[str, object]:
    for task in tasks(world, provider="valyu", status="done"):
        shown = world("show", task["id"], "--json").json
        if any(one["url"] for one in (*shown["deliverables"], *shown["images"])):
            return task
    raise AssertionError("the world has no task with files")


def test_file_names_stay_inside_their_folder_and_are_all_different(tmp_path: Path) -> None:
    titles = ("table.csv", "table.csv", "x./../../evil", "../../etc/passwd", "a.b/c", "", "naïve 表.PDF", "CON")
    files = tuple(
        Deliverable(f"{n}", "csv", title, "completed", "https://a.example/x") for n, title in enumerate(titles)
    )
    detail = Detail(
        Task("t", "valyu", status=TaskStatus.DONE), deliverables=files, images=(Image("i", "chart", "table"),)
    )
    made = files_of(detail, tmp_path)
    assert all(file.path.parent == tmp_path for file in made)
    assert len({file.path for file in made}) == len(titles)


def test_what_was_not_saved_is_told_by_name_with_the_reason(tmp_path: Path) -> None:
    files = (
        Deliverable("1", "csv", "Table", "failed", None, "too long"),
        Deliverable("2", "pdf", "Report", "completed", "https://a.example/x"),
    )
    saved = Saved(files_of(Detail(Task("t", "valyu"), deliverables=files), tmp_path))
    saved.missing[saved.files[0].path] = saved.files[0].trouble
    before = saved.is_over
    saved.sizes[saved.files[1].path] = 12
    assert (before, saved.is_over) == (False, True)
    assert saved.told() == "saved 1 of 2 files; not saved: Table: the provider has no file (too long)"
