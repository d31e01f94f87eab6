"""Every command of the README is run as it stands there: in a shell, against the simulator."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, fault, tasks
from tests.pty.terminal import person
from tests.readme import ROOT
from tui.simulator.server import Simulator

LINES = [
    line
    for block in re.findall(r"(?s)```console\n(.*?)```", (ROOT / "README.md").read_text("utf-8"))
    for line in block.splitlines()
    if line
]
COMMANDS = [line for line in LINES if line.startswith("divewatch")]
INSTALLS: Mapping[str, str] = {
    "python3 -m pip install uv && uv run divewatch demo": "fetches packages; the smoke test runs demo",
    "python3 -m pip install uv && uv run pytest": "this very run; the gate takes the line from the README",
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/divewatch demo": "fetches packages",
}
ID = "3f2a"  # the README's; stands for the beginning of any id
KEY = "val_live_0123456789abcdef"
REPORT = "# Bells\n\nFounding goes back to 1599 [1].\n\n## References\n\n[1] History - https://example.org/history\n"
ASKED: Mapping[str, tuple[str, str]] = {  # what a person sees and then types
    "divewatch": ("Extruct", "q"),
    "divewatch auth": ("Key", f"{KEY}\n"),
    "divewatch read": ("Founding", "q"),
    "divewatch new": ("[y/N]", "y\n"),
}
SECONDS = 300


def key(line: str) -> str:
    """Return the first two words of a line."""
    return " ".join(re.sub(r"\s*#.*", "", line).split()[:2])


@pytest.fixture
def ground(world: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A folder with a report, `divewatch` on the path; returns the beginning of a finished task's id."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "divewatch"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m tui "$@"\n')
    program.chmod(0o700)
    (tmp_path / "report.md").write_text(REPORT)
    (tmp_path / "thesis.tex").write_text(
        "\\documentclass{article}\n\\begin{document}\nRose \\cite{a}.\n\\end{document}"
    )
    (tmp_path / "refs.bib").write_text("@misc{a, title = {Bells}, url = {https://example.org/bells}}")
    answer = {"object": "response", "output": [{"type": "message", "content": [{"text": REPORT}]}]}
    (tmp_path / "answer.json").write_text(json.dumps(answer))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    done: str = next(task["id"] for task in tasks(world, status="done") if task["has_report"])
    return done[:6]


def test_what_is_not_run_here_has_a_reason() -> None:
    assert {*LINES} - {*COMMANDS} == {*INSTALLS}


@pytest.mark.parametrize("line", [line for line in COMMANDS if key(line) not in {*ASKED, "divewatch watch"}])
def test_a_command_of_the_readme_does_what_it_says(ground: str, line: str) -> None:
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line.replace(ID, ground)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode in ({0, 1} if "doctor" in line else {0}), done.stderr
    assert done.stdout or "sync" in line or "-o " in line
    if " --json " in f"{line} " and "jq" not in line:
        assert json.loads(done.stdout)
    if "-o report.html" in line:
        assert Path("report.html").read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize("line", [line for line in COMMANDS if key(line) in ASKED])
def test_a_command_of_the_readme_that_wants_a_person_gets_one(ground: str, line: str) -> None:
    shown, typed = ASKED[key(line)]
    home = {"DIVEWATCH_HOME": os.environ["DIVEWATCH_HOME"], "PWD": str(Path.cwd())}
    with person("-c", f"cd {Path.cwd()} && {line}", env=home, program=["bash"]) as one:
        assert one.sees(shown), one.screen.display
        one.type(typed)
        assert one.ends() == 0, one.screen.display
    assert KEY.encode() not in one.out


def test_the_headless_watch_of_the_readme_tells_events(ground: str, simulator: Simulator) -> None:
    """One task never ends, so that the command still runs when it is interrupted, however late that is."""
    (line,) = [line for line in COMMANDS if key(line) == "divewatch watch"]
    command = re.sub(r"\s*#.*", "", line)
    with fault(simulator, "frozen"):
        simulator.simulation.extruct.begin("Who never stops asking?", "medium", None)
        with subprocess.Popen(
            ["bash", "-c", f"exec {command}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["event"] in {"task", "provider", "ended", "waiting"}
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=SECONDS)
    assert process.returncode == 130
