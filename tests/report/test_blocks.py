"""Blocks: headings, lists, tables, code, math, front matter, and the anchors of a document."""

import pytest

from tests.report.looking import first, spans, text_of
from tui.report.citations.build import count_words
from tui.report.document import Align, Code, Heading, Item, List, Look, Math, Paragraph, Quote, Rule, Span, Table
from tui.report.parse import parse, parse_text
from tui.report.preview import head


def test_headings_have_unique_slugs_an_outline_and_anchors() -> None:
    document = parse("# A b\n\n## A b\n\n## A b-1\n\nT\n===\n\n## 漢 字!\n\n##\n\n## A b\n")
    assert [section.slug for section in document.outline] == [
        "a-b",
        "a-b-1",
        "a-b-1-1",
        "t",
        "漢-字",
        "section",
        "a-b-2",
    ]
    assert document.title == "A b"
    assert document.anchors["t"] == 7
    assert [section.level for section in document.outline] == [1, 2, 2, 1, 2, 2, 2]


def test_a_citation_in_a_heading_is_no_part_of_its_title() -> None:
    document = parse("# Growth [1]\n\n## Sources\n[1] https://a.example")
    assert document.outline[0].title == "Growth"
    assert document.citations[0].line == 1


@pytest.mark.parametrize("text", ["Short title\n---\n\nx", "Short title\n===\n"])
def test_underlined_lines_are_headings(text: str) -> None:
    assert isinstance(first(parse(text)), Heading)


@pytest.mark.parametrize(
    "text", ["A sentence [1] that ends here.\n---\n", "[1] https://a.example\n---\n", "a\nb\n---\n"]
)
def test_a_rule_below_prose_is_a_rule(text: str) -> None:
    assert [type(block) for block in parse(text).blocks] == [Paragraph, Rule]


def test_lists_nest_and_know_labels_tightness_and_checkboxes() -> None:
    document = parse("3. a\n4. b\n   - [x] c\n   - [ ] d\n\n- e\n\n- f\n")
    ordered, loose = document.blocks
    assert isinstance(ordered, List)
    assert isinstance(loose, List)
    assert [item.label for item in ordered.items] == ["3.", "4."]
    inner = ordered.items[1].blocks[1]
    assert isinstance(inner, List)
    assert [item.checked for item in inner.items] == [True, False]
    assert text_of(document) == "abcdef"
    assert (ordered.tight, loose.tight) == (True, False)
    assert ordered.items[0].checked is None


def test_tables_keep_cells_beyond_the_header_and_bars_inside_links_and_code() -> None:
    text = "| A | B |\n|:-:|--:|\n| x | y | z [1] |\n| `a|b` | [c|d](https://a.example/|e) |\n| p \\| `q\\|r` | s |\n"
    table = first(parse(text))
    assert isinstance(table, Table)
    assert table.aligns == (Align.CENTER, Align.RIGHT)
    assert [["".join(span.text for span in cell) for cell in row.cells] for row in table.rows] == [
        ["x", "y", "z [1]"],
        ["a|b", "c|d"],
        ["p | q|r", "s"],
    ]
    assert [row.line for row in table.rows] == [3, 4, 5]


def test_a_table_without_outer_bars_and_one_that_is_too_wide() -> None:
    assert isinstance(first(parse("a | b\n--|--\nc | d\n")), Table)
    wide = "|".join("a" * 600)
    document = parse(f"{wide}\n{'|'.join(['-'] * 600)}\n")
    assert not isinstance(first(document), Table)


def test_a_fence_may_close_with_a_marker_on_its_last_line() -> None:
    document = parse("```py\nx = a[1]\n``` [2]\n\nafter\n")
    assert document.blocks[0] == Code(1, "x = a[1]", "py")
    assert [(citation.marker, citation.line, citation.col) for citation in document.citations] == [("[2]", 3, 5)]


def test_a_fence_without_end_keeps_everything() -> None:
    assert parse("~~~\na\n\n# b").blocks == (Code(1, "a\n\n# b"),)


def test_a_fence_in_a_list_ends_with_the_item() -> None:
    document = parse("- a\n  ```\n  x\n\nb [1]\n")
    assert [type(block) for block in document.blocks] == [List, Paragraph]


@pytest.mark.parametrize("text", ["$$\na = b\n\nc\n$$", "\\[\na = b\n\nc\n\\]"])
def test_display_math_is_one_block(text: str) -> None:
    assert parse(text).blocks == (Math(1, "a = b\n\nc"),)


def test_text_after_display_math_stays() -> None:
    document = parse("$$\nx = 1\n$$ [3]\n\ny")
    assert [type(block) for block in document.blocks] == [Math, Paragraph, Paragraph]
    assert document.citations[0].ids == ("3",)


