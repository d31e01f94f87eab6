"""The dashboard by behaviour: what is selected stays selected, whatever arrives."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from textual.events import Key, MouseScrollDown
from textual.geometry import Region
from textual.widgets import Input

from tests.ui.driving import SMALL, WIDE, running
from tests.ui.fakes import COUNTERS, FakeArchive, FakeEngine, default_states, info, rich_detail, task
from tui.domain.actions import (
    Action,
    Approve,
    Batch,
    BatchOutcome,
    Cancel,
    Delete,
    ReadBatch,
    Share,
    Steer,
    Stop,
)
from tui.domain.capability import Capability, ConnectionState
from tui.domain.detail import Detail, Interaction
from tui.domain.errors import Unreachable, UsageError
from tui.domain.task import NO_REPORT, Cost, CostKind, Task, TaskStatus
from tui.engine.api import ProviderChanged, ProviderState
from tui.ui.app import DivewatchApp
from tui.ui.commands.registry import COMMANDS
from tui.ui.dashboard.screen import DashboardScreen
from tui.ui.dashboard.task_table import TaskTable
from tui.ui.help.command_palette import PaletteScreen, possible
from tui.ui.help.help_screen import HelpScreen
from tui.ui.log.screen import LogScreen
from tui.ui.reader.screen import ReaderScreen
from tui.ui.shell.dialogs import ConfirmDialog, InputDialog
from tui.ui.text.lines import Line

MANY = [task(n, TaskStatus.RUNNING if n < 5 else TaskStatus.DONE, counters=COUNTERS) for n in range(60)]


async def test_the_first_paint_comes_from_the_archive_without_an_engine() -> None:
    async with running([task(1), task(2)], start=False) as session:
        assert "Task number 1" in session.text()
        assert session.app.engine is None


@pytest.mark.parametrize("size", [SMALL, WIDE, (60, 20), (100, 30), (200, 50), (500, 200)])
async def test_every_size_shows_list_status_and_keys(size: tuple[int, int]) -> None:
    async with running(MANY, size=size) as session:
        lines = session.painted()
        assert "Extruct" in lines[0]
        assert any("running" in line and "Task number" in line for line in lines)
        assert "help" in lines[-1]
        assert "1/60" in lines[-2]
        assert all(len(line) <= size[0] for line in lines)


async def test_wide_screens_show_list_and_detail_narrow_ones_one_of_them() -> None:
    async with running(MANY, size=WIDE) as session:
        assert session.dashboard.table.display
        assert session.dashboard.detail.display
    async with running(MANY) as session:
        assert not session.dashboard.detail.display
        await session.press("enter")
        assert session.dashboard.detail.has_focus
        assert not session.dashboard.table.display
        await session.press("escape")
        assert session.dashboard.table.has_focus
        assert session.dashboard.table.display


async def test_resizing_keeps_the_selection() -> None:
    async with running(MANY) as session:
        await session.press("j", "j", "j")
        for size in (WIDE, (60, 12), (30, 6), SMALL):
            await session.pilot.resize_terminal(*size)
            await session.settle()
        assert session.dashboard.table.selected == "t3"
        assert session.dashboard.table.cursor in session.dashboard.table.shown_lines()


async def test_moving_selects_by_id_and_the_detail_follows() -> None:
    async with running(MANY, size=WIDE) as session:
        await session.press("j", "j")
        assert session.dashboard.table.selected == "t2"
        assert session.dashboard.detail.subject == MANY[2]
        await session.press("G")
        assert session.dashboard.table.selected == "t59"
        await session.press("g")
        assert session.dashboard.table.selected == "t0"


async def test_the_selected_row_stays_selected_and_where_it_is_whatever_arrives() -> None:
    async with running(MANY) as session:
        table = session.dashboard.table
        table.move_to(30)
        on_screen = table.cursor - table.scroll_offset.y
        session.engine.put(*[task(-n) for n in range(1, 6)])
        await session.arrive()
        assert table.selected == "t30"
        assert table.cursor - table.scroll_offset.y == on_screen
        session.engine.drop("t10")
        session.engine.put(replace(MANY[30], sources=7), replace(MANY[2], status=TaskStatus.FAILED))
        await session.arrive()
        assert table.selected == "t30"
        assert table.cursor - table.scroll_offset.y == on_screen
        assert table.has_focus


async def test_a_hundred_random_arrivals_never_move_cursor_scroll_or_focus() -> None:
    chance = random.Random(7)
    async with running(MANY) as session:
        table = session.dashboard.table
        table.move_to(25)
        before = table.cursor - table.scroll_offset.y
        for _ in range(25):
            number = chance.randrange(-40, 60)
            if number in {25, -1}:
                continue
            if chance.random() < 0.3 and f"t{number}" in session.engine.known:
                session.engine.drop(f"t{number}")
            else:
                session.engine.put(task(number, chance.choice(list(TaskStatus)), sources=chance.randrange(99)))
            await session.arrive()
            assert table.selected == "t25"
            assert table.has_focus
        assert table.cursor - table.scroll_offset.y == before


async def test_when_the_selected_task_goes_its_neighbour_is_selected_and_shown() -> None:
    async with running(MANY, size=WIDE) as session:
        await session.press("j", "j")
        session.engine.drop("t2")
        await session.arrive()
        assert session.dashboard.table.selected == "t3"
        assert session.dashboard.detail.subject == MANY[3]


async def test_a_flush_that_changes_nothing_on_screen_paints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(MANY) as session:
        session.engine.put(replace(MANY[55], sources=3))
        await session.arrive()
        painted: list[object] = []
        spy_on(session.dashboard.table, monkeypatch, painted.append)
        session.engine.put(replace(MANY[55], sources=4), replace(MANY[56], sources=4))
        await session.arrive()
        assert painted == []


def spy_on(table: TaskTable, monkeypatch: pytest.MonkeyPatch, tell: Callable[[tuple[Region, ...]], None]) -> None:
    original = table.refresh

    def refresh(*regions: Region, **more: bool) -> object:
        tell(regions)
        return original(*regions, **more)

    monkeypatch.setattr(table, "refresh", refresh)


async def test_a_changed_cell_repaints_only_that_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(MANY, size=WIDE) as session:
        regions: list[Region] = []
        spy_on(session.dashboard.table, monkeypatch, regions.extend)
        session.engine.put(replace(MANY[3], counters={**COUNTERS, "steps": replace(COUNTERS["steps"], value=4)}))
        await session.arrive()
        assert regions
        assert all(region.height == 1 and region.width < 20 for region in regions)


async def test_the_filter_narrows_as_one_types_and_escape_brings_all_back() -> None:
    async with running([task(1, title="Grid"), task(2, title="Soup"), task(3, title="Grid prices")]) as session:
        await session.press("j", "j", "slash", *"grid")
        assert session.dashboard.table.model.rows == ["t1", "t3"]
        assert session.dashboard.table.selected == "t3"
        assert "filter: 2 of 3" in session.text()
        await session.press("up")
        assert session.dashboard.table.selected == "t1"
        await session.press("enter")
        assert session.dashboard.table.has_focus
        await session.press("escape")
        assert session.dashboard.table.model.rows == ["t1", "t2", "t3"]
        assert session.dashboard.table.selected == "t1"


async def test_a_filter_without_matches_says_what_to_do() -> None:
    async with running([task(1)]) as session:
        await session.press("slash", *"zzz")
        assert "Nothing in 1 task matches zzz" in session.text()
        assert session.dashboard.table.selected is None


async def test_a_cleared_filter_leads_back_to_the_row_it_was_typed_on() -> None:
    async with running([task(1), task(2), task(3)]) as session:

        def chosen() -> str | None:
            shown = session.dashboard.detail.subject
            assert session.dashboard.table.selected == (shown and shown.id)
            return session.dashboard.table.selected

        await session.press("j", "slash", *"zzzz")
        assert chosen() is None
        await session.press("escape")
        assert chosen() == "t2"
        await session.press("slash", *"number3", "escape")  # it matched another one, which nobody chose
        assert chosen() == "t2"
        await session.press("slash", *"number", "enter", "j", "escape")
        assert chosen() == "t3"


async def test_letters_typed_into_the_filter_are_no_commands() -> None:
    async with running([task(1)]) as session:
        await session.press("slash", *"qnxd?")
        assert session.app.is_running
        assert session.dashboard.query_one("#filter", Input).value == "qnxd?"


async def test_marks_are_shown_counted_and_cleared() -> None:
    async with running(MANY) as session:
        await session.press("space", "space")
        assert session.dashboard.table.model.marked == {"t0", "t1"}
        assert "2 marked" in session.text()
        assert sum(line.startswith("▌") for line in session.painted()) == 2
        await session.press("escape")
        assert session.dashboard.table.model.marked == set()


async def test_sorting_keeps_the_task_and_is_remembered() -> None:
    async with running(MANY) as session:
        await session.press("j", "j", "j", "s")
        assert session.dashboard.table.selected == "t3"
        assert session.archive.remembered["tasks"] == {"sort": "status", "reverse": False}
        assert "── Running · " in session.text()
        await session.press("S")
        assert session.dashboard.table.selected == "t3"
        assert "reversed" in session.text()
    archive = FakeArchive(MANY)
    archive.remembered["tasks"] = {"sort": "title", "reverse": True}
    async with running(MANY, archive=archive) as session:
        assert session.dashboard.table.model.sort == "title"


async def test_groups_unfold_and_fold_by_key() -> None:
    async with running([task(1, batch_id="b"), task(2, batch_id="b"), task(3)]) as session:
        assert session.dashboard.table.model.rows == ["group:b", "t3"]
        await session.press("l", "j")
        assert session.dashboard.table.selected == "t1"
        await session.press("h")
        assert session.dashboard.table.selected == "group:b"
        await session.press("enter")
        assert len(session.dashboard.table.model.rows) == 4


async def test_an_unfolded_batch_is_asked_for_its_name_its_counts_and_its_cost() -> None:
    tasks = [task(3, batch_id="b"), task(6, batch_id="b")]
    engine = FakeEngine(tasks)
    told = Batch("b", "Monday", counts={"total": 2, "completed": 1}, cost=Cost(1.25, "USD", CostKind.REPORTED))
    engine.outcomes[ReadBatch] = BatchOutcome("batch read", batch_id="b", batches=(told,))
    async with running(tasks, engine=engine) as session:
        await session.press("l")
        await session.settle()
        assert ("act", "t3", ReadBatch()) in engine.asked
        assert session.said.endswith("batch Monday: 2 tasks, 1 completed; $1.25, reported by the provider")
    engine.failure = UsageError("no network")
    async with running(tasks, engine=engine) as session:
        await session.press("l")
        await session.settle()
        assert "no network" not in session.said


async def test_a_command_that_is_not_possible_says_why_and_does_nothing() -> None:
    done = [task(1, TaskStatus.DONE)]
    async with running(done) as session:
        await session.press("x")
        assert session.said == "✗ cancel: the task has already ended"
        assert session.engine.asked == []
        await session.press("c")
        assert "mark two to four tasks" in session.said


async def test_a_missing_capability_is_said_in_the_providers_words() -> None:
    async with running([task(2)]) as session:
        await session.press("x")
        assert session.said == "✗ cancel: Extruct offers no way to cancel a task"


async def test_only_keys_of_the_actions_at_providers_import_them() -> None:
    async with running([task(1), task(2)]) as session:
        await session.press("down", "up", "end", "home", "s", "S")
        assert "at_provider" not in vars(session.dashboard)
        await session.press("x")
        assert "at_provider" in vars(session.dashboard)


async def test_cancelling_asks_first_and_is_sent_once() -> None:
    async with running([task(1)]) as session:
        await session.press("x")
        assert isinstance(session.app.screen, ConfirmDialog)
        await session.press("n")
        assert session.engine.asked == []
        await session.press("x", "y")
        assert session.engine.asked == [("act", "t1", Cancel())]
        assert session.said == "cancel was carried out"


@pytest.mark.parametrize(("keys", "action"), [(["y"], Cancel()), (["n"], Stop()), (["escape"], None)])
async def test_where_a_task_can_be_stopped_and_kept_that_is_offered_beside(
    keys: list[str], action: Action | None
) -> None:
    able = replace(info("yutori"), capabilities=frozenset(Capability), missing={})
    engine = FakeEngine([task(1)], states=[ProviderState(able, link=ConnectionState.OK)])
    async with running([task(1)], engine=engine) as session:
        await session.press("x", *keys)
        assert engine.asked == ([] if action is None else [("act", "t1", action)])


@pytest.mark.parametrize("key", ["escape", "q", "enter", "space"])
async def test_only_y_says_yes(key: str) -> None:
    async with running([task(1)]) as session:
        await session.press("x", key)
        assert session.engine.asked == []
        assert session.app.is_running


async def test_a_failed_action_says_what_happened_and_what_to_do() -> None:
    async with running([task(1)]) as session:
        session.engine.failure = Unreachable("valyu did not answer", hint="r tries again")
        await session.press("x", "y")
        assert session.said == "✗ valyu did not answer. r tries again"


async def test_steering_sends_the_instruction() -> None:
    async with running([task(1)]) as session:
        await session.press("i")
        assert isinstance(session.app.screen, InputDialog)
        await session.press(*"more", "enter")
        assert session.engine.asked == [("act", "t1", Steer("more"))]


@pytest.mark.parametrize(("key", "public"), [("y", True), ("n", False)])
async def test_sharing_can_be_switched_on_and_off(key: str, public: bool) -> None:
    async with running([task(1, TaskStatus.DONE)]) as session:
        await session.press("u", key)
        assert session.engine.asked == [("act", "t1", Share(public=public))]


async def test_deleting_at_the_provider_asks_first() -> None:
    async with running([task(1, TaskStatus.DONE)]) as session:
        await session.press("D", "y")
        assert session.engine.asked == [("act", "t1", Delete())]


async def test_adopting_asks_the_accounts_one_after_the_other() -> None:
    async with running([]) as session:
        session.engine.failure = Unreachable("no such task")
        await session.press("plus", *"abc", "enter")
        assert [asked[1] for asked in session.engine.asked] == ["extruct", "yutori", "valyu"]
        session.engine.asked.clear()
        session.engine.failure = None
        await session.press("plus", "ctrl+u", *"yutori", "space", *"id", "enter")
        assert session.engine.asked == [("track", "yutori", "id")]


async def test_hidden_tasks_go_and_come_back() -> None:
    async with running(MANY) as session:
        await session.press("d")
        assert session.dashboard.table.model.rows[0] == "t1"
        assert session.archive.annotations.locals["t0"].hidden
        await session.press("H")
        assert session.dashboard.table.model.rows[0] == "t0"
        await session.press("g", "d")
        assert not session.archive.annotations.locals["t0"].hidden


async def test_the_id_is_copied_and_the_way_is_said() -> None:
    async with running([task(1)]) as session:
        await session.press("y")
        await session.after(0.05)
        assert "sent id, 8 bytes, to the terminal's clipboard" in session.said


async def test_the_web_page_is_offered_to_take_by_hand_where_no_browser_is() -> None:
    async with running([task(1, web_url="https://valyu.example/t/1")]) as session:
        await session.press("o")
        await session.after(0.05)
        await session.settle()
        assert "https://valyu.example/t/1" in session.text()
        await session.press("escape")
        assert session.at_dashboard


async def test_a_host_that_could_deceive_is_asked_about() -> None:
    async with running([task(1, web_url="https://аpple.com/")]) as session:
        await session.press("o")
        assert isinstance(session.app.screen, ConfirmDialog)
        assert "xn--" in session.text()
        await session.press("n")
        assert session.said == "not opened"


async def test_refresh_and_pause_reach_the_engine() -> None:
    async with running([task(1)]) as session:
        await session.press("r", "p")
        assert session.engine.asked == [("refresh", ()), ("pause", True)]
        assert "paused" in session.text()
        await session.press("p")
        assert session.engine.asked[-1] == ("pause", False)


async def test_before_the_engine_runs_its_commands_say_so() -> None:
    async with running([task(1)], start=False) as session:
        await session.press("r")
        assert session.said == "✗ the engine is still starting"
        await session.press("p", "plus", *"x", "enter", "Y")
        assert session.app.is_running


async def test_an_engine_that_cannot_start_is_said_and_the_archive_stays_readable() -> None:
    def broken() -> FakeEngine:
        raise Unreachable("no accounts", hint="divewatch doctor")

    async with running([task(1)], start=False) as session:
        session.app.in_background(broken, session.app._engine_started, session.app._engine_failed)
        await session.after(0.05)
        await session.settle()
        assert session.said == "✗ no provider is asked: no accounts. divewatch doctor"
        assert "Task number 1" in session.text()


async def test_the_strip_shows_trouble_and_when_the_next_try_is() -> None:
    async with running([task(1)], size=WIDE) as session:
        state = replace(default_states()[2], link=ConnectionState.BAD_KEY, message="set VALYU_API_KEY")
        session.engine.states["valyu"] = state
        session.engine.tell(ProviderChanged("valyu"))
        await session.arrive()
        assert "✗ Valyu key rejected" in session.painted()[0]


async def test_a_task_that_ends_is_announced_once_with_a_new_title() -> None:
    async with running([task(1), task(2)]) as session:
        session.engine.put(task(2, TaskStatus.DONE), ended=True)
        await session.arrive()
        assert session.said == "Task number 2 is done"
        assert session.app.fresh == {"t2"}
        assert session.app._title == "divewatch: 1 running, 1 new"
        await session.press("j")
        assert session.app.fresh == set()


async def test_news_does_not_take_away_why_a_key_did_nothing() -> None:
    async with running([task(1), task(2)]) as session:
        await session.press("3")
        refused = session.said
        assert refused == "✗ report: this task has no report yet"
        session.engine.put(task(2, TaskStatus.DONE), ended=True)
        await session.arrive()
        assert session.said == refused
        await session.press("j")
        session.engine.put(task(1, TaskStatus.DONE), ended=True)
        await session.arrive()
        assert session.said == "Task number 1 is done"


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (TaskStatus.RUNNING, "this task has no report yet"),
        (TaskStatus.DONE, "its report has not come yet"),
        (TaskStatus.PARTIAL, "its report has not come yet"),
        (TaskStatus.FAILED, "this task ended without a report"),
        (TaskStatus.CANCELLED, "this task ended without a report"),
    ],
)
async def test_where_there_is_no_report_it_is_said_why(status: TaskStatus, why: str) -> None:
    async with running([task(1, status, has_report=False)]) as session:
        await session.press("3")
        assert session.said.endswith(f": {why}")


async def test_a_report_that_the_provider_never_gave_is_not_promised() -> None:
    async with running([task(1, TaskStatus.DONE, has_report=False, warnings=(NO_REPORT,))]) as session:
        await session.press("3")
        assert session.said.endswith(": this task ended without a report")


async def test_help_shows_this_screens_keys_and_can_be_searched() -> None:
    async with running([task(1)]) as session:
        await session.press("question_mark")
        assert isinstance(session.app.screen, HelpScreen)
        assert "Task list" in session.text()
        await session.press("slash", *"citation")
        assert "Go to the next citation" in session.text()
        assert "Start a task" not in session.text()
        await session.press("escape", "escape")
        assert session.at_dashboard


async def test_the_palette_runs_what_is_possible_and_leaves_out_what_is_not() -> None:
    async with running(MANY) as session:
        await session.press("colon")
        assert isinstance(session.app.screen, PaletteScreen)
        assert "Two marked reports side by side" not in session.text()
        await session.press(*"every listed", "enter")
        assert len(session.dashboard.table.model.marked) == 60


async def test_the_palette_offers_first_what_is_called_so() -> None:
    async with running(MANY) as session:
        await session.press("colon", *"the")
        assert possible("tasks", session.dashboard.command_context(), "the")[0].id == "app.theme"
        before = session.app.theme
        await session.press("enter")
        assert session.at_dashboard
        assert session.app.theme != before


async def test_the_palette_says_why_what_is_typed_is_not_possible() -> None:
    async with running([task(1, TaskStatus.RUNNING)]) as session:
        await session.press("colon", *"compare")
        assert "side by side: mark two to four tasks" in session.text()
        await session.press(*"xyz")
        assert "No command is called that" in session.text()


async def test_the_log_is_newest_first_and_its_cursor_stays_where_a_person_put_it() -> None:
    async with running(MANY) as session:
        from tests.ui.fakes import NOW
        from tui.engine.api import LogEntry, Logged

        session.engine.entries = [LogEntry(NOW, "poll", f"line {n}.", "t3") for n in range(50)]
        await session.press("L")
        assert isinstance(session.app.screen, LogScreen)
        await session.press("2")
        assert session.text().index("line 49.") < session.text().index("line 48.")
        await session.press("G")
        session.engine.entries.append(LogEntry(NOW, "problem", "line 50."))
        session.engine.tell(Logged(session.engine.entries[-1]))
        await session.arrive()
        assert "line 0." in session.text()
        await session.press("enter")
        assert session.at_dashboard


async def test_the_log_shows_the_selected_entry_as_a_whole_where_there_is_room() -> None:
    async with running(MANY, size=WIDE) as session:
        from tests.ui.fakes import NOW
        from tui.engine.api import LogEntry

        session.engine.entries = [LogEntry(NOW, "problem", f"{'words ' * 40}{name}.") for name in ("first", "last")]
        await session.press("L", "3")
        assert "last." in session.text()
        assert "first." not in session.text()
        await session.pilot.click("#preview")
        await session.press("j")
        await session.after(0.3)
        assert "first." in session.text()


async def test_the_log_marks_what_is_new_since_one_last_looked() -> None:
    async with running(MANY) as session:
        from tests.ui.fakes import NOW
        from tui.engine.api import LogEntry

        session.engine.entries = [LogEntry(NOW, "ended", "Bells is done", "t3")]
        await session.press("L")
        await session.arrive()
        assert "you last looked" not in session.text()
        await session.press("escape")
        session.engine.entries.append(LogEntry(NOW + timedelta(seconds=5), "failed", "Horns failed", "t4"))
        await session.press("L")
        await session.arrive()
        assert "1 new since you last looked" in session.text()
        rows = [line for line in session.painted() if line.strip()]
        heading = next(number for number, line in enumerate(rows) if line.startswith(" since you last looked, "))
        assert "Horns failed" in rows[heading + 1]
        assert rows[heading + 2].startswith(" earlier")
        assert "Bells" in rows[heading + 3]


async def test_equal_connection_errors_are_one_line_with_a_count() -> None:
    async with running(MANY) as session:
        from tests.ui.fakes import NOW
        from tui.engine.api import LogEntry

        session.engine.entries = [
            LogEntry(NOW + timedelta(seconds=n), "problem", "cannot be reached", f"t{n}", "valyu") for n in range(30)
        ]
        await session.press("L")
        assert "No task ended, failed or asked you anything yet; 1 line under" in session.text()
        await session.press("tab", "tab")
        assert "Problems 1" in session.text()
        assert session.text().count("cannot be reached") == 1
        assert "30 times since" in session.text()


async def test_the_log_says_why_a_task_failed_beside_its_title() -> None:
    from tests.ui.fakes import NOW
    from tui.engine.api import LogEntry

    failed = task(1, TaskStatus.FAILED, title="Map the decision makers " * 4, error="ran out of credits")
    waits = task(2, TaskStatus.WAITING, title="Grid-scale storage")
    async with running([failed, waits]) as session:
        session.engine.entries = [
            LogEntry(NOW, "waiting", "Grid-scale storage waits for your answer", waits.id, "valyu"),
            LogEntry(NOW, "failed", f"{failed.title} failed: ran out of credits", failed.id, "extruct"),
        ]
        await session.press("L")
        rows = [line.rstrip() for line in session.painted()]
        assert any("✗ failed" in row and row.endswith("…  ran out of credits") for row in rows)
        assert any("◆ waits" in row and row.endswith("Grid-scale storage") for row in rows)


async def test_the_log_says_how_a_task_ended_in_its_figures() -> None:
    from tests.ui.fakes import NOW
    from tui.domain.task import Cost, CostKind
    from tui.engine.api import LogEntry

    done = replace(
        task(3, TaskStatus.DONE), title="Bells", citations=34, sources=26, cost=Cost(0.6, "USD", CostKind.REPORTED)
    )
    async with running([done]) as session:
        session.engine.entries = [LogEntry(NOW, "ended", "Bells is done", done.id, "valyu")]
        await session.press("L")
        row = next(line for line in session.painted() if "Bells" in line)
        assert row.rstrip().endswith("34 cit  26 src  $0.60")
        assert "is done" not in row


async def test_a_log_entry_that_arrives_while_one_reads_leaves_the_cursor_on_its_own_entry() -> None:
    from tests.ui.fakes import NOW
    from tui.engine.api import LogEntry, Logged

    async with running(MANY) as session:
        session.engine.entries = [
            LogEntry(NOW + timedelta(seconds=n), "ended", f"task {n}. is done", f"t{n}") for n in range(9)
        ]
        await session.press("L", "j", "j")
        screen = session.app.screen
        assert isinstance(screen, LogScreen)
        before = screen.entry
        session.engine.entries.append(LogEntry(NOW + timedelta(minutes=1), "failed", "Horns failed", "t4"))
        session.engine.tell(Logged(session.engine.entries[-1]))
        await session.arrive()
        assert "Horns" in session.text()
        assert screen.entry == before


async def test_the_theme_changes_and_is_remembered() -> None:
    async with running([task(1)]) as session:
        before = session.app.theme
        await session.press("t")
        assert session.app.theme != before
        assert session.archive.remembered["theme"] == session.app.theme


async def test_escape_never_quits_and_q_does() -> None:
    async with running([task(1)]) as session:
        await session.press("escape", "escape", "escape")
        assert session.app.is_running
        await session.press("q")
        assert session.app.return_code == 0


async def test_the_first_run_says_how_to_get_started() -> None:
    states = [replace(state, link=ConnectionState.NO_KEY) for state in default_states()]
    async with running([], engine=FakeEngine([], states)) as session:
        assert "VALYU_API_KEY" in session.text()
        await session.press("j", "G", "space", "d", "l", "c", "1", "2", "3", "escape")
        assert session.app.is_running
        for key in ("n", "+"):
            await session.press(key)
            assert session.at_dashboard, "there is nobody to start a task at"
            assert "no provider has a key" in session.said


async def test_the_wheel_scrolls_without_moving_the_selection() -> None:
    async with running(MANY) as session:
        table = session.dashboard.table
        event = MouseScrollDown(table, 5, 5, 0, 0, 0, False, False, False)
        table.on_mouse_scroll_down(event)
        await session.settle()
        assert table.scroll_offset.y == 3
        assert table.selected == "t0"


async def test_a_click_selects_and_a_double_click_opens() -> None:
    async with running(MANY) as session:
        await session.pilot.click("#table", offset=(20, 4))
        await session.settle()
        assert session.dashboard.table.selected == "t3"
        await session.pilot.click("#table", offset=(20, 4), times=2)
        await session.settle()
        assert session.dashboard.has_class("-detail")


async def test_the_detail_unfolds_and_keeps_its_place_when_the_task_changes() -> None:
    one = task(1, counters=COUNTERS)
    engine = FakeEngine([one])
    engine.details["t1"] = rich_detail(one)
    async with running([one], size=WIDE, engine=engine) as session:
        await session.after(0.2)
        await session.settle()
        detail = session.dashboard.detail
        assert "Updates, newest first (40)" in session.text()
        await session.press("tab")
        detail.move_to(25)
        at = detail.cursor
        assert detail.can_unfold
        await session.press("enter")
        assert "found something" in session.text()
        engine.put(replace(one, sources=9))
        await session.arrive()
        assert detail.cursor == at
        assert detail.subject == engine.known["t1"]


async def test_answering_a_checkpoint_sends_what_the_contract_wants() -> None:
    one = task(1, TaskStatus.WAITING)
    engine = FakeEngine([one])
    engine.details["t1"] = rich_detail(one)
    async with running([one], engine=engine) as session:
        await session.press("a")
        assert "Review the plan" in session.text()
        assert "The deadline passed" in session.text() or "goes on without you" in session.text()
        await session.press(*"shorter", "ctrl+s")
        assert engine.asked == [("act", "t1", Approve("i1", approved=False, changes="shorter"))]


def big(count: int) -> list[Task]:
    return [task(n, TaskStatus.DONE, has_report=False) for n in range(count)]


@pytest.mark.parametrize("count", [100, 20_000])
async def test_only_lines_on_the_screen_are_ever_drawn(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(big(count), start=False) as session:
        table = session.dashboard.table
        drawn: list[int] = []
        original = table.line

        def line(number: int, width: int) -> Line:
            drawn.append(number)
            return original(number, width)

        monkeypatch.setattr(table, "line", line)
        await session.press("G")
        assert table.selected == f"t{count - 1}"
        assert len(drawn) <= 2 * 24
        await session.press("k")
        drawn.clear()
        await session.press("k")
        assert drawn == [count - 3], "the row that the cursor left is as it was before"


async def test_the_key_that_leaves_a_pane_finds_the_rows_that_it_brings_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pane beside another one cannot be scrolled by the terminal: half of its rows are new at once."""
    async with running(big(100), size=WIDE, start=False) as session:
        table, drawn = session.dashboard.table, list[int]()
        original = table.line
        await session.press(*"j" * (table.page - 1 - table.cursor))
        await session.after(0.1)
        assert table.scroll_offset.y == 0
        last = table.cursor

        def line(number: int, width: int) -> Line:
            drawn.append(number)
            return original(number, width)

        monkeypatch.setattr(table, "line", line)
        monkeypatch.setattr(table, "_draw_ahead", lambda: None)  # of the page after that one
        await session.press("j")
        assert table.scroll_offset.y > table.page // 3
        assert drawn == [last + 1]


