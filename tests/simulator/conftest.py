"""A simulation without a server: requests go straight into the application, time moves only when a test says so."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from tests.our_client import client_of
from tui.providers.protocol import Client, Provider
from tui.simulator.app import Simulation, create_app
from tui.simulator.clock import ManualClock
from tui.simulator.faults import Faults
from tui.simulator.server import Simulator

T = TypeVar("T")

TOOLKITS = ("test_fuzz.py", "test_fuzz_services.py", "_sdk.py", "_sdks.py")  # half a second and more at every start


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave modules that import whole toolkits to the deep tier, unread."""
    return True if collection_path.name.endswith(TOOLKITS) and not config.getoption("everything") else None


KEYS = {
    "extruct": "sk_test",
    "yutori": "yt-test",
    "valyu": "val_test",
    "openai": "sk-test",
    "gemini": "AIza_test",
}
HEADERS = {
    "extruct": {"Authorization": "Bearer sk_test"},
    "yutori": {"x-api-key": "yt-test"},
    "valyu": {"X-API-Key": "val_test"},
    "openai": {"Authorization": "Bearer sk-test"},
    "gemini": {"x-goog-api-key": "AIza_test"},
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(speed=20)


@pytest.fixture
def simulator(clock: ManualClock) -> Iterator[Simulator]:
    """Every service on a real socket, with throw-away keys, without tasks."""
    with Simulator(clock=clock) as running:
        yield running
        assert running.crashes == []


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Simulator, ManualClock]]:
    """Every service on one socket for a whole module, for tests that look at their own tasks only."""
    clock = ManualClock(speed=20)
    with Simulator(clock=clock) as simulator:
        yield simulator, clock
        assert simulator.crashes == []


def with_client(provider: Provider, simulator: Simulator, call: Callable[[Client], Awaitable[T]]) -> T:
    """Return the result of `call` with our own client of a service."""

    async def main() -> T:
        async with client_of(provider.info.name, simulator) as client:
            return await call(client)

    return asyncio.run(main())


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def simulation(clock: ManualClock, faults: Faults) -> Iterator[Simulation]:
    simulation = create_app(KEYS, clock=clock, faults=faults)
    yield simulation
    assert simulation.log.crashes == []


def client(simulation: Simulation, provider: str, **headers: str) -> httpx.AsyncClient:
    """A client of one service; `headers` stand in for the right key."""
    transport = httpx.ASGITransport(app=simulation.app)
    return httpx.AsyncClient(
        transport=transport, base_url=f"http://sim.test/{provider}", headers=headers or HEADERS[provider]
    )


@pytest.fixture
async def extruct(simulation: Simulation) -> AsyncIterator[httpx.AsyncClient]:
    async with client(simulation, "extruct") as ready:
        yield ready


@pytest.fixture
async def yutori(simulation: Simulation) -> AsyncIterator[httpx.AsyncClient]:
    async with client(simulation, "yutori") as ready:
        yield ready


@pytest.fixture
async def valyu(simulation: Simulation) -> AsyncIterator[httpx.AsyncClient]:
    async with client(simulation, "valyu") as ready:
        yield ready


async def made(client: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    """The answer to a create that succeeded."""
    response = await client.post(path, json=body)
    assert response.is_success, response.text
    answer: dict[str, Any] = response.json()
    return answer
