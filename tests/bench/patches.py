"""What `tui/ui/terminal` does for a Textual application that knows nothing of it: a table, as it is and patched."""

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial

from tests.bench.experiment import Experiment, Figures, Row
from tests.bench.process import cpu_of, wakeups_of
from tests.bench.screens import SETTLED, of_keys
from tests.bench.terminal import Terminal
from tests.bench.worlds import Worlds

STOCK = (sys.executable, "-m", "tests.bench.apps.table")
DEAF = ("sh", "-c", 'trap "" HUP; exec "$@"', "sh")  # a program that hears no hang-up, as under nohup
_AFTER = 3.0  # seconds


def patches(worlds: Worlds, *, quick: bool) -> Experiment:
    """A table of 1,000 rows in plain Textual: keys, idling, and the end of its terminal."""
    programs: dict[str, Callable[[], Figures]] = {
        "stock": partial(_table, STOCK, 2.0 if quick else 10.0),
        "ours, patched": partial(_table, (*STOCK, "--patched"), 2.0 if quick else 10.0),
    }
    rows = [
        Row("a table in Textual, held key: bytes", "held_bytes", "ours, patched", 0.2, "stock", unit="bytes"),
        Row("a table in Textual, held key: CPU", "held_cpu", "ours, patched", 2, "stock"),
        Row("a table in Textual, page key: bytes", "page_bytes", "ours, patched", 0.3, "stock", unit="bytes"),
        Row("a table in Textual, idle: wake-ups a second", "wakeups", "ours, patched", 0.1, "stock", unit="/s"),
        Row("a table in Textual, its terminal is gone: CPU", "gone", "ours, patched", 0.1, "stock", unit="%"),
    ]
    return Experiment("patches", programs, rows, turns=1 if quick else 3)


def _table(command: Sequence[str], idle: float) -> Figures:
    with Terminal(command) as terminal:
        terminal.wait("READY")
        terminal.watch(SETTLED)
        woken = wakeups_of(terminal.pid)
        terminal.watch(idle)
        figures = {"wakeups": (wakeups_of(terminal.pid) - woken) / idle}
        figures["held_bytes"], figures["held_cpu"] = terminal.hold("down", 150, 30)
        figures |= of_keys([terminal.press("pagedown") for _ in range(10)], "page_")
    with Terminal([*DEAF, *command]) as terminal:
        terminal.wait("READY")
        terminal.watch(SETTLED)
        spent = cpu_of(terminal.pid)
        terminal.hang_up()
        time.sleep(_AFTER)
        return figures | {"gone": (cpu_of(terminal.pid) - spent) / _AFTER * 100}
