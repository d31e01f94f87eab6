"""A world that is the same in every run: the simulator's tasks at one frozen moment, on the real engine and archive."""

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from html import unescape
from pathlib import Path
from random import Random
from unittest import mock
from zoneinfo import ZoneInfo

import time_machine
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.strip import Strip

from tui.cli import context
from tui.config.schema import Config
from tui.domain.capability import ConnectionState
from tui.engine.polling.schedule import Schedule
from tui.engine.polling.worker import BALANCE
from tui.engine.runtime import Runtime
from tui.providers import registry
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator
from tui.simulator.yutori.api import SimulatedYutori
from tui.ui import startup as front_door
from tui.ui.app import DivewatchApp
from tui.ui.shell.archive import ScreenArchive
from tui.ui.shell.services import Services

MOMENT = datetime(2026, 11, 20, 14, 30, tzinfo=ZoneInfo("UTC"))
_INTO = 30.0  # simulated seconds into the demo
FONT = "DejaVu Sans Mono, Menlo, Consolas, WenQuanYi Zen Hei, Noto Sans Mono CJK SC, monospace"
_STEP, _STILL = 0.04, 3  # a picture is taken when so many looks, so many seconds apart, were the same
_MOST = 3000  # looks
_WORKERS = {"background", "reader", "audit"}  # threads that screens start
_SLOTS: dict[str, object] = {**(Schedule.__init__.__kwdefaults__ or {}), "slots": 1}
_BARE = ("LANG", "LC_ALL", "TMUX", "SSH_CONNECTION", "SSH_TTY", "NO_COLOR", "BROWSER", "DISPLAY", "VISUAL", "EDITOR")


@contextmanager
def frozen() -> Iterator[None]:
    """Stop the clocks people see, draw ids from a seed, let answers come in one order; timers go on."""
    same_count = property(lambda self: 42, lambda self, value: None)  # how often we asked depends on the machine
    with ExitStack() as stack:
        stack.enter_context(time_machine.travel(MOMENT, tick=False))
        stack.enter_context(mock.patch("random.SystemRandom", return_value=Random(1)))
        stack.enter_context(mock.patch.object(Path, "cwd", return_value=Path("/home/you/research")))
        stack.enter_context(mock.patch.object(ScreenArchive, "remember"))  # scenes share an archive
        stack.enter_context(mock.patch.object(SimulatedYutori, "requests_today", same_count))
        stack.enter_context(mock.patch.object(Schedule.__init__, "__kwdefaults__", _SLOTS))
        for name in registry.names():
            provider = registry.load(name)
            stack.enter_context(mock.patch.object(provider, "info", replace(provider.info, requests_per_second=500.0)))
        stack.enter_context(context.environment({"COLORTERM": "truecolor", "TERM": "xterm-256color"}, without=_BARE))
        yield


@contextmanager
def empty(folder: Path) -> Iterator[Services]:
    """Give what the dashboard of a newcomer runs on: no task, no key."""
    keys = [name for name in os.environ if name.endswith(("_API_KEY", "_API_TOKEN"))]
    with context.environment({"DIVEWATCH_HOME": str(folder)}, without=keys), _services() as given:
        yield given


@contextmanager
def peopled(folder: Path, later: float = 0.0) -> Iterator[Services]:
    """Give what the dashboard runs on: an archive filled from the simulator, and the engine that goes on asking it.

    `later` simulated seconds pass after a first look: what ends or asks meanwhile is in the log.
    """
    clock = ManualClock()
    with Simulator(clock=clock, world=True) as simulator:
        clock._epoch -= _INTO
        clock.advance(_INTO)
        go_on = partial(clock.advance, later) if later else None
        with context.environment({**simulator.exports, "DIVEWATCH_HOME": str(folder)}), _services(go_on) as given:
            yield given


@contextmanager
def _services(go_on: Callable[[], None] | None = None) -> Iterator[Services]:
    """Take what `run_app` would run on, with one engine for all pictures; `go_on` lets time pass after a first look."""
    with context.open_archive(read_only=False) as opened:
        caught: list[Services] = []
        with mock.patch.object(front_door, "_run", lambda services: caught.append(services) or 0):
            front_door.run_app(opened, context.accounts(), Config(), context.paths())
        engine = Runtime(opened, context.accounts(), watch=False, rng=Random(1))
        engine.start()
        _look(engine)
        if go_on is not None:
            go_on()
            _look(engine)
        try:
            yield replace(caught[0], start_engine=lambda known: engine)
        finally:
            engine.close()


def _look(engine: Runtime) -> None:
    """Ask each account, one after the other: tasks and log lines come in one order."""
    for worker in engine._core.workers.values():
        tasks = engine.tasks()
        known = [key for key in worker.schedule.followed() if key in tasks]
        for key in sorted(known, key=lambda key: (tasks[key].title, tasks[key].created_at or MOMENT, tasks[key].mode)):
            engine._submit(partial(worker.ask_now, {key})).result()
        engine._submit(worker.sync).result()
        engine._submit(partial(worker.ask_now, {BALANCE} & {*worker.schedule.followed()})).result()


async def settle(pilot: Pilot[None]) -> None:
    """Wait until nothing is under way and nothing moves."""
    app = pilot.app
    assert isinstance(app, DivewatchApp)
    seen: list[Strip] = []
    still = 0
    looks = 0
    while still < _STILL:
        assert (looks := looks + 1) < _MOST, "something never ends"
        await pilot.pause(_STEP)
        shown = app.screen._compositor.render_strips(app.size)
        still = still + 1 if shown == seen and not _busy(app) else 0
        seen = shown


def picture(app: DivewatchApp) -> str:
    """Return what is on the screen as SVG that fetches nothing, names fonts people have, and has no window buttons."""
    svg = app.export_screenshot(title="divewatch")
    svg = re.sub(r"@font-face\s*\{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<g[^>]*>\s*(<circle[^>]*/>\s*)+</g>", "", svg)
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    svg = re.sub(r'(?<=textLength=")([\d.]+)("[^>]*>)([^<]+)', _wide, svg)
    return svg.replace("Fira Code", FONT).replace(f"{FONT}, monospace", FONT)


def _wide(found: re.Match[str]) -> str:
    """Give Chinese and Japanese characters the two cells they take; rich counts one."""
    length, between, text = found.groups()
    plain = unescape(text)
    return f"{float(length) * cell_len(plain) / len(plain):.6g}{between}{text}"


def _busy(app: DivewatchApp) -> bool:
    engine = app.engine
    if not isinstance(engine, Runtime) or engine._pending:
        return True
    if any(state.link is ConnectionState.STARTING for state in engine.providers().values()):
        return True
    if any(thread.name in _WORKERS for thread in threading.enumerate()):
        return True
    nodes = app.screen.walk_children(with_self=True)
    return any(
        timer._repeat == 0 and timer._task and not timer._task.done() for node in nodes for timer in node._timers
    )
