"""What every screen has in common: symbols explained, clicks, words with a value, news that waits for its turn."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.ui.driving import SMALL, WIDE, running
from tests.ui.fakes import FakeArchive, FakeEngine, rich_detail, task
from tui.domain.detail import Interaction, Reply
from tui.domain.task import TaskStatus
from tui.engine.archive.rows.values import SourceUse
from tui.report.document import Document
from tui.ui.accounts.screen import AccountsScreen
from tui.ui.app import DivewatchApp
from tui.ui.bridge import Flush
from tui.ui.commands.keymap import Keymap
from tui.ui.commands.registry import COMMAND_SCOPES, COMMANDS, TITLES, CommandContext
from tui.ui.commands.task_commands import PURPOSES
from tui.ui.commands.task_commands import TASKS as TASKS_COMMANDS
from tui.ui.help.help_screen import help_lines
from tui.ui.help.symbols import SYMBOLS
from tui.ui.log.log_rows import KINDS
from tui.ui.search.sources import SourcesScreen
from tui.ui.shell.command_screen import CommandScreen
from tui.ui.shell.shell import ReportPlace
from tui.ui.text.formatting import LINK, PIN, STATUS, UNREAD
from tui.ui.widgets.bars import StatusLine
from tui.ui.widgets.item_list import TextLines

TASKS = [task(0, TaskStatus.DONE), task(1, TaskStatus.WAITING), task(2, TaskStatus.WAITING)]


def shown(context: str, search: str = "", width: int = 80) -> list[str]:
    lines = help_lines(context, Keymap.build(), CommandContext(), search, width)
    return ["".join(text for text, _ in line) for line in lines]


def test_every_sign_of_the_list_and_of_the_strip_is_explained_in_the_help() -> None:
    signs = " ".join(sign for sign, _ in SYMBOLS["tasks"])
    assert all(glyph in signs for glyph, _ in (*STATUS.values(), *LINK.values()))
    assert {PIN, UNREAD, "!", "▌"} <= set(signs)
    lines = shown("tasks")
    assert lines.index(" Symbols: Task list") > lines.index(" Everywhere")
    assert set(SYMBOLS) <= set(TITLES)


@pytest.mark.parametrize(
    "name", ["app.log", "tasks.search", "tasks.sources", "tasks.costs", "tasks.accounts", "tasks.new"]
)
async def test_news_that_comes_while_a_screen_opens_waits_for_its_widgets(name: str) -> None:
    tasks = [replace(one, has_report=True) for one in TASKS]
    async with running(tasks) as session:
        session.dashboard.run_command(COMMANDS[name])
        ended = replace(tasks[1], status=TaskStatus.DONE)
        flush = Flush({"t1": ended}, providers=True, ended=(ended,), logged=True, annotations=frozenset({"t1"}))
        session.app._take(flush)
        await session.settle()
        assert not session.at_dashboard


@pytest.mark.parametrize("first", [0, 1])  # of the answers, how many come while the screen is open
@pytest.mark.parametrize("name", ["tasks.versions", "tasks.compare", "tasks.costs", "tasks.sources", "tasks.new"])
async def test_an_answer_that_comes_after_its_screen_was_left_does_nothing(name: str, first: int) -> None:
    tasks = [task(number, TaskStatus.DONE) for number in range(2)]
    engine, late = FakeEngine(tasks), list[Callable[[], None]]()
    engine.details = {one.id: rich_detail(one) for one in tasks}
    async with running(tasks, engine=engine, parse=lambda _: Document(())) as session:
        await session.press("*")
        session.app.call_on_ui_thread = late.append  # type: ignore[assignment, method-assign]
        session.dashboard.run_command(COMMANDS[name])
        await session.settle()
        for answer in [late.pop(0) for _ in late[: first * len(late)]]:
            answer()
            await session.settle()
        await session.press("escape")
        assert session.at_dashboard
        for answer in late:
            DivewatchApp.call_on_ui_thread(session.app, answer)
        await session.settle()
        assert session.at_dashboard


@pytest.mark.parametrize("key", ["R", "e"])
async def test_what_was_asked_for_on_the_list_opens_over_no_other_screen(key: str) -> None:
    tasks = [task(0, TaskStatus.DONE)]
    engine, late = FakeEngine(tasks), list[Callable[[], None]]()
    engine.details = {"t0": rich_detail(tasks[0])}
    async with running(tasks, engine=engine, export=lambda name, detail, folder: folder) as session:
        session.app.call_on_ui_thread = late.append  # type: ignore[assignment, method-assign]
        await session.press(key, "?")
        over = session.app.screen
        for answer in late:
            answer()
        await session.settle()
        assert session.app.screen is over


def test_every_sign_of_the_log_is_explained_in_the_help() -> None:
    signs = " ".join(sign for sign, _ in SYMBOLS["log"])
    assert {mark for mark, _ in KINDS.values()} == set(signs.split())


def test_the_help_finds_a_symbol_by_itself_and_by_its_meaning() -> None:
    assert any("≈" in line for line in shown("costs", "partial"))
    assert any("nobody opened" in line for line in shown("reader", "•"))


def test_no_line_of_the_help_is_cut() -> None:
    for width in (50, 60, 80):
        for context in COMMAND_SCOPES:
            assert all(len(line) <= width for line in shown(context, width=width)), (context, width)
    reasons = "the report cites nothing"
    assert reasons in " ".join(" ".join(shown("reader", width=50)).split())


async def test_the_help_breaks_its_lines_anew_for_another_width() -> None:
    async with running(TASKS, size=WIDE) as session:
        await session.press("?")
        before = session.app.screen.query_one(TextLines).line_count()
        await session.pilot.resize_terminal(50, 20)
        await session.settle()
        assert session.app.screen.query_one(TextLines).line_count() > before


async def test_what_waits_and_the_accounts_can_be_clicked() -> None:
    async with running(TASKS, size=WIDE) as session:
        line = session.painted()[-2]
        assert "for you" in line
        assert session.dashboard.table.selected == "t0"
        await session.pilot.click("#status", offset=(line.index("for you"), 0))
        await session.settle()
        assert session.dashboard.table.selected == "t1"
        await session.pilot.click("#status", offset=(3, 0))
        await session.settle()
        assert session.dashboard.table.selected == "t1"
        await session.pilot.click("#strip", offset=(3, 0))
        await session.settle()
        assert isinstance(session.app.screen, AccountsScreen)


async def test_the_names_of_columns_of_the_sources_can_be_clicked() -> None:
    archive = FakeArchive(TASKS)
    archive.uses = [SourceUse("t0", "1", f"https://{host}.org/x", host, 1, 9) for host in ("b", "a")]
    async with running(TASKS, archive=archive, size=WIDE) as session:
        await session.press("B")
        screen = session.app.screen
        assert isinstance(screen, SourcesScreen)
        for name, told in (("title", "by title"), ("host", "2 hosts"), ("reports", "by most reports")):
            head = session.painted()[screen.rows.region.y]
            await session.pilot.click("#rows", offset=(head.index(name), 0))
            await session.settle()
            assert told in session.text()
        await session.pilot.click("#rows", offset=(20, 2))
        await session.settle()
        assert screen.rows.cursor == 1
        opened: list[ReportPlace] = []
        screen._go = opened.append
        await session.pilot.click("#rows", offset=(20, 2), times=2)
        await session.settle()
        assert opened == [ReportPlace("t0", 9)], "opened once"


@pytest.mark.parametrize(
    ("typed", "completed"),
    [("th", "theme "), ("theme l", "theme light"), ("sort c", "sort cost"), ("zzz", "zzz"), ("filter x", "filter x")],
)
async def test_tab_completes_words_and_values_in_the_palette(typed: str, completed: str) -> None:
    async with running(TASKS) as session:
        await session.press("colon", *typed, "tab")
        field = session.app.screen.focused
        assert getattr(field, "value", None) == completed


async def test_news_stands_behind_the_position_where_there_is_room() -> None:
    async with running(TASKS, size=WIDE) as session:
        (line,) = session.app.screen.query(StatusLine)
        line.place(
            (("citation 1/3", "accent"), (" → source 1 of 2", "plain"), ("  A title of 30 cells altogether", "dim"))
        )
        session.app.news("done: A report")
        told = ["".join(text for text, _ in line.compose_line(width)).strip() for width in (90, 60, 30)]
        assert told == [
            "citation 1/3 → source 1 of 2  A title of 30 cells altogether   done: A report",
            "citation 1/3 → source 1 of 2   done: A report",
            "done: A report",
        ]
        session.app.say("copied")
        assert "citation" not in "".join(text for text, _ in line.compose_line(90))


async def test_news_has_the_colour_of_what_became_of_the_task() -> None:
    async with running(TASKS, size=WIDE) as session:
        (line,) = session.app.screen.query(StatusLine)
        for status, tone in ((TaskStatus.FAILED, "bad"), (TaskStatus.PARTIAL, "warn"), (TaskStatus.DONE, "good")):
            session.engine.put(task(1, status), ended=True)
            await session.arrive()
            assert line._message[0][1] == tone
            assert not line.has_problem, "the next news takes its place"


async def test_a_click_takes_back_the_last_message_as_a_key_does() -> None:
    async with running(TASKS) as session:
        session.app.say("copied")
        assert session.said == "copied"
        await session.pilot.click("#table", offset=(10, 3))
        await session.settle()
        assert session.said == ""


async def test_news_take_no_place_from_somebody_who_types() -> None:
    async with running([*TASKS, task(3, TaskStatus.RUNNING)], size=SMALL) as session:
        await session.press("slash", *"number")
        assert "filter: 4 of 4" in session.text()
        session.engine.put(task(3, TaskStatus.DONE), ended=True)
        await session.arrive()
        assert session.said == ""
        assert "filter: 4 of 4" in session.text()


def test_the_keys_of_the_list_are_told_by_what_they_are_for_and_none_is_left_out() -> None:
    told = [name for names in PURPOSES.values() for name in names]
    assert sorted(told) == sorted(command.id for command in TASKS_COMMANDS)
    lines = shown("tasks")
    assert (
        lines.index(" Task list: go and mark") < lines.index(" Task list: yours alone") < lines.index(" In every list")
    )


async def test_the_palette_names_a_command_says_what_it_does_and_its_keys() -> None:
    async with running(TASKS, size=WIDE) as session:
        await session.press("colon", *"costs")
        line = next(line for line in session.painted() if "What was spent" in line)
        assert " costs          What was spent: by month" in line
        assert "$ " in line


@pytest.mark.parametrize("keys", [("$",), ("space", "space", "c"), ("G", "a")], ids=lambda keys: keys[-1])
async def test_lines_are_made_for_a_new_width_without_waiting_for_a_paint(
    keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = [*(task(n, TaskStatus.DONE, has_report=True) for n in range(2)), task(2, TaskStatus.WAITING)]
    engine = FakeEngine(tasks)
    engine.details |= {one.id: rich_detail(one) for one in tasks}
    asked = Interaction("i", "plan_review", {}, reply=Reply.APPROVAL, text="A plan " * 40)
    engine.details["t2"] = replace(engine.details["t2"], interaction=asked)
    async with running(tasks, engine=engine, parse=lambda _: Document(())) as session:
        await session.press(*keys)
        assert not session.at_dashboard
        monkeypatch.setattr(CommandScreen, "call_after_refresh", lambda *_: True)  # the paint does not come
        await session.pilot.resize_terminal(*WIDE)
        await session.settle()
        grown = session.text()
        monkeypatch.undo()
        for size in (SMALL, WIDE):
            await session.pilot.resize_terminal(*size)
            await session.settle()
        assert session.text() == grown


@pytest.mark.parametrize("key", ["", "A", "L", "B", "F", "dollar_sign", "n"])
async def test_no_key_is_cut_in_the_key_line_of_the_smallest_screen(key: str) -> None:
    async with running([task(1, TaskStatus.WAITING), task(2, TaskStatus.DONE)], size=(60, 17)) as session:
        await session.press(*([key] if key else []))
        bar = session.painted()[-1]
        assert "…" not in bar
        assert bar.rstrip().endswith("quit")
