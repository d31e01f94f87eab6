"""What is exported and read back is the same: sources, citations, and every fact about a source."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_string

from tests.export.test_formats import REAL, load
from tui.domain.detail import Deliverable, Detail, Image, Interaction, Numbering, Report, ReportFormat, Source, Step
from tui.domain.detail import Update as Told
from tui.domain.task import Task, TaskStatus
from tui.domain.text import unsafe_characters
from tui.engine.files.documents import detect_document, read_sidecar
from tui.report.document import Document
from tui.report.export import render
from tui.report.export.works import date_of
from tui.report.read import read_report

WHEN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
LISTED = "# Bells\n\nOld [1], older [2].\n\n## Sources\n\n[1] First: https://a.example/1\n\n[2] Second: https://b.example/2\n"
FACTS = (
    ("doi", "10.1093/nar/gkab301"),
    ("publication date", "2021-05-07"),
    ("category", "medicine"),
    ("authors", '["Ada Lovelace", "Émile Zola"]'),
    ("price", "0.5"),
)


def detail_of(text: str, *sources: Source, fmt: ReportFormat = ReportFormat.MARKDOWN) -> tuple[Detail, Document]:
    """Return a task with a report, and what the report parses to."""
    report = Report(text, fmt, Numbering.BY_ID, sources)
    task = Task("t1", "valyu", "r1", title="Bells", status=TaskStatus.DONE, has_report=True)
    return Detail(task, report=report), read_report(report)


def told(
    document: Document,
) -> tuple[list[tuple[str | None, ...]], list[tuple[tuple[str, ...], tuple[str | None, ...]]]]:
    """Return sources and citations in a form that two documents can be compared by."""
    sources = sorted((entry.url or entry.title or "", entry.id) for entry in document.sources)
    return [*sources], [(one.ids, one.urls) for one in document.citations]


def again(name: str, detail: Detail, document: Document) -> Document:
    """Return an export as `cite` reads it."""
    read = detect_document(render(name, detail, document).encode(), "again").report
    assert read is not None
    return read_report(read)


@pytest.mark.parametrize("name", ["md", "json", "html"])
@pytest.mark.parametrize("report", REAL)
def test_a_real_export_read_back_has_the_same_sources_and_citations(shared: Path, report: str, name: str) -> None:
    detail, document = load(shared / "reports" / report)
    if name == "md" and detail.report is not None and detail.report.format is ReportFormat.HTML:
        pytest.skip("a page has named sources that markdown lists cannot have as labels")
    assert told(again(name, detail, document)) == told(document)


@pytest.mark.parametrize("name", ["md", "json", "html"])
def test_the_provider_s_sources_are_not_doubled_where_the_text_lists_them(name: str) -> None:
    sources = Source("1", "https://a.example/1", "First"), Source("2", "https://b.example/2", "Second")
    detail, document = detail_of(LISTED, *sources)
    assert len(again(name, detail, document).sources) == 2


def test_markdown_lists_what_only_the_provider_knows() -> None:
    third = Source("3", "https://c.example/3", "Third")
    detail, document = detail_of(LISTED.replace("older [2]", "older [2][3]"), third)
    read = again("md", detail, document)
    assert [entry.url for entry in read.sources] == [
        f"https://{x}.example/{n}" for x, n in (("a", 1), ("b", 2), ("c", 3))
    ]
    assert [one.urls for one in read.citations] == [one.urls for one in document.citations]


def test_doi_date_authors_and_category_reach_every_bibliography() -> None:
    detail, document = detail_of("Old [1].", Source("1", "https://a.example/1", "First", facts=FACTS))
    (bib,) = parse_string(render("bibtex", detail, document), "bibtex").entries.values()
    assert bib.fields["doi"] == "10.1093/nar/gkab301"
    assert (bib.fields["year"], bib.fields["month"], bib.fields["date"]) == ("2021", "May", "2021-05-07")
    assert bib.fields["keywords"] == "medicine"
    assert len(bib.persons["author"]) == 2
    (ris,) = rispy.load(io.StringIO(render("ris", detail, document)))
    assert (ris["doi"], ris["year"], ris["date"]) == ("10.1093/nar/gkab301", "2021", "2021/05/07/")
    assert (ris["keywords"], ris["authors"]) == (["medicine"], ["Ada Lovelace", "Émile Zola"])
    assert "price: 0.5" in ris["notes"]
    (csl,) = json.loads(render("csl", detail, document))
    assert csl["DOI"] == "10.1093/nar/gkab301"
    assert csl["issued"] == {"date-parts": [[2021, 5, 7]]}
    assert csl["keyword"] == "medicine"
    assert csl["author"] == [{"literal": "Ada Lovelace"}, {"literal": "Émile Zola"}]


def test_a_doi_in_the_address_is_a_doi() -> None:
    detail, document = detail_of("Old [1].", Source("1", "https://doi.org/10.1145/1376616.1376690", "First"))
    assert json.loads(render("csl", detail, document))[0]["DOI"] == "10.1145/1376616.1376690"


@pytest.mark.parametrize(
    ("text", "date"),
    [("2021-05-07T01:02:03Z", (2021, 5, 7)), ("2021-05", (2021, 5)), ("2021", (2021,)), ("2021-13-01", (2021,)),
     ("May 2021", None), ("20210507", None), ("", None)],
)  # fmt: skip
def test_a_date_is_told_as_far_as_it_is_known(text: str, date: tuple[int, ...] | None) -> None:
    assert date_of(text) == date


def test_the_json_export_holds_everything_received() -> None:
    detail, document = detail_of("Old [1].", Source("1", "https://a.example/1", "First", facts=FACTS))
    whole = Detail(
        detail.task,
        report=detail.report,
        structured={"a": 1},
        updates=(Told("u", WHEN, "Found it.", sources=(Source("9", "https://u.example/"),)),),
        trace=(Step("assistant", "call", "Searching", "web_search", {"q": "bells"}),),
        interaction=Interaction("i", "plan_review", {"plan": ["x"]}, WHEN, expected={"approved": "boolean"}),
        answered=(Interaction("j", "source_review", None, WHEN, response={"approved": True}),),
        images=(Image("m", "chart", "Bells cast"),),
        deliverables=(Deliverable("d", "csv", "Table", "failed", error="too long"),),
        facts=(("words read", "12"),),
        extra={"new_member": [1]},
        problems=("odd",),
    )
    record = json.loads(render("json", whole, document))
    assert record["updates"][0]["sources"][0]["url"] == "https://u.example/"
    assert record["updates"][0]["at"] == "2026-03-04T05:06:07Z"
    assert record["trace"][0]["data"] == {"q": "bells"}
    assert record["interaction"]["expected"] == {"approved": "boolean"}
    assert record["answered"][0]["response"] == {"approved": True}
    assert record["images"][0]["title"] == "Bells cast"
    assert record["deliverables"][0]["error"] == "too long"
    assert record["sources"][0]["facts"][0] == {"label": "doi", "value": "10.1093/nar/gkab301"}
    assert record["extra"] == {"new_member": [1]}
    assert record["problems"] == ["odd"]
    assert record["structured"] == {"a": 1}


FOREIGN = st.text(max_size=40)
FOREIGN_SOURCES = st.lists(
    st.builds(
        Source,
        id=FOREIGN,
        url=st.none() | FOREIGN | FOREIGN.map("https://a.example/".__add__),
        title=st.none() | FOREIGN,
        snippet=st.none() | FOREIGN,
        facts=st.lists(
            st.tuples(
                st.sampled_from(["doi", "publication date", "category", "authors", "published"]) | FOREIGN, FOREIGN
            ),
            max_size=4,
        ).map(tuple),
    ),
    max_size=3,
)


@given(FOREIGN_SOURCES)
def test_whatever_a_source_says_bibliographies_stay_harmless_and_readable(sources: list[Source]) -> None:
    detail, document = detail_of("Old [1].", *sources)
    bib = render("bibtex", detail, document)
    entries = parse_string(bib, "bibtex").entries if bib.strip() else {}
    ris = render("ris", detail, document)
    records = rispy.load(io.StringIO(ris)) if ris.strip() else []
    items = json.loads(render("csl", detail, document))
    assert len(entries) == len(records) == len(items) == len(document.sources)
    for text in (bib, ris):
        assert not unsafe_characters(text) - {"\t", "\r"}


def test_a_page_holds_no_token_of_a_file_in_any_form() -> None:
    secret = "0123456789abcdef0123456789abcdef"
    text = f"![Chart](https://api.example/asset?token={secret}) Old [1]."
    detail, document = detail_of(text)
    image = Image("m", "chart", "Chart", f"https://api.example/asset?token={secret}")
    page = render("html", replace(detail, images=(image,)), document)
    assert secret not in page


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{&quot;schema_version&quot;:1}", "{&quot;schema_version&quot;:1,&quot;report&quot;:3}"]
)
def test_a_page_with_an_odd_record_is_read_as_the_page_it_is(content: str) -> None:
    head = f'<meta name="divewatch-record" content="{content}">'
    page = f"<!doctype html><html><head>{head}</head><body><p>Words.</p></body></html>"
    read = detect_document(page.encode(), "x").report
    assert read is not None
    assert (read.format, "Words." in read.text) == (ReportFormat.HTML, True)


@pytest.mark.parametrize("report", REAL)
def test_an_exported_csl_list_serves_as_the_list_beside_the_text(shared: Path, tmp_path: Path, report: str) -> None:
    detail, document = load(shared / "reports" / report)
    assert detail.report is not None
    (tmp_path / "sources.json").write_text(render("csl", detail, document), "utf-8")
    found = read_sidecar(str(tmp_path / "sources.json"))
    assert [source.id for source in found] == [entry.id for entry in document.sources]
    for source, entry in zip(found, document.sources, strict=True):
        assert (source.url or "").partition("#")[0] == (entry.url or "").partition("#")[0]
