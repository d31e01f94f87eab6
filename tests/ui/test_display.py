"""What the display leans on in Textual, and that it paints what Textual would have painted."""

import hashlib
import inspect
import random
from collections.abc import Callable

import pyte
import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual import screen as textual_screen
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.geometry import Region, Size
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widgets import Input, Static

from tests.ui.driving import WIDE, running
from tests.ui.fakes import task
from tui.ui.terminal import differential_display
from tui.ui.terminal.cell_buffer import CellBuffer
from tui.ui.terminal.differential_display import ExactCompositor, ExactDisplay, Patch, _pieces
from tui.ui.widgets.bars import StatusLine
from tui.ui.widgets.item_list import TextLines

KNOWN = {
    App._display: "4b78dff6669a455c",
    Compositor.render_partial_update: "888dccc892d8ecc2",
    Compositor._regions_to_spans: "af3b73d8e34fb8b9",
    Compositor._get_renders: "8ac93299aa5d3bef",
    Compositor._render_chops: "ca8c3359d7afd017",
    LayoutUpdate.render_segments: "ff329c722506c983",
    ChopsUpdate.render_segments: "4c1cdb567e0b8354",
    Screen._compositor_refresh: "7a40efe563816a06",
    Screen._on_timer_update: "421401660de142c5",
}


@pytest.mark.parametrize("part", KNOWN, ids=lambda part: part.__qualname__)
def test_textual_is_still_the_one_this_was_written_for(part: Callable[..., object]) -> None:
    """A failure: compare the change with `tui/ui/terminal/differential_display.py`, then write the new digest."""
    assert hashlib.sha256(inspect.getsource(part).encode()).hexdigest()[:16] == KNOWN[part]


def test_it_is_switched_on() -> None:
    assert differential_display.ENABLED


def test_screens_get_the_exact_compositor() -> None:
    ExactDisplay()
    assert textual_screen.Compositor is ExactCompositor  # type: ignore[attr-defined]


def strips(pieces: object, size: Size) -> list[str]:
    """Play pieces into an emulator."""
    screen = pyte.Screen(*size)
    pyte.Stream(screen).feed(CellBuffer().draw(pieces, size, ColorSystem.TRUECOLOR))  # type: ignore[arg-type]
    return list(screen.display)


def exact(app: App[None]) -> ExactCompositor:
    compositor = app.screen._compositor
    assert isinstance(compositor, ExactCompositor)
    return compositor


async def test_a_changed_status_line_halves_no_wide_character() -> None:
    async with running([task(1)]) as session:
        line = session.app.screen.query_one(StatusLine)
        line.say("1/2 気象庁")
        await session.settle()
        line.say("2/2 気象台")
        compositor = exact(session.app)
        compositor._dirty_regions = {one.translate(line.region.offset) for one in line._repaint_regions}
        patch = compositor.render_partial_update()
        assert patch is not None
        assert any("台" in "".join(segment.text for segment in strip) for _, _, strip in patch.pieces)


class Panes(ExactDisplay):
    CSS = "#a { width: 30; } #b { width: 1fr; } Horizontal { height: 1fr; }"

    def compose(self) -> ComposeResult:
        yield Static("top line", id="top")
        with Horizontal():
            yield TextLines([((f"left {n}", "plain"),) for n in range(50)], name="a")
            yield TextLines([((f"right {n}", "plain"),) for n in range(50)], name="b")
        yield Input(id="in")


async def test_a_partial_update_shows_exactly_what_textual_would_show() -> None:
    app, rng = Panes(), random.Random(3)
    async with app.run_test(size=(70, 20)) as pilot:
        await pilot.pause()
        compositor = exact(app)
        whole = strips(_pieces(compositor.render_full_update()), app.size)
        for _ in range(60):
            regions = {
                Region(rng.randrange(70), rng.randrange(20), rng.randint(1, 40), rng.randint(1, 6)) for _ in range(3)
            }
            compositor._dirty_regions = set(regions)
            patch = compositor.render_partial_update()
            assert patch is not None
            painted = strips(patch.pieces, app.size)
            for y, line in enumerate(painted):
                for x in range(70):
                    if any(region.contains(x, y) for region in regions):
                        assert line[x] == whole[y][x], (x, y)
                    else:
                        assert line[x] == " ", "nothing but the changed regions is painted"


