"""One report in three providers' writing: markers, HTML, values made from schemas, small files."""

import io
import itertools
import json
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from selectolax.lexbor import LexborHTMLParser

from tui.simulator.checks import check
from tui.simulator.content import DemoReport, DemoSource, ReportLibrary, replace_markers
from tui.simulator.extruct.reports import markdown_report
from tui.simulator.extruct.scripts import SCRIPTS
from tui.simulator.schema_samples import instance
from tui.simulator.valyu import files
from tui.simulator.valyu.output import kind_of, markdown
from tui.simulator.yutori.results import to_html

URLS = {1: "https://a.example/?x=1&y=2", 2: "https://b.example/"}
REPORTS = [*ReportLibrary().reports.values()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a [1][2].", "a <1><2>."),
        ("[3] is nobody", "[3] is nobody"),
        ("[1](https://x.example) is a link", "[1](https://x.example) is a link"),
        ("`a[1]` is code [1]", "`a[1]` is code <1>"),
        ("```py\na[1]\n```\n[2]", "```py\na[1]\n```\n<2>"),
        ("~~~\n[1]\n~~~", "~~~\n[1]\n~~~"),
        ("an open ` tick [1]", "an open ` tick <1>"),
    ],
)
def test_markers_are_replaced_outside_code_only(text: str, expected: str) -> None:
    assert replace_markers(text, {1: "<1>", 2: "<2>"}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# A & B", "<h2>A &amp; B</h2>"),
        ("a [1].", '<p>a <a href="https://a.example/?x=1&amp;y=2"></a>.</p>'),
        ("a [9]", "<p>a [9]</p>"),
        ("**b** and *i* and 2 * 3", "<p><b>b</b> and <i>i</i> and 2 * 3</p>"),
        ("`a[1] < b`", "<p><code>a[1] &lt; b</code></p>"),
        ("```py\n<b>[1]\n```", "<pre><code>&lt;b&gt;[1]\n</code></pre>"),
        ("$a\\,b$", "<p>$a\\,b$</p>"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
    ],
)
def test_markdown_becomes_html(text: str, expected: str) -> None:
    assert to_html(text, URLS) == f"<article>{expected}\n</article>"


def test_a_cell_holds_anchors_and_no_style() -> None:
    assert '<td><a href="https://b.example/"></a></td>' in to_html(
        "| a | b |\n|---|:-:|\n| 1 \\| 2 | [2] |", URLS
    ).replace("> <", "><")


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.slug)
def test_every_demo_report_keeps_its_citations_in_all_three_forms(report: DemoReport) -> None:
    known = {source.id for source in report.sources}
    prose = re.sub(r"(?ms)^(```|~~~).*?^\1|`[^`\n]+`", "", report.markdown)
    markers = [int(number) for number in re.findall(r"\[(\d+)\](?!\()", prose) if int(number) in known]
    assert markers
    plain = markdown_report(report, SCRIPTS["done"])["markdown"]
    assert plain == report.markdown
    page = LexborHTMLParser(to_html(report.markdown, {source.id: source.url for source in report.sources}))
    silent = [anchor for anchor in page.css("a") if not anchor.text(deep=True)]
    assert len(silent) == len(markers)
    linked = markdown(report, [], computed=False, awkward=False).rpartition("\n## Sources\n")[0]
    assert len(re.findall(r"\[\[\d+\]\]\(", linked)) == len(markers)


def test_a_report_ends_early_at_a_heading() -> None:
    report = max(REPORTS, key=lambda report: len(report.markdown))
    part = report.beginning(0.5)
    assert report.markdown.startswith(part.rstrip())
    assert 0 < len(part) < len(report.markdown)


def test_the_report_is_chosen_by_what_was_asked() -> None:
    library = ReportLibrary()
    for report in REPORTS:
        assert library.choose(report.brief, 0) is library.reports[report.slug]
    assert library.choose("zzz", 5) in library.reports.values()


def test_a_report_without_its_text_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "half.json").write_text(json.dumps({"slug": "half"}))
    assert "half" not in ReportLibrary(tmp_path).reports


