"""Gemini's official SDK, unmodified, as a client of the simulator over a real socket."""

from collections.abc import Iterator
from typing import Any

import pytest
from google import genai

from tui.simulator.clock import ManualClock
from tui.simulator.gemini.api import Gemini
from tui.simulator.server import Simulator

AGENT = "deep-research-preview-04-2026"


@pytest.fixture
def simulator(simulator: Simulator) -> Simulator:
    """The services, of which Gemini streams without pauses."""
    service = simulator.simulation.services["gemini"]
    assert isinstance(service, Gemini)
    service.stream_seconds = 0.0
    return simulator


@pytest.fixture
def sdk(simulator: Simulator) -> Iterator[Any]:
    client = genai.Client(api_key=simulator.keys["gemini"], http_options={"base_url": simulator.base_url("gemini")})
    yield client
    client.close()


@pytest.mark.parametrize("version", ["v1", "v1beta"])
def test_it_creates_polls_and_reads_in_both_versions(simulator: Simulator, clock: ManualClock, version: str) -> None:
    options = {"base_url": simulator.base_url("gemini"), "api_version": version}
    client = genai.Client(api_key=simulator.keys["gemini"], http_options=options)
    begun = client.interactions.create(agent=AGENT, input="What do lichens need?", background=True)
    assert begun.status == "in_progress"
    clock.advance(150)
    assert client.interactions.get(begun.id).status == "in_progress"
    clock.advance(900)
    done = client.interactions.get(begun.id)
    assert done.status == "completed"
    assert "**Sources:**" in done.output_text
    assert done.usage.total_tokens > 0
    assert {one.path.split("/")[1] for one in simulator.requests} == {version}
    client.close()


def test_it_follows_the_stream(sdk: Any, clock: ManualClock) -> None:
    begun = sdk.interactions.create(agent=AGENT, input="x", background=True)
    clock.advance(900)
    kinds = [event.event_type for event in sdk.interactions.get(begun.id, stream=True)]
    assert kinds[0] == "interaction.created"
    assert kinds[-1] == "interaction.completed"
    assert "step.delta" in kinds


def test_it_plans_approves_and_asks_a_model(sdk: Any, clock: ManualClock) -> None:
    config = {"type": "deep-research", "collaborative_planning": True}
    plan = sdk.interactions.create(agent=AGENT, input="x", background=True, agent_config=config)
    clock.advance(60)
    assert "Do you want to change the plan?" in sdk.interactions.get(plan.id).output_text
    begun = sdk.interactions.create(agent=AGENT, input="Go on.", background=True, previous_interaction_id=plan.id)
    clock.advance(900)
    assert sdk.interactions.get(begun.id).status == "completed"
    answer = sdk.interactions.create(model="gemini-3.8-flash", input="Sure?", previous_interaction_id=begun.id)
    assert answer.status == "completed"
    assert answer.steps[-1].content[0].annotations


def test_it_cancels_and_deletes(sdk: Any) -> None:
    begun = sdk.interactions.create(agent=AGENT, input="x", background=True)
    assert sdk.interactions.cancel(begun.id).status == "cancelled"
    sdk.interactions.delete(begun.id)
    with pytest.raises(Exception, match="not found"):
        sdk.interactions.get(begun.id)
