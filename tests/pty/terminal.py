"""A pseudo terminal with an emulator on it: what a person at the keyboard would see."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import pyte

from tests.emulator import Emulator

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-m", "tests.pty.program")
_MODES = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-z]|\x1b\[\?[0-9;]*\$p|\x1b\[2[23];0t")
_ESCAPE_ALONE = 0.2  # seconds after which an escape is no longer the beginning of a sequence
_LIMIT = 120.0  # seconds a step may take on a busy machine


class Person:
    """Somebody at a terminal of their own."""

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str], size: tuple[int, int] = (80, 24), cwd: Path = ROOT
    ) -> None:
        self.master, slave = pty.openpty()
        self.screen = Emulator(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.out = b""
        self.resize(*size)
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=cwd,
            env=env,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.screen.resize(lines, columns)

    def type(self, keys: str | bytes) -> None:
        os.write(self.master, keys if isinstance(keys, bytes) else keys.encode())

    def read(self, seconds: float) -> bytes:
        """Read until nothing comes for `seconds`, or for three times as long: clocks on the screen never rest."""
        end, got = time.monotonic() + 3 * seconds, b""
        while time.monotonic() < end and select.select([self.master], [], [], seconds)[0]:
            try:
                chunk = os.read(self.master, 65536)
            except OSError:
                break
            if not chunk:
                break
            got += chunk
        self.out += got
        with contextlib.suppress(Exception):  # the emulator does not know every modern sequence
            self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", got))
        return got

    def press(self, *keys: str) -> None:
        """Press keys one after the other, letting the program answer each, however slow the machine is."""
        for key in keys:
            self.type(key)
            self.read(_ESCAPE_ALONE if key == "\x1b" else 0.03)
            self.settle()

    def settle(self) -> None:
        """Read until every thread of the program sleeps at two looks in a row: it has done all it had to do."""
        end, asleep = time.monotonic() + _LIMIT, 0
        while asleep < 2 and time.monotonic() < end and self.process.poll() is None:
            asleep = asleep + 1 if not self.read(0.02) and _sleeps(self.process.pid) else 0

    def pour(self, data: bytes, most: float = 60.0) -> None:
        """Type a lot while reading what comes back, as a terminal does: neither side may wait for the other."""
        os.set_blocking(self.master, False)
        end = time.monotonic() + most
        while data and time.monotonic() < end:
            readable, writable, _ = select.select([self.master], [self.master], [], 0.5)
            if readable:
                self.out += os.read(self.master, 65536)
            if writable:
                data = data[os.write(self.master, data[:4096]) :]
        os.set_blocking(self.master, True)
        assert not data, f"{len(data)} bytes were never taken"

    def shows(self) -> str:
        """Return what is on the screen."""
        return "\n".join(self.screen.display)

    def sees(self, text: str) -> bool:
        """Wait until a text is on the screen."""
        end = time.monotonic() + _LIMIT
        while time.monotonic() < end:
            if any(text in line for line in self.screen.display):
                return True
            if self.process.poll() is not None:
                self.read(0.05)
                return any(text in line for line in self.screen.display)
            self.read(0.05)
        return False

    def waits(self, holds: Callable[[], bool]) -> bool:
        """Wait until something outside the terminal holds, reading what is written meanwhile."""
        end = time.monotonic() + _LIMIT
        while not holds() and time.monotonic() < end and self.process.poll() is None:
            self.read(0.05)
        return holds()

    def ends(self) -> int:
        """Wait for the end and return the exit code."""
        end = time.monotonic() + _LIMIT
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.05)
        self.read(0.05)
        if self.process.poll() is None:
            raise AssertionError(f"it goes on: {self.screen.display}")
        return self.process.returncode

    def gives_back(self) -> bool:
        """Wait until every private mode is off again."""
        end = time.monotonic() + _LIMIT
        while self.modes_left_on() and time.monotonic() < end:
            self.read(0.05)
        return not self.modes_left_on()

    def takes_again(self) -> bool:
        """Wait until private modes are on."""
        end = time.monotonic() + _LIMIT
        while not self.modes_left_on() and time.monotonic() < end:
            self.read(0.05)
        return bool(self.modes_left_on())

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def modes_left_on(self) -> set[bytes]:
        """Return the private modes that were set and not set back; the cursor and line wrap must be back on."""
        state: dict[bytes, bytes] = {}
        for numbers, what in _MODES.findall(self.out):
            for number in numbers.split(b";"):
                state[number] = what
        normal = {b"25": b"h", b"7": b"h"}
        left = {number for number, what in state.items() if what != normal.get(number, b"l")}
        return left | ({b"kitty"} if self.out.count(b"\x1b[>") > self.out.count(b"\x1b[<") else set())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        with contextlib.suppress(OSError):
            os.close(self.master)


def _sleeps(pid: int) -> bool:
    """Whether no thread of a process runs, or wants to; True where the system does not tell."""
    try:
        states = [file.read_text().rpartition(")")[2].split()[0] for file in Path(f"/proc/{pid}/task").glob("*/stat")]
    except OSError:  # a thread ended between the two looks: something happens
        return False
    return all(state in "ST" for state in states)


@contextlib.contextmanager
def person(
    *arguments: str,
    size: tuple[int, int] = (80, 24),
    env: Mapping[str, str] | None = None,
    program: Sequence[str] = PROGRAM,
) -> Iterator[Person]:
    """Give a program that runs in a terminal, and is gone afterwards, whatever happens."""
    hidden = {"NO_COLOR", "TMUX", "COLUMNS", "LINES", "DISPLAY"}
    base = {name: value for name, value in os.environ.items() if name not in hidden}
    base |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    with Person([*program, *arguments], base | dict(env or {}), size) as one:
        yield one
