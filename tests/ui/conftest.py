"""Fixtures of the user interface's tests."""

import gc
from collections.abc import Callable, Iterator

import pytest

from tests.idle import wait_until_freed
from tests.ui.driving import Session
from tests.ui.fakes import NOW
from tests.ui.pictures import compare, picture_of


@pytest.fixture(autouse=True)
def memory_as_before() -> Iterator[None]:
    """The application lets garbage lie longer after its start; tests must not pile it up."""
    wait_until_freed()
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine may decide how the program looks or where a link goes."""
    for name in ("NO_COLOR", "TMUX", "SSH_CONNECTION", "SSH_TTY", "DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "COLORFGBG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")


@pytest.fixture
def picture(pytestconfig: pytest.Config) -> Iterator[Callable[[Session, str], None]]:
    """Compare what is on the screen with its picture; the clock stands still meanwhile."""
    import time_machine

    with time_machine.travel(NOW, tick=False):
        yield lambda session, name: compare(
            name, picture_of(session.app.screen), update=pytestconfig.getoption("update_pictures")
        )
