"""Every report on the real screen, at every size: `python -m tests.bench.pages [--match TEXT]`.

Each is paged to its end and back, what is painted is compared with the document's text, and in those with a golden
every citation is gone to by `]` and must stand in the middle third. Stops at the first report of which that is untrue.
"""

import argparse
import asyncio
import sys
import time
from pathlib import Path

from tests.corpora import SHARED
from tests.reader.documents import sample
from tests.reader.host import reader_of
from tests.reader.walk import SIZES, golden, page_through, walk_citations


async def at_size(size: tuple[int, int], paths: list[Path]) -> tuple[int, int, int]:
    """Read all reports at one size; returns screens, goldens and citations."""
    app = reader_of(sample())
    pages = goldens = citations = 0
    async with app.run_test(size=size) as pilot:
        while not app.reader._loaded or not app.view.size.height:
            await pilot.pause()
        for path in paths:
            pages += page_through(app, path)
            if path.with_suffix(".golden.json").exists():
                document, ids = golden(path)
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
