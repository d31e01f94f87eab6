"""HTML pages and HTML inside markdown."""

import pytest

from tests.report.looking import brief, codes, first, spans, text_of
from tui.domain.detail import Numbering, Report, ReportFormat, Source
from tui.report.document import Code, Heading, List, Look, Paragraph, Quote, Rule, Span, Table
from tui.report.html.detect import decode, is_html
from tui.report.parse import parse, parse_page
from tui.report.read import read_report


def test_a_page_becomes_headings_paragraphs_lists_quotes_rules_and_code() -> None:
    page = (
        "<!DOCTYPE html><html><head><title>T</title><style>p{}</style></head><body><h2>One</h2><p>two</p>"
        "<ul><li>three<ol start=4><li>four</ul><blockquote>five</blockquote><hr>"
        "<pre><code class='language-py'>x &lt; 1\n</code></pre><script>alert(1)</script></body></html>"
    )
    document = parse(page)
    kinds = [type(block) for block in document.blocks]
    assert kinds == [Heading, Paragraph, List, Quote, Rule, Code]
    outer = document.blocks[2]
    assert isinstance(outer, List)
    inner = outer.items[0].blocks[1]
    assert isinstance(inner, List)
    assert (inner.ordered, inner.items[0].label) == (True, "4.")
    assert document.blocks[5] == Code(1, "x < 1", "py")
    assert "alert" not in text_of(document)
    assert document.title == "One"


@pytest.mark.parametrize(
    ("items", "tight"),
    [
        ("<li>one <b>two</b></li>\n  <li>three</li>", True),
        ("<li><div>one</div></li><li>two<ul><li>three</ul></li>", True),
        ("<li><p>one</p></li><li><p>two</p></li>", False),
        ("<li>one</li><li><p>two</p><p>three</p></li>", False),
    ],
)
def test_a_list_is_as_tight_as_its_page_shows_it(items: str, tight: bool) -> None:
    for document in (parse_page(f"<ul>{items}</ul>"), parse(f"<div>\n<ol>{items}</ol>\n</div>\n")):
        found = document.blocks[0]
        assert isinstance(found, List)
        assert found.tight is tight


def test_a_page_without_headings_takes_its_title() -> None:
    assert parse_page("<title>The title</title><p>text").title == "The title"


@pytest.mark.parametrize(
    ("markup", "look"),
    [
        ("<b>x</b>", Look.BOLD),
        ("<strong>x</strong>", Look.BOLD),
        ("<i>x</i>", Look.ITALIC),
        ("<s>x</s>", Look.STRIKE),
        ("<sup>x</sup>", Look.SUPER),
        ("<sub>x</sub>", Look.SUB),
        ("<code>x</code>", Look.CODE),
        ("<b><i>x</i></b>", Look.BOLD | Look.ITALIC),
    ],
)
@pytest.mark.parametrize("frame", ["<p>a {} c</p>", "a {} c"])
def test_looks_are_kept_in_pages_and_in_markdown(markup: str, look: Look, frame: str) -> None:
    found = {span.text: span.look for span in spans(parse(frame.format(markup)).blocks)}
    assert found["x"] == look
    assert found["a "] == found[" c"] == Look.PLAIN


def test_a_look_around_blocks_reaches_into_them() -> None:
    document = parse_page("<b><p>one</p><p>two</p></b><p>three</p>")
    assert [(span.text, span.look) for span in spans(document.blocks)] == [
        ("one", Look.BOLD),
        ("two", Look.BOLD),
        ("three", Look.PLAIN),
    ]


def test_numbered_anchors_resolve_in_the_list_of_the_page() -> None:
    page = (
        "<p>NYU <a href='#s'>1</a> and <a href='https://b.example/'>[2]</a>.</p><h2>Sources</h2>"
        "<ol><li>Meta. <a href='https://a.example/1'>Link</a></li></ol>"
    )
    document = parse(page)
    assert brief(document) == [
        ("num-anchor", ("1",), ("https://a.example/1",)),
        ("num-link", ("2",), ("https://b.example/",)),
    ]
    assert document.sources[0].title == "Meta"


def test_markers_in_the_text_of_a_page_have_exact_places() -> None:
    page = "<p>One &amp; two [1].</p>\n<p>three\n  four <b>【2】</b> https://c.example/x</p>"
    found = [(c.marker, c.line, c.col) for c in parse(page).citations]
    assert found == [("[1]", 1, 18), ("【2】", 3, 11), ("https://c.example/x", 3, 19)]


