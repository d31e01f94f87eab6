"""The simulated Exa with the vendor's SDK, unmodified."""

import pytest
from exa_py import Exa

from tests.simulator.test_exa import SCHEMA
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator


@pytest.fixture
def sdk(simulator: Simulator) -> Exa:
    return Exa(simulator.keys["exa"], base_url=simulator.base_url("exa"))


def test_the_sdk_creates_polls_and_reads_a_run(sdk: Exa, clock: ManualClock) -> None:
    run = sdk.agent.runs.create(query="What decides how caches reuse answers?", effort="high", output_schema=SCHEMA)
    assert run.status == "queued"
    clock.advance(60)
    assert sdk.agent.runs.get(run.id).status == "running"
    clock.advance(1000)
    done = sdk.agent.runs.get(run.id)
    assert (done.status, done.stop_reason) == ("completed", "schema_satisfied")
    assert done.output is not None
    assert done.output.grounding
    assert [one.id for one in sdk.agent.runs.list().data] == [run.id]
    assert sdk.agent.runs.events.list(run.id).data[0].event == "agent_run.created"


def test_the_sdk_cancels_stops_and_deletes(sdk: Exa, clock: ManualClock) -> None:
    runs = sdk.agent.runs
    cancelled = runs.create(query="x", effort="high")
    clock.advance(30)
    assert runs.cancel(cancelled.id).status == "cancelled"
    stopped = runs.create(query="y", effort="ultra")
    clock.advance(600)
    assert runs.stop(stopped.id).stop_reason == "stopped"
    assert runs.delete(stopped.id).deleted
    with pytest.raises(ValueError, match="404"):
        runs.get(stopped.id)
