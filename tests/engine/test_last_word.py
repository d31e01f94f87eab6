"""What a provider said last about a task is asked for at least once, and again when its list says something else."""

from pathlib import Path

import pytest

from tests.engine.fakes import Bench, VirtualLoop, body, page, simulate
from tests.engine.recorder import ID, Recorder, Reply, encoded, recording
from tests.engine.sockets import PROVIDERS, WAIT, running
from tui.domain.errors import Gone
from tui.domain.task import TaskStatus
from tui.engine.ingest.list_entries import entries
from tui.engine.ingest.merge import NOT_TOLD

REASONS: dict[str, dict[str, object]] = {
    "extruct": {"failure_reason": "no company matched", "owner": {"email": "a@example.com"}, "agents": 3},
    "yutori": {"rejection_reason": None, "error": "no company matched", "mode": "fast"},
    "valyu": {"error": "no company matched", "cost": 0.4, "mode": "fast"},
}


def whole(service: Recorder, number: int, status: str, **more: object) -> Reply:
    return Reply(body=encoded({**service.entry(number, status), **more}))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_task_that_failed_before_it_was_first_seen_is_asked_why(provider: str, tmp_path: Path) -> None:
    with recording(provider) as service:
        service.listed = encoded([service.entry(1, "failed")])
        service.tasks[ID.format(1)] = whole(service, 1, "failed", **REASONS[provider])
        with running(tmp_path / "archive.db", service.accounts()) as (_, runtime):
            runtime.sync().result(WAIT)
            (task,) = runtime.tasks().values()
            assert task.error == "no company matched"
            assert task.warnings == ()
            assert service.times("GET", ID.format(1)) == 1
            runtime.sync().result(WAIT)
            assert service.times("GET", ID.format(1)) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_a_list_does_not_tell_is_not_told_yet_and_asked_for_by_later_runs(provider: str, tmp_path: Path) -> None:
    with recording(provider) as service:
        service.listed = encoded([service.entry(1, "failed")])
        service.tasks[ID.format(1)] = Reply(503, b"")
        with running(tmp_path / "archive.db", service.accounts()) as (_, runtime):
            runtime.sync().result(WAIT)
            (task,) = runtime.tasks().values()
            assert task.error is None
            assert any(note.startswith(NOT_TOLD) for note in task.warnings)
        service.tasks[ID.format(1)] = whole(service, 1, "failed", **REASONS[provider])
        with running(tmp_path / "archive.db", service.accounts()) as (_, runtime):
            runtime.sync().result(WAIT)
            assert runtime.tasks()[task.id].error == "no company matched"
            assert runtime.tasks()[task.id].warnings == ()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_track_and_a_look_at_the_task_ask_for_the_last_word(provider: str, tmp_path: Path) -> None:
    with recording(provider) as service:
        service.listed = encoded([service.entry(1, "failed")])
        service.tasks[ID.format(1)] = Reply(404, b"{}")
        with running(tmp_path / "archive.db", service.accounts()) as (_, runtime):
            runtime.sync().result(WAIT)
            asked = service.times("GET", ID.format(1))
            service.tasks[ID.format(1)] = whole(service, 1, "failed", **REASONS[provider])
            task = runtime.track(provider, ID.format(1)).result(WAIT)
            assert service.times("GET", ID.format(1)) == asked + 1
            assert task.error == "no company matched"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_task_that_failed_and_is_done_after_all_gets_its_report(provider: str, tmp_path: Path) -> None:
    done = {"extruct": "done", "yutori": "succeeded", "valyu": "completed"}[provider]
    report: dict[str, object] = {
        "extruct": {"report": {"kind": "markdown", "markdown": "# Late", "sources": []}},
        "yutori": {"result": "# Late"},
        "valyu": {"output": "# Late", "output_type": "markdown"},
    }[provider]  # type: ignore[assignment]
    with recording(provider) as service, running(tmp_path / "a.db", service.accounts()) as (archive, runtime):
        service.listed = encoded([service.entry(1, "failed")])
        service.tasks[ID.format(1)] = whole(service, 1, "failed", **REASONS[provider])
        runtime.sync().result(WAIT)
        service.listed = encoded([service.entry(1, done)])
        service.tasks[ID.format(1)] = whole(service, 1, done, **report)
        runtime.sync().result(WAIT)
        (task,) = runtime.tasks().values()
        assert (task.status, task.has_report, task.error) == (TaskStatus.DONE, True, None)
        detail = runtime.detail(task.id).result(WAIT)
        assert detail is not None
        assert detail.report is not None
        assert detail.report.text.strip() == "# Late"
        assert len(archive.versions(task.id)) == 2


def test_a_list_that_carries_whole_tasks_costs_no_second_request_and_keeps_their_bytes(tmp_path: Path) -> None:
    with recording("extruct") as service, running(tmp_path / "a.db", service.accounts()) as (archive, runtime):
        tasks = [
            service.entry(number, "done", report={"kind": "markdown", "markdown": f"# R{number}", "sources": []})
            for number in range(9)
        ]
        service.listed = encoded(tasks)
        runtime.sync().result(WAIT)
        assert service.times("GET", "deep_research_tasks/") == 0
        known = {task.remote_id: task for task in runtime.tasks().values()}
        assert len(known) == 9
        assert all(task.has_report and task.warnings == () for task in known.values())
        for entry in tasks:
            assert archive.raw(known[str(entry["id"])].id) == encoded(entry)


def test_a_task_that_its_list_contradicts_is_asked_once_for_each_thing_the_list_says() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r", status=TaskStatus.DONE, provider_status="done", has_report=True)
        bench.script.pages = {None: page({"id": "r", "status": "failed"})}
        bench.script.task("r", body("r", "done", "R1"))
        async with bench:
            await bench.after(1000)
            assert len(bench.script.times("fetch", "r")) == 1
            assert bench.task("tr").status is TaskStatus.DONE
            bench.script.pages = {None: page({"id": "r", "status": "cancelled"})}
            await bench.after(1000)
            assert len(bench.script.times("fetch", "r")) == 2

    simulate(main)


def test_an_ended_task_that_the_provider_forgot_is_not_asked_for_ever() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r", status=TaskStatus.FAILED, provider_status="failed")
        bench.script.task("r", Gone("no such task"))
        async with bench:
            await bench.after(3600)
            assert len(bench.script.times("fetch", "r")) == 1
        again = Bench(loop, archive=bench.archive)
        again.script.task("r", Gone("no such task"))
        async with again:
            await again.after(3600)
            assert again.script.times("fetch", "r") == []

    simulate(main)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('[{"id": "a", "x":[1, {}]} ,{"id":2}]', {"a": '{"id": "a", "x":[1, {}]}', "2": '{"id":2}'}),
        ('{"n":null,"items":[{"id":"a"},7],"z":{}}', {"a": '{"id":"a"}'}),
        ('[{"id":"a"}, {"id"', {"a": '{"id":"a"}'}),
        ('[{"id":"\\ud800"}]', {"\ud800": '{"id":"\\ud800"}'}),
        ("", {}),
        ("7", {}),
        ("{}", {}),
        ("[" * 5000, {}),
    ],
)
def test_the_entries_of_a_list_are_cut_out_as_they_were_sent(text: str, parts: dict[str, str]) -> None:
    assert entries(text.encode(), "id") == {name: part.encode() for name, part in parts.items()}
