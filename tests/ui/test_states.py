"""What screens say while they read or ask, when there is nothing, and when something failed: what it is, what to do."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

import pytest

from tests.reader.documents import para
from tests.ui.driving import SMALL, WIDE, running
from tests.ui.fakes import NOW, FakeArchive, FakeEngine, default_states, rich_detail, task
from tui.domain.actions import Action, ListVersions, Outcome, Versions
from tui.domain.capability import ConnectionState
from tui.domain.detail import Detail
from tui.domain.errors import Unreachable
from tui.domain.task import TaskStatus
from tui.engine.api import ProviderState
from tui.report.document import Document
from tui.ui.commands.keymap import Keymap
from tui.ui.compare.screen import CompareScreen
from tui.ui.dashboard.empty_state import first_run_lines
from tui.ui.text.lines import Line

OK, OFFLINE, STARTING = ConnectionState.OK, ConnectionState.OFFLINE, ConnectionState.STARTING
WORDS = "the name api.example is not found"


def text(lines: Sequence[Line]) -> str:
    return "\n".join("".join(piece for piece, _ in line) for line in lines)


def accounts(*links: ConnectionState, answered: bool = False) -> dict[str, ProviderState]:
    """One account for each link; those that do not answer say why."""
    states = zip(default_states(), links, strict=False)
    return {
        state.key: replace(
            state,
            link=link,
            message="" if link is OK else f"{state.info.title}: {WORDS}",
            last_ok=NOW if answered else None,
        )
        for state, link in states
    }


class Waiting(FakeEngine):
    """Answers when the test says so."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.details_asked: dict[str, list[Future[Detail | None]]] = {}  # the list beside the screen asks, too
        self.acts_asked: list[Future[Outcome]] = []

    def detail(self, task_id: str) -> Future[Detail | None]:
        future: Future[Detail | None] = Future()
        self.details_asked.setdefault(task_id, []).append(future)
        return future

    def act(self, task_id: str, action: Action) -> Future[Outcome]:
        assert isinstance(action, ListVersions)
        self.acts_asked.append(Future())
        return self.acts_asked[-1]


# The list


def test_before_anybody_answered_the_list_is_not_called_empty() -> None:
    said = text(first_run_lines(accounts(OFFLINE, OFFLINE), Keymap.build()))
    assert "No account has answered yet" in said
    assert "No tasks" not in said
    assert said.count(WORDS) == 2
    assert "Extruct: " not in said  # the name stands before it already
    assert "A  shows the accounts" in said
    assert "r  asks again now" in said


def test_one_account_that_does_not_answer_is_named_beside_what_to_do() -> None:
    said = text(first_run_lines(accounts(OK, OFFLINE), Keymap.build()))
    assert "No tasks yet." in said
    assert said.count(WORDS) == 1
    assert "n  starts one" in said


def test_an_account_that_answered_before_is_known_to_have_no_tasks() -> None:
    said = text(first_run_lines(accounts(OFFLINE, answered=True), Keymap.build()))
    assert "No tasks yet." in said
    assert WORDS in said


def test_as_long_as_one_account_is_asked_the_list_says_so() -> None:
    said = text(first_run_lines(accounts(OFFLINE, STARTING), Keymap.build()))
    assert "Asking Yutori for your tasks …" in said


@pytest.mark.parametrize(("size", "shown"), [(SMALL, False), (WIDE, True)])
async def test_beside_an_empty_list_it_is_said_what_this_program_is(size: tuple[int, int], shown: bool) -> None:
    async with running([], size=size) as session:
        assert ("claim to its source" in session.text()) is shown
        session.engine.put(task(1))
        await session.arrive()
        assert "claim to its source" not in session.text()


# Compare


async def test_reports_that_are_compared_are_said_to_be_read_and_a_failure_names_which() -> None:
    tasks = [task(number, TaskStatus.DONE, has_report=True) for number in range(2)]
    engine = Waiting(tasks)
    async with running(tasks, engine=engine, parse=lambda _: Document((para(1, "x"),))) as session:
        await session.press("space", "space")
        await session.press("c")
        assert isinstance(session.app.screen, CompareScreen)
        assert "Reading the reports …" in session.text()
        for asked in engine.details_asked["t0"]:
            asked.set_result(rich_detail(tasks[0]))
        await session.settle()
        assert "Reading the reports …" in session.text()
        for asked in engine.details_asked["t1"]:
            asked.set_exception(Unreachable("the disk is gone"))
        await session.settle()
        assert f"“{tasks[1].title}” could not be read" in session.text()


# Versions


async def test_versions_that_are_asked_for_are_not_said_to_be_missing() -> None:
    done = task(0, TaskStatus.DONE, has_report=True)
    engine = Waiting([done])
    async with running([done], engine=engine, archive=FakeArchive([done])) as session:
        await session.press("v")
        await session.settle()
        assert "asking Valyu …" in session.text()
        assert "no version is kept" not in session.text()
        (asked,) = engine.acts_asked
        asked.set_result(Versions("none"))
        await session.settle()
        assert "No version is kept here" in session.text()


async def test_a_provider_that_does_not_tell_its_versions_is_named() -> None:
    done = task(0, TaskStatus.DONE, has_report=True)
    engine = Waiting([done])
    async with running([done], engine=engine, archive=FakeArchive([done]), size=WIDE) as session:
        await session.press("v")
        engine.acts_asked[0].set_exception(Unreachable("Valyu cannot be reached"))
        await session.settle()
        assert "Valyu did not answer: what it keeps is not known" in session.text()
        assert "asking Valyu" not in session.text()
