"""The experiments on growth: what an archive, a provider's list or a soak of any size must not make slower."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from tests.bench.experiment import Experiment, Figures, Row, quantile
from tests.bench.process import memory_of
from tests.bench.screens import MINIMAL, OURS, SETTLED, keys_of, of_keys, started
from tests.bench.soak import soak
from tests.bench.terminal import EndedError, Terminal
from tests.bench.worlds import Worlds, environment
from tui.engine.ports import MOST_LOADED

_TYPED = "lithium semiconductor climate"
_BETWEEN = 0.3  # seconds without a change before the next letter
_LIST = 4  # lines above it
_SINGLE, _HELD = 30, 60  # keys: fewer than the shortest list has rows, for at its end a key does nothing
_ARRIVING = 150.0  # seconds in which keys are pressed while a list comes in: a hundred tasks a second


def growth(worlds: Worlds, *, quick: bool) -> Experiment:
    """The same archive rows at 100, 10,000 and 100,000 tasks: nothing before a paint or behind a key grows."""
    counts = (100, 10_000) if quick else (100, 10_000, 100_000)
    programs: dict[str, Callable[[], Figures]] = {"textual-min": partial(started, MINIMAL, "READY", {}, 0.0)}
    rows = []
    for count in counts:
        ours = f"{count:,} tasks"
        programs[ours] = partial(_grown, worlds.tasks(count), count)
        rows += [
            Row(f"{count:,} tasks: first paint", "first", ours, 1.4, "textual-min"),
            Row(f"{count:,} tasks: CPU to it", "start_cpu", ours, 1.4, "textual-min", against="cpu"),
            Row(f"{count:,} tasks: memory", "memory", ours, 2, "textual-min", unit="MB"),
        ]
        if count > counts[0]:
            rows += [
                Row(f"{count:,} tasks: key p95", "p95", ours, 1.2, "100 tasks"),
                Row(f"{count:,} tasks: held key, CPU", "held_cpu", ours, 1.2, "100 tasks"),
                Row(f"{count:,} tasks: held key, bytes", "held_bytes", ours, 700, unit="bytes", counted=True),
            ]
    return Experiment("growth", programs, rows, turns=1 if quick else 3)


def _grown(env: Mapping[str, str], count: int) -> Figures:
    with Terminal(OURS, env=env) as terminal:
        painted = terminal.wait(r"tasks 1/\d")
        figures = {"first": (painted - terminal.began) * 1000, "start_cpu": terminal.painted_cpu * 1000}
        terminal.wait(f"tasks 1/{min(count, MOST_LOADED):,}", 120)
        terminal.watch(SETTLED)
        figures |= {"memory": memory_of(terminal.pid)}
        figures |= of_keys([terminal.press("down") for _ in range(_SINGLE)])
        figures["held_bytes"], figures["held_cpu"] = terminal.hold("down", _HELD, 30)
        return figures


def search(worlds: Worlds, *, quick: bool) -> Experiment:
    """A search in 1,000 reports of 20 KB, letter by letter, on the screen: until other hits are shown."""
    env = worlds.reports(1000, 3_000 if quick else 20_000)
    programs: dict[str, Callable[[], Figures]] = {"ours, 1,000 reports": partial(_searched, env)}
    rows = [Row("search in 1,000 reports, a letter: p95 to its hits", "hits", "ours, 1,000 reports", 50)]
    return Experiment("search", programs, rows, turns=1 if quick else 3)


def _searched(env: Mapping[str, str]) -> Figures:
    with Terminal(OURS, env=env) as terminal:
        terminal.wait("tasks 1/1,000")
        terminal.watch(SETTLED)
        terminal.press("F")
        terminal.quiet(0.5)
        hits = [_letter(terminal, letter) for letter in _TYPED]
        changed = [one for one in hits if one is not None]
        return {"hits": quantile(changed, 0.95), "median": quantile(changed, 0.5), "same": hits.count(None)}


def _letter(terminal: Terminal, letter: str) -> float | None:
    """Return the milliseconds until the list shows other hits; None if a letter changes nothing there."""
    before = terminal.lines()[_LIST:]
    moment = terminal.send(letter)
    took = None
    with suppress(EndedError):
        took = (terminal.wait(lambda: terminal.lines()[_LIST:] != before, 1.0) - moment) * 1000
    terminal.quiet(_BETWEEN, 2.0)
    return took


def arriving(worlds: Worlds, *, quick: bool) -> Experiment:
    """Keys in the table while a service's list of 10,000 tasks comes in for the first time."""
    count = 1_000 if quick else 10_000
    ours = f"ours, a list of {count:,}"
    programs: dict[str, Callable[[], Figures]] = {
        "textual-min": partial(keys_of, MINIMAL, "READY", {}, "x", 60, 0),
        ours: partial(_arriving, worlds.tasks(1000), count),
    }
    rows = [
        Row(f"key while a list of {count:,} comes in: p95", "p95", ours, 100),
        Row(f"key while a list of {count:,} comes in: longest", "longest", ours, 300),
        Row(f"a list of {count:,}: tasks that came", "came", ours, count, unit="tasks"),
    ]
    return Experiment("arriving", programs, rows, turns=1)


def _arriving(env: Mapping[str, str], count: int) -> Figures:
    command = [sys.executable, "-m", "tests.bench.apps.service", str(count), "listed"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as service,
    ):
        assert service.stdin is not None
        assert service.stdout is not None
        told = json.loads(service.stdout.readline())
        home = Path(folder) / "home"
        shutil.copytree(env["DIVEWATCH_HOME"], home)
        with Terminal(OURS, env={**environment(home), **told["env"]}) as terminal:
            terminal.wait("tasks 1/1,000")
            until = time.perf_counter() + _ARRIVING
            pressed = []
            while time.perf_counter() < until and not terminal.shows(f"/{1000 + count:,}"):
                pressed += [terminal.press(key, silence=0.01) for key in ("down", "up")]  # at the end none would paint
            came = next((1000 + count for _ in "." if terminal.shows(f"/{1000 + count:,}")), 0) - 1000
        service.stdin.close()
    painted = [one.first for one in pressed if one.first is not None]
    return {"p95": quantile(painted, 0.95), "longest": max(painted), "keys": len(pressed), "came": max(0, came)}


def soaking(worlds: Worlds, *, quick: bool) -> Experiment:
    """Two simulated days at three services, 5 % of all answers faults; `--quick`: a sixth of a day."""
    hours, tasks = (4.0, 60) if quick else (48.0, 1500)
    programs: dict[str, Callable[[], Figures]] = {"ours": partial(_soaked, hours, tasks)}
    rows = [
        Row(f"soak of {hours:g} hours: tasks lost or unfinished", "lost", "ours", 0, unit="tasks", counted=True),
        Row("soak: memory from its first quarter to its end", "grown", "ours", 1.1, "ours", against="begun", unit="MB"),
        Row("soak: longest call of the loop, services included", "gap", "ours", 100),
    ]
    return Experiment("soak", programs, rows, turns=1)


def _soaked(hours: float, tasks: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        found = soak(Path(folder), hours=hours, tasks=tasks, share=0.05)
    by_hour = found.hours
    return {
        "lost": found.lost + found.unfinished + found.without_report,
        "begun": by_hour[len(by_hour) // 4].rss / 1024,
        "grown": by_hour[-1].rss / 1024,
        "gap": quantile([hour.gap for hour in by_hour[1:]], 1.0),
    } | {f"rss, hour {number}": hour.rss / 1024 for number, hour in enumerate(by_hour, 1)}
