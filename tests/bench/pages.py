"""Every report on the real screen, at every size: `python -m tests.bench.pages [--match TEXT]`.

Each is paged to its end and back, what is painted is compared with the document's text, and in those with a golden
every citation is gone to by `]` and must stand in the middle third. Stops at the first report of which that is untrue.
"""

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path

from tests.bench.citations import SHARED
from tests.reader.documents import parsed, sample
from tests.reader.host import reader_of
from tests.reader.walk import SIZES, page_through, walk_citations
from tui.report.document import Document
from tui.report.parse import parse


def golden(path: Path) -> tuple[Document, list[tuple[str, ...]]] | None:
    """Return the document of a report that has a golden, and the ids of its citations in order."""
    file = path.with_suffix(".golden.json")
    if not file.exists():
        return None
    wanted = json.loads(file.read_text("utf-8"))
    sidecar = path.with_name(f"{path.stem}.sources.json")
    sources = json.loads(sidecar.read_text("utf-8"))["sources"] if sidecar.exists() else ()
    document = parse(path.read_text("utf-8"), sources) if sources else parsed(path)
    return document, [tuple(one["ids"]) for one in wanted["citations"]]


async def at_size(size: tuple[int, int], paths: list[Path]) -> tuple[int, int, int]:
    """Read all reports at one size; returns screens, goldens and citations."""
    app = reader_of(sample())
    pages = goldens = citations = 0
    async with app.run_test(size=size) as pilot:
        while not app.reader._loaded or not app.view.size.height:
            await pilot.pause()
        for path in paths:
            pages += page_through(app, path)
            if found := golden(path):
                document, ids = found
                assert walk_citations(app, document, path.name) == ids, path.name
                goldens, citations = goldens + 1, citations + len(ids)
            await pilot.pause()
    return pages, goldens, citations


def main() -> int:
    """Read them all and print what was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.pages", description=__doc__)
    parser.add_argument("--match", default="", help="only reports with this in their name")
    options = parser.parse_args()
    paths = sorted(path for path in (SHARED / "reports").glob("*.md") if options.match in path.name)
    for width, height in SIZES:
        began = time.process_time()
        pages, goldens, citations = asyncio.run(at_size((width, height), paths))
        print(
            f"{width}x{height}: {len(paths)} reports, {pages:,} screens to the end and back, "
            f"{citations:,} citations of {goldens} goldens; {time.process_time() - began:.0f} s",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
