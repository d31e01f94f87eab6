"""What the screens look like, cell by cell; see `tests/ui/pictures.py` for how to accept a change."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.ui.driving import SMALL, WIDE, Session, running
from tests.ui.fakes import FakeArchive, FakeEngine, rich_detail, task
from tests.ui.pictures import compare
from tui.domain.detail import Report, ReportFormat
from tui.domain.task import TaskStatus
from tui.engine.archive.rows.values import SearchHit
from tui.engine.archive.search.places import places
from tui.engine.archive.search.snippet import SnippetFinder
from tui.report.read import read_report

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


REPORT = """# Vacuum

Dead tuples are removed by vacuum [1], as 3 of 4 manuals say [2][3].

## Garbage

Nothing here has a source, though 17 % of it are figures of some kind.

Vacuum renews the transaction numbers [1].

## Sources

[1] [PostgreSQL: Documentation: Routine Vacuuming](https://www.postgresql.org/docs/current/routine-vacuuming.html)
[2] [PostgreSQL: Documentation: VACUUM](https://www.postgresql.org/docs/current/sql-vacuum.html)
[3] [Write-ahead log](https://www.sqlite.org/wal.html)
"""
READ = {
    "reader": ("enter", "enter"),
    "reader-card": ("enter", "enter", "right_square_bracket", "enter"),
    "reader-sources": ("enter", "enter", "right_square_bracket", "enter", "S"),
    "reader-outline": ("enter", "enter", "right_square_bracket", "enter", "T"),
    "audit": ("enter", "enter", "A"),
    "compare": ("space", "space", "c"),
    "search-found": ("F", *"vacuum"),
}


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", READ)
async def test_what_is_read_looks_as_in_its_picture(name: str, size: tuple[int, int], picture: Picture) -> None:
    tasks = [task(number, TaskStatus.DONE, title=f"Report {number}", has_report=True) for number in range(2)]
    engine, archive = FakeEngine(tasks), FakeArchive(tasks)
    texts = REPORT, REPORT.replace("[2][3]", "[2]").replace("17 %", "19 %")
    for one, text in zip(tasks, texts, strict=True):
        engine.details[one.id] = replace(rich_detail(one), report=Report(text, ReportFormat.MARKDOWN))
    archive.hits = [SearchHit(one.id, "vacuum", ((0, 6),), line=3, matched="vacuum") for one in tasks]
    archive.found = {tasks[0].id: places(REPORT, SnippetFinder(["vacuum"], growing=False), 100)}
    async with running(tasks, engine=engine, archive=archive, size=size, parse=read_report) as session:
        wide = size == WIDE and READ[name][0] == "enter"  # the detail is beside the list: one key less
        for key in READ[name][1 if wide else 0 :]:
            await session.press(key)
            await session.settle()
        await session.after(0.6)
        await session.settle()
        picture(session, f"{name}-{size[0]}x{size[1]}")


async def test_the_first_run_looks_as_in_its_picture(picture: Picture) -> None:
    async with running([], size=SMALL, archive=FakeArchive([])) as session:
        picture(session, "first-run-80x24")


def test_a_changed_cell_is_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("tests.ui.pictures.FOLDER", tmp_path)
    compare("one", "3x1\n|abc|\n", update=True)
    compare("one", "3x1\n|abc|\n", update=False)
    with pytest.raises(AssertionError, match=r"-\|abc\|\n\+\|abd\|"):
        compare("one", "3x1\n|abd|\n", update=False)
