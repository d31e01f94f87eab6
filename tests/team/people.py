"""The programs of a team: dashboards in terminals, `watch` processes, and processes that start tasks."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.pty.terminal import Person

_TOP = "\x1b[H"
_DRAWN = 0.5  # seconds
_KEPT = 200_000  # bytes of a terminal's output that are searched
PYTHON = sys.executable


class Dashboard(Person):
    """A dashboard of which only the bytes it wrote are looked at: twenty emulators are slower than their programs."""

    written = b""
    traceback = False

    def glance(self) -> None:
        """Read what was written, without waiting."""
        while select.select([self.master], [], [], 0)[0]:
            try:
                chunk = os.read(self.master, 65536)
            except OSError:
                return
            if not chunk:
                return
            self.written = (self.written + chunk)[-_KEPT:]
            self.traceback |= b"Traceback" in self.written

    @property
    def crashed(self) -> bool:
        """Whether it ended, or shows a traceback."""
        return self.process.poll() is not None or self.traceback


@dataclass
class Team:
    """Programs that run at once.

    Attributes:
        homes: a folder for the folders of each.
        environ: what all of them are given.
        own: what program number n is given beside that.
    """

    homes: Path
    environ: Mapping[str, str]
    own: Callable[[int], Mapping[str, str]]
    dashboards: list[Dashboard] = field(default_factory=list)
    others: list[tuple["subprocess.Popen[bytes]", Path]] = field(default_factory=list)
    number: int = 0

    def dashboard(self) -> Dashboard:
        """Start one more dashboard."""
        person = Dashboard([PYTHON, "-m", "tui"], self._environ(self._next()), (100, 30))
        self.dashboards.append(person)
        return person

    def program(self, *command: str, keyless: bool = False) -> "subprocess.Popen[bytes]":
        """Start another program; what it prints goes into a file."""
        number = self._next()
        out = self.homes / f"out-{number}"
        with out.open("wb") as file, out.with_suffix(".err").open("wb") as errors:
            process = subprocess.Popen([PYTHON, "-m", *command], env=self._environ(number), stdout=file, stderr=errors)
        self.others.append((process, out))
        return process

    def has_begun(self, process: "subprocess.Popen[bytes]") -> bool:
        """Whether that program has printed anything."""
        return any(out.stat().st_size > 0 for one, out in self.others if one is process)

    def lines(self) -> list[tuple[str, Any]]:
        """Return what the processes that start tasks have said: (word, value)."""
        said = []
        for _, out in self.others:
            for line in out.read_bytes().split(b"\n")[:-1]:
                if line.startswith(b"["):
                    word, value = json.loads(line)
                    said.append((word, value))
        return said

    def forget(self) -> None:
        """Go to the top of every list, which stays at its cursor, and look only at what is written from now on."""
        for one in self.dashboards:
            one.type(_TOP)
        self.rest(_DRAWN)
        for one in self.dashboards:
            one.written = b""

    def see(self, text: str, seconds: float, who: Sequence[Dashboard] | None = None) -> list[float | None]:
        """Wait until every dashboard has written `text`; returns after how many seconds each did, None if not."""
        began, mark = time.monotonic(), text.encode()
        waited = list(self.dashboards if who is None else who)
        seen: list[float | None] = [None] * len(waited)
        while None in seen and time.monotonic() - began < seconds:
            select.select([one.master for one in waited], [], [], 0.2)
            for number, one in enumerate(waited):
                one.glance()
                if seen[number] is None and mark in one.written:
                    seen[number] = time.monotonic() - began
        return seen

    def rest(self, seconds: float) -> None:
        """Let time pass, and read what the dashboards write meanwhile."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            select.select([one.master for one in self.dashboards], [], [], min(left, 0.2))
            for one in self.dashboards:
                one.glance()

    def _next(self) -> int:
        self.number += 1
        return self.number - 1

    def _environ(self, number: int) -> dict[str, str]:
        home = self.homes / f"home-{number}"
        return {**self.environ, **self.own(number), "DIVEWATCH_HOME": str(home), "DIVEWATCH_PERSON": f"p{number}@team"}


@contextmanager
def team(homes: Path, environ: Mapping[str, str], own: Callable[[int], Mapping[str, str]]) -> Iterator[Team]:
    """Give a team that is gone afterwards, whatever happens."""
    hidden = {"NO_COLOR", "TMUX", "COLUMNS", "LINES", "DISPLAY"}
    base = {name: value for name, value in os.environ.items() if name not in hidden}
    base |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", **environ}
    made = Team(homes, base, own)
    try:
        yield made
    finally:
        with ExitStack() as stack:
            for process, _ in made.others:
                stack.callback(_end, process)
            for one in made.dashboards:
                stack.callback(one.__exit__)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
