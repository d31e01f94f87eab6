"""The examples of the two guides for authors are complete, short, and work with each other."""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest

from tui.domain.actions import Cancel
from tui.domain.capability import Capability
from tui.domain.detail import Detail
from tui.domain.errors import BadKey, Gone
from tui.domain.provider import Draft
from tui.domain.secret import Secret
from tui.domain.task import TaskStatus
from tui.providers.protocol import Client, ClientSettings
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator
from tui.testing.contract import ProviderContract

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def code_of(path: str) -> str:
    """The longest Python block of a guide."""
    blocks = re.findall(r"(?ms)^```python\n(.*?)^```$", (ROOT / path).read_text())
    return str(max(blocks, key=len))


def load_guide() -> Any:
    """The provider of the guide, in a module of its own, where its specification finds its reader."""
    if "lantern" not in sys.modules:
        module = sys.modules["lantern"] = ModuleType("lantern")
        exec(compile(code_of("tui/providers/README.md"), "README.md", "exec"), module.__dict__)
    return sys.modules["lantern"]


@pytest.fixture
def lantern() -> Any:
    """The module of the guide's provider."""
    return load_guide()


@pytest.fixture
def lantern_service() -> Iterator[Simulator]:
    """The service of the other guide, served."""
    module = ModuleType("lantern_service")
    exec(compile(code_of("tui/simulator/README.md"), "README.md", "exec"), module.__dict__)
    with Simulator(clock=ManualClock(), more={"lantern": module.__dict__["SERVICE"]}) as running:
        yield running
        assert running.crashes == []


def test_the_example_is_short() -> None:
    assert len(code_of("tui/providers/README.md").splitlines()) < 150


async def look(client: Client, provider: Any, remote_id: str, previous: bytes | None = None) -> Detail:
    answer = await client.fetch(remote_id, previous=previous)
    detail: Detail = provider.reader().read_task(answer.body or b"", remote_id=remote_id, received_at=NOW)
    return detail


async def test_a_run_is_started_watched_and_read(lantern: Any, lantern_service: Simulator) -> None:
    provider = lantern.PROVIDER
    settings = ClientSettings(lantern_service.base_url("lantern"), Secret(lantern_service.keys["lantern"]))
    client = provider.client(settings)
    clock = lantern_service.clock
    assert isinstance(clock, ManualClock)
    try:
        draft = Draft("What is a lantern?", options={"language": "en"})
        assert provider.check(draft) == []
        answer = await client.create(draft)
        task = provider.reader().read_created(answer.body, draft=draft, received_at=NOW)
        assert task.status is TaskStatus.QUEUED
        clock.advance(60)
        running = await look(client, provider, task.remote_id)
        assert running.task.status is TaskStatus.RUNNING
        assert running.task.counters["searches"].value > 0
        clock.advance(600)
        done = await look(client, provider, task.remote_id)
        assert done.task.status is TaskStatus.DONE
        assert done.report is not None
        assert done.report.sources
        assert done.task.title
        page = provider.reader().read_page((await client.fetch_page()).body, received_at=NOW)
        assert [one.remote_id for one in page.tasks] == [task.remote_id]
    finally:
        await client.close()


async def test_cancelling_and_refusals_are_told(lantern: Any, lantern_service: Simulator) -> None:
    provider = lantern.PROVIDER
    settings = ClientSettings(lantern_service.base_url("lantern"), Secret(lantern_service.keys["lantern"]))
    client, stranger = provider.client(settings), provider.client(ClientSettings(settings.base_url, Secret("wrong")))
    try:
        answer = await client.create(Draft("sim:stuck, please"))
        task = provider.reader().read_created(answer.body, draft=Draft("x"), received_at=NOW)
        answer = await client.act(Cancel(), task.remote_id)
        outcome = provider.reader().read_outcome(Cancel(), answer.body, received_at=NOW, remote_id=task.remote_id)
        assert (outcome.message, outcome.status) == ("cancelled at Lantern", TaskStatus.CANCELLED)
        with pytest.raises(Gone):
            await client.fetch("run-00000000")
        with pytest.raises(BadKey):
            await stranger.fetch(task.remote_id)
    finally:
        await client.close()
        await stranger.close()


def test_capabilities_references_and_prices_follow_from_the_specification(lantern: Any) -> None:
    provider = lantern.PROVIDER
    assert provider.info.capabilities == {Capability.CREATE, Capability.LIST, Capability.CANCEL}
    assert provider.parse_reference("https://app.lantern.example/r/run-0123456789?x=1") == "run-0123456789"
    assert provider.parse_reference("https://elsewhere.example/run-0123456789") is None
    assert provider.cost_at_most(Draft("x")).amount == 0.10
    assert provider.cost_at_most(Draft("x", "deep")).amount == 2.0
    assert provider.check(Draft("x", "typed")) == []


class TestLantern(ProviderContract):
    """The provider of the guide keeps the contract."""

    provider = load_guide().PROVIDER
    remote_id = "run-0123456789abcdef"
    task_answer: ClassVar = {"id": "run-0123456789abcdef", "status": "waiting"}
    key_header = ("x-lantern-key", "{key}")
    fetch_target = "/v2/runs/run-0123456789abcdef"
    create_target = "/v2/runs"
    list_targets: ClassVar = {None: "/v2/runs?limit=50", "c": "/v2/runs?limit=50&after=c"}
