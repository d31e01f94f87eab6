"""The walk over JSON changes leaves and members, and nothing else."""

import pytest

from tui.domain.json_walk import json_in_words, map_json, map_texts, same


def test_every_text_and_name_is_visited_and_all_else_stays() -> None:
    value = {"a": ["b", 1, 2.5, None, True, ("c",)], "d": {"e": "f"}}
    assert map_texts(value, str.upper, name=str.upper) == {"A": ["B", 1, 2.5, None, True, ["C"]], "D": {"E": "F"}}


def test_members_can_be_left_out_or_replaced() -> None:
    value = {"a": None, "b": {"a": 1, "c": None}}
    assert map_json(value, same, keep=lambda name, item: item is not None) == {"b": {"a": 1}}
    assert map_json(value, same, member=lambda name, item: "x" if name == "a" else item) == {
        "a": "x",
        "b": {"a": "x", "c": None},
    }


def test_depth_is_limited() -> None:
    assert map_json([[1]], same, deepest=2) == [[1]]
    with pytest.raises(RecursionError):
        map_json([[1]], same, deepest=1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"output_schema": {"type": "text"}, "n_max": 3}', "output schema (type: text), n max: 3"),
        ('["a_b", 1, null]', "a b, 1, null"),
        ("not_requested", "not requested"),
        ("{}", "{}"),
        ("{broken", "{broken"),
        ("[" * 99_999, "[" * 99_999),
    ],
)
def test_json_is_told_in_words(text: str, told: str) -> None:
    assert json_in_words(text) == told
