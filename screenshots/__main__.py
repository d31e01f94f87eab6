"""Make every picture in this folder anew: the real dashboard on the real engine and archive, against the simulator.

The simulated clock stands still while pictures are taken; ids and times of the day differ from run to run.
"""

import asyncio
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import cairosvg
from textual.pilot import Pilot

from tui.cli import session
from tui.config.schema import Config
from tui.engine.api import Link
from tui.engine.runtime import Runtime
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator
from tui.ui import run as front_door
from tui.ui.app import DivewatchApp
from tui.ui.services import Services

HERE = Path(__file__).parent
WIDE, SMALL = (120, 40), (80, 24)
LONG = "Three ways to keep old rows"  # the long demo report
FONT = "DejaVu Sans Mono, Menlo, Consolas, monospace"


class Scene(NamedTuple):
    """One picture: its file, the size of the terminal, the keys that lead there, the theme."""

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...]
    theme: str = "dark"
    filter: str = ""  # typed into the list's filter first


READ = ("3",)
WAIT_TENTHS = 50  # for the providers to answer
NAMED = {"]": "right_square_bracket", "?": "question_mark"}
SCENES = (
    Scene("dashboard-120x40", WIDE, ("j",) * 10),
    Scene("dashboard-80x24", SMALL, ("j",) * 10),
    Scene("dashboard-light-120x40", WIDE, ("j",) * 10, "light"),
    Scene("detail-80x24", SMALL, ("enter",), filter="Post-quantum"),
    Scene("reader-120x40", WIDE, (*READ, *("]",) * 12, "enter"), filter=LONG),
    Scene("reader-80x24", SMALL, (*READ, *("]",) * 12), filter=LONG),
    Scene("outline-120x40", WIDE, (*READ, "T"), filter=LONG),
    Scene("sources-120x40", WIDE, (*READ, "S"), filter=LONG),
    Scene("audit-120x40", WIDE, (*READ, "A"), filter=LONG),
    Scene("structured-120x40", WIDE, READ, filter="ASML extruct"),
    Scene("chinese-80x24", SMALL, READ, filter="緊急"),
    Scene("new-task-120x40", WIDE, ("n",)),
    Scene("help-120x40", WIDE, ("?",)),
)


@contextmanager
def services(folder: Path) -> Iterator[Services]:
    """Give what the dashboard runs on: an archive filled from the simulator."""
    clock = ManualClock()
    with Simulator(clock=clock, world=True) as simulator:
        clock.advance(30)
        with session.environment({**simulator.exports, "DIVEWATCH_HOME": str(folder)}):
            with session.open_engine() as (_, engine):
                engine.sync().result()
            with session.open_archive(read_only=False) as opened:
                caught: list[Services] = []
                with mock.patch.object(front_door, "_run", lambda services: caught.append(services) or 0):
                    front_door.run_app(opened, session.accounts(), Config(), session.paths())

                def start() -> Runtime:
                    engine = Runtime(opened, session.accounts())
                    engine.start()
                    return engine

                yield replace(caught[0], start_engine=start)


async def take(scene: Scene, given: Services) -> str:
    """Return one picture as SVG."""
    app = DivewatchApp(given)
    async with app.run_test(size=scene.size) as pilot:
        app._use_theme(scene.theme)
        for _ in range(WAIT_TENTHS):
            await pilot.pause(0.1)
            if app.engine and all(state.link is not Link.STARTING for state in app.engine.providers().values()):
                break
        if scene.filter:
            await pilot.press("slash", *("space" if char == " " else char for char in scene.filter), "enter")
        for key in scene.keys:
            await pilot.press(NAMED.get(key, key))
            await settle(pilot, 3)
        await settle(pilot, 15)
        svg = app.export_screenshot(title="divewatch")
        if app.engine:
            app.engine.close()
        return svg


async def settle(pilot: Pilot[None], tenths: int) -> None:
    """Let the parser and the painter do what is under way."""
    for _ in range(tenths):
        await pilot.pause(0.1)


def finished(svg: str) -> str:
    """Return an SVG that fetches nothing and names fonts people have."""
    svg = re.sub(r"@font-face\s*\{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    return svg.replace("Fira Code", FONT).replace(f"{FONT}, monospace", FONT)


def main() -> None:
    """Make them all, or those named on the command line."""
    wanted = set(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder, services(Path(folder)) as given:
        for scene in SCENES:
            if wanted and scene.name not in wanted:
                continue
            svg = finished(asyncio.run(take(scene, given)))
            (HERE / f"{scene.name}.svg").write_text(svg, "utf-8")
            cairosvg.svg2png(bytestring=svg.encode(), write_to=str(HERE / f"{scene.name}.png"), output_width=1200)
            print(scene.name)


if __name__ == "__main__":
    main()
