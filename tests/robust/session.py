"""The program as it is installed, in a pseudo terminal: what it writes, how it ends, what it leaves behind."""

import fcntl
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyte

from tests.pty.terminal import ROOT, Person

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

    def press(self, *keys: str, rest: float = 0.15) -> None:
        """Press keys one after the other, letting the program answer each."""
        for key in keys:
            self.type(key)
            self.read(rest)

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
