"""The experiments without a terminal: polling, commands for scripts, parsing reports."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from tests.bench.experiment import Experiment, Figures, Row
from tests.bench.process import python, run
from tests.bench.worlds import Worlds

_ROUNDS = 3


def polling(worlds: Worlds, *, quick: bool) -> Experiment:
    """Many running tasks asked once each: everything new, then unchanged (a service with ETags)."""
    count = 200 if quick else 1000
    programs: dict[str, Callable[[], Figures]] = {
        "bare": partial(_poll, "bare", count),
        "httpx, json, commit": partial(_poll, "saved", count),
        "ours": partial(_poll, "ours", count),
    }
    rows = [
        Row(f"poll of {count:,} unchanged tasks: CPU", "unchanged", "ours", 1.4, "bare"),
        Row(f"poll of {count:,} new answers: CPU", "first", "ours", 3, "bare"),
        Row(f"poll of {count:,} new answers, all saved: CPU", "first", "ours", 2, "httpx, json, commit"),
        Row("requests for each task and poll", "requests", "ours", 1, unit="requests", counted=True),
        Row("parses of each new answer", "parsed_first", "ours", 1, unit="parses", counted=True),
        Row("parses of unchanged answers", "parsed_unchanged", "ours", 0, unit="parses", counted=True),
    ]
    return Experiment("polling", programs, rows, turns=1 if quick else 3)


def _poll(who: str, count: int) -> Figures:
    command = [sys.executable, "-m", "tests.bench.apps.service", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as service:
        assert service.stdin is not None
        assert service.stdout is not None
        told = json.loads(service.stdout.readline())
        env = told["env"]
        poll = [
            sys.executable,
            "-m",
            "tests.bench.apps.poll",
            who,
            env["VALYU_BASE_URL"],
            env["VALYU_API_KEY"],
            str(_ROUNDS),
        ]
        done = subprocess.run(poll, input=json.dumps(told["ids"]), capture_output=True, text=True, check=True)
        service.stdin.write("0\n")
        service.stdin.flush()
        requests = int(service.stdout.readline())
        service.stdin.close()
        return _of_rounds(json.loads(done.stdout), requests, count)


def _of_rounds(found: Mapping[str, Sequence[float]], requests: int, count: int) -> Figures:
    first, *unchanged = found["took"]
    figures = {"first": first, "unchanged": min(unchanged), "requests": requests / count / _ROUNDS}
    if "parsed" in found:
        figures |= {"parsed_first": found["parsed"][0] / count, "parsed_unchanged": sum(found["parsed"][1:])}
    return figures


def commands(worlds: Worlds, *, quick: bool) -> Experiment:
    """What scripts call."""
    env = worlds.tasks(1000)
    divewatch = [sys.executable, "-m", "tui"]
    programs: dict[str, Callable[[], Figures]] = {
        "python": partial(_command, python("pass"), env),
        "python, sqlite3": partial(_command, python("import sqlite3"), env),
        "--help": partial(_command, [*divewatch, "--help"], env),
        "--version": partial(_command, [*divewatch, "--version"], env),
        "list --json": partial(_command, [*divewatch, "list", "--json"], env),
        "list": partial(_command, [*divewatch, "list"], env),
        "new --help": partial(_command, [*divewatch, "new", "--help"], env),
    }
    rows = [
        Row("divewatch --help", "wall", "--help", 3, "python"),
        Row("divewatch --version", "wall", "--version", 3, "python"),
        Row("divewatch new --help: CPU", "cpu", "new --help", 1.2, "--help"),
        Row("divewatch list --json, 1,000 tasks", "wall", "list --json", 4, "python, sqlite3"),
        Row("divewatch list for people, 1,000 tasks: CPU", "cpu", "list", 2.5, "python, sqlite3"),
    ]
    return Experiment("commands", programs, rows, turns=5 if quick else 15)


def _command(command: Sequence[str], env: Mapping[str, str]) -> Figures:
    ran = run(command, env=env)
    return {"wall": ran.wall, "cpu": ran.cpu}


def parsing(worlds: Worlds, *, quick: bool) -> Experiment:
    """A whole report, with citations, outline and audit, against markdown-it alone."""
    size = "100K" if quick else "1M"
    text = worlds.report(size).read_text(encoding="utf-8")
    programs: dict[str, Callable[[], Figures]] = {
        "markdown-it": partial(_timed, _markdown_it(text)),
        "ours": partial(_timed, _ours(text)),
    }
    rows = [Row(f"{size} report parsed whole", "cpu", "ours", 1.5, "markdown-it")]
    return Experiment("parsing", programs, rows, turns=3 if quick else 5)


def _timed(work: Callable[[], Any]) -> Figures:
    began = time.process_time()
    work()
    return {"cpu": (time.process_time() - began) * 1000}


def _markdown_it(text: str) -> Callable[[], Any]:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("gfm-like")  # as it comes: addresses in plain text become links, as they do in ours
    return lambda: parser.parse(text)


def _ours(text: str) -> Callable[[], Any]:
    from tui.domain.detail import Report, ReportFormat
    from tui.ui.reader.loading import read

    return lambda: read(Report(text, ReportFormat.MARKDOWN))
