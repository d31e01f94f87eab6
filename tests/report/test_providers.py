"""The report styles of the three services, on the example bodies of their contracts."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.corpora import OWN
from tests.report.looking import brief, spans, text_of
from tui.domain.detail import Numbering, Report, ReportFormat, Source
from tui.report.document import Paragraph, Resolution, StructuredField, Table
from tui.report.read import read_report


def _body(shared: Path, name: str) -> Any:
    return json.loads((shared / "contracts" / "examples" / f"{name}.json").read_text(encoding="utf-8"))


def _extruct(shared: Path, name: str) -> tuple[dict[str, Any], tuple[Source, ...]]:
    report = _body(shared, name)["report"]
    return report, tuple(Source(str(source["id"]), source["url"]) for source in report["sources"])


def _valyu(shared: Path) -> Report:
    body = _body(shared, "valyu-status-completed-markdown-real-full")
    sources = tuple(
        Source(str(row["source_id"]), row["url"], row["title"], row.get("snippet"), row.get("fragment"))
        for row in body["sources"]
    )
    return Report(body["output"], ReportFormat.MARKDOWN, Numbering.BY_ID, sources)


def _yutori(shared: Path) -> Report:
    body = _body(shared, "yutori-succeeded-citations")
    listed = body["updates"][0]["citations"]
    sources = tuple(Source(row["id"], row["url"], row["preview_data"].get("title")) for row in listed)
    return Report(body["result"], ReportFormat.HTML, Numbering.BY_URL, sources)


def test_bracketed_numbers_resolve_by_source_id_not_by_position(shared: Path) -> None:
    report, sources = _extruct(shared, "extruct-done-markdown")
    document = read_report(Report(report["markdown"], ReportFormat.MARKDOWN, Numbering.BY_ID, sources))
    by_id = {source.id: source.url for source in sources}
    assert brief(document)[:4] == [
        ("numeric", ("1",), (by_id["1"],)),
        ("numeric", ("2",), (by_id["2"],)),
        ("numeric", ("3",), (by_id["3"],)),
        ("numeric", ("1", "7"), (by_id["1"], by_id["7"])),
    ]
    unknown = next(citation for citation in document.citations if citation.ids == ("99",))
    assert unknown.status == (Resolution.DANGLING,)
    assert "a[1]" in text_of(document)


def test_a_number_is_the_id_of_a_source_whatever_its_place_in_the_list() -> None:
    report, sources = _extruct(OWN, "extruct-done-markdown")
    document = read_report(Report(report["markdown"], ReportFormat.MARKDOWN, Numbering.BY_ID, sources))
    crew, register, log = "https://harbour.example/crew", "https://lights.example/register", sources[2].url
    assert [citation.urls for citation in document.citations] == [(crew,), (register,), (register,), (log,)]


def test_empty_anchors_are_joined_to_the_list_by_url_without_the_fragment() -> None:
    body = _body(OWN, "yutori-succeeded-citations")
    listed = body["updates"][1]["citations"]
    sources = tuple(Source(row["id"], row["url"], (row["preview_data"] or {}).get("title")) for row in listed)
    document = read_report(Report(body["result"], ReportFormat.HTML, Numbering.BY_URL, sources))
    assert [citation.ids for citation in document.citations] == [("1",), ("2",), ("1",)]
    assert [source.title for source in document.sources] == ["When bees swarm", None]
    assert document.outline[0].title == "When colonies swarm"
    assert "Warm noon & no wind" in text_of(document)


def test_numbered_links_resolve_to_the_list_of_the_provider() -> None:
    body = _body(OWN, "valyu-status-completed-deliverables")
    sources = tuple(Source(str(row["source_id"]), row["url"], row["title"], row["snippet"]) for row in body["sources"])
    document = read_report(Report(body["output"], ReportFormat.MARKDOWN, Numbering.BY_ID, sources))
    assert [(one.kind, one.ids) for one in document.citations] == [("num-link", ("1",)), ("num-link", ("2",))]
    assert document.sources[0].snippet == "Ponds are filled at spring tide."
    assert all(source.line for source in document.sources)


def test_fields_of_a_schema_carry_their_sources() -> None:
    report, sources = _extruct(OWN, "extruct-done-schema")
    evidence = {name: tuple(map(str, ids)) for name, ids in report["basis"].items()}
    text = json.dumps(report["fields"], indent=2)
    document = read_report(Report(text, ReportFormat.JSON, Numbering.BY_ID, sources, evidence))
    assert [citation.ids for citation in document.citations] == [("7",), ("7",), ("12",)]
    assert document.problems == ()


def test_the_list_of_the_provider_beats_a_list_in_the_text() -> None:
    text = "Claim [1].\n\n## Sources\n[1] Old title - https://text.example/1\n"
    given = (Source("1", "https://provider.example/1", "Given", snippet="words", facts=(("date", "2026"),)),)
    document = read_report(Report(text, ReportFormat.MARKDOWN, Numbering.BY_ID, given))
    assert document.citations[0].urls == ("https://provider.example/1",)
    (entry,) = document.sources
    assert (entry.url, entry.title, entry.snippet, entry.line) == ("https://provider.example/1", "Given", "words", 4)
    assert entry.facts == (("date", "2026"),)


def test_the_list_of_the_text_wins_where_the_provider_numbers_nothing() -> None:
    text = "Claim [1].\n\n## Sources\n[1] Title - https://text.example/1\n"
    given = (Source("1", "https://provider.example/1", snippet="words"),)
    document = read_report(Report(text, ReportFormat.MARKDOWN, Numbering.NONE, given))
    assert document.citations[0].urls == ("https://text.example/1",)
    assert document.sources[0].snippet == "words"


def test_a_real_report_with_numbered_links_resolves_every_number_to_the_list(shared: Path) -> None:
    report = _valyu(shared)
    document = read_report(report)
    by_id = {source.id: source.url for source in report.sources}
    numbered = [citation for citation in document.citations if citation.kind == "num-link"]
    assert len(numbered) == 294
    assert all(citation.urls == (by_id[citation.ids[0]],) for citation in numbered)
    assert {number for citation in numbered for number in citation.ids} == set(by_id)


def test_the_sources_of_that_report_are_the_list_and_the_links_beside_it(shared: Path) -> None:
    document = read_report(_valyu(shared))
    assert [source.id for source in document.sources] == [*map(str, range(1, 163)), "u1", "u2", "u3"]
    assert document.sources[0].snippet
    assert document.sources[0].fragment
    assert all(source.line for source in document.sources[:162])


def test_lines_of_the_list_that_markdown_joins_are_parted_again(shared: Path) -> None:
    document = read_report(_valyu(shared))
    tail = document.blocks[-1]
    assert isinstance(tail, Paragraph)
    shown = "".join(span.text for span in tail.spans).split("\n")
    assert sum(line.startswith("[") for line in shown) >= 150


def test_empty_anchors_become_numbered_chips_joined_to_the_list_by_url(shared: Path) -> None:
    document = read_report(_yutori(shared))
    chips = [span.text for span in spans(document.blocks) if span.cite is not None]
    assert chips == ["[1]", "press release", "[2]", "[3]"]
    assert [source.title for source in document.sources[:2]] == ["Chip-based cooling", "New officer named"]
    assert document.citations[0].marker == '<a href="https://lab.example/cooling?ref=a&amp;page=2"></a>'
    assert document.citations[0].urls == ("https://lab.example/cooling?ref=a&page=2",)


def test_what_no_anchor_used_is_listed_last_under_the_next_number(shared: Path) -> None:
    document = read_report(_yutori(shared))
    assert [source.id for source in document.sources] == ["1", "2", "3", "4"]
    assert document.sources[3].url == "https://unused.example/read-but-not-cited"
    assert all(citation.ids != ("4",) for citation in document.citations)


def test_the_page_of_that_report_keeps_its_table_and_entities(shared: Path) -> None:
    document = read_report(_yutori(shared))
    table = next(block for block in document.blocks if isinstance(block, Table))
    assert [cell[0].text for cell in table.head] == ["Metric", "Value"]
    assert [cell[0].text for cell in table.rows[0].cells] == ["Qubits", "100 < n"]
    assert document.outline[0].title == "Quantum hardware & people"


def test_the_redirector_of_a_mail_is_unwrapped() -> None:
    anchor = (
        '<p>Said.<a href="https://mail.example/api/view?url=https%3A%2F%2Fa.example%2Fx&amp;referrer=email"></a></p>'
    )
    given = (Source("0", "https://a.example/x/", "Alpha"),)
    document = read_report(Report(anchor, ReportFormat.HTML, Numbering.BY_URL, given))
    assert document.citations[0].urls == ("https://a.example/x",)
    assert [(source.id, source.title) for source in document.sources] == [("1", "Alpha")]


def test_the_same_page_twice_has_one_number_whatever_the_fragment() -> None:
    page = '<p>A<a href="https://a.example/x#one"></a> B<a href="https://a.example/x/"></a></p>'
    document = read_report(Report(page, ReportFormat.HTML, Numbering.BY_URL))
    assert [citation.ids for citation in document.citations] == [("1",), ("1",)]
    assert len(document.sources) == 1


def test_a_bare_number_is_joined_only_if_exactly_that_id_exists() -> None:
    given = (Source("0", "https://a.example/0"), Source("1", "https://a.example/1"))
    document = read_report(Report("One [1], five [5].", ReportFormat.MARKDOWN, Numbering.BY_URL, given))
    assert document.citations[0].urls == ("https://a.example/1",)
    assert document.citations[0].status == (Resolution.SIDECAR,)
    assert document.citations[1].status == (Resolution.DANGLING,)


def test_escaped_markdown_inside_pre_is_markdown() -> None:
    report = Report("<pre># Title\n\nA &lt;b&gt; [x](https://a.example/)</pre>", ReportFormat.HTML)
    document = read_report(report)
    assert document.title == "Title"
    assert brief(document) == [("link", ("u1",), ("https://a.example/",))]


def test_markdown_where_html_was_promised_and_the_other_way_round(shared: Path) -> None:
    published = _body(shared, "yutori-succeeded-html")["result"]
    document = read_report(Report(published, ReportFormat.MARKDOWN, Numbering.BY_URL))
    assert document.outline[0].title == "Hardware strides and strategic moves this week"
    assert "<li>" not in text_of(document)


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        ("extruct-done-schema-basis-list", {"headquarters": ("1",), "buyers": ("3",)}),
        ("extruct-done-schema", {"headquarters": ("1",), "/buyers/0/name": ("3",)}),
    ],
)
def test_fields_carry_the_sources_that_support_them(
    shared: Path, name: str, evidence: dict[str, tuple[str, ...]]
) -> None:
    report, sources = _extruct(shared, name)
    text = json.dumps(report["fields"], indent=2, ensure_ascii=False)
    document = read_report(Report(text, ReportFormat.JSON, Numbering.BY_ID, sources, evidence))
    fields = {block.path: block for block in document.blocks if isinstance(block, StructuredField)}
    assert fields["headquarters"].spans[0].text == "Graz, Austria"
    cited = [document.citations[span.cite] for span in fields["headquarters"].spans if span.cite is not None]
    assert [citation.urls for citation in cited] == [(sources[0].url,)]
    assert len(document.citations) == sum(map(len, evidence.values()))
    assert document.problems == ()


def test_wrapped_values_are_shown_as_values_with_their_sources(shared: Path) -> None:
    report, sources = _extruct(shared, "extruct-done-schema-evidenced")
    text = json.dumps(report["fields"], indent=2)
    document = read_report(Report(text, ReportFormat.JSON, Numbering.BY_ID, sources))
    first = document.blocks[0]
    assert isinstance(first, StructuredField)
    assert [span.text for span in first.spans] == ["Graz, Austria", " ", "[1]"]
    assert "Stated on the about page." in text_of(document)


def test_json_without_evidence_is_shown_field_by_field(shared: Path) -> None:
    body = _body(shared, "valyu-status-completed-json")
    text = json.dumps(body["output"], indent=2)
    document = read_report(Report(text, ReportFormat.JSON))
    names = [block.name for block in document.blocks if isinstance(block, StructuredField)]
    assert set(body["output"]) <= set(names)
    assert document.citations == ()


def test_plain_text_keeps_its_lines_and_its_markers() -> None:
    given = (Source("1", "https://a.example/1"),)
    document = read_report(Report("rows[2]:\n  *a*, 1 [1]\n\nend", ReportFormat.TEXT, Numbering.BY_ID, given))
    assert text_of(document).startswith("rows[2]:\n")
    assert "*a*, 1" in text_of(document)
    assert document.citations[-1].urls == ("https://a.example/1",)


def test_a_partial_report_says_so() -> None:
    document = read_report(Report("# Half", ReportFormat.MARKDOWN, partial=True))
    assert any("partial" in problem for problem in document.problems)
