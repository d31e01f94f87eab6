"""Formulas as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reader.documents import all_lines, flow_of, para
from tui.report.document import Document, Look, Math, Span
from tui.report.formula import readable


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"E=mc^2", "E=mc²"),
        (r"\pi_\theta^{RL}", "π_θ^RL"),
        (r"i\in\{1,2\}", "i∈{1,2}"),
        (r"W \in \mathbb{R}^{n\times k}", "W ∈ ℝ^(n× k)"),
        (r"\frac{a+b}{2}", "(a+b)/2"),
        (r"\frac12", "1/2"),
        (r"\left(\frac{\partial u}{\partial t}\right)", "((∂u)/(∂t))"),
        (r"\sqrt{x^2+1}", "√(x²+1)"),
        (r"[0,\bar v]", "[0,v\u0304]"),
        (r"\text{if } x \geq 0", "if x ≥ 0"),
        (r"\cos\theta + \log n", "cos θ + log n"),
        (r"\begin{cases} a & b \\ c & d \end{cases}", "a b\nc d"),
        (r"x_{i+1}", "xᵢ₊₁"),
        (r"\mystery{x}", r"\mystery{x}"),
        ("U(1)", "U(1)"),
        (r"\\", r"\\"),
        ("a}b{c", "a}b{c"),
    ],
)
def test_what_people_write_becomes_readable(tex: str, text: str) -> None:
    assert readable(tex) == text


@given(st.text(alphabet="\\{}^_&ab1 ()fracsqrtext\n", max_size=200))
def test_it_never_fails_and_is_never_empty(tex: str) -> None:
    assert readable(tex).strip() or not tex.strip()


@given(st.text(alphabet="abcxyz019()+-=, ", max_size=60))
def test_what_has_nothing_of_tex_comes_back_as_it_is(text: str) -> None:
    assert readable(text) == text


@pytest.mark.parametrize("piece", ["{", r"\frac", "^", r"\sqrt{", "_{"])
def test_deep_nesting_takes_no_stack_and_no_time(piece: str) -> None:
    assert readable(piece * 3000 + "x")


def test_formulas_of_a_report_are_shown_readable() -> None:
    document = Document((Math(1, r"a \leq b"), para(2, "where ", Span(r"\beta^2", Look.MATH), " is small")))
    assert [line.text.strip() for line in all_lines(flow_of(document))] == ["a ≤ b", "", "where β² is small"]
