"""When two addresses are the same source, and how hosts are ordered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.archive.sqlite.url_index import host_of_site, page_key, same_page, site_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.org/x", "https://a.org/x/"),
        ("https://a.org/x", "https://a.org/x#:~:text=some%20words"),
        ("https://a.org/x#part", "https://a.org/x#part:~:text=words"),
        ("https://a.org/x?id=1", "https://a.org/x?utm_source=news&id=1&UTM_medium=m"),
        ("https://a.org/x", "https://a.org/x?utm_campaign=c"),
        ("HTTPS://A.org/x", "https://a.org/x"),
        ("https://a.org", "https://a.org/"),
        ("  https://a.org/x ", "https://a.org/x"),
    ],
)
def test_these_are_the_same_source(one: str, other: str) -> None:
    assert same_page(one) == same_page(other)
    assert page_key(one) == page_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.org/x", "https://a.org/X"),
        ("https://a.org/x?id=1", "https://a.org/x?id=2"),
        ("https://a.org/x#one", "https://a.org/x#two"),
        ("http://a.org/x", "https://a.org/x"),
        ("https://a.org/x", "https://b.org/x"),
    ],
)
def test_these_are_not(one: str, other: str) -> None:
    assert page_key(one) != page_key(other)


@given(st.text(max_size=60))
def test_any_text_has_a_key_that_fits_into_a_column_and_normalising_twice_changes_nothing(url: str) -> None:
    assert -(2**63) <= page_key(url) < 2**63
    assert same_page(same_page(url)) == same_page(url)


@pytest.mark.parametrize("host", ["nature.com", "www.nature.com", "localhost", "10.0.0.1"])
def test_a_host_comes_back_from_its_site(host: str) -> None:
    assert host_of_site(site_of(host)) == host


def test_a_site_sorts_below_its_domain() -> None:
    assert site_of("WWW.Nature.com.").startswith(site_of("nature.com") + ".")
    assert not site_of("signature.com").startswith(site_of("nature.com"))
