"""The layers hold at run time too: what a front door imports is what it needs, looked up in a fresh interpreter."""

import subprocess
import sys

import pytest

HEAVY = (
    "textual",
    "httpx",
    "markdown_it",
    "pydantic",
    "starlette",
    "uvicorn",
    "sqlite3",
    "click",
    "pygments",
    "selectolax",
)


def imported(statement: str) -> set[str]:
    """Return which of HEAVY are loaded after `statement`, in an interpreter of its own."""
    script = f"import sys\n{statement}\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split("\n")[-2].split())


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("import tui", set()),
        ("import tui.domain.task, tui.domain.detail, tui.domain.url, tui.domain.text, tui.domain.times", set()),
        ("import tui.cli.table; tui.cli.table.help_text()", set()),
        ("import tui.config.paths; tui.config.paths.archive_path()", set()),
        ("import tui.config.load", {"pydantic"}),
        ("import tui.report.document", set()),
        ("import tui.providers.extruct, tui.providers.yutori, tui.providers.valyu", set()),
        ("import tui.engine.api", set()),
        ("import tui.engine.runtime", {"sqlite3"}),
        ("import tui.engine.archive", {"sqlite3"}),
        ("import tui.simulator", set()),
        ("import tui.ui.commands, tui.ui.keymap", set()),
        ("import tui.cli.main", {"click"}),
    ],
)
def test_a_front_door_imports_only_what_it_needs(statement: str, allowed: set[str]) -> None:
    assert imported(statement) <= allowed


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--help"], set()),
        (["--version"], set()),
        (["list", "--json"], {"sqlite3"}),
        (["search", "--json", "word"], {"sqlite3"}),
        (["list"], {"sqlite3", "click"}),
        (["config", "get", "ui.theme"], {"pydantic", "click"}),
        (["keys"], {"pydantic", "click"}),
    ],
)
def test_a_command_imports_only_what_it_needs(
    arguments: list[str], allowed: set[str], tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIVEWATCH_HOME", str(tmp_path_factory.mktemp("home")))
    run = f"sys.argv = ['divewatch', *{arguments!r}]\nfrom tui.__main__ import main\ntry:\n  main()\nexcept SystemExit: pass"
    assert imported(run) <= allowed
