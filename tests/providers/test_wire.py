"""JSON as services really send it: bounds, odd numbers, odd encodings."""

import json
from typing import Any

import pytest

from tests.providers.conftest import NOW
from tui.domain.detail import Detail
from tui.domain.errors import BadAnswer
from tui.providers.registry import load
from tui.providers.wire import Notes, clean_json, decode, to_amount, to_count, to_number


def extruct(**members: Any) -> Detail:
    body = {"id": "1", "status": "done", **members}
    return load("extruct").reader().read_task(json.dumps(body).encode(), remote_id="1", received_at=NOW)


def test_many_problems_are_counted_not_listed() -> None:
    sources = [{"id": [number], "url": number} for number in range(500)]
    detail = extruct(report={"kind": "markdown", "markdown": "x", "sources": sources})
    assert len(detail.problems) == 21
    assert detail.problems[-1] == "and 980 more"


def test_unknown_members_have_a_bound() -> None:
    detail = extruct(**{f"m{number}": number for number in range(6000)})
    assert len(detail.extra) == 5000
    assert any("unknown members" in problem for problem in detail.problems)


@pytest.mark.parametrize("deep", ["[" * 300 + "]" * 300, '{"a":' * 300 + "1" + "}" * 300])
def test_too_deep_an_answer_is_a_bad_answer(deep: str) -> None:
    body = f'{{"id": "1", "status": "done", "x": {deep}}}'.encode()
    with pytest.raises(BadAnswer, match="too deeply"):
        load("extruct").reader().read_task(body, remote_id="1", received_at=NOW)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('{"a": "ä"}'.encode("utf-16"), {"a": "ä"}),
        (b'{"a": "\xe4"}', {"a": "\ufffd"}),
        (b'{"a": "x\ny"}', {"a": "x\ny"}),
        (b'{"a": NaN, "b": -Infinity, "c": 1e999}', {"a": None, "b": None, "c": None}),
        (b'{"a": 1' + b"0" * 5000 + b"}", {"a": None}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_json_is_read_as_services_send_it(body: bytes, value: Any) -> None:
    assert decode(body, Notes()) == value


def test_numbers_that_are_none_are_noted() -> None:
    notes = Notes()
    decode(b"[NaN, 1e999]", notes)
    assert notes.problems == ("NaN is no number: read as unknown", "1e999 is no number: read as unknown")


@pytest.mark.parametrize(
    ("value", "count", "amount", "number"),
    [
        (7, 7, 7.0, 7.0),
        ("7", 7, 7.0, None),
        (7.0, 7, 7.0, 7.0),
        (7.5, None, 7.5, 7.5),
        (-1, None, None, -1.0),
        (True, None, None, None),
        ("seven", None, None, None),
        ("٧", None, 7.0, None),
        (10**30, None, None, 1e30),
        (None, None, None, None),
        ([], None, None, None),
        ("9" * 40, None, None, None),
        (float("inf"), None, None, None),
        (float("nan"), None, None, None),
    ],
)
def test_what_counts_as_a_number(value: Any, count: int | None, amount: float | None, number: float | None) -> None:
    assert (to_count(value), to_amount(value), to_number(value)) == (count, amount, number)


def test_any_value_can_be_cleaned() -> None:
    assert clean_json({"a\x1b": [float("nan"), ("x\x00",), object]}) == {"a␛": [None, ["x␀"], str(object)]}
