"""The program that the pty tests run: the real application on the fakes; what it does is chosen by its arguments.

Arguments: the number of tasks, then any of: crash, thread, hostile, busy, single, stuck, picture.
"""

import json
import os
import sys
import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from tests.ui import fakes
from tui.domain.detail import Detail, Image, Report, ReportFormat
from tui.domain.errors import DivewatchError
from tui.domain.task import Counter, Task, TaskStatus
from tui.providers.protocol import DownloadProgress
from tui.ui.terminal.checks import check_terminal


def tasks_of(count: int, hostile: bool) -> list[Task]:
    texts = json.loads(Path(os.environ["HOSTILE"]).read_text())["cases"] if hostile else []
    found = []
    for number in range(count):
        one = fakes.task(
            number, TaskStatus.RUNNING if number < 3 else TaskStatus.DONE, counters={"steps": Counter(1, 9)}
        )
        text = texts[number % len(texts)]["text"] if texts else one.title
        found.append(replace(one, title=text, error=text if hostile else None))
    return found


def draw_picture(engine: fakes.FakeEngine, one: Task) -> None:
    """Give a task a report with a picture, which is there to be fetched."""
    from tui.simulator.valyu.files import picture

    url = "https://api.example/picture-1"
    report = Report(f"# Tides\n\n![A chart]({url})\n", ReportFormat.MARKDOWN)
    engine.details[one.id] = Detail(one, report=report, images=(Image("i", "chart", "A chart", url),))
    download = engine.download

    def fetch(task_id: str, url: str, target: Path, progress: DownloadProgress | None = None) -> "Future[int]":
        target.write_bytes(picture(None))
        return download(task_id, url, target, progress)

    engine.download = fetch  # type: ignore[method-assign]


def main() -> int:
    what = set(sys.argv[2:])
    try:
        check_terminal()
    except DivewatchError as error:
        sys.stderr.write(f"divewatch: {error.message}\n  {error.hint}\n")
        return error.exit_code
    from tui.ui.app import DivewatchApp
    from tui.ui.startup import _run

    tasks = tasks_of(int(sys.argv[1]), "hostile" in what)
    engine = fakes.FakeEngine(tasks)
    services = fakes.services(fakes.FakeArchive(tasks), engine, secrets=("canary-secret-value",))
    if "busy" in what:

        def work() -> None:
            for number in range(10**6):
                time.sleep(0.01)
                engine.put(replace(tasks[0], counters={"steps": Counter(number, 10**6)}))

        threading.Thread(target=work, daemon=True).start()
    if "picture" in what:
        from tui.report.read import read_report

        draw_picture(engine, tasks[-1])
        services = replace(services, parse=read_report)
    if "stuck" in what:
        services = replace(services, start_engine=lambda known: time.sleep(60))  # type: ignore[arg-type,return-value]
    if "crash" in what:

        def broken(self: object) -> None:
            key = "canary-secret-value"
            raise RuntimeError(f"bad {key} \x1bc\x1bPq\x9b2J")

        DivewatchApp.action_log = broken  # type: ignore[method-assign]
    return _run(services)


if __name__ == "__main__":
    sys.exit(main())
