"""The Extruct service over HTTP, as tests/contracts/extruct.md describes it."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.simulator.conftest import client, made
from tui.simulator.app import Simulation
from tui.simulator.clock import ManualClock
from tui.simulator.extruct.api import FOREIGN_TASK

TASKS = "/v1/deep_research_tasks"


async def read(extruct: httpx.AsyncClient, task_id: str) -> dict[str, Any]:
    response = await extruct.get(f"{TASKS}/{task_id}")
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    return body


async def finished(extruct: httpx.AsyncClient, clock: ManualClock, brief: str, **body: Any) -> dict[str, Any]:
    task = await made(extruct, TASKS, brief=brief, **body)
    clock.advance(3600)
    return await read(extruct, task["id"])


async def test_create_answers_with_the_whole_task_and_nothing_done(extruct: httpx.AsyncClient) -> None:
    task = await made(extruct, TASKS, brief="Acme\nRobotics", depth="xhigh")
    assert (task["status"], task["brief"], task["depth"]) == ("created", "Acme\nRobotics", "xhigh")
    assert (task["iterations"], task["agents"], task["sources"], task["report"]) == (0, 0, 0, None)


async def test_depth_is_medium_unless_given(extruct: httpx.AsyncClient) -> None:
    assert (await made(extruct, TASKS, brief="x"))["depth"] == "medium"


async def test_a_task_goes_from_created_through_silent_planning_to_a_report(
    extruct: httpx.AsyncClient, clock: ManualClock
) -> None:
    task = await made(extruct, TASKS, brief="x")
    clock.advance(10)
    planning = await read(extruct, task["id"])
    assert (planning["status"], planning["agents"]) == ("in_progress", 0)
    clock.advance(200)
    working = await read(extruct, task["id"])
    assert working["status"] == "in_progress"
    assert 0 < working["agents"] < working["sources"]
    assert working["report"] is None
    clock.advance(600)
    done = await read(extruct, task["id"])
    assert done["status"] == "done"
    assert done["report"]["kind"] == "markdown"
    assert done["report"]["degradation_reasons"] == []


async def test_every_marker_of_a_markdown_report_is_the_id_of_a_source(
    extruct: httpx.AsyncClient, clock: ManualClock
) -> None:
    report = (await finished(extruct, clock, "x"))["report"]
    ids = {source["id"] for source in report["sources"]}
    assert ids
    assert any(f"[{number}]" in report["markdown"] for number in ids)
    assert all(set(source) == {"id", "url"} for source in report["sources"])


async def test_odd_ids_have_gaps_and_a_marker_that_leads_nowhere(
    extruct: httpx.AsyncClient, clock: ManualClock
) -> None:
    report = (await finished(extruct, clock, "x sim:odd-ids"))["report"]
    ids = [source["id"] for source in report["sources"]]
    assert ids != list(range(1, len(ids) + 1))
    assert f"[{max(ids) + 57}]" in report["markdown"]


SCHEMA = {
    "type": "object",
    "required": ["name", "offices"],
    "properties": {
        "name": {"type": "string"},
        "offices": {"type": "array", "items": {"type": "object", "properties": {"city": {"type": "string"}}}},
    },
}


async def test_a_schema_brings_fields_and_what_supports_each_of_them(
    extruct: httpx.AsyncClient, clock: ManualClock
) -> None:
    task = await finished(extruct, clock, "x", output_schema=SCHEMA)
    report = task["report"]
    assert task["output_schema"] == SCHEMA
    assert report["kind"] == "schema"
    assert set(report["basis"]) == {"name", "offices[0].city", "offices[1].city"}
    ids = {source["id"] for source in report["sources"]}
    assert all(ids.issuperset(numbers) for numbers in report["basis"].values())


@pytest.mark.parametrize(("script", "kind"), [("basis-objects", dict), ("basis-records", list), ("basis-tree", dict)])
async def test_the_basis_comes_in_each_shape_clients_must_survive(
    extruct: httpx.AsyncClient, clock: ManualClock, script: str, kind: Any
) -> None:
    basis: Any = (await finished(extruct, clock, f"x sim:{script}", output_schema=SCHEMA))["report"]["basis"]
    assert isinstance(basis, kind)
    shapes: dict[str, Callable[[], Any]] = {
        "basis-objects": lambda: basis["name"]["source_ids"],
        "basis-records": lambda: next(record["source_ids"] for record in basis if record["field"] == "name"),
        "basis-tree": lambda: basis["offices"][0]["city"],
    }
    assert shapes[script]()


async def test_wrapped_fields_carry_their_sources_and_need_no_basis(
    extruct: httpx.AsyncClient, clock: ManualClock
) -> None:
    report = (await finished(extruct, clock, "x sim:wrapped-fields", output_schema=SCHEMA))["report"]
    assert "basis" not in report
    assert set(report["fields"]["name"]) == {"value", "sources", "reasoning"}


async def test_null_degradation_is_null_as_seen_in_the_wild(extruct: httpx.AsyncClient, clock: ManualClock) -> None:
    assert (await finished(extruct, clock, "x sim:null-degradation"))["report"]["degradation_reasons"] is None


@pytest.mark.parametrize("script", ["degraded-budget", "degraded-agents"])
async def test_a_degraded_task_is_done_and_says_why(
    extruct: httpx.AsyncClient, clock: ManualClock, script: str
) -> None:
    task = await finished(extruct, clock, f"x sim:{script}")
    assert task["status"] == "done"
    assert len(task["report"]["degradation_reasons"]) == 1


@pytest.mark.parametrize(
    ("script", "word"),
    [("rejected-brief", "Suggestions"), ("failed-credits", "credits"), ("failed-internal", "Internal")],
)
async def test_failures_give_their_reason_and_no_report(
    extruct: httpx.AsyncClient, clock: ManualClock, script: str, word: str
) -> None:
    task = await finished(extruct, clock, f"x sim:{script}")
    assert (task["status"], task["report"]) == ("failed", None)
    assert word in task["failure_reason"]


async def test_a_failure_may_be_silent(extruct: httpx.AsyncClient, clock: ManualClock) -> None:
    task = await finished(extruct, clock, "x sim:failed-silent")
    assert (task["status"], task["failure_reason"]) == ("failed", None)


async def test_a_stuck_task_stands_still_in_every_member(extruct: httpx.AsyncClient, clock: ManualClock) -> None:
    task = await finished(extruct, clock, "x sim:stuck")
    clock.advance(86_400)
    assert await read(extruct, task["id"]) == task
    assert task["status"] == "in_progress"


@pytest.mark.parametrize(
    ("body", "place", "kind"),
    [
        ({}, "brief", "missing"),
        ({"brief": ""}, "brief", "too_short"),
        ({"brief": "x" * 20_001}, "brief", "too_long"),
        ({"brief": 7}, "brief", "string_type"),
        ({"brief": "x", "depth": "max"}, "depth", "enum"),
        ({"brief": "x", "output_schema": []}, "output_schema", "null_type"),
        ({"brief": "x", "output_schema": {"type": "array"}}, "type", "enum"),
    ],
)
async def test_bad_creates_are_refused_member_by_member(
    extruct: httpx.AsyncClient, simulation: Simulation, body: dict[str, Any], place: str, kind: str
) -> None:
    response = await extruct.post(TASKS, json=body)
    assert response.status_code == 422
    (finding,) = response.json()["detail"]
    assert (finding["loc"][-1], finding["type"]) == (place, kind)
    assert len(simulation.extruct.tasks) == 0


async def test_a_body_that_is_no_json_is_refused(extruct: httpx.AsyncClient) -> None:
    assert (await extruct.post(TASKS, content=b"{brief")).status_code == 422


async def test_the_full_budget_must_be_there_before_a_task_starts(
    extruct: httpx.AsyncClient, simulation: Simulation
) -> None:
    simulation.extruct.credits = 49
    assert (await extruct.post(TASKS, json={"brief": "x", "depth": "high"})).status_code == 402
    assert (await extruct.post(TASKS, json={"brief": "x", "depth": "medium"})).status_code == 200


async def test_agents_cost_credits_and_failed_tasks_are_refunded(
    extruct: httpx.AsyncClient, simulation: Simulation, clock: ManualClock
) -> None:
    simulation.extruct.credits = 100
    await finished(extruct, clock, "x sim:failed-credits")
    assert (await extruct.get("/v1/user")).json()["available_credits"] == 100
    done = await finished(extruct, clock, "x")
    assert (await extruct.get("/v1/user")).json()["available_credits"] == 100 - done["agents"]


@pytest.mark.parametrize("headers", [{"x": "y"}, {"Authorization": "sk_test"}, {"Authorization": "Bearer wrong"}])
async def test_only_the_bearer_token_opens_the_service(simulation: Simulation, headers: dict[str, str]) -> None:
    async with client(simulation, "extruct", **headers) as stranger:
        for path in (TASKS, "/v1/user", "/v1/billing"):
            response = await stranger.get(path)
            assert (response.status_code, response.json()) == (401, {"detail": "Unauthorized"})
        assert (await stranger.get("/v1/healthcheck")).status_code == 200


@pytest.mark.parametrize(
    ("task_id", "status"),
    [("abc", 422), ("00000000-0000-4000-8000-000000000000", 404), (FOREIGN_TASK, 403)],
)
async def test_ids_that_are_no_task_of_ours(extruct: httpx.AsyncClient, task_id: str, status: int) -> None:
    assert (await extruct.get(f"{TASKS}/{task_id}")).status_code == status


async def test_there_is_no_way_to_cancel_or_delete(extruct: httpx.AsyncClient) -> None:
    task = await made(extruct, TASKS, brief="x")
    assert (await extruct.delete(f"{TASKS}/{task['id']}")).status_code == 405
    assert (await extruct.post(f"{TASKS}/{task['id']}/cancel")).status_code == 404


async def test_the_list_is_a_bare_array_newest_first_with_whole_tasks(
    extruct: httpx.AsyncClient, clock: ManualClock
) -> None:
    first = await finished(extruct, clock, "first")
    second = await made(extruct, TASKS, brief="second")
    listed = (await extruct.get(TASKS)).json()
    assert [task["id"] for task in listed] == [second["id"], first["id"]]
    assert listed[1] == first


async def test_pages_follow_offset_and_limit(extruct: httpx.AsyncClient) -> None:
    ids = [(await made(extruct, TASKS, brief=str(number)))["id"] for number in range(55)][::-1]

    async def page(**query: Any) -> list[str]:
        return [task["id"] for task in (await extruct.get(TASKS, params=query)).json()]

    assert await page() == ids[:50]
    assert await page(offset=50) == ids[50:]
    assert await page(offset=2, limit=3) == ids[2:5]
    assert await page(offset=99) == []


async def test_a_page_size_that_is_no_number_is_refused(extruct: httpx.AsyncClient) -> None:
    assert (await extruct.get(TASKS, params={"limit": "many"})).status_code == 422


async def test_billing_shows_a_plan_with_access(extruct: httpx.AsyncClient) -> None:
    body = (await extruct.get("/v1/billing")).json()
    assert body["subscription"]["plan_tier"] == "pro"
