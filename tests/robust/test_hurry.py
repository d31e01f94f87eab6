"""Keys that come faster than screens come and go."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.ui import fakes
from tui.ui.app import DivewatchApp
from tui.ui.shell.command_screen import CommandScreen


@asynccontextmanager
async def dashboard(count: int, size: tuple[int, int] = (120, 40)) -> AsyncIterator[tuple[DivewatchApp, Pilot[None]]]:
    tasks = [fakes.task(number) for number in range(count)]
    app = DivewatchApp(fakes.services(fakes.FakeArchive(tasks), fakes.FakeEngine(tasks)))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


@pytest.mark.parametrize("opening", ["?", "L", "B", "$", "F", ":"])
async def test_leaving_a_screen_twice_leaves_it_once(opening: str) -> None:
    async with dashboard(3) as (app, pilot):
        await pilot.press(opening)
        await pilot.pause()
        screen = app.screen
        assert len(app.screen_stack) == 2
        assert isinstance(screen, CommandScreen)
        screen.dismiss(None)
        screen.dismiss(None)
        await pilot.pause()
        assert len(app.screen_stack) == 1
        assert app.is_running


@pytest.mark.parametrize("key", ["pagedown", "pageup", "ctrl+f", "ctrl+b", "ctrl+d", "ctrl+u", "home", "end", "g", "G"])
async def test_every_key_that_moves_moves_the_list_and_ends_nothing(key: str) -> None:
    async with dashboard(200) as (app, pilot):
        await pilot.press(key)
        await pilot.pause()
        assert app.is_running
        assert app.return_code in {None, 0}


@pytest.mark.parametrize("opening", ["?", "L", "B", "$"])
async def test_a_window_too_small_swallows_no_key_when_a_screen_closes(opening: str) -> None:
    async with dashboard(5, (20, 5)) as (app, pilot):
        await pilot.press(opening)
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert len(app.screen_stack) == 1
        await pilot.press("q")
        await pilot.pause()
        assert app._exit