async def test_the_cursor_is_painted_before_the_detail_of_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key takes half as long to its first paint; the row's detail is in the frame after that."""
    async with running(MANY, size=WIDE) as session:
        await session.after(1)  # the first row is read: no key is held
        done, compositor, detail = list[str](), session.app.screen._compositor, session.dashboard.detail

        def noted(owner: object, method: str, name: str) -> None:
            original = getattr(owner, method)

            def called() -> object:
                done.append(name)
                return original()

            monkeypatch.setattr(owner, method, called)

        noted(compositor, "render_partial_update", "frame")
        noted(detail, "_rebuild", "detail")
        await session.press("j")
        assert done[:3] == ["frame", "detail", "frame"]
        assert detail.subject is session.dashboard.table.selected_task


async def test_the_detail_that_one_goes_to_at_once_is_the_one_of_the_row() -> None:
    async with running(MANY, size=WIDE) as session:
        screen = session.dashboard
        screen.run_command(COMMANDS["list.down"])
        screen.action_pane_detail()
        assert screen.table.selected_task is not None
        assert screen.detail._page.line(0)[0][0] == screen.table.selected_task.title


# Views, views of one's own, clicks, the next that waits

MIXED = [
    task(1, TaskStatus.DONE),
    task(2, TaskStatus.WAITING),
    task(3),
    task(4, TaskStatus.FAILED),
    task(5, TaskStatus.WAITING),
]


