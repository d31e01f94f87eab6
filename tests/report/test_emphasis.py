"""Emphasis beside letters of languages that write no blanks, and formulas between dollars."""

import pytest

from tui.report.document import Look, Paragraph
from tui.report.parse import parse


def bold(text: str) -> list[str]:
    """The bold stretches of a one-paragraph report."""
    block = parse(text).blocks[0]
    assert isinstance(block, Paragraph)
    return [span.text for span in block.spans if span.look & Look.BOLD]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("이것은 **오탐(false positive)**이다.", ["오탐(false positive)"]),
        ("这是**“固态电池”**的进展。", ["“固态电池”"]),
        ("これは**「重要」**です。", ["「重要」"]),
        ("**본문**은 bold", ["본문"]),
        ("plain **bold** words", ["bold"]),
        ("2 ** 3 ** 4", []),
        ("a**(b)**c", []),
        ("中文 ** 不是 ** 粗体", []),
    ],
)
def test_asterisks_open_and_close_where_people_mean_them_to(text: str, found: list[str]) -> None:
    assert bold(text) == found


def test_no_asterisk_is_left_over() -> None:
    block = parse("각각 **오탐(false positive)**이다. 그리고 **둘(2)**은 같다.").blocks[0]
    assert isinstance(block, Paragraph)
    assert "*" not in "".join(span.text for span in block.spans)


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        (r"where $Z(x)$ is", ["Z(x)"]),
        (r"as $ \pi_r = \frac{1}{2} $ here", [r" \pi_r = \frac{1}{2} "]),
        ("it costs $5 and $ 6 today", []),
        ("from $ 5 to $ 6 today", []),
    ],
)
def test_dollars_are_formulas_only_where_they_hold_one(text: str, formulas: list[str]) -> None:
    block = parse(text).blocks[0]
    assert isinstance(block, Paragraph)
    assert [span.text for span in block.spans if span.look & Look.MATH] == formulas
