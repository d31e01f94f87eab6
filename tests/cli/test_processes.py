"""Commands as programs of their own: pipes, signals, servers."""

import asyncio
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, environment, tasks
from tui.simulator.server import Simulator

DIVEWATCH = (sys.executable, "-m", "tui")
SECONDS = 300


@contextmanager
def running(*arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command until the block ends."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [*DIVEWATCH, *arguments], stdin=pipe, stdout=pipe, stderr=pipe, text=True, env={**environment(), **more}
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line(process: subprocess.Popen[str]) -> str:
    """Return the next line of its standard output."""
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_simulate_prints_six_exports_then_serves_until_a_signal(home: Path, end: signal.Signals) -> None:
    port = free_port()
    with running("simulate", "--port", str(port)) as process:
        lines = [line(process) for _ in range(6)]
        words = [re.fullmatch(r"export ([A-Z_]+)=(.+)", text) for text in lines]
        values = {word[1]: shlex.split(word[2])[0] for word in words if word}
        assert [*values] == ["EXTRUCT_API_TOKEN", "EXTRUCT_BASE_URL", "YUTORI_API_KEY", "YUTORI_BASE_URL",
                             "VALYU_API_KEY", "VALYU_BASE_URL"]  # fmt: skip
        assert values["VALYU_BASE_URL"] == f"http://127.0.0.1:{port}/valyu"
        request = urllib.request.Request(
            f"{values['VALYU_BASE_URL']}/v1/deepresearch/list", headers={"X-API-Key": values["VALYU_API_KEY"]}
        )
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            assert b"deepresearch_id" in answer.read()
        process.send_signal(end)
        out, err = process.communicate(timeout=SECONDS)
        assert (process.returncode, out) == (0, "")
        assert "ctrl-c" in err


def test_a_taken_port_is_explained(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = cli("simulate", "--port", str(server.getsockname()[1]))
    assert ended.code == 1
    assert "choose another --port" in ended.err


def test_faults_are_listed_and_checked(cli: Cli) -> None:
    assert "create-lost" in cli("simulate", "--faults", "list").out
    ended = cli("simulate", "--faults", "create-lsot")
    assert ended.code == 2
    assert "create-lost" in ended.err


@pytest.mark.parametrize("arguments", ["list --json", "list", "--help", "help config", "keys"])
def test_a_reader_that_goes_away_is_no_error(world: Cli, home: Path, arguments: str) -> None:
    command = f"{shlex.join(DIVEWATCH)} {arguments} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=SECONDS, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_an_interrupted_watch_ends_with_130(world: Cli, simulator: Simulator, home: Path) -> None:
    with running("watch", DIVEWATCH_HOME=str(home), **simulator.exports) as process:
        assert line(process).startswith("{")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=SECONDS)
        assert process.returncode == 130
        assert err.strip() == "interrupted"


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C.UTF-8"}])
def test_no_locale_breaks_the_output(world: Cli, home: Path, locale: dict[str, str]) -> None:
    env = {**environment(), **locale, "DIVEWATCH_HOME": str(home)}
    for arguments in (["list"], ["list", "--json"], ["search", "高速"]):
        done = subprocess.run([*DIVEWATCH, *arguments], capture_output=True, env=env, timeout=SECONDS, check=False)
        assert done.returncode == 0
        assert done.stderr == b""
    assert "高速" in world("list", "--json").out


def test_ids_complete_from_the_archive(world: Cli, home: Path) -> None:
    task = tasks(world)[0]
    for shell, request in (
        ("bash", {"COMP_WORDS": f"divewatch show {task['id'][:3]}", "COMP_CWORD": "2"}),
        ("zsh", {"COMP_WORDS": f"divewatch export {task['id'][:3]}", "COMP_CWORD": "2"}),
        ("fish", {"COMP_WORDS": f"divewatch cancel {task['id'][:3]}", "COMP_CWORD": task["id"][:3]}),
    ):
        env = {**environment(), "_DIVEWATCH_COMPLETE": f"{shell}_complete", "DIVEWATCH_HOME": str(home), **request}
        done = subprocess.run([*DIVEWATCH], capture_output=True, text=True, env=env, timeout=SECONDS, check=False)
        assert task["id"] in done.stdout, (shell, done)


def test_completion_without_an_archive_offers_nothing_and_makes_nothing(cli: Cli, home: Path) -> None:
    env = {**environment(), "_DIVEWATCH_COMPLETE": "bash_complete", "COMP_WORDS": "divewatch show ", "COMP_CWORD": "2"}
    done = subprocess.run([*DIVEWATCH], capture_output=True, text=True, env=env, timeout=SECONDS, check=False)
    assert (done.stdout.strip(), done.stderr) == ("", "")
    assert not home.exists()


# -- serve


async def test_a_session_paints_the_dashboard_for_who_has_the_key(home: Path) -> None:
    aiohttp = pytest.importorskip("aiohttp", reason="the extra [serve] is not installed")
    port = free_port()
    painted = b""
    with running("serve", "--demo", "--port", str(port), DIVEWATCH_HOME=str(home)) as process:
        root, _, key = line(process).partition("?key=")
        async with (
            aiohttp.ClientSession(cookies={f"divewatch_{port}": key}) as client,
            client.ws_connect(f"{root}ws?width=120&height=40", origin=root.rstrip("/")) as terminal,
            asyncio.timeout(SECONDS),
        ):
            while b"valyu" not in painted:
                message = await terminal.receive()
                assert message.type is aiohttp.WSMsgType.BINARY, message
                painted += message.data
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0


def test_without_the_extra_the_command_to_get_it_is_said(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    monkeypatch.setitem(sys.modules, "mcp.server.fastmcp", None)
    monkeypatch.delitem(sys.modules, "tui.cli.web.server", raising=False)
    for command in ("serve", "mcp"):
        ended = cli(command)
        assert ended.code == 2
        assert f"uv tool install 'divewatch[{command}]'" in ended.err


# -- mcp


async def ask(home: Path, calls: list[tuple[str, dict[str, object]]], **more: str) -> tuple[set[str], list[str]]:
    """Return the tools of an `mcp` session, and the texts that calls to them returned."""
    pytest.importorskip("mcp", reason="the extra [mcp] is not installed")
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    env = {**environment(), "DIVEWATCH_HOME": str(home), **more}
    server = StdioServerParameters(command=DIVEWATCH[0], args=[*DIVEWATCH[1:], "mcp"], env=env)
    texts = []
    with Path(os.devnull).open("w") as nowhere:
        async with stdio_client(server, errlog=nowhere) as streams, ClientSession(*streams) as session:
            await session.initialize()
            tools = {tool.name for tool in (await session.list_tools()).tools}
            for name, arguments in calls:
                texts.append(str((await session.call_tool(name, arguments)).content[0].text))  # type: ignore[union-attr]
    return tools, texts


async def test_agents_read_the_archive_and_cannot_spend(world: Cli, home: Path) -> None:
    task = tasks(world, status="done", provider="valyu")[0]
    tools, texts = await ask(
        home, [("list_tasks", {"limit": 1, "status": "done", "provider": "valyu"}), ("show", {"task_id": "zzz"})]
    )
    assert tools == {"list_tasks", "search", "show", "read_report", "cite"}
    assert task["id"] in texts[0]
    assert "no task zzz" in texts[1]
