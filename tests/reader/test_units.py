"""Documents as flat lists of units."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reader.documents import bullets, head, para
from tui.domain.detail import Image, Series
from tui.report.document import (
    Align,
    Code,
    Item,
    List,
    Look,
    Notice,
    Quote,
    Rule,
    Span,
    StructuredField,
    Table,
    TableRow,
)
from tui.report.shown import shown
from tui.ui.reader.layout.blocks import CHARACTERS_PER_UNIT, Figure, LayoutBlock, flatten
from tui.ui.reader.layout.lines import Tone


def leads(unit: LayoutBlock) -> tuple[str, str]:
    return "".join(text for text, _ in unit.first), "".join(text for text, _ in unit.rest)


def test_nested_lists_become_units_with_their_bullets() -> None:
    inner = List(2, True, True, (Item(2, "3.", (para(2, "third"),)), Item(3, "10.", (para(3, "tenth"),))))
    outer = List(1, False, True, (Item(1, "-", (para(1, "one"), inner)),))
    one, third, tenth = flatten([outer])
    assert leads(one) == ("• ", "  ")
    assert leads(third) == ("   3. ", "      ")
    assert leads(tenth) == ("  10. ", "      ")


def test_a_second_paragraph_of_an_item_stands_under_the_first() -> None:
    units = flatten(
        [List(1, False, False, (Item(1, "-", (para(1, "a"), para(2, "b"))), Item(3, "-", (para(3, "c"),))))]
    )
    assert [leads(unit)[0] for unit in units] == ["• ", "  ", "• "]
    assert [unit.blanks for unit in units] == [0, 1, 1]


def test_task_lists_show_their_boxes_and_empty_items_their_bullet() -> None:
    units = flatten(
        [List(1, False, True, (Item(1, "-", (para(1, "done"),), True), Item(2, "-", (), False), Item(3, "-", ())))]
    )
    assert [leads(unit)[0].strip() for unit in units] == ["[x]", "[ ]", "•"]


def test_quotes_put_a_bar_before_every_line_and_between_their_paragraphs() -> None:
    first, second = flatten([Quote(1, (para(1, "a"), para(2, "b")))])
    assert leads(first) == ("▌ ", "▌ ")
    assert second.above == (("▌ ", Tone.BAR),)


def test_upper_headings_get_more_air_than_lower_ones() -> None:
    units = flatten(
        [para(1, "a"), head(2, 2, "Two"), head(3, 3, "Three"), para(4, "b"), head(5, 4, "Four"), para(6, "c")]
    )
    assert [unit.blanks for unit in units] == [0, 2, 1, 1, 1, 0]


@given(st.integers(1, 300), st.integers(0, 5))
def test_long_tables_are_cut_into_units_that_hold_every_row_once(rows: int, columns: int) -> None:
    table = Table(
        1, (), tuple(TableRow(n + 2, tuple((Span(f"r{n}c{c}"),) for c in range(columns))) for n in range(rows)), ()
    )
    units = flatten([table])
    assert [row for unit in units for row in range(rows)[unit.part]] == [*range(rows)]
    assert [span.text for unit in units for span in unit.spans] == [
        f"r{n}c{c}" for n in range(rows) for c in range(columns)
    ]
    for unit in units:
        assert all(unit.text.startswith(s.text, at) for s, at in zip(unit.spans, unit.starts, strict=True))


def test_units_of_a_table_know_the_line_of_their_first_row() -> None:
    table = Table(1, ((Span("h"),),), tuple(TableRow(n + 3, ((Span("x"),),)) for n in range(100)), (Align.LEFT,))
    assert [unit.line for unit in flatten([table])] == [1, 43, 83]


def test_long_code_is_cut_at_lines() -> None:
    text = "\n".join(f"line {n}" for n in range(500))
    units = flatten([Code(10, text, "python")])
    assert len(units) > 3
    assert "\n".join(unit.text for unit in units) == text
    assert units[1].line == 10 + 120


def test_a_monstrous_paragraph_is_cut_at_blanks_without_losing_anything() -> None:
    text = "word " * 20_000
    units = flatten([para(1, text, Span("bold", Look.BOLD), " end")])
    assert "".join(unit.text for unit in units) == f"{text}bold end"
    assert all(len(unit.text) <= CHARACTERS_PER_UNIT for unit in units)
    assert units[1].blanks == 0


def test_a_monstrous_word_is_cut_too() -> None:
    assert max(len(unit.text) for unit in flatten([para(1, "x" * 100_000)])) <= CHARACTERS_PER_UNIT


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (Span("2", Look.SUPER), "²"),
        (Span("2", Look.SUB), "₂"),
        (Span("n+1", Look.SUPER), "ⁿ⁺¹"),
        (Span("max", Look.SUB), "_(max)"),
        (Span("k", Look.SUPER), "^k"),
        (Span("1", Look.SUPER, cite=0), "1"),
        (Span("a cat", Look.IMAGE, url="https://e.example/c.png"), "▣ a cat"),
        (Span(" ", Look.IMAGE), "▣ picture"),
        (Span("plain"), "plain"),
    ],
)
def test_spans_are_shown_as_a_terminal_can(span: Span, text: str) -> None:
    assert shown(span).text == text


def chart(url: str | None, id: str = "i1") -> Image:  # noqa: A002  short in the tests
    return Image(id, "chart", "Growth", url, "bar", series=(Series("s", (("a", 1.0),)),))


def test_a_chart_stands_where_its_picture_does() -> None:
    picture = Span("Growth", Look.IMAGE, url="https://e.example/x.png")
    units = flatten([para(1, "before"), para(2, picture), para(3, "after")], [chart("https://e.example/x.png")])
    assert [isinstance(unit.block, Figure) for unit in units] == [False, False, True, False]


def test_a_chart_right_below_its_name_does_not_repeat_it() -> None:
    url = "https://e.example/x.png"
    named, other = (flatten([para(1, Span(text, Look.IMAGE, url=url))], [chart(url)]) for text in ("Growth", "see"))
    assert [unit.text for unit in named] == ["▣ Growth", ""]
    assert [unit.text for unit in other] == ["▣ see", "Growth"]


def test_charts_that_the_text_does_not_show_stand_at_the_end_and_pictures_without_numbers_nowhere() -> None:
    plain = replace(chart(None, "i2"), series=())
    units = flatten([para(1, "text")], [chart("https://e.example/other.png"), plain])
    assert [isinstance(unit.block, Figure) for unit in units] == [False, True]


def test_fields_carry_their_names_and_part_objects() -> None:
    fields = [
        StructuredField(1, "$.a", 0, "a", ()),
        StructuredField(2, "$.a.b", 1, "b", (Span("5"), Span("[1]", cite=0))),
        StructuredField(3, "$.c", 0, "c", (Span("x"),)),
    ]
    units = flatten(fields)
    assert [unit.text for unit in units] == ["a", "b: 5[1]", "c: x"]
    assert [unit.blanks for unit in units] == [0, 0, 1]


def test_every_kind_of_leaf_becomes_a_unit() -> None:
    units = flatten([Rule(1), Notice(2, "cut here"), bullets(3, "a", "b")])
    assert [unit.text for unit in units] == ["", "cut here", "a", "b"]
