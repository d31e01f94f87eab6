"""Fixtures every test may use, and the choice of the tier (see `tests/tiers.py`)."""

import gc
import itertools
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import pilots, tiers
from tests.corpora import SHARED, params
from tests.postgres import Server, started
from tests.team.proxy import Proxy
from tui.domain import secret

# Some images forbid it. Then each worker, and each program that a test starts, compiles everything anew: half the time.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

pytest.register_assert_rewrite("tui.testing.contract")

# A slow machine is no defect: no deadlines. Generated cases are the same in every run: red means changed code. More of
# them come with the deep tier, and others in each run with --hypothesis-profile=thorough.
_CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("suite", _CALM, max_examples=15, derandomize=True)
settings.register_profile("deep", _CALM, max_examples=40, derandomize=True)
settings.register_profile("thorough", _CALM, max_examples=1000, print_blob=True)
settings.load_profile("suite")

_MOST_WORKERS = 8  # each imports and collects everything; more of them end no sooner
_OFTEN = 100  # tests between two looks at what has piled up
_finished, _freeze = itertools.count(1), gc.freeze


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--all` adds the deep tier; `--update-pictures` accepts what the screens look like now."""
    parser.addoption(
        "--all",
        action="store_true",
        dest="everything",
        help="run the deep tier too: kills, terminals, corpora, fuzzing",
    )
    parser.addoption("--update-pictures", action="store_true", help="write the pictures of screens again")


def pytest_configure(config: pytest.Config) -> None:
    """What is asked for by its name, or by a marker, is run whatever its tier; workers are told by the option."""
    named = config.args_source is pytest.Config.ArgsSource.ARGS and not hasattr(config, "workerinput")
    if named or config.getoption("markexpr"):
        config.option.everything = True
    if config.getoption("everything") and not config.getoption("--hypothesis-profile", None):
        settings.load_profile("deep")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """As many workers as processors; none of them when single files or tests are asked for."""
    if any("::" in word or word.endswith(".py") for word in config.args):
        return 0
    return min(os.cpu_count() or 1, _MOST_WORKERS)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what follows from what a test does, and leave the deep tier out unless it is asked for."""
    for item in items:
        tiers.mark(item)
    if not config.getoption("everything"):
        config.hook.pytest_deselected(items=[item for item in items if tiers.is_deep(item)])
        items[:] = [item for item in items if not tiers.is_deep(item)]


def pytest_collection() -> None:
    """Ten thousand collected tests are no garbage: nobody searches for it among them, neither now nor later."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.enable()
    _keep()


def pytest_runtest_logfinish() -> None:
    """What is still there after many tests is kept anyway, such as their reports."""
    if next(_finished) % _OFTEN == 0:
        _keep()


def _keep() -> None:
    gc.collect()
    _freeze()


@pytest.fixture(scope="session", autouse=True)
def _nothing_else_is_frozen() -> Iterator[None]:
    """The application freezes its objects once it has started; those of a test would be kept until the session ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "freeze", lambda: None)
        yield


@pytest.fixture(autouse=True)
def _keys_of_other_tests_are_forgotten() -> Iterator[None]:
    """Every key ever held is looked for in every text: a thousand of them would slow each later test."""
    before = secret.every_secret()
    yield
    secret._ever_held.intersection_update(before)


@pytest.fixture(scope="session", autouse=True)
def _applications_are_cheap() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        pilots.make_cheap(patch)
        yield


@pytest.fixture(scope="session", params=params())
def corpus(request: pytest.FixtureRequest) -> Path:
    """The folder of a corpus: our own, then the larger one beside the checkout where it is there."""
    folder: Path = request.param
    return folder


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of the larger corpus beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the larger corpus is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One PostgreSQL server for all tests of a process; each `server.url()` is a new archive in it."""
    yield from started()


@pytest.fixture
def url(server: Server) -> str:
    """The address of a new archive on the server."""
    return server.url()


@pytest.fixture
def way(server: Server) -> Iterator[Proxy]:
    """A connection to the server that a test can cut: `way.url(url)` leads through it."""
    with tempfile.TemporaryDirectory(prefix="dw-way-") as folder, Proxy(Path(folder), server.folder) as proxy:
        yield proxy
