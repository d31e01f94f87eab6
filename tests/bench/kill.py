"""kill -9 at random moments: `python -m tests.bench.kill [KILLS] [--watch]`; prints figures, status 1 if any is bad.

A process of its own works on the archive as the engine does and says on its standard output what was acknowledged; it
is killed; then everything ever acknowledged must be there and the file sound. With `--watch` it is the whole engine, at
work over HTTP on a simulator that lives on (tests/bench/kill_watch.py).
"""

import argparse
import hashlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import kill_watch
from tui.domain.detail import Source
from tui.domain.errors import NotFound
from tui.domain.task import Task, TaskStatus
from tui.engine.archive import Archive
from tui.engine.ports import ParsedResponse, ResponseFingerprint


@dataclass
class Tally:
    """What was seen in all rounds together."""

    kills: int = 0
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    unsound: list[str] = field(default_factory=list)
    doubles: int = 0
    recovered: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.unsound or self.doubles or self.recovered)


def say(*words: str) -> None:
    """Tell the parent, at once, what was acknowledged."""
    os.write(1, (" ".join(words) + "\n").encode())


def work(path: Path, seed: int) -> None:
    """Create, poll, finish, edit and annotate tasks without end, acknowledging what is saved."""
    rng = random.Random(seed)
    archive = Archive.open(path)
    for note in archive.notes:
        say("told", note)
    say("open")
    serial = 0
    while True:
        serial += 1
        task = Task(f"{seed}-{serial}", "valyu", title=f"Brief {serial}", status=TaskStatus.QUEUED)
        archive.put_tasks([task]).result()
        say("task", task.id)
        task = replace(task, remote_id=f"remote-{seed}-{serial}", created_at=datetime.now(UTC))
        archive.put_tasks([task]).result()
        say("created", task.id, str(task.remote_id))
        for status in (TaskStatus.RUNNING, TaskStatus.RUNNING, TaskStatus.DONE, TaskStatus.DONE):
            save(archive, replace(task, status=status), rng)
        archive.annotations.set_note(task.id, f"note {serial}").result()
        say("note", task.id, f"note {serial}")
        if rng.random() < 0.05:
            archive.maintenance.compact().result()


def save(archive: Archive, task: Task, rng: random.Random) -> None:
    """Save one answer and its reading, as the engine does."""
    words = " ".join(str(rng.getrandbits(24)) for _ in range(rng.randint(5, 4000)))
    body = json.dumps({"id": task.remote_id, "text": words}).encode()
    digest = hashlib.sha256(body).hexdigest()
    saved: Future[None] = archive.save_answer(
        task.id, body, digest=digest, received_at=datetime.now(UTC), final=task.status.is_final
    )
    source = Source("1", f"https://example.org/{rng.randint(1, 99)}")
    read = archive.save_reading(ParsedResponse(task, ResponseFingerprint(digest), None, (source,), words), {"1": (1,)})
    saved.result()
    if task.status.is_final:
        say("answer", task.id, digest)
    read.result()
    if task.status.is_final:
        say("report", task.id, digest)


def acknowledged_but_lost(path: Path, lines: list[str]) -> list[str]:
    """Return those of the acknowledged `lines` that the archive does not bear out."""
    lost = []
    with Archive.open(path) as archive:
        for line in lines:
            word, _, rest = line.partition(" ")
            try:
                there = _is_there(archive, word, rest)
            except NotFound:
                there = False
            if not there:
                lost.append(line)
    return lost


def _is_there(archive: Archive, word: str, rest: str) -> bool:
    task_id, _, value = rest.partition(" ")
    if word == "task":
        return archive.task(task_id).title.startswith("Brief")
    if word == "created":
        return archive.task(task_id).remote_id == value
    if word == "note":
        return archive.annotations.local(task_id).note == value
    if word in {"answer", "report"}:
        kept = [version for version in archive.versions(task_id) if version.digest == value]
        return bool(kept) and hashlib.sha256(archive.raw(task_id, kept[-1].number)).hexdigest() == value
    return True


def run(path: Path, kills: int, *, seed: int = 7, longest: float = 0.25) -> Tally:
    """Kill a working process `kills` times, each after at most `longest` seconds, and look at what is left."""
    rng, tally = random.Random(seed), Tally()
    everything: list[str] = []
    for round_number in range(kills):
        command = [
            sys.executable,
            "-m",
            "tests.bench.kill",
            "--work",
            str(path),
            "--seed",
            str(seed * 1000 + round_number),
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            # Some are killed while they start, the others after some acknowledgements: a slow machine does as much.
            most = rng.randint(1, 12) if rng.random() < 0.8 else 0
            first = b"".join(process.stdout.readline() for _ in range(most))
            time.sleep(rng.random() * longest)
            process.kill()
            lines = (first + process.stdout.read()).decode().split("\n")[:-1]  # the last may be cut
        tally.kills += 1
        tally.recovered += [line for line in lines if line.startswith("told")]
        acknowledged = [line for line in lines if line and not line.startswith(("told", "open"))]
        tally.acknowledged += len(acknowledged)
        everything += acknowledged
        if path.exists():
            _look(path, acknowledged, tally)
    tally.lost += acknowledged_but_lost(path, everything)
    with Archive.open(path) as archive:
        tally.unsound += archive.maintenance.verify().problems
    return tally


def _look(path: Path, acknowledged: list[str], tally: Tally) -> None:
    tally.lost += acknowledged_but_lost(path, acknowledged)
    db = sqlite3.connect(path)
    tally.unsound += [line for (line,) in db.execute("PRAGMA integrity_check") if line != "ok"]
    remotes = Counter(remote for (remote,) in db.execute("SELECT remote_id FROM task WHERE remote_id IS NOT NULL"))
    tally.doubles += sum(count - 1 for count in remotes.values())
    torn = db.execute("SELECT count(*) FROM task WHERE answer IS NOT NULL AND answer NOT IN (SELECT n FROM answer)")
    tally.unsound += ["a task whose report has no answer"] * torn.fetchone()[0]
    db.close()


def _watched(kills: int, seed: int, seconds: float) -> int:
    with tempfile.TemporaryDirectory() as folder:
        tally = kill_watch.run(Path(folder), kills, seed=seed, most=seconds)
    print(tally)
    for line in (*tally.lost, *tally.unsound, *tally.unknown):
        print(" ", line)
    return 0 if tally.good else 1


def main() -> int:
    """Kill as often as asked and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--work", type=Path, help="be the process that is killed")
    parser.add_argument("--watch", action="store_true", help="kill a process that watches the simulator and creates")
    parser.add_argument("--be-watched", action="store_true", help="be that process")
    parser.add_argument("--seconds", type=float, default=1800.0, help="stop after so many, with --watch")
    options = parser.parse_args()
    if options.be_watched:
        kill_watch.watch(options.seed)
    if options.watch:
        return _watched(options.kills, options.seed, options.seconds)
    if options.work:
        work(options.work, options.seed)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        tally = run(path, options.kills, seed=options.seed)
        size = path.stat().st_size / 1e6
    print(
        f"{tally.kills} kills in {time.monotonic() - began:.0f} s, {tally.acknowledged} acknowledged writes, "
        f"file {size:.1f} MB: lost {len(tally.lost)}, unsound {len(tally.unsound)}, double {tally.doubles}, "
        f"recoveries {len(tally.recovered)}"
    )
    for line in (*tally.lost, *tally.unsound, *tally.recovered):
        print(" ", line)
    return 0 if tally.good else 1


if __name__ == "__main__":
    sys.exit(main())
