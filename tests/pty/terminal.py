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
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyte

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-m", "tests.pty.program")
_MODES = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_LIMIT = 20.0  # seconds a step may take on a busy machine


class Person:
    """Somebody at a terminal of their own."""

    def __init__(
        self,
        *arguments: str,
        size: tuple[int, int] = (80, 24),
        env: Mapping[str, str] | None = None,
        program: Sequence[str] = PROGRAM,
    ) -> None:
        self.master, slave = pty.openpty()
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.out = b""
        self.resize(*size)
        base = {
            name: value
            for name, value in os.environ.items()
            if name not in {"NO_COLOR", "TMUX", "COLUMNS", "LINES", "DISPLAY"}
        }
        base |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        self.process = subprocess.Popen(
            [*program, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env=base | dict(env or {}),
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
        """Read what is written until nothing comes for `seconds`."""
        got = b""
        while select.select([self.master], [], [], seconds)[0]:
            try:
                chunk = os.read(self.master, 65536)
            except OSError:
                break
            if not chunk:
                break
            got += chunk
        self.out += got
        with contextlib.suppress(Exception):  # the emulator does not know every modern sequence
            self._stream.feed(re.sub(rb"\x1b\[[<>=][0-9;]*[a-z]|\x1b\[\?[0-9;]*\$p|\x1b\[2[23];0t", b"", got))
        return got

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

    def ends(self) -> int:
        """Wait for the end and return the exit code."""
        end = time.monotonic() + _LIMIT
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.05)
        self.read(0.05)
        if self.process.poll() is None:
            raise AssertionError(f"it goes on: {self.screen.display}")
        return self.process.returncode

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

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        with contextlib.suppress(OSError):
            os.close(self.master)


@contextlib.contextmanager
def person(
    *arguments: str,
    size: tuple[int, int] = (80, 24),
    env: Mapping[str, str] | None = None,
    program: Sequence[str] = PROGRAM,
) -> Iterator[Person]:
    one = Person(*arguments, size=size, env=env, program=program)
    try:
        yield one
    finally:
        one.close()
