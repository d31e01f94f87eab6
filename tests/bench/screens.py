"""The experiments on a terminal: first paint, idling, keys in the table, reading a report, resizing."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import cast

from tests.bench.experiment import Experiment, Figures, Row, quantile
from tests.bench.process import cpu_of, memory_of, wakeups_of
from tests.bench.terminal import EndedError, Pressed, Terminal
from tests.bench.worlds import FIRST, LAST, NEEDLE, Worlds, environment
from tui.engine.ports import MOST_LOADED

OURS = (sys.executable, "-m", "tui")
OPENING = (sys.executable, "-m", "tests.bench.apps.opening")
MINIMAL = (sys.executable, "-m", "tests.bench.apps.minimal")
_TEXT = r"\w \[\d+\]"  # a line of the report itself, not of the list
_LISTED = r"tasks 1/1\b"
_READER = "next cite"  # in the key line of the reader only: the dashboard shows the beginning of a report, too
_RESTED = 0.6  # seconds after which a page that stays has its links
SETTLED = 2.5  # seconds after which start-up, engine and caches are through


def start(worlds: Worlds, *, quick: bool) -> Experiment:
    """First paint, memory, and a time without any key."""
    idle = 5.0 if quick else 60.0
    programs: dict[str, Callable[[], Figures]] = {
        "textual-min": partial(started, MINIMAL, "READY", {}, idle),
        "ours, 100 tasks": partial(started, OURS, r"tasks 1/100\b", worlds.tasks(100), 0.0),
        "ours, 1,000 tasks": partial(started, OURS, r"tasks 1/1,000", worlds.tasks(1000), idle),
    }
    rows = [
        Row("first paint, 100 tasks", "first", "ours, 100 tasks", 1.4, "textual-min"),
        Row("CPU to the first paint, 100 tasks", "cpu", "ours, 100 tasks", 1.4, "textual-min"),
        Row("idle: bytes", "idle_bytes", "ours, 1,000 tasks", 0, unit="bytes", counted=True),
        Row("idle: writes", "idle_writes", "ours, 1,000 tasks", 0, unit="writes", counted=True),
        Row("idle: CPU", "idle_cpu", "ours, 1,000 tasks", 1, "textual-min", unit="%"),
        Row("idle: wake-ups a second", "idle_wakeups", "ours, 1,000 tasks", 6, unit="/s", counted=True),
        Row("memory, 1,000 tasks", "memory", "ours, 1,000 tasks", 2, "textual-min", unit="MB"),
    ]
    if not quick:
        programs["ours, 10,000 tasks"] = partial(started, OURS, r"tasks 1/200", worlds.tasks(10_000), 0.0)  # the newest
        rows.append(Row("first paint, 10,000 tasks", "first", "ours, 10,000 tasks", 1.5, "textual-min"))
    return Experiment("start", programs, rows, turns=1 if quick else 7)


def started(command: Sequence[str], ready: str, env: Mapping[str, str], idle: float) -> Figures:
    with Terminal(command, env=env) as terminal:
        painted = terminal.wait(ready)
        figures = {"first": (painted - terminal.began) * 1000, "cpu": terminal.painted_cpu * 1000}
        terminal.watch(SETTLED)
        figures |= {"memory": memory_of(terminal.pid), "bytes": terminal.bytes}
        if idle:
            figures |= _idle(terminal, idle)
        return figures


def _idle(terminal: Terminal, seconds: float) -> Figures:
    cpu, wakeups, written, writes = cpu_of(terminal.pid), wakeups_of(terminal.pid), terminal.bytes, terminal.writes
    terminal.watch(seconds)
    return {
        "idle_bytes": terminal.bytes - written,
        "idle_writes": terminal.writes - writes,
        "idle_cpu": (cpu_of(terminal.pid) - cpu) / seconds * 100,
        "idle_wakeups": (wakeups_of(terminal.pid) - wakeups) / seconds,
    }


def keys(worlds: Worlds, *, quick: bool) -> Experiment:
    """A key in the table: single ones, then one held down until the list has scrolled by some pages."""
    single, held = (20, 90) if quick else (60, 300)
    programs: dict[str, Callable[[], Figures]] = {
        "textual-min": partial(keys_of, MINIMAL, "READY", {}, "x", single, held),
        "ours, 1,000 rows": partial(keys_of, OURS, "tasks 1/1,000", worlds.tasks(1000), "down", single, held),
    }
    rows = [
        Row("key in the table, 1,000 rows: p95", "p95", "ours, 1,000 rows", 1.5, "textual-min"),
        Row("held key, 1,000 rows: CPU", "held_cpu", "ours, 1,000 rows", 1.5, "textual-min"),
        Row("held key, 1,000 rows: bytes", "held_bytes", "ours, 1,000 rows", 700, unit="bytes", counted=True),
        Row(
            "single key and its task's detail: bytes",
            "most_bytes",
            "ours, 1,000 rows",
            6000,
            unit="bytes",
            counted=True,
        ),
        Row("single key: writes", "writes", "ours, 1,000 rows", 3, unit="writes", counted=True),
    ]
    if not quick:
        many = worlds.tasks(100_000)
        programs["ours, 100,000 rows"] = partial(keys_of, OURS, f"tasks 1/{MOST_LOADED:,}", many, "down", single, held)
        rows += [
            Row("key in the table, 100,000 rows: p95", "p95", "ours, 100,000 rows", 1.5, "textual-min"),
            Row("held key, 100,000 rows: bytes", "held_bytes", "ours, 100,000 rows", 700, unit="bytes"),
        ]
    return Experiment("keys", programs, rows, turns=1 if quick else 3)


def keys_of(command: Sequence[str], ready: str, env: Mapping[str, str], key: str, single: int, held: int) -> Figures:
    with Terminal(command, env=env) as terminal:
        terminal.wait(ready)
        terminal.watch(SETTLED)
        figures = of_keys([terminal.press(key) for _ in range(single)])
        if held:
            figures["held_bytes"], figures["held_cpu"] = terminal.hold(key, held, 30)
        return figures


def of_keys(pressed: Sequence[Pressed], name: str = "") -> dict[str, float]:
    """Return the figures of keys of one kind; those that painted nothing are left out and counted."""
    painted = [one for one in pressed if one.first is not None]
    if not painted:
        raise EndedError("no key painted anything")
    figures = {
        "p50": quantile([one.first or 0.0 for one in painted], 0.5),
        "p95": quantile([one.first or 0.0 for one in painted], 0.95),
        "bytes": sum(one.bytes for one in painted) / len(painted),
        "most_bytes": max(one.bytes for one in painted),
        "writes": quantile([one.writes for one in painted], 0.5),
        "cpu": sum(one.cpu for one in pressed) / len(pressed),
        "silent": len(pressed) - len(painted),
    }
    return {f"{name}{figure}": value for figure, value in figures.items()}


def reading(worlds: Worlds, *, quick: bool) -> Experiment:
    """A report: opened with a key, read by line, page and citation, searched, resized."""
    sizes = ("10K", "1M") if quick else ("10K", "100K", "1M", "5M")
    programs: dict[str, Callable[[], Figures]] = {"textual-min": partial(keys_of, MINIMAL, "READY", {}, "x", 40, 0)}
    rows = [Row("10 KB report: first screen after the key", "open", "ours, 10K", 200)]
    for size in sizes:
        ours = f"ours, {size}"
        if less := shutil.which("less"):
            programs[f"less, {size}"] = partial(_less, [less, str(worlds.report(size))])
        programs[ours] = partial(_reading, worlds.reading(size), 6 if quick else 40)
        rows += _reading_rows(size, ours)
    if not quick:
        rows.append(Row("5 MB report: first screen", "open", "ours, 5M", 1.5, "ours, 10K"))
        programs["ours, 5M, without a terminal"] = partial(_opening, worlds.reading("5M"))
        rows += [
            Row("5 MB report opens: longest work of the loop, CPU", "work", "ours, 5M, without a terminal", 50),
            Row("5 MB report opens: longest gap of the loop", "gap", "ours, 5M, without a terminal", 50),
        ]
    rows.append(Row("1 MB report: memory", "memory", "ours, 1M", 2.5, "textual-min", unit="MB"))
    return Experiment("reading", programs, rows, turns=1 if quick else 3)


def cold(worlds: Worlds, *, quick: bool) -> Experiment:
    """`divewatch read FILE` from the command line to the first screen of the report."""
    sizes = ("10K", "5M") if quick else ("10K", "100K", "1M", "5M")
    programs: dict[str, Callable[[], Figures]] = {"textual-min": partial(started, MINIMAL, "READY", {}, 0.0)}
    rows = []
    for size in sizes:
        programs[f"ours, {size}"] = partial(_cold, worlds.report(size))
        rows += [
            Row(f"read FILE, {size}: first screen", "first", f"ours, {size}", 1.5, "textual-min"),
            Row(f"read FILE, {size}: CPU", "cpu", f"ours, {size}", 1.5, "textual-min"),
        ]
    rows.append(Row("read FILE, 5M: first screen", "first", "ours, 5M", 1.5, "ours, 10K"))
    return Experiment("cold", programs, rows, turns=3 if quick else 7)


def _cold(file: Path) -> Figures:
    with (
        tempfile.TemporaryDirectory() as folder,
        Terminal([*OURS, "read", str(file)], env=environment(Path(folder))) as terminal,
    ):
        painted = terminal.wait(lambda: terminal.shows(FIRST) and terminal.shows(_TEXT))
        return {"first": (painted - terminal.began) * 1000, "cpu": terminal.painted_cpu * 1000}


def _reading_rows(size: str, ours: str) -> list[Row]:
    return [
        Row(f"{size} report: line p95", "line_p95", ours, 1.5, "textual-min", against="p95"),
        Row(f"{size} report: page p95", "page_p95", ours, 1.5, "textual-min", against="p95"),
        Row(f"{size} report: citation p95", "cite_p95", ours, 3, "textual-min", against="p95"),
        Row(f"{size} report: to the end", "end", ours, 5, "textual-min", against="p95"),
        Row(f"{size} report: a letter of a search p95", "search_p95", ours, 30),
        Row(f"{size} report: right again after a resize", "resize", ours, 100),
        Row(f"{size} report: bytes a line", "line_bytes", ours, 3, f"less, {size}", unit="bytes", counted=True),
        Row(f"{size} report: bytes a page", "page_bytes", ours, 1.6, f"less, {size}", unit="bytes", counted=True),
        Row(f"{size} report: bytes a citation", "cite_bytes", ours, 6000, unit="bytes", counted=True),
    ]


def _less(command: Sequence[str]) -> Figures:
    with Terminal(command) as terminal:
        figures = {"open": (terminal.wait(FIRST) - terminal.began) * 1000}
        figures |= of_keys([terminal.press("space") for _ in range(5)], "page_")
        terminal.press("g")
        figures |= of_keys([terminal.press("j") for _ in range(20)], "line_")
        return figures


def _reading(home: Path, count: int) -> Figures:
    """Measure on a copy: where one was in a report is remembered."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "home"
        shutil.copytree(home, copy)
        return _read(environment(copy), count)


