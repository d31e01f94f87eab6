"""What is a secret: one table of names, one of spellings, and what must stay."""

import base64
import html
import json
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.detail import Json
from tui.domain.redact import (
    hide_values,
    is_secret_name,
    is_secret_option,
    is_secret_parameter,
    redact_error,
    redact_foreign,
    redact_json,
    redact_text,
    redact_url,
    secret_variables,
    url_secrets,
    without_credentials,
    without_secrets,
)

KEY = "val_sk/9+'Zz-q\"7ab&"


@pytest.mark.parametrize(
    "name",
    ["api_key", "apiKey", "APIKEY", "X-Api-Key", "x_api_key", "Authorization", "authorization", "Proxy-Authorization",
     "Bearer", "token", "access_token", "accessToken", "X-Amz-Security-Token", "password", "db.password", "PASSWORD",
     "passwd", "secret", "client_secret", "webhook_secret", "Cookie", "Set-Cookie", "signature", "X-Amz-Signature",
     "sig", "credentials", "X-Amz-Credential", "auth", "private_key", "refreshToken", "jwt"],
)  # fmt: skip
def test_these_names_are_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)
    assert is_secret_option(name)
    assert is_secret_parameter(name)


@pytest.mark.parametrize(
    "name",
    ["tokens", "max_tokens", "token_count", "key_points", "keyword", "primary_key", "sort_key", "author", "authors",
     "design", "assign", "secretary", "token_env", "title", "", "12", "tokenizer", "cookie_policy"],
)  # fmt: skip
def test_these_names_are_none(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "spell",
    [str, lambda key: quote(key, safe=""), quote, lambda key: "".join(f"%{byte:02X}" for byte in key.encode()),
     json.dumps, lambda key: json.dumps(json.dumps(key)), lambda key: json.dumps(key).replace("/", "\\/"),
     lambda key: "".join(f"\\u{ord(char):04x}" for char in key), html.escape,
     lambda key: "".join(f"&#{ord(char)};" for char in key), lambda key: "".join(f"&#x{ord(char):X};" for char in key),
     lambda key: base64.b64encode(key.encode()).decode(),
     lambda key: base64.b64encode(b"user:" + key.encode()).decode(),
     lambda key: base64.b64encode(f"{key}:".encode()).decode(),
     lambda key: base64.urlsafe_b64encode(b"ab" + key.encode() + b"?").decode().rstrip("=")],
)  # fmt: skip
def test_a_loaded_key_is_found_in_every_spelling(spell: Callable[[str], str]) -> None:
    written = spell(KEY)
    hidden = hide_values(f"before {written} after", [KEY])
    assert hidden.startswith("before ")
    assert hidden.endswith(" after")
    assert "…" in hidden
    assert written not in hidden
    assert KEY not in hidden


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60), st.binary(max_size=5))
def test_no_offset_in_base64_hides_a_key_from_us(key: str, before: bytes) -> None:
    written = base64.b64encode(before + key.encode() + b"\n").decode()
    hidden = hide_values(written, [key])
    assert "…" in hidden
    assert len(hidden) <= len(before) * 4 // 3 + 10


@pytest.mark.parametrize("key", ["pass\\word-%41-x", "a&amp;b%25c-key", "pässwörd-漢字-1"])
@pytest.mark.parametrize("spell", [json.dumps, quote, html.escape, lambda key: json.dumps(json.dumps(key))])
def test_a_key_with_marks_of_escapes_in_it_is_found_too(key: str, spell: Callable[[str], str]) -> None:
    hidden = hide_values(f"it is {spell(key)}, & so on \\", [key])
    assert "…" in hidden
    assert spell(key).strip('"\\') not in hidden


