"""The server of the archive is away: what the dashboard says, and what becomes of what one does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.ui.driving import running
from tests.ui.fakes import FakeEngine, task
from tui.domain.annotations import Annotations
from tui.domain.away import Away
from tui.domain.errors import NotSavedYet
from tui.domain.task import TaskStatus
from tui.engine.api import Condition
from tui.ui.widgets.provider_strip import condition_line

NOW = datetime(2026, 11, 29, 10, 31, tzinfo=UTC)


def said(condition: Condition) -> str:
    """Return what stands before the accounts."""
    return "".join(text for text, _ in condition_line(condition, NOW)).strip()


def test_a_server_that_is_away_is_said_with_since_when_and_the_next_try() -> None:
    since = f"{NOW.astimezone():%H:%M}"
    away = Away(NOW, NOW + timedelta(seconds=8))
    assert said(Condition(away=away)) == (f"✗ archive server away since {since}, showing what is here; next try in 8 s")
    assert said(Condition(away=replace(away, next_try=None, waiting=2), unsaved=1, trouble="it is gone")) == (
        f"✗ archive server away since {since}, showing what is here, 3 changes not saved yet"
    )


async def test_the_dashboard_says_it_and_stops_saying_it() -> None:
    tasks = [task(0, TaskStatus.DONE)]
    engine = FakeEngine(tasks)
    engine.now = Condition(away=Away(NOW))
    async with running(tasks, engine=engine) as session:
        session.dashboard._strip()
        await session.settle()
        assert "archive server away since" in session.text()
        engine.now = Condition()
        session.dashboard._strip()
        await session.settle()
        assert "archive server" not in session.text()


async def test_a_mark_that_waits_is_shown_and_never_called_done() -> None:
    tasks = [task(0, TaskStatus.DONE), task(1, TaskStatus.DONE)]
    async with running(tasks) as session:
        annotations = session.archive.annotations

        def later(task_ids: Sequence[str], **values: object) -> None:
            for one in task_ids:
                annotations.locals[one] = replace(annotations.locals.get(one, Annotations()), **values)  # type: ignore[arg-type]
            raise NotSavedYet

        annotations._each = later  # type: ignore[method-assign]
        await session.press("P")
        await session.settle()
        assert "not saved yet" in session.said
        assert annotations.locals["t0"].pinned
        assert "t0" in session.dashboard.table.model.pinned
