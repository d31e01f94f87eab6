"""The simulated Tavily: with the vendor's SDK, with our own client, by its OpenAPI document."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from jsonschema import Draft202012Validator
from tavily import TavilyClient

from tests.providers.conftest import NOW
from tests.simulator.conftest import with_client
from tui.domain.detail import Detail, Json
from tui.domain.errors import Gone, PaymentNeeded, RateLimited, Refused
from tui.domain.provider import Draft
from tui.domain.task import CostKind, TaskStatus
from tui.providers.tavily.spec import PROVIDER
from tui.report.read import read_report
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator
from tui.simulator.tavily.api import SCRIPTS
from tui.simulator.tavily.api import Tavily as Service

T = TypeVar("T")
SCHEMA: dict[str, Json] = {"properties": {"standard": {"type": "string", "description": "its number"}}}


@pytest.fixture
def service(simulator: Simulator) -> Service:
    found = simulator.simulation.services["tavily"]
    assert isinstance(found, Service)
    return found


@pytest.fixture
def sdk(simulator: Simulator) -> Iterator[TavilyClient]:
    client = TavilyClient(simulator.keys["tavily"], api_base_url=simulator.base_url("tavily"))
    yield client
    client.session.close()


def created(simulator: Simulator, draft: Draft) -> str:
    assert not PROVIDER.check(draft)
    answer = with_client(PROVIDER, simulator, lambda client: client.create(draft))
    task = PROVIDER.reader().read_created(answer.body or b"", draft=draft, received_at=NOW)
    assert task.remote_id is not None
    return task.remote_id


def fetched(simulator: Simulator, remote_id: str) -> Detail:
    answer = with_client(PROVIDER, simulator, lambda client: client.fetch(remote_id))
    return PROVIDER.reader().read_task(answer.body or b"", remote_id=remote_id, received_at=NOW)


def test_the_sdk_creates_polls_and_reads(sdk: TavilyClient, clock: ManualClock) -> None:
    made = sdk.research("What decides how caches reuse answers?", model="pro", output_length="long")
    assert made["status"] == "pending"
    clock.advance(30)
    assert sdk.get_research(made["request_id"])["status"] == "in_progress"
    clock.advance(1000)
    done = sdk.get_research(made["request_id"], include_usage=True)
    assert done["status"] == "completed"
    assert done["sources"]
    assert done["usage"]["credits"] >= 15
    failed = sdk.research("sim:failed")
    clock.advance(1000)
    assert sdk.get_research(failed["request_id"])["status"] == "failed"


def test_the_sdk_streams_to_the_end(sdk: TavilyClient, clock: ManualClock) -> None:
    chunks = sdk.research("x", model="mini", stream=True)
    first = next(chunks)
    clock.advance(1000)
    text = (first + b"".join(chunks)).decode()
    assert text.count("event: done") == 1
    assert '"Planning"' in text
    assert '"content"' in text


def test_a_task_is_started_once_watched_and_read(simulator: Simulator, clock: ManualClock) -> None:
    remote_id = created(simulator, Draft("What decides how caches reuse answers?", "pro"))
    assert len(simulator.creates("tavily")) == 1
    clock.advance(30)
    assert fetched(simulator, remote_id).task.status is TaskStatus.RUNNING
    clock.advance(1000)
    done = fetched(simulator, remote_id)
    assert (done.task.status, done.task.cost.kind) == (TaskStatus.DONE, CostKind.CREDITS)
    assert done.report is not None
    document = read_report(done.report)
    assert document.citations
    assert all(all(citation.urls) for citation in document.citations)
    account = with_client(PROVIDER, simulator, lambda client: client.account())
    assert account.remaining is not None
    assert account.remaining < 15_000


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_ends_as_it_says(script: str, simulator: Simulator, clock: ManualClock) -> None:
    remote_id = created(simulator, Draft(f"sim:{script}", "mini"))
    clock.advance(4000)
    detail = fetched(simulator, remote_id)
    ends = {
        "failed": TaskStatus.FAILED,
        "failed-reason": TaskStatus.FAILED,
        "word": TaskStatus.CANCELLED,
        "stuck": TaskStatus.RUNNING,
    }
    assert detail.task.status is ends.get(script, TaskStatus.DONE)
    assert detail.problems == ()


def test_fields_come_where_a_schema_is_sent(simulator: Simulator, clock: ManualClock) -> None:
    remote_id = created(simulator, Draft("What decides how caches reuse answers?", "mini", SCHEMA))
    clock.advance(1000)
    structured = fetched(simulator, remote_id).structured
    assert isinstance(structured, dict)
    assert [*structured] == ["standard"]


@pytest.mark.parametrize(
    ("word", "error"),
    [
        ("plan-used-up", PaymentNeeded),
        ("limit-reached", PaymentNeeded),
        ("too-fast", RateLimited),
        ("stream-required", Refused),
    ],
)
def test_refusals_are_told_apart_and_nothing_is_sent_twice(
    word: str, error: type[Exception], simulator: Simulator, service: Service
) -> None:
    with pytest.raises(error) as caught:
        created(simulator, Draft(f"sim:{word}"))
    assert not getattr(caught.value, "outcome_unknown", True)
    assert len(simulator.creates("tavily")) == 1
    assert len(service.tasks) == 0


def test_an_account_that_may_only_stream_streams_where_the_user_says_so() -> None:
    draft = Draft("What decides how caches reuse answers?", "mini", options={"stream": True})
    with Simulator(speed=2000.0, keys={"tavily": "tvly-test-key"}) as simulator:
        found = simulator.simulation.services["tavily"]
        assert isinstance(found, Service)
        found.stream_required = True
        answer = with_client(PROVIDER, simulator, lambda client: client.create(draft))
        made = PROVIDER.reader().read_created(answer.body or b"", draft=draft, received_at=answer.received_at)
        assert (made.status, made.has_report) == (TaskStatus.DONE, True)
        detail = PROVIDER.reader().read_task(
            answer.body or b"", remote_id=made.remote_id, received_at=answer.received_at
        )
        assert detail.report is not None
        assert read_report(detail.report).citations
        assert len(simulator.creates("tavily")) == 1


def test_both_statuses_of_a_create_are_taken(simulator: Simulator, service: Service) -> None:
    service.created_status = 201
    assert created(simulator, Draft("x"))
    with pytest.raises(Gone):
        fetched(simulator, "00000000-0000-4000-8000-000000000000")


def test_every_answer_fits_the_document(simulator: Simulator, clock: ManualClock, shared: Path) -> None:
    document = json.loads((shared / "contracts" / "more" / "tavily.openapi.json").read_text())

    def fits(name: str, value: Any) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        Draft202012Validator(schema).validate(value)

    headers = {"authorization": f"Bearer {simulator.keys['tavily']}"}
    with httpx.Client(headers=headers, base_url=simulator.base_url("tavily")) as client:
        made = [client.post("/research", json={"input": f"sim:{name}"}).json() for name in SCRIPTS]
        for one in made:
            fits("ResearchCreated", one)
        for seconds in (1, 60, 5000):
            clock.advance(seconds)
            for one in made:
                fits("ResearchTask", client.get(f"/research/{one['request_id']}?include_usage=true").json())
        fits("AccountUsage", client.get("/usage").json())
        for answer in (client.get("/research/none"), client.post("/research"), client.post("/research", json=[])):
            assert answer.is_client_error
            fits("ErrorResponse", answer.json())
