"""What a team that shares an archive sees: who started and noted what, what waits for a key, costs by person."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.ui.driving import Session, running
from tests.ui.fakes import NOW, FakeEngine, default_states, task
from tests.ui.test_screens import Priced
from tui.domain.actions import Cancel, Steer
from tui.domain.annotations import Annotations, People
from tui.domain.budget import Budget
from tui.domain.capability import Capability, ConnectionState
from tui.domain.detail import Detail
from tui.domain.possible import why_not
from tui.domain.task import IN_QUEUE, Cost, CostKind, Task, TaskStatus
from tui.engine.api import ProviderState
from tui.engine.archive.rows.values import CostLine
from tui.ui.costs.ledger import ledger
from tui.ui.dashboard.added_lines import added_lines
from tui.ui.dashboard.command_context import queue_text
from tui.ui.dashboard.detail_lines import page
from tui.ui.text.formatting import status_word
from tui.ui.text.lines import Line

SENDER = "ops@server (process 7) since 2026-11-21 10:00 UTC"
WAITS = task(0, TaskStatus.QUEUED, remote_id=None, provider_status=IN_QUEUE)
SERVED = [replace(state, link=ConnectionState.ELSEWHERE, sender=SENDER) for state in default_states()]
KEYLESS = [replace(state, link=ConnectionState.NO_KEY) for state in default_states()]


def text(lines: list[Line]) -> str:
    return "\n".join("".join(piece for piece, _ in line) for line in lines)


def words(session: Session) -> str:
    """What is on the screen without its lines and edges."""
    return " ".join(session.text().replace("│", " ").split())


def paged(one: Task, people: People) -> str:
    made = page(one, Detail(one, people=people), 80, now=NOW, opened=set())
    return text([made.line(number) for number in range(made.total)])


def test_the_detail_says_who_started_a_task() -> None:
    assert "by         nina@laptop" in paged(task(1), People("nina@laptop"))
    assert "by  " not in paged(task(1), People())


def test_a_note_and_tags_name_their_author() -> None:
    added = Annotations("ask Zoë", ("ai", "energy"))
    people = People("", "omar@desk", (("ai", "nina@laptop"), ("energy", ""), ("gone", "x@y")))
    shown = text(added_lines(task(1), added, people, 60))
    assert "tagged by nina@laptop" in shown
    assert "Note by omar@desk" in shown
    assert "x@y" not in shown
    assert "by" not in text(added_lines(task(1), added, People(), 60))


@pytest.mark.parametrize(
    ("states", "told"),
    [
        (SERVED, "ops@server sends it; x takes it back"),
        (KEYLESS, "nobody who has the key is there now: start `divewatch watch`"),
        (default_states(), "sent from here in a moment"),
        ([], "nobody who has the key"),
    ],
)
def test_what_becomes_of_a_task_that_waits_is_said(states: list[ProviderState], told: str) -> None:
    providers = {state.key: state for state in states}
    assert told in queue_text(WAITS, providers)
    assert queue_text(task(1), providers) == ""


def test_what_waits_is_queued_and_not_lost_and_can_be_taken_back_everywhere() -> None:
    assert status_word(WAITS) == "queued"
    assert status_word(replace(WAITS, provider_status="")) == "unsent?"
    assert why_not(Capability.CANCEL, WAITS, None) is None
    assert why_not(Capability.STEER, WAITS, default_states()[0].info)


async def test_a_task_without_a_key_is_started_through_who_has_it() -> None:
    engine = FakeEngine([task(1)], SERVED)
    async with running([task(1)], engine=engine, drafting=lambda name: Priced(), size=(80, 24)) as session:
        await session.press("n", *"Why?")
        shown = session.text()
        assert "via ops@server" in shown
        assert "no key here. Queued at the team's server; ops@server sends it" in shown
        await session.press("ctrl+s")
        assert "until then x takes it back" in words(session)


async def test_what_needs_the_key_says_so_and_sends_nothing() -> None:
    one = task(0, TaskStatus.DONE)
    engine = FakeEngine([one], SERVED)
    async with running([one], engine=engine) as session:
        for key in ("E", "u", "D"):
            await session.press(key)
            assert "this needs the key of Valyu, which is not on this machine" in session.said, key
        assert not [asked for asked in engine.asked if asked[0] == "act"]


async def test_instructions_go_through_who_has_the_key() -> None:
    one = task(0, TaskStatus.RUNNING)
    engine = FakeEngine([one], SERVED)
    async with running([one], engine=engine) as session:
        await session.press("i", *"hurry", "enter")
        assert [asked[2] for asked in engine.asked if asked[0] == "act"] == [Steer("hurry")]


async def test_x_takes_a_waiting_task_back() -> None:
    engine = FakeEngine([WAITS], SERVED)
    async with running([WAITS], engine=engine) as session:
        await session.press("x")
        assert "never sent and costs nothing" in words(session)
        await session.press("y")
        await session.arrive()
        assert [asked[2] for asked in engine.asked if asked[0] == "act"] == [Cancel()]


def test_costs_are_summed_by_person_where_there_are_several() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    spent = [
        CostLine(f"t{n}", "valyu", "default", TaskStatus.DONE, at, Cost(2.0, "USD", CostKind.REPORTED), person)
        for n, person in enumerate(["nina@laptop", "nina@laptop", "omar@desk", ""])
    ]

    def shown(spendings: list[CostLine]) -> str:
        lines = ledger(spendings, "2026-11", 80, now=NOW, budget=Budget(), left={})
        return text([one.line for one in lines])

    told = shown(spent)
    rows = {line.split()[0]: line.split() for line in told.splitlines() if "@" in line or "not known" in line}
    assert "By person" in told
    assert rows["nina@laptop"][1:3] == ["2", "$4.00"]
    assert rows["omar@desk"][1:3] == ["1", "$2.00"]
    assert "By person" not in shown(spent[:2]), "alone one is all there is"
