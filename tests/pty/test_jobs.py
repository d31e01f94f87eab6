"""In a real pseudo terminal: job control, a terminal that goes away, signals at every moment, an editor inside."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.pty.terminal import PROGRAM, ROOT, Person, person
from tests.robust.session import environment, session

SHELL = ("bash", "--norc", "-m", "-c", '"$@"; echo "left with $?"; read line; fg; echo "ended with $?"', "shell")
DISPLAYS = ["", "stock"]


@contextmanager
def in_a_shell(*command: str, **env: str) -> Iterator[Person]:
    """Give a person whose shell started the program, and brings it back after enter."""
    with person(*command, program=SHELL, env=env) as user:
        yield user


def state_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def child_of(pid: int) -> int:
    """Wait for the one child of a process."""
    place = Path(f"/proc/{pid}/task/{pid}/children")
    while not (found := place.read_text().split()):
        time.sleep(0.01)
    return int(found[0])


def comes_to(state: str, pid: int) -> bool:
    end = time.monotonic() + 60
    while state_of(pid) != state and time.monotonic() < end:
        time.sleep(0.01)
    return state_of(pid) == state


def blank(user: Person) -> None:
    """Forget what was on the screen: what is there afterwards was painted since."""
    user.screen.reset()


@pytest.mark.parametrize("display", DISPLAYS)
def test_after_fg_the_whole_screen_is_there(display: str) -> None:
    with in_a_shell(*PROGRAM, "5", DIVEWATCH_DISPLAY=display) as user:
        assert user.sees("Task number 0")
        user.type("\x1a")
        assert user.sees("left with 148")
        assert user.modes_left_on() == set()
        blank(user)
        user.type("\n")
        assert user.sees("Task number 0")
        assert user.sees("Task number 4")
        assert user.sees("quit")
        user.press("j")
        user.type("q")
        assert user.sees("ended with 0")
        assert user.modes_left_on() == set()


@pytest.mark.parametrize("display", DISPLAYS)
def test_a_report_in_the_reader_is_there_after_fg(display: str, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    report.write_text("# Bridges\n\nThe first line of it.\n")
    command = (sys.executable, "-m", "tui", "read", str(report))
    with in_a_shell(*command, DIVEWATCH_DISPLAY=display, DIVEWATCH_HOME=str(tmp_path)) as user:
        assert user.sees("The first line of it.")
        user.type("\x1a")
        assert user.sees("left with 148")
        blank(user)
        user.type("\n")
        assert user.sees("The first line of it.")
        user.type("q")
        assert user.sees("ended with 0")


@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGSTOP])
@pytest.mark.parametrize("display", DISPLAYS)
def test_stopped_and_continued_from_outside_it_paints_everything_again(number: int, display: str) -> None:
    with person("5", env={"DIVEWATCH_DISPLAY": display}) as user:
        assert user.sees("Task number 0")
        user.signal(number)
        assert comes_to("T", user.process.pid)
        user.read(0.1)
        if number == signal.SIGTSTP:
            assert user.gives_back()
        blank(user)
        user.signal(signal.SIGCONT)
        assert user.sees("Task number 0")
        assert user.sees("quit")
        user.press("j")
        user.type("q")
        assert user.ends() == 0
        assert user.modes_left_on() == set()


def test_without_a_shell_to_return_to_suspending_says_so_and_does_nothing() -> None:
    with person("5") as user:
        assert user.sees("Task number 0")
        user.type("\x1a")
        assert user.sees("no shell would bring it back")
        assert state_of(user.process.pid) != "T"
        user.type("q")
        assert user.ends() == 0


@pytest.mark.parametrize("size", [(24, 80), (0, 0)])  # lines and columns; a container's terminal may have none
@pytest.mark.parametrize("display", DISPLAYS)
def test_a_terminal_that_goes_away_without_a_signal_ends_it(display: str, size: tuple[int, int]) -> None:
    master, slave = pty.openpty()  # nobody's controlling terminal
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    env = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "DIVEWATCH_DISPLAY": display}
    process = subprocess.Popen(
        [*PROGRAM, "5"], stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, env=env, start_new_session=True
    )
    os.close(slave)
    seen = b""
    while b"Task number 0" not in seen:
        seen += os.read(master, 65536)
    os.close(master)
    try:
        assert process.wait(60) == 128 + signal.SIGHUP
    finally:
        process.kill()


ENDS = [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGQUIT, 131)]


@pytest.mark.parametrize(("number", "code"), ENDS)
def test_a_signal_right_after_the_screen_was_taken_gives_it_back(number: int, code: int) -> None:
    with person("5") as user:
        while b"\x1b[?1049h" not in user.out:
            user.read(0.001)
        user.signal(number)
        assert user.ends() == code
        assert user.modes_left_on() == set()


def test_sigquit_gives_the_terminal_back() -> None:
    with person("5") as user:
        assert user.sees("Task number 0")
        user.signal(signal.SIGQUIT)
        assert user.ends() == 131
        assert user.modes_left_on() == set()


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.1, 0.2, 0.3])
def test_ctrl_c_at_the_start_prints_no_traceback(delay: float, tmp_path: Path) -> None:
    env = {**os.environ, "DIVEWATCH_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    begin = "import sys; from tui.__main__ import main; sys.stdout.write('.'); sys.stdout.flush(); main()"
    process = subprocess.Popen(
        [sys.executable, "-c", begin, "doctor"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env
    )
    assert process.stdout is not None
    process.stdout.read(1)
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert b"Traceback" not in err


def test_a_stalled_terminal_does_not_keep_a_signal_waiting() -> None:
    with person("200", "busy", size=(200, 60)) as user:
        assert user.sees("Task number 0")
        for step in range(60):  # nobody reads meanwhile
            user.resize(150 + step, 50)
            user.signal(signal.SIGWINCH)
            time.sleep(0.02)
        user.signal(signal.SIGTERM)
        assert user.process.wait(60) == 143


EDITOR = """import os, signal, sys, time
file = open(sys.argv[1], "w"); file.write("written in the editor"); file.close()
print("in the editor", flush=True)
{rest}
"""


@contextmanager
def in_the_editor(tmp_path: Path, rest: str, *, shell: bool = False) -> Iterator[Person]:
    """Give a person who wrote a brief in an editor that goes on with `rest`."""
    editor = tmp_path / "editor.py"
    editor.write_text(EDITOR.format(rest=rest))
    env = {"VISUAL": f"{sys.executable} {editor}", "DIVEWATCH_HOME": str(tmp_path)}
    with in_a_shell(*PROGRAM, "5", **env) if shell else person("5", env=env) as user:
        assert user.sees("Extruct")
        user.press("n")
        assert user.sees("What should be found out?")
        user.type("\x05")
        assert user.sees("in the editor")
        yield user


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_while_the_editor_runs_ends_both(tmp_path: Path, number: int, code: int) -> None:
    with in_the_editor(tmp_path, "time.sleep(600)") as user:
        user.signal(number)
        assert user.ends() == code
        assert user.modes_left_on() == set()


def test_ctrl_c_in_the_editor_is_the_editors(tmp_path: Path) -> None:
    with in_the_editor(tmp_path, "signal.signal(2, lambda *_: sys.exit(0)); time.sleep(600)") as user:
        user.type("\x03")
        assert user.sees("written in the editor")
        user.type("\x11")
        assert user.ends() == 0


@pytest.mark.parametrize("stop", ["os.killpg(0, signal.SIGTSTP)", "os.kill(os.getpid(), signal.SIGSTOP)"])
def test_an_editor_that_is_suspended_suspends_the_program_with_it(tmp_path: Path, stop: str) -> None:
    with in_the_editor(tmp_path, stop, shell=True) as user:
        assert user.sees("left with 1")
        user.type("\n")
        assert user.sees("written in the editor")
        user.type("\x11")
        assert user.sees("ended with 0")


@pytest.mark.parametrize("size", [(5000, 2000), (9999, 24), (80, 9999), (1, 1)])
def test_a_size_no_terminal_has_does_not_freeze_it(size: tuple[int, int]) -> None:
    with person("5") as user:
        assert user.sees("Task number 0")
        os.set_blocking(user.master, False)
        user.resize(*size)
        user.signal(signal.SIGWINCH)
        user.read(0.5)
        user.screen.reset()
        user.resize(90, 20)
        user.signal(signal.SIGWINCH)
        assert user.sees("Task number 0")
        user.type("q")
        assert user.ends() == 0


def test_a_window_that_is_back_at_its_size_before_anybody_looked_is_painted_again() -> None:
    with person("5") as user:
        assert user.sees("Task number 0")
        user.settle()
        blank(user)
        user.signal(signal.SIGWINCH)
        assert user.sees("Task number 0")
        assert user.sees("quit")
        user.type("q")
        assert user.ends() == 0


def test_a_size_no_terminal_has_reported_on_the_input_does_not_freeze_it() -> None:
    with person("5") as user:
        assert user.sees("Task number 0")
        user.type("\x1b[48;2000;5000;0;0t")
        user.read(0.5)
        user.screen.reset()
        user.type("\x1b[48;20;90;0;0t")
        assert user.sees("Task number 0")
        user.type("q")
        assert user.ends() == 0


@pytest.mark.parametrize("begin", ["\x1b]52;c;", "\x1bP", "\x1b_", "\x1b^", "\x1bX"])
def test_a_control_string_that_never_ends_runs_no_command_and_costs_little(begin: str) -> None:
    with person("5") as user:
        assert user.sees("Task number 0")
        user.pour((begin + "qnDx" * 100_000).encode())
        user.read(1.2)
        user.press("j")
        assert user.sees("2/5")
        user.type("q")
        assert user.ends() == 0


def test_modes_that_a_modern_terminal_offers_are_off_at_the_end() -> None:
    with person("5") as user:
        assert user.sees("Task number 0")
        user.type("\x1b[?2026;2$y\x1b[?2048;2$y")
        user.settle()
        assert b"\x1b[?2048h" in user.out
        user.type("q")
        assert user.ends() == 0
        assert user.modes_left_on() == set()


@pytest.mark.parametrize("stderr", ["2>/dev/null", "2>&-", "2>/dev/full"])
def test_the_screen_is_painted_whatever_standard_error_is(stderr: str) -> None:
    shell = ("bash", "--norc", "-c", f'exec "$@" {stderr}', "shell")
    with person(*PROGRAM, "5", program=shell) as user:
        assert user.sees("Task number 0")
        user.type("q")
        assert user.ends() == 0
        assert user.modes_left_on() == set()


def test_a_megabyte_pasted_into_a_brief_is_there_and_keys_go_on() -> None:
    with person("5") as user:
        assert user.sees("Extruct")
        user.press("n")
        assert user.sees("What should be found out?")
        user.pour(b"\x1b[200~" + b"word and more words\n" * 50_000 + b"last line\x1b[201~")
        user.type("!")
        assert user.sees("last line!")
        user.type("\x11")
        assert user.ends() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGKILL])
def test_a_note_that_was_being_written_is_a_draft_after_a_signal(number: int, tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("# Bridges\n\nText.\n")
    command = [sys.executable, "-m", "tui", "import", str(tmp_path / "report.md")]
    env = environment(tmp_path)
    subprocess.run(command, env=env, check=True, capture_output=True)
    with session(tmp_path) as user:
        assert user.sees("Bridges")
        user.press("N")
        assert user.sees("Note and tags")
        user.type("half a thought")
        assert user.sees("half a thought")
        if number == signal.SIGKILL:
            user.read(1.0)  # the draft is written when the typing pauses
            user.settle()
        user.signal(number)
        user.process.wait(60)
    with session(tmp_path) as user:
        assert user.sees("Bridges")
        user.press("N")
        assert user.sees("half a thought")
        user.type("\x11")
        assert user.ends() == 0


def test_an_editor_that_is_not_there_leaves_the_screen_as_it_was() -> None:
    with person("5", env={"VISUAL": "/no/such/editor"}) as user:
        assert user.sees("Extruct")
        user.press("n")
        assert user.sees("What should be found out?")
        user.type("\x05")
        assert user.sees("No such file or directory")
        user.press("x")
        assert user.takes_again()
        user.type("\x11")
        assert user.ends() == 0
