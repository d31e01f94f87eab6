"""The tools that agents are given: the archive, read-only unless the configuration allows more."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli, tasks
from tui.cli import context
from tui.cli.commands import mcp
from tui.domain.detail import Detail, Image, Report, ReportFormat
from tui.domain.errors import NotFound, UsageError
from tui.domain.task import Task
from tui.simulator.server import Simulator


class Server:
    """Stands where FastMCP does, and remembers the tools it was given."""

    last: "Server"

    def __init__(self, name: str, **_: object) -> None:
        self.tools: dict[str, tuple[Callable[..., Any], dict[str, bool]]] = {}
        Server.last = self

    def add_tool(self, tool: Callable[..., Any], annotations: dict[str, bool]) -> None:
        self.tools[tool.__name__] = tool, annotations

    def run(self, transport: str) -> None:
        assert transport == "stdio"


@pytest.fixture
def served(world: Cli, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Server]:
    """Start `mcp` without its transport; returns what it would serve."""
    fastmcp = pytest.importorskip("mcp.server.fastmcp", reason="the extra [mcp] is not installed")
    monkeypatch.setattr(fastmcp, "FastMCP", Server)

    def start() -> Server:
        ended = world("mcp")
        assert (ended.code, ended.raw) == (0, b""), ended.err
        return Server.last

    return start


def test_the_archive_is_read(world: Cli) -> None:
    done = tasks(world, status="done", provider="valyu")
    listed = json.loads(mcp.list_tasks(status="done", provider="valyu", limit=1))
    assert [one["id"] for one in listed["tasks"]] == [done[0]["id"]]
    assert listed["more"] is True
    task = next(one for one in done if one["citations"])
    assert json.loads(mcp.search("the", limit=1))["tasks"][0]["hit"]
    shown = json.loads(mcp.show(task["id"][:8]))
    report = world("show", task["id"], "--json").json["report"]
    assert "report" not in shown
    assert shown["report_characters"] > 100
    assert json.loads(mcp.cite(task["id"]))["citations"]
    part = json.loads(mcp.read_report(task["id"], offset=5, characters=20))
    assert part == {"text": report[5:25], "offset": 5, "total": len(report)}
    assert json.loads(mcp.read_report(task["id"], offset=-5, characters=0))["text"] == report[0]


def test_what_is_not_there_is_an_error(world: Cli) -> None:
    with pytest.raises(NotFound):
        mcp.show("zzz")
    failed = next(task for task in tasks(world, status="failed") if not task["has_report"])
    with pytest.raises(NotFound, match="no report"):
        mcp.cite(failed["id"])


def test_tokens_are_masked_for_agents_too(world: Cli) -> None:
    everything = "".join(
        mcp.show(task["id"]) + mcp.read_report(task["id"], characters=50_000)
        for task in tasks(world, provider="valyu", has_report=True)
    )
    assert "token=…" in everything
    assert everything.count("token=") == everything.count("token=…")


def test_agents_cannot_spend_by_default(served: Callable[[], Server]) -> None:
    tools = served().tools
    assert [*tools] == ["list_tasks", "search", "show", "read_report", "cite"]
    assert all(notes["readOnlyHint"] for _, notes in tools.values())


def test_agents_may_start_tasks_when_allowed_and_within_the_budget(
    served: Callable[[], Server], home: Path, simulator: Simulator, world: Cli
) -> None:
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "config.toml").write_text("[mcp]\nallow_new = true\n[budget]\ntask = 1.0\n")
    tool, notes = served().tools["new"]
    assert notes["readOnlyHint"] is False
    before = len(simulator.creates())
    started = json.loads(asyncio.run(tool("yutori", "A task of an agent.", mode="fast")))
    assert tasks(world, id=started["task"]["id"])
    assert len(simulator.creates()) == before + 1
    for wrong, said in ((("valyu", "Too dear.", "max"), "budget of"), (("yutori", ""), "nothing was sent")):
        with pytest.raises(ValueError, match=said):
            asyncio.run(tool(*wrong))
    with pytest.raises(UsageError):
        mcp.new("valyu", "x", "no such mode")
    assert len(simulator.creates()) == before + 1


@pytest.mark.parametrize("limit", [2**63, -(2**70), 0])
def test_any_limit_is_one(served: Callable[[], Server], world: Cli, limit: int) -> None:
    tools = served().tools
    assert json.loads(asyncio.run(tools["list_tasks"][0](limit=limit)))["tasks"]
    assert json.loads(asyncio.run(tools["search"][0]("the", limit=limit)))["tasks"]


def test_text_in_no_encoding_is_not_found(served: Callable[[], Server], world: Cli) -> None:
    tools = served().tools
    for name in ("show", "read_report", "cite"):
        with pytest.raises(ValueError, match="no task"):
            asyncio.run(tools[name][0]("\ud800"))
    assert json.loads(asyncio.run(tools["search"][0]("\ud800zzzz")))["tasks"] == []


def test_tokens_of_files_are_masked_in_citations_too(world: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://files.example.org/a.png?token=canary-canary"
    task = tasks(world, provider="valyu", has_report=True)[0]
    report = Report(f"Seen [here]({url}) and canary-canary.", ReportFormat.MARKDOWN)
    detail = Detail(Task(task["id"], "valyu"), report=report, images=(Image("1", "chart", "A chart", url),))
    monkeypatch.setattr("tui.engine.files.saved_detail.read_detail", lambda *_: detail)
    told = mcp.cite(task["id"]) + world("cite", task["id"]).out + world("cite", task["id"], "--json").out
    assert "canary" not in told
    assert "files.example.org" in told


def test_the_tool_that_takes_a_provider_names_every_one_there_is() -> None:
    about = mcp._described(mcp.list_tasks)
    assert all(info.name in about for info in context.infos())
