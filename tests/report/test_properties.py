"""Properties: parsing is total, markers keep their places in any markdown, texts can be joined."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.looking import brief, shown, text_of
from tui.domain.text import unsafe_characters
from tui.report.document import Document, MarkerKind, Resolution
from tui.report.html.detect import is_html
from tui.report.html.reader import read_markup
from tui.report.parse import parse, parse_page, parse_text
from tui.report.preview import head

pytestmark = pytest.mark.no_cover  # long, and what it runs is covered elsewhere: tracing would double its time

_LIST = "\n\n## References\n" + "\n".join(f"[{n}] Title {n}: https://s{n}.example/{n}" for n in range(1, 10)) + "\n"
_WORDS = st.text(st.characters(categories=("Lu", "Ll", "Lo"), exclude_characters="号號"), min_size=2, max_size=8)
_PROSE = st.lists(_WORDS, min_size=1, max_size=8).map(" ".join)
_MARKER = st.sampled_from(
    [
        ("[1]", MarkerKind.NUMERIC, ("1",)),
        ("[2, 3]", MarkerKind.NUMERIC, ("2", "3")),
        ("[4-6]", MarkerKind.NUMERIC, ("4", "5", "6")),
        ("[[7]]", MarkerKind.NUMERIC, ("7",)),
        (r"\[8\]", MarkerKind.NUMERIC, ("8",)),
        ("[^9]", MarkerKind.FOOTNOTE, ("9",)),
        ("【1】", MarkerKind.LENTICULAR, ("1",)),
        ("【2-3】", MarkerKind.LENTICULAR, ("2", "3")),
        ("[4](https://x.example/4_(a))", MarkerKind.NUM_LINK, ("4",)),
        ("[[5]](https://x.example/5)", MarkerKind.NUM_LINK, ("5",)),
        ("[6](#sources)", MarkerKind.NUM_ANCHOR, ("6",)),
        ("[web:2, web:3]", MarkerKind.TAG, ("web:2", "web:3")),
        ("\ue200cite\ue202turn1view0\ue201", MarkerKind.OPENAI_PUA, ("turn1view0",)),
        (":contentReference[oaicite:3]{index=3}", MarkerKind.OAICITE, ("oaicite:3",)),
        ("([Alpha](https://x.example/a b#:~:text=c d))", MarkerKind.LINK, None),
        ("https://x.example/bare?q=1", MarkerKind.URL, None),
    ]
)
_FRAME = st.sampled_from(
    [
        "{}",
        "- {}",
        "1. {}",
        "> {}",
        "> - {}",
        "### {}",
        "| a | {} |\n|---|---|",
        "  {}",
        "**{}**",
        "- a\n\n  {}",
        "{}  ",
    ]
)


@st.composite
def _woven(draw: st.DrawFn) -> tuple[str, list[tuple[str, MarkerKind, tuple[str, ...] | None, int, int]]]:
    """Draw a report of framed lines with markers, and where each marker stands."""
    lines: list[str] = []
    placed = []
    for _ in range(draw(st.integers(1, 6))):
        before, after = draw(_PROSE), draw(_PROSE)
        marker, kind, ids = draw(_MARKER)
        framed = draw(_FRAME).format(f"{before} {marker} {after}").split("\n")
        inside = marker[1:-1] if kind is MarkerKind.LINK else marker
        for offset, line in enumerate(framed):
            if marker in line:
                placed.append((inside, kind, ids, len(lines) + offset + 1, line.index(inside) + 1))
        lines.extend([*framed, ""])
    return "\n".join(lines) + _LIST, placed


@given(_woven())
def test_woven_markers_are_found_where_they_stand(
    case: tuple[str, list[tuple[str, MarkerKind, tuple[str, ...] | None, int, int]]],
) -> None:
    text, placed = case
    found = [(c.marker, c.kind, c.line, c.col) for c in parse(text).citations]
    assert found == [(marker, kind, line, col) for marker, kind, _, line, col in placed]
    for citation, (_, _, ids, _, _) in zip(parse(text).citations, placed, strict=True):
        assert ids is None or citation.ids == ids


@given(_woven())
def test_masked_markers_are_never_citations(
    case: tuple[str, list[tuple[str, MarkerKind, tuple[str, ...] | None, int, int]]],
) -> None:
    text, _ = case
    body = text.removesuffix(_LIST)
    assert parse(f"````\n{body}\n````{_LIST}").citations == ()


@given(_woven(), _woven())
def test_citations_of_two_texts_are_those_of_the_joined_text(
    one: tuple[str, list[tuple[str, MarkerKind, tuple[str, ...] | None, int, int]]],
    two: tuple[str, list[tuple[str, MarkerKind, tuple[str, ...] | None, int, int]]],
) -> None:
    first, second = one[0].removesuffix(_LIST), two[0].removesuffix(_LIST)
    joined = f"{first}\n\n{second}{_LIST}"
    shift = first.count("\n") + 2
    separate = [(c.marker, c.kind, c.line, c.col) for c in parse(first + _LIST).citations]
    separate += [(c.marker, c.kind, c.line + shift, c.col) for c in parse(second + _LIST).citations]
    assert [(c.marker, c.kind, c.line, c.col) for c in parse(joined).citations] == separate


_SIGNS = st.sampled_from(
    "* ** _ ` ``` ~~~ [ ] ( ) ![ ]( < > </a> <a <b> <div> <table> <td> <ul> <li> <pre> <!-- --> & &#27; &lt; | |- :- "
    "--- # ## > - 1. \\ \\[ \\] \\( $ $$ ~~ http:// https://a.b [1] [^1] [^1]: [1]: 【1】 【 \ue200 \ue201 \ue202cite "
    "[web:1] [cite: :contentReference[oaicite:1] \x1b \x07 \u202e \u2028 \r \0 \t \ud800 漢 한 Sources: ## "
    "References . , accessed 2025 [[ ]] [[1]](https://a.b) {} \ue1000\ue101".split(" ")
)
_SOUP = st.lists(st.one_of(_SIGNS, st.just("\n"), st.just("\n\n"), st.just("    "), _WORDS), max_size=60).map("".join)


@given(_SOUP)
def test_any_text_is_parsed_and_nothing_dangerous_comes_out(text: str) -> None:
    for document in (parse(text), parse_page(text), parse_text(text)):
        assert unsafe_characters("".join(shown(document))) == set()
        for citation in document.citations:
            assert len(citation.ids) == len(citation.urls) == len(citation.status) >= 1


@given(st.text(max_size=200))
def test_any_unicode_text_is_parsed(text: str) -> None:
    assert isinstance(parse(text), Document)
    assert isinstance(is_html(text), bool)


@given(_SOUP)
def test_places_are_real_places_of_the_text(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd").split("\n")
    for citation in parse(text).citations:
        assert lines[citation.line - 1][citation.col - 1 :].startswith(citation.marker.split("\n")[0][:1])


@given(_SOUP)
def test_parsing_twice_gives_the_same_document(text: str) -> None:
    assert parse(text) == parse(text)


@given(st.lists(_PROSE, min_size=1, max_size=5))
def test_plain_words_are_never_lost(paragraphs: list[str]) -> None:
    shown_text = text_of(parse("\n\n".join(paragraphs)))
    for word in " ".join(paragraphs).split():
        assert word in shown_text


@given(_SOUP, st.integers(1, 200))
def test_the_head_is_a_prefix_within_its_limit(text: str, limit: int) -> None:
    begun = head(text, limit)
    assert text.startswith(begun)
    assert len(begun) <= max(limit, 0)
    assert begun or not text


@given(_SOUP)
def test_html_never_loses_its_balance(text: str) -> None:
    tokens = read_markup(text, lambda part: ([], [])).tokens
    level = 0
    for token in tokens:
        level += token.nesting
        assert level >= 0
    assert level == 0


@pytest.mark.parametrize(
    "unit",
    "[|]|[1]|[a](|![a](|\\[|\\(|$a |<a |<b>|<div>|*a_|**|~~|`|``a`|【|\ue200cite|> |- |1. a\n|a://|http://|https://a.b "
    "|[^1]|[^1]: x\n|[1]: https://a.b\n|[1] https://a.b\n|# Sources\n|<li>|<!--|&amp;|accessed |\\|1|.1 ".split("|"),
)
def test_time_grows_no_faster_than_the_text(unit: str) -> None:
    """Counts function calls, which do not depend on the machine: four times the text, at most five times the calls."""
    import sys

    def calls(text: str) -> int:
        count = 0

        def tracer(frame: object, event: str, argument: object) -> None:
            nonlocal count
            count += event == "call"

        sys.setprofile(tracer)
        try:
            parse(text)
        finally:
            sys.setprofile(None)
        return count

    small = calls(unit * 400)
    assert calls(unit * 1600) <= 5 * small + 2000


def test_a_resolved_citation_names_the_url_of_its_source() -> None:
    document = parse("x [2] [9]." + _LIST)
    assert brief(document) == [
        ("numeric", ("2",), ("https://s2.example/2",)),
        ("numeric", ("9",), ("https://s9.example/9",)),
    ]
    assert all(citation.status == (Resolution.URL,) for citation in document.citations)
    assert [source.id for source in document.sources] == [str(n) for n in range(1, 10)]
    assert re.fullmatch(r"https://s\d\.example/\d", document.sources[0].url or "")
