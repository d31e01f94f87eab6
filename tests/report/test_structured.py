"""Structured output as fields."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.looking import text_of
from tui.domain.anchors import Anchored, FieldAnchor, WholeAnchor
from tui.domain.detail import Json, Report, ReportFormat, Source
from tui.report.document import Document, Resolution, StructuredField
from tui.report.read import with_basis
from tui.report.structured import path_of, read_fields


def _read(value: object, evidence: dict[str, tuple[str, ...]] | None = None) -> Document:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    sources = (Source("1", "https://a.example/1"), Source("2", None, "Book"))
    return read_fields(Report(text, ReportFormat.JSON, sources=sources, evidence=evidence or {}))


def _fields(document: Document) -> list[tuple[int, int, str, str, str]]:
    return [
        (block.line, block.depth, block.path, block.name, "".join(span.text for span in block.spans))
        for block in document.blocks
        if isinstance(block, StructuredField)
    ]


def test_members_and_items_stand_on_the_lines_of_the_json() -> None:
    document = _read({"name": "Acme", "people": [{"first": "Ana"}, {"first": "Bob"}], "tags": ["x", "y"]})
    assert _fields(document) == [
        (2, 0, "name", "name", "Acme"),
        (3, 0, "people", "people", ""),
        (3, 1, "people[0]", "1", ""),
        (5, 2, "people[0].first", "first", "Ana"),
        (5, 1, "people[1]", "2", ""),
        (8, 2, "people[1].first", "first", "Bob"),
        (11, 0, "tags", "tags", ""),
        (11, 1, "tags[0]", "1", "x"),
        (11, 1, "tags[1]", "2", "y"),
    ]


@pytest.mark.parametrize("path", ["a[0].b", "/a/0/b", "$.a[0].b", "a.0.b"])
def test_paths_are_read_in_every_form(path: str) -> None:
    assert path_of(path) == ("a", "0", "b")
    document = _read({"a": [{"b": 7}]}, {path: ("1",)})
    assert document.citations[0].urls == ("https://a.example/1",)


def test_each_piece_of_evidence_is_a_citation_and_resolves_to_url_title_or_nothing() -> None:
    document = _read({"a": 1}, {"a": ("1", "2", "9")})
    assert [one.status for one in document.citations] == [
        (Resolution.URL,),
        (Resolution.TITLE,),
        (Resolution.DANGLING,),
    ]


def test_markers_stand_apart_from_value_and_each_other() -> None:
    assert _fields(_read({"a": "x"}, {"a": ("1", "2")}))[0][-1] == "x [1] [2]"


def test_a_field_with_members_can_have_evidence_of_its_own() -> None:
    assert _fields(_read({"a": {"b": 1}}, {"a": ("1",)}))[0] == (2, 0, "a", "a", "[1]")


def test_evidence_for_a_field_that_is_not_there_is_said() -> None:
    document = _read({"a": 1}, {"b": ("1",)})
    assert document.problems == ("The evidence names a field that is not there: b",)


def test_a_value_that_is_an_address_is_a_link() -> None:
    block = _read({"site": "https://a.example/x"}).blocks[0]
    assert isinstance(block, StructuredField)
    assert block.spans[0].url == "https://a.example/x"


@pytest.mark.parametrize("value", [None, True, 3.5, {}, [], ""])
def test_every_kind_of_value_is_shown(value: object) -> None:
    block = _read({"a": value}).blocks[0]
    assert isinstance(block, StructuredField)
    expected = value if isinstance(value, str) else json.dumps(value)
    assert "".join(span.text for span in block.spans) == expected


def test_a_scalar_alone_is_one_field() -> None:
    assert _fields(_read(42)) == [(1, 0, "", "", "42")]


def test_a_json_string_and_a_text_that_is_no_json_are_markdown() -> None:
    for text in (json.dumps("# Title\n\nwords"), "# Title\n\nwords"):
        assert read_fields(Report(text, ReportFormat.JSON)).title == "Title"


def test_deep_json_is_shown_as_a_line_and_never_overflows() -> None:
    deep: object = "core"
    for _ in range(200):
        deep = {"a": deep}
    assert "core" in text_of(_read(deep))
    text = "[" * 100_000 + "]" * 100_000
    assert read_fields(Report(text, ReportFormat.JSON)).blocks


def test_control_characters_of_keys_and_values_are_cleaned() -> None:
    document = _read({"a\x1b[2J": "b\x9b31m\u202e"})
    shown = "".join(f"{name}{text}" for _, _, _, name, text in _fields(document))
    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert "\u202e" not in shown


def test_top_members_are_the_outline() -> None:
    document = _read({"a": {"b": 1}, "c": 2})
    assert [section.title for section in document.outline] == ["a", "c"]
    assert set(document.anchors) == {section.slug for section in document.outline}


def test_what_supports_the_whole_stands_at_each_of_its_fields_but_those_with_evidence_of_their_own() -> None:
    document = _read({"a": 1, "b": {"c": 2}}, {"$": ("1",), "b": ("2",)})
    assert [citation.ids for citation in document.citations] == [("1",), ("2",)]
    assert document.problems == ()


def test_a_confidence_that_the_source_has_already_is_not_said_twice() -> None:
    source = Source("1", "https://a.example/1", facts=(("field", "name"), ("confidence", "high")))
    anchored = (Anchored(FieldAnchor("name"), ("1",), confidence="high"),)
    report = Report("{}", ReportFormat.JSON, sources=(source,), anchored=anchored)
    assert with_basis(report).sources == (source,)


_KEYS = st.sampled_from(["a", "b", "value", "sources", "reasoning"])
_VALUES = st.recursive(
    st.sampled_from([None, True, 7, "", "words of it", "https://a.example/1"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(_KEYS, inner, max_size=4)
        | st.builds(lambda value: {"value": value, "sources": ["1"], "reasoning": "why"}, inner)
    ),
    max_leaves=30,
)


@given(_VALUES, st.integers(1, 12))
def test_the_beginning_of_a_structured_report_is_that_of_the_whole(value: Json, fields: int) -> None:
    sources = (Source("1", "https://a.example/1"), Source("2", None, "Book"))
    anchored = (Anchored(WholeAnchor(), ("2",)), Anchored(FieldAnchor("a.b"), ("1",)))
    text = json.dumps({"first": value, "second": value})
    report = Report(text, ReportFormat.JSON, sources=sources, anchored=anchored)
    first, whole = read_fields(report, fields * 40), read_fields(report)
    assert first.blocks == whole.blocks[: len(first.blocks)]
    assert first.citations == whole.citations[: len(first.citations)]
    assert first == whole or len(first.blocks) == fields


def test_the_beginning_of_a_text_in_json_is_that_of_the_text() -> None:
    text = "# Title\n\n" + "A paragraph of words.\n\n" * 100
    for form in (json.dumps(text), text):  # what is not JSON is markdown
        first = read_fields(Report(form, ReportFormat.JSON), 200)
        assert 3 < len(first.blocks) < 12
        assert first.blocks == read_fields(Report(form, ReportFormat.JSON)).blocks[: len(first.blocks)]
