"""The simulated Exa: with our own client, by its OpenAPI document."""

import json
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from jsonschema import Draft202012Validator

from tests.providers.conftest import NOW
from tests.simulator.conftest import with_client
from tui.domain.actions import Cancel, Delete, Stop
from tui.domain.detail import Detail, Json, ReportFormat
from tui.domain.errors import BadAnswer, Gone, RateLimited, Refused
from tui.domain.provider import Draft
from tui.domain.task import CostKind, TaskStatus
from tui.providers.exa.spec import PROVIDER
from tui.report.read import read_report
from tui.simulator.clock import ManualClock
from tui.simulator.exa.api import Exa as Service
from tui.simulator.exa.scripts import SCRIPTS
from tui.simulator.server import Simulator

T = TypeVar("T")
SCHEMA: dict[str, Json] = {"type": "object", "properties": {"standard": {"type": "string"}}}


@pytest.fixture
def service(simulator: Simulator) -> Service:
    found = simulator.simulation.services["exa"]
    assert isinstance(found, Service)
    return found


def created(simulator: Simulator, draft: Draft) -> str:
    assert not PROVIDER.check(draft)
    answer = with_client(PROVIDER, simulator, lambda client: client.create(draft))
    task = PROVIDER.reader().read_created(answer.body or b"", draft=draft, received_at=NOW)
    assert task.remote_id is not None
    return task.remote_id


def fetched(simulator: Simulator, remote_id: str, previous: bytes | None = None) -> tuple[Detail, bytes]:
    answer = with_client(PROVIDER, simulator, lambda client: client.fetch(remote_id, previous=previous))
    assert answer.trouble is None
    body = answer.body or b""
    return PROVIDER.reader().read_task(body, remote_id=remote_id, received_at=NOW), body


def test_a_run_is_started_once_watched_and_read(simulator: Simulator, clock: ManualClock) -> None:
    remote_id = created(simulator, Draft("What decides how caches reuse answers?", "high", SCHEMA))
    assert len(simulator.creates("exa")) == 1
    clock.advance(120)
    running, body = fetched(simulator, remote_id)
    assert running.task.status is TaskStatus.RUNNING
    assert running.task.counters["searches"].value > 1
    assert running.trace
    clock.advance(1000)
    done, _ = fetched(simulator, remote_id, body)
    assert done.task.status is TaskStatus.DONE
    assert done.report is not None
    assert done.report.format is ReportFormat.JSON
    assert (done.task.cost.amount, done.task.cost.kind) == (0.5, CostKind.REPORTED)
    assert all(citation.urls for citation in read_report(done.report).citations)
    assert any(not source.cited for source in done.report.sources)
    assert done.task.counters["searches"].value == 24


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_ends_as_it_says(script: str, simulator: Simulator, clock: ManualClock) -> None:
    remote_id = created(simulator, Draft(f"sim:{script}", "low"))
    clock.advance(4000)
    task = fetched(simulator, remote_id)[0].task
    ends = {
        "budget": TaskStatus.PARTIAL,
        "time-limit": TaskStatus.PARTIAL,
        "token-limit": TaskStatus.PARTIAL,
        "iteration-limit": TaskStatus.PARTIAL,
        "failed": TaskStatus.FAILED,
        "failed-schema": TaskStatus.FAILED,
        "failed-silent": TaskStatus.FAILED,
        "stuck": TaskStatus.RUNNING,
        "paused": TaskStatus.UNKNOWN,
    }
    assert task.status is ends.get(script, TaskStatus.DONE)
    assert task.has_report is (task.status in {TaskStatus.DONE, TaskStatus.PARTIAL} and script != "empty")


