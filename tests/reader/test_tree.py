"""Structured reports as a tree."""

import pytest

from tests.reader.documents import all_lines, flow_of
from tui.report.document import Document, Span, StructuredField
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.layout.lines import Tone


def field(depth: int, name: str, value: str = "", *cites: int) -> StructuredField:
    spans = [Span(value)] if value else []
    for cite in cites:
        spans += [Span(" "), Span(f"[{cite}]", cite=cite)]
    return StructuredField(1, name, depth, name, tuple(spans))


COMPANY = Document(
    (
        field(0, "name", "Acme"),
        field(0, "people"),
        field(1, "1"),
        field(2, "first", "Ana"),
        field(2, "last", "Ito"),
        field(1, "2"),
        field(2, "first", "Bob"),
        field(0, "city", "Graz"),
    )
)


def test_branches_lead_from_each_field_to_its_members_and_end_with_the_last() -> None:
    assert [line.text for line in all_lines(flow_of(COMPANY, 80))] == [
        "name: Acme",
        "",
        "people",
        "├─ 1",
        "│  ├─ first: Ana",
        "│  └─ last: Ito",
        "└─ 2",
        "   └─ first: Bob",
        "",
        "city: Graz",
    ]


@pytest.mark.parametrize("width", [80, 120])
def test_a_long_value_hangs_right_of_its_branch(width: int) -> None:
    document = Document((field(0, "a"), field(1, "b", "word " * 60), field(1, "c", "x")))
    lines = [line.text for line in all_lines(flow_of(document, width))]
    assert lines[1].startswith("├─ b: word")
    assert all(line.startswith("│    word") for line in lines[2:-1])
    assert lines[-1] == "└─ c: x"


def test_a_deep_tree_keeps_half_of_a_narrow_screen_for_its_values() -> None:
    document = Document(tuple(field(depth, f"n{depth}", "value" if depth == 30 else "") for depth in range(31)))
    for line in all_lines(flow_of(document, 40)):
        assert line.cells <= 38
    assert "value" in all_lines(flow_of(document, 40))[-1].text


def test_names_are_set_apart_from_values() -> None:
    runs = all_lines(flow_of(COMPANY, 80))[4].runs
    assert [run.text for run in runs if run.tone is Tone.NAME] == ["first: "]


def test_the_outermost_fields_are_what_heading_keys_go_to() -> None:
    book = IndexedReport.of(COMPANY)
    assert [book.units[number].text for number in book.headings] == ["name: Acme", "people", "city: Graz"]


def test_a_value_without_a_name_stands_alone() -> None:
    assert [line.text for line in all_lines(flow_of(Document((field(0, "", "42"),))))] == ["42"]
