"""The fast lane prints what click's commands print, and leaves everything else to them."""

import gc
import json
from pathlib import Path

import pytest

from tests import helptexts
from tests.cli.conftest import Cli
from tui.cli import fast_path
from tui.cli.command_table import help_of
from tui.domain.amounts import plain_cost_text
from tui.domain.cells import cell_len
from tui.domain.detail import Detail
from tui.domain.text import one_line
from tui.domain.times import format_local, parse_time

SAME = [
    ("--help",),
    ("-h",),
    ("--version",),
    ("-V",),
    ("new", "--help"),
    ("archive", "prune", "-h"),
    ("list",),
    ("list", "--provider", "valyu", "--limit", "2"),
    ("list", "--status", "nonsense"),
    ("search", "the"),
    ("search", "高速"),
    ("search", "zzzzzz"),
    ("list", "--json"),
    ("list", "--jsonl"),
    ("list", "--json", "--limit", "3"),
    ("list", "--limit=2", "--jsonl"),
    ("list", "--json", "--status", "failed"),
    ("list", "--json", "--status=active"),
    ("list", "--json", "--provider", "valyu", "--status", "done"),
    ("list", "--json", "--provider", 'no"body'),
    ("list", "--json", "--status", "dnoe"),
    ("search", "--json", "quantum"),
    ("search", "quantum", "--jsonl"),
    ("search", "--json", "--limit", "1", "the"),
    ("search", "--json", "zzzzzz"),
    ("search", "--json", "status:nope", "x"),
    ("search", "--json", "高速"),
]


@pytest.mark.parametrize("arguments", SAME, ids=" ".join)
def test_both_lanes_print_the_same_bytes(world: Cli, arguments: tuple[str, ...]) -> None:
    quick, thorough = world(*arguments), world(*arguments, lane="click")
    assert fast_path.run_fast(arguments) is not None
    assert quick.raw == thorough.raw
    assert (quick.code, quick.err) == (thorough.code, thorough.err)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--no-mouse",),
        ("list", "--json", "--jsonl"),
        ("list", "--json", "--limit"),
        ("list", "--json", "--limit", "0"),
        ("list", "--json", "--limit", "x"),
        ("list", "--json", "--limit", "-1"),
        ("list", "--json", "--status", "--provider"),
        ("list", "--json", "--status", "a", "--status", "b"),
        ("list", "--json", "--help"),
        ("list", "--version"),
        ("nonsense", "--help"),
        ("archive", "nonsense", "--help"),
        ("--help", "--help"),
        ("search", "--json"),
        ("search", "--json", "--status", "done", "x"),
        ("search", "--json", "--", "x"),
        ("show", "--json"),
        ("--nonsense",),
    ],
    ids=" ".join,
)
def test_what_click_should_look_at_is_left_to_it(arguments: tuple[str, ...]) -> None:
    assert fast_path.run_fast(arguments) is None


def test_nothing_typed_is_the_dashboard_without_click(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr("tui.ui.startup.run_app", lambda *_, **__: 7)
    monkeypatch.setenv("TEXTUAL_DRIVER", "somebody else's screen")
    assert fast_path.run_fast(()) == 7
    assert gc.isenabled()


def test_the_dashboard_without_a_terminal_says_what_to_use_instead(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fast_path.run_fast(()) == 2
    assert "divewatch list" in capsys.readouterr().err


def test_a_report_is_opened_without_click(monkeypatch: pytest.MonkeyPatch, home: Path, tmp_path: Path) -> None:
    opened: list[str] = []

    def run_reader(detail: Detail, *_: object, **__: object) -> int:
        opened.append(detail.task.title)
        return 7

    monkeypatch.setattr("tui.ui.startup.run_reader", run_reader)
    monkeypatch.setenv("TEXTUAL_DRIVER", "somebody else's screen")
    file = tmp_path / "grids.md"
    file.write_text("# Grids [1]", "utf-8")
    assert fast_path.run_fast(("read", str(file))) == 7
    assert opened == ["grids"]
    assert fast_path.run_fast(("read", str(tmp_path / "nothing.md"))) == 5
    assert fast_path.run_fast(("read", "--sources", str(file))) is None
    assert fast_path.run_fast(("read",)) is None


def test_completion_is_left_to_click(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_DIVEWATCH_COMPLETE", "bash_complete")
    assert fast_path.run_fast(("--help",)) is None


def test_an_archive_that_is_not_there_is_empty_and_not_made(cli: Cli, home: Path) -> None:
    ended = cli("list", "--json")
    assert ended.json == {"schema_version": 1, "tasks": [], "more": False}
    assert "divewatch sync" in ended.err
    assert cli("search", "--json", "x").json["tasks"] == []
    assert cli("list").raw == b""
    assert not home.exists()


def test_cutting_a_list_is_said(world: Cli) -> None:
    cut = world("list", "--json", "--limit", "2")
    assert len(cut.json["tasks"]) == 2
    assert cut.json["more"] is True
    assert "raise --limit" in cut.err
    whole = world("list", "--json")
    assert whole.json["more"] is False
    assert whole.err == ""
    assert cut.json["tasks"] == whole.json["tasks"][:2]


def test_lines_and_document_hold_the_same_tasks(world: Cli) -> None:
    lines = [json.loads(line) for line in world("list", "--jsonl").out.splitlines()]
    assert lines == world("list", "--json").json["tasks"]


def test_a_terminal_gets_the_same_bytes_as_a_pipe(world: Cli) -> None:
    assert world("list", "--json", tty=True).raw == world("list", "--json").raw


def test_every_command_explains_itself_in_clicks_words_without_click() -> None:
    assert helptexts.FILE.read_text("utf-8") == helptexts.current(), "run `python -m tests.helptexts`"
    for words, text in helptexts.texts():
        assert help_of(words) == f"{text}\n"
    assert helptexts.current().isascii(), "every locale can print it"


@pytest.mark.parametrize(("columns", "click_lays_out"), [("79", True), ("80", False), ("200", False), ("x", False)])
def test_help_for_a_narrow_terminal_is_laid_out_by_click(
    columns: str, click_lays_out: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert (fast_path.run_fast(("new", "--help")) is None) is click_lays_out


@pytest.mark.parametrize("width", [None, 80, 120])
def test_a_table_shows_the_tasks_of_the_json_list(
    world: Cli, width: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.cli.output.width_of_terminal", lambda: width)
    lines = world("list").out.splitlines()
    tasks = world("list", "--json").json["tasks"]
    assert len(lines) == len(tasks) + 1
    assert width is None or max(map(cell_len, lines)) <= width
    for line, task in zip(lines[1:], tasks, strict=True):
        assert line.split()[:3] == [task["id"], task["status"], task["provider"]]
        created = parse_time(task["created_at"])
        assert created is not None
        here = created.astimezone()
        short = (f"  {here:%H:%M}  ", f"  {here.day} {here:%b}  ")  # of today, and of another day
        told = [format_local(created)] if width != 80 else short
        assert any(one in line for one in told), line
        assert plain_cost_text(task["cost"], short=width is not None) in line
        assert width or line.endswith(one_line(task["title"]))