def test_stop_keeps_what_was_found_and_cancel_does_not(simulator: Simulator, clock: ManualClock) -> None:
    kept, thrown = created(simulator, Draft("x", "max")), created(simulator, Draft("y", "high"))
    clock.advance(1200)
    with_client(PROVIDER, simulator, lambda client: client.act(Stop(), kept))
    assert fetched(simulator, kept)[0].task.has_report
    refused = created(simulator, Draft("z", "high"))
    clock.advance(20)
    with pytest.raises(Refused, match="only runs"):
        with_client(PROVIDER, simulator, lambda client: client.act(Stop(), refused))
    with_client(PROVIDER, simulator, lambda client: client.act(Cancel(), refused))
    assert fetched(simulator, refused)[0].task.status is TaskStatus.CANCELLED
    answer = with_client(PROVIDER, simulator, lambda client: client.act(Cancel(), thrown))
    outcome = PROVIDER.reader().read_outcome(Cancel(), answer.body or b"", received_at=NOW, remote_id=thrown)
    assert (outcome.message, outcome.status) == ("it had ended before: completed", TaskStatus.DONE)
    with_client(PROVIDER, simulator, lambda client: client.act(Delete(), thrown))
    with pytest.raises(Gone):
        fetched(simulator, thrown)


def test_a_run_goes_on_from_one_that_completed(simulator: Simulator, clock: ManualClock) -> None:
    first = created(simulator, Draft("x", "low"))
    with pytest.raises(Refused, match="has not completed"):
        created(simulator, Draft("and then?", "low", previous=(first,)))
    clock.advance(200)
    second = created(simulator, Draft("and then?", "low", previous=(first,)))
    assert fetched(simulator, second)[0].task.parent_id == first
    with pytest.raises(Refused, match="does not have the run"):
        created(simulator, Draft("x", previous=("agent_run_nowhere",)))


def test_refusals_at_the_start_are_told_apart(simulator: Simulator, service: Service) -> None:
    with pytest.raises(BadAnswer, match="credits limit") as caught:
        created(simulator, Draft("sim:no-credits"))
    assert not caught.value.outcome_unknown
    service.concurrency = 0
    with pytest.raises(RateLimited, match="as many Exa runs"):
        created(simulator, Draft("x"))


def test_a_team_without_retention_forgets(simulator: Simulator, service: Service, clock: ManualClock) -> None:
    service.zero_retention = True
    remote_id = created(simulator, Draft("x", "low"))
    clock.advance(120)
    assert fetched(simulator, remote_id)[0].task.has_report
    clock.advance(700)
    with pytest.raises(Gone):
        fetched(simulator, remote_id)


def test_a_create_that_streams_and_a_replay_that_closes(simulator: Simulator, clock: ManualClock) -> None:
    headers = {"x-api-key": simulator.keys["exa"], "Accept": "text/event-stream"}
    base = f"{simulator.base_url('exa')}/agent/runs"
    body = {"query": "sim:failed-schema", "effort": "minimal"}
    with httpx.Client(headers=headers, timeout=60) as client:
        with client.stream("POST", base, json=body) as answer:
            lines = answer.iter_lines()
            assert next(lines) == "id: 1"
            clock.advance(100)
            rest = "\n".join(lines)
        assert "event: agent_run.failed" in rest
        (run,) = simulator.simulation.services["exa"].tasks
        replay = client.get(f"{base}/{run.id}/events", headers={"Last-Event-ID": "2"}).text
        assert replay.startswith("id: 3")


# -- the document -----------------------------------------------------------------------------------------------------


def test_every_answer_fits_the_document(simulator: Simulator, clock: ManualClock, shared: Path) -> None:
    document = json.loads((shared / "contracts" / "more" / "exa.openapi.json").read_text())

    def fits(name: str, value: Any) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        Draft202012Validator(schema).validate(value)

    with httpx.Client(headers={"x-api-key": simulator.keys["exa"]}, base_url=simulator.base_url("exa")) as client:
        ids = [client.post("/agent/runs", json={"query": f"sim:{name}"}).json()["id"] for name in SCRIPTS]
        for seconds in (1, 60, 5000):
            clock.advance(seconds)
            fits("AgentRunList", client.get("/agent/runs?limit=100").json())
            for one in ids:
                fits("AgentRun", client.get(f"/agent/runs/{one}").json())
                fits("AgentRunEventList", client.get(f"/agent/runs/{one}/events").json())
        fits("DeletedAgentRun", client.delete(f"/agent/runs/{ids[0]}").json())
        for answer in (
            client.get(f"/agent/runs/{ids[0]}"),
            client.get("/agent/runs?limit=x"),
            client.post("/agent/runs"),
        ):
            assert answer.is_client_error
            fits("ErrorResponse", answer.json())
        client.headers["x-api-key"] = "wrong"
        fits("ErrorResponse", client.get("/agent/runs").json())
