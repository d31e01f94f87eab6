"""config, auth, keys, completion, help."""

import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tui.cli.command_table import ENTRIES, EXIT_CODES, VARIABLES
from tui.providers import registry
from tui.ui.commands.registry import COMMANDS

KEY = "val_live_0123456789abcdef"


def test_a_setting_is_set_shown_and_checked(cli: Cli, home: Path) -> None:
    assert cli("config", "set", "ui.theme", "dark").code == 0
    assert cli("config", "get", "ui.theme").out == "dark\n"
    assert cli("config", "get", "ui.theme", "--json").json == {"schema_version": 1, "key": "ui.theme", "value": "dark"}
    assert cli("config", "show", "--json").json["config"]["ui"]["theme"] == "dark"
    assert 'ui.theme = "dark"' in cli("config", "show").out
    assert cli("config", "path").out.strip() == str(home / "config" / "config.toml")
    assert cli("config", "validate", "--json").json["valid"] is True


def test_a_wrong_key_is_refused_with_the_nearest_right_one(cli: Cli, home: Path) -> None:
    ended = cli("config", "set", "ui.tehme", "dark")
    assert ended.code == 2
    assert "ui.theme" in ended.err
    assert not (home / "config" / "config.toml").exists()
    assert cli("config", "get", "ui.nothing").code == 2


