"""Only what is plainly a web address opens."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.url import Verdict, check_url, host_of, openable


def test_every_url_of_the_corpus_gets_its_verdict(corpus: Path) -> None:
    cases = json.loads((corpus / "hostile/urls.json").read_text())["cases"]
    urls = [(case["url"], case["verdict"], case["why"]) for case in cases if isinstance(case["url"], str)]
    assert len(urls) > 40
    assert [(url, why) for url, verdict, why in urls if check_url(url).verdict != verdict] == []


@given(st.text() | st.builds("https://{}".format, st.text()))
def test_what_opens_is_ascii_http_without_blanks(url: str) -> None:
    judged = check_url(url)
    if judged.verdict is Verdict.OPEN:
        handed = openable(url)
        assert handed.lower().startswith(("http://", "https://"))
        assert handed.isascii()
        assert handed.isprintable()
        assert " " not in handed
        assert judged.host.isascii()


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://en.wikipedia.org/wiki/A_(b)", "en.wikipedia.org"),
        ("https://user:pw@evil.example/", "evil.example"),
        ("https://аpple.com/", "xn--pple-43d.com"),
        ("https://[::1]:8080/", "::1"),
        ("http://10.0.0.1/", "10.0.0.1"),
        ("not a url", "not a url"),
    ],
)
def test_the_host_is_shown_as_it_really_is(url: str, host: str) -> None:
    assert host_of(url) == host


def test_a_text_fragment_with_raw_blanks_opens_encoded_and_nothing_else_changes() -> None:
    url = "https://a.example/p?x=%26&y=1#:~:text=two words,next"
    assert check_url(url).verdict is Verdict.OPEN
    assert openable(url) == "https://a.example/p?x=%26&y=1#:~:text=two%20words,next"
    assert check_url("https://a.example/two words").verdict is Verdict.REFUSE


def test_non_ascii_paths_are_handed_over_percent_encoded() -> None:
    assert openable("https://zh.wikipedia.org/wiki/光刻") == "https://zh.wikipedia.org/wiki/%E5%85%89%E5%88%BB"


@pytest.mark.parametrize("tail", ["x" * 2100, "{a}"])
def test_odd_or_very_long_addresses_are_only_copied(tail: str) -> None:
    judged = check_url("https://a.example/" + tail)
    assert judged.verdict is Verdict.COPY
    assert judged.host == "a.example"


@pytest.mark.parametrize("port", ["0", "65536", "8a", "123456", "٣"])
def test_bad_ports_are_refused(port: str) -> None:
    assert check_url(f"https://a.example:{port}/").verdict is Verdict.REFUSE
    assert check_url(f"https://[::1]:{port}/").verdict is Verdict.REFUSE


@pytest.mark.parametrize(
    ("url", "handed"),
    [
        ("https://bücher.example/p?q=ü", "https://xn--bcher-kva.example/p?q=%C3%BC"),
        ("http://例え.jp:8080/", "http://xn--r8jz45g.jp:8080/"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://plain.example/ü", "https://plain.example/%C3%BC"),
    ],
)
def test_an_international_host_reaches_the_browser_as_the_network_writes_it(url: str, handed: str) -> None:
    assert openable(url) == handed
