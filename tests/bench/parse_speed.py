"""Parse time of the largest reports against plain markdown-it-py: `python -m tests.bench.parse_speed`.

Runs alternate, so that noise falls on both; the ratio of the medians counts, not the milliseconds of a busy machine.
The budget is 1.5 (`MarkdownIt("gfm-like")` alone does no citations, sources, outline or audit).
"""

import argparse
import statistics
import time
from collections.abc import Callable

from markdown_it import MarkdownIt

from tests.corpora import SHARED
from tui.report.citations.audit import audit
from tui.report.parse import parse

BUDGET = 1.5


def timed(work: Callable[[], object]) -> float:
    """Return the CPU seconds that `work` takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--files", type=int, default=4, help="how many of the largest reports")
    options = arguments.parse_args()
    paths = sorted((SHARED / "reports").glob("*.md"), key=lambda path: -path.stat().st_size)[: options.files]
    print(f"{'report':<36} {'kB':>5} {'plain ms':>9} {'parse ms':>9} {'ratio':>6} {'audit ms':>9} {'citations':>10}")
    for path in paths:
        text = path.read_text(encoding="utf-8")
        plain, ours, audits = [], [], []
        for _ in range(options.runs):
            plain.append(timed(lambda text=text: MarkdownIt("gfm-like").parse(text)))  # type: ignore[misc]
            ours.append(timed(lambda text=text: parse(text)))  # type: ignore[misc]
        document = parse(text)
        audits.append(timed(lambda document=document: audit(document)))  # type: ignore[misc]
        base, mine, extra = (1000 * statistics.median(times) for times in (plain, ours, audits))
        verdict = "" if mine + extra <= BUDGET * base else "  over budget"
        print(
            f"{path.stem[:36]:<36} {len(text) // 1000:>5} {base:>9.0f} {mine:>9.0f} {mine / base:>6.2f} {extra:>9.0f} "
            f"{len(document.citations):>10}{verdict}"
        )


if __name__ == "__main__":
    main()
