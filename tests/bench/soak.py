"""Simulated days at three services with faults in them: `python -m tests.bench.soak [--days 2] [--tasks 1500]`.

Real sockets, clients, engine and archive; only time is scripted. The figures are of one process that holds the
services, too: what they keep of a task is part of the growth, what they record of requests is thrown away.
"""

import argparse
import asyncio
import gc
import json
import os
import random
import sys
import tempfile
import time
from asyncio import events
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from tests.providers.faults import BEHAVIOURS, Behave, Seen, answer
from tests.robust.behaviours import error_body
from tests.robust.world import NAMES, World, world
from tui.domain.capability import ConnectionState

HOUR = 3600.0
MODES = {"extruct": "medium", "yutori": "fast", "valyu": "fast"}
_FAULTS: tuple[Behave, ...] = tuple(BEHAVIOURS[name] for name in ("reset", "close", "cut", "stall", "html", "gzip_bad"))


class _Counted(list[Seen]):
    """A record of requests that keeps their number only."""

    number = 0
    creates = 0

    def append(self, request: Seen) -> None:
        self.number += 1
        self.creates += request.method == "POST"


@dataclass(frozen=True)
class Reading:
    """The figures of one moment."""

    rss: int  # kB
    tasks: int  # asyncio tasks on the engine's loop
    handles: int  # open files and sockets of this process
    threads: int
    objects: int


class Hour(NamedTuple):
    """One hour of the run."""

    rss: int  # kB at its end
    gap: float  # CPU milliseconds of the longest call of the loop, the services' half included


class _Gap:
    """The longest call of the loop since it was last asked."""

    longest = 0.0

    def take(self) -> float:
        """Return it in CPU milliseconds, and begin anew."""
        longest, self.longest = self.longest, 0.0
        return longest * 1000


@contextmanager
def _watched() -> Iterator[_Gap]:
    """Time whatever the loops of this process call, by the clock of their thread: another program adds nothing."""
    gap, call = _Gap(), events.Handle._run

    def timed(handle: events.Handle) -> None:
        began = time.thread_time()
        call(handle)
        gap.longest = max(gap.longest, time.thread_time() - began)

    with mock.patch.object(events.Handle, "_run", timed):
        yield gap


@dataclass
class Soak:
    """What a run found."""

    days: float
    started: int
    first: Reading
    last: Reading
    requests: Counter[str] = field(default_factory=Counter)
    creates: int = 0
    lost: int = 0
    unfinished: int = 0
    without_report: int = 0
    kept: int = 0
    faults: int = 0
    links: tuple[ConnectionState, ...] = ()
    seconds: float = 0.0
    hours: tuple[Hour, ...] = ()


def soak(folder: Path, *, hours: float, tasks: int, share: float, seed: int = 1) -> Soak:
    """Live through `hours` in which `tasks` are started elsewhere and `share` of all answers are faults."""
    began = time.monotonic()
    with _watched() as gap, world(folder / "archive.db", seed=seed, patience=6 * HOUR) as tell:
        result = tell(lambda made: _story(made, hours, tasks, share, random.Random(seed), gap))
    result.seconds = time.monotonic() - began
    return result


async def _story(made: World, hours: float, tasks: int, share: float, rng: random.Random, gap: _Gap) -> Soak:
    counted: dict[str, _Counted] = {}
    struck: Counter[str] = Counter()
    for name, front in made.fronts.items():
        front.seen = counted[name] = _Counted()
        front.fault = _sometimes(share, rng, struck)
    gc.collect()
    gc.freeze()  # as the program does after its start
    begun: set[str] = set()
    by_hour: list[Hour] = []
    first = None
    every = hours * HOUR / tasks
    for number in range(tasks):
        begun.add(_begin(made, NAMES[number % 3], number))
        await made.pass_time(every)
        if made.loop.time() >= HOUR * (len(by_hour) + 1):
            by_hour.append(Hour(_rss(), gap.take()))
        if first is None and made.loop.time() >= min(HOUR, hours * HOUR / 4):
            first = _reading(made)
        if number % 100 == 0:
            made.simulation.log.requests.clear()
    await made.pass_time(HOUR)  # the last ones end
    for front in made.fronts.values():
        made.heal(front)  # and whoever still stalls on the services' side is let go
    made.runtime.refresh()
    await made.pass_time(2 * 120.0)
    last = _reading(made)
    known = {task.remote_id: task for task in made.runtime.tasks().values()}
    kept = {task.remote_id for task in made.archive.load_tasks()}
    return Soak(
        made.loop.time() / 86_400,
        tasks,
        first or last,
        last,
        Counter({name: requests.number for name, requests in counted.items()}),
        sum(requests.creates for requests in counted.values()),
        len(begun - known.keys()) + len(begun - kept),
        sum(not task.status.is_final for task in known.values()),
        sum(task.status.value == "done" and not task.has_report for task in known.values()),
        len(kept),
        sum(struck.values()),
        tuple(state.link for state in made.runtime.providers().values()),
        hours=tuple(by_hour),
    )


