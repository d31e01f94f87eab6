"""Fixtures for the providers: example bodies, a fault server, clients with short limits."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.providers.faults import Faults, fault_server
from tui.domain.errors import BadAnswer
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
T = TypeVar("T")
NAMES = ("extruct", "yutori", "valyu")


def read_or_refused(call: Callable[[], T]) -> T | BadAnswer:
    """What a reader returns, or the one error it may raise."""
    try:
        return call()
    except BadAnswer as error:
        return error


@pytest.fixture(autouse=True)
def _plain_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no certificate variable of the machine decides what a test sees."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="session")
def examples(corpus: Path) -> Path:
    """The folder of example bodies."""
    return corpus / "contracts" / "examples"


@pytest.fixture(scope="session")
def more_examples(shared: Path) -> Path:
    """The folder of published and observed bodies of the other services."""
    return shared / "contracts" / "more" / "examples"


@pytest.fixture(scope="session")
def specs(shared: Path) -> dict[str, dict[str, Any]]:
    """The OpenAPI documents by provider."""
    return {name: json.loads((shared / "contracts" / f"{name}.openapi.json").read_text()) for name in NAMES}


@pytest.fixture
async def faults() -> AsyncIterator[Faults]:
    """A running fault server."""
    async with fault_server() as running:
        yield running


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still until a test moves it."""
    return ManualClock()


@pytest.fixture
def simulator(clock: ManualClock) -> Iterator[Simulator]:
    """The three services on a real socket, without tasks."""
    with Simulator(clock=clock) as running:
        yield running
        assert running.crashes == []