async def test_the_views_are_tabs_with_counts_and_keys_go_through_them() -> None:
    async with running(MIXED) as session:
        assert session.painted()[1].startswith("▐All 5▌ For you 2  Running 1  Unread 0  Failed 1 ")
        await session.press("]")
        assert session.dashboard.table.model.rows == ["t2", "t5"]
        assert "▐For you 2▌" in session.text()
        await session.press("[", "[")
        assert session.dashboard.table.model.rows == ["t4"]
        await session.press("escape")
        assert "▐All 5▌" in session.text()


async def test_a_filter_is_kept_as_a_view_and_thrown_away_by_the_same_key() -> None:
    async with running(MIXED) as session:
        await session.press("V")
        assert "narrow the list with / first" in session.said
        await session.press("slash", *"provider:yutori", "enter", "V", *"mine", "enter")
        assert session.archive.remembered["views"] == [{"name": "mine", "filter": "provider:yutori"}]
        assert "▐mine▌" in session.text()
        await session.press("V")
        assert session.archive.remembered["views"] == []


async def test_what_a_view_was_remembered_as_may_be_anything() -> None:
    archive = FakeArchive(MIXED)
    archive.remembered["views"] = [{"name": "", "filter": "x"}, 7, {"name": "ok", "filter": "is:unread"}, {"name": 3}]
    async with running(MIXED, archive=archive) as session:
        assert [view.name for view in session.dashboard.listing.saved] == ["ok"]


