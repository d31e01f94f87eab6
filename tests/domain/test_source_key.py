"""The table of which addresses are the same source; audit, sources screen, search and compare all read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.source_key import exact, loose, page_number, site_name

BOTH, LOOSE, NEITHER = (True, True), (False, True), (False, False)


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("https://example.org/a", "https://EXAMPLE.org/a", BOTH),
        ("https://example.org/a", "HTTPS://example.org/a", BOTH),
        ("https://example.org/a", "https://example.org/a/", BOTH),
        ("https://example.org", "https://example.org/", BOTH),
        ("https://example.org/a", "  https://example.org/a ", BOTH),
        ("https://example.org/a", "https://example.org/a#:~:text=some%20words", BOTH),
        ("https://example.org/a#part", "https://example.org/a#part:~:text=words", BOTH),
        ("https://example.org/a", "https://example.org/a?utm_source=x", BOTH),
        ("https://example.org/a?x=1", "https://example.org/a?UTM_SOURCE=z&x=1", BOTH),
        ("https://example.org/a?x=1", "https://example.org/a?x=1&utm_medium=m", BOTH),
        ("https://example.org/a", "https://www.example.org/a", LOOSE),
        ("https://example.org/a", "http://example.org/a", LOOSE),
        ("https://example.org/a", "https://example.org/a#part-2", LOOSE),
        ("https://example.org/a", "http://WWW.Example.org/a/?utm_campaign=c#x", LOOSE),
        ("https://example.org/a", "https://example.org/A", NEITHER),
        ("https://example.org/a?x=1", "https://example.org/a?x=2", NEITHER),
        ("https://example.org/a", "https://example.com/a", NEITHER),
        ("https://example.org/a?x=1&y=2", "https://example.org/a?y=2&x=1", NEITHER),
        ("https://example.org/a", "ftp://example.org/a", NEITHER),
        ("https://www.example.org/a", "https://ww2.example.org/a", NEITHER),
    ],
)
def test_two_addresses_are_the_same_source(one: str, other: str, wanted: tuple[bool, bool]) -> None:
    assert (exact(one) == exact(other), loose(one) == loose(other)) == wanted
    assert (page_number(one) == page_number(other)) == wanted[0]


@given(st.text(max_size=60))
def test_any_text_has_keys_and_normalising_twice_changes_nothing(url: str) -> None:
    assert exact(exact(url)) == exact(url)
    assert -(2**63) <= page_number(url) < 2**63
    assert exact(url) != exact(f"{url}x") or not url.strip() or "#" in url or "utm_" in url.lower()


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("www.nature.com", "nature.com"),
        ("en.wikipedia.org", "en.wikipedia.org"),
        ("www.com", "www.com"),
        ("wwww.example.org", "wwww.example.org"),
        ("", ""),
    ],
)
def test_sources_are_listed_by_their_host_without_www(host: str, name: str) -> None:
    assert site_name(host) == name
