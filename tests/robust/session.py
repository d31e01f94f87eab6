"""The program as it is installed, in a pseudo terminal: what it writes, how it ends, what it leaves behind."""

import fcntl
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pyte

from tests.pty.terminal import ROOT, Person

_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-z]|\x1b\[\?[0-9;]*\$p|\x1b\[2[23];0t")
_KEPT = ("PATH", "HOME", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")


def environment(home: Path, env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a program that keeps everything under `home`, and knows nothing of this machine."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    ours = {
        "DIVEWATCH_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
    }
    return {**kept, **ours, **(env or {})}


class Session(Person):
    """`divewatch` with `arguments`, in a terminal of its own."""

    def __init__(
        self,
        home: Path,
        *arguments: str,
        size: tuple[int, int] = (120, 40),
        env: Mapping[str, str] | None = None,
        module: str = "tui",
    ) -> None:
        self.master, slave = pty.openpty()
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.out = b""
        self.resize(*size)
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=home,
            env=environment(home, env),
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

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
        with suppress(Exception):  # the emulator does not know every modern sequence
            self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", got))
        return got

    def press(self, *keys: str, rest: float = 0.15) -> None:
        """Press keys one after the other, letting the program answer each."""
        for key in keys:
            self.type(key)
            self.read(rest)

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


@contextmanager
def session(
    home: Path,
    *arguments: str,
    size: tuple[int, int] = (120, 40),
    env: Mapping[str, str] | None = None,
    module: str = "tui",
) -> Iterator[Session]:
    """Give a running session that is gone afterwards, whatever happens."""
    one = Session(home, *arguments, size=size, env=env, module=module)
    try:
        yield one
    finally:
        one.close()
