"""Valyu's checkpoints: each kind is asked, answered, refused when wrong, and waits for ever when nobody comes."""

from typing import Any

import httpx
import pytest

from tests.simulator.conftest import made
from tui.simulator.clock import ManualClock
from tui.simulator.valyu.scripts import CHECKPOINTS

TASKS = "/v1/deepresearch/tasks"
RESPONSES: dict[str, dict[str, Any]] = {
    "planning_questions": {"answers": [{"question": "Who will read this report?", "answer": "Engineers"}]},
    "plan_review": {"approved": True, "modifications": "Add costs"},
    "source_review": {"excluded_domains": ["example.org"]},
    "outline_review": {"approved": False},
}
MEMBERS = {
    "planning_questions": {"questions"},
    "plan_review": {"plan", "research_areas", "estimated_steps"},
    "source_review": {"domains"},
    "outline_review": {"outline", "sections"},
}


async def read(valyu: httpx.AsyncClient, task_id: str) -> dict[str, Any]:
    body: dict[str, Any] = (await valyu.get(f"{TASKS}/{task_id}/status")).json()
    return body


async def waiting(valyu: httpx.AsyncClient, clock: ManualClock, kind: str) -> dict[str, Any]:
    """A task that has just stopped at a checkpoint."""
    task_id = (await made(valyu, TASKS, query="x", hitl={kind: True}))["deepresearch_id"]
    for _ in range(200):
        clock.advance(25)
        if (body := await read(valyu, task_id))["status"] == "awaiting_input":
            return body
    raise AssertionError(f"{kind} never came")


async def respond(valyu: httpx.AsyncClient, body: dict[str, Any], response: Any) -> httpx.Response:
    answer = {"interaction_id": body["interaction"]["interaction_id"], "response": response}
    return await valyu.post(f"{TASKS}/{body['deepresearch_id']}/respond", json=answer)


@pytest.mark.parametrize("kind", CHECKPOINTS)
async def test_a_checkpoint_shows_what_it_wants_and_goes_on_when_answered(
    valyu: httpx.AsyncClient, clock: ManualClock, kind: str
) -> None:
    body = await waiting(valyu, clock, kind)
    interaction = body["interaction"]
    assert interaction["type"] == kind
    assert set(interaction["data"]) == MEMBERS[kind]
    assert interaction["timeout_ms"] == 300_000
    assert body["hitl_config"] == {kind: True}
    answer = await respond(valyu, body, RESPONSES[kind])
    assert answer.json() == {"success": True, "status": "running", "deepresearch_id": body["deepresearch_id"]}
    clock.advance(1)
    after = await read(valyu, body["deepresearch_id"])
    assert after["status"] == "running"
    assert "interaction" not in after
    (entry,) = after["hitl_history"]
    assert (entry["type"], entry["auto_continued"], entry["response"]) == (kind, False, RESPONSES[kind])
    assert entry["created_at"] < entry["responded_at"] + 1
    clock.advance(5000)
    assert (await read(valyu, body["deepresearch_id"]))["status"] == "completed"


@pytest.mark.parametrize("kind", CHECKPOINTS)
async def test_nothing_moves_while_a_checkpoint_is_open(
    valyu: httpx.AsyncClient, clock: ManualClock, kind: str
) -> None:
    body = await waiting(valyu, clock, kind)
    clock.advance(1000)
    later = await read(valyu, body["deepresearch_id"])
    assert later == body


async def test_people_get_five_real_minutes_whatever_the_speed(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    body = await waiting(valyu, clock, "plan_review")
    clock.advance(clock.span(280))
    assert (await read(valyu, body["deepresearch_id"]))["status"] == "awaiting_input"
    clock.advance(clock.span(25))
    paused = await read(valyu, body["deepresearch_id"])
    assert paused["status"] == "paused"
    assert paused["interaction"] == body["interaction"]


async def test_a_paused_task_can_still_be_answered_and_queues_first(
    valyu: httpx.AsyncClient, clock: ManualClock
) -> None:
    body = await waiting(valyu, clock, "outline_review")
    clock.advance(1_000_000)
    answer = await respond(valyu, body, {"approved": True})
    assert answer.json()["status"] == "queued"
    clock.advance(1)
    assert (await read(valyu, body["deepresearch_id"]))["status"] == "queued"
    clock.advance(60)
    assert (await read(valyu, body["deepresearch_id"]))["status"] == "running"


async def test_a_waiting_task_can_be_cancelled(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    body = await waiting(valyu, clock, "source_review")
    assert (await valyu.post(f"{TASKS}/{body['deepresearch_id']}/cancel")).status_code == 200
    after = await read(valyu, body["deepresearch_id"])
    assert after["status"] == "cancelled"
    assert "interaction" not in after


async def test_the_same_answer_is_taken_once(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    body = await waiting(valyu, clock, "plan_review")
    assert (await respond(valyu, body, {"approved": True})).status_code == 200
    assert (await respond(valyu, body, {"approved": True})).status_code == 409


async def test_an_answer_to_another_checkpoint_is_a_conflict(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    body = await waiting(valyu, clock, "plan_review")
    body["interaction"]["interaction_id"] = "int_other"
    assert (await respond(valyu, body, {"approved": True})).status_code == 409


@pytest.mark.parametrize(
    ("kind", "response"),
    [
        ("planning_questions", {"q0": "Engineers"}),
        ("planning_questions", {"answers": [{"question": "Who?"}]}),
        ("plan_review", {"approved": "yes"}),
        ("plan_review", {}),
        ("source_review", {"included_domains": "example.org"}),
        ("outline_review", {"approved": True, "extra": 1}),
        ("outline_review", "fine"),
    ],
)
async def test_an_answer_of_the_wrong_shape_is_refused_and_the_checkpoint_stays(
    valyu: httpx.AsyncClient, clock: ManualClock, kind: str, response: Any
) -> None:
    body = await waiting(valyu, clock, kind)
    assert (await respond(valyu, body, response)).status_code == 400
    assert (await read(valyu, body["deepresearch_id"]))["status"] == "awaiting_input"


async def test_checkpoints_come_in_order_when_all_are_wanted(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    task_id = (await made(valyu, TASKS, query="x sim:all-checkpoints"))["deepresearch_id"]
    for kind in CHECKPOINTS:
        for _ in range(200):
            clock.advance(25)
            body = await read(valyu, task_id)
            if body["status"] == "awaiting_input":
                break
        assert body["interaction"]["type"] == kind
        assert (await respond(valyu, body, RESPONSES[kind])).status_code == 200
    clock.advance(5000)
    done = await read(valyu, task_id)
    assert (done["status"], len(done["hitl_history"])) == ("completed", 4)
