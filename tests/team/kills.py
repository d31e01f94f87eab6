"""Kills and cuts: `python -m tests.team.kills [--server 100] [--clients 100] [--cuts 100]`.

Dashboards, a `watch` process and processes that start tasks work on one server. Again and again the server is stopped
at once (its kill -9), a client is killed, or the way to the server is cut in the midst of whatever is passed on. After
each, a change must reach every dashboard; at the end everything acknowledged must be there, and no task begun twice.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.postgres import Server, running
from tests.team.load import probe, put_probe
from tests.team.people import Dashboard, Team, team
from tests.team.proxy import Proxy
from tests.team.ways import Ways
from tests.team.witness import Found, compare, sync
from tui.engine.archive import Archive
from tui.simulator.server import Simulator

_DASHBOARDS, _STARTERS = 3, 2
_RECOVERED_BY = 60.0  # seconds; the longest pause before the server is tried again is 15
_LONGEST = 2.0  # seconds that the server or the way is away


@dataclass
class Kills:
    """What a run found."""

    server: int = 0
    clients: int = 0
    cuts: int = 0
    seconds: float = 0.0
    found: Found = field(default_factory=Found)
    crashed: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)  # a change after a kill was not seen in time
    back: list[float] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether every promise was kept."""
        return self.found.good and not (self.crashed or self.stuck)

    def __str__(self) -> str:
        ordered = sorted(self.back) or [float("nan")]
        return (
            f"{self.server} stops of the server, {self.clients} kills of clients, {self.cuts} cuts in "
            f"{self.seconds:.0f} s: {self.found}; dashboards that ended {len(self.crashed)}, that did not recover "
            f"{len(self.stuck)}; seen again after p50 {ordered[len(ordered) // 2]:.1f} s, worst {ordered[-1]:.1f} s"
        )


class Trouble:
    """One run: who is there, and what is done to them."""

    def __init__(self, server: Server, way: Proxy, members: Team, url: str, seed: int) -> None:
        self._server = server
        self._way = way
        self._members = members
        self._url = url
        self._rng = random.Random(seed)
        self._probes = 0
        self._programs: list[tuple[tuple[str, ...], subprocess.Popen[bytes]]] = []
        self.kills = Kills()

    def start(self) -> None:
        """Start everybody."""
        for _ in range(_DASHBOARDS):
            self._members.dashboard()
        self._program("tui", "watch")
        for number in range(_STARTERS):
            self._program("tests.team.starter", str(number), "1.0")
        self._members.see("divewatch", _RECOVERED_BY)

    def stop_server(self) -> None:
        """Stop the server at once, and start it a moment later."""
        self._server.stop("immediate")
        self.kills.server += 1
        self._members.rest(self._rng.uniform(0, _LONGEST))
        self._server.start()
        self._look("the server was stopped")

    def cut(self) -> None:
        """Cut the way to the server for a moment."""
        self._way.cut()
        self.kills.cuts += 1
        self._members.rest(self._rng.uniform(0, _LONGEST))
        self._way.heal()
        self._look("the way was cut")

    def kill_client(self) -> None:
        """Kill one of the clients, and start another in its place."""
        self.kills.clients += 1
        which = self._rng.randrange(len(self._programs) + 1)
        if which < len(self._programs):
            command, process = self._programs.pop(which)
            process.kill()
            process.wait()
            self._program(*command[:-2], str(1000 + self.kills.clients), command[-1]) if len(command) > 2 else (
                self._program(*command)
            )
        else:
            gone = self._members.dashboards.pop(self._rng.randrange(len(self._members.dashboards)))
            gone.process.kill()
            gone.__exit__()
            self._members.see("divewatch", _RECOVERED_BY, [self._members.dashboard()])
        self._look("a client was killed")

    def _program(self, *command: str) -> None:
        self._programs.append((command, self._members.program(*command)))

    def _look(self, after: str) -> None:
        """Let everybody work for a moment, then see whether a change reaches every dashboard; start again who ended."""
        began = time.monotonic()
        self._members.rest(self._rng.uniform(0, 1.0))
        self._probes += 1
        self._members.forget()
        with Archive.open(self._url) as archive:
            put_probe(archive, self._probes)
        seen = self._members.see(probe(self._probes), _RECOVERED_BY)
        self.kills.back.append(time.monotonic() - began)
        for one, at in zip(self._members.dashboards, seen, strict=True):
            if at is None:
                self.kills.stuck.append(f"{after}: {one.written[-500:]!r}")
        for one in [one for one in self._members.dashboards if one.crashed]:
            self.kills.crashed.append(f"{after}: {one.process.poll()} {one.written[-500:]!r}")
            self._replace(one)
        for command, process in [*self._programs]:
            if process.poll() is not None:
                if self._members.has_begun(process):  # else it found no server at its start, and said so
                    self.kills.crashed.append(f"{after}: {' '.join(command)} ended with {process.returncode}")
                self._programs.remove((command, process))
                self._program(*command)

    def _replace(self, one: Dashboard) -> None:
        self._members.dashboards.remove(one)
        one.__exit__()
        self._members.dashboard()


def run(server_stops: int, client_kills: int, cuts: int, *, seed: int = 7, most: float = 36_000.0) -> Kills:
    """Do all that in a random order, for at most so many seconds, and look at what is left."""
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dw-k-")))
        server = stack.enter_context(running())
        (folder / "way").mkdir()
        way = stack.enter_context(Proxy(folder / "way", server.folder))
        simulator = stack.enter_context(Simulator(speed=200.0, seed=seed, world=True))
        ways = stack.enter_context(Ways(simulator.port))
        url = server.url()
        with Archive.open(url) as archive:
            archive.annotations.set_state("tasks", {"sort": "newest"}).result()
        environ = {"DIVEWATCH_ARCHIVE": way.url(url)}
        members = stack.enter_context(team(folder, environ, lambda n: ways.exports(n, simulator.exports)))
        trouble = Trouble(server, way, members, url, seed)
        trouble.start()
        steps = [trouble.stop_server] * server_stops + [trouble.kill_client] * client_kills + [trouble.cut] * cuts
        random.Random(seed).shuffle(steps)
        for number, step in enumerate(steps, start=1):
            if time.monotonic() - began > most:
                break
            step()
            if number % 20 == 0:
                print(number, trouble.kills, file=sys.stderr, flush=True)
        members.rest(2.0)
        lines = members.lines()
        for process, _ in members.others:
            process.kill()
        for one in members.dashboards:
            one.process.kill()
        end = {**members.environ, **simulator.exports, "DIVEWATCH_ARCHIVE": url, "DIVEWATCH_HOME": str(folder / "end")}
        for _ in range(2):
            sync(end)
        trouble.kills.found = compare(url, simulator, lines)
        trouble.kills.seconds = time.monotonic() - began
    return trouble.kills


def main() -> int:
    """Do it and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", type=int, default=100)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--cuts", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=36_000.0, help="stop after so many")
    asked = parser.parse_args()
    kills = run(asked.server, asked.clients, asked.cuts, seed=asked.seed, most=asked.seconds)
    print(kills)
    found = kills.found
    for line in (*found.lost, *found.twice, *found.unsound, *kills.crashed, *kills.stuck)[:100]:
        print(" ", line)
    return 0 if kills.good else 1


if __name__ == "__main__":
    sys.exit(main())