def _opening(home: Path) -> Figures:
    """Open the report in an application that is watched from inside."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "home"
        shutil.copytree(home, copy)
        done = subprocess.run(OPENING, env={**os.environ, **environment(copy)}, capture_output=True, check=True)
        return cast("Figures", json.loads(done.stdout))


def _read(env: Mapping[str, str], count: int) -> Figures:
    with Terminal(OURS, env=env) as terminal:
        terminal.wait(_LISTED)
        terminal.watch(SETTLED)
        moment = terminal.send("enter")
        figures = {"open": (terminal.wait(lambda: all(map(terminal.shows, (FIRST, _TEXT, _READER)))) - moment) * 1000}
        terminal.rest()
        figures |= of_keys([terminal.press("down") for _ in range(max(20, count))], "line_")
        figures |= of_keys([terminal.press("pagedown") for _ in range(count)], "page_")
        figures["links_bytes"] = terminal.bytes
        terminal.watch(_RESTED)
        figures["links_bytes"] = terminal.bytes - figures["links_bytes"]  # 0 where the last keys were at the end
        terminal.press("home")
        figures |= of_keys([terminal.press("]") for _ in range(count)], "cite_")
        terminal.quiet(0.3)
        moment = terminal.send("end")
        figures["end"] = (terminal.wait(LAST) - moment) * 1000
        terminal.press("home")
        terminal.press("/")
        terminal.quiet(0.3)
        figures |= of_keys([terminal.press(letter) for letter in NEEDLE], "search_")
        terminal.send("enter")
        terminal.wait(f"Here is {NEEDLE}")
        terminal.quiet(0.3)
        figures["resize"] = _resize(terminal)
        terminal.quiet(0.5, 10)
        figures["memory"] = memory_of(terminal.pid)
        return figures


def _resize(terminal: Terminal) -> float:
    """Return the milliseconds until a narrower screen shows the line that was the first."""
    first = next(line.split() for line in terminal.lines() if len(line.split()) > 5)
    moment = terminal.resize((100, 30))
    terminal.wait(lambda: any(line.split()[:3] == first[:3] for line in terminal.lines()[:6]), 10)
    terminal.quiet(0.2)
    return (terminal.changed[-1] - moment) * 1000
