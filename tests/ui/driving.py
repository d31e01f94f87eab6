"""Runs the application headless on the fakes, and reads what is painted."""

import asyncio
import threading
import time
import unicodedata
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from textual import events
from textual.geometry import Region
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.pilot import Pilot
from textual.screen import Screen

from tests.idle import bring_forward, threads_at_work
from tests.ui.fakes import FakeArchive, FakeEngine, services
from tui.domain.task import Task
from tui.ui.app import DivewatchApp
from tui.ui.dashboard.screen import DashboardScreen
from tui.ui.widgets.bars import StatusLine

_PATIENCE = 100  # hundredths of a second for a thread that waits for another one
_LONGEST = 120.0  # seconds for a thread that works, on a busy machine
_HOPS = 40  # passes of a message between widget, screen and application
SMALL, WIDE = (80, 24), (120, 40)
LONG = 20.0  # seconds for a timer that is not to go off before `Session.after` lets it, on a busy machine


class Session:
    """A running application with its fakes."""

    def __init__(self, app: DivewatchApp, pilot: Pilot[None], engine: FakeEngine, archive: FakeArchive) -> None:
        self.app, self.pilot, self.engine, self.archive = app, pilot, engine, archive

    @property
    def dashboard(self) -> DashboardScreen:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, DashboardScreen))

    @property
    def at_dashboard(self) -> bool:
        """Whether nothing is in front of the dashboard."""
        return isinstance(self.app.screen, DashboardScreen)

    @property
    def said(self) -> str:
        return next(iter(self.app.screen.query(StatusLine))).message

    async def press(self, *keys: str) -> None:
        """Press keys as the driver would hand them over; the pilot's own way waits a tenth of a second for each."""
        for key in keys:
            self.app.post_message(key_event(key))
            for _ in range(_HOPS):
                await asyncio.sleep(0)
        await self.settle()

    async def settle(self) -> None:
        """Let messages and threads do what is under way, however long; for one that a test holds back only a while."""
        await self.pilot.pause()
        end, soon = time.monotonic() + _LONGEST, time.monotonic() + _PATIENCE / 100
        while any(thread.name == "background" for thread in threading.enumerate()):
            now = time.monotonic()
            if now > end or (now > soon and not threads_at_work()):
                break
            await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def after(self, seconds: float) -> None:
        """Let the timers that go off within these seconds do so now, and all that follows from it."""
        await self.settle()
        while passed := bring_forward(seconds):
            seconds -= passed
            await self.settle()

    async def arrive(self) -> None:
        """Let a flush through, also one that waits for its half second."""
        await self.settle()
        bridge = self.app._bridge
        assert bridge is not None
        if bridge._resting:
            bridge._rested()
        await self.settle()

    def painted(self) -> list[str]:
        return painted(self.app.screen)

    def text(self) -> str:
        return "\n".join(self.painted())


def key_event(key: str) -> events.Key:
    """Return the event of a key given by its name or its character."""
    if len(key) == 1:
        return events.Key(_character_to_key(key), key)
    with suppress(KeyError):
        return events.Key(key, unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(key, key))))
    return events.Key(key, {"space": " ", "enter": "\r", "tab": "\t"}.get(key))


def painted(screen: Screen[object]) -> list[str]:
    """Return the lines of a screen as they are written to the terminal, without colours."""
    width, height = screen.size
    strips = screen._compositor.render_strips()
    lines = ["".join(segment.text for segment in strip) for strip in strips]
    assert len(lines) == height
    return [line[:width] for line in lines]


def region_of(session: Session, selector: str) -> Region:
    return session.app.screen.query_one(selector).region


@asynccontextmanager
async def running(
    tasks: Sequence[Task] = (),
    *,
    size: tuple[int, int] = SMALL,
    engine: FakeEngine | None = None,
    archive: FakeArchive | None = None,
    start: bool = True,
    whole: bool = True,
    **more: object,
) -> AsyncIterator[Session]:
    """Run the application until the block ends, at first until it has read all tasks (`whole`).

    Any error inside it is raised here.
    """
    engine = engine or FakeEngine(tasks)
    archive = archive or FakeArchive(tasks)
    app = DivewatchApp(services(archive, engine if start else None, **more))
    async with app.run_test(size=size) as pilot:
        session = Session(app, pilot, engine, archive)
        await pilot.pause(0.01)
        end = time.monotonic() + _LONGEST
        while whole and (app.loading or (start and app.engine is None)):
            assert time.monotonic() < end, "it never had read all tasks, or the engine never began"
            await pilot.pause(0.01)
        if not app.loading and (app.engine is not None or not start):
            await session.settle()
        yield session
