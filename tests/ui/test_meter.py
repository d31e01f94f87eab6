"""The meter says what really happened, and is not there unless asked for."""

import re

import pytest

from tests.ui.driving import WIDE, running
from tests.ui.fakes import task
from tui.ui.debug_meter import BEAT, Meter
from tui.ui.widgets.bars import StatusLine


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_a_late_beat_is_a_gap_once() -> None:
    async with running([task(1)], size=WIDE) as session:
        clock = Hands()
        meter = Meter(session.app, clock)
        for late in (0.0, 0.3, 0.1):
            clock.now += BEAT + late
            meter.beat()
        assert meter.reading().startswith("gap 300 ms")
        clock.now += BEAT
        meter.beat()
        assert meter.reading().startswith("gap 0 ms")


async def test_only_what_was_painted_since_the_last_reading_counts() -> None:
    async with running([task(n) for n in range(5)], size=WIDE) as session:
        meter = Meter(session.app)
        meter.reading()
        session.app.written += 1234
        await session.pilot.press("j")
        found = re.fullmatch(r"gap \d+ ms  flushes \d+  1,234 bytes  lines found drawn: (\d+ %|none)", meter.reading())
        assert found
        assert " 0 bytes" in meter.reading()


async def test_it_speaks_every_second_when_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIVEWATCH_DEBUG", "1")
    monkeypatch.setattr("tui.ui.debug_meter.BEAT", 0.5)  # so rarely that between two beats all is idle
    async with running([task(1)], size=WIDE) as session:
        line = session.app.screen.query_one(StatusLine)
        await session.after(1.1)
        assert line.message.startswith("gap"), line.message


async def test_otherwise_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Meter, "start", lambda _: 1 / 0)
    async with running([task(1)], size=WIDE) as session:
        assert not session.app.screen.query_one(StatusLine).message.startswith("gap")
