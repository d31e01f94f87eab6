"""How the archive behaves with 10,000 tasks and 200 MB of reports: `python -m tests.bench.archive [--tasks N]`.

Prints figures, judges nothing: wall clocks of shared machines are not tests. Ratios are taken within one run.
"""

import argparse
import hashlib
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate
from pathlib import Path

from tui.domain.detail import Source
from tui.domain.task import Cost, CostKind, Counter, Task, TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.search import json as records
from tui.engine.ports import ParsedResponse, ResponseFingerprint

START = datetime(2026, 7, 1, tzinfo=UTC)  # when the newest was made: costs of this month are not those of all
SYLLABLES = "ba co di fe gu la me ni po ra se ti vo xa ke lu mo ran ter sol gra phi str con pre tra nor ven".split()
KNOWN = (
    "lithium battery semiconductor climate photosynthesis recommendation the of and in for 人工智能 固态电池".split()
)
TYPED = ("semiconductor", "lithium battery", "the", "人工智能", "photos recom", "co")


def vocabulary(rng: random.Random, size: int = 60_000) -> list[str]:
    """Return words by falling frequency, a few known ones among them."""
    made = {"".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(size)}
    words = sorted(made, key=lambda word: (len(word) + rng.random() * 6, word))
    for rank, word in enumerate(KNOWN):
        words.insert(rank if word in {"the", "of", "and", "in", "for"} else 200 + 400 * rank, word)
    return words


def tasks(
    count: int, size: int, rng: random.Random, listed: int = 40
) -> Iterator[tuple[Task, str, tuple[Source, ...]]]:
    """Yield finished tasks with reports of about `size` characters and `listed` sources each."""
    words = vocabulary(rng)
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
    begin = START - timedelta(minutes=31 * count)
    for number in range(count):
        drawn = rng.choices(words, cum_weights=weights, k=max(20, round(size * rng.uniform(0.3, 1.7) / 7)))
        lines = [" ".join(drawn[at : at + 60]) + f" [{at % 40 + 1}]." for at in range(0, len(drawn), 60)]
        sources = tuple(
            Source(
                str(i + 1), f"https://www.{rng.choice(words)}.org/{number % 997}/{i}", " ".join(rng.choices(words, k=8))
            )
            for i in range(listed)
        )
        yield (
            Task(
                id=f"{number:06x}{rng.getrandbits(40):010x}",
                provider=("valyu", "extruct", "yutori")[number % 3],
                remote_id=f"remote-{number}",
                title=" ".join(drawn[:8]),
                prompt=" ".join(drawn[8:60]),
                status=TaskStatus.FAILED if number % 20 == 0 else TaskStatus.DONE,
                provider_status="completed",
                mode="standard",
                created_at=begin + timedelta(minutes=31 * number),
                finished_at=begin + timedelta(minutes=31 * number + 9),
                counters={"steps": Counter(10, 25), "sources": Counter(40)},
                sources=40,
                citations=len(lines),
                cost=Cost(0.5, "USD", CostKind.PRICE_LIST),
                has_report=True,
            ),
            "\n\n".join(lines),
            sources,
        )


def fill(archive: Archive, count: int, size: int, listed: int = 40) -> tuple[float, int]:
    """Save the tasks as the engine does; returns seconds and characters of reports."""
    began, chars = time.perf_counter(), 0
    last = None
    for task, text, sources in tasks(count, size, random.Random(1), listed):
        body = json.dumps({"id": task.remote_id, "output": text}).encode()
        digest = hashlib.sha256(body).hexdigest()
        chars += len(text)
        archive.put_tasks([task])
        archive.save_answer(task.id, body, digest=digest, received_at=START, final=True)
        last = archive.save_reading(
            ParsedResponse(task, ResponseFingerprint(digest), None, sources, text), {"1": (1, 3)}
        )
        if int(task.id[:6], 16) % 100 == 0:
            last.result()
    if last is not None:
        last.result()
    return time.perf_counter() - began, chars


def timed(what: Callable[[], object], times: int = 5) -> str:
    """Return the median and the slowest of `times` calls in milliseconds."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        what()
        took.append((time.perf_counter() - began) * 1000)
    return f"{statistics.median(took):8.1f} ms (slowest {max(took):.1f})"


def process(code: str, times: int = 9) -> float:
    """Return the median wall time of a Python process that runs `code`, in milliseconds."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def memory() -> float:
    """Return the peak resident memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def show(path: Path) -> None:
    """Print what reading costs."""
    print(f"memory before                    {memory():8.1f} MB")
    print(f"open and close                   {timed(lambda: Archive.open(path).close())}")
    archive = Archive.open(path)
    print(f"first 200 tasks and pinned ones  {timed(lambda: archive.first_tasks(200))}")
    print(f"all tasks                        {timed(archive.load_tasks)}")
    print(f"foreign_changes, none            {timed(archive.foreign_changes, 50)}")
    some = archive.tasks(1)[0]
    print(f"raw body of one                  {timed(lambda: archive.raw(some.id))}")
    print(f"memory with all tasks            {memory():8.1f} MB")
    for typed in TYPED:
        for end in sorted({1, 2, 3, len(typed) // 2, len(typed)}):
            query = typed[:end]
            total = archive.library.search(query).total
            print(f"search {query!r:26}{timed(partial(archive.library.search, query), 3)} {total} found")
    for query in (
        "status:failed",
        "provider:valyu after:2026-03 before:2026-04",
        "host:lithium.org",
        "status:failed battery",
    ):
        print(f"search {query!r:26} {timed(partial(archive.library.search, query), 3)}")
    print(f"uses of the 5,000 first pages    {timed(archive.library.sources_of_all, 3)}")
    print(f"what the user added, everywhere  {timed(archive.annotations.locals, 3)}")
    print(f"one more task saved              {timed(lambda: archive.put_tasks([some]).result())}")
    noted = timed(lambda: archive.annotations.set_note(some.id, str(time.time())).result())
    print(f"note on one                      {noted}")
    print(f"memory at the end                {memory():8.1f} MB")
    print(archive.maintenance.stats())
    archive.close()
    bare = process("import sqlite3")
    for call in ("listed(path, '', 1000)", "found(path, 'lithium bat', 50)"):
        code = f"path = {str(path)!r}\nfrom tui.engine.archive import records\nprint('\\n'.join(records.{call}))"
        took = process(code)
        print(f"process: records.{call:32} {took:6.1f} ms = {took / bare:.2f} x `import sqlite3` ({bare:.1f} ms)")
    assert sum(1 for _ in records.listed(str(path), "", 10)) == 10


def main() -> None:
    """Fill an archive in a temporary folder (or keep it in --keep) and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--megabytes", type=float, default=200)
    parser.add_argument("--keep", type=Path, help="folder in which to keep, or find again, the archive")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = (options.keep or Path(folder)) / "archive.db"
        if not path.exists():
            archive = Archive.open(path)
            seconds, chars = fill(archive, options.tasks, round(options.megabytes * 1e6 / options.tasks))
            archive.close(60)
            print(f"{options.tasks} tasks, {chars / 1e6:.0f} MB of reports saved in {seconds:.1f} s")
        print(f"file                             {path.stat().st_size / 1e6:8.1f} MB")
        show(path)


if __name__ == "__main__":
    main()
