"""In a real pseudo terminal: start, end, signals, crash, bytes."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.pty.terminal import ROOT, person
from tui.domain.text import unsafe_characters

_OURS = re.compile(
    r"\x1b\[[0-9;<>?=]*[ -/]*[@-~]|\x1b\][0-9]+;[^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][0-9A-B]|\x1b[78=>]|\r|\n|\x07|\x08"
)


def test_it_starts_paints_the_archive_and_quits_with_the_terminal_as_before() -> None:
    with person("30") as user:
        assert user.sees("Task number 0")
        assert user.sees("Valyu")
        user.type("q")
        assert user.ends() == 0
        assert user.modes_left_on() == set()
        assert b"\x1b[22;0t" in user.out
        assert b"\x1b[23;0t" in user.out


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_signals_end_it_with_their_exit_code_and_restore_the_terminal(number: int, code: int) -> None:
    with person("5") as user:
        assert user.sees("Task number 0")
        user.signal(number)
        assert user.ends() == code
        assert user.modes_left_on() == set()


def test_a_crash_exits_1_says_where_and_prints_no_key_and_no_control() -> None:
    with person("5", "crash", env={"VALYU_API_KEY": "canary-in-environment"}) as user:
        assert user.sees("Task number 0")
        user.type("L")
        assert user.ends() == 1
        after = user.out[user.out.rfind(b"\x1b[?1049l") :].decode()
        assert "RuntimeError: bad …" in after
        assert b"canary" not in user.out
        assert not unsafe_characters(_OURS.sub("", after).replace("\n", ""))
        assert user.modes_left_on() == set()


def test_quitting_does_not_wait_for_an_engine_that_hangs() -> None:
    with person("5", "stuck") as user:
        assert user.sees("Task number 0")
        started = time.monotonic()
        user.type("q")
        assert user.ends() == 0
        assert time.monotonic() - started < 45  # the engine would take 60


def test_without_a_terminal_it_says_what_to_use_and_writes_no_escape() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.pty.program", "1"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm", "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 2
    assert b"divewatch list" in done.stderr
    assert not done.stdout


def test_a_dumb_terminal_is_refused_before_anything_is_written() -> None:
    with person("1", env={"TERM": "dumb"}) as user:
        assert user.ends() == 2
        assert b"cannot place a cursor" in user.out
        assert b"\x1b" not in user.out


def test_without_colour_none_is_written_and_states_are_words() -> None:
    with person("5", env={"NO_COLOR": "1"}) as user:
        assert user.sees("● running")
        user.type("j")
        user.settle()
        user.type("q")
        user.ends()
        colours = re.findall(rb"\x1b\[[0-9;]*m", user.out)
        assert not [code for code in colours if re.search(rb"[\[;](3[0-7]|4[0-7]|38|48|9[0-7]|10[0-7])[;m]", code)]


@pytest.mark.parametrize(
    "env", [{"TERM": "linux", "COLORTERM": ""}, {"LANG": "C"}, {"TERM": "screen-256color", "COLORTERM": ""}]
)
def test_other_terminals_and_locales_start(env: dict[str, str]) -> None:
    with person("5", env=env) as user:
        assert user.sees("Task number 0")
        user.type("q")
        assert user.ends() == 0


def test_the_size_in_the_environment_is_not_believed() -> None:
    with person("5", env={"COLUMNS": "9999999", "LINES": "9999"}) as user:
        assert user.sees("Task number 0")
        assert len(user.out) < 200_000


def test_a_storm_of_resizes_ends_in_the_right_picture() -> None:
    with person("50") as user:
        assert user.sees("Task number 0")
        for step in range(40):
            user.resize(20 + step * 7 % 180, 5 + step * 3 % 45)
            user.signal(signal.SIGWINCH)
        for columns, lines in ((1, 1), (20, 5), (500, 200), (100, 30)):
            user.resize(columns, lines)
            user.signal(signal.SIGWINCH)
            user.read(0.2)
        user.screen.reset()
        user.resize(90, 20)
        user.signal(signal.SIGWINCH)
        assert user.sees("1/50")
        assert user.sees("quit")
        user.type("q")
        assert user.ends() == 0


@pytest.mark.parametrize("size", [(20, 5), (30, 8)])
def test_too_small_a_window_says_so_and_q_works(size: tuple[int, int]) -> None:
    with person("5", size=size) as user:
        assert user.sees("too small")
        user.type("q")
        assert user.ends() == 0


@pytest.mark.parametrize("junk", [b"\xff\xfe\x80", b"\xc3(", b"\x00\x01\x02", b"\x1b[<35;10;10M" * 300, b"x" * 5_000])
def test_junk_on_the_keyboard_does_not_end_it(junk: bytes) -> None:
    with person("5") as user:
        assert user.sees("Task number 0")
        user.type(b"/")
        user.settle()
        for start in range(0, len(junk), 1000):
            user.type(junk[start : start + 1000])
            user.read(0.01)
        user.press("\x1b")
        assert user.process.poll() is None
        user.type(b"\x11")
        assert user.ends() == 0


def test_hostile_text_never_acts_on_the_terminal(corpus: Path) -> None:
    env = {"HOSTILE": str(corpus / "hostile" / "strings.json")}
    with person("63", "hostile", size=(120, 40), env=env) as user:
        assert user.sees("Valyu")
        user.press("G", "g", "\r", "\x1b", "s", "s", "*", "?", "\x1b")
        user.type("q")
        user.ends()
        text = user.out.decode("utf-8", "surrogateescape")
        left = unsafe_characters(_OURS.sub("", text))
        assert left == set()
        assert b"\x1b]52" not in user.out
        assert set(re.findall(rb"\x1b\](\d+);", user.out)) <= {b"2", b"22"}  # window title, shape of the mouse pointer


def test_nothing_is_written_while_nothing_happens() -> None:
    with person("100") as user:
        assert user.sees("Valyu")
        user.settle()
        user.type("G")  # finished tasks only: no running time on the screen
        user.read(0.5)  # until the cursor has settled, and the row is shown below the list
        assert user.read(3.0) == b""


def test_a_key_and_the_detail_that_follows_cost_less_than_3000_bytes() -> None:
    with person("1000", size=(120, 40)) as user:
        assert user.sees("Valyu")
        user.settle()
        costs = []
        for _ in range(12):
            before = len(user.out)
            user.press("j")
            costs.append(len(user.out) - before)
        assert sorted(costs)[len(costs) // 2] < 3000, costs


@pytest.mark.parametrize("count", ["1000", "20000"])
def test_a_key_in_the_list_alone_costs_at_most_700_bytes_whatever_its_size(count: str) -> None:
    with person(count) as user:
        assert user.sees("Valyu")
        user.settle()
        costs = []
        for _ in range(10):
            before = len(user.out)
            user.press("j")
            costs.append(len(user.out) - before)
        assert sorted(costs)[-2] <= 700, costs


def test_a_task_that_changes_a_hundred_times_a_second_costs_two_cells_a_second() -> None:
    with person("10", "busy") as user:
        assert user.sees("Valyu")
        user.settle()
        end = time.monotonic() + 4
        written = 0
        while time.monotonic() < end:
            written += len(user.read(0.01))
        assert written < 6000
        user.type("q")
        assert user.ends() == 0
