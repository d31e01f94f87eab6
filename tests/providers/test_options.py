"""Every option a form or `--option` can set: known to its provider, checked, and sent as the contract allows."""

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.providers.conftest import NAMES
from tests.providers.test_create import BODIES, REQUESTS
from tui.domain.detail import Json
from tui.domain.options import Option, OptionKind, with_value
from tui.domain.provider import Draft
from tui.engine.commands.option_values import read_value, text_of
from tui.providers.registry import load

WORDS = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=12)
DATES = st.dates().map(str)
TYPED: dict[OptionKind, st.SearchStrategy[str]] = {
    OptionKind.TEXT: WORDS | DATES | st.sampled_from(["DE", "https://a.example/{id}", "a@b.example"]),
    OptionKind.PROSE: st.text(max_size=60),
    OptionKind.FLAG: st.sampled_from(["on", "off"]),
    OptionKind.NUMBER: st.integers(0, 9).map(str),
    OptionKind.CALLS: st.sampled_from(["on", "off", "0", "3", "99"]),
    OptionKind.LIST: st.lists(WORDS | st.just("https://a.example/x"), min_size=1, max_size=12).map(", ".join),
    OptionKind.REPORTS: st.lists(st.uuids().map(str), min_size=1, max_size=4).map(" ".join),
    OptionKind.WEIGHTS: st.dictionaries(WORDS, st.integers(-7, 7), min_size=1, max_size=3).map(
        lambda found: ", ".join(f"{name}={weight}" for name, weight in found.items())
    ),
    OptionKind.FILES: st.just('[{"data": "data:text/plain;base64,eA==", "filename": "x", "mediaType": "text/plain"}]'),
    OptionKind.PRODUCTS: st.lists(WORDS | WORDS.map("xlsx: {}".format), min_size=1, max_size=11).map("\n".join),
    OptionKind.JSON: st.sampled_from(
        ['{"a": 1}', '{"a": null}', "[]", "[1]", '[{"url": "https://mcp.example/"}]', '{"a": {"b": null}}']
    ),
}
SCHEMA: dict[str, Json] = {"type": "object", "properties": {"a": {"type": "string"}}}
SCHEMAS: st.SearchStrategy[dict[str, Json] | None] = st.sampled_from([None, None, SCHEMA])


def typed(option: Option) -> st.SearchStrategy[str]:
    if option.kind is OptionKind.CHOICE:
        return st.sampled_from(option.choices)
    if option.kind is OptionKind.CHOICES:
        return st.lists(st.sampled_from(option.choices), min_size=1, max_size=3, unique=True).map(", ".join)
    return TYPED[option.kind]


@st.composite
def drafts(draw: st.DrawFn, name: str) -> Draft:
    provider = load(name)
    options: dict[str, Json] = {}
    chosen = draw(st.lists(st.sampled_from(provider.options()), max_size=6, unique=True)) if provider.options() else []
    for option in chosen:
        options = with_value(options, option.name, read_value(option, draw(typed(option))))
    mode = draw(st.sampled_from([None, *(one.name for one in provider.info.modes)]))
    prompt = "" if options.get("workflow_id") else draw(st.text(min_size=1, max_size=40))
    return Draft(prompt, mode, draw(SCHEMAS), options)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_draft_that_passes_the_checks_is_sent_as_the_contract_allows(
    name: str, specs: dict[str, dict[str, Any]], data: st.DataObject
) -> None:
    draft = data.draw(drafts(name))
    if load(name).check(draft):
        return
    schema = specs[name]["components"]["schemas"][REQUESTS[name]] | {"components": specs[name]["components"]}
    body = json.loads(json.dumps(BODIES[name](draft)))
    jsonschema.validate(body, schema)


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_known_named_once_and_explained(name: str) -> None:
    provider = load(name)
    names = [option.name for option in provider.options()]
    assert len(set(names)) == len(names)
    for option in provider.options():
        assert option.label
        assert len(option.label) <= 18
        assert option.about or option.choices
        assert len(option.about) <= 74, "one line at 80 columns"
        nobody: dict[str, Json] = with_value({}, option.name, object())  # type: ignore[arg-type]
        told = dict(provider.check(Draft("x", options=nobody)))
        assert "does not know" not in str(told), option.name
        assert "unknown member" not in str(told), option.name


@pytest.mark.parametrize("name", NAMES)
def test_every_option_of_the_contract_is_on_offer(name: str, specs: dict[str, dict[str, Any]]) -> None:
    """Left out on purpose: what the form has places of its own for, old names, and Valyu's webhook (see its create)."""
    schema = specs[name]["components"]["schemas"][REQUESTS[name]]
    own = {"brief", "query", "input", "depth", "mode", "model", "output_schema"}
    old = {"strategy", "code_execution", "task_spec", "used_deprecated_task_spec", "browser"}
    never = {"webhook_url"} if name == "valyu" else set()
    offered = {option.name.partition(".")[0] for option in load(name).options()}
    assert set(schema["properties"]) - own - old - never == offered


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_a_form_shows_of_a_value_can_be_entered_again(name: str, data: st.DataObject) -> None:
    options = load(name).options()
    if not options:
        return
    option = data.draw(st.sampled_from(options))
    value = read_value(option, data.draw(typed(option)))
    if option.kind is not OptionKind.FILES:
        assert read_value(option, text_of(option, value)) == value
