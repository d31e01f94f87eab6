"""The demo's world: every state within a minute, lively, the same each time."""

from collections import defaultdict
from itertools import pairwise

import pytest

from tests.simulator.conftest import KEYS
from tui.simulator.app import Simulation, create_app
from tui.simulator.clock import ManualClock
from tui.simulator.demo_data import DEMO_SPEED, populate


def words(simulation: Simulation) -> dict[str, str]:
    """Task id to the provider's word for its state."""
    found = {task.id: f"extruct {simulation.extruct.state(task).status}" for task in simulation.extruct.tasks}
    found |= {task.id: f"yutori {simulation.yutori.state(task).status}" for task in simulation.yutori.tasks}
    return found | {task.id: f"valyu {simulation.valyu.view(task).now.status}" for task in simulation.valyu.tasks}


@pytest.fixture
def minute() -> dict[str, list[str]]:
    """What each task of the demo shows in the first minute, second by second."""
    clock = ManualClock(speed=DEMO_SPEED)
    simulation = create_app(KEYS, clock=clock)
    populate(simulation)
    seen: dict[str, list[str]] = defaultdict(list)
    for _ in range(61):
        for task_id, word in words(simulation).items():
            seen[task_id].append(word)
        clock.advance(DEMO_SPEED)
    return seen


def test_every_state_of_every_provider_is_seen_within_a_minute(minute: dict[str, list[str]]) -> None:
    everything = {word for row in minute.values() for word in row}
    assert everything == {
        *(f"extruct {word}" for word in ("created", "in_progress", "done", "failed")),
        *(f"yutori {word}" for word in ("queued", "running", "succeeded", "failed")),
        *(f"valyu {word}" for word in
          ("queued", "running", "awaiting_input", "paused", "completed", "failed", "cancelled")),
    }  # fmt: skip


def test_it_is_large_and_lively(minute: dict[str, list[str]]) -> None:
    moving = [row for row in minute.values() if len(set(row)) > 1]
    ending = [row for row in moving if row[-1].split()[1] in ("done", "succeeded", "completed")]
    assert len(minute) >= 30
    assert len(moving) >= 15
    assert len(ending) >= 10


def test_most_states_are_there_at_the_first_glance(minute: dict[str, list[str]]) -> None:
    assert len({row[0] for row in minute.values()}) >= 12


def test_nothing_moves_more_than_a_few_times(minute: dict[str, list[str]]) -> None:
    for row in minute.values():
        changes = sum(before != after for before, after in pairwise(row))
        assert changes <= 3


def test_the_same_seed_makes_the_same_world() -> None:
    worlds = []
    for seed in (1, 1, 2):
        simulation = create_app(KEYS, clock=ManualClock(speed=DEMO_SPEED), seed=seed)
        populate(simulation)
        worlds.append(words(simulation))
    assert worlds[0] == worlds[1]
    assert set(worlds[0]).isdisjoint(worlds[2])


def test_it_holds_each_kind_of_thing_worth_showing() -> None:
    clock = ManualClock(speed=DEMO_SPEED)
    simulation = create_app(KEYS, clock=clock)
    populate(simulation)
    clock.advance(60 * DEMO_SPEED)
    extruct = [simulation.extruct.body(task) for task in simulation.extruct.tasks]
    yutori = [simulation.yutori.body(task) for task in simulation.yutori.tasks]
    valyu = [simulation.valyu.view(task).body() for task in simulation.valyu.tasks]
    assert {body["report"]["kind"] for body in extruct if body["report"]} == {"markdown", "schema"}
    assert any(body["report"]["degradation_reasons"] for body in extruct if body["report"])
    assert len({body["failure_reason"] for body in extruct}) >= 4
    assert any(body["result"] and body["result"].startswith("<article>") for body in yutori)
    assert any(isinstance(body["structured_result"], list) for body in yutori)
    assert {body["rejection_reason"] for body in yutori} == {None, "insufficient_prepaid_balance"}
    assert {"json", "markdown"} == {body["output_type"] for body in valyu if "output_type" in body}
    assert any(body["status"] == "failed" and body.get("output") for body in valyu)
    assert any(body["status"] == "cancelled" and body.get("output") for body in valyu)
    assert any(body.get("deliverables") and body.get("images") and body.get("pdf_url") for body in valyu)
    assert len([body for body in valyu if "batch_id" in body]) >= 4
    longest = max((body.get("output", "") for body in valyu if body.get("output_type") == "markdown"), key=len)
    assert len(longest) > 60_000
