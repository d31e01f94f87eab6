"""Laying out and moving in what was laid out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reader.documents import all_lines, bullets, citation, flow_of, head, para, sample, words_of
from tui.domain.cells import cell_len
from tui.report.document import (
    Align,
    Block,
    Citation,
    Code,
    Document,
    Item,
    List,
    Look,
    MarkerKind,
    Math,
    Notice,
    Quote,
    Rule,
    Span,
    StructuredField,
    Table,
    TableRow,
)
from tui.ui.reader.layout.lines import Frame, LinePosition, Tone

TEXT = st.text(alphabet="abc déß日本語。、-[]()👍\u0301ع ", min_size=0, max_size=120)
SPANS = st.lists(
    st.builds(Span, TEXT, st.sampled_from([Look.PLAIN, Look.BOLD, Look.CODE, Look.MATH | Look.ITALIC])), max_size=4
).map(tuple)
LEAVES: st.SearchStrategy[Block] = st.one_of(
    st.builds(lambda spans: para(1, *spans), SPANS),
    st.builds(lambda level, text: head(1, level, text), st.integers(1, 6), TEXT),
    st.builds(lambda text, lang: Code(1, text, lang), TEXT, st.sampled_from(["", "python", "nope"])),
    st.builds(lambda text: Math(1, text), TEXT),
    st.builds(lambda text: Notice(1, text), TEXT),
    st.just(Rule(1)),
    st.builds(lambda name, spans, depth: StructuredField(1, "$", depth, name, spans), TEXT, SPANS, st.integers(0, 3)),
    st.builds(
        lambda head, rows: Table(
            1, tuple(head), tuple(TableRow(1, tuple(row)) for row in rows), (Align.RIGHT, Align.CENTER)
        ),
        st.lists(SPANS, max_size=4),
        st.lists(st.lists(SPANS, max_size=5), max_size=4),
    ),
)
BLOCKS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda blocks: Quote(1, tuple(blocks)), st.lists(inner, max_size=3)),
        st.builds(
            lambda items, ordered, tight: List(
                1, ordered, tight, tuple(Item(1, "1.", tuple(blocks)) for blocks in items)
            ),
            st.lists(st.lists(inner, max_size=2), max_size=3),
            st.booleans(),
            st.booleans(),
        ),
    ),
    max_leaves=8,
)


@given(st.lists(BLOCKS, max_size=4), st.integers(20, 140))
def test_no_line_is_wider_than_the_screen_unless_it_scrolls_sideways(blocks: list[Block], width: int) -> None:
    flow = flow_of(Document(tuple(blocks)), width)
    for line in all_lines(flow):
        assert line.cells == sum(cell_len(run.text) for run in line.runs)
        assert line.wide or line.indent + line.cells <= width


@given(st.lists(BLOCKS, max_size=4), st.integers(20, 140))
def test_all_text_is_shown_in_order(blocks: list[Block], width: int) -> None:
    flow = flow_of(Document(tuple(blocks)), width)
    for number, unit in enumerate(flow.book.units):
        if not isinstance(unit.block, Table):
            assert words_of(flow, number) == "".join(unit.text.split())
        runs = sorted({(run.at, run.text) for line in flow.lines(number) for run in line.runs if run.at >= 0})
        assert "".join("".join(text for _, text in runs).split()) == "".join(unit.text.split())
        assert all(unit.text[at : at + len(text)] == text for at, text in runs)


@given(st.lists(BLOCKS, min_size=1, max_size=5), st.integers(20, 100), st.integers(1, 30), st.data())
def test_moving_down_and_up_again_comes_back(blocks: list[Block], width: int, rows: int, data: st.DataObject) -> None:
    flow = flow_of(Document(tuple(blocks)), width)
    places = flow.window(flow.start, 10_000)
    start = data.draw(st.integers(0, len(places) - 1))
    there = flow.move(places[start], rows)
    assert there == places[min(start + rows, len(places) - 1)]
    assert flow.move(there, -(min(start + rows, len(places) - 1) - start)) == places[start]
    assert flow.rows_between(places[start], there, 10_000) == places.index(there) - start


def test_only_what_is_seen_is_laid_out() -> None:
    flow = flow_of(sample(5_000))
    flow.window(flow.start, 40)
    assert len(flow._lines) < 40
    flow.last_top(40)
    assert len(flow._lines) < 80


def test_kept_units_are_bounded() -> None:
    flow = flow_of(sample(2_000))
    all_lines(flow)
    assert len(flow._lines) <= 600


def test_prose_is_centred_and_no_wider_than_the_measure() -> None:
    frame = Frame.fit(200, 100)
    assert (frame.left, frame.room) == (50, 100)
    flow = flow_of(Document((para(1, "word " * 200),)), 200)
    assert {line.indent for line in all_lines(flow)} == {50}
    assert 95 <= max(line.cells for line in all_lines(flow)) <= 100


@pytest.mark.parametrize("width", [1, 2, 5, 10, 19])
def test_tiny_screens_do_not_break_it(width: int) -> None:
    document = Document(
        (head(1, 1, "Heading"), bullets(2, "one two three"), Quote(3, (para(3, "quoted text"),)), Rule(4))
    )
    assert all_lines(flow_of(document, width))


def test_a_table_that_fits_keeps_its_natural_widths() -> None:
    table = Table(1, ((Span("Metric"),), (Span("Score"),)), (TableRow(2, ((Span("Overall"),), (Span("0.55"),))),), ())
    assert [line.text for line in all_lines(flow_of(Document((table,))))] == [
        "Metric  │ Score",
        "────────┼──────",
        "Overall │ 0.55 ",
    ]


def test_a_table_too_wide_is_shrunk_its_cells_wrapped_and_its_rows_ruled() -> None:
    row = TableRow(2, ((Span("short"),), (Span("long text " * 20),)))
    lines = all_lines(flow_of(Document((Table(1, ((Span("a"),), (Span("b"),)), (row, row), ()),)), 60))
    assert not any(line.wide for line in lines)
    assert sum(line.text.startswith("─") for line in lines) == 2
    assert lines[2].text.startswith("short │ long text")


def test_a_table_that_cannot_be_shrunk_scrolls_sideways() -> None:
    cells = tuple((Span("unbreakable"),) for _ in range(20))
    lines = all_lines(flow_of(Document((Table(1, cells, (TableRow(2, cells),), ()),)), 60))
    assert all(line.wide for line in lines)
    assert len({line.cells for line in lines}) == 1


def test_a_table_may_be_wider_than_the_prose() -> None:
    row = TableRow(2, ((Span("x" * 10 + " " + "y" * 60),), (Span("z" * 10 + " " + "w" * 60),)))
    lines = all_lines(flow_of(Document((Table(1, (), (row,), ()),)), 200))
    assert lines[0].cells > 100
    assert lines[0].indent <= 50


def test_a_table_begins_where_the_prose_does_unless_it_would_not_fit() -> None:
    slim, broad = TableRow(2, ((Span("x" * 104),),)), TableRow(2, ((Span("x" * 190),),))
    assert all_lines(flow_of(Document((Table(1, (), (slim,), ()),)), 200))[0].indent == 50
    assert all_lines(flow_of(Document((Table(1, (), (broad,), ()),)), 200))[0].indent == 8


def test_cjk_columns_are_aligned() -> None:
    rows = (TableRow(2, ((Span("日本語"),), (Span("1"),))), TableRow(3, ((Span("ab"),), (Span("2"),))))
    lines = all_lines(flow_of(Document((Table(1, (), rows, (Align.LEFT, Align.RIGHT)),))))
    assert {cell_len(line.text.partition("│")[0]) for line in lines} == {7}


def test_cells_are_aligned_as_asked() -> None:
    table = Table(
        1,
        ((Span("aaaaa"),), (Span("bbbbb"),)),
        (TableRow(2, ((Span("x"),), (Span("y"),))),),
        (Align.RIGHT, Align.CENTER),
    )
    assert all_lines(flow_of(Document((table,))))[2].text == "    x │   y  "


def test_rows_longer_than_the_header_are_shown_whole() -> None:
    table = Table(1, ((Span("a"),),), (TableRow(2, ((Span("1"),), (Span("extra"),))),), ())
    assert "extra" in all_lines(flow_of(Document((table,))))[2].text


def tones(document: Document, text: str) -> set[Tone]:
    return {run.tone for line in all_lines(flow_of(document)) for run in line.runs if run.text.strip() == text}


def test_citations_links_code_and_math_have_their_tones() -> None:
    cites = (
        citation("1", "https://a.example/"),
        citation("9"),
        citation("u1", "https://b.example/", kind=MarkerKind.LINK),
    )
    document = Document(
        (
            para(
                1,
                Span("[1]", cite=0),
                " ",
                Span("[9]", cite=1),
                " ",
                Span("phrase", cite=2),
                " ",
                Span("site", url="https://c.example/"),
                " ",
                Span("code", Look.CODE),
                " ",
                Span("x²", Look.MATH),
            ),
        ),
        cites,
    )
    wanted = {
        "[1]": Tone.CITE,
        "[9]": Tone.BROKEN,
        "phrase": Tone.LINK,
        "site": Tone.LINK,
        "code": Tone.CODE,
        "x²": Tone.MATH,
    }
    assert {text: tones(document, text) for text in wanted} == {text: {tone} for text, tone in wanted.items()}


def test_a_chip_is_neither_torn_nor_left_alone_at_the_start_of_a_line() -> None:
    for width in range(20, 60):
        document = Document(
            (para(1, "some words before ", Span("[1, 2, 3]", cite=0), " and after"),),
            (citation("1", "https://a.example/"),),
        )
        flow = flow_of(document, width)
        chips = [line for line in all_lines(flow) if any(run.ref == 1 for run in line.runs)]
        assert len(chips) == 1
        assert not chips[0].text.startswith("[")


def test_code_is_highlighted_in_theme_tones_and_keeps_its_text() -> None:
    document = Document((Code(1, "def f(x):\n    return 'a'  # why", "python"),))
    assert tones(document, "def") == {Tone.KEYWORD}
    assert tones(document, "f") == {Tone.DEFINED}
    assert tones(document, "'a'") == {Tone.STRING}
    assert tones(document, "# why") == {Tone.COMMENT}


@pytest.mark.parametrize("language", ["", "no-such-language", "python"])
def test_code_text_survives_any_language(language: str) -> None:
    text = "\n  weird\t¬ code \n\n'unclosed"
    flow = flow_of(Document((Code(1, text, language),)))
    assert words_of(flow, 0) == "".join(text.split())


def test_long_prose_in_a_fence_wraps_and_long_code_scrolls_sideways() -> None:
    prose, program = (
        flow_of(Document((Code(1, "word " * 60, ""),))),
        flow_of(Document((Code(1, "word " * 60, "python"),))),
    )
    assert len(all_lines(prose)) > 1
    assert not any(line.wide for line in all_lines(prose))
    assert all(line.wide for line in all_lines(program))


def test_drawings_in_a_fence_are_not_wrapped() -> None:
    flow = flow_of(Document((Code(1, "┌" + "─" * 90 + "┐", ""),)))
    assert all(line.wide for line in all_lines(flow))


def test_math_is_indented_and_a_notice_marked() -> None:
    lines = all_lines(flow_of(Document((Math(1, "E = mc²"), Notice(2, "cut")))))
    assert lines[0].text == "    E = mc²"
    assert lines[2].text == "▲ cut"


def test_deep_nesting_leaves_room_for_the_text() -> None:
    block: Block = para(1, "deep text here")
    for _ in range(60):
        block = List(1, False, True, (Item(1, "-", (block,)),))
    flow = flow_of(Document((block,)), 40)
    assert words_of(flow, 0) == "deeptexthere"
    assert max(line.indent + line.cells for line in all_lines(flow)) <= 40


def test_row_and_offset_find_each_other() -> None:
    flow = flow_of(sample(3), 60)
    for number, unit in enumerate(flow.book.units):
        for offset in range(0, len(unit.text), 7):
            row = flow.row_of(number, offset)
            assert flow.offset_of(LinePosition(number, row)) <= offset or unit.text[offset] == " "


def test_the_spot_of_a_citation_is_where_its_chip_stands() -> None:
    flow = flow_of(sample(3), 60)
    for target in flow.book.cites:
        assert target is not None
        assert target.ref is not None
        spot = flow.spot(target.unit, target.ref)
        text = flow.lines(target.unit)[spot.row].text
        assert text[spot.column : spot.column + spot.cells] in {"[1]", "[2]"}


def test_an_empty_document_has_one_empty_line() -> None:
    flow = flow_of(Document(()))
    assert flow.window(flow.start, 10) == [LinePosition(0, 0)]
    assert flow.clamp(LinePosition(0, 0), 10) == LinePosition(0, 0)


def test_a_citation_beyond_the_list_is_drawn_like_any_other() -> None:
    broken: tuple[Citation, ...] = ()
    assert tones(Document((para(1, Span("[1]", cite=5)),), broken), "[1]") == {Tone.CITE}


def test_a_rule_right_above_a_heading_is_left_out_and_any_other_is_drawn() -> None:
    blocks = (para(1, "one"), Rule(3), head(5, 2, "Two"), para(7, "text"), Rule(9), para(11, "three"))
    texts = [line.text.strip() for line in all_lines(flow_of(Document(blocks)))]
    assert texts.count("·  ·  ·") == 1
    assert texts.index("·  ·  ·") > texts.index("Two")


@pytest.mark.parametrize(("text", "blank"), [("short", False), ("a long item " * 30, True)])
def test_long_items_are_kept_apart_by_blank_lines(text: str, blank: bool) -> None:
    lines = [line.text for line in all_lines(flow_of(Document((bullets(1, text, text),))))]
    assert ("" in lines) is blank
