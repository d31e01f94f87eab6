"""Values are checked by the annotations of the tables; what does not fit is named, never repeated."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config.load import default_text
from tui.config.schema import Config
from tui.config.validate import MisfitError, json_schema, plain, settings, table

FULL: dict[str, Any] = {
    "archive": {"path": "/data/a.db"},
    "ui": {"theme": "dark", "measure": 80, "mouse": False, "hyperlinks": "off", "keymap": "vim", "browser": ["x"]},
    "notify": {"how": "osc9", "command": ["notify-send", "-u"]},
    "budget": {"task": 5, "day": 10.5},
    "mcp": {"allow_new": True},
    "keys": {"app.quit": "Q", "reader.next": ["j", "n"]},
    "providers": {"valyu": {"enabled": False, "token_file": "~/k", "accounts": {"work": {"token_env": "W"}}}},
}


def test_every_kind_of_value_becomes_its_python_type() -> None:
    config = table(Config, FULL)
    assert config.archive.path == Path("/data/a.db")
    assert (config.ui.measure, config.ui.mouse, config.ui.browser) == (80, False, ("x",))
    assert (config.budget.task, type(config.budget.task)) == (5.0, float)
    assert config.keys == {"app.quit": "Q", "reader.next": ("j", "n")}
    assert config.providers["valyu"].accounts["work"].token_env == "W"
    assert config.providers["valyu"].enabled is False


def _without_none(value: Any) -> Any:
    """Return tables as TOML can hold them."""
    if not isinstance(value, dict):
        return value
    return {name: _without_none(item) for name, item in value.items() if item is not None}


def test_a_table_written_down_and_read_again_is_the_same() -> None:
    config = table(Config, FULL)
    written = _without_none(plain(config))
    written["providers"] = FULL["providers"]
    assert table(Config, written) == config


@pytest.mark.parametrize(
    ("value", "at", "wanted"),
    [
        ({"ui": 3}, "ui", "a table"),
        ({"ui": {"mouse": "yes"}}, "ui.mouse", "true or false"),
        ({"ui": {"mouse": 1}}, "ui.mouse", "true or false"),
        ({"ui": {"measure": True}}, "ui.measure", "a whole number"),
        ({"ui": {"measure": 80.5}}, "ui.measure", "a whole number"),
        ({"ui": {"measure": 39}}, "ui.measure", "at least 40"),
        ({"ui": {"measure": 401}}, "ui.measure", "at most 400"),
        ({"ui": {"theme": 3}}, "ui.theme", "text"),
        ({"ui": {"hyperlinks": "maybe"}}, "ui.hyperlinks", "auto, on, off"),
        ({"ui": {"browser": "firefox"}}, "ui.browser", "a list"),
        ({"ui": {"browser": []}}, "ui.browser", "not be empty"),
        ({"ui": {"browser": ["a", 3]}}, "ui.browser", "text"),
        ({"archive": {"path": 3}}, "archive.path", "a path"),
        ({"budget": {"day": "10"}}, "budget.day", "a number"),
        ({"budget": {"day": -0.01}}, "budget.day", "at least 0"),
        ({"keys": []}, "keys", "a table"),
        ({"keys": {"app.quit": 3}}, "keys.app.quit", "a list"),
        ({"providers": {"valyu": {"accounts": {"work": {"enabled": "x"}}}}}, "providers.valyu.accounts.work", "true"),
    ],
)
def test_what_does_not_fit_is_named_with_what_would(value: dict[str, Any], at: str, wanted: str) -> None:
    with pytest.raises(MisfitError, match=wanted) as caught:
        table(Config, value)
    assert ".".join(caught.value.at).startswith(at)
    assert not caught.value.unknown


@pytest.mark.parametrize(
    "value", [{"uii": {}}, {"ui": {"them": 1}}, {"providers": {"x": {"accounts": {"y": {"z": 1}}}}}]
)
def test_an_unknown_key_is_told_apart(value: dict[str, Any]) -> None:
    with pytest.raises(MisfitError) as caught:
        table(Config, value)
    assert caught.value.unknown


def test_every_setting_has_documentation_and_a_default_that_fits() -> None:
    listed = list(settings(Config))
    assert len(listed) >= 20
    for key, text, default in listed:
        assert text, key
        assert default is None or isinstance(default, str | int | float | bool | dict), key
        assert f"{text}" in default_text()


def test_the_json_schema_accepts_what_we_accept() -> None:
    schema = json_schema(Config)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(FULL, schema)
    assert schema["properties"]["ui"]["properties"]["measure"]["maximum"] == 400
    assert schema["properties"]["ui"]["properties"]["theme"]["description"]


leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5))
values = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
)


@given(st.dictionaries(st.sampled_from([*FULL, "other"]), values, max_size=3))
def test_anything_is_either_a_table_or_a_misfit_and_the_schema_agrees(value: dict[str, Any]) -> None:
    valid = not list(jsonschema.Draft202012Validator(json_schema(Config)).iter_errors(value))
    told = str(value)
    try:
        config, misfit = table(Config, value), None
    except MisfitError as error:
        config, misfit = None, error
    if "None" not in told and ".0" not in told:  # TOML has no null, JSON no difference between 1.0 and 1
        assert valid == (config is not None)
    assert misfit is None or misfit.at
