"""config.toml: good files are read, bad ones are explained, changes keep comments."""

import stat
import tomllib
from pathlib import Path

import pytest

from tui.config.load import default_text, get_value, known_keys, learn_secret_names, live_budget, load, parse, set_value
from tui.config.schema import Config
from tui.domain.budget import Budget, Limits
from tui.domain.errors import ConfigError
from tui.domain.redact import without_secrets

HERE = Path("config.toml")


def test_a_missing_file_is_the_default_configuration(tmp_path: Path) -> None:
    assert load(tmp_path / "nothing.toml") == Config()


def test_settings_are_read(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        '[ui]\ntheme = "dark"\nmeasure = 80\nbrowser = ["open", "-g"]\n[providers.valyu.accounts.work]\n'
        'token_env = "WORK_KEY"\n[keys]\n"reader.next" = "j"\n'
    )
    config = load(file)
    assert (config.ui.theme, config.ui.measure, config.ui.browser) == ("dark", 80, ("open", "-g"))
    assert config.providers["valyu"].accounts["work"].token_env == "WORK_KEY"
    assert config.keys == {"reader.next": "j"}


@pytest.mark.parametrize(
    ("text", "line", "key", "hint"),
    [
        ("[ui]\nmouse = true\nthem = 'dark'\n", 3, "ui.them", "did you mean ui.theme?"),
        ("[uii]\n", 1, "uii", "ui"),
        ("\n[providers.valyu]\nbase_ulr = 'x'\n", 3, "providers.valyu.base_ulr", "base_url"),
        ("[providers.valyu.accounts.work]\ntoken_fil = 'x'\n", 2, "token_fil", "token_file"),
    ],
)
def test_an_unknown_key_is_named_with_its_line_and_the_nearest_right_one(
    text: str, line: int, key: str, hint: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, HERE)
    assert f"config.toml, line {line}: unknown key" in caught.value.message
    assert key in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "key"),
    [("[ui]\nmeasure = 3\n", "ui.measure"), ("[ui]\nmeasure = 'wide'\n", "ui.measure"),
     ("[budget]\nday = -1\n", "budget.day"),
     ("[notify]\ncommand = []\n", "notify.command"), ("[ui]\nkeymap = 'emacs'\n", "ui.keymap"), ("keys = 3\n", "keys")],
)  # fmt: skip
def test_a_value_that_does_not_fit_names_its_key(text: str, key: str) -> None:
    with pytest.raises(ConfigError, match=key):
        parse(text, HERE)


def test_broken_toml_and_unreadable_files_are_explained(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="line 1"):
        parse("[ui\n", HERE)
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(file)
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


def test_a_hostile_key_is_shown_harmless() -> None:
    with pytest.raises(ConfigError) as caught:
        parse('["a\\u001b]52;c;QQ==\\u0007"]\n', HERE)
    assert "\x1b" not in caught.value.message


def test_a_value_is_never_repeated_in_an_error() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("[providers.valyu]\ntoken_env = ['sk-live-secret']\n", HERE)
    assert "sk-live-secret" not in f"{caught.value.message}{caught.value.hint}"


def test_the_default_file_is_valid_and_shows_every_key() -> None:
    text = default_text()
    assert parse(text, HERE) == Config()
    for key, documentation, _ in known_keys():
        assert f"# {key.rpartition('.')[2]} =" in text or f"[{key}]" in text
        assert documentation, key


def test_setting_a_value_keeps_comments_and_makes_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.toml"
    set_value(file, "ui.measure", "90")
    file.write_text("# mine\n" + file.read_text())
    set_value(file, "ui.theme", "light")
    set_value(file, "ui.browser", '["firefox"]')
    assert file.read_text().startswith("# mine\n")
    assert tomllib.loads(file.read_text())["ui"] == {"measure": 90, "theme": "light", "browser": ["firefox"]}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["config.toml"]


def test_an_invalid_change_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[ui]\nmeasure = 80\n")
    with pytest.raises(ConfigError):
        set_value(file, "ui.measure", "3")
    with pytest.raises(ConfigError):
        set_value(file, "ui.colour", "red")
    assert file.read_text() == "[ui]\nmeasure = 80\n"


def test_getting_a_value() -> None:
    config = parse("[ui]\nmeasure = 80\n", HERE)
    assert get_value(config, "ui.measure") == 80
    assert get_value(config, "archive") == {"path": None, "url": None, "keep_versions": None}
    with pytest.raises(ConfigError) as caught:
        get_value(config, "ui.mesure")
    assert "ui.measure" in caught.value.hint


def test_a_value_is_not_a_table(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    set_value(path, "budget.task", "0.2")
    with pytest.raises(ConfigError, match=r"budget\.task is a value: nothing can be set below it"):
        set_value(path, "budget.task.usd", "0.2")
    assert load(path).budget.task == 0.2
    with pytest.raises(ConfigError):
        set_value(path, "budget", "3")


def test_a_theme_that_is_not_there_is_refused_when_it_is_set(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    with pytest.raises(ConfigError, match="no theme blue") as refused:
        set_value(path, "ui.theme", "blue")
    assert "dark" in (refused.value.hint or "")
    assert not path.exists()
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "blue.toml").write_text("")
    set_value(path, "ui.theme", "blue")
    assert load(path).ui.theme == "blue"


def test_a_broken_file_is_no_reason_for_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[ui\n")
    with pytest.raises(ConfigError, match=r"config\.toml"):
        set_value(path, "ui.theme", "dark")


@pytest.mark.parametrize(
    "text", ['token_env = "MY_VALYU"', "token_env='MY_VALYU'", '[providers.x\ntoken_env="MY_VALYU"']
)
def test_a_variable_that_settings_name_is_kept_from_child_processes(text: str) -> None:
    learn_secret_names(text)
    assert without_secrets({"MY_VALYU": "short", "OTHER": "1"}) == {"OTHER": "1"}


def test_a_budget_that_is_changed_while_a_program_runs_holds_at_once_and_a_broken_file_changes_none(
    tmp_path: Path,
) -> None:
    path, given = tmp_path / "config.toml", Budget({"USD": Limits(day=1.0)})
    now = live_budget(path, given)
    assert now() == given, "there is no file"
    set_value(path, "budget.day", "5")
    assert now().limits["USD"].day == 5.0
    path.write_text("[budget\n")
    assert now().limits["USD"].day == 5.0
    set_day = "[budget]\nday = 2\n"
    path.write_text(set_day)
    assert now().limits["USD"].day == 2.0
