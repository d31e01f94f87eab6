"""An archive in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.engine.archive import Archive


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "archive.db"


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    with Archive.open(path) as opened:
        yield opened