def test_math_without_end_is_text() -> None:
    assert "a = b" in text_of(parse("$$ a = b\n\nc"))
    assert "12" in text_of(parse("\\[12\n\nc"))


def test_front_matter_is_shown_and_read_by_nobody() -> None:
    document = parse("---\nurl: https://a.example\n---\n# T\n")
    assert document.blocks[0] == Code(1, "url: https://a.example", "yaml")
    assert document.citations == ()


@pytest.mark.parametrize("text", ["---\n\n# T\n", "---\nno key here at all\n---\n", "---\n"])
def test_a_rule_at_the_top_is_no_front_matter(text: str) -> None:
    assert not any(isinstance(block, Code) for block in parse(text).blocks)


def test_indented_lines_are_no_code_so_that_their_citations_count() -> None:
    assert parse("    indented [1]\n").citations[0].col == 14


@pytest.mark.parametrize("unit", ["> ", "- ", "1. "])
def test_deep_nesting_keeps_the_innermost_words(unit: str) -> None:
    assert "core" in text_of(parse(unit * 300 + "core\n"))
    lines = "".join(f"{'  ' * depth}- level{depth}\n" for depth in range(130))
    assert "level129" in text_of(parse(lines))


def test_hard_and_soft_breaks() -> None:
    assert text_of(parse("a  \nb\\\nc<br>d\ne")) == "a\nb\nc\nd e"


def test_looks_and_entities() -> None:
    document = parse("**a** _b_ ~~c~~ `d` &lt;e&gt; \\*f\\* &nosuch;")
    looks = {span.text.strip(): span.look for span in spans(document.blocks) if span.text.strip()}
    assert looks["a"] == Look.BOLD
    assert looks["b"] == Look.ITALIC
    assert looks["c"] == Look.STRIKE
    assert looks["d"] == Look.CODE
    assert "<e> *f* &nosuch;" in looks


def test_pictures_are_links_to_pictures() -> None:
    document = parse(
        "![alt](https://a.example/p.png) ![](x.png) ![r][ref] ![none][no]\n\n[ref]: https://b.example/q.png"
    )
    found = [(span.text, span.url) for span in spans(document.blocks) if span.look & Look.IMAGE]
    assert found == [
        ("alt", "https://a.example/p.png"),
        ("image", "x.png"),
        ("r", "https://b.example/q.png"),
        ("none", None),
    ]


def test_definitions_are_shown_with_their_label() -> None:
    document = parse("a[^1]\n\n[^1]: Words\n    more words\n[^2]: second\n\n[i]: data:image/png;base64,AAAA\n")
    texts = [
        "".join(span.text for span in block.spans) for block in document.blocks[1:] if isinstance(block, Paragraph)
    ]
    assert texts == ["[1] Words more words", "[2] second", "[i] (embedded data)"]
    assert document.anchors["fn-1"] == 3


@pytest.mark.parametrize(
    ("text", "count"),
    [("one two, three-four 5.5", 4), ("汉字计数", 4), ("한국어 단어", 5), ("l'été d’hiver", 2), ("", 0), ("— … !", 0)],
)
def test_words_count_cjk_characters_one_each(text: str, count: int) -> None:
    assert count_words(text) == count


def test_words_leave_code_out() -> None:
    assert parse("one `two three` four\n\n```\nfive\n```\n").words == 2


def test_plain_text_is_paragraphs_of_lines() -> None:
    document = parse_text("a *b*\n  c\n\n\nd\r\ne")
    assert document.blocks == (Paragraph(1, (Span("a *b*\nc"),)), Paragraph(5, (Span("d\ne"),)))


def test_quotes_hold_blocks() -> None:
    quote = first(parse("> # a\n> - b\nlazy\n"))
    assert isinstance(quote, Quote)
    assert [type(block) for block in quote.blocks] == [Heading, List]
    listed = quote.blocks[1]
    assert isinstance(listed, List)
    assert isinstance(listed.items[0], Item)


def test_the_head_ends_before_a_heading_or_at_a_blank_line_outside_code() -> None:
    text = "# A\n\nwords\n\n```\nx\n\ny\n```\n\n## B\n" + "z" * 50
    assert head(text, 1000) == text
    assert head(text, 24) == "# A\n\nwords\n"
    assert head(text, 45) == "# A\n\nwords\n\n```\nx\n\ny\n```\n\n"


def test_the_head_of_one_endless_line_is_cut_at_the_limit() -> None:
    assert head("x" * 100, 10) == "x" * 10
    assert head("a\nb\nc\nd\n", 5) == "a\nb\n"