def _sometimes(share: float, rng: random.Random, struck: "Counter[str]") -> Behave:
    async def behave(front: object, request: Seen, writer: asyncio.StreamWriter) -> None:
        if rng.random() >= share:
            writer.write(await front.ask_service(request))  # type: ignore[attr-defined]
            await writer.drain()
            return
        struck["all"] += 1
        if rng.random() < 0.3:
            status = rng.choice((429, 500, 502, 503))
            name = front.name  # type: ignore[attr-defined]
            writer.write(answer(status, error_body(name, "not now"), ("Retry-After", "7")))
            await writer.drain()
        else:
            await rng.choice(_FAULTS)(front, request, writer)  # type: ignore[arg-type]

    return behave


def _begin(made: World, name: str, number: int) -> str:
    prompt = f"Question {number}: what is known, and who says so?"
    if name == "valyu":
        return made.simulation.valyu.begin(prompt, {"mode": "fast"}).id
    if name == "yutori":
        return made.simulation.yutori.begin(prompt, "fast", None).id
    return made.simulation.extruct.begin(prompt, "medium", None).id


def _reading(made: World) -> Reading:
    import threading

    gc.collect()
    handles = sum(1 for _ in Path("/proc/self/fd").iterdir())
    return Reading(_rss(), len(asyncio.all_tasks(made.loop)), handles, threading.active_count(), len(gc.get_objects()))


def _rss() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def by_hour(hours: Sequence[Hour]) -> str:
    """Return a line for each sixth hour, of a short run for each: memory, and the longest call of the loop since."""
    step = 6 if len(hours) > 6 else 1
    lines = [
        f"  hour {end:3}: RSS {hours[end - 1].rss:,} kB, "
        f"longest call of the loop {max(one.gap for one in hours[end - step : end]):.0f} ms"
        for end in range(step, len(hours) + 1, step)
    ]
    return "\n".join(lines)


def main() -> int:
    """Run it with faults and without, and print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=float, default=2.0)
    parser.add_argument("--tasks", type=int, default=1500)
    parser.add_argument("--faults", type=float, default=0.05)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures of every hour")
    asked = parser.parse_args()
    totals: list[int] = []
    hours: dict[str, Sequence[Hour]] = {}
    for share in (asked.faults, 0.0):
        with tempfile.TemporaryDirectory() as folder:
            found = soak(Path(folder), hours=asked.days * 24, tasks=asked.tasks, share=share)
        totals.append(sum(found.requests.values()))
        first, last = found.first, found.last
        print(f"{found.days:.2f} simulated days, {found.started} tasks, {share:.0%} faults: {found.seconds:.0f} s")
        print(f"  lost {found.lost}, unfinished {found.unfinished}, without report {found.without_report}")
        print(f"  kept {found.kept}, creates {found.creates}, faults {found.faults}, links {[*map(str, found.links)]}")
        print(f"  RSS {first.rss:,} -> {last.rss:,} kB ({(last.rss - first.rss) / found.started:.1f} kB a task)")
        print(f"  asyncio tasks {first.tasks} -> {last.tasks}, handles {first.handles} -> {last.handles}, "
              f"threads {first.threads} -> {last.threads}, objects {first.objects:,} -> {last.objects:,}")  # fmt: skip
        print(by_hour(found.hours))
        print(f"  requests {dict(found.requests)}", flush=True)
        hours[f"{share:.0%} faults"] = found.hours
    if asked.json:
        asked.json.write_text(json.dumps(hours, indent=1), encoding="utf-8")
    print(f"requests with faults / without: {totals[0] / totals[1]:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
