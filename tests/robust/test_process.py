"""How the program ends, and what it leaves behind, when terminal, signals or its own parts fail it."""

import os
import select
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.pty.terminal import Person
from tests.robust.session import session
from tui.engine.archive import Archive
from tui.simulator.server import Simulator

QUIT, ESCAPE = "\x11", "\x1b"
SOON = 20.0  # seconds; two are promised, the rest is for a busy machine


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(speed=50, seed=5, world=True) as running:
        yield running


@pytest.fixture
def env(simulator: Simulator) -> Iterator[dict[str, str]]:
    simulator.faults.clear()
    yield simulator.exports
    simulator.faults.clear()


def consistent(home: Path) -> int:
    """Check the archive as SQLite does; returns how many tasks it holds."""
    (path,) = home.rglob("archive.db")
    archive = Archive.open(path)
    try:
        assert archive.notes == (), "nothing had to be recovered"
        assert archive.maintenance.verify().problems == ()
        return len(archive.load_tasks())
    finally:
        archive.close(timeout=60)


ROW = "── Running · "  # the heading above tasks under way; the status line may have news instead of a count


def _more_than(asked: int, simulator: Simulator) -> bool:
    return len(simulator.requests) > asked


def watching(user: Person) -> None:
    """Wait until tasks are on the screen."""
    assert user.sees(ROW), user.shows()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_signal_while_providers_stall_ends_it_soon_with_everything_saved(
    home: Path, env: dict[str, str], simulator: Simulator, number: int, code: int
) -> None:
    with session(home, env=env) as user:
        watching(user)
        simulator.faults.switch_on("stall")
        user.press("r")
        began = time.monotonic()
        user.signal(number)
        assert user.ends() == code
        assert time.monotonic() - began < SOON
        assert user.modes_left_on() == set()
    assert consistent(home) > 10


def test_quitting_while_every_provider_stalls_takes_no_longer(
    home: Path, env: dict[str, str], simulator: Simulator
) -> None:
    with session(home, env=env) as user:
        watching(user)
        simulator.faults.switch_on("stall")
        user.press("r")
        began = time.monotonic()
        user.type(QUIT)
        assert user.ends() == 0
        assert time.monotonic() - began < SOON
    assert consistent(home) > 10


@pytest.mark.parametrize("broken", ["handler", "painting", "worker"])
def test_a_crash_of_the_screen_exits_1_with_the_terminal_as_before(
    home: Path, env: dict[str, str], broken: str
) -> None:
    with session(home, env={**env, "BREAK": broken}, module="tests.robust.broken") as user:
        if broken == "handler":
            watching(user)
            user.press("L")
        assert user.ends() == 1
        after = user.out[user.out.rfind(b"\x1b[?1049l") :]
        assert "RuntimeError: broken with …".encode() in after
        assert b"PWNED\x07" not in user.out
        assert b"\x1bc" not in user.out
        (log,) = home.rglob("crash.log")
        assert log.stat().st_mode & 0o077 == 0
        assert user.modes_left_on() == set()


@pytest.mark.parametrize("broken", ["engine", "engine_thread"])
def test_a_fault_of_the_engine_leaves_the_screen_alive(home: Path, env: dict[str, str], broken: str) -> None:
    with session(home, env={**env, "BREAK": broken}, module="tests.robust.broken") as user:
        user.settle()
        user.press("L", "3")
        if broken == "engine":
            assert user.sees("RuntimeError"), "the log says what happened"
            assert b"sk_sim" not in user.out
        user.press(ESCAPE, "?", ESCAPE)
        assert user.process.poll() is None
        user.type(QUIT)
        assert user.ends() == 0
        assert user.modes_left_on() == set()
        assert b"PWNED\x07" not in user.out


def test_a_terminal_that_is_closed_ends_the_program_and_nothing_is_lost(home: Path, env: dict[str, str]) -> None:
    with session(home, env=env) as user:
        watching(user)
        os.close(user.master)
        assert user.process.wait(SOON) is not None
    assert consistent(home) > 10


