"""A process that starts tasks and says what was acknowledged: `python -m tests.team.starter SEED PACE`.

Lines on its standard output: ["asks", brief] before a create, ["saved", record] after the archive's commit of a value.
"""

import json
import os
import random
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace

from tui.cli.context import open_engine
from tui.domain.provider import Draft
from tui.domain.task import Task
from tui.engine.archive import Archive
from tui.engine.archive.rows.task_json import to_record
from tui.engine.ports import ParsedResponse

MODES = {"extruct": "low", "yutori": "fast", "valyu": "fast"}
BRIEF = "Team brief"
_put_tasks, _save_reading = Archive.put_tasks, Archive.save_reading


def say(word: str, value: object) -> None:
    """Write one line at once; it is on its way before anything else happens."""
    os.write(1, (json.dumps([word, value]) + "\n").encode())


def _say_when_saved(tasks: Sequence[Task], future: "Future[None]") -> "Future[None]":
    def done(finished: "Future[None]") -> None:
        if finished.exception() is None:
            for task in tasks:
                say("saved", json.loads(to_record(task)))

    future.add_done_callback(done)
    return future


class Acknowledging(Archive):
    """An archive that says what was committed."""

    def put_tasks(self, tasks: Sequence[Task]) -> "Future[None]":
        """Save rows, and say so."""
        return _say_when_saved(tasks, super().put_tasks(tasks))

    def save_reading(self, reading: ParsedResponse, cited: Mapping[str, Sequence[int]] | None = None) -> "Future[None]":
        """Save a report, and say so."""
        has_report = replace(reading.task, has_report=reading.task.has_report and reading.current)
        return _say_when_saved([has_report], super().save_reading(reading, cited))


def main(seed: int, pace: float) -> None:
    """Start a task every `pace` seconds or so, for ever."""
    import tui.engine.archive as front

    vars(front)["Archive"] = Acknowledging
    rng, serial = random.Random(seed), 0
    with open_engine(watch=True) as (_, engine):
        say("open", seed)
        while True:
            time.sleep(rng.uniform(0.5, 1.5) * pace)
            serial += 1
            account, brief = rng.choice(list(MODES)), f"{BRIEF} {seed}-{serial}: who makes turbine bearings?"
            say("asks", brief)
            engine.create(account, Draft(brief, MODES[account]), confirmation=brief).add_done_callback(_answered)


def _answered(done: "Future[Task]") -> None:
    error = done.exception()
    say("refused" if error else "created", str(error) if error else done.result().id)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
