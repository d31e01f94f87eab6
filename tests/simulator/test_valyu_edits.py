"""Editing a finished Valyu report: records, versions, conflicts."""

from typing import Any

import httpx
import pytest

from tests.simulator.conftest import made
from tui.simulator.clock import ManualClock

TASKS = "/v1/deepresearch/tasks"


@pytest.fixture
async def report(valyu: httpx.AsyncClient, clock: ManualClock) -> str:
    """The URL of a completed task."""
    body = await made(valyu, TASKS, query="x", deliverables=["csv"])
    clock.advance(5000)
    return f"{TASKS}/{body['deepresearch_id']}"


async def edit(valyu: httpx.AsyncClient, report: str, instruction: str = "Shorten it", **more: Any) -> httpx.Response:
    return await valyu.post(f"{report}/edit", json={"instruction": instruction, **more})


async def test_an_edit_runs_and_then_makes_a_new_head(
    valyu: httpx.AsyncClient, clock: ManualClock, report: str
) -> None:
    before = (await valyu.get(f"{report}/status")).json()
    response = await edit(valyu, report, focus={"section": "Summary", "scope": "strict"})
    record = response.json()
    assert (response.status_code, record["status"]) == (202, "running")
    assert record["retry_after_seconds"] >= 1
    assert (await valyu.get(f"{report}/status")).json()["output"] == before["output"]
    clock.advance(60)
    record = (await valyu.get(f"{report}/edits/{record['edit_id']}")).json()
    assert (record["status"], record["base_version"], record["version"]) == ("applied", 1, 2)
    assert record["changes"][0]["section"] == "Summary"
    assert record["warnings"][0]["type"] == "deliverables_stale"
    after = (await valyu.get(f"{report}/status")).json()
    assert after["version"] == 2
    assert "Shorten it" in after["output"]
    assert (await valyu.get(f"{report}/status", params={"version": 1})).json()["output"] == before["output"]


async def test_waiting_long_enough_gives_the_finished_record(valyu: httpx.AsyncClient, report: str) -> None:
    response = await edit(valyu, report, wait_seconds=20)
    assert (response.status_code, response.json()["status"]) == (200, "applied")


@pytest.mark.parametrize(
    ("word", "status", "member"), [("sim:decline", "declined", "decline"), ("sim:fail", "failed", "error")]
)
async def test_edits_can_be_declined_or_fail_and_change_nothing(
    valyu: httpx.AsyncClient, clock: ManualClock, report: str, word: str, status: str, member: str
) -> None:
    edit_id = (await edit(valyu, report, f"Research more {word}")).json()["edit_id"]
    clock.advance(60)
    record = (await valyu.get(f"{report}/edits/{edit_id}")).json()
    assert record["status"] == status
    assert record[member]["code"]
    assert (await valyu.get(f"{report}/versions")).json()["head"] == 1


async def test_versions_can_be_restored_which_makes_another(
    valyu: httpx.AsyncClient, clock: ManualClock, report: str
) -> None:
    await edit(valyu, report)
    clock.advance(60)
    assert (await valyu.post(f"{report}/versions/1/restore")).json() == {"version": 3, "restored_from": 1}
    clock.advance(1)
    await edit(valyu, report, "Add a table")
    clock.advance(60)
    listed = (await valyu.get(f"{report}/versions")).json()
    assert listed["head"] == 4
    assert [entry["kind"] for entry in listed["versions"]] == ["original", "edit", "restore", "edit"]
    assert [entry["is_head"] for entry in listed["versions"]] == [False, False, False, True]
    output = (await valyu.get(f"{report}/status")).json()["output"]
    assert "Add a table" in output
    assert "Shorten it" not in output


async def test_one_edit_at_a_time(valyu: httpx.AsyncClient, report: str) -> None:
    await edit(valyu, report)
    assert (await edit(valyu, report)).json()["error"] == "edit.in_progress"
    assert (await valyu.post(f"{report}/versions/1/restore")).status_code == 409


async def test_an_edit_of_an_old_version_is_a_conflict(valyu: httpx.AsyncClient, report: str) -> None:
    assert (await edit(valyu, report, base_version=2)).status_code == 409


async def test_the_same_idempotency_key_is_the_same_edit(
    valyu: httpx.AsyncClient, clock: ManualClock, report: str
) -> None:
    send: dict[str, Any] = {"json": {"instruction": "Shorten it"}, "headers": {"Idempotency-Key": "k1"}}
    first = (await valyu.post(f"{report}/edit", **send)).json()
    clock.advance(60)
    second = (await valyu.post(f"{report}/edit", **send)).json()
    assert second["edit_id"] == first["edit_id"]
    assert (await valyu.get(f"{report}/versions")).json()["head"] == 2


async def test_unfinished_and_structured_reports_cannot_be_edited(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    running = await made(valyu, TASKS, query="x")
    assert (await edit(valyu, f"{TASKS}/{running['deepresearch_id']}")).status_code == 400
    structured = await made(valyu, TASKS, query="x", output_formats=[{"type": "object"}])
    clock.advance(5000)
    assert (await edit(valyu, f"{TASKS}/{structured['deepresearch_id']}")).status_code == 400


@pytest.mark.parametrize("path", ["edits/ed_none", "status?version=7", "status?version=x"])
async def test_unknown_edits_and_versions_are_not_found(valyu: httpx.AsyncClient, report: str, path: str) -> None:
    assert (await valyu.get(f"{report}/{path}")).status_code == 404


async def test_an_unknown_version_cannot_be_restored(valyu: httpx.AsyncClient, report: str) -> None:
    assert (await valyu.post(f"{report}/versions/9/restore")).status_code == 404


async def test_a_running_task_has_no_versions(valyu: httpx.AsyncClient) -> None:
    body = await made(valyu, TASKS, query="x")
    assert (await valyu.get(f"{TASKS}/{body['deepresearch_id']}/versions")).json() == {"head": 0, "versions": []}
