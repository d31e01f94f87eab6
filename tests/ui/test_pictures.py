"""What the screens look like, cell by cell; see `tests/ui/pictures.py` for how to accept a change."""

from collections.abc import Callable

import pytest

from tests.ui.driving import SMALL, WIDE, Session, running
from tests.ui.fakes import FakeArchive, task
from tests.ui.pictures import compare
from tui.domain.task import TaskStatus

Picture = Callable[[Session, str], None]
TASKS = [task(number, status) for number, status in enumerate(TaskStatus)]


def archive() -> FakeArchive:
    """One in the order of a new user."""
    made = FakeArchive(TASKS)
    made.remembered.clear()
    return made


SCREENS = {
    "dashboard": (),
    "dashboard-filter": ("slash", "n", "u", "m"),
    "help": ("question_mark",),
    "palette": ("colon",),
    "costs": ("dollar_sign",),
    "sources": ("B",),
    "search": ("F",),
    "log": ("L",),
    "new-task": ("n",),
    "cancel": ("x",),
    "note": ("N",),
}


@pytest.mark.parametrize("name", SCREENS)
async def test_a_screen_looks_as_in_its_picture(name: str, picture: Picture) -> None:
    async with running(TASKS, size=SMALL, archive=archive()) as session:
        await session.press(*SCREENS[name])
        picture(session, f"{name}-80x24")


@pytest.mark.parametrize("name", ["dashboard", "new-task"])
async def test_a_wide_screen_looks_as_in_its_picture(name: str, picture: Picture) -> None:
    async with running(TASKS, size=WIDE, archive=archive()) as session:
        await session.press(*SCREENS[name])
        picture(session, f"{name}-120x40")


async def test_the_first_run_looks_as_in_its_picture(picture: Picture) -> None:
    async with running([], size=SMALL, archive=FakeArchive([])) as session:
        picture(session, "first-run-80x24")


def test_a_changed_cell_is_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("tests.ui.pictures.FOLDER", tmp_path)
    compare("one", "3x1\n|abc|\n", update=True)
    compare("one", "3x1\n|abc|\n", update=False)
    with pytest.raises(AssertionError, match=r"-\|abc\|\n\+\|abd\|"):
        compare("one", "3x1\n|abd|\n", update=False)
