"""The journeys people make most, by keyboard alone at 80x24: each works, and takes no more keys than it may.

Keys count from the dashboard; what is typed into a field does not. The services are those of the demo, whose clock only
a test moves.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.pty.terminal import Person
from tests.robust.session import environment, session
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator

SMALL = (80, 24)
ENTER, ESCAPE, SEND, TAB = "\r", "\x1b", "\x13", "\t"


class Traveller:
    """Somebody at the keyboard whose keys are counted."""

    def __init__(self, user: Person) -> None:
        self.user = user
        self.keys = 0

    def press(self, *keys: str) -> None:
        """Press keys, each when the one before was answered."""
        self.keys += len(keys)
        self.user.press(*keys)

    def type(self, text: str) -> None:
        """Type into a field, in one go."""
        self.user.type(text)
        self.user.settle()

    def sees(self, *words: str) -> None:
        """Wait until all of these words are on the screen."""
        for word in words:
            assert self.user.sees(word), f"{word!r} is not on the screen:\n{self.user.shows()}"

    @property
    def row(self) -> str:
        """The line the cursor of the terminal is on."""
        return self.user.screen.display[self.user.screen.cursor.y]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(clock=ManualClock(speed=1), seed=1, world=True) as running:
        yield running


@pytest.fixture(scope="module")
def synced(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive that knows the tasks of the services; made once, copied for each journey."""
    home = tmp_path_factory.mktemp("synced")
    command = [sys.executable, "-m", "tui", "sync"]
    done = subprocess.run(
        command, env=environment(home, simulator.exports), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def home(synced: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(synced, tmp_path / "home"))


@contextmanager
def travelling(home: Path, simulator: Simulator, *, most: int) -> Iterator[Traveller]:
    """Give a traveller at the dashboard, who may press `most` keys."""
    with session(home, size=SMALL, env=simulator.exports) as user:
        one = Traveller(user)
        one.sees("Valyu", "For you")
        user.settle()
        yield one
        assert one.keys <= most, f"{one.keys} keys, {most} are allowed"


def choose(one: Traveller, words: str) -> None:
    """Put the cursor on the one row that a filter leaves; these keys are not counted."""
    one.press("/")
    one.type(words)
    one.press(ENTER)
    one.keys = 0


def test_which_tasks_need_me_and_for_how_long_is_seen_without_a_key(home: Path, simulator: Simulator) -> None:
    with travelling(home, simulator, most=0) as one:
        one.sees("For you · 2", "Grid-scale electricity storage", "plan ", "on hold", "2 for you")


def test_a_plan_is_approved(home: Path, simulator: Simulator) -> None:
    with travelling(home, simulator, most=3) as one:
        one.press("w", "a")
        one.sees("If you do nothing", "approve it as it is", "Setting Arabic and Hebrew")
        one.press(SEND)
        one.sees("answer sent")


def test_a_plan_is_changed_after_something_was_looked_up(home: Path, simulator: Simulator) -> None:
    with travelling(home, simulator, most=4) as one:
        one.press("a")
        one.sees("If you do nothing")
        one.type("name every figure with its year")
        one.press(ESCAPE)
        one.sees("For you")
        one.press("a")
        one.sees("name every figure with its year")
        one.press(SEND)
        one.sees("answer sent")


def test_sources_are_chosen_one_by_one(tmp_path: Path) -> None:
    clock = ManualClock(speed=100)
    with Simulator(clock=clock, seed=1, world=True) as services:
        clock.advance(30)
        with session(tmp_path, size=SMALL, env=services.exports) as user:
            one = Traveller(user)
            one.sees("For you")
            while not any(" domains " in line and "◆" in line for line in user.screen.display):
                clock.advance(5)
                user.press("r")
                user.read(0.3)
            rows = [line for line in user.screen.display if "◆" in line and "for you" not in line]
            user.press("g", *"j" * next(number for number, line in enumerate(rows) if " domains " in line))
            one.press("a")
            one.sees("space")
            one.press(" ", SEND)
            one.sees("answer sent")
            assert one.keys <= 3


def test_one_brief_with_a_schema_goes_to_three_providers(home: Path, simulator: Simulator) -> None:
    before = len(simulator.creates("extruct"))
    with travelling(home, simulator, most=13) as one:
        one.press("n")
        one.type("Who rebuilt the bridges over the Danube?")
        one.press(TAB, "j", " ", "j", " ", "G", "k", ENTER)
        one.sees("schema")
        one.type('{"type": "object", "properties": {"bridge": {"type": "string"}}}')
        one.press(SEND, SEND)
        one.sees("Start 3 tasks?")
        one.press("y")
        one.sees("3 tasks")
        assert one.user.waits(lambda: len(simulator.creates("extruct")) == before + 1)


def test_the_report_that_cites_an_address_is_opened_where_it_does(home: Path, simulator: Simulator) -> None:
    with travelling(home, simulator, most=5) as one:
        one.press("B", "/")
        one.type("postgresql.org")
        one.press(ENTER, ENTER)
        one.sees("Three ways to keep old rows", "next cite")
        assert one.keys <= 4
        one.press(ESCAPE)
        one.sees("postgresql.org")


def test_a_claim_leads_to_its_source(home: Path, simulator: Simulator) -> None:
    with travelling(home, simulator, most=5) as one:
        choose(one, "Three ways")
        one.press("3")
        one.sees("next cite")
        one.press("/")
        one.type("4-byte")
        one.press(ENTER, "]", ENTER)
        one.sees("source 8 of 131", "Page header, item identifiers")


def test_two_reports_are_compared(home: Path, simulator: Simulator) -> None:
    with travelling(home, simulator, most=6) as one:
        choose(one, "ASML status:done")
        one.press(" ", " ", "c")
        one.sees("compare overview", "in both", "Fields that differ")


def test_marked_reports_are_exported_in_two_formats(home: Path, simulator: Simulator) -> None:
    with travelling(home, simulator, most=2 + 9) as one:
        choose(one, "ASML status:done")
        one.press(" ", " ", "e")
        one.sees("Export 2 reports")
        one.press("j", ENTER)
        one.sees("wrote 2 files")
        one.press("e", "j", "j", "j", "j", ENTER)
        one.sees("wrote 2 files")
        assert one.user.waits(lambda: len([*home.glob("*.bib")]) == 2)
    assert len([*home.glob("*.html")]) == 2


def test_what_was_spent_this_month_is_one_sum(home: Path, simulator: Simulator) -> None:
    with travelling(home, simulator, most=1) as one:
        one.press("$")
        one.sees("By day", "costs ", "credits")


def test_a_rejected_key_is_replaced_without_leaving(home: Path, simulator: Simulator) -> None:
    with travelling(home, simulator, most=5) as one:
        one.press("A", "j", "j", ENTER)
        one.sees("A key of Valyu")
        one.type("sk-another-key-1234")
        one.press(ENTER)
        one.sees("kept in")
        assert (home / "config" / "keys" / "valyu").stat().st_mode & 0o777 == 0o600
        assert "sk-another" not in one.user.shows()


def test_a_task_is_adopted_by_its_address(home: Path, simulator: Simulator) -> None:
    with travelling(home, simulator, most=2) as one:
        one.press("+")
        one.type(f"valyu {next(iter(simulator.simulation.services['valyu'].tasks)).id}")
        one.press(ENTER)
        one.sees("adopted: ")


def test_what_failed_and_why_then_again_elsewhere(home: Path, simulator: Simulator) -> None:
    before = len(simulator.creates("yutori"))
    with travelling(home, simulator, most=16) as one:
        one.press("/")
        one.type("status:failed extruct")
        one.press(ENTER)
        one.sees("Internal error", "The brief was rej")
        one.press("R", TAB, " ", "j", " ", SEND)
        one.sees("Start this task?")
        one.press("y")
        assert one.user.waits(lambda: len(simulator.creates("yutori")) == before + 1)


def test_what_happened_meanwhile(home: Path, simulator: Simulator) -> None:
    with travelling(home, simulator, most=1) as one:
        one.press("L")
        one.sees("What happened", "Problems")


def test_a_newcomer_sees_the_demo(tmp_path: Path) -> None:
    with session(tmp_path, size=SMALL) as user:
        one = Traveller(user)
        one.sees("No tasks and no key yet")
        one.press(ENTER, "d")
        one.sees("For you")
        one.press("q")
        one.sees("Or look around first")
        assert one.keys <= 3
