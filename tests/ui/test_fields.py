"""Keys that arrive together: the first moves the focus, the others follow it."""

import pytest
from textual.widgets import Input, TextArea

from tests.ui.driving import key_event, running
from tests.ui.fakes import task
from tests.ui.test_screens import Priced
from tui.domain.task import TaskStatus
from tui.ui.new_task.screen import NewTaskScreen


@pytest.mark.parametrize("together", [("tab", "j", "j", "space"), ("x", "tab", "j", "j", "space"), ("tab", "l")])
async def test_keys_behind_a_change_of_focus_go_to_the_new_one(together: tuple[str, ...]) -> None:
    async with running([], drafting=lambda _: Priced()) as session:
        await session.press("n")
        for key in together:
            session.app.post_message(key_event(key))
        for _ in range(5):
            await session.settle()
        screen = session.app.screen
        assert isinstance(screen, NewTaskScreen)
        assert screen.brief.text == ("x" if together[0] == "x" else "")
        if together[-1] == "space":
            assert len(screen.plan.chosen) == 2
        else:
            assert screen.plan.chosen[0].mode == 1


async def test_a_brief_typed_right_behind_n_runs_no_command_of_the_list() -> None:
    tasks = [task(number) for number in range(3)]
    async with running(tasks, drafting=lambda _: Priced()) as session:
        for key in ("n", *"xyDd"):
            session.app.post_message(key_event(key))
        for _ in range(5):
            await session.settle()
        screen = session.app.screen
        assert isinstance(screen, NewTaskScreen)
        assert screen.brief.text == "xyDd"
        assert session.engine.asked == []
        assert session.dashboard.table.model.listed == 3


@pytest.mark.parametrize("key", ["N", "F", "colon"])
async def test_nothing_typed_right_behind_a_key_that_opens_a_field_is_lost(key: str) -> None:
    async with running([task(1, TaskStatus.DONE)]) as session:
        for name in (key, *"quiet", "end"):
            session.app.post_message(key_event(name))
        for _ in range(5):
            await session.settle()
        screen = session.app.screen
        typed = [one.value for one in screen.query(Input)] + [one.text for one in screen.query(TextArea)]
        assert "".join(typed) == "quiet"


@pytest.mark.parametrize("keys", ["slash", "n", "N", "F", "B slash", "L slash", "colon", "question_mark slash"])
async def test_no_field_blinks(keys: str) -> None:
    async with running([task(1, TaskStatus.DONE)], drafting=lambda _: Priced()) as session:
        await session.press(*keys.split())
        field = session.app.focused
        assert isinstance(field, Input | TextArea)
        assert not field.cursor_blink


async def test_a_form_left_right_behind_its_key_is_left() -> None:
    async with running([], drafting=lambda _: Priced()) as session:
        for key in ("n", "x", "escape"):
            session.app.post_message(key_event(key))
        for _ in range(5):
            await session.settle()
        assert session.app.screen is session.dashboard
