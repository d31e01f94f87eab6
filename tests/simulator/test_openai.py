"""OpenAI's responses as the simulator gives them."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.simulator.conftest import client, made
from tui.simulator.app import Simulation
from tui.simulator.clock import ManualClock
from tui.simulator.openai.api import OpenAI
from tui.simulator.openai.scripts import ENDINGS

SOURCES = ["web_search_call.action.sources"]
LONG = 100_000.0  # simulated seconds after which everything has ended that ends


def request(prompt: str = "How does PostgreSQL vacuum old rows?", **more: Any) -> dict[str, Any]:
    base = {"model": "gpt-6.2-sol", "input": prompt, "background": True, "store": True}
    return base | {"tools": [{"type": "web_search"}], "reasoning": {"summary": "auto"}, "include": SOURCES} | more


@pytest.fixture
async def api(simulation: Simulation) -> AsyncIterator[httpx.AsyncClient]:
    async with client(simulation, "openai") as ready:
        yield ready


async def ended(api: httpx.AsyncClient, clock: ManualClock, script: str, **more: Any) -> dict[str, Any]:
    response = await made(api, "/v1/responses", **request(f"Vacuum? sim:{script}", **more))
    clock.advance(LONG)
    answer: dict[str, Any] = (await api.get(f"/v1/responses/{response['id']}")).json()
    return answer


async def test_a_response_is_queued_runs_and_completes(api: httpx.AsyncClient, clock: ManualClock) -> None:
    response = await made(api, "/v1/responses", **request())
    assert (response["status"], response["output"], response["usage"]) == ("queued", [], None)
    clock.advance(60)
    running = (await api.get(f"/v1/responses/{response['id']}")).json()
    assert (running["status"], running["output"], running["completed_at"]) == ("in_progress", [], None)
    clock.advance(LONG)
    done = (await api.get(f"/v1/responses/{response['id']}")).json()
    assert done["status"] == "completed"
    assert done["completed_at"] >= done["created_at"]
    assert done["tool_usage"]["web_search"]["num_requests"] > 0
    kinds = [item["type"] for item in done["output"]]
    assert kinds[:3] == ["reasoning", "web_search_call", "web_search_call"]
    assert [item.get("phase") for item in done["output"][-2:]] == ["commentary", "final_answer"]


@pytest.mark.parametrize("script", ["done", "azure", "files"])
async def test_every_annotation_covers_the_link_it_is_about(
    api: httpx.AsyncClient, clock: ManualClock, script: str
) -> None:
    done = await ended(api, clock, script)
    part = done["output"][-1]["content"][0]
    assert part["annotations"]
    for said in part["annotations"]:
        covered = part["text"][said["start_index"] : said["end_index"]]
        assert said.get("url", "sandbox:/mnt/data/") in covered
        assert covered[0] == {"azure": "[", "files": "("}.get(script, "(") or covered.startswith("sandbox:")


ENDS = {
    name: (course.end, ending.text)
    for name, (course, ending) in ENDINGS.items()
    if course.end and not ending.gone_after
}


@pytest.mark.parametrize("script", ENDS)
async def test_every_script_ends_as_it_says(api: httpx.AsyncClient, clock: ManualClock, script: str) -> None:
    answer = await ended(api, clock, script)
    assert answer["status"] == ENDS[script][0]
    assert (answer["error"] is not None) == (answer["status"] == "failed")
    assert (answer["incomplete_details"] is not None) == (answer["status"] == "incomplete")
    texts = [item for item in answer["output"] if item["type"] == "message"]
    assert bool(texts) == (ENDS[script][1] in {"report", "part", "refusal"})


async def test_cancel_empties_the_output_and_says_no_to_what_has_ended(
    api: httpx.AsyncClient, clock: ManualClock
) -> None:
    response = await made(api, "/v1/responses", **request("x sim:growing"))
    clock.advance(120)
    path = f"/v1/responses/{response['id']}"
    assert (await api.get(path)).json()["output"]
    assert (await api.delete(path)).status_code == 400
    for _ in range(2):
        cancelled = await api.post(f"{path}/cancel")
        assert cancelled.status_code == 200
        assert (cancelled.json()["status"], cancelled.json()["output"]) == ("cancelled", [])
    assert (await api.delete(path)).json() == {"id": response["id"], "object": "response.deleted", "deleted": True}
    assert (await api.get(path)).status_code == 404
    done = await ended(api, clock, "done")
    refused = await api.post(f"/v1/responses/{done['id']}/cancel")
    assert (refused.status_code, refused.json()["error"]["message"]) == (400, "Cannot cancel a completed response.")


async def test_a_response_may_be_forgotten_minutes_after_its_end(api: httpx.AsyncClient, clock: ManualClock) -> None:
    response = await made(api, "/v1/responses", **request("x sim:unstored"))
    clock.advance(400)
    assert (await api.get(f"/v1/responses/{response['id']}")).json()["status"] == "completed"
    clock.advance(LONG)
    assert (await api.get(f"/v1/responses/{response['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("more", "status", "code", "param"),
    [
        ({"system": "x"}, 400, "unknown_parameter", "system"),
        ({"model": "o9"}, 404, "model_not_found", None),
        ({"model": "o3-deep-research"}, 400, None, "tools"),
        ({"model": "o3-deep-research", "tools": [{"type": "mcp"}]}, 404, "model_not_found", None),
        ({"previous_response_id": "resp_0e2e"}, 400, "previous_response_not_found", "previous_response_id"),
        ({"background_options": {"completion_window": "8h"}, "stream": True}, 400, None, "background_options"),
        ({"metadata": {"a": "x" * 513}}, 400, "invalid_value", "metadata"),
        ({"input": ""}, 400, "invalid_value", "input"),
    ],
)
async def test_what_openai_refuses_is_refused_in_its_words(
    api: httpx.AsyncClient, more: dict[str, Any], status: int, code: str | None, param: str | None
) -> None:
    refused = await api.post("/v1/responses", json=request(**more))
    said = refused.json()["error"]
    assert (refused.status_code, said["code"], said["param"]) == (status, code, param)


async def test_a_stream_goes_on_after_any_of_its_events(
    api: httpx.AsyncClient, simulation: Simulation, clock: ManualClock
) -> None:
    task = service_of(simulation).begin(request(stream=True))
    clock.advance(LONG)
    path = f"/v1/responses/{task.id}"
    whole = (await api.get(path)).json()
    text = (await api.get(f"{path}?stream=true")).text
    events = [json.loads(line[5:]) for line in text.splitlines() if line.startswith("data:")]
    assert [event["sequence_number"] for event in events] == [*range(len(events))]
    assert (events[0]["type"], events[-1]["type"]) == ("response.created", "response.completed")
    assert events[-1]["response"]["output"] == whole["output"]
    rest = (await api.get(f"{path}?stream=true&starting_after=4")).text
    assert text.endswith(rest)
    assert json.loads(rest.splitlines()[1][5:])["sequence_number"] == 5
    assert (await api.get(f"{path}?stream=true&starting_after=100000")).text == ""


async def test_only_what_was_created_as_a_stream_can_be_streamed(api: httpx.AsyncClient, clock: ManualClock) -> None:
    plain = await ended(api, clock, "done")
    assert (await api.get(f"/v1/responses/{plain['id']}?stream=true")).status_code == 400
    assert (await api.get(f"/v1/responses/{plain['id']}?stream=false")).status_code == 200


async def test_a_cancelled_stream_ends_as_failed_with_a_cancelled_response(
    api: httpx.AsyncClient, simulation: Simulation, clock: ManualClock
) -> None:
    task = service_of(simulation).begin(request(stream=True))
    clock.advance(100)
    await api.post(f"/v1/responses/{task.id}/cancel")
    text = (await api.get(f"/v1/responses/{task.id}?stream=true")).text
    last = json.loads(text.strip().splitlines()[-1][5:])
    assert (last["type"], last["response"]["status"]) == ("response.failed", "cancelled")


def service_of(simulation: Simulation) -> OpenAI:
    service = simulation.services["openai"]
    assert isinstance(service, OpenAI)
    return service
