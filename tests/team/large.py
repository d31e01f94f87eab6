"""A million tasks: `python -m tests.team.large [--tasks 1000000] [--reports 50000] [--kinds postgres,sqlite]`.

Fills an archive of each kind and one of a hundred tasks beside it, and prints: size, first paint of the dashboard (from
the start of the program to the first task on its screen), a page of the list, search by letters as one types a word.
"""

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.postgres import Server, running
from tests.team.fill import fill_file, fill_server, task_id, vocabulary
from tests.team.people import Dashboard, team
from tui.engine.archive import Archive

_MOST = 1.5  # how much longer a first paint may take than that of a hundred tasks
_SMALL = 100
_PAINTS = 5
_WORDS = 12
_FILLED = 15.0  # seconds
_SETTLED = 10.0  # seconds
_KEYS = 60


def measured(work: Callable[[], object], times: int = 5) -> float:
    """Return the median of the milliseconds that `work` takes."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


def first_paint(place: str, newest: str, folder: Path) -> float:
    """Return the median of the seconds from the start of a dashboard to the newest task on its screen."""
    took = []
    for number in range(_PAINTS + 1):  # the first one is not counted: it makes the copy of a server's archive
        with team(folder, {"DIVEWATCH_ARCHIVE": place}, lambda n: {}) as members:
            began = time.perf_counter()
            one = members.dashboard()
            if members.see(newest, 120.0, [one]) == [None]:
                return float("nan")
            if number == 0:
                members.rest(_FILLED)
            else:
                took.append(time.perf_counter() - began)
    return statistics.median(took)


def while_it_loads(place: str, newest: str, folder: Path) -> tuple[list[float], float]:
    """Return the milliseconds from each key to its paint while a dashboard starts up, and its megabytes after that."""
    took = []
    with team(folder, {"DIVEWATCH_ARCHIVE": place}, lambda n: {}) as members:
        one = members.dashboard()
        _wait_for(one, newest)
        for number in range(2, _KEYS + 2):
            began = time.perf_counter()
            one.type("j")
            _wait_for(one, f" {number}/")
            took.append(1000 * (time.perf_counter() - began))
        members.rest(_SETTLED)
        pages = int(Path(f"/proc/{one.process.pid}/statm").read_text().split()[1])
    return took, pages * resource.getpagesize() / 1e6


def _wait_for(one: Dashboard, text: str) -> None:
    end = time.monotonic() + _FILLED
    while text not in one.shows() and time.monotonic() < end:
        one.read(0.002)


def letters(archive: Archive) -> list[float]:
    """Return the milliseconds of each search while words are typed letter by letter."""
    words = vocabulary()
    typed = [word[:end] for word in words[100 :: len(words) // _WORDS] for end in range(1, len(word) + 1)]
    return sorted(measured(partial(archive.library.search, text, limit=200), 1) for text in typed)


def look(name: str, place: str, tasks: int, folder: Path) -> float:
    """Print the figures of one archive; returns its first paint."""
    with Archive.open(place if "://" in place else Path(place)) as archive:
        stats = archive.maintenance.stats()
        newest = archive.first_tasks(1)[0].title[:12]
        first = measured(lambda: archive.first_tasks(200))
        early, late = (
            measured(lambda: archive.tasks(100)),
            measured(lambda: archive.tasks(100, task_id(min(101, tasks)))),
        )
        at_hand = measured(archive.load_tasks, 1)
        searches = letters(archive)
    paint = first_paint(place, newest, folder)
    keys, memory = while_it_loads(place, newest, folder)
    print(
        f"{name}, {stats.tasks:,} tasks, {stats.answers:,} reports: {stats.file / 1e6:,.0f} MB; "
        f"first paint {paint:.2f} s; first 200 rows {first:.1f} ms; "
        f"what is kept at hand {at_hand:.0f} ms; a key while that loads: p50 {statistics.median(keys):.0f} ms, "
        f"worst {max(keys):.0f} ms; memory then {memory:,.0f} MB; "
        f"a page of 100: first {early:.1f} ms, last {late:.1f} ms; a letter of a search: "
        f"p50 {searches[len(searches) // 2]:.0f} ms, p95 {searches[int(0.95 * len(searches))]:.0f} ms, "
        f"worst {searches[-1]:.0f} ms",
        flush=True,
    )
    return paint


def main() -> int:
    """Fill, measure, clean up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--reports", type=int, default=50_000)
    parser.add_argument("--kinds", default="postgres,sqlite")
    asked = parser.parse_args()
    good = True
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dw-large-")))
        server: Server | None = stack.enter_context(running()) if "postgres" in asked.kinds else None
        for kind in asked.kinds.split(","):
            paints = []
            for tasks, reports in ((_SMALL, 50), (asked.tasks, asked.reports)):
                began = time.monotonic()
                if kind == "postgres" and server is not None:
                    place = server.url()
                    fill_server(place, tasks, reports)
                else:
                    place = str(folder / f"{tasks}" / "archive.db")
                    fill_file(Path(place), tasks, reports)
                print(
                    f"{kind}: {tasks:,} tasks filled in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True
                )
                paints.append(look(kind, place, tasks, folder))
            print(f"{kind}: first paint {paints[1] / paints[0]:.2f} x that of {_SMALL} tasks", flush=True)
            good &= paints[1] <= _MOST * paints[0]
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
