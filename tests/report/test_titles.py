"""Titles of linked sources, redirectors, and superscript chips."""

import pytest

from tui.domain.redirect import is_opaque, leads_to
from tui.report.document import MarkerKind, Paragraph
from tui.report.parse import parse

_URL = "https://a.example/x"


@pytest.mark.parametrize(
    ("label", "title"),
    [
        ("`bare_llm.py`", "bare_llm.py"),
        ("my_file_name", "my_file_name"),
        ("see `a_b.py` and _this_", "see a_b.py and this"),
        ("**Bold** words", "Bold words"),
        ("a __bold__ word", "a bold word"),
        ("![Soda](https://img.example/a.svg)", "Soda"),
        ("citation:Heat pumps", "Heat pumps"),
        ("Citation: Heat pumps", "Heat pumps"),
        (r"snake\_case", "snake_case"),
        ("a * b", "a * b"),
    ],
)
def test_a_title_says_what_the_link_says(label: str, title: str) -> None:
    (entry,) = parse(f"It rose ([{label}]({_URL})).").sources
    assert entry.title == title


_CARRIERS = [
    f"https://www.google.com/url?q={_URL}&sa=U&usg=1",
    f"https://www.google.de/url?sa=t&url={_URL}",
    "https://mail.example/api/view?url=https%3A%2F%2Fa.example%2Fx",
    "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%2Fx&data=05",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fa.example%2Fx",
    "https://out.reddit.com/t3?url=https%3A%2F%2Fa.example%2Fx",
    "https://www.youtube.com/redirect?event=v&q=https%3A%2F%2Fa.example%2Fx",
    "https://duckduckgo.com/l/?uddg=https%3A%2F%2Fa.example%2Fx",
    "https://www.bing.com/ck/a?!&&p=1&u=a1aHR0cHM6Ly9hLmV4YW1wbGUveA&ntb=1",
    "https://urldefense.com/v3/__https:/a.example/x__;!!A",
    "https://urldefense.proofpoint.com/v2/url?u=https-3A__a.example_x&d=D",
    "https://link.zhihu.com/?target=https%3A//a.example/x",
    "https://www.google.com/url?q=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3Dhttps%253A%252F%252Fa.example%252Fx",
]


@pytest.mark.parametrize("url", _CARRIERS)
def test_a_redirector_leads_to_the_address_in_it(url: str) -> None:
    assert leads_to(url) == _URL


@pytest.mark.parametrize(
    "url",
    [
        _URL,
        "https://www.google.com/search?q=https://a.example/x",
        "https://a.example/?url=https://b.example",
        "https://www.google.com/url?q=javascript:alert(1)",
        "https://www.google.com/url?q=/search",
        "https://[broken/url?q=https://a.example",
    ],
)
def test_any_other_address_is_itself(url: str) -> None:
    assert leads_to(url) == url


def test_what_hides_its_page_is_told() -> None:
    hidden = ["https://vertexaisearch.cloud.google.com/grounding-api-redirect/AB", "https://t.co/x", "https://bit.ly/x"]
    assert [is_opaque(url) for url in [*hidden, _URL, "https://cloud.google.com/x"]] == [True] * 3 + [False] * 2


def test_a_redirector_is_kept_as_received_and_joined_by_the_address_in_it() -> None:
    document = parse(f"It rose ([a]({_CARRIERS[0]})) and fell ([b]({_URL})).")
    assert [one.urls for one in document.citations] == [(_CARRIERS[0],), (_URL,)]
    assert [(entry.id, entry.url) for entry in document.sources] == [("u1", _CARRIERS[0])]


def test_a_superscript_number_is_told_from_text_without_colour() -> None:
    document = parse("It rose<sup>1</sup> by 10<sup>6</sup>.\n\n## Sources\n\n1. https://a.example/x")
    assert [one.kind for one in document.citations] == [MarkerKind.NUMERIC]
    paragraph = document.blocks[0]
    assert isinstance(paragraph, Paragraph)
    assert [span.text for span in paragraph.spans if span.cite is not None] == ["[1]"]
