"""The first paint needs the newest tasks only; the others come right after it, and nothing moves."""

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.ui.driving import Session, running
from tests.ui.fakes import FakeArchive, FakeEngine, default_states, task
from tui.domain.capability import ConnectionState
from tui.domain.detail import Json
from tui.domain.errors import ArchiveError
from tui.domain.task import Task, TaskStatus
from tui.engine.api import ConditionChanged
from tui.ui import app
from tui.ui.dashboard import views

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


async def test_a_filter_of_ones_own_looks_through_older_tasks_until_all_are_read() -> None:
    tasks = [task(number) for number in range(600)]
    engine = FakeEngine(tasks)
    engine.now = replace(engine.now, older=True)
    async with running(tasks, engine=engine) as session:
        session.dashboard.set_filter("status:nonsense")  # nothing to look for
        await session.settle()
        assert ("older",) not in engine.asked
        session.dashboard.set_filter("status:done")
        await session.settle()
        asked = engine.asked.count(("older",))
        assert asked
        assert "looking through older ones" in session.text()
        engine.put(task(600))  # a page came
        await session.arrive()
        assert engine.asked.count(("older",)) == asked + 1
        engine.now = replace(engine.now, older=False)
        engine.tell(ConditionChanged())
        engine.put(task(601))
        await session.arrive()
        assert engine.asked.count(("older",)) == asked + 1
        assert "older ones" not in session.text()


async def test_a_built_in_view_looks_no_further_and_a_filter_stops_at_its_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tasks = [task(number) for number in range(3)]
    engine = FakeEngine(tasks)
    engine.now = replace(engine.now, older=True)
    monkeypatch.setattr(views, "MOST_LOOKED_THROUGH", 3)
    async with running(tasks, engine=engine) as session:
        session.dashboard.set_filter("status:failed")
        await session.settle()
        assert ("older",) not in engine.asked
        session.dashboard.set_filter("turbine")
        await session.settle()
        assert ("older",) not in engine.asked
        assert "F searches all" in session.text()