def test_polling_goes_on_while_the_terminal_does_not_read(
    home: Path, env: dict[str, str], simulator: Simulator
) -> None:
    with session(home, env=env, size=(200, 60)) as user:
        watching(user)
        while select.select([user.master], [], [], 0)[0]:
            user.read(0.05)
        for _ in range(60):
            user.type("?\x1b")  # whole screens, so that the terminal's buffer fills up
        before, end = len(simulator.requests), time.monotonic() + 120
        while len(simulator.requests) < before + 3:  # and nobody reads: this is the fault
            assert time.monotonic() < end, "the engine went on"
            select.select([], [], [], 0.1)
        user.settle()
        user.press(ESCAPE, ESCAPE)
        assert user.sees(ROW), user.shows()
        user.type(QUIT)
        assert user.ends() == 0
        assert user.modes_left_on() == set()


def test_suspended_and_continued_it_goes_on(home: Path, env: dict[str, str], simulator: Simulator) -> None:
    with session(home, env=env) as user:
        watching(user)
        user.signal(signal.SIGTSTP)  # the key needs a shell to return to
        assert user.gives_back()
        os.kill(user.process.pid, signal.SIGCONT)
        assert user.takes_again()
        before, end = len(simulator.requests), time.monotonic() + SOON
        user.press("r")
        while len(simulator.requests) == before:
            assert time.monotonic() < end, "it asks no more"
            user.read(0.05)
        user.type(QUIT)
        assert user.ends() == 0


def test_a_megabyte_pasted_and_bytes_of_no_encoding_end_nothing(home: Path, env: dict[str, str]) -> None:
    paste = b"\x1b[200~" + b"words \xff\xfe \xc3( [bold] \x00\x07 " * 40_000 + b"\x1b[201~"
    with session(home, env=env) as user:
        watching(user)
        user.press("/")
        user.pour(paste)
        user.settle()
        user.press(ESCAPE, ESCAPE)
        assert user.process.poll() is None
        user.type(QUIT)
        assert user.ends() == 0
        assert user.modes_left_on() == set()


@pytest.mark.parametrize(
    ("env_more", "size"),
    [
        ({"TERM": "linux", "COLORTERM": ""}, (80, 24)),
        ({"NO_COLOR": "1"}, (80, 24)),
        ({"LANG": "C", "LC_ALL": "C"}, (80, 24)),
        ({}, (20, 5)),
        ({}, (500, 200)),
    ],
)
def test_any_terminal_starts_and_ends_it(
    home: Path, env: dict[str, str], env_more: dict[str, str], size: tuple[int, int]
) -> None:
    with session(home, env={**env, **env_more}, size=size) as user:
        assert user.sees("too small" if size[0] < 40 else "Valyu")
        user.press("j", "?", ESCAPE)  # an escape and a letter in one read would be alt and that letter
        user.type(QUIT)
        assert user.ends() == 0
        assert user.modes_left_on() == set()


def test_through_every_fault_the_screen_answers(home: Path, env: dict[str, str], simulator: Simulator) -> None:
    faults = ("drop", "drop-body", "cut-json", "html", "empty", "wrong-type", "401", "404", "429=1",
              "redirect-loop", "error-in-200", "gzip-bomb=64", "unknown-status", "duplicates", "502",
              "500")  # fmt: skip
    with session(home, env=env) as user:
        watching(user)
        for number, fault in enumerate(faults):
            simulator.faults.clear()
            simulator.faults.switch_on(fault)
            asked = len(simulator.requests)
            user.press("r", "j" if number % 2 else "k")
            assert user.waits(partial(_more_than, asked, simulator)), fault
            assert user.process.poll() is None, fault
        simulator.faults.clear()
        user.press("r", "L", "4")
        assert user.sees("in trouble"), "the log tells of it"
        user.press(ESCAPE)
        user.type(QUIT)
        assert user.ends() == 0
    assert consistent(home) > 10
    assert simulator.creates() == []
