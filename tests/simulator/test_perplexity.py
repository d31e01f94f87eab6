"""The simulated Perplexity, its official SDK, and our client against it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from perplexity import BadRequestError, NotFoundError, Perplexity
from schemathesis.generation import GenerationMode

from tests.simulator.test_fuzz import CONFORMANCE, REFUSAL, operations, run
from tui.domain.actions import Action, Approve, Cancel, Respond
from tui.domain.detail import Detail
from tui.domain.errors import Refused
from tui.domain.provider import Draft
from tui.domain.secret import Secret
from tui.domain.task import TaskStatus
from tui.providers.perplexity.spec import PROVIDER
from tui.providers.protocol import Client, ClientSettings
from tui.report.read import read_report
from tui.simulator.clock import ManualClock
from tui.simulator.perplexity.api import Perplexity as SimulatedPerplexity
from tui.simulator.perplexity.bodies import SCRIPTS
from tui.simulator.server import Simulator


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Simulator, ManualClock]]:
    clock = ManualClock(speed=20)
    with Simulator(clock=clock) as simulator:
        yield simulator, clock
        assert simulator.crashes == []


@pytest.fixture
def sdk(served: tuple[Simulator, ManualClock]) -> Iterator[Perplexity]:
    simulator, _ = served
    with Perplexity(base_url=simulator.base_url("perplexity"), api_key=simulator.keys["perplexity"]) as client:
        yield client


def test_the_sdk_creates_polls_and_reads(sdk: Perplexity, served: tuple[Simulator, ManualClock]) -> None:
    made = sdk.responses.create(input="How does PostgreSQL vacuum old rows?", preset="high", background=True)
    assert made.status == "queued"
    served[1].advance(120)
    running = sdk.responses.retrieve(made.id)
    assert (running.status, running.model, running.usage) == ("in_progress", "high", None)
    assert {item.type for item in running.output} == {"search_results", "fetch_url_results"}
    served[1].advance(1000)
    done = sdk.responses.retrieve(made.id)
    assert (done.status, done.model) == ("completed", "openai/gpt-6.1-sol")
    assert done.output[-1].type == "message"
    assert "[1]" in done.output[-1].content[0].text
    assert done.usage is not None
    cost: Any = done.usage.to_dict()["cost"]
    amounts = [value for name, value in cost.items() if name.endswith("_cost") and name != "total_cost"]
    assert cost["total_cost"] == pytest.approx(sum(amounts))


def test_the_sdk_follows_the_stream_and_goes_on_in_it(sdk: Perplexity, served: tuple[Simulator, ManualClock]) -> None:
    made = sdk.responses.create(input="x", preset="fast", background=True, stream=False)
    served[1].advance(2000)
    assert sdk.responses.retrieve(made.id).status == "completed"
    events = [*sdk.responses.create(input="x", preset="fast", stream=True)]
    assert (events[0].type, events[-1].type) == ("response.created", "response.completed")
    numbers = [event.sequence_number for event in events]
    assert numbers == sorted(numbers)
    assert 2 not in numbers
    again = [*sdk.responses.retrieve(events[0].response.id, stream=True, starting_after=numbers[3])]
    assert [event.sequence_number for event in again] == numbers[4:]


def test_the_sdk_cancels_and_is_refused(sdk: Perplexity, served: tuple[Simulator, ManualClock]) -> None:
    made = sdk.responses.create(input="x", preset="high", background=True)
    served[1].advance(30)
    assert sdk.responses.cancel(made.id).status == "cancelling"
    assert sdk.responses.retrieve(made.id).status == "in_progress"
    served[1].advance(5)
    gone = sdk.responses.retrieve(made.id)
    assert (gone.status, gone.usage) == ("cancelled", None)
    for name in (made.id, "resp_never"):
        with pytest.raises(BadRequestError, match="already terminal"):
            sdk.responses.cancel(name)
    with pytest.raises(NotFoundError):
        sdk.responses.retrieve("resp_never")
    with pytest.raises(BadRequestError, match="at least one of"):
        sdk.responses.create(input="x")
    with pytest.raises(BadRequestError, match="Invalid preset 'deep'"):
        sdk.responses.create(input="x", preset="deep")


def client_of(simulator: Simulator) -> Client:
    return PROVIDER.client(ClientSettings(simulator.base_url("perplexity"), Secret(simulator.keys["perplexity"])))


async def look(client: Client, remote_id: str) -> Detail:
    got = await client.fetch(remote_id)
    return PROVIDER.reader().read_task(got.body or b"", remote_id=remote_id, received_at=got.received_at)


async def start(client: Client, draft: Draft) -> str:
    got = await client.create(draft)
    task = PROVIDER.reader().read_created(got.body or b"", draft=draft, received_at=got.received_at)
    assert task.remote_id
    return task.remote_id


ENDS = {
    "done": TaskStatus.DONE,
    "web-markers": TaskStatus.DONE,
    "repeated-ids": TaskStatus.DONE,
    "files": TaskStatus.DONE,
    "silent": TaskStatus.DONE,
    "approval": TaskStatus.WAITING,
    "function": TaskStatus.WAITING,
    "failed": TaskStatus.FAILED,
    "failed-silent": TaskStatus.FAILED,
    "incomplete": TaskStatus.PARTIAL,
    "waiting": TaskStatus.DONE,
    "stuck": TaskStatus.RUNNING,
}


async def test_every_script_ends_as_it_says(served: tuple[Simulator, ManualClock]) -> None:
    assert set(ENDS) == set(SCRIPTS)
    simulator, clock = served
    client = client_of(simulator)
    try:
        for name, end in ENDS.items():
            remote_id = await start(client, Draft(f"How does PostgreSQL vacuum old rows? sim:{name}"))
            clock.advance(3000)
            detail = await look(client, remote_id)
            assert detail.task.status is end, name
            assert detail.task.has_report == (end in {TaskStatus.DONE, TaskStatus.PARTIAL} and name != "silent"), name
    finally:
        await client.close()


@pytest.mark.parametrize("script", ["done", "web-markers"])
async def test_every_citation_of_a_simulated_report_leads_to_its_source(
    script: str, served: tuple[Simulator, ManualClock]
) -> None:
    simulator, clock = served
    client = client_of(simulator)
    try:
        remote_id = await start(client, Draft(f"How does PostgreSQL vacuum old rows? sim:{script}"))
        clock.advance(3000)
        detail = await look(client, remote_id)
    finally:
        await client.close()
    assert detail.report is not None
    (task,) = [one for one in simulator.simulation.services["perplexity"].tasks if one.id == remote_id]
    wanted = {str(one.id): one.url for one in simulator.simulation.services["perplexity"].report(task).sources}
    citations = read_report(detail.report).citations
    assert len(citations) > 5
    for citation in citations:
        assert citation.urls == tuple(
            wanted[number] for number in citation.marker.strip("[]").removeprefix("web:").split(",")
        ), citation


async def test_our_client_cancels_and_saves_a_file(served: tuple[Simulator, ManualClock], tmp_path: Path) -> None:
    simulator, clock = served
    client = client_of(simulator)
    try:
        remote_id = await start(client, Draft("x sim:files"))
        clock.advance(3000)
        (file,) = (await look(client, remote_id)).deliverables
        assert file.url is not None
        assert await client.download(file.url, tmp_path / "sources.csv") > 10
        with pytest.raises(Refused, match="has ended already"):
            await client.act(Cancel(), remote_id)
        other = await start(client, Draft("x"))
        clock.advance(60)
        got = await client.act(Cancel(), other)
        outcome = PROVIDER.reader().read_outcome(
            Cancel(), got.body or b"", received_at=got.received_at, remote_id=other
        )
        assert outcome.status is TaskStatus.CANCELLING
        clock.advance(5)
        assert (await look(client, other)).task.status is TaskStatus.CANCELLED
    finally:
        await client.close()


@pytest.mark.parametrize("script", ["approval", "function"])
async def test_our_client_answers_what_a_run_asks(script: str, served: tuple[Simulator, ManualClock]) -> None:
    simulator, clock = served
    client, reader = client_of(simulator), PROVIDER.reader()
    try:
        remote_id = await start(client, Draft(f"How does PostgreSQL vacuum old rows? sim:{script}", "medium"))
        clock.advance(3000)
        asked = (await look(client, remote_id)).interaction
        assert asked is not None
        action: Action = Approve(asked.id, approved=True)
        if script == "function":
            action = Respond(asked.id, ((asked.questions[0][0], "4 euro"),))
        got = await client.act(action, remote_id)
        outcome = reader.read_outcome(action, got.body or b"", received_at=got.received_at, remote_id=remote_id)
        assert outcome.successor is not None
        assert (outcome.successor.parent_id, outcome.successor.mode) == (remote_id, "medium")
        clock.advance(3000)
        detail = await look(client, outcome.successor.remote_id or "")
        assert (detail.task.status, detail.task.parent_id) == (TaskStatus.DONE, remote_id)
    finally:
        await client.close()


def test_it_conforms_to_its_document(
    shared: Path, served: tuple[Simulator, ManualClock], subtests: pytest.Subtests
) -> None:
    simulator, clock = served
    service = simulator.simulation.services["perplexity"]
    assert isinstance(service, SimulatedPerplexity)
    asked = {"input": "x", "preset": "high", "background": True}
    ids = [service.begin("x", asked, script=script).id for script in ("done", "files", "approval", "failed")]
    clock.advance(3000)
    ids.append(service.begin("x", asked).id)
    clock.advance(60)
    for operation in operations(shared, "perplexity"):
        with subtests.test(operation.label):
            run(operation, simulator, "perplexity", GenerationMode.POSITIVE, CONFORMANCE)
            if operation.body:
                run(operation, simulator, "perplexity", GenerationMode.NEGATIVE, REFUSAL)
        wanted = {parameter.name for parameter in operation.path_parameters}
        for response_id in ids if wanted else []:
            fixed = {name: {"response_id": response_id, "file_id": "file_1"}[name] for name in wanted}
            with subtests.test(operation.label, **fixed):
                run(operation, simulator, "perplexity", GenerationMode.POSITIVE, CONFORMANCE, path_parameters=fixed)