async def test_w_goes_to_the_next_that_waits_and_round() -> None:
    async with running(MIXED) as session:
        selected = []
        for _ in range(3):
            await session.press("w")
            selected.append(session.dashboard.table.selected)
        assert selected == ["t2", "t5", "t2"]
    async with running([task(1)]) as session:
        await session.press("w")
        assert "no task that is listed waits for you" in session.said


async def test_enter_in_an_empty_list_without_a_key_says_what_it_does() -> None:
    keyless = [replace(state, link=ConnectionState.NO_KEY) for state in default_states()]
    async with running([], engine=FakeEngine([], keyless)) as session:
        assert session.painted()[-1].startswith(" enter give a key ")
    async with running([task(1)]) as session:
        assert " enter open " in session.painted()[-1]


async def test_the_key_line_follows_the_row() -> None:
    async with running(MIXED) as session:
        await session.press("w")
        assert session.painted()[-1].startswith(" a answer  w next for you ")
        await session.press("G", "k")
        assert session.painted()[-1].startswith(" R again ")


async def test_what_cannot_be_answered_here_is_not_offered() -> None:
    mute = task(2, TaskStatus.WAITING, provider="acme", web_url="https://acme.example/t2")
    engine = FakeEngine([mute], [*default_states(), ProviderState(info("acme", Capability.RESPOND))])
    async with running([mute], engine=engine, size=WIDE) as session:
        await session.settle()
        assert " act there " in session.text()
        assert session.painted()[-1].startswith(" w next for you  o web page ")
        assert "answer" not in session.painted()[-1]
        await session.press("a")
        assert "Acme offers no way to respond" in session.said


