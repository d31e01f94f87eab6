"""kill -9 of a process that watches and creates at the simulator over HTTP; `tests.bench.kill --watch` runs it.

Two witnesses: what the process was told is saved (an engine listener, after the commit), and the simulator's own record
of creates, which lives in the process that kills. The set-up is that of every front end: configuration, keys, archive.
"""

import json
import os
import queue
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tui.cli.context import open_engine
from tui.config.folders import archive_place
from tui.domain.errors import DivewatchError
from tui.domain.provider import Draft
from tui.domain.task import Task
from tui.engine.api import Event, TasksChanged
from tui.engine.archive import Archive
from tui.engine.archive.rows.task_json import to_record
from tui.engine.files.saved_detail import read_detail
from tui.providers import registry
from tui.simulator.server import Simulator

SPEED = 600.0  # simulated seconds a second: most tasks end within one
MODES = {"extruct": "low", "yutori": "fast", "valyu": "fast"}
_SAID_EVERY = 25  # kills
_BRIEF = "Kill brief {}-{}: who makes turbine bearings?"


@dataclass
class Tally:
    """What was seen in all rounds together."""

    kills: int = 0
    starting: int = 0  # of them while the process was still starting
    told: int = 0  # values of tasks told as saved
    reports: int = 0  # told to have a report
    asked: int = 0  # creates the process set out to make
    accepted: int = 0  # creates the simulator has on record
    doubles: int = 0
    unknown: list[str] = field(default_factory=list)  # accepted, and not one task with a remote id here
    lost: list[str] = field(default_factory=list)
    unsound: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Whether every promise was kept."""
        return not (self.doubles or self.unknown or self.lost or self.unsound)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills ({self.starting} while starting) of a watching process in {self.seconds:.0f} s: "
            f"{self.told} saved values told, {self.reports} with a report; {self.asked} creates begun, {self.accepted} "
            f"at the simulator; lost {len(self.lost)}, unsound {len(self.unsound)}, double creates {self.doubles}, "
            f"creates without their task {len(self.unknown)}"
        )


def say(word: str, value: object) -> None:
    """Write one line at once; it is on its way before anything else happens."""
    os.write(1, (json.dumps([word, value]) + "\n").encode())


def watch(seed: int) -> None:
    """Be the process that is killed: watch everything, create now and then, write down what is told."""
    for name in MODES:
        vars(registry.load(name))["info"] = replace(registry.load(name).info, requests_per_second=500.0)
    rng, events = random.Random(seed), queue.SimpleQueue[Event]()
    with open_engine(watch=True, listener=events.put) as (_, engine):
        say("open", seed)
        serial, due = 0, 0.0
        while True:
            if time.monotonic() >= due:
                serial, due = serial + 1, time.monotonic() + rng.random() * 0.3
                account, brief = rng.choice(list(MODES)), _BRIEF.format(seed, serial)
                say("asks", brief)
                engine.create(account, Draft(brief, MODES[account]), confirmation=brief).add_done_callback(_answered)
            try:
                event = events.get(timeout=0.02)
            except queue.Empty:
                continue
            if isinstance(event, TasksChanged):
                for task_id in event.ids:
                    if (task := engine.task(task_id)) is not None:
                        say("saved", json.loads(to_record(task)))


def _answered(done: "Future[Task]") -> None:
    if done.exception() is None:
        say("saved", json.loads(to_record(done.result())))


def run(folder: Path, kills: int, *, seed: int = 7, longest: float = 3.0, most: float = 1800.0) -> Tally:
    """Kill a watching process `kills` times, after at most `longest` seconds of work each; end after `most` seconds."""
    rng, tally, began = random.Random(seed), Tally(), time.monotonic()
    last: dict[str, dict[str, Any]] = {}
    with Simulator(speed=SPEED, seed=seed, world=True) as simulator:
        environ = {**os.environ, **simulator.exports, "DIVEWATCH_HOME": str(folder)}
        path = Path(archive_place(environ))
        while tally.kills < kills and time.monotonic() - began < most:
            lines = _one_life(folder / "told", environ, seed * 1000 + tally.kills, rng, longest)
            tally.kills += 1
            tally.starting += not lines
            tally.asked += sum(word == "asks" for word, _ in lines)
            told = [value for word, value in lines if word == "saved"]
            tally.told += len(told)
            tally.reports += sum(value["has_report"] for value in told)
            if path.exists():
                fresh = {value["id"]: value for value in told}
                last |= fresh
                _look(path, fresh, tally)
            if tally.kills % _SAID_EVERY == 0:
                tally.seconds = time.monotonic() - began
                print(tally, file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "tui", "sync"], env=environ, check=True, capture_output=True, timeout=900)
        _look(path, last, tally)
        _compare(path, simulator, tally)
    tally.seconds = time.monotonic() - began
    return tally


def _one_life(
    out: Path, environ: dict[str, str], seed: int, rng: random.Random, longest: float
) -> list[tuple[str, Any]]:
    """Let a process live for a random time, kill it, and return the whole lines it wrote."""
    command = [sys.executable, "-m", "tests.bench.kill", "--be-watched", "--seed", str(seed)]
    with out.open("wb") as file, subprocess.Popen(command, stdout=file, env=environ) as process:
        if rng.random() < 0.85:
            while not out.stat().st_size and process.poll() is None:
                time.sleep(0.01)
        time.sleep(rng.random() * longest)
        process.kill()
    text = out.read_bytes().decode()
    return [(word, value) for word, value in map(json.loads, text.split("\n")[:-1])]


def _look(path: Path, told: dict[str, dict[str, Any]], tally: Tally) -> None:
    """Compare the archive with the last that was told of each task."""
    with Archive.open(path) as archive:
        tally.unsound += archive.notes
        for task_id, value in told.items():
            why = _missing(archive, task_id, value)
            if why:
                tally.lost.append(f"{task_id}: {why}")
    db = sqlite3.connect(path)
    tally.unsound += [line for (line,) in db.execute("PRAGMA integrity_check") if line != "ok"]
    db.close()


def _missing(archive: Archive, task_id: str, value: dict[str, Any]) -> str:
    """Return what of a told value the archive does not bear out; "" if it does."""
    try:
        task = archive.task(task_id)
        if value["remote_id"] and task.remote_id != value["remote_id"]:
            return f"remote id {value['remote_id']} became {task.remote_id}"
        # A list calls failed what, by the answer that comes later, left something to read.
        came = value["status"] == "failed" and not value["has_report"] and task.has_report
        allowed = {value["status"], "partial" if came else value["status"]}
        if value["status"] in {"done", "failed", "cancelled", "partial"} and task.status.value not in allowed:
            return f"{value['status']} became {task.status.value}"
        if value["has_report"] and read_detail(archive, task_id).report is None:
            return "its report is gone"
    except DivewatchError as error:
        return error.message
    return ""


def _compare(path: Path, simulator: Simulator, tally: Tally) -> None:
    """Compare the archive with the simulator's record of creates."""
    accepted = Counter(
        brief
        for request in simulator.creates()
        if request.status is None or request.status < 300
        for brief in _strings(request.json)
        if brief.startswith("Kill brief")
    )
    tally.accepted = accepted.total()
    tally.doubles = sum(count - 1 for count in accepted.values())
    with Archive.open(path) as archive:
        here = Counter(task.prompt for task in archive.tasks() if task.remote_id is not None)
    tally.unknown = [brief for brief in accepted if here[brief] != 1]


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict | list):
        return [text for item in (value.values() if isinstance(value, dict) else value) for text in _strings(item)]
    return [value] if isinstance(value, str) else []
