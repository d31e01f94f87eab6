"""Canary keys are planted by every way a key can come, then every byte written anywhere is searched for them."""

import json
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.providers.faults import Faults, Seen, answer
from tests.robust.session import environment, session
from tests.robust.world import KEYS, NAMES, World, world
from tui.domain.provider import Draft
from tui.engine.archive import Archive
from tui.report.export import FORMATS
from tui.simulator.server import Simulator

CANARIES = {
    "extruct": "sk-CANARYQx7Zk2LmV9pWy4Tb8e",
    "yutori": "yt-CANARYhN3vRf6JcD1sXa5Gu7",
    "valyu": "val-CANARYoB8wKe4ZtY2qPj6M9",
}
ENTER, ESCAPE, QUIT = "\r", "\x1b", "\x11"


@dataclass
class Stage:
    """A program set up with all three keys, and everything it wrote."""

    home: Path
    outside: Path
    env: Mapping[str, str]
    written: list[bytes] = field(default_factory=list)
    processes: set[bytes] = field(default_factory=set)

    def run(self, *arguments: str, module: str = "tui", env: Mapping[str, str] | None = None) -> int:
        """Run a command to its end, keeping what it writes."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            cwd=self.outside,
            env=environment(self.home, {**self.env, **(env or {})}),
            timeout=300,
            check=False,
        )
        self.written += [done.stdout, done.stderr]
        return done.returncode

    def everything(self) -> dict[str, bytes]:
        """Return every byte that was written anywhere, by place; the key file and the key's command are ours."""
        ours = {self.home / "config" / "keys" / "yutori", self.outside / "valyu.key"}
        files = [path for folder in (self.home, self.outside) for path in folder.rglob("*")]
        found = {str(path): path.read_bytes() for path in files if path.is_file() and path not in ours}
        return {**found, "output": b"\n".join(self.written), "processes": b"\n".join(self.processes)}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One whole run: dashboard, reader, exports, doctor, crashes; then nothing more is written."""
    home, outside = tmp_path_factory.mktemp("secret-home"), tmp_path_factory.mktemp("secret-outside")
    home.chmod(0o700)
    with Simulator(speed=200, seed=3, world=True, keys=CANARIES) as simulator:
        env = {name: value for name, value in simulator.exports.items() if name.endswith("_URL")}
        made = Stage(home, outside, {**env, "EXTRUCT_API_TOKEN": CANARIES["extruct"]})
        _set_up(made)
        with _watched_processes(made):
            assert made.run("sync") == 0
            _look_around(made)
            _commands(made)
            _crashes(made)
        yield made


def _set_up(stage: Stage) -> None:
    keys = stage.home / "config" / "keys"
    keys.parent.mkdir(mode=0o700)
    keys.mkdir(mode=0o700)
    (keys / "yutori").write_text(CANARIES["yutori"])
    (keys / "yutori").chmod(0o600)
    (stage.outside / "valyu.key").write_text(CANARIES["valyu"])
    helper = stage.outside / "helper.py"
    helper.write_text(
        "import os, sys, pathlib\n"
        "told = sys.stdin.read() if not sys.stdin.isatty() else ''\n"
        f"pathlib.Path({str(stage.outside)!r}, f'helper-{{os.getpid()}}.out').write_text("
        "repr((sys.argv, dict(os.environ), told)))\n"
    )
    program = json.dumps([sys.executable, str(helper)])
    (stage.home / "config" / "config.toml").write_text(
        f"[ui]\nbrowser = {program}\n[notify]\ncommand = {program}\n"
        f'[providers.valyu]\ntoken_command = ["cat", {json.dumps(str(stage.outside / "valyu.key"))}]\n'
    )
    (stage.home / "config" / "config.toml").chmod(0o600)


def _look_around(stage: Stage) -> None:
    with session(stage.home, env=stage.env) as user:
        assert user.sees("Valyu")
        user.settle()
        for _ in range(6):
            user.press(ENTER, "]", "o", "y", ESCAPE, ESCAPE, "j")
        user.press("L", ESCAPE, "B", ESCAPE, "$", ESCAPE, "?", ESCAPE, "n", ESCAPE, "r", "e", ENTER)
        user.type(QUIT)
        assert user.ends() == 0
        stage.written.append(user.out)


def _commands(stage: Stage) -> None:
    for arguments in (("list",), ("list", "--json"), ("doctor",), ("doctor", "--json"), ("auth", "status"),
                      ("auth", "status", "--json"), ("config", "show"), ("cost",), ("archive", "stats"),
                      ("watch", "--timeout", "2"), ("search", "the", "--json"), ("cost", "--json")):  # fmt: skip
        stage.run(*arguments)
    for name in FORMATS:
        stage.run("export", "--all", "-t", name, "-o", str(stage.outside / name))
    with _opened(stage) as archive:
        chosen = [task for task in archive.load_tasks() if task.provider == "valyu" and task.has_report][:3]
    for task in chosen:
        stage.run("show", task.id)
        stage.run("show", task.id, "--json")
        stage.run("cite", task.id, "--json")
    stage.run("new", "-p", "valyu", "Which keys are seen?", env={"VALYU_API_KEY": CANARIES["valyu"]})


def _crashes(stage: Stage) -> None:
    for broken in ("handler", "worker", "painting"):
        with session(stage.home, env={**stage.env, "BREAK": broken}, module="tests.robust.broken") as user:
            if broken == "handler":
                assert user.sees("Valyu")
                user.press("L")
            assert user.ends() == 1
            stage.written.append(user.out)
    assert stage.run("list", "--json", module="tests.robust.broken", env={"BREAK": "command"}) == 1


class _opened:
    def __init__(self, stage: Stage) -> None:
        (self._path,) = stage.home.rglob("archive.db")

    def __enter__(self) -> Archive:
        self._archive = Archive.open(self._path, read_only=True)
        return self._archive

    def __exit__(self, *_: object) -> None:
        self._archive.close(timeout=300)


class _watched_processes:
    """Notes the command line of every process of ours that appears."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        ours = str(self._stage.outside).encode()
        while not self._over.wait(0.02):
            for folder in Path("/proc").iterdir():
                if not folder.name.isdigit() or int(folder.name) == os.getpid():
                    continue
                try:
                    line = (folder / "cmdline").read_bytes()
                    theirs = b"tui" in line or ours in line
                    if theirs or ours in (folder / "environ").read_bytes():
                        self._stage.processes.add(line)
                except OSError:
                    continue


