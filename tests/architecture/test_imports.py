"""The layers hold at run time too: what a front door imports is what it needs, looked up in a fresh interpreter."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.architecture.fresh import Fresh
from tests.archive.make import a_task, save
from tui.config.paths import find_paths
from tui.domain.task import Cost, Task
from tui.engine.archive import Archive

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.quick

HEAVY = (
    "asyncio",
    "click",
    "dataclasses",
    "httpx",
    "markdown_it",
    "pathlib",
    "pydantic",
    "pygments",
    "rich",
    "selectolax",
    "sqlite3",
    "starlette",
    "textual",
    "uvicorn",
)
# What Python's own modules bring along, and no budget is about, once anything larger is allowed.
SMALL = {"dataclasses", "pathlib"}


@pytest.fixture(scope="module")
def fresh() -> Iterator[Fresh]:
    """An interpreter that has imported nothing yet and is forked for each question."""
    with Fresh() as running:
        yield running


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("import tui", set()),
        ("import tui.cli.command_table; tui.cli.command_table.help_text()", set()),
        ("import tui.config.folders, os; tui.config.folders.archive_place(os.environ)", set()),
        ("import tui.engine.archive", set()),
        ("import tui.domain.task, tui.domain.detail, tui.domain.url, tui.domain.text, tui.domain.times", SMALL),
        ("import tui.config.paths; tui.config.paths.archive_place()", SMALL),
        ("import tui.engine.archive.search.json", {"sqlite3"}),
        ("import tui.config.load", SMALL),
        ("import tui.report.document", SMALL),
        ("import tui.report.export", SMALL),
        ("import tui.providers.extruct, tui.providers.yutori, tui.providers.valyu", SMALL),
        ("import tui.engine.api", SMALL),
        ("import tui.engine.files.saved_detail", SMALL),
        ("import tui.engine.runtime", {*SMALL, "asyncio"}),
        ("from tui.engine.archive import Archive", {*SMALL, "sqlite3"}),
        ("import tui.simulator", SMALL),
        ("import tui.ui.commands.registry, tui.ui.commands.keymap, tui.ui.terminal.checks", SMALL),
        ("import tui.ui.terminal.handoff, tui.ui.crash_report", SMALL),
        ("import tui.cli.main", {*SMALL, "click"}),
    ],
)
def test_a_front_door_imports_only_what_it_needs(fresh: Fresh, statement: str, allowed: set[str]) -> None:
    assert fresh.imported(statement, HEAVY) <= allowed


def test_what_is_imported_is_seen_and_what_fails_is_said(fresh: Fresh) -> None:
    assert fresh.imported("import httpx", HEAVY) >= {"httpx"}
    assert fresh.imported("pass", HEAVY) == set()
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        fresh.imported("1 / 0", HEAVY)


AFTER_THE_FIRST_PAINT = (
    "httpx",
    "markdown_it",
    "pydantic",
    "tomllib",
    "tui.domain.detail",
    "tui.domain.provider",
    "tui.engine.api",
    "tui.engine.archive.search.library",
    "tui.engine.archive.recovery.recover",
    "tui.engine.archive.rows.values",
    "tui.providers",
    "tui.report",
    "tui.ui.bridge",
    "tui.ui.reader",
)


def test_the_dashboard_is_painted_without_what_comes_later(fresh: Fresh) -> None:
    painted = "import tui.cli.commands.open_ui, tui.ui.startup, tui.ui.app, tui.ui.dashboard.screen"
    painted += ", tui.engine.archive.archive, tui.engine.archive.open"
    assert fresh.imported(painted, AFTER_THE_FIRST_PAINT) == set()


def test_the_reader_is_imported_ahead_without_forms_and_dialogs(fresh: Fresh) -> None:
    ahead = "import tui.ui.app, tui.ui.dashboard.screen, tui.engine.runtime, tui.ui.reader.screen, tui.report.read"
    assert fresh.imported(ahead, ["tui.ui.dashboard.provider_actions", "textual.widgets._text_area"]) == set()


AT_REST = """
from pathlib import Path
from tui.engine.archive import Archive
from tui.engine.runtime import Runtime
with Archive.open(Path({path!r})) as archive:
    engine = Runtime(archive, [])
    engine.start()
    assert engine.detail("t1").result(60).report.text == "# Grids"
    engine.close(60)
