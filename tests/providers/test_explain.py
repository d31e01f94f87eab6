"""Error bodies become one clean sentence that quotes no id and no key."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.text import unsafe_characters
from tui.providers.http.errors import Failure, refusal
from tui.providers.http.explain import explain, explain_value
from tui.providers.valyu.spec import PROVIDER


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"detail": "Unauthorized"}, "Unauthorized"),
        ({"message": "Forbidden"}, "Forbidden"),
        ({"error": "Task not found"}, "Task not found"),
        ({"success": False, "error": "x y"}, "x y"),
        ({"error": {"message": "quota", "code": 429}}, "quota"),
        ({"error": "rate_limited", "message": "Too many requests"}, "Too many requests"),
        ({"error": "workflow_not_found"}, "workflow not found"),
        ({"detail": [{"loc": ["body", "brief"], "msg": "Field required"}]}, "brief: Field required"),
        ({"detail": [{"loc": ["body", "a", 0, "b"], "msg": "bad"}, {"msg": "worse"}]}, "a.0.b: bad; worse"),
        ({"detail": {"reason": "no plan"}}, "no plan"),
        (
            {"error": "validation_failed", "errors": [{"key": "a", "message": "unknown"}]},
            "validation failed: a: unknown",
        ),
        ({"title": "Not Found", "status": 404}, "Not Found"),
        (["first", {"msg": "second"}], "first; second"),
        ("just text", "just text"),
        ({}, ""),
        ([], ""),
        (None, ""),
        (5, ""),
        ({"detail": None, "message": ""}, ""),
    ],
)
def test_every_documented_shape(body: Any, said: str) -> None:
    assert explain(json.dumps(body).encode()) == said
    assert explain_value(body) == said


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (b"", "", ""),
        (b"  \n", "text/html", ""),
        (b"Bad Gateway\n", "text/plain", "Bad Gateway"),
        (b"<html><head><title>502 Bad\n Gateway</title>", "text/html", 'an HTML page ("502 Bad Gateway")'),
        (b"<!DOCTYPE html><body>long page", "", "an HTML page"),
        (b"<title>a &amp; <b>b</b></title>", "text/html", 'an HTML page ("a & b")'),
        (b"\xff\xfe\x00\x1b[2J", "", None),
        (b'{"detail": "cut', "", '{"detail": "cut'),
        (b"[" * 60000, "", None),
    ],
)
def test_other_bodies_are_reduced_to_what_a_person_can_use(body: bytes, content_type: str, said: str | None) -> None:
    found = explain(body, content_type=content_type)
    assert said is None or found == said
    assert len(found) <= 300
    assert not unsafe_characters(found)


@pytest.mark.parametrize(
    ("text", "leak"),
    [
        ("task 0f5a1f5e-5a0d-4f2c-8a52-6d2e1b7f1c01 not found", "0f5a1f5e"),
        ("task ae27a17c-a4ed-4c69-8b2a-4bec330fc935-1768848395 failed", "1768848395"),
        ("key sk-live-abc123def is revoked", "abc123def"),
        ("key val_abcdef0123 is revoked", "abcdef0123"),
        ("Bearer eyJhbGciOi.abc is bad", "eyJhbGciOi"),
        ("see https://x.example/a?token=abcdef&b=2", "abcdef"),
        ("id 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "9f86d081"),
    ],
)
def test_ids_and_keys_are_never_quoted(text: str, leak: str) -> None:
    said = explain(json.dumps({"detail": text}).encode())
    assert leak not in said
    assert "…" in said


def test_the_accounts_own_key_is_masked_whatever_it_looks_like() -> None:
    assert explain(b'{"detail": "bad key hunter2!"}', secret="hunter2!") == "bad key …"


@pytest.mark.parametrize(
    "text",
    ["API key does not have inference permission", "Input should be 'medium', 'high' or 'xhigh'", "HTTP/1.1 2026"],
)
def test_ordinary_words_stay(text: str) -> None:
    assert explain(json.dumps({"error": text}).encode()) == text


@given(st.binary(max_size=300), st.sampled_from(["", "text/html", "application/json"]))
def test_it_never_raises_and_is_always_clean(body: bytes, content_type: str) -> None:
    said = explain(body, content_type=content_type)
    assert len(said) <= 300
    assert not unsafe_characters(said)
    assert "\n" not in said


@pytest.mark.parametrize(
    ("body", "wait"),
    [
        (b'{"retry_after": 7}', 7),
        (b'{"retry_after": 0}', 1),
        (b'{"retry_after": 99999}', 900),
        (b'{"retry_after": "soon"}', None),
        (b'{"retry_after": true}', None),
        (b'{"retry_after": NaN}', None),
        (b"[]", None),
        (b"<html>", None),
        (b"[" * 9000, None),
    ],
)
def test_a_body_may_say_how_long_to_wait(body: bytes, wait: float | None) -> None:
    assert refusal(Failure(429, body), PROVIDER.info).retry_after == wait


def test_a_header_beats_the_body() -> None:
    assert refusal(Failure(429, b'{"retry_after": 7}', retry_after=30.0), PROVIDER.info).retry_after == 30
