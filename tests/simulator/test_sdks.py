"""The vendors' own SDKs, unmodified, as clients of the simulator over a real socket."""

from collections.abc import Iterator

import pytest
from valyu import Valyu
from valyu.types.deepresearch import DeepResearchStatus
from yutori import AsyncYutoriClient, YutoriClient
from yutori.exceptions import APIError, AuthenticationError

from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator

pytestmark = pytest.mark.slow
INSTANTLY = 2000.0  # a speed at which tasks of hours end within seconds


@pytest.fixture
def valyu_sdk(simulator: Simulator) -> Iterator[Valyu]:
    address = f"{simulator.base_url('valyu')}/v1"
    with Valyu(api_key=simulator.keys["valyu"], base_url=address, max_rate_limit_retries=0) as client:
        yield client


@pytest.fixture
def yutori_sdk(simulator: Simulator) -> Iterator[YutoriClient]:
    with YutoriClient(api_key=simulator.keys["yutori"], base_url=f"{simulator.base_url('yutori')}/v1") as client:
        yield client


def test_valyu_creates_and_reads_a_task_to_its_end(valyu_sdk: Valyu, clock: ManualClock) -> None:
    made = valyu_sdk.deepresearch.create(
        query="How does PostgreSQL vacuum old rows?",
        mode="heavy",
        output_formats=["markdown", "pdf"],
        search={"search_type": "all", "start_date": "2020-01-01"},
        deliverables=["CSV of the sources"],
        tools={"code_execution": True, "screenshots": {"enabled": True, "max_calls": 2}},
        metadata={"team": "db", "urgent": True},
        webhook_url="https://hook.example/x",
    )
    assert made.success, made.error
    assert made.status is DeepResearchStatus.RUNNING
    assert made.webhook_secret
    clock.advance(1000)
    running = valyu_sdk.deepresearch.status(made.deepresearch_id)
    assert running.success, running.error
    assert running.status is DeepResearchStatus.RUNNING
    assert running.progress.current_step > 1
    clock.advance(5000)
    done = valyu_sdk.deepresearch.status(made.deepresearch_id)
    assert done.success, done.error
    assert done.status is DeepResearchStatus.COMPLETED
    assert done.deliverables[0].row_count == len(done.sources)
    assert {image.image_type for image in done.images} == {"chart", "screenshot"}
    assert valyu_sdk.deepresearch.get_assets(made.deepresearch_id, "report.pdf").startswith(b"%PDF-")


def test_valyu_saves_unchanged_answers(valyu_sdk: Valyu, simulator: Simulator) -> None:
    made = valyu_sdk.deepresearch.create(query="x")
    first = valyu_sdk.deepresearch.status(made.deepresearch_id)
    assert valyu_sdk.deepresearch.status(made.deepresearch_id) == first
    assert simulator.requests[-1].status == 304


def test_valyu_waits_for_the_end_and_follows_the_steps() -> None:
    with Simulator(speed=INSTANTLY) as simulator:
        client = Valyu(api_key=simulator.keys["valyu"], base_url=f"{simulator.base_url('valyu')}/v1")
        made = client.deepresearch.create(query="x", mode="fast")
        done = client.deepresearch.wait(made.deepresearch_id, poll_interval=0.02, max_wait_time=10)
        assert done.status is DeepResearchStatus.COMPLETED
        client.close()


def test_valyu_answers_every_checkpoint_while_it_waits() -> None:
    responses: dict[str, dict[str, object]] = {
        "planning_questions": {"answers": []},
        "plan_review": {"approved": True},
        "source_review": {"included_domains": [], "excluded_domains": []},
        "outline_review": {"approved": True},
    }
    asked: list[str] = []
    with Simulator(speed=INSTANTLY) as simulator:
        client = Valyu(api_key=simulator.keys["valyu"], base_url=f"{simulator.base_url('valyu')}/v1")
        made = client.deepresearch.create(query="x", hitl=dict.fromkeys(responses, True))

        def answer(interaction: object) -> dict[str, object]:
            asked.append(interaction.type.value)  # type: ignore[attr-defined]
            return responses[asked[-1]]

        done = client.deepresearch.wait(
            made.deepresearch_id, poll_interval=0.02, max_wait_time=20, on_interaction=answer
        )
        client.close()
    assert asked == list(responses)
    assert len(done.hitl_history) == 4


def test_valyu_raises_on_failure_while_it_waits(valyu_sdk: Valyu, clock: ManualClock) -> None:
    made = valyu_sdk.deepresearch.create(query="x sim:failed")
    clock.advance(5000)
    with pytest.raises(ValueError, match="Task failed: Research failed"):
        valyu_sdk.deepresearch.wait(made.deepresearch_id, poll_interval=0.01)


