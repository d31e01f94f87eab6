"""Opens the one report of the archive and prints, as JSON, what the event loop did until the whole of it was there.

`work`: the longest piece of work of the loop, in CPU milliseconds of its thread; `gap`: the longest time between two
turns of a task that sleeps a millisecond, on the wall: with what other threads and programs took from it.
"""

import asyncio
import json
import time
from asyncio import events
from collections.abc import Callable, Coroutine
from dataclasses import replace
from unittest import mock

from textual.pilot import Pilot

from tui.cli import context
from tui.config.schema import Config
from tui.engine.runtime import Runtime
from tui.ui import startup as front_door
from tui.ui.app import DivewatchApp
from tui.ui.reader.screen import ReaderScreen
from tui.ui.shell.services import Services

Story = Callable[[Pilot[None]], Coroutine[None, None, dict[str, float]]]
_NAP = 0.001  # seconds
_SIZE = (120, 40)


class Loop:
    """Times everything the loop calls."""

    def __init__(self) -> None:
        self.work = self.gap = 0.0
        self._call = events.Handle._run

    def __enter__(self) -> "Loop":
        mock.patch.object(events.Handle, "_run", lambda handle: self._timed(handle)).start()
        return self

    def __exit__(self, *_: object) -> None:
        mock.patch.stopall()

    def _timed(self, handle: events.Handle) -> None:
        began = time.thread_time()
        self._call(handle)
        self.work = max(self.work, (time.thread_time() - began) * 1000)

    async def nap(self) -> None:
        """Sleep a moment and take note of how late one wakes."""
        began = time.perf_counter()
        await asyncio.sleep(_NAP)
        self.gap = max(self.gap, (time.perf_counter() - began - _NAP) * 1000)


async def opened(pilot: Pilot[None]) -> dict[str, float]:
    """Press enter, wait for the whole report."""
    app = pilot.app
    assert isinstance(app, DivewatchApp)
    while app.engine is None:
        await pilot.pause(0.05)
    await pilot.pause(2)  # the reader is imported meanwhile, as it is for a person
    with Loop() as loop:
        await pilot.press("enter")
        while not (isinstance(app.screen, ReaderScreen) and app.screen._whole):
            await loop.nap()
    return {"work": loop.work, "gap": loop.gap}


async def measured(services: Services, story: Story) -> dict[str, float]:
    """Run the application without a terminal."""
    app = DivewatchApp(services)
    async with app.run_test(size=_SIZE) as pilot:
        return await story(pilot)


def main(story: Story = opened) -> None:
    """Print the figures of the archive that DIVEWATCH_HOME says."""
    caught: list[Services] = []

    def catch(services: Services) -> int:
        caught.append(services)
        return 0

    with context.open_archive(read_only=False) as archive:
        with mock.patch.object(front_door, "_run", catch):
            front_door.run_app(archive, (), Config(), context.paths())
        engine = Runtime(archive, (), watch=False)
        engine.start()
        print(json.dumps(asyncio.run(measured(replace(caught[0], start_engine=lambda known: engine), story)), indent=1))
        engine.close()


if __name__ == "__main__":
    main()
