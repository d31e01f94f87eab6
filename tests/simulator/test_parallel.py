"""The simulated Parallel, its official SDK, and our client against it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from parallel import APIStatusError, NotFoundError, Parallel, PermissionDeniedError, UnprocessableEntityError
from schemathesis.generation import GenerationMode

from tests.simulator.test_fuzz import CONFORMANCE, REFUSAL, operations, run
from tui.domain.actions import AddToBatch, BatchOutcome, OpenBatch
from tui.domain.detail import Detail
from tui.domain.provider import Draft
from tui.domain.secret import Secret
from tui.domain.task import TaskStatus
from tui.providers.http.sse import parse_events
from tui.providers.parallel.spec import PROVIDER
from tui.providers.protocol import Client, ClientSettings
from tui.providers.sdk.exchanges import unpack
from tui.report.read import read_report
from tui.simulator.clock import ManualClock
from tui.simulator.parallel.api import Parallel as SimulatedParallel
from tui.simulator.parallel.outputs import SCRIPTS
from tui.simulator.server import Simulator

TEXT: Any = {"output_schema": {"type": "text"}}


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Simulator, ManualClock]]:
    clock = ManualClock(speed=20)
    with Simulator(clock=clock) as simulator:
        yield simulator, clock
        assert simulator.crashes == []


@pytest.fixture
def sdk(served: tuple[Simulator, ManualClock]) -> Iterator[Parallel]:
    simulator, _ = served
    with Parallel(base_url=simulator.base_url("parallel"), api_key=simulator.keys["parallel"], max_retries=0) as client:
        yield client


def test_the_sdk_creates_polls_and_reads(sdk: Parallel, served: tuple[Simulator, ManualClock]) -> None:
    asked = "How does PostgreSQL vacuum old rows?"
    made = sdk.task_run.create(input=asked, processor="ultra", task_spec=TEXT, metadata={"a": 1})
    assert (made.status, made.is_active, made.metadata) == ("queued", True, {"a": 1})
    served[1].advance(60)
    assert sdk.task_run.retrieve(made.run_id).status == "running"
    with pytest.raises(APIStatusError) as active:
        sdk.task_run.result(made.run_id, api_timeout=0)
    assert active.value.status_code == 408
    served[1].advance(2000)
    assert sdk.task_run.retrieve(made.run_id).status == "completed"
    done = sdk.task_run.result(made.run_id)
    assert done.output.type == "text"
    assert "## References" in done.output.content
    assert [entry.field for entry in done.output.basis] == ["output"]
    assert sdk.task_run.retrieve_input(made.run_id).input == asked


def test_the_sdk_reads_the_events_of_a_run_that_ended_as_one_state(
    sdk: Parallel, served: tuple[Simulator, ManualClock]
) -> None:
    made = sdk.task_run.create(input="x", processor="pro", enable_events=True)
    served[1].advance(3000)
    with sdk.task_run.events(made.run_id) as stream:
        found = [event.type for event in stream]
    assert found == ["task_run.state"]


def test_the_sdk_runs_groups(sdk: Parallel, served: tuple[Simulator, ManualClock]) -> None:
    group = sdk.task_group.create(metadata={"batch": "ports"})
    assert (group.status.num_task_runs, group.status.is_active) == (0, False)
    runs: Any = [{"input": "one", "processor": "lite"}, {"input": "two sim:failed", "processor": "lite"}]
    added = sdk.task_group.add_runs(group.task_group_id, inputs=runs)
    assert len(added.run_ids) == 2
    served[1].advance(3000)
    counts = sdk.task_group.retrieve(group.task_group_id).status
    assert (counts.task_run_status_counts, counts.is_active) == ({"completed": 1, "failed": 1}, False)
    with sdk.task_group.get_runs(group.task_group_id, include_output=True) as stream:
        found: list[Any] = [*stream]
    assert [(one.run.status, one.output is not None) for one in found] == [("completed", True), ("failed", False)]


def test_the_sdk_understands_refusals(sdk: Parallel, served: tuple[Simulator, ManualClock]) -> None:
    with pytest.raises(PermissionDeniedError, match="invalid processor"):
        sdk.task_run.create(input="x", processor="giga")
    with pytest.raises(UnprocessableEntityError):
        sdk.task_run.create(input=5, processor="pro")  # type: ignore[arg-type]
    with pytest.raises(NotFoundError, match="Run id not found"):
        sdk.task_run.retrieve("trun_never")
    made = sdk.task_run.create(input="x sim:failed", processor="pro")
    served[1].advance(3000)
    with pytest.raises(NotFoundError, match="Run failed or run id not found"):
        sdk.task_run.result(made.run_id)


def client_of(simulator: Simulator) -> Client:
    return PROVIDER.client(ClientSettings(simulator.base_url("parallel"), Secret(simulator.keys["parallel"])))


async def look(client: Client, remote_id: str, previous: bytes | None = None) -> tuple[Detail, bytes]:
    got = await client.fetch(remote_id, previous=previous)
    body = got.body or b""
    return PROVIDER.reader().read_task(body, remote_id=remote_id, received_at=got.received_at), body


async def start(client: Client, draft: Draft) -> str:
    got = await client.create(draft)
    task = PROVIDER.reader().read_created(got.body or b"", draft=draft, received_at=got.received_at)
    assert task.remote_id
    return task.remote_id


ENDS = {
    "done": TaskStatus.DONE,
    "unmarked": TaskStatus.DONE,
    "no-basis": TaskStatus.DONE,
    "warnings": TaskStatus.DONE,
    "tools": TaskStatus.DONE,
    "content-string": TaskStatus.DONE,
    "of-2025": TaskStatus.DONE,
    "failed": TaskStatus.FAILED,
    "failed-silent": TaskStatus.FAILED,
    "action-required": TaskStatus.WAITING,
    "cancelled": TaskStatus.CANCELLED,
    "waiting": TaskStatus.DONE,
}


async def test_every_script_ends_as_it_says(served: tuple[Simulator, ManualClock]) -> None:
    assert {*ENDS, "stuck"} == set(SCRIPTS)
    simulator, clock = served
    client = client_of(simulator)
    try:
        for name, end in ENDS.items():
            remote_id = await start(client, Draft(f"How does PostgreSQL vacuum old rows? sim:{name}"))
            clock.advance(3000)
            detail, _ = await look(client, remote_id)
            assert detail.task.status is end, name
            assert detail.task.has_report == (end is TaskStatus.DONE), name
            assert detail.task.prompt == f"How does PostgreSQL vacuum old rows? sim:{name}"
    finally:
        await client.close()


async def test_progress_comes_by_the_stream_and_stays_when_the_run_has_ended(
    served: tuple[Simulator, ManualClock],
) -> None:
    simulator, clock = served
    client = client_of(simulator)
    try:
        remote_id = await start(client, Draft("How does PostgreSQL vacuum old rows?"))
        clock.advance(200)
        running, body = await look(client, remote_id)
        assert running.task.status is TaskStatus.RUNNING
        assert 0 < running.task.counters["percent"].value < 100
        assert running.task.counters["pages_read"].value > 0
        clock.advance(3000)
        done, _ = await look(client, remote_id, body)
        assert done.trace == running.trace
        assert "percent" not in done.task.counters
    finally:
        await client.close()


async def test_every_citation_of_a_simulated_report_leads_to_its_source(
    served: tuple[Simulator, ManualClock],
) -> None:
    simulator, clock = served
    service = simulator.simulation.services["parallel"]
    client = client_of(simulator)
    try:
        remote_id = await start(client, Draft("How does PostgreSQL vacuum old rows?"))
        clock.advance(3000)
        detail, _ = await look(client, remote_id)
    finally:
        await client.close()
    assert detail.report is not None
    (task,) = [one for one in service.tasks if one.id == remote_id]
    wanted = {str(one.id): one.url for one in service.report(task).sources}
    citations = read_report(detail.report).citations
    assert len(citations) > 5
    for citation in citations:
        assert citation.urls == tuple(wanted[number] for number in re.findall(r"\d+", citation.marker))


async def test_our_client_starts_a_batch(served: tuple[Simulator, ManualClock]) -> None:
    simulator, clock = served
    client, reader = client_of(simulator), PROVIDER.reader()
    try:
        got = await client.act(OpenBatch("ports"), "")
        made = reader.read_outcome(OpenBatch("ports"), got.body or b"", received_at=got.received_at)
        assert isinstance(made, BatchOutcome)
        assert made.batch_id is not None
        adding = AddToBatch((("a", "one"), ("b", "two")), "lite")
        got = await client.act(adding, made.batch_id)
        added = reader.read_outcome(adding, got.body or b"", received_at=got.received_at)
        assert isinstance(added, BatchOutcome)
        assert [task.id for task in added.tasks] == ["a", "b"]
        clock.advance(3000)
        detail, _ = await look(client, added.tasks[1].remote_id or "")
        assert (detail.task.batch_id, detail.task.prompt, detail.task.mode) == (made.batch_id, "two", "lite")
    finally:
        await client.close()


def test_it_conforms_to_its_document(
    shared: Path, served: tuple[Simulator, ManualClock], subtests: pytest.Subtests
) -> None:
    simulator, clock = served
    service = simulator.simulation.services["parallel"]
    assert isinstance(service, SimulatedParallel)
    for spec in (TEXT, None, {"output_schema": {"type": "json", "json_schema": {"type": "object"}}}):
        service.begin({"input": "x", "processor": "ultra", "task_spec": spec})
    for script in ("tools", "warnings", "of-2025", "failed", "action-required"):
        service.begin({"input": "x", "processor": "pro"}, script=script)
    clock.advance(3000)
    ids = [task.id for task in service.tasks][-8:]
    for operation in operations(shared, "parallel"):
        wanted = {parameter.name for parameter in operation.path_parameters}
        if "groups" in operation.path or "memory" in operation.path:
            continue  # groups are unknown to it here; nothing of ours asks for memories
        # The document describes the data of a frame, the check looks at the frame: see the test below.
        streamed = operation.path.endswith("/events")
        checks = [one for one in CONFORMANCE if not (streamed and one.__name__ == "response_schema_conformance")]
        for run_id in ids if wanted else ["-"]:
            fixed = {"path_parameters": {"run_id": run_id}} if wanted else {}
            with subtests.test(operation.label, run_id=run_id):
                run(operation, simulator, "parallel", GenerationMode.POSITIVE, checks, **fixed)
        if operation.body:
            with subtests.test(operation.label, mode="negative"):
                run(operation, simulator, "parallel", GenerationMode.NEGATIVE, REFUSAL)


async def test_every_frame_of_a_stream_conforms_to_the_document(
    shared: Path, served: tuple[Simulator, ManualClock]
) -> None:
    simulator, clock = served
    document = json.loads((shared / "contracts" / "more" / "parallel.openapi.json").read_text())
    schema = {"$ref": "#/components/schemas/Event", "components": document["components"]}
    client = client_of(simulator)
    try:
        remote_id = await start(client, Draft("How does PostgreSQL vacuum old rows?"))
        clock.advance(300)
        _, body = await look(client, remote_id)
    finally:
        await client.close()
    (events,) = [one.body for one in unpack(body) if one.name == "events"]
    data = [json.loads(event.data) for event in parse_events(events)]
    assert {one["type"].rpartition(".")[2] for one in data} >= {"state", "plan", "search", "extract", "progress_stats"}
    for one in data:
        jsonschema.validate(one, schema)