SCHEMAS: list[dict[str, Any]] = [
    {"type": "object", "required": ["a"], "properties": {"b": {"type": "integer", "minimum": 3}}},
    {"type": "array", "minItems": 3, "items": {"type": "string", "minLength": 200}},
    {"type": "array", "maxItems": 1, "items": {"type": "string", "maxLength": 2}},
    {"type": "object", "properties": {"x": {"anyOf": [{"type": "number"}, {"type": "null"}]}}},
    {"type": "object", "properties": {"x": {"$ref": "#/$defs/y"}}, "$defs": {"y": {"enum": ["p", "q"]}}},
    {"allOf": [{"type": "object", "properties": {"a": {"const": 7}}}, {"required": ["a"]}]},
    {"type": ["string", "null"], "format": "date"},
    {"type": "integer", "exclusiveMinimum": 4, "multipleOf": 5},
    {"type": "number", "maximum": -2},
    {"properties": {"flag": {"type": "boolean"}, "none": {"type": "null"}}},
    {"items": {"default": "d"}},
    {"type": "string", "format": "email"},
]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_values_follow_the_schema_they_are_made_from(schema: dict[str, Any]) -> None:
    jsonschema.validate(instance(schema, itertools.cycle(["some words"])), schema)


@pytest.mark.parametrize("schema", [True, {"$ref": "#"}, {"$ref": "#/none"}, {"type": "array", "items": {"$ref": "#"}}])
def test_endless_and_empty_schemas_end(schema: Any) -> None:
    assert instance(schema, itertools.cycle(["w"])) is not None


@pytest.mark.parametrize(
    ("value", "schema", "kinds"),
    [
        (True, {"type": "integer"}, ["integer_type"]),
        (5, {"type": ("string", "number")}, []),
        (None, {"oneOf": [{"type": "null"}, {"type": "object"}]}, []),
        ({"a": 1}, {"oneOf": [{"type": "null"}, {"type": "object", "required": ["b"]}]}, ["missing"]),
        ("x", {"oneOf": [{"type": "null"}, {"type": "object"}]}, ["null_type"]),
        ([1, "2", 3.5], {"type": "array", "items": {"type": "integer"}}, ["integer_type", "integer_type"]),
        ({"a": "b"}, {"type": "object", "additional": {"type": "number"}}, ["number_type"]),
        ([], {"type": "array", "min": 1}, ["too_short"]),
        (9, {"minimum": 10, "maximum": 8}, ["greater_than_equal", "less_than_equal"]),
    ],
)
def test_checks_find_what_is_wrong(value: Any, schema: dict[str, Any], kinds: list[str]) -> None:
    assert [finding.kind for finding in check(value, schema)] == kinds


TINY = DemoReport(
    "s", "T (x) \\ é 高", "b", "# T\n\nA & B\n", (DemoSource(1, "https://a.example/", "A <1>", "", "2020-01-01"),)
)


def test_a_picture_is_a_png_with_one_bar_for_each_value() -> None:
    data = files.picture({"data_series": [{"data": [{"x": "a", "y": 1}, {"x": "b", "y": 4}]}]})
    length = int.from_bytes(data[33:37])
    rows = zlib.decompress(data[41 : 41 + length])
    width = 320 * 3 + 1
    bottom = rows[-width:]
    assert len(re.findall(rb"(?:\x2f\x6f\xb0)+", bottom)) == 2
    assert len(re.findall(rb"(?:\x2f\x6f\xb0)+", rows[width * 60 : width * 61])) == 1


def test_a_picture_without_values_is_blank_paper() -> None:
    assert files.picture(None).startswith(b"\x89PNG")


def test_a_printed_page_points_at_its_own_objects() -> None:
    data = files.printed(TINY.title)
    for number, offset in enumerate(re.findall(rb"(\d{10}) 00000 n", data), start=1):
        assert data[int(offset) :].startswith(b"%d 0 obj" % number)


@pytest.mark.parametrize("make", [files.workbook, files.document])
def test_office_files_are_packages_of_well_formed_parts(make: Any) -> None:
    with zipfile.ZipFile(io.BytesIO(make(TINY))) as package:
        names = package.namelist()
        assert names[0] == "[Content_Types].xml"
        for name in names:
            ElementTree.fromstring(package.read(name))


@pytest.mark.parametrize(
    ("request_text", "kind"), [("A table", "csv"), ("An XLSX file", "xlsx"), ("docx please", "docx"), ("PDF", "pdf")]
)
def test_a_free_request_names_its_kind_of_file(request_text: str, kind: str) -> None:
    assert kind_of(request_text) == kind
