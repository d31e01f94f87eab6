"""What is measured on: archives of many tasks, reports of many sizes; the same bytes in every run."""

import os
import random
import subprocess
import sys
from pathlib import Path

from tests.bench.archive import fill
from tui.config.paths import find_paths
from tui.engine.archive import Archive

SIZES = {"10K": 10_000, "100K": 100_000, "1M": 1_000_000, "5M": 5_000_000}
FIRST, LAST, NEEDLE = "REPORT-START", "REPORT-END", "needle-late"
_WORDS = (
    "grid storage carbon policy market density cycle cathode lithium sodium separator throughput tariff subsidy cohort "
    "forecast estimate baseline review trial cost of the and with for under while which between regional annual"
).split()


def report(size: int, seed: int = 7) -> str:
    """Return markdown of about `size` characters as services write it: headings, citations, tables, code, a list."""
    rng = random.Random(seed)
    sources = max(8, min(400, size // 2500))
    lines = [f"# {FIRST} What is known about storage", ""]
    length, section = 0, 0
    while length < size - sources * 90:
        section += 1
        block = _section(rng, section, sources)
        if section > 1 and length * 10 < size * 9 <= (length + len(block)) * 10:
            block += f"\nHere is {NEEDLE} in a sentence.\n"
        lines.append(block)
        length += len(block)
    lines += ["## References", ""]
    lines += [
        f"{n}. [{_sentence(rng, 6)}](https://source{n}.example.org/paper/{n}?id={n})" for n in range(1, sources + 1)
    ]
    return "\n".join([*lines, "", LAST, ""])


def _section(rng: random.Random, number: int, sources: int) -> str:
    parts = [f"## {number}. {_sentence(rng, 5)}"]
    for _ in range(rng.randint(2, 4)):
        told = [_sentence(rng, rng.randint(12, 30)) + _cite(rng, sources) for _ in range(rng.randint(3, 6))]
        parts.append(". ".join(told) + ".")
    if number % 3 == 0:
        rows = [
            f"| {_sentence(rng, 3)} | {rng.randint(1, 999)} | {_sentence(rng, 4)}{_cite(rng, sources)} |"
            for _ in range(6)
        ]
        parts.append("\n".join(["| what | number | remark |", "| --- | ---: | --- |", *rows]))
    if number % 4 == 0:
        parts.append(
            "\n".join(f"- **{_sentence(rng, 2)}**: {_sentence(rng, 14)}{_cite(rng, sources)}" for _ in range(5))
        )
    if number % 7 == 0:
        parts.append("```python\n" + "\n".join(f"value_{n} = compute({n}, 'abc')  # step" for n in range(6)) + "\n```")
    return "\n\n".join(parts) + "\n"


def _sentence(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(_WORDS, k=words)).capitalize()


def _cite(rng: random.Random, sources: int) -> str:
    return f" [{rng.randint(1, sources)}]" if rng.random() < 0.6 else ""


class Worlds:
    """Makes homes and files below one folder, each once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def report(self, size: str) -> Path:
        """Return a file with a report."""
        path = self._folder / f"{size}.md"
        if not path.exists():
            path.write_text(report(SIZES[size]), encoding="utf-8")
        return path

    def tasks(self, count: int) -> dict[str, str]:
        """Return the environment of a home whose archive has so many finished tasks."""
        home = self._folder / f"tasks-{count}"
        path = find_paths({"DIVEWATCH_HOME": str(home)}).data / "archive.db"
        if not path.exists():
            path.parent.mkdir(parents=True)
            archive = Archive.open(path)
            fill(archive, count, 300, listed=40 if count <= 10_000 else 2)  # else it takes a quarter of an hour
            archive.close(120)
        return environment(home)

    def reports(self, count: int, size: int) -> dict[str, str]:
        """Return the environment of a home whose archive has so many reports of about `size` characters."""
        home = self._folder / f"reports-{count}-{size}"
        path = find_paths({"DIVEWATCH_HOME": str(home)}).data / "archive.db"
        if not path.exists():
            path.parent.mkdir(parents=True)
            archive = Archive.open(path)
            fill(archive, count, size)
            archive.close(120)
        return environment(home)

    def reading(self, size: str) -> Path:
        """Return a home whose archive has one task, with a report of this size."""
        home = self._folder / f"reading-{size}"
        if not home.exists():
            command = [sys.executable, "-m", "tui", "import", str(self.report(size))]
            subprocess.run(command, check=True, capture_output=True, env={**os.environ, **environment(home)})
        return home


def environment(home: Path) -> dict[str, str]:
    """Return variables for a home with no key, on a machine without a desktop's key store."""
    return {
        "DIVEWATCH_HOME": str(home),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
