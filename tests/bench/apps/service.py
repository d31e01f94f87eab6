"""The simulator as a process of its own, with as many running tasks as asked for; prints variables and ids as JSON."""

import json
import sys

from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator


def main() -> None:
    """Serve until standard input ends. Time stands still, so that an answer changes only when asked to."""
    count = int(sys.argv[1])
    clock = ManualClock()
    with Simulator(clock=clock, seed=3) as simulator:
        service = simulator.simulation.valyu
        tasks = [service.begin(f"Question {n} on storage", {"mode": "heavy"}, script="standard") for n in range(count)]
        clock.advance(600)
        print(json.dumps({"env": dict(simulator.exports), "ids": [task.id for task in tasks]}), flush=True)
        for line in sys.stdin:
            clock.advance(float(line))
            print(len(simulator.requests), flush=True)


if __name__ == "__main__":
    main()