async def test_nothing_dirty_is_no_update() -> None:
    async with Panes().run_test(size=(70, 20)) as pilot:
        await pilot.pause()
        compositor = exact(pilot.app)
        compositor._dirty_regions = set()
        assert compositor.render_partial_update() is None


async def test_a_widget_is_asked_once_and_for_its_changed_lines_only(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Region] = []
    app = Panes()
    async with app.run_test(size=(70, 20)) as pilot:
        await pilot.pause()
        lines = app.query_one("#b", TextLines)
        stock = lines.render_lines

        def recorded(crop: Region) -> list[Strip]:
            asked.append(crop)
            return stock(crop)

        monkeypatch.setattr(lines, "render_lines", recorded)
        compositor = exact(app)
        compositor._dirty_regions = {Region(35, 5, 10, 1), Region(50, 7, 5, 1)}
        patch = compositor.render_partial_update()
    assert [(crop.y, crop.height) for crop in asked] == [(4, 3)]
    assert patch is not None
    assert [(y, x, strip.cell_length) for y, x, strip in patch.pieces] == [(5, 35, 10), (7, 50, 5)]


async def test_a_dialog_over_a_screen_is_painted_over_what_lies_below() -> None:
    class Dialog(ModalScreen[None]):
        CSS = "Dialog { align: center middle; } #box { width: 20; height: 3; }"

        def compose(self) -> ComposeResult:
            yield Static("in the box", id="box")

    app = Panes()
    async with app.run_test(size=(70, 20)) as pilot:
        await app.push_screen(Dialog())
        await pilot.pause()
        text = "\n".join(strips(_pieces(app.screen._compositor.render_full_update()), app.size))
        assert "in the box" in text
        compositor = exact(app)
        compositor._dirty_regions = {Region(0, 0, 70, 20)}
        patch = compositor.render_partial_update()
        assert patch is not None
        assert "in the box" in "\n".join(strips(patch.pieces, app.size))


async def test_the_cursor_of_a_list_moved_by_a_line_writes_little() -> None:
    """Bytes do not depend on the machine, so this is a test and no benchmark."""
    async with running([task(n) for n in range(60)], size=WIDE) as session:
        compositor, picture = exact(session.app), CellBuffer()
        picture.draw(_pieces(compositor.render_full_update()) or (), WIDE, ColorSystem.TRUECOLOR)
        table = session.dashboard.table
        table.move_to(5, tell=False)
        compositor.update_widgets({table})
        patch = compositor.render_partial_update()
        assert patch is not None
        assert 0 < len(picture.draw(patch.pieces, WIDE, ColorSystem.TRUECOLOR).encode()) < 700


def test_a_patch_can_be_written_without_knowing_what_stands_there() -> None:
    patch = Patch([(0, 2, Strip([Segment("abc")])), (1, 0, Strip([Segment("d")]))])
    screen = pyte.Screen(10, 2)
    pyte.Stream(screen).feed(patch.render_segments(None))
    assert [line.rstrip() for line in screen.display] == ["  abc", "d"]


class Tty:
    """A driver that keeps what is written."""

    is_inline = False

    def __init__(self) -> None:
        self.frames: list[str] = []

    def write(self, text: str) -> None:
        self.frames.append(text)

    def flush(self) -> None:
        pass


async def test_links_of_screens_that_follow_each_other_quickly_wait_until_the_screen_rests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app, tty = Panes(), Tty()
    async with app.run_test(size=(70, 20)):
        with monkeypatch.context() as patched:
            patched.setattr(Panes, "is_headless", False)
            patched.setattr(app, "_driver", tty)
            now = app._drawn + 10
            patched.setattr(differential_display, "monotonic", lambda: now)
            for number in range(3):
                link = Style(link=f"https://a.example/{number}")
                app._display(app.screen, Patch([(3, 0, Strip([Segment(f"page {number} ", link)]))]))
            assert ["]8;" in frame for frame in tty.frames] == [True, False, False]
            app._link()
            assert len(tty.frames) == 3, "the screen does not rest yet"
            now += 1
            app._link()
            assert "https://a.example/2" in tty.frames.pop()
            app._link()
            assert len(tty.frames) == 3, "links are written once"
