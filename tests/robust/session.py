"""The program as it is installed, in a pseudo terminal: what it writes, how it ends, what it leaves behind."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

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


@contextmanager
def session(
    home: Path,
    *arguments: str,
    size: tuple[int, int] = (120, 40),
    env: Mapping[str, str] | None = None,
    module: str = "tui",
) -> Iterator[Person]:
    """Give a running `divewatch` with `arguments`, in a terminal of its own, that is gone afterwards."""
    with Person([sys.executable, "-m", module, *arguments], environment(home, env), size, cwd=home) as one:
        yield one
