"""Whatever costs money or changes something, by keyboard alone at 80x24; the simulator's record is the witness."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pty.terminal import Person
from tests.robust.session import environment, session
from tui.providers.valyu.options import OPTIONS
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator

SMALL = (80, 24)
PATIENCE = 300.0  # seconds for what the simulated services need, on a busy machine
TAB, ENTER, ESCAPE, SEND, QUIT = "\t", "\r", "\x1b", "\x13", "\x11"
BRIEF = "Who rebuilt the bridges over the Danube?"
PROVIDERS = ("extruct", "yutori", "valyu")


@pytest.fixture
def clock() -> ManualClock:
    """The services' clock, which `until` moves: what is on the screen never passes unseen, however slow the machine."""
    return ManualClock(speed=100)


@pytest.fixture
def simulator(clock: ManualClock) -> Iterator[Simulator]:
    with Simulator(clock=clock, seed=3) as running:
        yield running
        assert running.crashes == []


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def three(simulator: Simulator) -> dict[str, str]:
    """Return the environment of a user who has keys for the three services."""
    return {name: value for name, value in simulator.exports.items() if name.split("_")[0].lower() in PROVIDERS}


def until(user: Person, words: str, clock: ManualClock) -> None:
    """Let time pass for the services and ask them, until `words` are on the screen."""
    end = time.monotonic() + PATIENCE
    while words not in user.shows():
        assert time.monotonic() < end, f"{words!r} never came:\n{user.shows()}"
        user.press("r")
        user.read(0.3)
        clock.advance(15)


def select(user: Person, *words: str) -> None:
    """Put the cursor on the first row of the list that shows all of `words`."""
    user.press("g")
    rows = [row for row in user.screen.display[3:] if not row.startswith("──")]  # the cursor skips headings
    place = next(number for number, row in enumerate(rows) if all(word in row for word in words))
    user.press(*"j" * place)


def fill_in(user: Person, *, checkpoint: bool = False) -> None:
    """Fill the form in for all three providers, up to the question whether to send it."""
    assert user.sees("Valyu ok")
    user.press("n")
    assert user.sees("What should be found out?")
    user.press(BRIEF, TAB, "j", " ", "j", " ")
    if checkpoint:
        user.press("o")
        assert user.sees("Valyu: options")
        about = next(option.about for option in OPTIONS if option.name == "hitl.plan_review")
        for _ in OPTIONS:  # the foot of the dialog tells what the option under the cursor means
            if f"│  {about}" in user.shows():
                break
            user.press("j")
            user.read(0.1)
        user.press(" ", SEND)
        assert user.sees("review "), user.shows()
    user.press(SEND)
    assert user.sees("Start 3 tasks?"), user.shows()


def listed(home: Path, simulator: Simulator) -> list[dict[str, Any]]:
    """Return what `divewatch list --json` prints."""
    command = [sys.executable, "-m", "tui", "list", "--json"]
    done = subprocess.run(command, env=environment(home, three(simulator)), capture_output=True, check=True)
    tasks: list[dict[str, Any]] = json.loads(done.stdout)["tasks"]
    return tasks


def creates(simulator: Simulator) -> dict[str, int]:
    """Return how many creates each service got."""
    return {name: len(simulator.creates(name)) for name in PROVIDERS}


def created_once(user: Person, simulator: Simulator) -> None:
    """Wait until each service got one create."""
    end = time.monotonic() + PATIENCE
    while creates(simulator) != dict.fromkeys(PROVIDERS, 1):
        assert time.monotonic() < end, user.shows()
        user.read(0.1)