async def test_a_waiting_task_says_what_it_asks_and_until_when() -> None:
    waiting = task(2, TaskStatus.WAITING)
    asked = Interaction("i", "plan_review", {}, deadline=datetime.now(UTC) + timedelta(seconds=620))
    engine = FakeEngine([waiting])
    engine.details["t2"] = Detail(waiting, interaction=asked)
    async with running([waiting], engine=engine) as session:
        row = next(line for line in session.painted() if "Task number 2" in line)
        assert " plan " in row
        assert "10:" in row


async def test_list_and_detail_tell_the_same_time_left_on_the_way_back_from_another_screen() -> None:
    begun = datetime.now(UTC)
    waiting = task(2, TaskStatus.WAITING)
    engine = FakeEngine([waiting])
    asked = Interaction("i", "plan_review", {}, deadline=begun + timedelta(seconds=620))
    engine.details["t2"] = Detail(waiting, interaction=asked)
    async with running([waiting], engine=engine, size=WIDE) as session:
        await session.after(0.2)
        await session.settle()
        assert "left to answer" in session.text()
        await session.press("L")
        session.dashboard.detail._now = lambda: begun + timedelta(seconds=320)
        await session.press("escape")
        await session.settle()
        assert "5:00 left to answer" in session.text()


async def test_what_is_dragged_over_in_a_list_is_copied_and_moves_no_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr(DivewatchApp, "copy", lambda _, text, what: copied.append(text))
    async with running([task(1, title="Alpha beta"), task(2, title="Gamma")]) as session:
        place = next(line for line in session.painted() if "Alpha beta" in line).index("Alpha")
        pilot = session.pilot
        await pilot.mouse_down("#table", offset=(place, 1))
        await pilot.hover("#table", offset=(place + 4, 1))
        await pilot.mouse_up("#table", offset=(place + 4, 1))
        await session.settle()
        assert session.said == "y copies what is marked"
        await session.press("y")
        assert copied == ["Alpha"]
        await pilot.mouse_down("#table", offset=(place, 1))
        await pilot.hover("#table", offset=(place + 4, 2))
        await pilot.mouse_up("#table", offset=(place + 4, 2))
        await session.press("y")
        first, second = copied[1].splitlines()
        assert first.startswith("Alpha beta")
        assert second.endswith("Gamma")
        assert session.dashboard.table.selected == "t1"
        await pilot.click("#table", offset=(place, 2))
        assert session.dashboard.table.selected == "t2"
        await pilot.click("#table", offset=(place, 2), times=2)
        assert session.app.screen.get_selected_text() is None


