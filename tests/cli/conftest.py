"""One simulator and one synchronised archive for all tests of the command line; commands run in this process."""

import gc
import io
import os
import shutil
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from json import loads
from pathlib import Path
from typing import Any

import pytest

from tui.cli.fast_path import run_fast
from tui.cli.main import run
from tui.domain.provider import Cadence
from tui.providers import registry
from tui.simulator.clock import SimulatedClock
from tui.simulator.server import Simulator


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode()

    @property
    def json(self) -> Any:
        return loads(self.raw)


class Console(io.TextIOWrapper):
    """A stream that says whether it is a terminal as the test wishes."""

    tty = False

    def isatty(self) -> bool:
        return self.tty


def run_here(arguments: tuple[str, ...], *, stdin: bytes = b"", tty: bool = False, lane: str = "both") -> Ended:
    """Run a command line in this process.

    Args:
        arguments: As typed after `divewatch`.
        stdin: What standard input holds.
        tty: Whether the three streams are terminals.
        lane: "both" as the program does, "click" without the fast lane.
    """
    streams = [Console(io.BytesIO(data), encoding="utf-8") for data in (stdin, b"", b"")]
    for stream in streams:
        stream.tty = tty
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = streams
    try:
        code = run_fast(arguments) if lane == "both" else None
        if code is None:
            code = run(arguments)
        for stream in streams[1:]:
            stream.flush()
        raw, err = (stream.buffer.getvalue() for stream in streams[1:])  # type: ignore[attr-defined]
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
    return Ended(code, raw, err.decode())


Cli = Callable[..., Ended]
_INFOS = [registry.load(name).info for name in registry.names()]
_CADENCE = Cadence(0.2, 0.2, 1.0)  # seconds: two simulated minutes, so that nobody waits for the next question
KEYS = {variable for info in _INFOS for variable in info.key_variables}
_VARIABLES = (*sorted(KEYS), *(info.base_url_variable for info in _INFOS), "DIVEWATCH_CONFIG", "NO_COLOR")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty DIVEWATCH_HOME without any key."""
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DIVEWATCH_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def cli(home: Path) -> Cli:
    """Run commands in an empty home."""
    return lambda *arguments, **how: run_here(arguments, **how)


class Held(SimulatedClock):
    """A clock that stands still until it is let go."""

    held = True

    def now(self) -> float:
        return 0.0 if self.held else super().now()

    def let_go(self) -> None:
        self._epoch, self._started, self.held = time.time(), time.monotonic(), False


@pytest.fixture(scope="package")
def synchronised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Simulator, Path]]:
    """The services, and a home whose archive holds all their tasks as they were at the very beginning.

    Time stands still until then: what is done, and what is not, depends neither on the machine nor on other tests.
    """
    folder, clock = tmp_path_factory.mktemp("synced"), Held(speed=600)
    with pytest.MonkeyPatch.context() as patch, Simulator(clock=clock, world=True) as simulator:
        for name in simulator.keys:
            provider = registry.load(name)
            patch.setattr(provider, "info", replace(provider.info, requests_per_second=500.0, cadence=_CADENCE))
        with pytest.MonkeyPatch.context() as pointed:
            _point(pointed, simulator.exports, folder)
            ended = run_here(("sync",))
        assert ended.code == 0, ended.err
        clock.let_go()
        yield simulator, folder


@pytest.fixture
def simulator(synchronised: tuple[Simulator, Path]) -> Simulator:
    """All three services with the demo's tasks, ten minutes a second; they may be asked as often as a test likes."""
    return synchronised[0]


@pytest.fixture
def synced(synchronised: tuple[Simulator, Path]) -> Path:
    """A home whose archive holds every task of the simulator; to be copied, never changed."""
    return synchronised[1]


@pytest.fixture
def world(simulator: Simulator, synced: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cli]:
    """Run commands on a copy of the synchronised archive, with keys for the simulator."""
    shutil.copytree(synced, home)
    _point(monkeypatch, simulator.exports, home)
    yield lambda *arguments, **how: run_here(arguments, **how)
    with warnings.catch_warnings():  # a command that ends leaves requests under way to the end of the process
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def _point(patch: pytest.MonkeyPatch, exports: Mapping[str, str], home: Path) -> None:
    for name in _VARIABLES:
        patch.delenv(name, raising=False)
    for name, value in exports.items():
        patch.setenv(name, value)
    patch.setenv("DIVEWATCH_HOME", str(home))


@contextmanager
def fault(simulator: Simulator, text: str) -> Iterator[None]:
    """Let the simulator misbehave for the time of a block."""
    simulator.faults.switch_on(text)
    try:
        yield
    finally:
        simulator.faults.clear()


def tasks(cli: Cli, **wanted: object) -> list[dict[str, Any]]:
    """Return the tasks of `list --json` whose members are as wanted."""
    listed = cli("list", "--json").json["tasks"]
    return [task for task in listed if all(task[name] == value for name, value in wanted.items())]


def environment() -> dict[str, str]:
    """Return the environment for a program of its own, without keys."""
    return {name: value for name, value in os.environ.items() if name not in _VARIABLES}