def test_a_brief_goes_to_three_providers_is_answered_cancelled_compared_and_exported(
    home: Path, simulator: Simulator, clock: ManualClock
) -> None:
    with session(home, size=SMALL, env=three(simulator)) as user:
        fill_in(user, checkpoint=True)
        assert user.sees("at most $1.98, 25 credits"), user.shows()
        user.type("yyy")
        assert user.sees("3 tasks")
        created_once(user, simulator)

        until(user, "For you 1", clock)
        user.press("w", "a")
        assert user.sees("Review the plan")
        user.press(SEND)
        assert user.sees("answer sent"), user.shows()
        until(user, "Running 3", clock)
        select(user, "Valyu", "└")
        user.press("x")
        assert user.sees("Cancel this task?")
        assert user.sees("may be billed")
        user.type("yy")
        until(user, "cancelled", clock)
        until(user, "Running 0", clock)
        for provider in ("Extruct", "Yutori"):
            select(user, provider, "└")
            user.press(" ")
        assert user.sees("2 marked")
        user.press("c")
        assert user.sees("compare overview")
        assert user.sees("citations")
        user.press("v")
        assert user.sees("compare sources")
        user.press(ESCAPE)
        assert user.sees("2 marked")
        user.press("e")
        assert user.sees("Export 2 reports")
        user.press(ENTER)
        assert user.sees("wrote 2 files")
        user.press("L")
        assert user.sees("event log")
        user.type(QUIT)
        assert user.ends() == 0
    assert creates(simulator) == dict.fromkeys(PROVIDERS, 1)
    done = [request.path.rpartition("/")[2] for request in simulator.requests if request.method == "POST"]
    assert sorted(done) == ["cancel", "deep_research_tasks", "respond", "tasks", "tasks"]
    assert len(list(home.glob("*.md"))) == 2
    tasks = {task["provider"]: task for task in listed(home, simulator)}
    assert {name: task["status"] for name, task in tasks.items()} == {
        "extruct": "done",
        "yutori": "done",
        "valyu": "cancelled",
    }
    assert len({task["group_id"] for task in tasks.values()}) == 1


def test_killed_while_three_creates_are_under_way_it_finds_them_again_and_sends_none_twice(
    home: Path, simulator: Simulator
) -> None:
    for name in PROVIDERS:
        simulator.faults.switch_on(f"{name}:slow=2", times=1, method="POST")
    with session(home, size=SMALL, env=three(simulator)) as user:
        fill_in(user)
        user.type("y")
        end = time.monotonic() + PATIENCE
        while simulator.faults._on:  # each strikes once, when its request arrives
            assert time.monotonic() < end, "the requests never came"
            user.read(0.05)
        os.kill(user.process.pid, signal.SIGKILL)
        user.process.wait()
    before = listed(home, simulator)
    assert [task["provider"] for task in before if task["remote_id"] is None] != []
    assert {task["provider"] for task in before} == set(PROVIDERS), "every row was there before its request"
    assert all("unknown: check" in task["warnings"][0] for task in before)
    end = time.monotonic() + PATIENCE
    while creates(simulator) != dict.fromkeys(PROVIDERS, 1):  # carried out though nobody waits for the answer
        assert time.monotonic() < end
        time.sleep(0.1)
    with session(home, size=SMALL, env=three(simulator)) as user:
        assert user.sees("3 tasks"), "the group survived"
        user.press("l")
        end = time.monotonic() + PATIENCE
        while any(task["remote_id"] is None for task in listed(home, simulator)):
            assert time.monotonic() < end, user.shows()
            user.press("r")
        user.type(QUIT)
        assert user.ends() == 0
    after = listed(home, simulator)
    assert sorted(task["id"] for task in after) == sorted(task["id"] for task in before)
    assert creates(simulator) == dict.fromkeys(PROVIDERS, 1)


@pytest.mark.parametrize("fault", ["create-lost", "create-502", "drop"])
def test_a_create_whose_answer_never_came_is_never_sent_again(home: Path, simulator: Simulator, fault: str) -> None:
    simulator.faults.switch_on(fault, method="POST")
    with session(home, size=SMALL, env=three(simulator)) as user:
        fill_in(user)
        user.type("yyy")
        assert user.sees("3 tasks")
        created_once(user, simulator)
        for _ in range(6):
            user.press("r")
        user.type(QUIT)
        assert user.ends() == 0
    assert creates(simulator) == dict.fromkeys(PROVIDERS, 1)
    tasks = listed(home, simulator)
    assert len(tasks) == 3
    if fault == "drop":
        assert all("not sent again" in task["warnings"][0].lower() for task in tasks)


def test_no_key_pressed_by_mistake_starts_anything(home: Path, simulator: Simulator) -> None:
    with session(home, size=SMALL, env=three(simulator)) as user:
        fill_in(user)
        user.press(ENTER, "x", " ", "n")
        assert user.sees("nothing was sent")
        user.press(SEND)
        assert user.sees("Start 3 tasks?")
        user.press(ESCAPE)
        assert user.sees(BRIEF)
        user.type(QUIT)
        assert user.ends() == 0
    assert simulator.creates() == []
    assert listed(home, simulator) == []