async def test_headings_tabs_and_keys_can_be_clicked() -> None:
    async with running(MIXED) as session:
        await session.pilot.click("#table", offset=(session.painted()[2].index("title"), 0))
        assert session.dashboard.table.model.sort == "title"
        await session.pilot.click("#views", offset=(session.painted()[1].index("Failed"), 0))
        await session.settle()
        assert session.dashboard.table.model.rows == ["t4"]
        await session.pilot.click("#keys", offset=(session.painted()[-1].index("again"), 0))
        await session.settle()
        assert not session.at_dashboard


async def test_the_day_is_told_at_the_end_of_the_strip() -> None:
    cost = Cost(1.25, "USD", CostKind.REPORTED)
    spent = [task(1, TaskStatus.DONE, created_at=datetime.now(UTC), cost=cost)]
    async with running(spent, size=WIDE) as session:
        session.dashboard.sums.tasks_change({one.id: one for one in spent})
        session.dashboard._tick()
        await session.settle()
        assert "today $1.25" in session.painted()[0]
        session.archive.tasks = [replace(spent[0], created_at=datetime.now(UTC) - timedelta(days=1))]
        session.engine.put(session.archive.tasks[0])  # a list told no day, the task itself does
        await session.arrive()
        session.dashboard.sums._money._earliest = 0.0  # however long the first reading took
        session.dashboard._tick()
        await session.settle()
        assert "today" not in session.painted()[0]


