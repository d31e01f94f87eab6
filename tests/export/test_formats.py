"""Real and hostile reports through every format, read back by parsers that are not ours."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rispy
from pybtex.database import parse_string
from selectolax.lexbor import LexborHTMLParser

from tests.corpora import OWN, SHARED
from tui.domain.detail import Detail, Report
from tui.domain.text import unsafe_characters
from tui.engine.files.documents import detect_document
from tui.report.document import Block, Document, List, Notice, Quote, Spans, StructuredField, Table
from tui.report.export import FORMATS, render
from tui.report.read import read_report

REAL = (
    "arena-gpt-researcher-0002.md",
    "bjw-2026-03-20-llm-multi-agent-orchestration-01-deepseek-v3-performance.md",
    "brad-gpt52_20251213_143248.md",
    "brad-what_is_rag_retrieval_augmented_generati-html.md",
    "bru-vetor-tau-workflows-humano-agente-dinamicos.md",
    "byd-chatgpt.md",
    "byd-kimi.md",
    "cgpt-ru-neuro2.md",
    "cgpt-vi-tour.md",
    "drb-claude37-46.md",
    "gene-gpd3-deep-research-openai.md",
)
PAGES = [
    pytest.param(OWN / "reports" / "page.md", id="page"),
    *(pytest.param(SHARED / "reports" / name, id=name, marks=pytest.mark.corpus)
      for name in ("brad-what_is_rag_retrieval_augmented_generati-html.md",) if SHARED.is_dir()),
]  # fmt: skip
_ACTIVE = frozenset("script img iframe object embed link form base svg audio video".split())
_CSL_TEXT = {"id", "type", "title", "URL", "abstract", "DOI", "publisher", "keyword", "note"}
_CSL = _CSL_TEXT | {"author", "issued", "accessed"}


def load(path: Path) -> tuple[Detail, Document]:
    """Return a saved report with the sources beside it, and what it parses to."""
    sidecar = path.with_suffix(".sources.json")
    detail = detect_document(path.read_bytes(), path.stem, str(sidecar) if sidecar.exists() else None)
    assert detail.report is not None
    return detail, read_report(detail.report)


OWN_REPORTS = sorted((OWN / "reports").glob("*.md"))


@pytest.fixture(
    params=[
        *(pytest.param(path, id=path.stem) for path in OWN_REPORTS),
        *(
            pytest.param(SHARED / "reports" / name, id=name, marks=pytest.mark.corpus)
            for name in REAL
            if SHARED.is_dir()
        ),
    ]
)
def real(request: pytest.FixtureRequest) -> tuple[Detail, Document]:
    """One of our own reports, or of the real ones."""
    return load(request.param)


def hostile_reports(corpus: Path) -> Iterator[tuple[Detail, Document]]:
    """Yield every hostile report; long ones are cut, which makes them no kinder."""
    for path in sorted((corpus / "hostile" / "reports").glob("*.md")):
        detail = detect_document(path.read_bytes()[:200_000], path.stem)
        if detail.report is not None:
            yield detail, read_report(detail.report)


def check_page(page: str) -> None:
    """Check that a page does nothing, fetches nothing, and that every anchor in it leads somewhere."""
    tree = LexborHTMLParser(page)
    ids: list[str] = []
    for node in tree.css("*"):
        assert node.tag not in {
            "script",
            "img",
            "iframe",
            "object",
            "embed",
            "link",
            "form",
            "base",
            "svg",
            "audio",
            "video",
        }
        for name, value in node.attributes.items():
            assert not name.startswith("on"), name
            assert name not in {"src", "srcset", "action", "formaction", "background", "poster", "ping"}, name
            assert "url(" not in (value or "") or name == "href"
            if name == "id":
                ids.append(value or "")
            if name == "href":
                assert re.match(r"(?i)https?://|#", value or ""), value
    assert len(ids) == len(set(ids))
    targets = [(node.attributes["href"] or "")[1:] for node in tree.css('a[href^="#"]')]
    assert {*targets} <= {*ids}
    cited = {target for target in targets if target.startswith("s-")}
    back = {target for target in targets if re.fullmatch(r"c\d+", target)}
    assert bool(cited) == bool(back)
    for chip in tree.css("a.cite"):
        source = (chip.attributes["href"] or "")[1:]
        assert tree.css_first(f'[id="{source}"]') is not None
    head = tree.css_first("head")
    assert head is not None
    assert "default-src 'none'" in (head.html or "")


def check_bibtex(text: str, document: Document) -> None:
    """Check a bibliography: an entry for each source, in its order, with its address."""
    entries = parse_string(text, "bibtex").entries if text.strip() else {}
    assert len(entries) == len(document.sources)
    for entry, source in zip(entries.values(), document.sources, strict=True):
        assert entry.type == "misc"
        assert entry.fields["title"]
        if source.url:
            assert entry.fields["url"].partition("#")[0][:12].lower() == source.url[:12].lower()


def check_ris(text: str, document: Document) -> None:
    """Check a list of references in RIS."""
    entries = rispy.load(io.StringIO(text)) if text.strip() else []
    assert len(entries) == len(document.sources)
    assert all(entry["type_of_reference"] == "ELEC" and entry["title"] for entry in entries)


def check_csl(text: str, document: Document) -> None:
    """Check items against what CSL-JSON asks of them: text members, one id each, a known type."""
    items = json.loads(text)
    assert [item["id"] for item in items] == [source.id for source in document.sources]
    for item in items:
        assert item.keys() <= _CSL
        assert {"id", "type", "title"} <= item.keys()
        assert item["type"] == "webpage"
        assert all(isinstance(item[name], str) for name in item.keys() & _CSL_TEXT)


CHECKS: dict[str, Any] = {"bibtex": check_bibtex, "ris": check_ris, "csl": check_csl}


@pytest.mark.parametrize("name", CHECKS)
def test_real_sources_are_read_back_by_others(real: tuple[Detail, Document], name: str) -> None:
    detail, document = real
    CHECKS[name](render(name, detail, document), document)


def test_a_real_page_does_nothing_and_every_anchor_leads_somewhere(real: tuple[Detail, Document]) -> None:
    detail, document = real
    page = render("html", detail, document)
    check_page(page)
    chips = LexborHTMLParser(page).css("a.cite")
    known = {source.id for source in document.sources}
    drawn = [citation for citation in document.citations if known & {*citation.ids}]
    assert len(chips) >= len(drawn) * 0.9, "citations of the text are chips of the page"


def test_a_real_record_holds_report_and_citations(real: tuple[Detail, Document]) -> None:
    detail, document = real
    record = json.loads(render("json", detail, document))
    assert record["schema_version"] == 1
    assert detail.report is not None
    assert record["report"] == detail.report.text
    assert len(record["citations"]) == len(document.citations)
    assert [source["id"] for source in record["sources"]] == [source.id for source in document.sources]


def test_a_real_text_ends_with_every_reference(real: tuple[Detail, Document]) -> None:
    detail, document = real
    references = render("txt", detail, document).rpartition("References")[2]
    for source in document.sources:
        assert f"[{source.id}]" in references


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_reports_make_harmless_exports(corpus: Path, name: str) -> None:
    for detail, document in hostile_reports(corpus):
        text = render(name, detail, document)
        marks = set(map(chr, (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x2070))))
        assert not unsafe_characters(text) - {"\t", "\r"} - (marks if name == "md" else set()), detail.task.title
        text.encode()
        if name == "html":
            check_page(text)
        elif name in CHECKS:
            CHECKS[name](text, document)
        elif name == "json":
            json.loads(text)


def words(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Yield the words of blocks, cells and list items in the order of reading."""
    for block in blocks:
        match block:
            case Quote(blocks=inner):
                yield from words(inner)
            case List(items=items):
                for item in items:
                    yield from words(item.blocks)
            case Table(head=head, rows=rows):
                for cells in (head, *(row.cells for row in rows)):
                    for cell in cells:
                        yield from spelled(cell)
            case StructuredField(name=name, spans=spans):
                yield from name.split()
                yield from spelled(spans)
            case Notice():
                pass
            case _:
                yield from spelled(block.spans) if hasattr(block, "spans") else getattr(block, "text", "").split()


def spelled(spans: Spans) -> list[str]:
    """Return the words of spans."""
    return "".join(span.text for span in spans).split()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_becomes_markdown_of_the_same_words(path: Path) -> None:
    detail, document = load(path)
    assert detail.report is not None
    text = render("md", detail, document)
    body = text.split("---\n", 2)[2].rpartition("\n## References\n")[0]
    again = read_report(Report(body, detect_document(b"# x", "x").report.format))  # type: ignore[union-attr]
    letters = ["".join(filter(str.isalnum, word)) for word in words(document.blocks)]
    letters_again = ["".join(filter(str.isalnum, word)) for word in words(again.blocks)]
    assert "".join(letters) == "".join(letters_again)


def test_an_unknown_format_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        render("docx", detect_document(b"x", "x"), Document(()))