def test_a_broken_file_names_line_and_key(cli: Cli, home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text("[ui]\nmouse = true\nmeasur = 3\n")
    ended = cli("config", "validate")
    assert ended.code == 2
    assert "line 3" in ended.err
    assert "measur" in ended.err


def test_the_default_file_is_valid_and_the_schema_is_json(cli: Cli, home: Path) -> None:
    default = cli("config", "show", "--default").out
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(default)
    assert cli("config", "validate").code == 0
    assert "properties" in cli("config", "schema").json
    assert default == cli("help", "config").out


def test_an_edit_that_is_not_valid_is_kept_beside_the_file(
    cli: Cli, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "$DW_TEXT" > "$1"\n')
    editor.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(editor))
    monkeypatch.setenv("DW_TEXT", "[ui]\ntheme = 'dark'")
    assert cli("config", "edit").code == 0
    monkeypatch.setenv("DW_TEXT", "[ui]\nnonsense = 1")
    assert cli("config", "edit").code == 2
    file = home / "config" / "config.toml"
    assert "dark" in file.read_text()
    assert "nonsense" in file.with_name("config.toml.rejected").read_text()
    clash = '[keys]\n"tasks.new" = "x"\n"tasks.cancel" = "x"\n'
    monkeypatch.setenv("DW_TEXT", clash)
    assert cli("config", "edit").code == 2
    file.write_text(clash)
    assert "claimed by both" in cli("config", "validate").err


def test_a_key_is_kept_privately_and_never_printed(cli: Cli, home: Path) -> None:
    kept = cli("auth", "set", "valyu", stdin=f"{KEY}\n".encode())
    assert kept.code == 0, kept.err
    file = home / "config" / "keys" / "valyu"
    assert file.read_text() == f"{KEY}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    shown = cli("auth", "status")
    assert "…cdef" in shown.out
    row = next(row for row in cli("auth", "status", "--json").json["accounts"] if row["provider"] == "valyu")
    assert row["hint"] == "…cdef"
    everything = "".join(ended.out + ended.err for ended in (kept, shown, cli("doctor", "--offline", "--json")))
    assert KEY not in everything
    assert cli("auth", "remove", "valyu").code == 0
    assert not file.exists()
    assert cli("auth", "remove", "valyu").code == 5


@pytest.mark.parametrize("key", ["", "your-api-key", "two words", "$VALYU_API_KEY"])
def test_a_key_that_cannot_be_one_is_refused(cli: Cli, home: Path, key: str) -> None:
    assert cli("auth", "set", "valyu", stdin=f"{key}\n".encode()).code == 2
    assert not (home / "config" / "keys").exists()


@pytest.mark.parametrize("account", ["../../x", "a/b", "", "x" * 50, "a\nb"])
def test_the_name_of_an_account_stays_in_its_folder(cli: Cli, home: Path, account: str) -> None:
    assert cli("auth", "set", "valyu", "--account", account, stdin=KEY.encode()).code == 2
    assert not home.exists()


def test_without_any_key_the_next_step_is_said(cli: Cli) -> None:
    ended = cli("auth", "status")
    assert ended.out.count("no key") == len(registry.names())
    assert "divewatch auth set" in ended.err


def test_the_keys_of_the_screens_are_printed_with_the_users_changes(cli: Cli) -> None:
    cli("config", "set", "keys.app.log", "ctrl+l")
    rows = cli("keys", "--json").json["keys"]
    assert {row["id"] for row in rows} == set(COMMANDS)
    shown = cli("keys").out
    assert all({"id", "where", "keys", "help"} <= row.keys() and row["help"] in shown for row in rows)
    assert cli("help", "keys").out == cli("keys").out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed(cli: Cli, shell: str) -> None:
    assert "_DIVEWATCH_COMPLETE" in cli("completion", shell).out


def test_every_command_has_help_and_the_table_knows_them_all(cli: Cli) -> None:
    text = cli("help").out
    assert text == cli("--help").out
    for name in ENTRIES:
        assert f"  {name} " in text
        helped = cli(name, "--help")
        assert helped.code == 0, helped.err
        assert helped.out.startswith(f"Usage: divewatch {name}")
        assert cli(name, "-h").out == helped.out


def test_help_topics_hold_what_they_promise(cli: Cli) -> None:
    for name, _ in VARIABLES:
        assert name in cli("help", "environment").out
    for code, about in EXIT_CODES:
        assert f"{code}  {about}" in cli("help", "exit-codes").out
    assert '"schema_version": 1' in cli("help", "json").out
    assert cli("help", "cite").out == cli("cite", "--help").out
    assert cli("help", "nonsense").code == 2


def test_a_mistyped_command_names_the_nearest(cli: Cli) -> None:
    ended = cli("lst")
    assert ended.code == 2
    assert "did you mean list?" in ended.err
    assert ended.raw == b""


def test_the_dashboard_needs_a_terminal(cli: Cli, home: Path) -> None:
    for arguments in ((), ("demo",)):
        ended = cli(*arguments)
        assert ended.code == 2
        assert "divewatch list" in ended.err
        assert ended.raw == b""
    assert not home.exists()


def test_the_editor_gets_no_key_whatever_its_variable_is_called(
    cli: Cli, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor"
    editor.write_text(f'#!/bin/sh\nenv > "{tmp_path}/seen"\n')
    editor.chmod(0o700)
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config" / "config.toml").write_text('[providers.valyu]\ntoken_env = "MY_VALYU"\n')
    for name, value in {"VISUAL": str(editor), "MY_VALYU": "canary", "OPENAI_API_KEY": "canary"}.items():
        monkeypatch.setenv(name, value)
    assert cli("config", "edit").code == 0
    seen = (tmp_path / "seen").read_text()
    assert "canary" not in seen
    assert "PATH=" in seen


def test_help_names_every_provider_with_its_key_and_prices_and_the_variables_of_each(cli: Cli) -> None:
    from tui.cli import context

    shown, variables = cli("help", "providers").out, cli("help", "environment").out
    for info in context.infos():
        (row,) = [line for line in shown.splitlines() if line.startswith(info.title)]
        assert info.key_page in row
        assert all(mode.name in row for mode in info.modes)
        assert all(name in variables for name in (*info.key_variables, info.base_url_variable))


def test_settings_are_shown_without_the_password_of_an_archive(cli: Cli, home: Path) -> None:
    (home / "config").mkdir(parents=True)
    address = "postgresql://nina:hunter2-correct@127.0.0.1:1/team?sslpassword=hunter2-correct"
    (home / "config" / "config.toml").write_text(f'[archive]\nurl = "{address}"\n')
    for arguments in (("show",), ("show", "--json"), ("get", "archive.url"), ("get", "archive", "--json")):
        shown = cli("config", *arguments)
        assert "hunter2" not in shown.out + shown.err, arguments
        assert "127.0.0.1:1/team" in shown.out
    for arguments in (("list",), ("list", "--json"), ("search", "x"), ("archive", "stats"), ("doctor",), ("sync",)):
        ended = cli(*arguments)
        assert ended.code
        assert "hunter2" not in ended.out + ended.err, arguments
        assert "cannot be reached" in ended.out + ended.err, arguments
