"""An installed divewatch, run from / in an empty home: `python -m tests.smoke PATH_TO_DIVEWATCH`.

Finds what tests in a checkout cannot: files missing from the wheel, imports that only a checkout has.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyte

from tests.emulator import Emulator

SECONDS = 180.0
ROWS, COLUMNS = 30, 100
REPORT = "# Bells\n\nFounding goes back to 1599 [1].\n\n## References\n\n[1] History - https://example.org/history\n"


class Smoke(Exception):
    """Something does not work."""


def run(command: list[str], home: Path, *, stdin: str = "") -> str:
    """Run a command from / and return its standard output."""
    done = subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        text=True,
        cwd="/",
        env=environment(home),
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise Smoke(f"{' '.join(command[1:])} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def environment(home: Path) -> dict[str, str]:
    """Return an environment that knows nothing of a checkout or of keys."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    return {**kept, "DIVEWATCH_HOME": str(home), "TERM": "xterm-256color"}


def demo(program: str, home: Path) -> str:
    """Run `demo` in a real terminal until the table of tasks is painted, then quit; returns the screen."""
    screen = Emulator(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    child, terminal = pty.fork()
    if child == 0:
        os.chdir("/")
        os.execve(program, [program, "demo"], environment(home))
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    try:

        def painted() -> bool:
            strip, *rows = screen.display
            return "Valyu" in strip and any("done" in row for row in rows)

        if not feed(terminal, stream, until=painted):
            raise Smoke("the table of tasks was not painted:\n" + "\n".join(screen.display))
        shown = "\n".join(screen.display)
        os.write(terminal, b"q")
        code = ended(child, terminal, stream)
        if code:
            raise Smoke(f"demo ended with {code} after q:\n" + "\n".join(screen.display))
        return shown
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.close(terminal)


def feed(terminal: int, stream: pyte.ByteStream, *, until: Callable[[], bool]) -> bool:
    """Draw what the program writes until a condition holds."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                stream.feed(os.read(terminal, 65536))
            except OSError:
                return False
        if until():
            return True
    return False


def ended(child: int, terminal: int, stream: pyte.ByteStream) -> int:
    """Wait for the program's end and return its exit code."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            with suppress(OSError):
                stream.feed(os.read(terminal, 65536))
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
    raise Smoke("demo did not end after q")


def main(program: str) -> int:
    """Run everything and say what was done; returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="divewatch-smoke-") as folder:
        home = Path(folder)
        try:
            print("--version:", run([program, "--version"], home).strip())
            assert "demo" in run([program, "--help"], home)
            listed = json.loads(run([program, "list", "--json"], home))
            assert listed["tasks"] == [], listed
            print("--help and list --json: fine")
            cited = json.loads(run([program, "cite", "-", "--json"], home, stdin=REPORT))
            assert cited["citations"][0]["urls"] == ["https://example.org/history"], cited
            print("cite: 1 citation resolved")
            rows = [row for row in demo(program, home).splitlines() if "done" in row]
            print(f"demo: painted {len(rows)} rows of finished tasks in a terminal of {COLUMNS}x{ROWS}, q ended it")
        except (Smoke, AssertionError, subprocess.TimeoutExpired) as error:
            print(f"FAILED: {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(str(Path(sys.argv[1]).absolute())))
