"""The reader without a terminal: what laying out, moving and searching cost. `python -m tests.bench.reader [FILE...]`.

Prints a table, or JSON with `--json`; wall clocks judge nothing. `units` counts what was laid out: it must not grow
with the report.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.reader.documents import sample
from tui.domain.detail import Report, ReportFormat
from tui.report.document import Document
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.layout.lines import Frame
from tui.ui.reader.loading import preview
from tui.ui.reader.state import ReaderState

_SIZE = (120, 40)
_KEYS = 200


def _clock(*work: Callable[[], object]) -> float:
    began = time.perf_counter()
    for step in work:
        step()
    return (time.perf_counter() - began) * 1000


def _per_key(*work: Callable[[], object]) -> float:
    times = sorted(_clock(*work) for _ in range(_KEYS))
    return times[int(_KEYS * 0.95)]


def measure(document: Document) -> dict[str, float]:
    """Return milliseconds (p95 of many where it is a key) for one document."""
    book = IndexedReport.of(document)
    reading = ReaderState(book, Frame.fit(_SIZE[0], 100), _SIZE[1])
    figures = {
        "characters": book.starts[-1],
        "book": _clock(lambda: IndexedReport.of(document)),
        "first screen": _clock(reading.window),
        "units": float(len(reading.flow._lines)),
        "line p95": _per_key(lambda: reading.scroll(1), reading.window),
        "page p95": _per_key(lambda: reading.page(1), reading.window),
        "citation p95": _per_key(lambda: reading.next_cite(), reading.window),
        "end": _clock(lambda: reading.to_end(), reading.window),
        "resize": _clock(lambda: reading.resize(Frame.fit(80, 100), 24), reading.window),
        "first hit": _clock(lambda: reading.search("the", reading.anchor())),
        "next letter": _clock(lambda: reading.search("then", reading.anchor())),
    }
    return {name: round(value, 3) for name, value in figures.items()}


def of_file(path: Path) -> dict[str, float]:
    """Return the figures of a file, with the time to its preview."""
    from tui.report.read import read_report

    report = Report(path.read_text("utf-8"), ReportFormat.MARKDOWN)
    before = _clock(lambda: list(preview(report)))
    return {"preview": round(before, 3)} | measure(read_report(report))


def table(results: dict[str, dict[str, float]]) -> str:
    """Return the figures as text, a column a report."""
    names = list(dict.fromkeys(name for figures in results.values() for name in figures))
    lines = [f"{'':14}" + "".join(f"{name[:14]:>16}" for name in results)]
    lines += [
        f"{name:14}" + "".join(f"{figures.get(name, float('nan')):>16,.2f}" for figures in results.values())
        for name in names
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the given files, or made-up reports of 10 KB to 1 MB."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.reader", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    results = {path.name: of_file(path) for path in options.files} or {
        f"{count} paragraphs": measure(sample(count)) for count in (40, 400, 4000)
    }
    print(json.dumps(results, indent=1) if options.json else table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