"""
"""An engine on an archive whose tasks are over, without any key, reads what was answered."""


def test_an_archive_at_rest_loads_neither_http_nor_openssl(fresh: Fresh, tmp_path: Path) -> None:
    body = b'{"success": true, "deepresearch_id": "r1", "status": "completed", "output": "# Grids"}'
    with Archive.open(tmp_path / "archive.db") as archive:
        save(archive, a_task(remote_id="r1", has_report=True), "# Grids", body=body)
    statement = AT_REST.format(path=str(tmp_path / "archive.db"))
    assert fresh.imported(statement, ["httpx", "pydantic", "_hashlib"]) == {"pydantic"}


ARCHIVE = {"sqlite3"}
CLICK = {*SMALL, "click", "asyncio"}


COMMANDS: list[tuple[list[str], set[str]]] = [
    (["--help"], set()),
    (["--version"], set()),
    (["list", "--json"], ARCHIVE),
    (["list", "--jsonl", "--limit", "3"], ARCHIVE),
    (["search", "--json", "word"], ARCHIVE),
    (["list"], ARCHIVE),
    (["search", "word"], ARCHIVE),
    (["new", "--help"], set()),
    (["archive", "stats", "-h"], set()),
    (["show", "word"], {*CLICK, *ARCHIVE, "rich"}),
    (["cost"], {*CLICK, *ARCHIVE, "rich"}),
    (["archive", "stats"], {*CLICK, *ARCHIVE, "rich"}),
    (["help", "environment"], {*CLICK}),
    (["config", "get", "ui.theme"], {*CLICK}),
    (["auth", "status"], {*CLICK}),
    (["keys"], {*CLICK}),
    (["cite", "-"], {*CLICK, "markdown_it", "selectolax"}),
    (["doctor", "--offline", "--json"], {*CLICK, "rich", *ARCHIVE}),
    (["simulate", "--faults", "list"], {*CLICK, "starlette", "uvicorn"}),
    ([], {*CLICK}),
]


@pytest.mark.parametrize(("arguments", "allowed"), COMMANDS, ids=[" ".join(arguments) for arguments, _ in COMMANDS])
def test_a_command_imports_only_what_it_needs(
    fresh: Fresh, arguments: list[str], allowed: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIVEWATCH_HOME", str(tmp_path / "home"))
    assert fresh.imported(running(arguments), HEAVY) <= allowed


@pytest.mark.parametrize("name", ["textual", "httpx"])
@pytest.mark.parametrize("command", ["list", "search x", "show x", "config show", "cost", "keys", "archive stats"])
def test_reading_commands_never_load_the_screen_or_the_network(
    fresh: Fresh, command: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIVEWATCH_HOME", str(tmp_path / "home"))
    assert fresh.imported(running(command.split()), [name]) == set()


def running(arguments: Sequence[str]) -> str:
    """Return the statement that runs a command line and lives on."""
    return (
        f"import io\nsys.argv = ['divewatch', *{list(arguments)!r}]\n"
        "sys.stdin = io.TextIOWrapper(io.BytesIO(b'x [1]'))\n"
        "from tui.__main__ import main\ntry:\n  main()\nexcept SystemExit: pass"
    )


SLOW_TO_IMPORT = {"contextlib", "dataclasses", "enum", "inspect", "json", "pathlib", "re", "rich", "shutil", "typing"}


@pytest.mark.parametrize(("command", "most"), [("--help", 8), ("new --help", 9), ("list", 28), ("list --json", 25)])
def test_what_people_wait_for_imports_few_modules_and_none_that_is_slow(
    command: str, most: int, tmp_path: Path
) -> None:
    archive = find_paths({"DIVEWATCH_HOME": str(tmp_path)}).data / "archive.db"
    with Archive.open(archive) as opened:
        title = "Grids in Kraków – “what” they cost" if command == "list" else "Grids"
        opened.put_tasks([Task("one", "valyu", title=title, cost=Cost(1.5))]).result()
    code = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nbefore = {{*sys.modules}}\n{running(command.split())}\n"
    code += "print(*({*sys.modules} - before), sep='\\n', file=sys.stderr)"
    environment = {"DIVEWATCH_HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    imported = set(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not imported & SLOW_TO_IMPORT
    ours = {name for name in imported if name.partition(".")[0] == "tui"}
    assert len(ours) <= most, ours
