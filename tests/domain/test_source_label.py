"""What a source is listed under, when it has a title and when it has none."""

import pytest

from tui.domain.source_label import listed_host, own_title, page_name

HIDDEN = "https://vertexaisearch.cloud.google.com/grounding-api-redirect/AUZIYQHx7Kq"


@pytest.mark.parametrize(
    ("url", "title", "host", "named"),
    [
        ("https://www.example.org/docs/page.html", "A page", "example.org", "A page"),
        ("https://www.example.org/docs/page.html", None, "example.org", "page.html"),
        ("https://example.org/docs/?id=7", "", "example.org", "docs?id=7"),
        ("https://example.org", None, "example.org", "example.org"),
        ("https://www.google.com/url?q=https://example.org/a", None, "example.org", "a"),
        (HIDDEN, "www.who.int", "who.int", "a page behind a redirect, …YQHx7Kq"),
        (HIDDEN, "A fact sheet", "host not known", "A fact sheet"),
        (HIDDEN, None, "host not known", "a page behind a redirect, …YQHx7Kq"),
        (None, None, "no address", "untitled"),
    ],
)
def test_a_source_is_listed_under_host_and_name(url: str | None, title: str | None, host: str, named: str) -> None:
    assert listed_host(url, title) == host
    shown = own_title(url, title) or page_name(url)
    assert shown == named.replace("…YQHx7Kq", f"…{HIDDEN[-8:]}")
