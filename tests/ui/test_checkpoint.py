"""Answering a checkpoint: whose it is, what it proposes, what happens without an answer, the choices, the draft."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.ui.driving import SMALL, WIDE, Session, running
from tests.ui.fakes import FakeArchive, FakeEngine, default_states, info, task
from tui.domain.actions import Action, Approve, Cancel, Select
from tui.domain.capability import Capability
from tui.domain.detail import TOOL_USE, Detail, Interaction, Reply
from tui.domain.task import Task, TaskStatus
from tui.engine.api import ProviderState
from tui.ui.checkpoint.form import consequence, form_of, time_left
from tui.ui.checkpoint.lines import DomainLines
from tui.ui.checkpoint.screen import CheckpointScreen
from tui.ui.text.lines import line_width
from tui.ui.text.short_markdown import markdown_lines

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PLAN: Mapping[str, Any] = {
    "reply": Reply.APPROVAL,
    "title": "Review the plan",
    "text": "## Plan\n\n1. Summary\n2. Four numbers\n\nPrimary sources; **every figure** gets one.",
}
TOOL: Mapping[str, Any] = {"reply": Reply.APPROVAL, "title": "May it call search?"}
SOURCES: Mapping[str, Any] = {
    "reply": Reply.SELECTION,
    "title": "Review the sources",
    "choices": (("a.org", "1 source, relevance 0.90, suggested: include"), ("b.org", "2 sources")),
}


def world(asked: Mapping[str, Any], count: int = 1) -> tuple[list[Task], FakeEngine]:
    """Tasks that all wait with the same checkpoint, the last one the shortest."""
    tasks = [task(n, TaskStatus.WAITING, title=f"Grid storage {n}", prompt=f"The brief {n}") for n in range(count)]
    engine = FakeEngine(tasks)
    deadline = datetime.now(UTC) + timedelta(minutes=4)
    kind = TOOL_USE if asked["title"].startswith("May") else "x"
    for number, one in enumerate(tasks):
        until = deadline - timedelta(seconds=number)
        engine.details[one.id] = Detail(one, interaction=Interaction("i1", kind, None, NOW, until, **asked))
    return tasks, engine


def acts(session: Session) -> list[object]:
    return [asked[2] for asked in session.engine.asked if asked[0] == "act"]


async def test_the_form_names_the_task_the_time_left_and_what_happens_without_an_answer() -> None:
    tasks, engine = world(PLAN)
    async with running(tasks, engine=engine) as session:
        await session.press("a")
        head = session.painted()[0]
        assert "Grid storage 0" in head
        assert "left" in head
        assert "Valyu goes on without you, or puts the task on hold" in session.text()


async def test_the_plan_is_rendered_and_the_brief_stands_beside_it() -> None:
    tasks, engine = world(PLAN)
    async with running(tasks, engine=engine, size=WIDE) as session:
        await session.press("a")
        shown = session.text()
        assert "2. Four numbers" in shown
        assert "##" not in shown
        assert "│ Plan" not in shown, "the frame says it"
        assert "**" not in shown
        assert "The brief 0" in shown


@pytest.mark.parametrize(
    ("keys", "action"),
    [
        (("ctrl+s",), Approve("i1", approved=True)),
        ((*"shorter", "ctrl+s"), Approve("i1", approved=False, changes="shorter")),
        (("shift+tab", "j", "j", "space", "ctrl+s", "y"), Cancel()),
    ],
)
async def test_approve_change_and_stop_are_explicit_choices(keys: tuple[str, ...], action: Action) -> None:
    tasks, engine = world(PLAN)
    async with running(tasks, engine=engine) as session:
        await session.press("a")
        assert "(x) approve it as it is" in session.text()
        await session.press(*keys)
        assert acts(session) == [action]


async def test_a_choice_that_contradicts_the_text_is_not_sent() -> None:
    tasks, engine = world(PLAN)
    async with running(tasks, engine=engine) as session:
        await session.press("a", *"shorter", "shift+tab", "space", "ctrl+s")
        assert "approving sends no changes" in session.said
        await session.press("j", "space", "tab", *["backspace"] * 7, "shift+tab", "space", "ctrl+s")
        assert "nothing to change is written yet" in session.said
        assert acts(session) == []


async def test_a_draft_of_an_answer_is_there_again_with_the_choice() -> None:
    tasks, engine = world(PLAN)
    archive = FakeArchive(tasks)
    async with running(tasks, engine=engine, archive=archive) as session:
        await session.press("a", *"shorter", "escape", "a")
        assert "shorter" in session.text()
        assert "(x) change it" in session.text()


async def test_the_plan_is_changed_in_the_editor_and_sent_as_the_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.ui.checkpoint.screen.edited", lambda _app, text: text.replace("Four", "Five"))
    tasks, engine = world(PLAN)
    async with running(tasks, engine=engine) as session:
        await session.press("a", "ctrl+e", "ctrl+s")
        (action,) = acts(session)
        assert isinstance(action, Approve)
        assert "Five numbers" in action.changes
        assert not action.approved


async def test_the_next_waiting_task_is_one_key_away_and_the_draft_stays() -> None:
    tasks, engine = world(PLAN, 2)
    async with running(tasks, engine=engine) as session:
        await session.press("a", *"shorter", "ctrl+n")
        await session.settle()
        assert isinstance(session.app.screen, CheckpointScreen)
        assert "Grid storage 1" in session.painted()[0]
        await session.press("ctrl+n")
        await session.settle()
        assert "Grid storage 0" in session.painted()[0]
        assert "shorter" in session.text()


async def test_the_next_task_goes_round_through_all_that_wait_whatever_the_list_is_narrowed_to() -> None:
    tasks, engine = world(PLAN, 3)
    async with running(tasks, engine=engine) as session:
        session.dashboard.listing.set_filter("storage 0")
        await session.settle()
        await session.press("a")
        seen = []
        for _ in range(4):
            await session.settle()
            seen.append(session.painted()[0].partition("Grid storage ")[2][:1])
            await session.press("ctrl+n")
        assert seen in (["0", "1", "2", "0"], ["0", "2", "1", "0"])


async def test_the_others_that_wait_are_named_with_what_they_ask_where_there_is_room() -> None:
    tasks, engine = world(PLAN, 9)
    async with running(tasks, engine=engine, size=WIDE) as session:
        session.dashboard.table.select(tasks[0].id)
        await session.settle()
        await session.press("a")
        assert "Also waiting" in session.text()
        assert all(f"Grid storage {number}" in session.text() for number in range(9))
        assert "ctrl+n next task ─╯" in session.text(), "w would be typed"
        (row,) = (line.split() for line in session.painted()[20:] if "Grid storage 2" in line)
        assert (row[1], row[3]) == ("x", "left"), "what it asks, as the list says it, and the time"
        assert session.text().index("Grid storage 2") < session.text().index("Grid storage 1"), "by deadline"
    async with running(tasks, engine=engine, size=SMALL) as session:
        await session.press("a")
        assert "Also waiting" not in session.text()


async def test_a_task_whose_service_takes_no_answers_is_not_the_next() -> None:
    tasks, others = world(PLAN)
    mute = task(9, TaskStatus.WAITING, provider="yutori")
    engine = FakeEngine([*tasks, mute], [*default_states(), ProviderState(info("yutori", Capability.RESPOND))])
    engine.details.update(others.details)
    async with running([*tasks, mute], engine=engine) as session:
        session.dashboard.table.select(tasks[0].id)
        await session.press("a")
        assert isinstance(session.app.screen, CheckpointScreen)
        assert "more waiting" not in session.text()


async def test_sources_are_a_checklist_that_says_what_is_left_to_the_provider() -> None:
    tasks, engine = world(SOURCES)
    async with running(tasks, engine=engine) as session:
        await session.press("a")
        assert "space choose   * all" in session.text()
        assert "2 domains left to Valyu" in session.text()
        await session.press("space", "j", "space", "space")
        shown = session.text()
        assert "[✓] keep   [✗] drop   [·] the provider decides" in shown
        assert "[✓] a.org  1 source   relevance 0.90 █████▍  suggested: include  ← you: keep" in shown
        assert "[✗] b.org  2 sources" in shown
        assert "The brief 0" in shown  # also where the list stands above it
        assert "1 kept, 1 dropped: 1 of 3 sources stay" in shown
        await session.press("ctrl+s")
        assert acts(session) == [Select("i1", ("a.org",), ("b.org",))]


async def test_the_keys_of_the_list_are_shown_from_the_beginning() -> None:
    tasks, engine = world(SOURCES)
    async with running(tasks, engine=engine) as session:
        await session.press("a")
        assert " space choose " in session.painted()[-1]
        assert " ? help " in session.painted()[-1]


@pytest.mark.parametrize(
    ("keys", "action"),
    [
        (("ctrl+s",), Approve("i1", approved=True)),
        ((*"no", "ctrl+s"), Approve("i1", approved=False, changes="no")),
    ],
)
async def test_the_use_of_a_tool_is_allowed_or_refused_not_changed(keys: tuple[str, ...], action: Action) -> None:
    asked = {**TOOL, "text": '{"query": "sodium", "limit": 3}'}
    tasks, engine = world(asked)
    async with running(tasks, engine=engine) as session:
        await session.press("a")
        shown = session.text()
        assert "(x) yes, it may" in shown
        assert "( ) no, for the reason written below" in shown
        assert "query: sodium" in shown
        assert "limit: 3" in shown
        assert "{" not in shown
        await session.press(*keys)
        assert acts(session) == [action]


async def test_a_refusal_and_its_reason_belong_together() -> None:
    tasks, engine = world(TOOL)
    async with running(tasks, engine=engine) as session:
        await session.press("a", *"no", "shift+tab", "space", "ctrl+s")
        assert "allowing it sends no reason" in session.said
        await session.press("j", "space", "tab", "backspace", "backspace", "shift+tab", "space", "ctrl+s")
        assert "write why not" in session.said
        assert acts(session) == []


async def test_all_domains_are_decided_with_one_key() -> None:
    tasks, engine = world(SOURCES)
    async with running(tasks, engine=engine) as session:
        await session.press("a", "*", "*", "ctrl+s")
        assert acts(session) == [Select("i1", (), ("a.org", "b.org"))]


@pytest.mark.parametrize(
    ("asked", "left", "then"),
    [
        ({"deadline": NOW + timedelta(minutes=3, seconds=33)}, "3:33 left", "In 3:33 X goes on without you"),
        ({"deadline": NOW - timedelta(minutes=1)}, "deadline passed", "may come too late"),
        ({"deadline": NOW - timedelta(minutes=1), "held": True}, "on hold", "waits until you answer"),
        ({}, "no deadline", "gave no deadline"),
    ],
)
def test_what_happens_without_an_answer_is_said_as_far_as_it_is_known(
    asked: Mapping[str, Any], left: str, then: str
) -> None:
    one = Interaction("i1", "x", None, **asked)
    assert time_left(one.deadline, NOW, held=one.held) == left
    assert then in consequence(one, NOW, "X")


@pytest.mark.parametrize("text", ["", "# A\n\n- b `c`\n  * d **e**", '["one", "two"]', "[1, {", "中文" * 60, "*" * 90])
@pytest.mark.parametrize("width", [10, 40])
def test_a_short_text_fits_its_width_whatever_is_in_it(text: str, width: int) -> None:
    assert all(line_width(line) <= width for line in markdown_lines(text, width))


def test_a_plan_in_json_is_a_numbered_list() -> None:
    assert ["".join(text for text, _ in line) for line in markdown_lines('["one", "two"]', 20)] == ["1. one", "2. two"]


def test_bars_of_the_relevance_give_way_to_what_was_decided() -> None:
    about = tuple((name, "12 sources, relevance 0.50, suggested: keep") for name in ("en.wikipedia.org", "b.org"))
    view = DomainLines(form_of(Interaction("i", "source_review", None, reply=Reply.SELECTION, choices=about)))
    view.kept = {"b.org": False}
    wide, narrow, least = ("".join(text for text, _ in view.line(1, width)) for width in (90, 80, 76))
    assert "relevance 0.50 ███     suggested: keep  ← you: drop" in wide
    assert "relevance 0.50  suggested: keep  ← you: drop" in narrow
    assert "relevance 0.50  suggested: keep  ← drop" in least
    assert len(wide) <= 90
    assert len(least) <= 76


@pytest.mark.parametrize("height", [12, 13, 15])
async def test_a_low_screen_has_room_for_the_field_of_the_answer(height: int) -> None:
    tasks, engine = world(PLAN)
    async with running(tasks, engine=engine, size=(80, height)) as session:
        await session.press("a", *"shorter")
        assert "Review the plan" in session.text()
        assert "(x) change it" in session.text()
        assert "shorter" in session.text()
        await session.press("ctrl+s")
        assert acts(session) == [Approve("i1", approved=False, changes="shorter")]
