"""Every command with every standard stream closed or full, and in odd environments: no traceback, but a sentence."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tui.cli.command_table import ENTRIES

ARGUMENTS: Mapping[str, Sequence[str]] = {
    "show": ["nothing"],
    "search": ["words"],
    "cite": ["report.md"],
    "read": ["report.md"],
    "export": ["--all"],
    "import": ["report.md"],
    "new": ["--provider", "valyu", "A brief"],
    "track": ["valyu", "x"],
    "respond": ["nothing"],
    "steer": ["nothing", "text"],
    "cancel": ["nothing"],
    "delete": ["nothing"],
    "share": ["nothing"],
    "mark": ["nothing", "--read"],
    "remove": ["nothing"],
    "restore": [],
    "archive": ["stats"],
    "auth": ["list"],
    "config": ["show"],
    "completion": ["bash"],
    "watch": ["--until-done"],
}
ENDLESS = {"simulate", "serve"}  # until they are interrupted
STREAMS = (">/dev/full", ">&-", "2>/dev/full", "2>&-", "<&-", ">&- 2>&- <&-")
COMMANDS = [[name, *ARGUMENTS.get(name, [])] for name in ENTRIES if name not in ENDLESS]
ODD: Sequence[Mapping[str, str | None]] = [
    {"TZ": "UTC+99"},
    {"TZ": "no/where"},
    {"LANG": "xx_XX.nothing", "LC_ALL": "xx"},
    {"COLUMNS": "-1", "LINES": "x"},
    {"COLUMNS": "0"},
    {"HOME": None},
    {"TERM": None},
    {"TERM": "dumb"},
    {"PYTHONIOENCODING": "ascii"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "report.md").write_text("# A report\n\nText [1].\n\n[1]: https://example.org\n")
    return tmp_path


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.endswith(("_KEY", "_TOKEN"))}
    return {**kept, "DIVEWATCH_HOME": str(folder / "home"), "TERM": "xterm", "PYTHONPATH": str(Path.cwd())}


def started(command: Sequence[str], redirection: str, folder: Path) -> "subprocess.Popen[bytes]":
    line = f'"$@" {redirection}'
    program = [sys.executable, "-m", "tui", *command]
    return subprocess.Popen(
        ["bash", "-c", line, "shell", *program],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_whose_streams_are_closed_or_full_ends_with_a_sentence_and_a_code(
    command: list[str], folder: Path
) -> None:
    running = {stream: started(command, stream, folder) for stream in STREAMS}
    for stream, process in running.items():
        out, err = process.communicate(timeout=300)
        said = (out + err).decode()
        assert "Traceback" not in said, (stream, said)
        assert "Error" not in said, (stream, said)
        assert "this is a defect" not in said, (stream, said)
        assert process.returncode in {0, 1, 2, 3, 4, 5}, (stream, process.returncode, said)


@pytest.mark.parametrize("stream", [">/dev/full", ">&-"])
@pytest.mark.parametrize("command", [["--help"], ["--version"], ["list", "--json"], ["keys"], ["list", "--help"]])
def test_what_could_not_be_written_is_said_and_is_no_success(command: list[str], stream: str, folder: Path) -> None:
    process = started(command, stream, folder)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 1
    assert b"standard output cannot be written" in err


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_odd_environments_end_no_command_with_a_traceback(odd: Mapping[str, str | None], folder: Path) -> None:
    env = {name: value for name, value in {**environment(folder), **odd}.items() if value is not None}
    for command in (["import", "report.md"], ["list"], ["show", "report"], ["doctor"], ["cost"], ["x"]):
        done = subprocess.run(
            [sys.executable, "-m", "tui", *command], cwd=folder, env=env, capture_output=True, timeout=300, check=False
        )
        assert b"Traceback" not in done.stderr, (command, done.stderr)
        assert done.returncode in {0, 1, 2, 5}, (command, done.returncode, done.stderr)
