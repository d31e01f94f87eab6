"""Valyu's batches: created empty, filled, counted, paged, cancelled."""

from typing import Any

import httpx
import pytest

from tests.simulator.conftest import made
from tui.simulator.app import Simulation
from tui.simulator.clock import ManualClock
from tui.simulator.faults import Faults

BATCHES = "/v1/deepresearch/batches"


async def filled(valyu: httpx.AsyncClient, *queries: str, **body: Any) -> str:
    """The URL of a batch with these tasks."""
    batch = await made(valyu, BATCHES, **{"mode": "fast", **body})
    url = f"{BATCHES}/{batch['batch_id']}"
    await made(valyu, f"{url}/tasks", tasks=[{"id": f"q{at}", "query": query} for at, query in enumerate(queries)])
    return url


async def test_a_batch_starts_open_and_empty(valyu: httpx.AsyncClient) -> None:
    batch = await made(valyu, BATCHES, name="n", metadata={"a": True}, search={"search_type": "web"})
    assert batch["batch_id"].startswith("batch_")
    assert (batch["status"], batch["mode"], batch["counts"]["total"]) == ("open", "standard", 0)
    assert (batch["name"], batch["metadata"], batch["search_params"]) == ("n", {"a": True}, {"search_type": "web"})


async def test_tasks_run_a_few_at_a_time_until_all_are_done(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    url = await filled(valyu, *"abcde")
    body = (await valyu.get(url)).json()
    assert (body["status"], body["counts"]["running"], body["counts"]["queued"]) == ("processing", 3, 2)
    clock.advance(1000)
    body = (await valyu.get(url)).json()
    assert (body["status"], body["counts"]["completed"], body["cost"]) == ("completed", 5, 0.5)
    assert body["completed_at"] > body["created_at"]


async def test_one_failure_shows_in_the_batch_status(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    url = await filled(valyu, "a", "b sim:failed")
    clock.advance(1000)
    body = (await valyu.get(url)).json()
    assert (body["status"], body["counts"]["failed"]) == ("completed_with_errors", 1)


async def test_a_task_of_a_batch_knows_where_it_belongs(valyu: httpx.AsyncClient) -> None:
    url = await filled(valyu, "a")
    (item,) = (await valyu.get(f"{url}/tasks")).json()["tasks"]
    body = (await valyu.get(f"/v1/deepresearch/tasks/{item['deepresearch_id']}/status")).json()
    assert (body["batch_id"], body["batch_task_id"]) == (url.rsplit("/", 1)[1], "q0")


async def test_tasks_are_paged_by_key(valyu: httpx.AsyncClient) -> None:
    url = await filled(valyu, *"abcde")
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = (await valyu.get(f"{url}/tasks", params=query)).json()
        seen += [task["task_id"] for task in page["tasks"]]
        if not page["pagination"]["has_more"]:
            break
        query["last_key"] = page["pagination"]["last_key"]
    assert seen == ["q0", "q1", "q2", "q3", "q4"]


async def test_outputs_come_when_asked_for(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    url = await filled(valyu, "a", "b sim:failed")
    clock.advance(1000)
    plain = (await valyu.get(f"{url}/tasks")).json()["tasks"]
    whole = (await valyu.get(f"{url}/tasks", params={"include_output": "true"})).json()["tasks"]
    assert all("output" not in task for task in plain)
    assert whole[0]["output"].startswith("# ")
    assert whole[1]["error"] == "Research failed"
    failed = (await valyu.get(f"{url}/tasks", params={"status": "failed"})).json()["tasks"]
    assert [task["task_id"] for task in failed] == ["q1"]


async def test_cancelling_stops_what_has_not_ended_and_closes_the_batch(
    valyu: httpx.AsyncClient, clock: ManualClock
) -> None:
    url = await filled(valyu, "a sim:failed-early", "b", "c", "d")
    clock.advance(60)
    answer = (await valyu.post(f"{url}/cancel", json={})).json()
    assert (answer["status"], answer["cancelled_count"]) == ("cancelled", 3)
    assert (await valyu.get(url)).json()["counts"]["cancelled"] == 3
    assert (await valyu.post(f"{url}/cancel")).status_code == 400
    assert (await valyu.post(f"{url}/tasks", json={"tasks": [{"query": "e"}]})).status_code == 400


async def test_adding_is_all_or_nothing(valyu: httpx.AsyncClient, simulation: Simulation) -> None:
    batch = await made(valyu, BATCHES, mode="heavy")
    url = f"{BATCHES}/{batch['batch_id']}"
    simulation.valyu.balance = 4.0
    refused = await valyu.post(f"{url}/tasks", json={"tasks": [{"query": "a"}, {"query": "b"}]})
    assert refused.status_code == 402
    assert (await valyu.get(url)).json()["counts"]["total"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"tasks": []},
        {"tasks": [{"id": "x"}]},
        {"tasks": [{"query": "x", "mode": "fast"}]},
        {"tasks": [{"query": "x"}] * 101},
    ],
)
async def test_bad_tasks_are_refused(valyu: httpx.AsyncClient, body: dict[str, Any]) -> None:
    batch = await made(valyu, BATCHES)
    assert (await valyu.post(f"{BATCHES}/{batch['batch_id']}/tasks", json=body)).status_code == 400


@pytest.mark.parametrize("body", [{"mode": "instant"}, {"hitl": {}}, {"output_formats": ["toon"]}])
async def test_bad_batches_are_refused(valyu: httpx.AsyncClient, body: dict[str, Any]) -> None:
    assert (await valyu.post(BATCHES, json=body)).status_code == 400


async def test_batches_are_listed_newest_first(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    for name in "abc":
        await made(valyu, BATCHES, name=name)
        clock.advance(1)
    assert [batch["name"] for batch in (await valyu.get(BATCHES)).json()] == ["c", "b", "a"]
    assert len((await valyu.get(BATCHES, params={"limit": 1})).json()) == 1
    assert (await valyu.get(BATCHES, params={"limit": 0})).status_code == 400


async def test_an_unknown_or_vanished_batch_is_not_found(valyu: httpx.AsyncClient, faults: Faults) -> None:
    assert (await valyu.get(f"{BATCHES}/batch_x")).json()["error"] == "Batch not found"
    url = await filled(valyu, "a")
    faults.switch_on("vanish")
    assert (await valyu.get(url)).status_code == 404