def test_the_stage_was_really_played(stage: Stage) -> None:
    with _opened(stage) as archive:
        providers = {task.provider for task in archive.load_tasks()}
    assert providers == {*NAMES}, "every key was used"
    assert any(b"RuntimeError: broken with \xe2\x80\xa6" in one for one in stage.written), "a crash was reported, masked"
    helpers = [*stage.outside.glob("helper-*.out")]
    assert helpers, "a link was opened by a helper"
    assert stage.processes


def test_no_key_is_found_in_any_byte_written_anywhere(stage: Stage) -> None:
    found = [
        (place, name, content[max(0, content.find(key.encode()) - 300) :][:600])
        for place, content in stage.everything().items()
        for name, key in CANARIES.items()
        if key.encode() in content
    ]
    assert found == []


def test_what_is_shown_of_a_key_is_its_last_four_characters(stage: Stage) -> None:
    output = b"\n".join(stage.written).decode("utf-8", "replace")
    for key in CANARIES.values():
        assert not any(key[start : start + 8] in output for start in range(len(key) - 8))
        assert f"…{key[-4:]}" in output


def test_tokens_of_files_stand_in_stored_answers_only(stage: Stage) -> None:
    tokens: set[bytes] = set()
    with _opened(stage) as archive:
        for task in archive.load_tasks():
            for version in archive.versions(task.id):
                raw = archive.raw(task.id, version.number)
                assert not [name for name, key in CANARIES.items() if key.encode() in raw]
                tokens |= set(re.findall(rb"token=[^\"&]*?([0-9a-f]{32})", raw))
    assert len(tokens) > 3, "the answers hold tokens"
    found = sorted((place, token) for place, content in stage.everything().items() for token in tokens
                   if token in content)  # fmt: skip
    assert found == [], "a raw answer, compressed, is the only place"


def test_everything_kept_is_private(stage: Stage) -> None:
    for path in (stage.home, *stage.home.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_service_that_repeats_the_key_does_not_get_it_shown(tmp_path: Path) -> None:
    async def echo(_faults: Faults, request: Seen, writer: object) -> None:
        told = f"invalid key {shlex.join(request.headers.values())} \x1b[2J"
        status = 401 if "list" in request.path or request.path.endswith("tasks") else 500
        writer.write(answer(status, json.dumps({"detail": told, "error": told}).encode()))  # type: ignore[attr-defined]

    async def story(made: World) -> str:
        made.simulation.extruct.begin("Who?", "high", None, age=300)
        await made.pass_time(20)
        for front in made.fronts.values():
            front.fault = echo
        for name in NAMES:
            made.runtime.create(name, Draft("Who repeats a key?"))
        await made.pass_time(90)
        logged = [entry.text for entry in made.runtime.log()]
        shown = [state.message for state in made.runtime.providers().values()]
        tasks = [repr(task) for task in made.runtime.tasks().values()]
        return "\n".join([*logged, *shown, *tasks, *(made.said(name) for name in NAMES)])

    with world(tmp_path / "archive.db") as tell:
        said = tell(story)
    assert "invalid key" in said or "rejects the key" in said or "key rejected" in said
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for key in KEYS.values():
        assert key not in said
        assert key.encode() not in stored
