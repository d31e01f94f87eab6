"""A random walk: after every key the terminal shows what writing all of it again would show, cell by cell."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
import time_machine
from rich.color import ColorSystem
from textual._context import visible_screen_stack
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Region
from textual.strip import Strip

from tests.ui.driving import SMALL, WIDE, Session, running
from tests.ui.fakes import NOW, FakeArchive, FakeEngine, rich_detail, task
from tests.ui.frame_screen import Cell, FrameScreen
from tui.domain.detail import Report, ReportFormat
from tui.domain.task import Counter, Task, TaskStatus
from tui.report.read import read_report
from tui.ui.shell.services import UiSettings
from tui.ui.terminal import differential_display
from tui.ui.terminal.cell_buffer import CellBuffer, Piece
from tui.ui.terminal.differential_display import _pieces
from tui.ui.widgets.bars import StatusLine
from tui.ui.widgets.item_list import TextLines

_GLANCE = 0.2  # seconds after which a row has settled
LARGE = (160, 50)
SIZES = [SMALL, WIDE, LARGE, (100, 30), (60, 17), (80, 12), (41, 20)]
TITLES = ["固态电池的研究进展", "日本の緊急地震速報 ❤️", "👩‍🔬 e\u0301tudes 🇩🇪", "Vacuum", "한국어 텍스트"]
LINE = "Dead tuples [1] are removed 固态电池 by vacuum [2], as 3 of 4 👍🏽 manuals say [1][2] 気象庁. "
TEXT = "\n\n".join(f"## {title} {number}\n\n{LINE * (number % 4)}" for number in range(9) for title in TITLES)
SOURCES = "\n\n[1] [A 🥇 source](https://a.example/1)\n[2] [二番](https://b.example/2)\n"
MOVES = ["j", "k", "down", "up", "pagedown", "pageup", "G", "g", "ctrl+d", "right", "left", "h", "l"]
READS = [
    "enter",
    "enter",
    "enter",
    "right_square_bracket",
    "left_square_bracket",
    "T",
    "S",
    "A",
    "v",
    "w",
    "n",
    "N",
    "f",
]
GOES = ["escape", "escape", "escape", "tab", "shift+tab", "F", "B", "L", "dollar_sign", "question_mark", "c"]
MORE = ["space", "slash", "t", "P", "d", "H", "s", "a", "less_than_sign", "greater_than_sign", "1", "2", "3", "4"]


class Terminal:
    """What the frames of an application make of a terminal."""

    def __init__(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        self.session, self.app = session, session.app
        self.frames: list[list[str]] = []  # all that were written
        self._draws, self._screen = self.app.picture.draw, FrameScreen(0, 0)
        monkeypatch.setattr(self.app.picture, "draw", self._drawn)
        self.app.redraw()

    def _drawn(self, pieces: Sequence[Piece], size: tuple[int, int], system: ColorSystem, **more: object) -> str:
        if (self._screen.width, self._screen.height) != tuple(size):
            self._screen = FrameScreen(*size)
        frame = self._draws(pieces, size, system, **more)  # type: ignore[arg-type]
        self._screen.feed(frame)
        if frame:
            self.frames.append(["".join(cell.text for cell in line) for line in self._screen.cells])
        return frame

    async def at_rest(self) -> list[list[Cell]]:
        """Return its cells once everything is written, links included."""
        await self.session.settle()
        while self.app.picture.waits:
            self.app._link()
        return [[*line] for line in self._screen.cells]

    def whole(self) -> list[list[Cell]]:
        """Return the cells of one that gets all of the screen at once."""
        screen, system = self.app.screen, self.app.console._color_system or ColorSystem.TRUECOLOR
        visible_screen_stack.set(list(self.app._background_screens))
        pieces = _pieces(screen._compositor.render_full_update()) or ()
        blank = FrameScreen(*screen.outer_size)
        blank.feed(CellBuffer().draw(pieces, screen.outer_size, system, cursor=(0, 0)))
        return blank.cells

    async def wrong(self) -> str:
        """Return which cells stay wrong: on a busy machine more may be under way than one look waits for."""
        for _ in range(20):
            if not (found := differences(await self.at_rest(), self.whole())):
                break
        return found


def world() -> tuple[list[Task], FakeEngine]:
    states = [*TaskStatus] * 4
    tasks = [task(n, status, title=f"{TITLES[n % len(TITLES)]} {n}") for n, status in enumerate(states)]
    engine = FakeEngine(tasks)
    for number, one in enumerate(tasks):
        report = Report(f"# {one.title}\n\n{TEXT[: 700 * number]}{SOURCES}", ReportFormat.MARKDOWN)
        engine.details[one.id] = replace(rich_detail(one), report=report if one.has_report else None)
    return tasks, engine


def differences(shown: list[list[Cell]], right: list[list[Cell]]) -> str:
    """Return the first cells that differ, line by line; "" for none."""
    told = [
        f"line {y} column {x}: {shown[y][x]} is to be {right[y][x]}"
        for y in range(len(right))
        for x in range(len(right[y]))
        if shown[y][x] != right[y][x]
    ]
    return "\n".join(told[:9])


@pytest.fixture
def painting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let an application without a terminal write its frames, links at once; the clock stands still meanwhile."""
    monkeypatch.setattr(HeadlessDriver, "is_headless", False)
    monkeypatch.setattr(differential_display, "_REST", 0.0)
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.usefixtures("painting")
@pytest.mark.parametrize("seed", range(3))
async def test_what_few_bytes_show_is_what_all_of_the_screen_is(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng, (tasks, engine) = random.Random(seed), world()
    looks = UiSettings(hyperlinks="on")
    archive = FakeArchive(tasks)
    async with running(
        tasks, engine=engine, archive=archive, size=SIZES[seed], parse=read_report, looks=looks
    ) as session:
        terminal = Terminal(session, monkeypatch)
        keys: list[object] = []
        for number in range(STEPS):
            kind = rng.random()
            if kind < 0.06:
                keys.append(rng.choice(SIZES))
                await session.pilot.resize_terminal(*keys[-1])  # type: ignore[misc]
            elif kind < 0.12:
                one = rng.choice(tasks)
                session.engine.put(replace(one, counters={"steps": Counter(number, 999)}))
                await session.arrive()
            else:
                keys.append(rng.choice(rng.choice([MOVES, READS, GOES, MORE])))
                await session.press(str(keys[-1]), *["j"] * rng.choice([0, 0, 0, 5]))
            assert not await terminal.wrong(), keys
            if number % 10 == 0:
                await session.after(_GLANCE)
                shown = await terminal.at_rest()
                session.app.redraw()
                assert not differences(shown, await terminal.at_rest()), keys


@pytest.mark.usefixtures("painting")
async def test_a_change_below_a_dialog_hides_no_change_of_the_dialog(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks, engine = world()
    async with running(tasks, engine=engine, size=WIDE) as session:
        terminal = Terminal(session, monkeypatch)
        await session.press("question_mark")
        dialog = session.app.screen
        lines = dialog.query_one("#help", TextLines)
        for number in range(3):
            with session.app.batch_update():  # both in one frame
                lines.set_lines([((f" told {number}", "plain"),)])
                await session.settle()
                dialog.refresh(Region(0, 0, 9, 1))  # as the screen below asks for it
            dialog.check_idle()
            shown = await terminal.at_rest()
            assert not differences(shown, terminal.whole())
            assert any(f"told {number}" in "".join(cell.text for cell in line) for line in shown)


@pytest.mark.usefixtures("painting")
async def test_a_report_is_never_painted_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither on its way to the screen, nor when a panel beside it makes place, nor in another size."""
    tasks, every = world()
    done = [one for one in tasks if one.has_report][-1:]
    engine = FakeEngine(done)
    engine.details.update(every.details)
    async with running(done, engine=engine, archive=FakeArchive(done), size=WIDE, parse=read_report) as session:
        terminal = Terminal(session, monkeypatch)
        await terminal.at_rest()
        terminal.frames.clear()
        await session.press("enter")
        await terminal.at_rest()
        heads = [frame[0].strip() for frame in terminal.frames]
        assert all(done[0].title in head or head.startswith("● Extruct") for head in heads), heads
        terminal.frames.clear()
        for key in ("T", "T", "S", "S", "v", "v", "w"):
            await session.press(key)
            await terminal.at_rest()
        for size in (SMALL, LARGE, WIDE):
            await session.pilot.resize_terminal(*size)
            await terminal.at_rest()
        for frame in terminal.frames:
            assert sum(1 for line in frame if line.strip()) > len(frame) // 3, "\n".join(frame)


async def test_the_help_stays_where_it_was_read_when_the_screen_is_laid_out_again() -> None:
    async with running([task(1)], size=SMALL) as session:
        await session.press("question_mark", "ctrl+d", "ctrl+d")
        before = session.painted()
        session.app.redraw()  # as after `fg`
        await session.settle()
        assert session.painted() == before
        await session.pilot.resize_terminal(100, 24)
        await session.settle()
        assert "Task list: go and mark" not in session.text(), "its first line"


async def test_a_screen_that_is_hidden_by_another_is_not_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks, engine = world()
    async with running(tasks, engine=engine, size=WIDE) as session:
        await session.press("dollar_sign")
        painted: list[Region] = []

        def paint(crop: Region) -> list[Strip]:
            painted.append(crop)
            return []

        costs = session.app.screen
        monkeypatch.setattr(costs, "_set_dirty", lambda *regions: painted.extend(regions))
        for widget in session.dashboard.query("*"):
            monkeypatch.setattr(widget, "render_lines", paint)
        for one in tasks:
            session.engine.put(replace(one, counters={"steps": Counter(7, 999)}))
            await session.arrive()
        session.dashboard.query_one(StatusLine).say("below")
        await session.settle()
        assert painted == []
        monkeypatch.undo()
        await session.press("escape")
        assert "7/≤999" in session.text() or "7/999" in session.text()


STEPS = 60
"""Of one walk."""