def test_tables_keep_head_rows_links_and_line_breaks() -> None:
    page = (
        "<table><thead><tr><th>A<th>B</tr></thead><tr><td>x <a href='https://a.example/'>y</a>"
        "<td><p>one</p><p>two</p><tr><td><ul><li>p<li>q</ul></table>"
    )
    document = parse(page)
    table = first(document)
    assert isinstance(table, Table)
    assert [cell[0].text for cell in table.head] == ["A", "B"]
    assert "".join(span.text for span in table.rows[0].cells[1]).split() == ["one", "two"]
    assert "".join(span.text for span in table.rows[1].cells[0]).split() == ["•", "p", "•", "q"]
    assert brief(document) == [("link", ("u1",), ("https://a.example/",))]


def test_a_table_inside_a_table_is_text_of_its_cell() -> None:
    table = first(parse_page("<table><tr><td>a<table><tr><td>b<td>c</table>d</table>"))
    assert isinstance(table, Table)
    assert "".join(span.text for span in table.rows[0].cells[0]).split() == ["a", "b", "c", "d"]


def test_items_and_lists_without_their_parents_are_kept() -> None:
    document = parse_page("<ul>text<ul><li>in</ul></ul><li>alone")
    assert [span.text for span in spans(document.blocks)] == ["text", "in", "alone"]


def test_details_terms_and_pictures_are_kept() -> None:
    page = (
        "<details><summary>More</summary>inside</details><dl><dt>T<dd>D</dl><img src='https://a.example/p.png' alt='P'>"
    )
    document = parse_page(page)
    found = list(spans(document.blocks))
    assert Span("More", Look.BOLD) in found
    assert Span("P", Look.IMAGE, "https://a.example/p.png") in found
    assert {"inside", "T", "D"} <= {span.text for span in found}


def test_nothing_that_could_run_is_kept() -> None:
    page = "<p onclick='x()'>a<iframe src='y'></iframe><object>z</object><svg><text>s</text></svg>&#27;[2J</p>"
    assert text_of(parse_page(page)) == "a&#27;[2J"


def test_a_code_element_that_is_an_address_is_a_citation() -> None:
    assert brief(parse("<p><code>https://a.example/</code> <code>x[1]</code></p>")) == [
        ("url", ("u1",), ("https://a.example/",))
    ]


def test_exponents_are_no_citations_but_superscript_numbers_of_sources_are() -> None:
    page = "<p>10<sup>6</sup> cells.<sup>6</sup> and<sup>7</sup></p><h2>References</h2><ol start=6><li>B https://b.example</ol>"
    assert [c.ids for c in parse(page).citations] == [("6",)]


def test_ids_of_elements_are_targets_of_jumps() -> None:
    document = parse("<h2 id='method'>How</h2>\n<p><a name='here'></a>x</p>")
    assert document.anchors["method"] == 1
    assert document.anchors["here"] == 2


@pytest.mark.parametrize("depth", [50, 5_000])
@pytest.mark.parametrize("tag", ["div", "ul", "blockquote", "b", "table", "li", "ol><li"])
def test_deep_nesting_keeps_the_text(tag: str, depth: int) -> None:
    assert "core" in text_of(parse_page(f"<{tag}>" * depth + "core"))


def test_html_blocks_inside_markdown_become_blocks() -> None:
    text = "# T\n\n<table>\n<tr><td>a [1]</td></tr>\n</table>\n\nb\n\n<div align='center'>\n**c** [2]\n</div>\n"
    document = parse(text)
    assert isinstance(document.blocks[1], Table)
    assert [(c.marker, c.line, c.col) for c in document.citations] == [("[1]", 4, 11), ("[2]", 10, 7)]
    assert Span("c", Look.BOLD) in list(spans(document.blocks))


def test_inline_html_of_markdown_is_understood() -> None:
    text = 'a<br>b <a href="https://a.example/x">c</a> <img src="https://a.example/i" alt="d"> <YOUR_KEY> <!-- e --> f'
    document = parse(text)
    assert brief(document) == [("link", ("u1",), ("https://a.example/x",))]
    assert document.citations[0].marker == '<a href="https://a.example/x">c</a>'
    assert "<YOUR_KEY>" in text_of(document)
    assert "a\nb" in text_of(document)
    assert "e" not in text_of(document).split()


