"""Gemini's client and reader against the simulated service, over a real socket."""

from collections.abc import AsyncGenerator, AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from tests.providers.gemini.expected import REDIRECT
from tui.domain.actions import Approve, Cancel, Delete, Outcome
from tui.domain.detail import Detail
from tui.domain.errors import BadKey, Gone, RateLimited, Refused
from tui.domain.provider import Draft
from tui.domain.secret import Secret
from tui.domain.task import Task, TaskStatus
from tui.providers.gemini.spec import PROVIDER
from tui.providers.http.body_stream import looked_at
from tui.providers.protocol import Client, ClientSettings
from tui.providers.sdk.exchanges import unpack
from tui.report.read import read_report
from tui.simulator.clock import ManualClock
from tui.simulator.gemini.api import Gemini
from tui.simulator.server import Simulator

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
READER = PROVIDER.reader()
SLOW = 60.0  # seconds; only a machine that stands still takes as long


@pytest.fixture
def simulator(simulator: Simulator) -> Simulator:
    """The services, of which Gemini streams without pauses."""
    service = simulator.simulation.services["gemini"]
    assert isinstance(service, Gemini)
    service.stream_seconds = 0.0
    return simulator


@pytest.fixture
async def client(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    """Our client, which does not take a slow machine for a stream that has nothing to tell."""

    def patient(response: httpx.Response, most: int, deadline: float, _: float) -> AsyncGenerator[bytes]:
        return looked_at(response, most, deadline + SLOW, SLOW)

    monkeypatch.setattr("tui.providers.http.session.looked_at", patient)
    made = PROVIDER.client(ClientSettings(simulator.base_url("gemini"), Secret(simulator.keys["gemini"])))
    yield made
    await made.close()


def advance(simulator: Simulator, seconds: float) -> None:
    clock = simulator.clock
    assert isinstance(clock, ManualClock)
    clock.advance(seconds)


async def start(client: Client, prompt: str = "What do lichens need?", **more: object) -> Task:
    draft = Draft(prompt, **more)  # type: ignore[arg-type]
    assert PROVIDER.check(draft) == []
    answer = await client.create(draft)
    return READER.read_created(answer.body or b"", draft=draft, received_at=NOW)


async def look(client: Client, task: Task, previous: bytes | None = None) -> tuple[Detail, bytes]:
    assert task.remote_id is not None
    answer = await client.fetch(task.remote_id, previous=previous)
    body = answer.body or b""
    return READER.read_task(body, remote_id=task.remote_id, received_at=NOW), body


async def act(client: Client, action: Approve | Cancel | Delete, task: Task) -> Outcome:
    assert task.remote_id is not None
    answer = await client.act(action, task.remote_id)
    return READER.read_outcome(action, answer.body or b"", received_at=NOW, remote_id=task.remote_id)


async def test_research_is_started_watched_and_read_with_every_citation(client: Client, simulator: Simulator) -> None:
    task = await start(client)
    assert task.status is TaskStatus.RUNNING
    advance(simulator, 150)
    running, kept = await look(client, task)
    assert running.task.status is TaskStatus.RUNNING
    assert running.task.counters["searches"].value > 0
    assert running.task.counters["searches"].total is None
    assert running.report is None
    advance(simulator, 600)
    done, _ = await look(client, task, kept)
    assert done.task.status is TaskStatus.DONE
    assert done.report is not None
    citations = [one for one in read_report(done.report).citations if one.marker.startswith("[cite:")]
    assert citations
    assert all(url and url.startswith(REDIRECT) for one in citations for url in one.urls)
    assert len(simulator.creates("gemini")) == 1


async def test_progress_that_only_the_stream_tells_is_kept_after_the_end(client: Client, simulator: Simulator) -> None:
    task = await start(client, "sim:quiet please")
    advance(simulator, 120)
    first, kept = await look(client, task)
    advance(simulator, 40)
    second, kept = await look(client, task, kept)
    assert 0 < len(first.trace) < len(second.trace)
    asked = [one.query for one in simulator.requests if "stream=true" in one.query]
    assert asked[0] == "stream=true"
    assert "last_event_id=evt_" in asked[1]
    advance(simulator, 600)
    done, kept = await look(client, task, kept)
    assert done.task.status is TaskStatus.DONE
    assert [step.text for step in done.trace][: len(second.trace)] == [step.text for step in second.trace]
    assert [one.name for one in unpack(kept)] == ["status", "events"]


async def test_a_plan_is_changed_then_approved_each_as_a_new_interaction(client: Client, simulator: Simulator) -> None:
    task = await start(client, options={"collaborative_planning": True})
    advance(simulator, 60)
    asked = (await look(client, task))[0]
    assert asked.task.status is TaskStatus.WAITING
    assert asked.interaction is not None
    assert "I will research" in asked.interaction.text
    assert asked.interaction.title == "Research by this plan ($1 to $3), or say what to change"
    changed = await act(client, Approve(asked.interaction.id, approved=False, changes="Only tiles."), task)
    assert changed.successor is not None
    assert (changed.successor.parent_id, changed.successor.remote_id != task.remote_id) == (task.remote_id, True)
    advance(simulator, 60)
    again = (await look(client, changed.successor))[0]
    assert again.interaction is not None
    approved = await act(client, Approve(again.interaction.id, approved=True), changed.successor)
    assert approved.successor is not None
    advance(simulator, 900)
    done = (await look(client, approved.successor))[0]
    assert (done.task.status, done.task.parent_id) == (TaskStatus.DONE, changed.successor.remote_id)
    assert done.report is not None
    assert len(simulator.creates("gemini")) == 3


async def test_a_model_answers_a_follow_up_at_once_and_cites_sentences(client: Client, simulator: Simulator) -> None:
    task = await start(client)
    advance(simulator, 900)
    answer = await client.create(draft := Draft("Sure?", "gemini-3.8-flash", previous=(task.remote_id or "",)))
    made = READER.read_created(answer.body or b"", draft=draft, received_at=NOW)
    assert (made.status, made.has_report, made.parent_id) == (TaskStatus.DONE, True, task.remote_id)
    report = READER.read_task(answer.body or b"", remote_id=made.remote_id, received_at=NOW).report
    assert report is not None
    assert "[cite" not in report.text
    assert len(read_report(report).citations) > 1


async def test_cancel_ends_it_once_and_delete_makes_it_gone(client: Client, simulator: Simulator) -> None:
    task = await start(client)
    advance(simulator, 60)
    outcome = await act(client, Cancel(), task)
    assert (outcome.status, outcome.successor) == (TaskStatus.CANCELLED, None)
    with pytest.raises(Refused, match="not running any more"):
        await act(client, Cancel(), task)
    assert (await look(client, task))[0].task.status is TaskStatus.CANCELLED
    assert (await act(client, Delete(), task)).message == "deleted at Gemini"
    with pytest.raises(Gone):
        await look(client, task)


@pytest.mark.parametrize(
    ("script", "status", "report"),
    [
        ("failed", TaskStatus.FAILED, False),
        ("failed-silent", TaskStatus.FAILED, False),
        ("incomplete", TaskStatus.PARTIAL, True),
        ("budget", TaskStatus.PARTIAL, False),
        ("output-error", TaskStatus.FAILED, False),
        ("no-text", TaskStatus.DONE, False),
        ("function", TaskStatus.WAITING, False),
        ("continues", TaskStatus.RUNNING, True),
        ("idle", TaskStatus.UNKNOWN, False),
        ("legacy", TaskStatus.DONE, True),
        ("picture", TaskStatus.DONE, True),
        ("two-outputs", TaskStatus.DONE, True),
        ("plan-unmarked", TaskStatus.DONE, True),
        ("stuck", TaskStatus.RUNNING, False),
        ("waiting", TaskStatus.QUEUED, False),
    ],
)
async def test_every_end_is_told_as_what_it_is(
    client: Client, simulator: Simulator, script: str, status: TaskStatus, report: bool
) -> None:
    task = await start(client, f"sim:{script} please")
    advance(simulator, 900)
    detail = (await look(client, task))[0]
    assert (detail.task.status, detail.task.has_report) == (status, report)
    assert detail.problems == ()
    if status is TaskStatus.FAILED:
        assert detail.task.error
    elif status is TaskStatus.PARTIAL or script in {"no-text", "plan-unmarked", "function"}:
        assert detail.task.warnings


async def test_both_versions_are_served(simulator: Simulator) -> None:
    settings = ClientSettings(simulator.base_url("gemini"), Secret(simulator.keys["gemini"]), version="v1")
    client = PROVIDER.client(settings)
    try:
        await start(client)
    finally:
        await client.close()
    assert [one.path for one in simulator.requests] == ["/v1/interactions"]


async def test_a_wrong_key_and_a_busy_service_are_told(client: Client, simulator: Simulator) -> None:
    stranger = PROVIDER.client(ClientSettings(simulator.base_url("gemini"), Secret("wrong")))
    try:
        with pytest.raises(BadKey, match="rejects the key") as caught:
            await start(stranger)
    finally:
        await stranger.close()
    assert "GOOGLE_API_KEY" in caught.value.hint
    assert caught.value.outcome_unknown is False
    simulator.faults.switch_on("429-bare", times=1)
    with pytest.raises(RateLimited):
        await start(client)
