"""Garbage is collected in the pause after a key."""

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from tui.ui.terminal.textual_patches import GarbageCollection


class Planned:
    """A loop that only takes note."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], None]] = []
        self.cancelled = 0

    def call_later(self, delay: float, call: Callable[[], None]) -> "Planned":
        self.calls.append(call)
        return self

    def cancel(self) -> None:
        self.cancelled += 1


def test_young_garbage_is_collected_after_a_key_and_not_before_another(monkeypatch: pytest.MonkeyPatch) -> None:
    count, collected, loop = [4001, 0, 0], list[int](), Planned()
    monkeypatch.setattr("gc.isenabled", lambda: True)
    monkeypatch.setattr("gc.get_count", lambda: tuple(count))
    monkeypatch.setattr("gc.collect", collected.append)
    garbage = GarbageCollection()
    for _ in range(2):
        garbage.key_pressed(cast("asyncio.AbstractEventLoop", loop))
    assert (len(loop.calls), loop.cancelled) == (2, 1)
    loop.calls[-1]()
    assert collected == [0]
    count[0] = 100
    garbage.key_pressed(cast("asyncio.AbstractEventLoop", loop))
    assert len(loop.calls) == 2, "there is nothing to collect, and nobody wakes up"


@pytest.mark.parametrize(("most", "generation"), [(50, 1), (2**31 - 1, 0)])
def test_the_objects_of_a_long_report_are_not_collected_with_the_young_ones(
    most: int, generation: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of 5 MB take 40 ms, right after the first key; `ReportLoader` sets the threshold while it is open."""
    collected, loop = list[int](), Planned()
    monkeypatch.setattr("gc.isenabled", lambda: True)
    monkeypatch.setattr("gc.get_count", lambda: (4001, 60, 0))
    monkeypatch.setattr("gc.get_threshold", lambda: (20_000, most, most))
    monkeypatch.setattr("gc.collect", collected.append)
    GarbageCollection().key_pressed(cast("asyncio.AbstractEventLoop", loop))
    loop.calls[-1]()
    assert collected == [generation]