@pytest.mark.parametrize(
    "text",
    [
        "<p>x</p>",
        "intro<br><table><tr><td>x</td></tr></table>",
        "<article><h3>Heading</h3><p>Body &amp; more.</p></article>",
        "<!doctype html>\n<html></html>",
        "\ufeff<html lang='x'>",
        "<pre># md</pre>",
        "<ul><li><a href='https://a.example'></a></li></ul>",
    ],
)
def test_html_is_recognised(text: str) -> None:
    assert is_html(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a < b and c > d",
        "set <YOUR_KEY> here",
        "# T\n\n- a\n- b <br> c\n",
        "```html\n<p>x</p>\n```",
        "use `<p>` here",
        "one\n\ntwo <b>bold</b> <a href='https://a.example'></a>",
        "<div align='center'>\n\n# Title\n\n</div>\n\n- a\n- b\n\n**c** [d](https://e.example)\n",
        "| a | b |\n|---|---|\n| <b>x</b> | y |\n",
    ],
)
def test_markdown_is_not_taken_for_html(text: str) -> None:
    assert not is_html(text)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\xef\xbb\xbfx", "x"),
        ("é".encode("utf-16"), "é"),
        ("é".encode("utf-16-be").join([b"\xfe\xff", b""]), "é"),
        (b"a\xffb", "a\ufffdb"),
    ],
)
def test_bytes_are_decoded(raw: bytes, text: str) -> None:
    assert decode(raw) == text


def test_code_of_pages_is_shown_as_code() -> None:
    assert list(codes(parse_page("<p>x</p><pre>a\n  b</pre>").blocks)) == ["a\n  b"]


def test_paragraphs_around_inline_tags_stay_apart() -> None:
    document = parse(
        "one <b>x</b>\n\ntwo<sup>1</sup> <a id='t'></a><kbd>k</kbd>\n\n[1] https://a.example\n[2] https://b.example"
    )
    assert [type(block) for block in document.blocks] == [Paragraph, Paragraph, Paragraph]
    assert [(c.marker, c.ids) for c in document.citations] == [("<sup>1</sup>", ("1",))]
    assert document.anchors["t"] == 3
    assert Span("k", Look.CODE) in list(spans(document.blocks))


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<https://a.example/x>", "https://a.example/x"),
        ("<me@a.example>", "me@a.example"),
        ("<span class='x'>y</span>", "y"),
        ("<script>z</script>", "<script>z</script>"),
        ("<!-- a -->b<!-- c", "b<!-- c"),
        ("a < b > c", "a < b > c"),
        ("<a href='https://a.example'>open", "open"),
        ("<a name=x>y</a>", "y"),
        ("<img alt='P' src='p.png'>", "P"),
        ("<IMG>", "image"),
        ("m<sup>2</sup>", "m2"),
    ],
)
def test_inline_tags_of_markdown_are_shown_as(markup: str, shown: str) -> None:
    assert text_of(parse(f"# T\n\nx {markup}")) == f"Tx {shown}"


@pytest.mark.parametrize("opener", ["<!--", "<script>", "<style>", "<?php"])
def test_what_is_never_closed_hides_nothing(opener: str) -> None:
    for text in (f"# T\n\n{opener} a\n\nb [1]\n", f"<p>T</p>{opener} a <p>b [1]</p>"):
        document = parse(text)
        assert "b" in text_of(document)
        assert [citation.ids for citation in document.citations] == [("1",)]


def test_comments_and_scripts_that_are_closed_are_hidden() -> None:
    for text in (
        "# T\n\n<!-- a\n\nb -->c\n\n<script>\nd\n</script>\n\ne",
        "<p>T</p><!-- a -->c<SCRIPT>d</Script ><p>e",
    ):
        assert text_of(parse(text)).replace(" ", "") == "Tce"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<p>QUIC <a href="https://a.example"></a> is new</p>', "QUIC [1] is new"),
        ('<p><a href="https://a.example"></a> is new</p>', "[1] is new"),
        ('<p>QUIC <a href="https://a.example"></a></p>', "QUIC [1]"),
        ('<p>QUIC <a href="https://a.example"></a> <b>is</b> new</p>', "QUIC [1] is new"),
        ('<table><tr><td>QUIC <a href="https://a.example"></a> is new</td></tr></table>', "QUIC [1] is new"),
        ("<p>QUIC <a></a> is new</p>", "QUIC is new"),
    ],
)
def test_the_blanks_around_a_citation_without_words_stay(html: str, text: str) -> None:
    listed = (Source("1", "https://a.example", "A"),)
    document = read_report(Report(html, ReportFormat.HTML, Numbering.BY_URL, listed))
    assert "".join(span.text for span in spans(document.blocks)) == text
