"""Every end of a command is an exit code and a few words; the screen is started with what was asked for."""

import io
import os
import pstats
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tui import __main__
from tui.cli import context
from tui.cli.commands import demo, open_ui
from tui.cli.main import root
from tui.domain.errors import ArchiveError
from tui.providers import registry

KEY = "val_live_0123456789abcdef"


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let `divewatch keys` end with an error."""

    def fail() -> None:
        raise error

    monkeypatch.setattr(context, "config", fail)


def test_a_defect_is_reported_without_keys_and_kept(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALYU_API_KEY", KEY)
    failing(monkeypatch, RuntimeError(f"broken \x1b[2J {KEY}"))
    ended = cli("keys")
    assert ended.code == 1
    assert "RuntimeError: broken" in ended.err
    assert KEY not in ended.err
    assert "\x1b" not in ended.err
    kept = (home / "state" / "crash.log").read_text()
    assert "RuntimeError" in kept
    assert KEY not in kept


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (ArchiveError("the disk is full", hint="free some space"), 1, "divewatch: the disk is full\n  free some space"),
        (BrokenPipeError(), 0, ""),
    ],
)
def test_every_end_has_its_exit_code(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, said: str
) -> None:
    monkeypatch.setattr("tui.cli.output.reader_gone", lambda: None)
    failing(monkeypatch, error)
    ended = cli("keys")
    assert (ended.code, ended.err.strip()) == (code, said)


def test_an_interrupt_while_modules_are_imported_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tui.cli.fast_path.run_fast", interrupt)
    monkeypatch.setattr(sys, "argv", ["divewatch", "list"])
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    assert ended.value.code == 130


def test_the_program_ends_with_the_code_of_its_command(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments, code in ((["list", "--json"], 0), (["show", "x"], 5)):
        monkeypatch.setattr(sys, "argv", ["divewatch", *arguments])
        with pytest.raises(SystemExit) as ended:
            __main__.main()
        assert ended.value.code == code


def test_a_profile_is_written(cli: Cli, tmp_path: Path) -> None:
    assert cli("--profile", str(tmp_path / "profile"), "list").code == 0
    assert pstats.Stats(str(tmp_path / "profile")).total_calls > 10  # type: ignore[attr-defined]


def test_the_dashboard_gets_archive_settings_and_wishes(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def run_app(archive: Any, accounts: Any, config: Any, paths: Any, **how: Any) -> int:
        seen.update(how, archive=archive.path, accounts=[account.provider for account in accounts()], paths=paths)
        return 7

    monkeypatch.setattr("tui.ui.startup.run_app", run_app)
    monkeypatch.setenv("TEXTUAL_DRIVER", "somebody else's screen")
    assert cli("--no-mouse", "--theme", "dark").code == 7
    assert (seen["mouse"], seen["theme"]) == (False, "dark")
    assert seen["archive"] == home / "data" / "archive.db"
    assert seen["accounts"] == [*registry.names()]
    assert cli().code == 7
    assert (seen["mouse"], seen["theme"]) == (None, None)


def test_the_demo_knows_nothing_of_the_user_and_leaves_nothing(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    def run_app(archive: Any, accounts: Any, config: Any, paths: Any, **how: Any) -> int:
        seen["keys"] = [account.key.key.reveal() for account in accounts()]
        seen["lasting"] = how["lasting"]
        seen["addresses"] = [account.base_url for account in accounts()]
        seen["folder"] = paths.data.parent
        return 0

    monkeypatch.setattr("tui.ui.startup.run_app", run_app)
    monkeypatch.setenv("TEXTUAL_DRIVER", "somebody else's screen")
    monkeypatch.setenv("VALYU_API_KEY", KEY)
    monkeypatch.setenv("DIVEWATCH_CONFIG", "/nowhere/config.toml")
    assert cli("demo", "--speed", "100").code == 0
    assert seen["lasting"] is False, "its tasks end with it"
    assert KEY not in seen["keys"]
    assert all(address.startswith("http://127.0.0.1:") for address in seen["addresses"])
    assert not seen["folder"].exists()
    assert not home.exists()
    assert os.environ["VALYU_API_KEY"] == KEY
    assert demo.DEMO_SPEED == 20


def test_the_reader_gets_the_report(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def run_reader(detail: Any, *_: Any, **__: Any) -> int:
        seen.append(detail)
        return 0

    monkeypatch.setattr("tui.ui.startup.run_reader", run_reader)
    monkeypatch.setenv("TEXTUAL_DRIVER", "somebody else's screen")
    (tmp_path / "report.md").write_text("# Bells\n\nOld [1].\n")
    assert cli("read", str(tmp_path / "report.md")).code == 0
    assert seen[0].report.text.startswith("# Bells")


def test_every_command_of_the_table_exists() -> None:
    for name in root.list_commands(None):  # type: ignore[arg-type]
        assert root.get_command(None, name) is not None  # type: ignore[arg-type]


@pytest.mark.parametrize(("encoding", "said"), [("latin-1", "the locale's encoding is latin-1"), ("utf-8", "…")])
def test_a_locale_that_lacks_characters_is_said_and_no_obstacle(
    home: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, said: str
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(sys, "stdout", stream)  # what is painted on
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr("tui.ui.terminal.checks.check_terminal", lambda: None)
    monkeypatch.delenv("TEXTUAL_DRIVER", raising=False)
    open_ui.check_screen()
    stream.write("…")
    stream.flush()
    told = stream.buffer.getvalue().decode(encoding)
    assert told.startswith(said)
    assert told.endswith("…" if encoding == "utf-8" else "?")


def test_a_service_that_was_not_asked_has_shown_no_number_of_tasks(cli: Cli) -> None:
    ended = cli("sync")
    assert ended.code == 4
    assert "valyu: no key" in ended.err
    assert "seen" not in ended.err


def test_the_dashboard_in_a_pipe_says_what_to_use_instead(cli: Cli) -> None:
    ended = cli()
    assert ended.code == 2
    assert "a terminal is needed" in ended.err
    assert "`divewatch list`" in ended.err


@pytest.mark.parametrize("group", ["archive", "auth", "batch", "config", "versions"])
def test_a_group_without_a_command_shows_its_help_once(cli: Cli, group: str) -> None:
    ended = cli(group)
    assert ended.code == 2
    assert ended.err.count("Usage: ") == 1
    assert ended.err.startswith("Usage: ")


def test_a_number_that_is_none_is_said_in_plain_words(cli: Cli) -> None:
    assert "'x' is not a whole number." in cli("list", "--limit", "x").err


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("demo", "--theme", "light"), "--theme stands before the command: divewatch --theme … demo"),
        (
            ("archive", "stats", "--no-mouse"),
            "--no-mouse stands before the command: divewatch --no-mouse … archive stats",
        ),
        (("demo", "--thema", "light"), "`divewatch demo --help` says more"),
    ],
)
def test_an_option_of_the_program_behind_a_command_is_told_its_place(
    cli: Cli, arguments: tuple[str, ...], hint: str
) -> None:
    ended = cli(*arguments)
    assert ended.code == 2
    assert ended.err.splitlines()[-1].strip() == hint
