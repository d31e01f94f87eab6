"""Every test here runs on both databases: an archive is an archive."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres import Server
from tui.engine.archive import Archive

KINDS = ("sqlite", "postgres")


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a new archive is to be: a file, or a schema on a server."""
    if request.param == "sqlite":
        return tmp_path / "state" / "archive.db"
    started: Server = request.getfixturevalue("server")
    return started.url()


@pytest.fixture
def archive(place: Path | str) -> Iterator[Archive]:
    with Archive.open(place) as opened:
        yield opened


@pytest.fixture
def another(place: Path | str) -> Callable[[], Archive]:
    """Opens the same archive once more, as another process would."""
    return lambda: Archive.open(place)
