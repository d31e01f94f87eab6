"""Where requests may go, and what a key must look like before it becomes a header."""

from typing import Any

import pytest

from tests.corpora import case_params
from tests.providers.asking import get
from tests.providers.faults import Faults
from tests.providers.test_http import http_for
from tui.domain.errors import BadKey, Refused
from tui.domain.secret import Secret
from tui.domain.text import unsafe_characters
from tui.providers.http.base_url import parse_origin, usable_key
from tui.providers.valyu.spec import PROVIDER

INFO = PROVIDER.info


@pytest.mark.parametrize(
    ("base", "address"),
    [
        ("https://api.valyu.ai", "https://api.valyu.ai/v1/x"),
        ("https://api.valyu.ai/", "https://api.valyu.ai/v1/x"),
        ("https://api.valyu.ai/v1", "https://api.valyu.ai/v1/x"),
        ("https://api.valyu.ai/v1/", "https://api.valyu.ai/v1/x"),
        (" https://api.valyu.ai:443 ", "https://api.valyu.ai/v1/x"),
        ("https://proxy.example:8443/valyu/api/", "https://proxy.example:8443/valyu/api/v1/x"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000/v1/x"),
        ("http://localhost:9000/a", "http://localhost:9000/a/v1/x"),
        ("http://[::1]:9000", "http://[::1]:9000/v1/x"),
    ],
)
def test_a_base_url_may_have_a_prefix_and_a_version(base: str, address: str) -> None:
    assert parse_origin(base, INFO, with_key=True).url("v1", "x") == address


@pytest.mark.parametrize(
    "base",
    [
        "",
        "api.valyu.ai",
        "ftp://api.valyu.ai",
        "https://",
        "https://user:pw@api.valyu.ai",
        "https://api.valyu.ai?x=1",
        "https://api.valyu.ai#x",
        "https://api.valyu.ai:port",
        "https://api.valyu.ai:99999",
        "https://[::1",
        "https://api.valyu.ai\\@evil.example",
        "https://api.\nvalyu.ai",
        "https://api.valyu.ai/\x1b[2J",
        "javascript:alert(1)",
    ],
)
def test_anything_else_is_refused_with_the_variable_to_set(base: str) -> None:
    with pytest.raises(Refused) as caught:
        parse_origin(base, INFO, with_key=False)
    assert "VALYU_BASE_URL" in caught.value.hint
    assert not unsafe_characters(caught.value.message)


@pytest.mark.parametrize("base", ["http://api.valyu.ai", "http://10.0.0.1:80", "http://localhost.evil.example"])
def test_a_key_does_not_travel_in_the_clear(base: str) -> None:
    with pytest.raises(Refused, match="plain http"):
        parse_origin(base, INFO, with_key=True)
    assert parse_origin(base, INFO, with_key=False).scheme == "http"


@pytest.mark.parametrize(
    ("url", "owned"),
    [
        ("https://api.valyu.ai/v1/assets/1?token=x", True),
        ("https://api.valyu.ai:443/x", True),
        ("http://api.valyu.ai/x", False),
        ("https://api.valyu.ai:8443/x", False),
        ("https://api.valyu.ai.evil.example/x", False),
        ("https://storage.valyu.ai/x", False),
        ("https://user@api.valyu.ai/x", False),
        ("https://evil.example\\@api.valyu.ai/x", False),
        ("https://[::1", False),
        ("//api.valyu.ai/x", False),
        ("", False),
    ],
)
def test_the_key_goes_to_exactly_one_origin(url: str, owned: bool) -> None:
    assert parse_origin("https://api.valyu.ai", INFO, with_key=True).owns(url) is owned


@pytest.mark.parametrize("case", case_params("keys.json"))
async def test_a_hostile_key_is_sent_as_it_is_or_not_at_all(case: dict[str, Any], faults: Faults) -> None:
    key = case["key"]
    async with http_for(faults.base, key=key) as http:
        try:
            await get(http, "ok")
        except BadKey as error:
            shown = error.message + error.hint + repr(error)
        else:
            shown = ""
    if faults.seen:
        assert faults.seen[0].headers["x-api-key"] == key.strip()
        assert "x-evil" not in faults.seen[0].headers
    else:
        assert shown
        assert not key or key not in shown
        assert not unsafe_characters(shown)


@pytest.mark.parametrize("key", ["", "   ", "a b", "a\nb", "ключ", "\x00", "k" * 5000])
def test_an_unusable_key_is_never_sent(key: str) -> None:
    with pytest.raises(BadKey) as caught:
        usable_key(Secret(key), INFO)
    assert "VALYU_API_KEY" in caught.value.hint


def test_a_key_loses_only_the_blanks_around_it() -> None:
    assert usable_key(Secret(" val_123 \n"), INFO) == "val_123"
