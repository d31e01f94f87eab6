"""Citations that come beside the text: offsets in every unit, markers, whole reports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.anchors import Anchor, Anchored, FieldAnchor, MarkerAnchor, OffsetUnit, Part, SpanAnchor, WholeAnchor
from tui.domain.detail import Report, ReportFormat, Source
from tui.report.citations.offsets import OffsetMap
from tui.report.citations.spans import cited_spans
from tui.report.document import Citation, Document, MarkerKind, Paragraph, Resolution
from tui.report.read import read_report

_ONE = Source("1", "https://a.example/1", "One")
_TWO = Source("2", "https://b.example/2", "Two")
_CHARS = st.sampled_from("ab é—漢😀𝒳\u0301\n.")
_TEXTS = st.text(_CHARS, max_size=40)


def _length(text: str, unit: OffsetUnit) -> int:
    if unit is OffsetUnit.CODE_POINTS:
        return len(text)
    return len(text.encode()) if unit is OffsetUnit.UTF8 else len(text.encode("utf-16-le")) // 2


def _read(text: str, *anchored: tuple[Anchor, str], parts: tuple[Part, ...] = ()) -> Document:
    cited = tuple(Anchored(anchor, tuple(ids.split())) for anchor, ids in anchored)
    return read_report(Report(text, ReportFormat.MARKDOWN, sources=(_ONE, _TWO), anchored=cited, parts=parts))


@given(_TEXTS, _TEXTS, _TEXTS, st.sampled_from(OffsetUnit))
def test_a_stretch_is_found_whatever_its_offsets_count(before: str, inside: str, after: str, unit: OffsetUnit) -> None:
    start = _length(before, unit)
    found = OffsetMap(before + inside + after, unit).code_points(start, start + _length(inside, unit))
    assert found == ((len(before), len(before) + len(inside)) if inside else None)


@given(st.text(_CHARS, min_size=500, max_size=1600), st.data())
def test_a_stretch_far_into_a_text_is_found(text: str, data: st.DataObject) -> None:
    unit = data.draw(st.sampled_from(OffsetUnit))
    end = data.draw(st.integers(1, len(text)))
    start = data.draw(st.integers(0, end - 1))
    offsets = _length(text[:start], unit), _length(text[:end], unit)
    assert OffsetMap(text, unit).code_points(*offsets) == (start, end)


@given(_TEXTS, st.integers(-3, 200), st.integers(-3, 200), st.sampled_from(OffsetUnit))
def test_any_offsets_give_a_stretch_of_the_text_or_none(text: str, start: int, end: int, unit: OffsetUnit) -> None:
    found = OffsetMap(text, unit).code_points(start, end)
    assert found is None or 0 <= found[0] < found[1] <= len(text)


def test_an_offset_inside_a_character_takes_the_whole_character() -> None:
    assert OffsetMap("a😀b", OffsetUnit.UTF8).code_points(2, 4) == (1, 2)
    assert OffsetMap("a😀b", OffsetUnit.UTF16).code_points(2, 3) == (1, 2)


@given(st.lists(_TEXTS, min_size=1, max_size=4), st.data())
def test_offsets_count_within_their_part(pieces: list[str], data: st.DataObject) -> None:
    parts: list[Part] = []
    for piece in pieces:
        at = parts[-1].end if parts else 0
        parts.append(Part(at, at + len(piece)))
    number = data.draw(st.integers(0, len(pieces) - 1))
    unit = data.draw(st.sampled_from(OffsetUnit))
    anchor = SpanAnchor(0, _length(pieces[number], unit), unit, number)
    report = Report("".join(pieces), ReportFormat.MARKDOWN, anchored=(Anchored(anchor, ("1",)),), parts=tuple(parts))
    found = [(one.start, one.end) for one in cited_spans(report)]
    assert found == ([(parts[number].start, parts[number].end)] if pieces[number] else [])


@given(_TEXTS, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.sampled_from(OffsetUnit)), max_size=5))
def test_any_spans_leave_the_text_as_it_is(text: str, spans: list[tuple[int, int, OffsetUnit]]) -> None:
    anchored = [(SpanAnchor(start, end, unit), "1") for start, end, unit in spans]
    document = _read(text, *anchored)
    bare = _read(text)
    assert "\ue200" not in repr(document.blocks)
    assert document.words == bare.words
    assert [block.line for block in document.blocks] == [block.line for block in bare.blocks]


@pytest.mark.parametrize("unit", OffsetUnit)
def test_a_claim_gets_a_chip_behind_it_and_its_own_place(unit: OffsetUnit) -> None:
    text = "# 漢😀\n\nCafé 😀 rose. Tea fell."
    start, end = text.index("Café"), text.index(" Tea")
    offsets = _length(text[:start], unit), _length(text[:end], unit)
    document = _read(text, (SpanAnchor(*offsets, unit), "1 2"))
    assert document.citations == (
        Citation(
            "Café 😀 rose.", MarkerKind.SPAN, ("1", "2"), (_ONE.url, _TWO.url), (Resolution.URL, Resolution.URL), 3, 1
        ),
    )
    paragraph = document.blocks[1]
    assert isinstance(paragraph, Paragraph)
    assert [span.text for span in paragraph.spans] == ["Café 😀 rose.", "[1, 2]", " Tea fell."]


def test_other_citations_of_the_line_keep_their_columns() -> None:
    text = "One fell. Two [rose](https://c.example) here."
    document = _read(text, (SpanAnchor(0, 9), "1"))
    assert [(one.kind, one.line, one.col) for one in document.citations] == [
        (MarkerKind.SPAN, 1, 1),
        (MarkerKind.LINK, 1, 15),
    ]


def test_a_span_over_a_link_is_that_link_and_tells_its_title() -> None:
    text = "It rose ([a.example](https://a.example/1))."
    document = _read(text, (SpanAnchor(8, 42), "1"))
    assert [one.kind for one in document.citations] == [MarkerKind.LINK]
    assert {(one.url, one.title) for one in document.sources} == {(_ONE.url, "One"), (_TWO.url, "Two")}


def test_a_span_that_ends_a_character_early_is_the_link_still() -> None:
    text = "It rose [[1]](https://a.example/1)."
    assert [one.kind for one in _read(text, (SpanAnchor(8, 33), "1")).citations] == [MarkerKind.NUM_LINK]


def test_a_span_over_a_marker_says_where_it_leads() -> None:
    text = "It rose【3:0†source】."
    document = _read(text, (SpanAnchor(7, 19), "2"))
    assert [(one.kind, one.ids, one.urls) for one in document.citations] == [
        (MarkerKind.LENTICULAR, ("2",), (_TWO.url,))
    ]
    assert document == _read(text, (MarkerAnchor("【3:0†source】"), "2"))


def test_a_claim_whose_link_stands_behind_it_is_cited_once() -> None:
    text = "It rose. [a](https://a.example/1)"
    assert [one.kind for one in _read(text, (SpanAnchor(0, 8), "1")).citations] == [MarkerKind.LINK]


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("**It rose.** Then", 12),
        ("**It rose.** Then", 10),
        ("> It rose.\n\nThen", 12),
        ("| It rose | b |\n|--|--|\n", 9),
    ],
)
def test_a_chip_breaks_no_markup(text: str, end: int) -> None:
    document = _read(text, (SpanAnchor(0, end), "1"))
    assert [one.kind for one in document.citations] == [MarkerKind.SPAN]
    assert "*" not in "".join(span.text for block in document.blocks for span in getattr(block, "spans", ()))
    assert [type(block) for block in document.blocks] == [type(block) for block in _read(text).blocks]


def test_a_span_that_ends_in_code_leaves_the_code_alone() -> None:
    text = "```\nlet a = 1\n```\n\nIt rose."
    document = _read(text, (SpanAnchor(0, 9), "1"), (SpanAnchor(len(text) - 8, len(text)), "2"))
    assert document.blocks[0] == _read(text).blocks[0]
    assert [one.ids for one in document.citations] == [("2",)]


def test_a_field_is_cited_by_its_path() -> None:
    cited = (Anchored(FieldAnchor("$.rows[0].year"), ("1", "2")),)
    report = Report('{"rows": [{"year": 1974}]}', ReportFormat.JSON, sources=(_ONE, _TWO), anchored=cited)
    assert [one.urls for one in read_report(report).citations] == [(_ONE.url,), (_TWO.url,)]


def test_line_ends_of_windows_shift_nothing() -> None:
    text = "\ufeffOne.\r\n\r\nTwo rose."
    start = text.index("Two")
    (citation,) = _read(text, (SpanAnchor(start, len(text)), "1")).citations
    assert (citation.marker, citation.line, citation.col) == ("Two rose.", 3, 1)


@pytest.mark.parametrize("text", ["# T\n\nBody.\n", "| a |\n| - |\n| b |", "- x\n  - y\n\n", "> said\n> so", "So [3]."])
def test_sources_of_the_whole_stand_below_the_text_where_nothing_in_it_leads_anywhere(text: str) -> None:
    document = _read(text, (WholeAnchor(), "1"), (WholeAnchor(), "2 1"))
    last = document.citations[-1]
    assert (last.marker, last.ids, last.urls) == ("", ("1", "2"), (_ONE.url, _TWO.url))
    block = document.blocks[-1]
    assert isinstance(block, Paragraph)
    assert [(span.text, span.cite) for span in block.spans] == [("[1, 2]", len(document.citations) - 1)]
    assert len(document.blocks) == len(_read(text).blocks) + 1


def test_a_service_that_never_says_where_leaves_it_to_the_text() -> None:
    document = _read("See [one](https://a.example/1).", (WholeAnchor(), "1 2"))
    assert [one.urls for one in document.citations] == [("https://a.example/1",)]


def test_beside_citations_with_a_place_stands_what_they_do_not_lead_to() -> None:
    document = _read("It rose. It fell.", (SpanAnchor(0, 8), "1"), (WholeAnchor(), "1"), (WholeAnchor(), "2"))
    assert [(one.marker, one.ids) for one in document.citations] == [("It rose.", ("1",)), ("", ("2",))]


def test_sources_of_the_whole_are_no_part_of_code_that_never_ends() -> None:
    assert _read("```\ncode", (WholeAnchor(), "1")).citations == ()
