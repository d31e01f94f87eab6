"""Our own vectors of every kind of citation (tests/contracts/citations.md), alone and woven into random reports."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.citations import as_dicts, own_vectors
from tests.report.looking import text_of
from tui.report.parse import parse

pytestmark = pytest.mark.no_cover  # long, and what it runs is covered elsewhere: tracing would double its time

_VECTORS = list(own_vectors())
_LISTED = (
    "\n\n## References\n"
    + "\n".join(f"[{n}] Title {n}: https://s{n}.example/{n}" for n in range(1, 10))
    + "\n[S1] Title S1: https://s.example/1\n[Smith2020] Smith: https://s.example/smith\n"
    + "\n[rule]: https://x.example/rule\n[BIP30]: https://x.example/30\n"
)


@pytest.mark.parametrize("vector", _VECTORS, ids=[f"{vector['shape']}: {vector['name']}" for vector in _VECTORS])
def test_a_vector_is_read_exactly(vector: Mapping[str, Any]) -> None:
    citations, sources = as_dicts(parse(vector["input"]))
    assert citations == vector["citations"]
    assert sources == vector["sources"]


@pytest.mark.parametrize("vector", _VECTORS, ids=[f"{vector['shape']}: {vector['name']}" for vector in _VECTORS])
def test_a_vector_reads_the_same_with_the_line_ends_of_windows(vector: Mapping[str, Any]) -> None:
    citations, _ = as_dicts(parse(vector["input"].replace("\n", "\r\n")))
    assert citations == vector["citations"]


# Marker, kind, ids; what may be certain only by the list that follows the woven report.
_MARKERS = st.sampled_from(
    [
        ("[Source 2]", "numeric", ["2"]),
        ("[Sources 1, 3]", "numeric", ["1", "3"]),
        ("[\u6765\u6e904]", "numeric", ["4"]),
        ("\u3010\u51fa\u51785\u3011", "lenticular", ["5"]),
        ("[1, p. 23]", "numeric", ["1"]),
        ("[2: 45]", "numeric", ["2"]),
        ("[1 and 2]", "numeric", ["1", "2"]),
        ("[S1]", "numeric", ["S1"]),
        ("[Smith2020]", "numeric", ["Smith2020"]),
        ("[Smith2020; S1]", "numeric", ["Smith2020", "S1"]),
        ("[**6**]", "numeric", ["6"]),
        ("[^1, ^2]", "footnote", ["1", "2"]),
        ("[cite: source_77, 3]", "gemini-cite", ["source_77", "3"]),
        ('<grok-card data-id="05a288" data-type="citation_card"></grok-card>', "tag", ["05a288"]),
        ('<qwen:cite id="id_2">words [3]</qwen:cite>', "tag", ["2"]),
        ("[words][rule]", "link", None),
        ("[BIP30][]", "link", None),
        ("[bip30]", "link", None),
        ("[7](#s7)", "num-anchor", ["7"]),
    ]
)
_NOTHING = st.sampled_from(
    [
        "[^a-z]+",
        "[sic]",
        "[...]",
        "[PDF]",
        "[e4]",
        "[2d6]",
        "[0, 1]",
        "[[6,2,2]] code",
        "[Source 77]",
        "[99: 45]",
        "x^2",
    ]
)
_WORDS = st.text(st.characters(categories=("Lu", "Ll")), min_size=3, max_size=8)
_PROSE = st.lists(_WORDS, min_size=1, max_size=6).map(" ".join)
_FRAMES = st.sampled_from(
    ["{}", "- {}", "1. {}", "> {}", "> - {}", "**{}**", "  {}", "- a\n\n  {}", "| a | {} |\n|---|---|"]
)
Placed = tuple[str, str, list[str] | None, int, int]


@st.composite
def _woven(draw: st.DrawFn) -> tuple[str, list[Placed]]:
    """Draw a report of framed lines with markers and look-alikes, and where each marker stands."""
    lines: list[str] = []
    placed: list[Placed] = []
    for _ in range(draw(st.integers(1, 6))):
        marker, kind, ids = draw(_MARKERS)
        text = f"{draw(_PROSE)} {marker} {draw(_PROSE)} {draw(_NOTHING)} {draw(_PROSE)}"
        framed = draw(_FRAMES).format(text).split("\n")
        placed += [
            (marker, kind, ids, len(lines) + at + 1, line.index(marker) + 1)
            for at, line in enumerate(framed)
            if marker in line
        ]
        lines.extend([*framed, ""])
    return "\n".join(lines), placed


def _found(text: str) -> list[Placed]:
    return [(c.marker, str(c.kind), list(c.ids), c.line, c.col) for c in parse(text).citations]


def _expected(placed: list[Placed], found: list[Placed], lines: int = 0, columns: int = 0) -> list[Placed]:
    """Return what was placed, with the running ids of links as they were found."""
    ids = [one[2] for one in found] + [None] * len(placed)
    return [
        (marker, kind, known or ids[at], line + lines, col + columns)
        for at, (marker, kind, known, line, col) in enumerate(placed)
    ]


@given(_woven())
def test_woven_markers_are_found_where_they_stand_and_nothing_else(case: tuple[str, list[Placed]]) -> None:
    text, placed = case
    found = _found(text + _LISTED)
    assert found == _expected(placed, found)


@given(_woven(), st.sampled_from(["", "markdown", "md", "text"]), st.sampled_from(["", "Here it is:\n\n"]))
def test_a_fence_around_the_whole_report_changes_nothing_but_lines(
    case: tuple[str, list[Placed]], word: str, talk: str
) -> None:
    text, placed = case
    found = _found(f"{talk}```{word}\n{text}{_LISTED}```\n")
    assert found == _expected(placed, found, lines=talk.count("\n") + 1)


@given(_woven())
def test_markers_that_need_a_list_are_text_without_one(case: tuple[str, list[Placed]]) -> None:
    text, _ = case
    kinds = {kind for marker, kind, *_ in _found(text) if not marker.startswith(("[cite:", "<", "[**", "[7]"))}
    assert kinds == set()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("```markdown\n# Heat\n\nSales rose [1](https://a.example).\n```\n", "HeatSales rose [1]."),
        ('A <foo:word x="1">b **c**</foo:word> <bar:baz/>d', "A b c d"),
        ('A <grok:render type="render_image"><argument name="id">x</argument></grok:render>b', "A b"),
        ("[cite_start]Sales rose.[cite: 2]", "Sales rose.[2]"),
        ("See [Source 2] and \\[Source 2\\] and H<sup>1,2</sup>.", "See [Source 2] and [Source 2] and H1,2."),
        ("vec<ns:type> and <mailto:a@b.example> stay", "vec<ns:type> and mailto:a@b.example stay"),
    ],
)
def test_no_markup_of_a_service_is_shown_and_no_word_is_lost(text: str, shown: str) -> None:
    assert text_of(parse(text)) == shown


def test_a_label_that_names_many_entries_is_none() -> None:
    text = "See [PDF].\n\n## Sources\n- [Draft] Alpha https://a.example\n- [Draft] Beta https://b.example\n"
    assert [(source.id, source.title) for source in parse(text).sources] == [
        ("s1", "[Draft] Alpha"),
        ("s2", "[Draft] Beta"),
    ]


_SIGNS = st.sampled_from(
    (
        "```markdown ``` ~~~ [ ](https://a.example)[ [rule][BIP30] [BIP30]: [] <grok:render <grok-card </qwen:cite> "
        '<qwen:cite id="id_2"> <co: 0> </co: 0> <argument name="id">x</argument> <sup>1,2</sup> <sup> <br> '
        '<a id="fn1"> [1](#fn1) [[1]](#r) ¹ ¹²³ ① 1️⃣ ^1 ^{ $^{1}$ [S1] [S1-S3] [Smith2020] [Source [来源1] 【来 [cite: '
        "[cite_start] [^1, ^2] [^a-z]+ [[1,2],[3,4]] [[6,2,2]] x[0] = ; :::references ::: {id: - url: --- sources: "
        "https://a.example Sources: ## Notes 1. 1: #1 Source | |- citeturn0search1 [1] [2] [web:1]"
    ).split(" ")
)
_BLANKS = st.sampled_from([" ", "\n", "\n\n", "    ", "> ", "- "])
_SOUP = st.lists(st.one_of(_SIGNS, _BLANKS, _WORDS), max_size=60).map("".join)


@given(_SOUP)
def test_any_text_of_these_signs_is_read_and_its_citations_stand_where_they_say(text: str) -> None:
    document = parse(text)
    lines = text.split("\n")
    for citation in document.citations:
        assert lines[citation.line - 1].startswith(citation.marker.split("\n")[0], citation.col - 1)
    places = [(citation.line, citation.col) for citation in document.citations]
    assert places == sorted(places)
    known = {source.id for source in document.sources}
    for citation in document.citations:
        for number, status in zip(citation.ids, citation.status, strict=True):
            assert number in known or status == "dangling"


@pytest.mark.parametrize(
    "opener", [":::sources\n", "<qwen:cite id='1'>", "[\n", "```markdown\n", "[[1,2],", "[Source 1, "]
)
def test_what_opens_a_thousand_times_and_never_closes_is_text(opener: str) -> None:
    assert parse(opener * 2000).blocks