def test_what_is_no_secret_stays_as_it_is() -> None:
    report = "The token: a study of 24 tokens. See https://a.org/?key=1&x=50%25 and `Authorization: Bearer TOKEN`."
    assert hide_values(report, [KEY]) == report
    assert hide_values("a short word", ["short", ""]) == "a short word"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:pw@h.org/a", "https://…@h.org/a"),
        ("https://h.org/a?token=abc&x=1", "https://h.org/a?token=…&x=1"),
        ("https://h.org/a?x=1&api_key=abc#top", "https://h.org/a?x=1&api_key=…#top"),
        ("https://h.org/a?X-Amz-Signature=abc&X-Amz-Credential=q", "https://h.org/a?X-Amz-Signature=…&X-Amz-Credential=…"),
        ("https://h.org/a?password=abc;secret=d", "https://h.org/a?password=…"),
        ("https://h.org/r?u=https%3A%2F%2Fx.org%2F%3Ftoken%3Dabc", "https://h.org/r?u=https%3A%2F%2Fx.org%2F%3Ftoken%3D…"),
        ("https://h.org/a?key=abc", "https://h.org/a?key=…"),
        ("https://h.org/a?page=2&q=b", "https://h.org/a?page=2&q=b"),
        ("https://h.org/@name/a", "https://h.org/@name/a"),
    ],
)  # fmt: skip
def test_an_address_loses_what_opens_it(url: str, shown: str) -> None:
    assert redact_url(url) == shown


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "PostgreSQL"])
@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("nina:pw@h.org/team", "…@h.org/team"),
        ("nina@h.org:5433/team?sslmode=require", "…@h.org:5433/team?sslmode=require"),
        ("h.org/team?sslmode=require&sslpassword=pw", "h.org/team?sslmode=require&sslpassword=…"),
        ("/team?sslpassword=pw", "/team?sslpassword=…"),
        ("/team?SSLPASSWORD=pw&host=/run", "/team?SSLPASSWORD=…&host=/run"),
        ("/team?password=p'w)x;y,z&host=h.org", "/team?password=…&host=h.org"),
        ("/team?%70assword=pw", "/team?%70assword=…"),
        ("/team?ssl%50assword=pw", "/team?ssl%50assword=…"),
        ("/team?password=a%26b", "/team?password=…"),
        ("/team?password=", "/team?password=…"),
        ("/team?user=nina&oauth_client_secret=pw", "/team?user=nina&oauth_client_secret=…"),
        ("nina:p@ss@h.org/team", "…@h.org/team"),
        ("nina:p/ss@h.org/team", "…@h.org/team"),
        ("nina:p?ss#x@h.org/team", "…@h.org/team"),
        ("nina:p<\"'>ss@h.org/team", "…@h.org/team"),
        (f"nina:{'p' * 400}@h.org/team", "…@h.org/team"),
        ("h1.org:5432,h2.org/team?passfile=/n/.pgpass", "h1.org:5432,h2.org/team?passfile=/n/.pgpass"),
        ("/?service=team&options=-csearch_path%3Dresearch", "/?service=team&options=-csearch_path%3Dresearch"),
        ("h.org/team", "h.org/team"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_address_of_a_server_loses_its_passwords_however_they_are_written(
    scheme: str, url: str, shown: str
) -> None:
    assert redact_url(f"{scheme}://{url}") == f"{scheme}://{shown}"
    assert redact_url(f'url = "{scheme}://{url}", and more') == f'url = "{scheme}://{shown}", and more'
    assert "pw" not in redact_text(f"cannot read {scheme}://{url}.")


def test_the_values_in_addresses_are_known_for_texts_beside_them() -> None:
    assert url_secrets(["https://h.org/a?token=abcdefgh&x=12345678", None]) == {"abcdefgh"}


@pytest.mark.parametrize(
    ("line", "leak"),
    [
        ("sent api_key=abcdef1", "abcdef1"),
        ("X-Api-Key: abcdef1", "abcdef1"),
        ('{"apiKey": "abcdef1"}', "abcdef1"),
        ("Authorization: Bearer abcdef1", "abcdef1"),
        ("got Bearer abcdefgh12", "abcdefgh12"),
        ("password='abcdef1'", "abcdef1"),
        ("Cookie: session=abcdef1", "abcdef1"),
    ],
)
def test_our_own_lines_hold_no_pair_that_is_a_secret(line: str, leak: str) -> None:
    assert leak not in redact_text(line)
    assert leak not in redact_error(line)


def test_ordinary_lines_stay() -> None:
    for line in ("token: no", "3 tokens: 12", "monkey: banana", "saved at https://h.org/a?page=2", "key points: many"):
        assert redact_text(line) == line


def test_options_are_masked_by_name_at_any_depth() -> None:
    options: Json = {"mcp": [{"url": "https://u:p@h.org/?token=a", "headers": {"X-Any": "abc"}, "auth": {"type": "x"}}],
               "Authorization": "abc", "api_key": "abc", "limit": 3, "key": "k"}  # fmt: skip
    assert redact_json(options) == {
        "mcp": [{"url": "https://…@h.org/?token=…", "headers": "…", "auth": "…"}],
        "Authorization": "…", "api_key": "…", "limit": 3, "key": "…",
    }  # fmt: skip
    assert without_credentials(options) == {"mcp": [{"url": "https://u:p@h.org/?token=a"}], "limit": 3}


def test_a_decoded_answer_loses_keys_in_texts_and_names_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.domain.redact.every_secret", lambda: frozenset({KEY}))
    answer: Json = {"token": "BTC", "n": [1, 2.5, None, True, f"see {KEY}!"], KEY: {"password": "policy"}}
    assert redact_foreign(answer) == {"token": "BTC", "n": [1, 2.5, None, True, "see …!"], "…": {"password": "policy"}}


def test_a_pattern_of_a_key_is_made_for_a_text_that_has_it_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of a key of 5,000 characters takes seconds, and every line that is written is searched for every key."""
    made: list[str] = []

    def with_escapes(value: str) -> "re.Pattern[str]":
        made.append(value)
        return re.compile("%41bcdefgh")

    monkeypatch.setattr("tui.domain.redact._with_escapes", with_escapes)
    assert hide_values("nothing %41 of it", ["Abcdefgh" * 600, "Abcdefgh"]) == "nothing %41 of it"
    assert made == []
    assert hide_values("it: %41bcdefgh", ["Abcdefgh"]) == "it: …"
    assert made == ["Abcdefgh"]


def test_variables_with_secrets_are_known_by_name_and_by_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.domain.redact.every_secret", lambda: frozenset({KEY}))
    env = {"PATH": "/bin", "OPENAI_API_KEY": "1", "MY_VALYU": KEY, "HEADER": f"Bearer {KEY}", "DB_PASSWORD": "x",
           "KEYBOARD": "us", "GITHUB_PAT": "y", "TOKENS": "3"}  # fmt: skip
    assert secret_variables(env) == {"OPENAI_API_KEY", "MY_VALYU", "HEADER", "DB_PASSWORD", "GITHUB_PAT"}
    assert without_secrets(env) == {"PATH": "/bin", "KEYBOARD": "us", "TOKENS": "3"}
