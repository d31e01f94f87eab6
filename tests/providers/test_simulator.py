"""Our clients and readers against the simulated services over a real socket; time moves only when a test says so."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.our_client import client_of, look, start
from tests.providers.conftest import NAMES
from tui.domain.detail import ReportFormat
from tui.domain.errors import BadAnswer, BadKey, Gone, ProviderError, RateLimited, Unavailable, Unreachable
from tui.domain.provider import Draft
from tui.domain.task import TaskStatus, TotalKind
from tui.providers.registry import load
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator

SCHEMA: Mapping[str, Any] = {"type": "object", "properties": {"a": {"type": "string"}}}
every = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def crowded() -> Iterator[tuple[Simulator, ManualClock]]:
    """One simulator for tests that look at their own task only: to stop one costs more than the whole test."""
    clock = ManualClock()
    with Simulator(clock=clock) as running:
        yield running, clock
        assert running.crashes == []


@every
async def test_a_task_runs_from_its_start_to_its_report(name: str, crowded: tuple[Simulator, ManualClock]) -> None:
    simulator, clock = crowded
    async with client_of(name, simulator) as client:
        remote_id = await start(name, client, Draft("How do heat pumps work?"))
        seen = [await look(name, client, remote_id)]
        while not seen[-1].task.status.is_final and len(seen) < 60:
            clock.advance(60)
            seen.append(await look(name, client, remote_id))
    last = seen[-1]
    assert last.task.status is TaskStatus.DONE
    assert last.report is not None
    assert len(last.report.text) > 1000
    assert last.task.sources == len(last.report.sources) > 0
    assert {detail.task.status for detail in seen} >= {TaskStatus.RUNNING, TaskStatus.DONE}
    assert all(detail.problems == () and detail.extra == {} for detail in seen)
    for counter in last.task.counters:
        values = [detail.task.counters[counter].value for detail in seen if counter in detail.task.counters]
        assert values == sorted(values), counter


@every
async def test_the_list_shows_what_was_started(name: str, simulator: Simulator, clock: ManualClock) -> None:
    async with client_of(name, simulator) as client:
        started = {await start(name, client, Draft(f"question {number}")) for number in range(3)}
        clock.advance(30)
        got = await client.fetch_page()
    page = load(name).reader().read_page(got.body or b"", received_at=got.received_at)
    assert {task.remote_id for task in page.tasks} == started
    assert page.problems == ()
    assert page.cursor is None


@pytest.mark.parametrize(("name", "many"), [("extruct", 45), ("yutori", 105)])
async def test_a_long_list_is_read_to_its_end(name: str, many: int, simulator: Simulator) -> None:
    service = getattr(simulator.simulation, name)
    ids: set[str | None] = set()
    cursor: str | None = None
    async with client_of(name, simulator) as client:
        for number in range(many):
            if name == "extruct":
                service.begin(f"question {number}", "medium", None)
            else:
                await client.create(Draft(f"question {number}"))
        for _ in range(10):
            got = await client.fetch_page(cursor)
            page = load(name).reader().read_page(got.body or b"", received_at=got.received_at, cursor=cursor)
            ids |= {task.remote_id for task in page.tasks}
            cursor = page.cursor
            if cursor is None:
                break
    assert len(ids) == many


@every
async def test_structured_output_comes_as_asked_for(name: str, crowded: tuple[Simulator, ManualClock]) -> None:
    simulator, clock = crowded
    async with client_of(name, simulator) as client:
        remote_id = await start(name, client, Draft("List three rivers", output_schema=SCHEMA))
        clock.advance(3 * 3600)
        detail = await look(name, client, remote_id)
    assert detail.task.status is TaskStatus.DONE
    assert isinstance(detail.structured, dict)
    assert detail.report is not None
    assert (detail.report.format is ReportFormat.JSON) or name == "yutori"


@pytest.mark.parametrize("script", ["basis-objects", "basis-records", "basis-tree", "wrapped-fields"])
async def test_evidence_is_read_in_every_form(script: str, crowded: tuple[Simulator, ManualClock]) -> None:
    simulator, clock = crowded
    async with client_of("extruct", simulator) as client:
        remote_id = await start("extruct", client, Draft(f"sim:{script} who makes what", output_schema=SCHEMA))
        clock.advance(7200)
        detail = await look("extruct", client, remote_id)
    assert detail.report is not None
    assert detail.report.evidence
    known = {source.id for source in detail.report.sources}
    assert {number for ids in detail.report.evidence.values() for number in ids} <= known
    assert detail.problems == ()


@pytest.mark.parametrize(
    ("name", "script", "status", "word"),
    [
        ("extruct", "rejected-brief", TaskStatus.FAILED, "failed"),
        ("extruct", "failed-silent", TaskStatus.FAILED, "failed"),
        ("extruct", "degraded-agents", TaskStatus.DONE, "done"),
        ("extruct", "null-degradation", TaskStatus.DONE, "done"),
        ("extruct", "odd-ids", TaskStatus.DONE, "done"),
        ("yutori", "failed-silent", TaskStatus.FAILED, "failed"),
        ("yutori", "failed-budget-exceeded", TaskStatus.FAILED, "failed"),
        ("yutori", "markdown", TaskStatus.DONE, "succeeded"),
        ("yutori", "bare", TaskStatus.DONE, "succeeded"),
        ("yutori", "nothing", TaskStatus.DONE, "succeeded"),
        ("yutori", "epoch-id", TaskStatus.DONE, "succeeded"),
        ("valyu", "failed", TaskStatus.FAILED, "failed"),
        ("valyu", "failed-partial", TaskStatus.PARTIAL, "failed"),
        ("valyu", "awkward", TaskStatus.DONE, "completed"),
        ("valyu", "replanned", TaskStatus.DONE, "completed"),
    ],
)
async def test_every_end_is_told(
    name: str, script: str, status: TaskStatus, word: str, crowded: tuple[Simulator, ManualClock]
) -> None:
    simulator, clock = crowded
    async with client_of(name, simulator) as client:
        remote_id = await start(name, client, Draft(f"sim:{script} and so on"))
        clock.advance(4 * 3600)
        detail = await look(name, client, remote_id)
    assert (detail.task.status, detail.task.provider_status) == (status, word)
    assert bool(detail.task.error) == (word == "failed")
    assert bool(detail.task.warnings) == script.startswith("degraded")


async def test_a_refusal_inside_a_good_answer(crowded: tuple[Simulator, ManualClock]) -> None:
    simulator, _ = crowded
    draft = Draft("sim:refused-insufficient-prepaid-balance please")
    async with client_of("yutori", simulator) as client:
        got = await client.create(draft)
    task = load("yutori").reader().read_created(got.body or b"", draft=draft, received_at=got.received_at)
    assert task.status is TaskStatus.FAILED
    assert task.error == "the prepaid balance is too low for this task"


@pytest.mark.parametrize("name", ["extruct", "yutori"])
async def test_the_account_tells_what_is_left(name: str, simulator: Simulator) -> None:
    async with client_of(name, simulator) as client:
        account = await client.account()
    assert account.remaining
    assert account.remaining > 0


@every
async def test_a_wrong_key_is_a_rejected_key(name: str, crowded: tuple[Simulator, ManualClock]) -> None:
    simulator, _ = crowded
    async with client_of(name, simulator, key="a-wrong-key-0815") as client:
        with pytest.raises(BadKey) as caught:
            await client.fetch_page()
    assert "0815" not in caught.value.message


@every
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("429", RateLimited),
        ("503", Unavailable),
        ("504", Unavailable),
        ("empty", BadAnswer),
        ("html", BadAnswer),
        ("error-in-200", BadAnswer),
        ("wrong-type", BadAnswer),
        ("redirect=https://evil.example/", Unreachable),
        ("redirect-loop", Unreachable),
        ("gzip-bomb=64", Unreachable),
        ("drop", Unreachable),
        ("drop-body", Unreachable),
        ("cut-json", BadAnswer),
        ("other-task", BadAnswer),
        ("sunset", Gone),
    ],
)
async def test_a_fault_has_its_type_and_goes_away(
    name: str, fault: str, kind: type[ProviderError], crowded: tuple[Simulator, ManualClock]
) -> None:
    simulator, _ = crowded
    async with client_of(name, simulator) as client:
        remote_id = await start(name, client, Draft("x"))
        simulator.faults.switch_on(fault)
        with pytest.raises(ProviderError) as caught:
            await look(name, client, remote_id)
        assert isinstance(caught.value, kind), caught.value
        simulator.faults.clear()
        assert (await look(name, client, remote_id)).task.remote_id == remote_id


@every
@pytest.mark.parametrize("fault", ["create-lost", "create-502"])
async def test_a_lost_create_is_sent_once_and_says_that_it_may_have_worked(
    name: str, fault: str, simulator: Simulator
) -> None:
    async with client_of(name, simulator) as client:
        simulator.faults.switch_on(fault)
        with pytest.raises(ProviderError) as caught:
            await client.create(Draft("x"))
        simulator.faults.clear()
        got = await client.fetch_page()
    assert caught.value.outcome_unknown
    assert len(simulator.creates(name)) == 1
    assert len(load(name).reader().read_page(got.body or b"", received_at=got.received_at).tasks) == 1


@every
@pytest.mark.parametrize("fault", ["raw-newlines", "epoch-times", "unknown-mode", "null-titles", "wrapped-list"])
async def test_an_oddity_of_a_service_does_not_matter(
    name: str, fault: str, simulator: Simulator, clock: ManualClock
) -> None:
    async with client_of(name, simulator) as client:
        remote_id = await start(name, client, Draft("two\nlines"))
        clock.advance(3 * 3600)
        simulator.faults.switch_on(fault)
        detail = await look(name, client, remote_id)
        got = await client.fetch_page()
    page = load(name).reader().read_page(got.body or b"", received_at=got.received_at)
    assert detail.task.status is TaskStatus.DONE
    assert detail.task.created_at is not None
    assert detail.problems == ()
    assert len(page.tasks) == 1


@every
async def test_an_unknown_status_is_shown_and_stays_active(name: str, crowded: tuple[Simulator, ManualClock]) -> None:
    simulator, _ = crowded
    async with client_of(name, simulator) as client:
        remote_id = await start(name, client, Draft("x"))
        simulator.faults.switch_on("unknown-status=hibernating")
        task = (await look(name, client, remote_id)).task
        simulator.faults.clear()
    assert (task.status, task.provider_status) == (TaskStatus.UNKNOWN, "hibernating")
    assert not task.status.is_final


async def test_agents_are_a_ceiling_and_steps_an_estimate(simulator: Simulator, clock: ManualClock) -> None:
    meanings = {}
    for name, counter in (("extruct", "agents"), ("valyu", "steps")):
        async with client_of(name, simulator) as client:
            remote_id = await start(name, client, Draft("x"))
            clock.advance(240)
            meanings[counter] = (await look(name, client, remote_id)).task.counters[counter].meaning
    assert meanings == {"agents": TotalKind.CEILING, "steps": TotalKind.ESTIMATE}
