"""The simulated You.com: with the vendor's SDK, with our own client, by its OpenAPI document."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from jsonschema import Draft202012Validator
from youdotcom import You

from tests.providers.conftest import NOW
from tests.simulator.conftest import with_client
from tui.domain.detail import Detail
from tui.domain.errors import Gone, PaymentNeeded, Refused
from tui.domain.provider import Draft
from tui.domain.task import Task, TaskStatus
from tui.providers.you.spec import PROVIDER
from tui.report.read import read_report
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator
from tui.simulator.you.api import SCRIPTS

T = TypeVar("T")


@pytest.fixture
def sdk(simulator: Simulator) -> Iterator[Any]:
    with You(api_key_auth=simulator.keys["you"], server_url=simulator.base_url("you")) as client:
        yield client


def created(simulator: Simulator, draft: Draft) -> Task:
    answer = with_client(PROVIDER, simulator, lambda client: client.create(draft))
    return PROVIDER.reader().read_created(answer.body or b"", draft=draft, received_at=NOW)


def fetched(simulator: Simulator, task: Task) -> Detail:
    assert task.remote_id is not None
    remote_id = task.remote_id
    answer = with_client(PROVIDER, simulator, lambda client: client.fetch(remote_id))
    return PROVIDER.reader().read_task(answer.body or b"", remote_id=remote_id, received_at=NOW)


def test_the_sdk_creates_polls_and_reads(sdk: Any, clock: ManualClock) -> None:
    made = sdk.research(input="What decides how caches reuse answers?", research_effort="deep", background=True)
    assert made.status == "queued"
    clock.advance(30)
    assert sdk.get_research_task(task_id=made.task_id).status == "running"
    clock.advance(1000)
    done = sdk.get_research_task(task_id=made.task_id)
    assert done.status == "completed"
    assert done.result.output["sources"]


def test_the_sdk_gets_a_report_at_once(sdk: Any) -> None:
    answer = sdk.research(input="What decides how caches reuse answers?", research_effort="lite")
    assert answer.output.content
    assert answer.output.sources


def test_the_sdk_follows_a_task_to_its_end(sdk: Any, clock: ManualClock) -> None:
    made = sdk.research(input="x", background=True)
    clock.advance(1000)
    with sdk.stream_research_task(task_id=made.task_id) as stream:
        assert [event.event for event in stream][-1] == "completed"


def test_a_task_is_started_once_watched_and_read(simulator: Simulator, clock: ManualClock) -> None:
    task = created(simulator, Draft("What decides how caches reuse answers?", "exhaustive"))
    assert (len(simulator.creates("you")), task.status) == (1, TaskStatus.QUEUED)
    clock.advance(30)
    assert fetched(simulator, task).task.status is TaskStatus.RUNNING
    clock.advance(1000)
    done = fetched(simulator, task)
    assert done.report is not None
    document = read_report(done.report)
    assert document.citations
    assert all(all(citation.urls) for citation in document.citations)
    assert (done.task.cost.amount, done.task.mode) == (0.45, "exhaustive")


def test_background_may_be_ignored_and_the_report_is_kept(simulator: Simulator) -> None:
    task = created(simulator, Draft("sim:at-once"))
    assert (task.remote_id, task.status, task.has_report) == (None, TaskStatus.DONE, True)


@pytest.mark.parametrize("script", [name for name in SCRIPTS if name != "at-once"])
def test_every_script_ends_as_it_says(script: str, simulator: Simulator, clock: ManualClock) -> None:
    task = created(simulator, Draft(f"sim:{script}"))
    clock.advance(4000)
    detail = fetched(simulator, task)
    ends = {
        "failed": TaskStatus.FAILED,
        "failed-object": TaskStatus.FAILED,
        "failed-silent": TaskStatus.FAILED,
        "cancelled": TaskStatus.CANCELLED,
        "archived": TaskStatus.UNKNOWN,
        "stuck": TaskStatus.RUNNING,
    }
    assert detail.task.status is ends.get(script, TaskStatus.DONE)
    assert (detail.task.warnings != ()) is script.startswith("warned")
    assert (detail.structured is not None) is (script == "text-of-object")


def test_refusals_are_told_apart_and_nothing_is_sent_twice(simulator: Simulator) -> None:
    with pytest.raises(PaymentNeeded, match="Free tier"):
        created(simulator, Draft("sim:used-up"))
    with pytest.raises(Refused, match="not supported"):
        created(simulator, Draft("x", "lite", {"type": "object"}))
    assert len(simulator.creates("you")) == 2
    with pytest.raises(Gone):
        fetched(simulator, Task("", "you", "00000000-0000-4000-8000-000000000000"))


def test_every_answer_fits_the_document(simulator: Simulator, clock: ManualClock, shared: Path) -> None:
    document = json.loads((shared / "contracts" / "more" / "you.openapi.json").read_text())

    def fits(name: str, value: Any) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        Draft202012Validator(schema).validate(value)

    headers = {"x-api-key": simulator.keys["you"]}
    with httpx.Client(headers=headers, base_url=simulator.base_url("you")) as client:
        asked = [{"input": f"sim:{name}", "background": True} for name in SCRIPTS]
        made = [client.post("/v1/research", json=body).json() for body in asked]
        for one in made:
            fits("ResearchAnswer", one)
        for seconds in (1, 10, 5000):
            clock.advance(seconds)
            for one in made:
                if "task_id" in one:
                    fits("TaskDetail", client.get(f"/v1/research/{one['task_id']}").json())
        refused = [
            client.get("/v1/research/none"),
            client.post("/v1/research"),
            client.post("/v1/research", json={"input": "x", "research_effort": "frontier"}),
            client.post("/v1/research", json={"input": "x", "research_effort": "lite", "output_schema": {}}),
            client.post("/v1/research", json={"input": "sim:used-up"}),
        ]
        for answer in refused:
            assert answer.is_client_error
            fits("ErrorResponse", answer.json())
