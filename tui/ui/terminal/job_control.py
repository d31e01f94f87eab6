"""Job control: whether a shell waits for this process; running another program in the terminal."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_ENDING = (signal.SIGTERM, signal.SIGHUP)
_PASSED_OVER = (signal.SIGINT, signal.SIGQUIT)
_EXIT_TIMEOUT = 2.0  # seconds that a program has to end after it was told to


class Ended(Exception):
    """A signal ended the wait for a program; the signal was passed on to it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def in_foreground(terminal: int) -> bool:
    """Whether this process may write to the terminal; True where the terminal has no job control."""
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return True


def has_shell() -> bool:
    """Whether something would continue this process after ctrl+z.

    The kernel's rule: the process group has a parent in another group of the same session. Without one (the program is
    the terminal's only process, a container's first, or detached) a stopped process stays so for ever.
    """
    pid, group, session = os.getpid(), os.getpgrp(), os.getsid(0)
    for _ in range(64):
        try:
            pid = _parent(pid)
            if pid <= 0 or os.getsid(pid) != session:
                return False
            if os.getpgid(pid) != group:
                return True
        except (OSError, ValueError):
            return False
    return False


def _parent(pid: int) -> int:
    if pid == os.getpid():
        return os.getppid()
    try:
        return int(Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        done = subprocess.run(["ps", "-o", "ppid=", "-p", str(pid)], capture_output=True, check=False)  # noqa: S603, S607
        return int(done.stdout or 0)


def run_in_terminal(command: Sequence[str], env: Mapping[str, str]) -> int:
    """Run a program in the foreground of the terminal, as a shell would, and return its exit code.

    Keys that interrupt are the program's own. When it stops itself, this process stops with it.

    Raises:
        Ended: SIGTERM or SIGHUP came; the program was told to end and had time to.
        OSError: it could not be started.
    """
    with _signals_while_away() as continued:
        child = subprocess.Popen(command, env=dict(env))  # noqa: S603  the person's own program
        try:
            while True:
                _, status = os.waitpid(child.pid, os.WUNTRACED)
                if not os.WIFSTOPPED(status):
                    child.returncode = os.waitstatus_to_exitcode(status)
                    return child.returncode
                if has_shell() and not continued:  # else both were stopped, and the shell has brought both back
                    os.kill(os.getpid(), signal.SIGSTOP)
                continued.clear()
                os.kill(child.pid, signal.SIGCONT)
        except Ended as ended:
            _end(child, ended.number)
            raise


def _end(child: "subprocess.Popen[bytes]", number: int) -> None:
    child.send_signal(number)
    child.send_signal(signal.SIGCONT)
    try:
        child.wait(_EXIT_TIMEOUT)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


@contextmanager
def _signals_while_away() -> Iterator[list[int]]:
    """SIGTERM and SIGHUP end the wait, SIGINT and SIGQUIT are for the other program, SIGTSTP stops both.

    Yields the SIGCONTs that came since the list was last cleared.
    """
    continued: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        continued.append(number)

    def end(number: int, _: FrameType | None) -> None:
        for other in _ENDING:
            signal.signal(other, _nothing)  # one is enough
        raise Ended(number)

    wakeup = signal.set_wakeup_fd(-1)  # the event loop is not to hear of them afterwards
    handlers = dict.fromkeys(_ENDING, end) | dict.fromkeys(_PASSED_OVER, _nothing)
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    stops = {
        signal.SIGTSTP: signal.signal(signal.SIGTSTP, signal.SIG_DFL),
        signal.SIGCONT: signal.signal(signal.SIGCONT, note),
    }
    try:
        yield continued
    finally:
        for number, handler in (before | stops).items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Do nothing; not SIG_IGN, which the other program would inherit."""
