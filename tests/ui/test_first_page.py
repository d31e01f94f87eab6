"""The first paint needs the newest tasks only; the others come right after it, and nothing moves."""

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.ui.driving import WIDE, Session, running
from tests.ui.fakes import FakeArchive, FakeEngine, default_states, task
from tui.domain.capability import ConnectionState
from tui.domain.detail import Json
from tui.domain.errors import ArchiveError
from tui.domain.task import Task, TaskStatus
from tui.engine.api import ConditionChanged
from tui.engine.ports import TaskCounts
from tui.ui import app
from tui.ui.dashboard import status, views

MANY = [task(number, TaskStatus.DONE) for number in range(450)]


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "FIRST_TASKS", 100)
    monkeypatch.setattr(app, "_REST_AT_ONCE", 150)


class Counting(FakeArchive):
    """Counts how it was asked."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        super().__init__(tasks)
        self.asked: list[str] = []
        self.trouble: Exception | None = None

    def load_tasks(self) -> Sequence[Task]:
        self.asked.append("all")
        if self.trouble:
            raise self.trouble
        return super().load_tasks()

    def first_tasks(self, count: int) -> Sequence[Task]:
        self.asked.append(f"first {count}")
        return super().first_tasks(count)


class Held(FakeArchive):
    """Reads all tasks only when it may go on."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        super().__init__(tasks)
        self.go = threading.Event()

    def load_tasks(self) -> Sequence[Task]:
        self.go.wait()
        return super().load_tasks()


async def complete(session: Session) -> None:
    while session.app.loading:
        await session.after(0.01)
    await session.settle()


async def test_all_tasks_are_there_in_order_and_the_engine_starts_after_them() -> None:
    archive = Counting(MANY)
    async with running(MANY, archive=archive) as session:
        assert archive.asked == ["first 100", "all"]
        assert session.dashboard.table.model.rows == [one.id for one in MANY]
        assert session.app.engine is not None
        assert "1/450" in session.text()
        assert "reading" not in session.text()


async def test_the_rest_moves_neither_cursor_nor_selection() -> None:
    archive = Held(MANY)
    async with running(MANY, archive=archive, start=False, whole=False) as session:
        session.dashboard.table.select("t40")
        assert len(session.dashboard.table.model.rows) == 100
        archive.go.set()
        await complete(session)
        assert (session.dashboard.table.selected, session.dashboard.table.cursor) == ("t40", 40)
        assert len(session.dashboard.table.model.rows) == 450


async def test_what_the_user_added_to_old_tasks_comes_with_them() -> None:
    archive = FakeArchive(MANY)
    archive.annotations.hide(["t440"], True)
    archive.annotations.pin(["t430"], True)
    async with running(MANY, archive=archive) as session:
        assert session.dashboard.table.model.rows[0] == "t430"
        assert "t440" not in session.dashboard.table.model.rows


async def test_few_tasks_are_read_once() -> None:
    archive = Counting(MANY[:50])
    async with running(MANY[:50], archive=archive):
        assert archive.asked == ["first 100"]


@pytest.mark.parametrize("view", [{"sort": "cost"}, {"sort": "newest", "reverse": True}])
async def test_in_another_order_any_task_may_come_first(view: dict[str, Json]) -> None:
    archive = Counting(MANY)
    archive.remembered["tasks"] = view
    async with running(MANY, archive=archive):
        assert archive.asked == ["all"]


async def test_a_rest_that_cannot_be_read_is_said_and_the_engine_starts_all_the_same() -> None:
    archive = Counting(MANY)
    archive.trouble = ArchiveError("the disk is gone")
    async with running(MANY, archive=archive) as session:
        assert session.app.engine is not None
        assert not session.app.loading


async def test_until_every_account_has_answered_the_cursor_waits_on_top_for_a_first_choice() -> None:
    states = [replace(state, link=ConnectionState.STARTING) for state in default_states()]
    async with running([], engine=FakeEngine([], states)) as session:
        table = session.dashboard.table
        for number in (9, 8, 7):  # each is newer than the one before
            session.engine.put(task(number, TaskStatus.RUNNING))
            await session.arrive()
            assert table.selected == f"t{number}", "nobody has chosen a row: the cursor is on the first one"
        await session.press("j")
        assert table.selected == "t8"
        session.engine.put(task(4, TaskStatus.RUNNING))
        await session.arrive()
        assert table.selected == "t8"


async def test_once_every_account_has_answered_what_arrives_moves_nothing() -> None:
    async with running([]) as session:
        for number in (9, 8, 7):
            session.engine.put(task(number, TaskStatus.RUNNING))
            await session.arrive()
        assert session.dashboard.table.selected == "t9"