def test_valyu_lists_steers_shares_cancels_and_deletes(valyu_sdk: Valyu) -> None:
    made = valyu_sdk.deepresearch.create(query="x")
    task_id = made.deepresearch_id
    assert [item["query"] for item in valyu_sdk.deepresearch.list(limit=5).data] == ["x"]
    assert valyu_sdk.deepresearch.update(task_id, "Only after 2010").success
    assert valyu_sdk.deepresearch.toggle_public(task_id, True).success
    assert valyu_sdk.deepresearch.cancel(task_id).success
    refused = valyu_sdk.deepresearch.cancel(task_id)
    assert (refused.success, refused.error) == (False, "Task is already cancelled")
    assert valyu_sdk.deepresearch.delete(task_id).success
    assert valyu_sdk.deepresearch.status(task_id).error == "Task not found"


def test_valyu_runs_batches(valyu_sdk: Valyu, clock: ManualClock) -> None:
    batch = valyu_sdk.batch.create(name="n", mode="fast")
    added = valyu_sdk.batch.add_tasks(batch.batch_id, [{"id": "a", "query": "one"}, {"id": "b", "query": "two"}])
    assert (added.success, added.added) == (True, 2)
    clock.advance(1000)
    assert valyu_sdk.batch.status(batch.batch_id).batch.counts.completed == 2
    listed = valyu_sdk.batch.list_tasks(batch.batch_id, include_output=True)
    assert [task.task_id for task in listed.tasks] == ["a", "b"]
    assert listed.tasks[0].output
    assert valyu_sdk.batch.list().batches[0].batch_id == batch.batch_id
    other = valyu_sdk.batch.create(mode="fast")
    valyu_sdk.batch.add_tasks(other.batch_id, [{"query": "three"}])
    assert valyu_sdk.batch.cancel(other.batch_id).cancelled_count == 1


def test_valyu_understands_refusals(valyu_sdk: Valyu, simulator: Simulator) -> None:
    simulator.faults.switch_on("429", times=1)
    limited = valyu_sdk.deepresearch.create(query="x")
    assert (limited.success, limited.rate_limit.retry_after) == (False, 2)
    simulator.simulation.valyu.balance = 0
    poor = valyu_sdk.deepresearch.create(query="x")
    assert poor.error == "Insufficient credits: $0.50 required, $0.00 available"
    assert len(simulator.simulation.valyu.tasks) == 0


def test_yutori_creates_and_reads_a_task_to_its_end(yutori_sdk: YutoriClient, clock: ManualClock) -> None:
    schema = {"type": "object", "properties": {"answer": {"type": "string"}}}
    made = yutori_sdk.research.create(
        "How does PostgreSQL vacuum old rows?", user_timezone="Europe/Vienna", user_location="Graz, AT",
        output_schema=schema, webhook_url="https://hook.example/x", webhook_format="slack",
    )  # fmt: skip
    assert made["status"] == "queued"
    clock.advance(100)
    assert yutori_sdk.research.get(made["task_id"])["status"] == "running"
    clock.advance(1000)
    done = yutori_sdk.research.get(made["task_id"])
    assert (done["status"], set(done["structured_result"])) == ("succeeded", {"answer"})


def test_yutori_pages_through_the_list_and_reads_usage(yutori_sdk: YutoriClient) -> None:
    for number in range(3):
        yutori_sdk.research.create(str(number))
    first = yutori_sdk.research.list(limit=2, status="running")
    second = yutori_sdk.research.list(limit=2, status="running", cursor=first["next_cursor"])
    assert [task["query"] for task in first["tasks"] + second["tasks"]] == ["2", "1", "0"]
    assert yutori_sdk.get_usage(period="7d")["activity"]["research_tasks"] == 3


def test_yutori_understands_refusals(yutori_sdk: YutoriClient, simulator: Simulator) -> None:
    with pytest.raises(APIError, match="task not found"):
        yutori_sdk.research.get("nothing")
    stranger = YutoriClient(api_key="yt-wrong", base_url=f"{simulator.base_url('yutori')}/v1")
    with pytest.raises(AuthenticationError):
        stranger.research.list()
    stranger.close()


async def test_yutori_works_asynchronously_too(simulator: Simulator) -> None:
    address = f"{simulator.base_url('yutori')}/v1"
    async with AsyncYutoriClient(api_key=simulator.keys["yutori"], base_url=address) as client:
        made = await client.research.create("x")
        assert (await client.research.get(made["task_id"]))["status"] == "queued"
