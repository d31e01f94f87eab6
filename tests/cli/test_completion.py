"""Completion as the shells do it: the printed script is loaded, and an id is completed from the archive."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, tasks
from tests.pty.terminal import ROOT, person

SECONDS = 300


@pytest.fixture
def task_id(world: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An id of the archive; `divewatch` is on the path."""
    program = tmp_path / "bin" / "divewatch"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m tui "$@"\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    found: str = tasks(world)[0]["id"]
    return found


def shell(name: str) -> str:
    """Return the path of a shell, or skip the test."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed here")
    return found


def said(*command: str) -> str:
    """Return what a shell printed."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_bash_completes_an_id(task_id: str) -> None:
    script = (
        'eval "$(divewatch completion bash)"; '
        f"COMP_WORDS=(divewatch show {task_id[:4]}); COMP_CWORD=2; "
        '$(complete -p divewatch | sed "s/.*-F \\([^ ]*\\).*/\\1/") divewatch; echo "${COMPREPLY[@]}"'
    )
    assert task_id in said(shell("bash"), "--norc", "-c", script)


def test_fish_completes_an_id_and_a_command(task_id: str) -> None:
    load = "divewatch completion fish | source; "
    fish = shell("fish")
    assert task_id in said(fish, "--no-config", "-c", f"{load} complete -C 'divewatch show {task_id[:4]}'")
    assert "doctor" in said(fish, "--no-config", "-c", f"{load} complete -C 'divewatch doc'")


def test_zsh_completes_an_id(task_id: str, tmp_path: Path) -> None:
    env = {"ZDOTDIR": str(tmp_path), "PS1": "> ", **{name: os.environ[name] for name in ("PATH", "DIVEWATCH_HOME")}}
    with person("-f", "-i", size=(100, 24), env=env, program=[shell("zsh")]) as one:
        one.type('autoload -U compinit; compinit -u; eval "$(divewatch completion zsh)"; echo rea""dy\n')
        assert one.sees("ready"), one.screen.display
        one.type(f"divewatch show {task_id[:4]}\t")
        assert one.sees(f"show {task_id}"), one.screen.display
