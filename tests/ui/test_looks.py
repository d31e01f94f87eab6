"""What must show in every theme, and without colours: where the cursor and the keys are, and what is below a dialog."""

import pytest
from rich.style import Style

from tests.ui.driving import WIDE, running
from tests.ui.fakes import task
from tests.ui.test_small_parts import luminance
from tui.domain.task import TaskStatus
from tui.ui.shell.dialogs import Dialog

TASKS = [task(0, TaskStatus.DONE), task(1)]
FAINT = {
    ":": ("ommand; with a value", "tab completes"),
    "N": ("our note", "energy q3"),
    "n": ("hat should be found out",),
}


@pytest.mark.parametrize("key", ["N", "i", "x", ":", "?"])
@pytest.mark.parametrize("without", ["", "1"])
async def test_a_dialog_stands_in_the_middle_of_the_screen_below_it(
    key: str, without: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", without)
    async with running(TASKS, size=WIDE) as session:
        await session.press("j", key)
        assert isinstance(session.app.screen, Dialog)
        box = session.app.screen.query_one(".dialog").region
        left, right = box.x, WIDE[0] - box.right
        assert left > 0
        assert abs(left - right) <= 1
        assert session.dashboard.query_one("TabBar").render_line(0).text[: box.x].strip()[:3] in session.painted()[1]


async def test_without_colours_no_letter_under_the_cursor_is_dim(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(TASKS, size=WIDE) as session:
        strips = session.app.screen._compositor.render_strips()
        styles = [part.style for strip in strips for part in strip if part.style]
        assert any(style.reverse for style in styles)
        assert any(style.dim for style in styles)
        assert not [style for style in styles if style.reverse and style.dim]


async def test_in_the_terminals_own_colours_the_cursor_is_one_bar_and_shows_in_fields() -> None:
    async with running(TASKS, size=WIDE) as session:
        session.app.theme = "terminal"
        for key in ("j", "/", ":", "N"):
            await session.press("escape", key)
            styles = [part.style for strip in session.app.screen._compositor.render_strips() for part in strip]
            marked = [style for style in styles if style and style.reverse]
            assert marked
            assert all((one.color is None or one.color.is_default) for one in marked)
            assert all((one.bgcolor is None or one.bgcolor.is_default) for one in marked)


async def test_without_colours_the_part_that_takes_the_keys_has_another_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(TASKS, size=WIDE) as session:
        await session.press("n")
        brief = session.app.screen.query_one("#brief-box")
        plan = session.app.screen.query_one("#plan-box")
        assert brief.styles.border_top[0] != plan.styles.border_top[0]
        await session.press("tab")
        assert brief.styles.border_top[0] != plan.styles.border_top[0] == "heavy"


def ratio(style: Style | None) -> float:
    assert style is not None
    assert style.color is not None
    assert style.bgcolor is not None
    shades = [luminance(colour.get_truecolor().hex) for colour in (style.color, style.bgcolor)]
    return (max(shades) + 0.05) / (min(shades) + 0.05)


@pytest.mark.parametrize("theme", ["dark", "light", "contrast"])
async def test_what_stands_in_an_empty_field_and_the_keys_of_a_dialog_can_be_read(theme: str) -> None:
    async with running(TASKS, size=WIDE) as session:
        session.app.theme = theme
        for key, words in FAINT.items():
            await session.press(key)
            strips = session.app.screen._compositor.render_strips()
            found = [part for strip in strips for part in strip if any(word in part.text for word in words)]
            assert len(found) == len(words)
            assert {part.text: round(ratio(part.style), 1) for part in found if ratio(part.style) < 4.5} == {}
            await session.press("escape")
