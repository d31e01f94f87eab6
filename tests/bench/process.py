"""What a process tree used: CPU on all its threads, switches between them, memory; from /proc."""

import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_SWITCHES = re.compile(r"^voluntary_ctxt_switches:\s+(\d+)", re.MULTILINE)
_CPU_CLOCK = 2  # of another process: clock_getcpuclockid(3) makes its number so
_RESIDENT = re.compile(r"VmRSS:\s+(\d+)")


def tree(pid: int) -> list[int]:
    """Return a process and its descendants."""
    found = [pid]
    for one in found:
        for thread in _threads(one):
            with suppress(OSError):
                found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def _threads(pid: int) -> list[Path]:
    try:
        return [*Path(f"/proc/{pid}/task").iterdir()]
    except OSError:  # it ended meanwhile
        return []


def _told(pid: int, name: str) -> Iterator[str]:
    """Yield the file `name` of every thread of a process tree."""
    for one in tree(pid):
        for thread in _threads(one):
            with suppress(OSError):
                yield (thread / name).read_text()


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process tree so far, threads that ended included."""
    total = 0.0
    for one in tree(pid):
        with suppress(OSError):
            total += time.clock_gettime(~one << 3 | _CPU_CLOCK)
    return total


def wakeups_of(pid: int) -> int:
    """Return how often threads of a process tree gave up the processor and came back."""
    return sum(int(found[1]) for told in _told(pid, "status") if (found := _SWITCHES.search(told)))


def memory_of(pid: int) -> float:
    """Return the resident memory of a process tree in MB."""
    total = 0
    for one in tree(pid):
        with suppress(OSError):
            found = _RESIDENT.search(Path(f"/proc/{one}/status").read_text())
            total += int(found[1]) if found else 0
    return total / 1024


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that ended: milliseconds of wall clock and CPU."""

    wall: float
    cpu: float


def run(command: Sequence[str], *, env: Mapping[str, str] | None = None) -> Ran:
    """Run a command to its end.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **(env or {})})
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Ran(wall * 1000, cpu * 1000)


def python(code: str) -> list[str]:
    """Return the command that runs `code` in this interpreter."""
    return [sys.executable, "-c", code]
