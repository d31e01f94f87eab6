"""Dashboards and `watch` processes on one server: `python -m tests.team.load [--processes 20] [--minutes 10]`.

A third are dashboards in terminals, a third watch, a third start tasks; the simulator runs at speed 50, 5 % of all
requests fail. Prints what was lost, sent twice, asked by two processes at once, and how long a change takes from its
commit to every screen; status 1 if a promise was not kept.
"""

import argparse
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.postgres import running
from tests.team.people import Team, team
from tests.team.ways import Ways
from tests.team.witness import Found, compare, sync
from tui.domain.errors import NotFound
from tui.domain.task import Task, TaskStatus
from tui.engine.archive import Archive
from tui.simulator.server import Simulator

_LATE = 2.0  # seconds from a commit to the screens, at most, for 95 of 100
_SEEN_BY = 60.0
_LETTERS = "ΓΔΘΛΞΠΣΦΨΩЖИЛЦШЩЪЫЭЮЯЂЊЋЏ"


@dataclass
class Load:
    """What a run found."""

    processes: int
    seconds: float = 0.0
    found: Found = field(default_factory=Found)
    requests: int = 0
    faults: int = 0
    together: list[str] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)
    unseen: int = 0
    late: list[float] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """Return the seconds within which that share of the changes was on a screen."""
        ordered = sorted(self.late)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")

    @property
    def good(self) -> bool:
        """Whether every promise was kept, but for the time that a change takes."""
        return self.found.good and not (self.together or self.crashed or self.unseen)

    def __str__(self) -> str:
        return (
            f"{self.processes} processes in {self.seconds:.0f} s, {self.requests} requests, {self.faults} faults: "
            f"{self.found}; asked by two at once {len(self.together)}, dashboards that ended {len(self.crashed)}; "
            f"change to screen p50 {self.quantile(0.5):.2f} s, p95 {self.quantile(0.95):.2f} s, "
            f"worst {self.quantile(1.0):.2f} s, {len(self.late)} sights, {self.unseen} never"
        )


def run(processes: int, seconds: float, *, share: float = 0.05, speed: float = 50.0) -> Load:
    """Let `processes` programs work on one server for so long, and look at what became of everything."""
    load, began = Load(processes), time.monotonic()
    with tempfile.TemporaryDirectory() as folder, running() as server:
        url = server.url()
        with (
            Simulator(speed=speed, world=True) as simulator,
            Ways(simulator.port, share) as ways,
            team(Path(folder), {"DIVEWATCH_ARCHIVE": url}, lambda n: ways.exports(n, simulator.exports)) as members,
        ):
            with Archive.open(url) as archive:
                archive.annotations.set_state("tasks", {"sort": "newest"}).result()
                _start(members, processes)
                _probe(members, archive, time.monotonic() + seconds, load)
            load.crashed = [
                f"{one.process.poll()}: {one.written[-300:]!r}" for one in members.dashboards if one.crashed
            ]
            lines = members.lines()
            for process, _ in members.others:
                process.kill()
            for one in members.dashboards:
                one.process.kill()
            load.requests, load.faults = len(ways.asked), ways.faults
            load.together = [
                f"{b.service}: {a.who} {a.path} {a.at:.3f}-{a.until:.3f}, {b.who} {b.path} {b.at:.3f}"
                for a, b in ways.together()
            ]
            ways.share = 0.0
            home = str(Path(folder) / "end")
            environ = {**members.environ, **simulator.exports, "DIVEWATCH_HOME": home}
            for _ in range(2):
                sync(environ)
            load.found = compare(url, simulator, lines)
    load.seconds = time.monotonic() - began
    return load


def _start(members: Team, processes: int) -> None:
    for number in range(processes):
        if number % 3 == 0:
            members.dashboard()
        elif number % 3 == 1:
            members.program("tui", "watch")
        else:
            members.program("tests.team.starter", str(number), "3")
    members.see("divewatch", _SEEN_BY)  # the title: they are on their screens


def probe(number: int) -> str:
    """Return a title of which a screen has to write every letter, whatever title stood in its place."""
    return _LETTERS[number % len(_LETTERS)] * 8


def put_probe(archive: Archive, number: int) -> None:
    """Commit a new task on top of every list, however that is sorted, in the place of the one before."""
    with suppress(NotFound):
        archive.annotations.delete([f"probe-{number - 1}"]).result()
    task = Task(
        f"probe-{number}", "valyu", title=probe(number), status=TaskStatus.WAITING, created_at=datetime.now(UTC)
    )
    archive.put_tasks([task]).result()


def _probe(members: Team, archive: Archive, end: float, load: Load) -> None:
    """Change something again and again, and wait until it is on every screen."""
    number = 0
    while time.monotonic() < end:
        number += 1
        members.forget()
        put_probe(archive, number)
        seen = members.see(probe(number), _SEEN_BY)
        if number > 1:  # the first one waits for the programs to start
            load.late += [one for one in seen if one is not None]
            load.unseen += seen.count(None)
        members.rest(1.0)


def main() -> int:
    """Run it and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--faults", type=float, default=0.05)
    asked = parser.parse_args()
    load = run(asked.processes, asked.minutes * 60, share=asked.faults)
    print(load)
    for line in (*load.found.lost, *load.found.twice, *load.found.unsound, *load.together, *load.crashed)[:100]:
        print(" ", line)
    return 0 if load.good and load.quantile(0.95) < _LATE else 1


if __name__ == "__main__":
    sys.exit(main())
