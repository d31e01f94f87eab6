"""The whole engine over real sockets: simulator, provider clients, archive; fast, because the test sets the pace."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tui.domain.provider import Cadence, ProviderInfo
from tui.domain.secret import Secret
from tui.engine.archive import Archive
from tui.engine.polling.connection import ServiceAccount
from tui.engine.runtime import Runtime
from tui.providers import registry
from tui.providers.protocol import ClientSettings
from tui.simulator.server import Simulator

WAIT = 120.0  # seconds; only a failing test takes as long
PROVIDERS = ("extruct", "yutori", "valyu")


class Fast:
    """A provider that may be asked as often as a test likes."""

    def __init__(self, name: str, cadence: float) -> None:
        self._provider = registry.load(name)
        self.info: ProviderInfo = replace(
            self._provider.info, requests_per_second=500.0, cadence=Cadence(cadence, cadence, cadence)
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)


def accounts(simulator: Simulator, names: Sequence[str] = PROVIDERS, cadence: float = 60.0) -> list[ServiceAccount]:
    """Return accounts at the simulated services."""
    return [_account(simulator, name, cadence) for name in names]


def _account(simulator: Simulator, name: str, cadence: float) -> ServiceAccount:
    settings = ClientSettings(simulator.base_url(name), Secret(simulator.keys[name]))
    return ServiceAccount(Fast(name, cadence), lambda: settings)


@contextmanager
def running(path: Path, every: Sequence[ServiceAccount], *, watch: bool = False) -> Iterator[tuple[Archive, Runtime]]:
    """Run an engine on the archive at `path`."""
    with Archive.open(path) as archive:
        runtime = Runtime(archive, every, watch=watch)
        runtime.start()
        try:
            yield archive, runtime
        finally:
            runtime.close()


class Events:
    """Collects events and waits for a condition on engine threads, without sleeping."""

    def __init__(self, runtime: Runtime) -> None:
        self._changed = threading.Condition()
        self.seen: list[object] = []
        runtime.subscribe(self._note)

    def _note(self, event: object) -> None:
        with self._changed:
            self.seen.append(event)
            self._changed.notify_all()

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition`, which only what an event tells of can make true, is true."""
        with self._changed:
            assert self._changed.wait_for(condition, WAIT), "it never happened"
