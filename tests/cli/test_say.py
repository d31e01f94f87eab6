"""What is printed cannot do anything to a terminal, and loses nothing in JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.conftest import Cli
from tui.cli.output import escaped
from tui.domain.text import unsafe_characters

VALUES = st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(VALUES)
def test_escaped_json_means_the_same_and_is_harmless(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    safe = escaped(text)
    assert json.loads(safe) == value
    assert not unsafe_characters(safe)
    safe.encode()


@pytest.mark.parametrize("char", ["\x7f", "\x9b", "\u202e", "\ud800", "\U000e0041", "\u2028"])
def test_a_dangerous_character_is_spelled_as_json_does(char: str) -> None:
    assert escaped(f'"{char}"') == f'"{escaped(char)}"'
    assert json.loads(f'"{escaped(char)}"') == char
    assert escaped(char).isascii()


@pytest.mark.parametrize(
    "arguments",
    [
        ("lst\x1b]0;owned\x07",),
        ("show", "\x1b[31mred"),
        ("list", "--status", "\x9b31m"),
        ("list", "--\x1b[2J"),
        ("export", "x", "--format", "\x1b[2J"),
        ("help", "\x1b[2J"),
        ("search", "status:\x1b[2J"),
        ("new", "-p", "\x1b[2J", "hello"),
        ("new", "-p", "valyu", "-o", "\x1b[2J", "hello"),
        ("auth", "set", "\x1b[2J"),
        ("auth", "remove", "valyu", "--account", "../\x1b[2J"),
        ("cite", "/nowhere/\x1b[2J"),
        ("cite", "\x1b" * 5000),
        ("cite", "nul\x00byte"),
        ("import", "/nowhere/\x1b[2J"),
        ("track", "\x1b[2J", "x"),
        ("config", "get", "\x1b[2J"),
        ("config", "set", "ui.\x1b[2J", "1"),
        ("simulate", "--faults", "\x1b[2J"),
        ("completion", "\x1b[2J"),
    ],
)
def test_what_was_typed_is_repeated_only_after_cleaning(cli: Cli, arguments: tuple[str, ...]) -> None:
    ended = cli(*arguments, tty=False)
    assert ended.code in {0, 2, 4, 5}, ended.err
    assert not unsafe_characters(ended.err)
    assert not unsafe_characters(ended.out)
    assert "Traceback" not in ended.err
