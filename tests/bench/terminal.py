"""A program on a real pty: keys in, stamped bytes out, what they paint; knows nothing of the programs it drives.

While bytes may be arriving it only reads and stamps; the emulator (pyte) is fed in silence, so a slow emulator cannot
make a program look slow.
"""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

import pyte

from tests.bench.process import cpu_of, tree
from tests.emulator import Emulator

_ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[?2048$p": b"\x1b[?2048;0$y"}
_HIDDEN = re.compile(rb"\x1b\[[<=>][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p")  # what pyte would print instead of skipping
_BEGIN, _END = b"\x1b[?2026h", b"\x1b[?2026l"
_CLEAN = ("LINES", "COLUMNS", "NO_COLOR", "TMUX", "STY", "SSH_CONNECTION", "DISPLAY", "PYTHONDONTWRITEBYTECODE")
_KEYS = {
    "up": "\x1b[A", "down": "\x1b[B", "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "home": "\x1b[H", "end": "\x1b[F",
    "enter": "\r", "escape": "\x1b", "space": " ", "tab": "\t",
}  # fmt: skip


class EndedError(Exception):
    """The program ended, or did not do in time what was waited for."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """What one key did: milliseconds to the first and the last change of the picture, bytes, writes, CPU."""

    first: float | None
    settled: float | None
    bytes: int
    writes: int
    cpu: float


class Terminal:
    """A running program, 120x40 unless told; use it in a `with` block."""

    def __init__(
        self, command: Sequence[str], *, size: tuple[int, int] = (120, 40), env: Mapping[str, str] | None = None
    ) -> None:
        self.bytes = self.writes = 0
        self.changed: list[float] = []  # moments at which the picture changed
        self.painted_cpu = 0.0  # CPU seconds to what was waited for first, not to the moment at which we look
        self._starting = True
        self._unseen: list[tuple[float, float, bytes]] = []
        self._inside = False
        self._screen = Emulator(*size)
        self._seen: dict[int, Mapping[int, object]] = {}
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = os.openpty()
        self._resize(size)
        environment = {name: value for name, value in os.environ.items() if name not in _CLEAN}
        environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        self.began = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment | dict(env or {}), start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(slave)
        self.pid = self._process.pid

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the program, whatever it does."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in tree(self.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            until = time.perf_counter() + 3
            while self._process.poll() is None and time.perf_counter() < until:
                with suppress(EndedError):
                    self._read(0.02)
            if self._process.poll() is not None:
                break
        os.close(self._master)

    # Reading

    def _read(self, seconds: float) -> bool:
        if not select.select([self._master], [], [], max(0.0, seconds))[0]:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:
            data = b""
        if not data:
            time.sleep(min(seconds, 0.01))
            raise EndedError("the program ended: " + " | ".join(line for line in self.lines() if line.strip())[-600:])
        self._unseen.append((time.perf_counter(), cpu_of(self.pid) if self._starting else 0.0, data))
        self.bytes += len(data)
        self.writes += 1
        for query, answer in _ANSWERS.items():
            if query in data:
                os.write(self._master, answer)
        return True

    def quiet(self, gap: float, most: float = 5.0) -> None:
        """Read until nothing came for `gap` seconds, for at most `most`."""
        until = time.perf_counter() + most
        while (left := until - time.perf_counter()) > 0 and self._read(min(gap, left)):
            pass
        self._paint()

    def watch(self, seconds: float) -> None:
        """Read for some seconds, whatever comes."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self._read(left)
        self._paint()

    def rest(self, most: float = 60.0) -> None:
        """Read until the program writes and computes nothing any more, for at most `most` seconds."""
        until = time.perf_counter() + most
        while time.perf_counter() < until:
            spent, written = cpu_of(self.pid), self.bytes
            self.watch(1.5)
            if self.bytes == written and cpu_of(self.pid) - spent < 0.01:
                return

    def _paint(self) -> None:
        """Bring the emulated picture up to date; a frame of synchronised output counts when it is closed."""
        pending, self._unseen = self._unseen, []
        for moment, cpu, data in pending:
            cursor = (self._screen.cursor.x, self._screen.cursor.y)
            self._stream.feed(_HIDDEN.sub(b"", data))
            begun, ended = data.rfind(_BEGIN), data.rfind(_END)
            self._inside = begun > ended if begun != ended else self._inside
            moved = not self._screen.cursor.hidden and cursor != (self._screen.cursor.x, self._screen.cursor.y)
            if not self._inside and (self._differs() or moved):
                self.changed.append(moment)
                self.painted_cpu = cpu if self._starting else self.painted_cpu

    def _differs(self) -> bool:
        """Whether a line looks other than when it was last asked; links are not seen."""
        found = False
        for y in self._screen.dirty:
            line = dict(self._screen.buffer[y])
            found |= line != self._seen.get(y)
            self._seen[y] = line
        self._screen.dirty.clear()
        return found

    # Looking

    def lines(self) -> list[str]:
        """Return what is on the screen."""
        return list(self._screen.display)

    def shows(self, text: str) -> bool:
        """Whether `text` (a regular expression) is in a line of the screen."""
        wanted = re.compile(text)
        return any(wanted.search(line) for line in self.lines())

    def wait(self, text: str | Callable[[], bool], most: float = 60.0) -> float:
        """Wait until `text` is on the screen; returns the moment it was painted.

        Raises:
            EndedError: it did not come.
        """
        there: Callable[[], bool] = (lambda: self.shows(text)) if isinstance(text, str) else text
        until = time.perf_counter() + most
        self._paint()
        while not there():
            if time.perf_counter() > until:
                raise EndedError(f"{text!r} did not appear: " + " | ".join(filter(str.strip, self.lines()))[-600:])
            if self._read(0.1):
                self.quiet(0.004, 0.05)
        self.painted_cpu = self.painted_cpu or cpu_of(self.pid)
        self._starting = False
        return self.changed[-1] if self.changed else time.perf_counter()

    # Doing

    def hang_up(self) -> None:
        """Close the terminal under the program."""
        os.close(self._master)
        self._master = os.open(os.devnull, os.O_RDWR)

    def send(self, *keys: str) -> float:
        """Press keys at once; returns the moment."""
        moment = time.perf_counter()
        os.write(self._master, "".join(_KEYS.get(key, key) for key in keys).encode())
        return moment

    def press(self, key: str, *, silence: float = 0.05, most: float = 1.5) -> Pressed:
        """Press one key and wait for what it paints, until `silence`."""
        bytes_before, writes_before, cpu = self.bytes, self.writes, cpu_of(self.pid)
        seen = len(self.changed)
        moment = self.send(key)
        until = moment + most
        while len(self.changed) == seen and (left := until - time.perf_counter()) > 0:
            if self._read(left):
                self.quiet(silence, 3.0)
        painted = [(when - moment) * 1000 for when in self.changed[seen:] if when > moment]
        return Pressed(
            painted[0] if painted else None,
            painted[-1] if painted else None,
            self.bytes - bytes_before,
            self.writes - writes_before,
            (cpu_of(self.pid) - cpu) * 1000,
        )

    def hold(self, key: str, times: int, rate: float) -> tuple[float, float]:
        """Repeat a key `rate` times a second whatever the program does; returns bytes and CPU milliseconds a key."""
        self.quiet(0.3)
        written, cpu, began = self.bytes, cpu_of(self.pid), time.perf_counter()
        for number in range(1, times + 1):
            self.send(key)
            self.watch(began + number / rate - time.perf_counter())
        self.watch(0.03)
        return (self.bytes - written) / times, (cpu_of(self.pid) - cpu) * 1000 / times

    def resize(self, size: tuple[int, int]) -> float:
        """Change the size of the terminal; returns the moment."""
        self._screen.resize(size[1], size[0])
        moment = time.perf_counter()
        self._resize(size)
        return moment

    def _resize(self, size: tuple[int, int]) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], size[0] * 10, size[1] * 20))
