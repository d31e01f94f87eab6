"""What each service costs and gives, counted anew: `python -m tests.providers.table [--no-sdk]`.

Columns: lines of the client package; lines of its half of the simulator; bodies in `bodies/` and in the contracts that
a reader takes for a task, of all that are no requests and no errors; citations that lead to a source (an address, or a
title where the source has none), of all in these bodies; requests that the vendor's own SDK made to the simulator in
tests that passed, of all.
"""

import contextlib
import io
import json
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.corpora import corpora
from tests.providers.saying import read
from tui.domain.errors import BadAnswer
from tui.report.document import Resolution
from tui.report.read import read_report
from tui.simulator.server import Simulator

SERVICES = ("extruct", "yutori", "valyu", "openai", "gemini", "perplexity", "parallel", "exa", "tavily", "you")
ROOT = Path(__file__).resolve().parents[2]
HEADER = ("service", "client", "simulator", "bodies read", "citations resolved", "SDK calls")
_OTHERS = ("request", "-error-", "README")


def lines(folder: Path) -> int:
    """Return the lines of a package's modules."""
    return sum(len(path.read_text("utf-8").splitlines()) for path in folder.rglob("*.py"))


def bodies(service: str) -> Iterator[Path]:
    """Yield the saved answers of a service: its own ones, then those of the contracts."""
    yield from sorted((ROOT / "tests" / "providers" / service / "bodies").glob("*.json"))
    for corpus in corpora():
        for folder in ("examples", "more/examples"):
            yield from sorted((corpus / "contracts" / folder).glob(f"{service}-*.json"))


def counted(service: str) -> tuple[str, str]:
    """Return "bodies read/of all", "citations resolved/of all" of a service."""
    provider = import_module(f"tui.providers.{service}.spec").PROVIDER
    found: Counter[str] = Counter()
    for path in bodies(service):
        if any(word in path.name for word in _OTHERS):
            continue
        found["bodies"] += 1
        try:
            report = read(provider, path.read_bytes()).report
        except BadAnswer:
            continue
        found["read"] += 1
        for citation in read_report(report).citations if report else ():
            found["cited"] += len(citation.status)
            found["resolved"] += sum(status is not Resolution.DANGLING for status in citation.status)
    return f"{found['read']}/{found['bodies']}", f"{found['resolved']}/{found['cited']}"


class SdkCalls:
    """A pytest plugin: counts the requests to the simulator in tests with a vendor's SDK, by service."""

    def __init__(self) -> None:
        self.made: Counter[str] = Counter()
        self.passed: Counter[str] = Counter()
        self._started: dict[Simulator, int] = {}  # with the number of requests that were counted

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the tests with an SDK."""
        items[:] = [item for item in items if "sdk" in item.nodeid]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Any:
        """Remember every simulator that a test starts."""
        begin, started = Simulator.__enter__, self._started

        def remembered(simulator: Simulator) -> Simulator:
            started[simulator] = 0
            return begin(simulator)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Simulator, "__enter__", remembered)
            return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count the requests of a test once it has ended."""
        for simulator, before in self._started.items() if report.when == "call" else ():
            asked = Counter(one.provider for one in simulator.requests[before:])
            self._started[simulator] = len(simulator.requests)
            self.made += asked
            self.passed += asked if report.passed else Counter()


def sdk_calls() -> SdkCalls:
    """Run the tests with vendors' SDKs; return what they asked."""
    calls = SdkCalls()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        options = [
            "-q",
            "-n",
            "0",
            "-W",
            "ignore::pytest.PytestAssertRewriteWarning",
            "-p",
            "no:cacheprovider",
            "--all",
            str(ROOT / "tests" / "simulator"),
        ]
        pytest.main(options, plugins=[calls])
    return calls


def rows(calls: SdkCalls | None) -> Iterator[tuple[str, ...]]:
    """Yield one row per service."""
    for service in SERVICES:
        asked = f"{calls.passed[service]}/{calls.made[service]}" if calls and calls.made[service] else "-"
        places = (ROOT / "tui" / side / service for side in ("providers", "simulator"))
        yield service, *(str(lines(place)) for place in places), *counted(service), asked


def main(arguments: list[str]) -> None:
    """Print the table, or with `--json` the same as JSON."""
    table = [HEADER, *rows(None if "--no-sdk" in arguments else sdk_calls())]
    if "--json" in arguments:
        print(json.dumps([dict(zip(HEADER, row, strict=True)) for row in table[1:]], indent=2))
        return
    widths = [max(len(row[at]) for row in table) for at in range(1, len(HEADER))]
    for name, *cells in table:
        print("  ".join([f"{name:10}", *(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))]))


if __name__ == "__main__":
    main(sys.argv[1:])
