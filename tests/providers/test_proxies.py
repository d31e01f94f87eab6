"""Proxy variables as people set them: nothing in them makes every request impossible."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.asking import get
from tests.providers.test_http import http_for
from tui.domain.errors import Unreachable
from tui.providers.http.proxies import proxy_map

PROXY = {"https": "http://proxy.example:3128"}


@pytest.mark.parametrize(
    ("entry", "pattern"),
    [
        ("fe80::/10", None),
        ("10.0.0.0/8", None),
        ("[::1]", "all://[::1]"),
        ("::1", "all://[::1]"),
        ("127.0.0.1", "all://127.0.0.1"),
        ("localhost", "all://localhost"),
        ("example.com", "all://*example.com"),
        (".example.com", "all://*.example.com"),
        ("*.example.com", "all://*.example.com"),
        ("example.com:8443", "all://*example.com:8443"),
        ("https://example.com", "https://example.com"),
        ("a b", None),
        ("", None),
    ],
)
def test_an_entry_of_no_proxy_is_what_it_can_mean(entry: str, pattern: str | None) -> None:
    found = proxy_map({**PROXY, "no": entry})
    assert found == {"https://": PROXY["https"], **({pattern: None} if pattern else {})}


def test_a_star_means_no_proxy_at_all() -> None:
    assert proxy_map({**PROXY, "no": "localhost, *"}) == {}


def test_a_proxy_without_a_scheme_is_an_http_proxy() -> None:
    assert proxy_map({"all": "proxy.example:3128"}) == {"all://": "http://proxy.example:3128"}


@given(st.text(max_size=30))
def test_whatever_no_proxy_holds_a_client_can_be_made(text: str) -> None:
    patterns = proxy_map({**PROXY, "no": text})
    httpx.AsyncClient(mounts=dict.fromkeys(patterns), trust_env=False)


async def test_no_proxy_as_systems_set_it_kills_no_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "localhost,fe80::/10,[::1],.invalid")
    async with http_for("https://api.invalid") as http:
        with pytest.raises(Unreachable, match=r"api\.invalid is not found"):
            await get(http, "v1")


async def test_a_socks_proxy_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    async with http_for("https://api.invalid") as http:
        with pytest.raises(Unreachable, match="a SOCKS proxy cannot be used") as caught:
            await get(http, "v1")
        assert "ALL_PROXY" in caught.value.hint