async def test_what_today_cost_is_told_no_more_after_midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        days = 0

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime(2026, 11, 28, 23, 59, tzinfo=tz) + timedelta(days=cls.days)

    monkeypatch.setattr("tui.ui.dashboard.sums.datetime", Clock)
    made = datetime(2026, 11, 28, 9, tzinfo=UTC)
    spent = [task(1, TaskStatus.DONE, created_at=made, cost=Cost(1.25, "USD", CostKind.REPORTED))]
    async with running(spent, size=WIDE) as session:
        session.dashboard.sums.tasks_change({one.id: one for one in spent})
        for Clock.days, told in enumerate((True, False)):
            session.dashboard.sums._money._earliest = 0.0
            session.dashboard._tick()
            await session.settle()
            assert ("today $1.25" in session.painted()[0]) is told


# The palette with values, ctrl+c


@pytest.mark.parametrize(
    ("typed", "outcome"),
    [
        ("sort cost", lambda dashboard: dashboard.table.model.sort == "cost"),
        ("view failed", lambda dashboard: dashboard.table.model.rows == ["t4"]),
        ("filter status:waiting", lambda dashboard: dashboard.table.model.rows == ["t2", "t5"]),
        ("theme light", lambda dashboard: dashboard.app.theme == "light"),
    ],
)
async def test_words_of_the_palette_take_a_value(typed: str, outcome: Callable[[DashboardScreen], bool]) -> None:
    async with running(MIXED) as session:
        await session.press("colon", *typed, "enter")
        assert session.at_dashboard
        assert outcome(session.dashboard)


