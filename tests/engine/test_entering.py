"""What is typed for an option: its value, back again, and what is wrong with it; drafts by dotted names; templates."""

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.detail import Json
from tui.domain.errors import NotFound, UsageError
from tui.domain.options import Option, OptionKind, value_at, with_value
from tui.engine.commands.option_values import LARGEST_FILE, describe_options, read_value, summary_of, text_of
from tui.engine.files import templates


def option(kind: OptionKind, name: str = "x") -> Option:
    return Option(name, "label", kind, choices=("web", "all", "xlsx"))


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (OptionKind.TEXT, " two words ", "two words"),
        (OptionKind.PROSE, "a\nb", "a\nb"),
        (OptionKind.FLAG, "On", True),
        (OptionKind.FLAG, "no", False),
        (OptionKind.CHOICE, "web", "web"),
        (OptionKind.CHOICES, "web, all", ["web", "all"]),
        (OptionKind.NUMBER, "-3", -3),
        (OptionKind.CALLS, "off", False),
        (OptionKind.CALLS, "4", 4),
        (OptionKind.LIST, "a.org, b.org\nc.org", ["a.org", "b.org", "c.org"]),
        (OptionKind.REPORTS, "r1 r2", ["r1", "r2"]),
        (OptionKind.WEIGHTS, "web=-2, a.org=5", {"web": -2, "a.org": 5}),
        (
            OptionKind.PRODUCTS,
            "XLSX: all figures\na summary",
            [{"type": "xlsx", "description": "all figures"}, "a summary"],
        ),
        (OptionKind.PRODUCTS, '[{"type": "csv", "columns": ["a"]}]', [{"type": "csv", "columns": ["a"]}]),
        (OptionKind.JSON, '{"a": [1]}', {"a": [1]}),
        (OptionKind.FILES, '[{"data": "x"}]', [{"data": "x"}]),
    ],
)
def test_what_is_typed_becomes_a_value_and_the_value_the_same_text(kind: OptionKind, typed: str, value: Json) -> None:
    read = read_value(option(kind), typed)
    assert read == value
    assert read_value(option(kind), text_of(option(kind), read)) == value


@pytest.mark.parametrize("kind", OptionKind)
def test_blank_text_unsets(kind: OptionKind) -> None:
    assert read_value(option(kind), "  \n") is None
    assert text_of(option(kind), None) == summary_of(option(kind), None) == ""


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        (OptionKind.FLAG, "maybe", "on or off"),
        (OptionKind.CHOICE, "cloud", "web, all or xlsx"),
        (OptionKind.CHOICES, "web, cloud", "web, all or xlsx"),
        (OptionKind.NUMBER, "3.5", "whole number"),
        (OptionKind.CALLS, "²", "how often at most"),
        (OptionKind.WEIGHTS, "web", "NAME=NUMBER"),
        (OptionKind.WEIGHTS, "=3", "NAME=NUMBER"),
        (OptionKind.WEIGHTS, "web=much", "'web=much'"),
        (OptionKind.JSON, "{", "no JSON"),
        (OptionKind.FILES, "[", "no JSON"),
        (OptionKind.PRODUCTS, "[", "no JSON"),
        (OptionKind.FILES, "/nowhere/x\x1b.pdf", "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_said(kind: OptionKind, typed: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as raised:
        read_value(option(kind), typed)
    assert "\x1b" not in raised.value.message


def test_files_are_sent_as_data_with_name_and_type(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    (tmp_path / "b.unheard-of").write_bytes(b"\x00")
    files = read_value(option(OptionKind.FILES), f"{tmp_path}/a.txt, {tmp_path}/b.unheard-of")
    assert isinstance(files, list)
    encoded = base64.b64encode(b"hello").decode()
    assert files[0] == {"name": "a.txt", "media_type": "text/plain", "base64": encoded}
    assert files[1]["media_type"] == "application/octet-stream"
    assert summary_of(option(OptionKind.FILES), files) == "a.txt, b.unheard-of"


def test_a_file_beyond_reason_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "big").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(UsageError, match="big has more than"):
        read_value(option(OptionKind.FILES), str(tmp_path / "big"))


def test_set_options_are_told_by_their_labels_and_unknown_ones_by_name() -> None:
    options = (
        Option("a.b", "review", OptionKind.FLAG),
        Option("c", "files", OptionKind.FILES),
        Option("d", "depth", OptionKind.NUMBER),
    )
    assert describe_options(options, {"a": {"b": True}, "c": [1, 2], "z": 1}) == "review, files: 2, z"
    assert describe_options(options, {"a": {"b": False}, "d": 3}) == "review: off, depth: 3"
    assert describe_options(options, {}) == "none set"


NAMES = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(".".join)
VALUES = st.none() | st.integers() | st.text()


@given(st.lists(st.tuples(NAMES, VALUES), max_size=6), NAMES, VALUES)
def test_a_value_set_by_name_is_there_and_unset_leaves_no_trace(
    before: list[tuple[str, Json]], name: str, value: Json
) -> None:
    options: dict[str, Json] = {}
    for other, given_value in before:
        options = with_value(options, other, given_value)
    assert value_at(with_value(options, name, value), name) == value
    assert value_at(with_value(options, name, None), name) is None
    assert with_value(with_value({}, name, value), name, None) == {}


# Templates


def test_a_brief_kept_as_a_template_is_found_filled_and_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    assert templates.names(folder) == []
    path = templates.save(folder, "market", "Who makes {{thing}} in {{ place }}? Prices of {{thing}}.")
    assert path.stat().st_mode & 0o077 == 0
    text = templates.read(folder, "market")
    assert templates.variables(text) == ["thing", "place"]
    assert templates.fill(text, {"thing": "{{place}}"}) == "Who makes {{place}} in {{ place }}? Prices of {{place}}."
    templates.save(folder, "market", "Other")
    assert (templates.names(folder), templates.read(folder, "market")) == (["market"], "Other")


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x\x1b", "x" * 61, "dot."])
def test_a_name_that_could_leave_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no name for a template"):
        templates.save(tmp_path, name, "x")
    with pytest.raises(NotFound, match="there is no template"):
        templates.read(tmp_path, name)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be made"):
        templates.save(tmp_path / "file" / "templates", "x", "y")
