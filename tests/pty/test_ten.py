"""One brief to all ten services, by keyboard at 80x24: start, watch, answer what asks, compare three, export."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.pty.terminal import Person
from tests.pty.test_doing import (
    BRIEF,
    ENTER,
    ESCAPE,
    PATIENCE,
    QUIT,
    SEND,
    SMALL,
    TAB,
    clock,
    home,
    select,
    simulator,
    until,
)
from tests.robust.session import environment, session
from tui.domain.options import Option
from tui.providers.gemini.spec import PROVIDER as GEMINI
from tui.providers.registry import load, names
from tui.providers.valyu.spec import PROVIDER as VALYU
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator

__all__ = ("clock", "home", "simulator")  # fixtures
ALL = names()
ANSWERED = {"valyu": "respond", "gemini": "interactions"}


def option(options: Sequence[Option], name: str) -> str:
    """Return what the foot of the dialog says about an option."""
    return next(one.about for one in options if one.name == name)


def switch_on(user: Person, title: str, about: str) -> None:
    """Switch an option of the service under the cursor on."""
    user.press("o")
    assert user.sees(f"{title}: options")
    for _ in range(60):
        if f"│  {about}" in user.shows():
            break
        user.press("j")
        user.read(0.1)
    user.press(" ", SEND)
    assert user.sees("Ask whom: 10 of 10"), user.shows()


def tasks(home: Path, simulator: Simulator) -> list[dict[str, Any]]:
    """Return what `divewatch list --json` prints."""
    command = [sys.executable, "-m", "tui", "list", "--json"]
    done = subprocess.run(command, env=environment(home, simulator.exports), capture_output=True, check=True)
    listed: list[dict[str, Any]] = json.loads(done.stdout)["tasks"]
    return listed


def fits(user: Person) -> None:
    """Every service can be told apart on the screen."""
    for name in ALL:
        assert load(name).info.title in user.shows(), f"{name} is cut off:\n{user.shows()}"


def start(user: Person, simulator: Simulator) -> None:
    """Send one brief to all ten; Valyu asks questions first, Gemini makes a plan first."""
    assert user.sees("No tasks yet")
    user.press("n")
    assert user.sees("What should be found out?")
    user.press(BRIEF, TAB, "*")
    assert user.sees("Ask whom: 10 of 10"), user.shows()
    for name in ALL:
        assert load(name).info.title in user.shows()
    user.press("j", "j")
    switch_on(user, "Valyu", option(VALYU.options(), "hitl.planning_questions"))
    user.press("j", "j")
    switch_on(user, "Gemini", option(GEMINI.options(), "collaborative_planning"))
    user.press(SEND)
    assert user.sees("Start 10 tasks?"), user.shows()
    assert user.sees("You.com: at most"), user.shows()
    user.type("yyy")  # a second yes starts nothing
    assert user.sees("10 tasks")
    end = time.monotonic() + PATIENCE
    while any(not simulator.creates(name) for name in ALL):
        assert time.monotonic() < end, user.shows()
        user.read(0.1)


def answer(user: Person, clock: ManualClock) -> None:
    """Answer the questions of one service and approve the plan of the other; neither asks again."""
    until(user, "For you 2", clock)
    fits(user)
    select(user, "Valyu", "└")
    user.press("a")
    assert user.sees("Questions before it begins"), user.shows()
    user.press("Historians", TAB, "1990 to 2020", TAB, "Railways", SEND)
    assert user.sees("answer sent"), user.shows()
    until(user, "For you 1", clock)
    user.press("w", "a")
    assert user.sees("Research by this plan"), user.shows()
    user.press(SEND)
    assert user.sees("For you 0"), user.shows()


def compare(user: Person) -> None:
    """Compare three reports."""
    for name in ("OpenAI", "Parallel", "Exa"):
        select(user, f" {name} ", "└")
        user.press(" ")
    assert user.sees("3 marked"), user.shows()
    user.press("c")
    assert user.sees("compare overview"), user.shows()
    user.press("v")
    assert user.sees("compare sources"), user.shows()
    user.press(ESCAPE)
    assert user.sees("3 marked"), user.shows()


def test_one_brief_goes_to_ten_services_is_answered_compared_and_exported(
    home: Path, simulator: Simulator, clock: ManualClock
) -> None:
    with session(home, size=SMALL, env=simulator.exports) as user:
        start(user, simulator)
        answer(user, clock)
        until(user, "Running 0", clock)
        assert user.sees("Failed 0")
        fits(user)
        compare(user)
        user.press("e")
        assert user.sees("Export 3 reports"), user.shows()
        user.press(ENTER)
        assert user.sees("wrote 3 files"), user.shows()
        user.type(QUIT)
        assert user.ends() == 0
    assert {name: len(simulator.creates(name)) for name in ALL} == dict.fromkeys(ALL, 1) | {"gemini": 2}
    posted = [request.path for request in simulator.requests if request.method == "POST"]
    assert len(posted) == len(ALL) + len(ANSWERED)
    assert len(list(home.glob("*.md"))) == 3
    listed = tasks(home, simulator)
    assert sorted({task["provider"] for task in listed}) == sorted(ALL)
    assert {task["status"] for task in listed} == {"done"}
    assert len({task["group_id"] for task in listed}) == 1
    (plan,) = [task for task in listed if not task["has_report"]]
    assert (plan["provider"], plan["warnings"]) == ("gemini", [])
