"""The summary of the selected row on narrow screens: what it needs, without opening it; a group has its own page."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from textual.geometry import Region
from textual.strip import Strip

from tests.ui.driving import LONG, SMALL, WIDE, Session, running
from tests.ui.fakes import NOW, FakeArchive, FakeEngine, rich_detail, task
from tui.domain.detail import Detail, Interaction, Reply, Report, ReportFormat
from tui.domain.task import Cost, CostKind, Counter, Task, TaskStatus
from tui.ui.dashboard import summary_pane
from tui.ui.dashboard.detail_lines import page as detail_page
from tui.ui.dashboard.detail_pane import TaskDetail
from tui.ui.dashboard.week_pane import week_lines
from tui.ui.text.lines import cut_line, line_width
from tui.ui.widgets.item_list import TextPane

_GLANCE = 0.2  # seconds after which a row has settled


def told(one: Task, detail: Detail | None = None, width: int = 80) -> list[str]:
    lines = summary_pane.task_lines(one, detail, width, NOW)
    assert len(lines) <= summary_pane.LINES
    return ["".join(text for text, _ in line) for line in lines]


def test_a_waiting_task_says_what_it_asks_as_one_would_read_it() -> None:
    waiting = task(0, TaskStatus.WAITING)
    plan = "# Plan\n\n1. Summary\n2. **Four** numbers\n"
    asked = Interaction("i", "plan_review", None, reply=Reply.APPROVAL, title="Review the plan", text=plan)
    head, kind, body = told(waiting, replace(rich_detail(waiting), interaction=asked))
    assert head.startswith(" ◆ waiting  ")
    assert kind == "  Review the plan   a answers"
    assert body == "  1. Summary  2. Four numbers"
    questions = Interaction("i", "planning_questions", None, questions=(("Who reads it?", ""), ("Which years?", "")))
    assert (
        told(waiting, replace(rich_detail(waiting), interaction=questions))[-1] == "  1. Who reads it?  2. Which years?"
    )
    sources = Interaction("i", "source_review", None, choices=(("a.org", ""), ("b.org", "")))
    assert told(waiting, replace(rich_detail(waiting), interaction=sources))[-1] == "  a.org, b.org"


def test_a_plan_that_is_too_long_says_that_it_goes_on() -> None:
    waiting = task(0, TaskStatus.WAITING)
    for count, more in ((2, False), (40, True)):
        plan = "\n".join(f"{number}. Part of the plan" for number in range(1, count))
        asked = Interaction("i", "plan_review", None, reply=Reply.APPROVAL, title="Review the plan", text=plan)
        for width in (60, 80, 100):
            lines = told(waiting, replace(rich_detail(waiting), interaction=asked), width)
            assert lines[-1].endswith("…") == more
            assert all(len(line) <= width for line in lines)


def test_what_an_ended_task_asked_is_not_asked_any_more() -> None:
    for status in (TaskStatus.DONE, TaskStatus.CANCELLED, TaskStatus.RUNNING):
        one = task(0, status)
        detail = replace(rich_detail(one), interaction=Interaction("i", "tool_use", None, title="May it use it?"))
        page = detail_page(one, detail, 60, now=NOW, opened=set())
        shown = [*told(one, detail), *("".join(text for text, _ in page.line(row)) for row in range(page.total))]
        assert not any("May it use it?" in line or "a answers" in line for line in shown)


def test_a_waiting_task_that_cannot_be_answered_here_does_not_offer_it() -> None:
    waiting = task(0, TaskStatus.WAITING, warnings=("it waits for somebody to act",))
    said = summary_pane.task_lines(waiting, None, 120, NOW, not_here="Valyu takes no answers")
    head, warning = ("".join(text for text, _ in line) for line in said[:2])
    assert head.endswith("Valyu takes no answers")
    assert warning == "  it waits for somebody to act"
    asked = Interaction("i", "plan_review", None, reply=Reply.APPROVAL, title="Review the plan", text="A plan")
    said = summary_pane.task_lines(
        waiting, replace(rich_detail(waiting), interaction=asked), 120, NOW, not_here="no answers"
    )
    assert "a answers" not in "".join(text for line in said for text, _ in line)


def test_a_failed_one_says_why_a_running_one_how_far_a_finished_one_how_it_begins() -> None:
    assert "  out of credits" in told(task(0, TaskStatus.FAILED, error="out of credits"))
    assert "  3 of about 10 steps" in told(task(0, counters={"steps": Counter(3, 10)}))[1].replace(
        "of 10", "of about 10"
    )
    done = task(0, TaskStatus.DONE, has_report=True, citations=34, sources=26)
    report = Report("# Title\n\nThe beginning of it.\n", ReportFormat.MARKDOWN)
    lines = told(done, replace(rich_detail(done), report=report))
    assert "34 cit 26 src" in lines[0]
    assert lines[1] == "  The beginning of it."


def test_running_times_are_left_to_the_rows() -> None:
    one = task(0)
    assert told(one) == [
        "".join(text for text, _ in line) for line in summary_pane.task_lines(one, None, 80, NOW + timedelta(seconds=9))
    ]


def shown(session: Session) -> list[str]:
    region = session.dashboard.summary_pane.region
    return session.painted()[region.y : region.bottom]


async def test_it_stands_below_the_list_at_80x24_follows_the_cursor_and_gives_way_to_the_detail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.ui.dashboard.selection._SETTLE", LONG)
    tasks = [task(n, TaskStatus.FAILED, error=f"reason {n}") for n in range(30)]
    async with running(tasks, size=SMALL) as session:
        await session.after(LONG)
        assert shown(session)[0].startswith("── Task number 0 ─")
        assert "reason 0" in shown(session)[2]
        await session.press("j", "j")
        assert "Task number 0" in shown(session)[0]  # until the cursor has settled
        await session.after(LONG)
        assert "Task number 2" in shown(session)[0]
        await session.press("2")
        assert not session.dashboard.summary_pane.display or not session.dashboard.summary_pane.region
        await session.press("1")
        assert "Task number 2" in shown(session)[0]


@pytest.mark.parametrize(("size", "seen"), [(SMALL, True), ((99, 24), True), ((80, 23), False), (WIDE, False)])
async def test_it_takes_no_room_where_there_is_none_or_a_pane_does_more(size: tuple[int, int], seen: bool) -> None:
    async with running([task(0)], size=size) as session:
        await session.after(_GLANCE)
        assert bool(session.dashboard.summary_pane.region) is seen


async def test_an_empty_list_has_the_whole_screen() -> None:
    async with running([], size=SMALL) as session:
        await session.after(_GLANCE)
        assert not session.dashboard.summary_pane.region


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_a_group_is_told_with_its_states_its_cost_and_its_tasks(size: tuple[int, int]) -> None:
    cost = Cost(0.5, "USD", CostKind.PRICE_LIST)
    members = [
        task(0, TaskStatus.RUNNING, group_id="g", cost=cost),
        task(1, TaskStatus.DONE, group_id="g", cost=cost),
        task(2, TaskStatus.RUNNING, group_id="g", cost=cost),
    ]
    async with running(members, engine=FakeEngine(members), archive=FakeArchive(members), size=size) as session:
        assert session.dashboard.table.selected == "group:g"
        await session.after(_GLANCE)
        text = session.text()
        assert "3 tasks: 2 running, 1 done" in text
        assert "$1.50 by the price list" in text
        assert text.count("Task number") > 2
        await session.press("l", "j")
        await session.after(_GLANCE)
        assert "3 tasks: 2 running" not in session.text()


def test_no_line_is_wider_than_the_screen() -> None:
    members = [task(n, title="深" * 100) for n in range(9)]
    view = TextPane(name="summary")
    view.title, view.items = "深" * 100, summary_pane.group_lines(members, NOW)
    for width in (40, 80):
        assert all(
            line_width(cut_line(view.line(number, width), width)) <= width for number in range(view.line_count())
        )
        head = view.header(width)
        assert head is not None
        assert line_width(head) <= width


async def test_it_says_something_from_the_first_paint_on_and_fits_another_width() -> None:
    prompt = "Which batteries can be bought today? " * 9
    async with running([task(0, prompt=prompt)], size=SMALL, start=False, whole=False) as session:
        assert shown(session)[0].startswith("── Task number 0 ─")
        assert "Which batteries" in shown(session)[2]
        await session.pilot.resize_terminal(60, 24)
        await session.settle()
        assert all(len(line.rstrip()) <= 60 for line in shown(session))
        assert "Which batteries" in shown(session)[2]


LARGE = (160, 50)


async def test_a_large_screen_has_the_beginning_of_the_report_and_the_last_seven_days_below() -> None:
    now = datetime.now(UTC)
    cost = Cost(3, "USD", CostKind.REPORTED)
    done = task(0, TaskStatus.DONE, has_report=True, created_at=now, finished_at=now, cost=cost)
    failed = task(1, TaskStatus.FAILED, provider="tavily", created_at=now, cost=Cost(9, "credits", CostKind.CREDITS))
    engine = FakeEngine([done, failed])
    report = Report("# T\n\nIt begins here.\n\nAnd goes on.", ReportFormat.MARKDOWN)
    engine.details[done.id] = Detail(done, report=report)
    async with running([done, failed], engine=engine, archive=FakeArchive([done, failed]), size=LARGE) as session:
        await session.after(_GLANCE)
        await session.arrive()
        below = session.painted()[-13:-2]
        assert "The last seven days" in below[0]
        assert sum("It begins here." in line for line in session.painted()) == 1
        rows = {line[103:].split()[0]: line[103:].split()[1:] for line in below if len(line[103:].split()) > 1}
        assert rows["dollars"] == ["3.00"]
        assert rows["cr"] == ["Tavily", "9"]
        assert rows["failed"] == ["1"]
        assert session.painted()[0].rstrip().endswith("month $3.00 + 9 cr")
        await session.pilot.resize_terminal(*WIDE)
        await session.settle()
        assert "The last seven days" not in session.text()
        session.dashboard.week.show(
            "The last seven days", lambda _: week_lines([], now)
        )  # it is told while it has no room
        await session.pilot.resize_terminal(*LARGE)
        await session.settle()
        assert "today" in session.painted()[-12]


async def test_a_large_screen_says_nothing_twice_about_a_task() -> None:
    plan = "1. Summary of all the numbers\n2. Four of them\n"
    prompt = "Compare technologies for grid storage. " * 12
    waiting = task(0, TaskStatus.WAITING, prompt=prompt)
    running_ = task(1, prompt=prompt)
    engine = FakeEngine([waiting, running_])
    asked = Interaction("i", "plan_review", None, reply=Reply.APPROVAL, title="Review the plan", text=plan)
    engine.details[waiting.id] = replace(rich_detail(waiting), interaction=asked)
    async with running([waiting, running_], engine=engine, size=LARGE) as session:
        for _ in range(2):
            await session.after(_GLANCE)
            shown_ = session.text()
            assert shown_.count("Four of them") == (session.dashboard.table.selected == waiting.id)
            assert "Brief ──" in session.painted()[-13]
            assert shown_.count("Compare technologies for grid storage.") > 9, "below, all of it"
            assert shown_.count("enter shows all of it") == 1, "beside, one line of it"
            await session.press("j")
        await session.pilot.resize_terminal(*WIDE)
        await session.settle()
        assert "Brief ──" not in session.text()
        assert session.text().count("Compare technologies for grid storage.") > 3
        await session.pilot.resize_terminal(160, 44)
        await session.settle()
        before = session.text()
        await session.pilot.resize_terminal(*LARGE)
        await session.settle()
        assert "Brief ──" in session.text()
        await session.pilot.resize_terminal(160, 44)
        await session.settle()
        assert session.text() == before


async def test_a_pane_that_was_hidden_is_wrapped_for_its_width_before_its_first_paint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    painted: list[bool] = []
    made = TaskDetail.render_lines

    def counted(self: TaskDetail, crop: Region) -> list[Strip]:
        painted.append(self.line_count() > 0 and line_width(self.line(0, 80)) > 60)
        return made(self, crop)

    monkeypatch.setattr(TaskDetail, "render_lines", counted)
    tasks = [task(number, TaskStatus.DONE, title="What was found out about it " * 4) for number in (1, 2)]
    async with running(tasks, size=SMALL) as session:
        await session.press("enter", "escape", "j")
        await session.after(_GLANCE)
        painted.clear()
        await session.press("enter")
        await session.settle()
        assert painted
        assert all(painted)


async def test_the_row_that_was_selected_before_the_engine_began_is_read_once_it_has() -> None:
    done = task(0, TaskStatus.DONE, has_report=True)
    engine = FakeEngine([done])
    engine.details[done.id] = Detail(done, report=Report("# T\n\nIt begins here.", ReportFormat.MARKDOWN))
    begun = threading.Event()

    def start(known: Mapping[str, Task]) -> FakeEngine:
        begun.wait(30)
        return engine

    async with running([done], engine=engine, start_engine=start, whole=False) as session:
        await session.after(_GLANCE)
        assert "It begins here." not in session.text()
        begun.set()
        while "It begins here." not in session.text():
            await session.pilot.pause(0.01)


def test_a_long_name_of_a_mode_cuts_no_cost() -> None:
    cost = Cost(3.0, "USD", CostKind.ESTIMATE, at_least=1.0)
    one = task(1, TaskStatus.DONE, mode="deep-research-preview-04-2026", cost=cost, citations=1200, sources=300)
    (head, *_) = told(one)
    assert "$1.00-3.00" in head
    assert len(head) <= 80
    assert "deep-research" in told(one, width=140)[0]
