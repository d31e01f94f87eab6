"""A tag of any size costs what its text costs: the HTML parser is quadratic in the attributes of a tag."""

import pytest

from tui.report.markdown.html_tokens import split_tags


@pytest.mark.parametrize("tag", ["p", "a", "img", "td"])
def test_a_tag_keeps_its_first_attributes_and_loses_a_flood(tag: str) -> None:
    flood = " ".join(f"a{number}={number}" for number in range(20_000))
    made = split_tags(f"<{tag} href='https://a.org/x' title=\"t > u\" {flood}>text</{tag}>").markup
    assert len(made) < 3000
    assert "https://a.org/x" in made
    assert made.count("=") <= 70


def test_a_long_address_is_no_flood() -> None:
    address = "https://a.org/" + "x" * 8000
    assert f'href="{address}"' in split_tags(f'<a class="b" href="{address}" id=c>text</a>').markup
