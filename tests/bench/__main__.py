"""Every row of the budget, ours and its peer in the same run: `python -m tests.bench [--quick] [--only NAME]`.

Wall clocks are printed and judge nothing. With `--quick` the exit status is 1 if a count (bytes, writes, wake-ups,
calls: what does not depend on the machine's mood) is above its budget. The long experiments (`LONG`) are left out
then, unless `--only` names them: what they count is asserted by tests/robust/test_soak.py and tests/pty/test_pty.py.
"""

import argparse
import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench import growth, patches, screens, work
from tests.bench.experiment import Experiment, Outcome, Result, carry_out
from tests.bench.worlds import Worlds

EXPERIMENTS: dict[str, Callable[..., Experiment]] = {
    "start": screens.start,
    "cold": screens.cold,
    "keys": screens.keys,
    "reading": screens.reading,
    "polling": work.polling,
    "commands": work.commands,
    "parsing": work.parsing,
    "growth": growth.growth,
    "search": growth.search,
    "arriving": growth.arriving,
    "soak": growth.soaking,
    "patches": patches.patches,
}
LONG = ("growth", "search", "arriving", "soak", "patches")


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the budget table, filled."""
    lines = [f"{'':48}{'peer':>12}{'ours':>12}{'ratio':>8}  budget"]
    for outcome in outcomes:
        lines.append(f"-- {outcome.name}")
        lines += [_line(result) for result in outcome.results]
        lines += [f"   {name}: not measured: {why[:600]}" for name, why in outcome.failures.items()]
    return "\n".join(lines)


def _line(result: Result) -> str:
    row = result.row
    if result.peer is None:
        peer, ratio, budget = "", "", f"{row.most:g} {row.unit}"
    else:
        peer = f"{result.peer:,.1f} {row.unit}"
        ratio = f"{result.ours / result.peer:.2f}" if result.peer else ""
        budget = f"{row.most:g} x {row.peer}"
    verdict = "" if result.kept else "  MISSED" if row.counted else "  missed"
    return f"{row.name:48}{peer:>12}{f'{result.ours:,.1f} {row.unit}':>12}{ratio:>8}  {budget}{verdict}"


def as_json(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Return everything measured."""
    plain = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "seconds": round(seconds),
        "experiments": {one.name: {"figures": one.figures, "failures": one.failures} for one in outcomes},
        "rows": [
            {
                "row": r.row.name,
                "figure": r.row.figure,
                "unit": r.row.unit,
                "budget": r.row.most,
                "peer_name": r.row.peer,
            }
            | {"peer": r.peer, "ours": r.ours, "kept": r.kept, "counted": r.row.counted}
            for one in outcomes
            for r in one.results
        ],
    }
    return json.dumps(plain, indent=1)


def main() -> int:
    """Measure, print, and say whether the counts are within budget."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="under two minutes, without the long ones; counts above budget fail"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything measured")
    parser.add_argument("--only", action="append", choices=[*EXPERIMENTS], help="may be repeated")
    parser.add_argument("--turns", type=int, help="how often each program runs")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep the made archives and reports, or find them again"
    )
    options = parser.parse_args()
    began = time.monotonic()
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="divewatch-bench-") as folder:
        worlds = Worlds(options.keep or Path(folder))
        for name in options.only or [name for name in EXPERIMENTS if not options.quick or name not in LONG]:
            outcomes.append(carry_out(EXPERIMENTS[name](worlds, quick=options.quick), options.turns))
            sys.stderr.write(f"{name}: {time.monotonic() - began:.0f} s\n")
    print(table(outcomes))
    if options.json:
        options.json.write_text(as_json(outcomes, time.monotonic() - began), encoding="utf-8")
    failed = [r for one in outcomes for r in one.results if r.row.counted and not r.kept]
    broken = [one for one in outcomes if any(name.startswith("ours") for name in one.failures)]
    return 1 if options.quick and (failed or broken) else 0


if __name__ == "__main__":
    sys.exit(main())
