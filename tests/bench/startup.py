"""How long scripts wait: `python -m tests.bench.startup [--rounds N]`; medians of interleaved runs, nothing asserted.

Budgets (shared notes on performance): `--help` and `--version` within 3 x a bare interpreter, `list --json` and
`search --json` on 1,000 tasks within 3 x `python -c "import sqlite3"`.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tui.domain.task import Cost, CostKind, Counter, Task, TaskStatus
from tui.engine.archive import Archive

TASKS = 1000
BARE, SQLITE = "python -c pass", "python -c 'import sqlite3'"
INSTALLED = Path(sys.executable).with_name("divewatch")
DIVEWATCH = (str(INSTALLED),) if INSTALLED.exists() else (sys.executable, "-m", "tui")


def fill(path: Path) -> None:
    """Make an archive of 1,000 finished tasks."""
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    tasks = [
        Task(
            id=f"task{number:06}",
            provider=("extruct", "yutori", "valyu")[number % 3],
            remote_id=f"remote-{number}",
            title=f"Which bridges of region {number} were rebuilt, and what did it cost?",
            prompt="Which bridges were rebuilt, by whom, and what did it cost? " * 4,
            status=TaskStatus.DONE,
            provider_status="completed",
            created_at=begin + timedelta(minutes=number),
            finished_at=begin + timedelta(minutes=number + 9),
            counters={"steps": Counter(10, 25)},
            sources=30,
            citations=80,
            cost=Cost(0.5, kind=CostKind.PRICE_LIST),
            has_report=True,
        )
        for number in range(TASKS)
    ]
    with Archive.open(path) as archive:
        archive.put_tasks(tasks).result()


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as home:
        fill(Path(home) / "data" / "archive.db")
        commands = {
            BARE: ([sys.executable, "-c", "pass"], BARE),
            SQLITE: ([sys.executable, "-c", "import sqlite3"], SQLITE),
            "--help": ([*DIVEWATCH, "--help"], BARE),
            "--version": ([*DIVEWATCH, "--version"], BARE),
            "list --json": ([*DIVEWATCH, "list", "--json"], SQLITE),
            "search --json bridges": ([*DIVEWATCH, "search", "--json", "bridges"], SQLITE),
            "list": ([*DIVEWATCH, "list"], SQLITE),
            "config get": ([*DIVEWATCH, "config", "get", "ui.theme"], BARE),
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        env = {**os.environ, "DIVEWATCH_HOME": home}
        for _ in range(rounds):
            for name, (command, _) in commands.items():
                began = time.perf_counter()
                subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env, check=True)
                times[name].append((time.perf_counter() - began) * 1000)
    medians = {name: statistics.median(found) for name, found in times.items()}
    print(f"{'command':<28}{'median ms':>10}{'least ms':>10}{'ratio':>8}  of")
    for name, (_, base) in commands.items():
        print(f"{name:<28}{medians[name]:>10.1f}{min(times[name]):>10.1f}{medians[name] / medians[base]:>8.2f}  {base}")


if __name__ == "__main__":
    main()