async def test_a_highlighted_theme_is_worn_until_one_leaves_it() -> None:
    async with running(MIXED) as session:
        before = session.app.theme
        await session.press("colon", *"theme light")
        assert session.app.theme == "light"
        await session.press("escape")
        assert session.app.theme == before
        assert "theme" not in session.archive.remembered


async def test_a_word_alone_is_the_command_of_that_name() -> None:
    async with running(MIXED) as session:
        await session.press("colon", *"sort", "enter")
        assert session.dashboard.table.model.sort == "status"


async def test_ctrl_c_first_says_how_to_leave_and_leaves_the_second_time() -> None:
    async with running(MIXED) as session:
        await session.press("ctrl+c")
        assert "once more" in session.said
        assert session.app.is_running
        await session.press("ctrl+c")
        assert session.app._exit


async def test_ctrl_c_also_works_while_text_is_typed() -> None:
    async with running(MIXED) as session:
        await session.press("slash", "a", "ctrl+c")
        assert "once more" in session.said


async def test_a_number_in_front_of_a_movement_repeats_it() -> None:
    async with running(MANY) as session:
        await session.press("7", "j")
        assert session.dashboard.table.selected == "t7"
        await session.press("4", "1", "j")
        assert session.dashboard.table.selected == "t48", "1 goes on with the number, and is no pane then"
        await session.press("8", "k")
        assert session.dashboard.table.selected == "t40"
        await session.press("4", "escape", "k")
        assert session.dashboard.table.selected == "t39"
        await session.press("4", "space")
        assert session.dashboard.table.model.marked == {"t39", "t40", "t41", "t42"}


async def test_all_from_the_last_marked_task_to_this_one_are_marked() -> None:
    async with running(MANY) as session:
        await session.press("M")
        assert "mark the first one with space" in session.said
        await session.press("j", "space", "j", "j", "M")
        assert session.dashboard.table.model.marked == {"t1", "t2", "t3", "t4"}
        await session.press("g", "M")
        assert session.dashboard.table.model.marked == {"t0", "t1", "t2", "t3", "t4"}


@pytest.mark.parametrize(
    ("keys", "shown"), [(("+", "f1"), "Keep"), (("x", "?"), "Do what the question says"), (("A", "?"), "Paste a key")]
)
async def test_dialogs_and_screens_show_their_keys(keys: tuple[str, ...], shown: str) -> None:
    async with running([task(1, TaskStatus.RUNNING)]) as session:
        await session.press(*keys)
        assert isinstance(session.app.screen, HelpScreen)
        if shown != "Keep":
            assert shown in session.text()
        await session.press("escape")
        assert not session.at_dashboard


async def test_enter_right_after_tab_is_for_the_detail_pane() -> None:
    done = task(0, TaskStatus.DONE)
    engine = FakeEngine([done])
    engine.details["t0"] = rich_detail(done)
    async with running([done], engine=engine, size=SMALL) as session:
        for key in ("tab", "enter"):  # in one write, as over a slow line
            session.app.post_message(Key(key, None))
        await session.settle()
        assert isinstance(session.app.screen, ReaderScreen)
