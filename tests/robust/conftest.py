"""One archive full of hostile tasks for all tests here, and homes for programs that run in terminals of their own."""

import shutil
from pathlib import Path

import pytest

from tests.robust.hostile import Planted, plant
from tui.config.folders import archive_place


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Planted:
    """An archive with every hostile string, report and status answer of the tier, as the engine saved them."""
    home = tmp_path_factory.mktemp("hostile", numbered=True)
    path = Path(archive_place({"DIVEWATCH_HOME": str(home)}))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return plant(path, everything=pytestconfig.getoption("everything"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty DIVEWATCH_HOME."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def hostile_home(home: Path, planted: Planted, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A DIVEWATCH_HOME with a copy of the hostile archive, no keys, and this process's environment pointing there."""
    path = Path(archive_place({"DIVEWATCH_HOME": str(home)}))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copy(planted.path, path)
    for name in ("EXTRUCT_API_TOKEN", "EXTRUCT_API_KEY", "YUTORI_API_KEY", "VALYU_API_KEY", "DIVEWATCH_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DIVEWATCH_HOME", str(home))
    return home