async def test_near_the_end_of_a_long_archive_its_older_tasks_are_asked_for_and_that_is_said() -> None:
    tasks = [task(number) for number in range(600)]
    engine = FakeEngine(tasks)
    engine.now = replace(engine.now, older=True)
    async with running(tasks, engine=engine) as session:
        assert "older ones at the end" in session.text()
        await session.press("j")
        assert ("older",) not in engine.asked
        await session.press("G")
        assert ("older",) in engine.asked
        engine.now = replace(engine.now, older=False)
        engine.tell(ConditionChanged())
        engine.put(task(600))
        await session.arrive()
        assert "older ones" not in session.text()
        assert session.dashboard.table.model.rows[-1] == "t600"


@pytest.mark.parametrize(("words", "asks"), [("number", ("older",)), ("status:running", ("older", "status:running"))])
async def test_a_filter_looks_through_older_tasks_until_all_are_read(words: str, asks: tuple[str, ...]) -> None:
    tasks = [task(number) for number in range(600)]
    engine = FakeEngine(tasks)
    engine.now = replace(engine.now, older=True)
    async with running(tasks, engine=engine, size=WIDE) as session:
        session.dashboard.set_filter("status:nonsense")  # nothing to look for
        await session.settle()
        assert not [one for one in engine.asked if one[0] == "older"]
        session.dashboard.set_filter(words)
        await session.press("G")
        await session.settle()
        asked = engine.asked.count(asks)
        assert asked
        assert "looking through older ones" in session.text()
        assert "filter: 600 of 600+" in session.text()
        engine.put(task(600))  # a page came
        await session.arrive()
        assert engine.asked.count(asks) == asked + 1
        engine.now = replace(engine.now, older=asks != ("older",), all_of=frozenset(asks[1:]))
        engine.tell(ConditionChanged())
        engine.put(task(601))
        await session.arrive()
        assert engine.asked.count(asks) == asked + 1
        assert "older ones" not in session.text()
        assert "filter: 602 of 602 " in session.text()


async def test_a_filter_stops_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [task(number) for number in range(3)]
    engine = FakeEngine(tasks)
    engine.now = replace(engine.now, older=True)
    monkeypatch.setattr(views, "MOST_LOOKED_THROUGH", 3)
    async with running(tasks, engine=engine) as session:
        session.dashboard.set_filter("turbine")
        await session.settle()
        assert not [one for one in engine.asked if one[0] == "older"]
        assert "F searches older ones" in session.text()


async def test_the_numbers_of_a_long_archive_are_those_of_all_its_tasks() -> None:
    tasks = [task(number, TaskStatus.DONE, has_report=True) for number in range(2)]
    engine, archive = FakeEngine(tasks), FakeArchive(tasks)
    engine.now = replace(engine.now, older=True)
    archive.counted = TaskCounts({TaskStatus.DONE: 999_000, TaskStatus.FAILED: 1_000}, 345, 7)
    async with running(tasks, engine=engine, archive=archive, size=WIDE) as session:
        await session.arrive()
        await session.settle()
        tabs = session.painted()[1]
        assert [one in tabs for one in ("All 999,993", "For you 0", "Unread 345", "Failed 1,000")] == [True] * 4
        assert "999,998 older ones at the end" in session.text()
        session.dashboard.listing.sort_by("status")
        await session.settle()
        assert "Finished earlier · 2+" in session.text()
        archive.counted = replace(archive.counted, unread=344)
        engine.put(task(0, TaskStatus.DONE, has_report=True, title="another"))
        await session.arrive()
        session.dashboard._tick()
        await session.settle()
        assert "Unread 344" in session.painted()[1]
        archive.counted = replace(archive.counted, unread=343)
        await session.press("U")  # marked here, which no other process tells
        session.dashboard.sums._tasks._earliest = 0.0
        session.dashboard._tick()
        await session.settle()
        assert "Unread 343" in session.painted()[1]
        session.dashboard.listing.sort_by("cost")
        model, counts = session.dashboard.table.model, session.dashboard.sums.counts
        assert status.rest(model, counts, loading=False, further=False) == "without 999,998 older ones"
        engine.now = replace(engine.now, older=False)  # all are at hand
        engine.tell(ConditionChanged())
        await session.arrive()
        session.dashboard._tick()
        session.dashboard.show_place()
        assert "All 2" in session.text()
        assert "older ones" not in session.text()


async def test_a_group_that_is_opened_has_its_members_that_are_older_than_those_at_hand() -> None:
    tasks = [task(number, group_id="g") for number in range(3)]
    engine = FakeEngine(tasks[:2])
    engine.away = {"t2": tasks[2]}
    async with running(tasks[:2], engine=engine) as session:
        await session.press("l", "h")
        assert not [one for one in engine.asked if one[0] == "together"], "all are at hand"
        engine.now = replace(engine.now, older=True)
        await session.press("l")
        assert ("together", ("t0",)) in engine.asked
        await session.arrive()
        assert session.dashboard.table.model.members("group:g") == ["t0", "t1", "t2"]
