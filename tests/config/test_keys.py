"""Keys are found in order, checked, and never shown."""

import json
import sys
import types
from dataclasses import replace
from pathlib import Path

import pytest

from tui.config.accounts import find_accounts
from tui.config.keys import check_key, find_key, key_file
from tui.config.schema import AccountTable, Config, ProviderTable
from tui.domain.errors import ConfigError
from tui.domain.provider import Cadence, ProviderInfo

KEY = "sk-live-0123456789abcdef"
INFO = ProviderInfo(
    name="valyu",
    title="Valyu",
    base_url="https://api.valyu.example",
    key_variables=("VALYU_API_KEY", "VALYU_OLD_KEY"),
    base_url_variable="VALYU_BASE_URL",
    key_page="https://keys.example",
    capabilities=frozenset(),
    missing={},
    modes=(),
    cadence=Cadence(1, 2, 3),
    requests_per_second=1,
)


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)


def private(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_the_environment_comes_first_in_its_order(tmp_path: Path) -> None:
    table = AccountTable(token_env="MINE", token_file=private(tmp_path / "key", "from-file-123456"))
    environ = {"VALYU_OLD_KEY": "old-key-123456", "VALYU_API_KEY": f"  {KEY}\n", "MINE": "mine-123456"}
    order = []
    for variable in ("VALYU_API_KEY", "VALYU_OLD_KEY", "MINE"):
        found = find_key(INFO, "default", table, environ=environ)
        assert found is not None
        order.append(found.source)
        del environ[variable]
    assert order == ["VALYU_API_KEY", "VALYU_OLD_KEY", "MINE"]
    found = find_key(INFO, "default", table, environ=environ)
    assert found is not None
    assert found.key.reveal() == "from-file-123456"


def test_another_account_does_not_take_the_default_variables() -> None:
    assert find_key(INFO, "work", AccountTable(), environ={"VALYU_API_KEY": KEY}) is None
    found = find_key(INFO, "work", AccountTable(token_env="WORK"), environ={"WORK": KEY})
    assert found is not None
    assert found.source == "WORK"


def test_a_command_prints_the_key() -> None:
    table = AccountTable(token_command=(sys.executable, "-c", f"print('{KEY}')"))
    found = find_key(INFO, "default", table, environ={})
    assert found is not None
    assert (found.key.reveal(), found.source) == (KEY, "token_command")


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ((sys.executable, "-c", "import sys; print('sk-secret'); sys.exit(3)"), "exit code 3"),
        (("/no/such/program",), "No such file"),
        ((sys.executable, "-c", ""), "empty"),
    ],
)
def test_a_failing_command_is_explained_without_its_output(command: tuple[str, ...], why: str) -> None:
    with pytest.raises(ConfigError, match=why) as caught:
        find_key(INFO, "default", AccountTable(token_command=command), environ={})
    assert "sk-secret" not in str(caught.value)


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = private(tmp_path / "key", KEY)
    file.chmod(0o640)
    with pytest.raises(ConfigError, match="read by others") as caught:
        find_key(INFO, "default", AccountTable(token_file=file), environ={})
    assert "chmod 600" in caught.value.hint


def test_a_configured_file_must_exist_a_stored_one_may(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        find_key(INFO, "default", AccountTable(token_file=tmp_path / "none"), environ={})
    assert find_key(INFO, "default", AccountTable(), environ={}, key_folder=tmp_path) is None
    private(key_file(tmp_path, "valyu", "work"), KEY)
    assert find_key(INFO, "work", AccountTable(), environ={}, key_folder=tmp_path) is not None


def test_the_desktop_key_store_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    store = types.SimpleNamespace(get_password=lambda service, name: KEY if name == "valyu:default" else None)
    monkeypatch.setitem(sys.modules, "keyring", store)
    found = find_key(INFO, "default", AccountTable(), environ={})
    assert found is not None
    assert found.source == "keyring"
    assert find_key(INFO, "work", AccountTable(), environ={}) is None


def test_a_key_store_that_is_turned_off_is_not_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", types.SimpleNamespace(get_password=lambda service, name: KEY))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    assert find_key(INFO, "default", AccountTable(), environ={}) is None


def test_a_failing_key_store_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(service: str, name: str) -> str:
        raise RuntimeError("locked")

    monkeypatch.setitem(sys.modules, "keyring", types.SimpleNamespace(get_password=fail))
    assert find_key(INFO, "default", AccountTable(), environ={}) is None


REFUSED = {"newline_inside", "nul", "escape", "unicode", "empty", "very_long", "placeholder", "env_ref"}


def test_keys_of_the_corpus_are_used_or_refused_without_repeating_them(corpus: Path) -> None:
    cases = json.loads((corpus / "hostile/keys.json").read_text())["cases"]
    for case in cases:
        name = case["id"].removeprefix("key.")
        if name in REFUSED:
            with pytest.raises(ConfigError) as caught:
                check_key(case["key"], "VALYU_API_KEY")
            if case["key"]:
                assert case["key"] not in str(caught.value)
        elif name != "markup":
            assert check_key(case["key"], "VALYU_API_KEY").reveal() == "sk-live-abc123", name


def test_accounts_are_listed_with_their_keys_and_troubles() -> None:
    config = Config(
        providers={"valyu": ProviderTable(base_url="https://proxy.example/v1/", accounts={"work": AccountTable()})}
    )
    default, work = find_accounts(config, [INFO], environ={"VALYU_API_KEY": "YOUR_API_KEY"})
    assert (default.key, default.base_url) == (None, "https://proxy.example")
    assert "placeholder" in default.trouble
    assert (work.name, work.base_url, work.trouble) == ("work", "https://api.valyu.example", "")


def test_the_environment_moves_the_base_url_of_the_default_account_only() -> None:
    config = Config(providers={"valyu": ProviderTable(accounts={"work": AccountTable()})})
    accounts = find_accounts(config, [INFO], environ={"VALYU_BASE_URL": "http://127.0.0.1:8/valyu/v1"})
    assert [account.base_url for account in accounts] == ["http://127.0.0.1:8/valyu", "https://api.valyu.example"]


def test_disabled_accounts_are_left_out_and_unknown_providers_are_errors() -> None:
    off = Config(providers={"valyu": ProviderTable(enabled=False)})
    assert find_accounts(off, [INFO, replace(INFO, name="yutori")], environ={})[0].provider == "yutori"
    with pytest.raises(ConfigError, match="no provider"):
        find_accounts(Config(providers={"vayu": ProviderTable()}), [INFO], environ={})
