"""Fixtures of the user interface's tests."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def memory_as_before() -> Iterator[None]:
    """The application freezes its objects after start-up; tests must not pile them up."""
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine may decide how the program looks or where a link goes."""
    for name in ("NO_COLOR", "TMUX", "SSH_CONNECTION", "SSH_TTY", "DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "COLORFGBG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
