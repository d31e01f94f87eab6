"""JSON as services really send it: bounds, odd numbers, odd encodings."""

import json
import re
import sys
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from urllib.parse import quote

import pytest

from tests.providers.conftest import NOW
from tui.domain.detail import Detail
from tui.domain.errors import BadAnswer
from tui.domain.secret import Secret
from tui.providers.registry import load
from tui.providers.sdk.json import Body, Count, Notes, Text, clean_json, decode, read, to_amount, to_count, to_number


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


CANARY = "val_canary/6f1e+77Zq"


@pytest.mark.parametrize(
    "spell",
    [str, lambda key: quote(key, safe=""), lambda key: b64encode(f"user:{key}".encode()).decode(),
     lambda key: "".join(f"&#{ord(char)};" for char in key)],
)  # fmt: skip
def test_a_loaded_key_that_a_service_echoes_is_gone_from_everything_that_was_read(spell: Callable[[str], str]) -> None:
    key = Secret(CANARY).reveal()
    written = spell(key)
    report = {
        "kind": "markdown",
        "markdown": f"# A\n\nBefore {written} after.",
        "sources": [{"id": "1", "url": f"https://a.org/?k={written}"}],
    }
    detail = extruct(brief=written, title=written, error=written, report=report, more={written: [written]})
    told = repr(detail)
    assert written not in told
    assert key not in told
    assert re.search("Before .{0,8}… after", told)


def test_what_is_no_key_is_read_as_it_is() -> None:
    Secret(CANARY)
    text = "Use `Authorization: Bearer TOKEN`, api_key=abcdefgh and https://a.org/?token=x%20y&key=1."
    assert decode(json.dumps({"token": text}).encode(), Notes()) == {"token": text}


def test_a_key_escaped_as_json_may_is_found_too() -> None:
    key = Secret(CANARY).reveal()
    body = '{"a": "' + "".join(f"\\u{ord(char):04x}" for char in key) + '"}'
    assert decode(body.encode(), Notes()) == {"a": "…"}


def test_a_body_is_built_when_it_is_first_read_and_all_threads_read_the_same() -> None:
    class StepBody(Body):
        number: Count = None
        name: Text = None

    together = Barrier(6, timeout=60)

    def first() -> tuple[int | None, str | None]:
        together.wait()
        body = read(StepBody, {"number": "3", "name": "a"}, Notes())
        assert body is not None
        return body.number, body.name

    assert not StepBody.__pydantic_complete__
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(6) as threads:
            found = [threads.submit(first) for _ in range(6)]
            assert {one.result() for one in found} == {(3, "a")}
    finally:
        sys.setswitchinterval(interval)
    assert StepBody.__pydantic_complete__
