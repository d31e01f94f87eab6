"""The simulator as a process of its own, with as many tasks as asked for; prints variables and ids as JSON.

`python -m tests.bench.apps.service COUNT` has running tasks at Valyu; with "listed" after it, at Yutori, whose
list is paged and has no end.
"""

import json
import sys

from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator


def main() -> None:
    """Serve until standard input ends. Time stands still, so that an answer changes only when asked to."""
    count = int(sys.argv[1])
    clock = ManualClock()
    with Simulator(clock=clock, seed=3) as simulator:
        made = simulator.simulation
        if sys.argv[2:]:
            ids = [made.yutori.begin(f"Question {n} on storage", "fast", None).id for n in range(count)]
        else:
            options = {"mode": "heavy"}
            ids = [made.valyu.begin(f"Question {n} on storage", options, script="standard").id for n in range(count)]
        clock.advance(600)
        print(json.dumps({"env": dict(simulator.exports), "ids": ids}), flush=True)
        for line in sys.stdin:
            clock.advance(float(line))
            print(len(simulator.requests), flush=True)


if __name__ == "__main__":
    main()
