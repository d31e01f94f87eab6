"""All real reports and everything hostile: parsed whole, nothing dangerous in any span, sensible figures."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.report.looking import shown, spans, text_of
from tui.domain.text import forbidden
from tui.report.document import Document
from tui.report.parse import parse


@pytest.fixture(scope="module")
def documents(shared: Path) -> dict[str, Document]:
    found = {}
    for path in sorted((shared / "reports").glob("*.md")):
        sidecar = path.with_name(f"{path.stem}.sources.json")
        listed = json.loads(sidecar.read_text())["sources"] if sidecar.exists() else ()
        found[path.name] = parse(path.read_text(encoding="utf-8"), listed)
    return found


@pytest.fixture(scope="module")
def index(shared: Path) -> dict[str, dict[str, Any]]:
    rows = map(json.loads, (shared / "reports" / "index.jsonl").read_text().splitlines())
    return {row["file"]: row for row in rows}


def test_every_report_of_the_set_is_parsed(documents: dict[str, Document]) -> None:
    assert len(documents) == 185
    assert all(document.blocks for document in documents.values())


def test_no_span_of_any_report_holds_a_forbidden_character(documents: dict[str, Document]) -> None:
    assert [name for name, document in documents.items() if forbidden("".join(shown(document)))] == []


def test_reports_without_golden_have_the_citations_the_index_counts(
    documents: dict[str, Document], index: dict[str, dict[str, Any]]
) -> None:
    differing = [name for name, row in index.items() if len(documents[name].citations) != row["n_citations"]]
    assert differing == []


def test_every_citation_is_drawn_at_least_once(documents: dict[str, Document]) -> None:
    for name, document in documents.items():
        drawn = {span.cite for span in spans(document.blocks)} - {None}
        assert drawn == set(range(len(document.citations))), name


def test_every_marker_stands_where_the_citation_says(documents: dict[str, Document], shared: Path) -> None:
    for name, document in documents.items():
        lines = (shared / "reports" / name).read_text(encoding="utf-8").split("\n")
        for citation in document.citations:
            marker = citation.marker.split("\n")[0]
            assert lines[citation.line - 1].startswith(marker, citation.col - 1), (name, citation)


def test_citations_stand_in_the_order_of_the_text(documents: dict[str, Document]) -> None:
    for name, document in documents.items():
        places = [(citation.line, citation.col) for citation in document.citations]
        assert places == sorted(places), name


def test_resolved_ids_are_ids_of_sources(documents: dict[str, Document]) -> None:
    for name, document in documents.items():
        known = {source.id for source in document.sources}
        for citation in document.citations:
            for number, status in zip(citation.ids, citation.status, strict=True):
                assert (number in known) or status == "dangling", (name, citation)


def test_slugs_and_source_ids_are_unique(documents: dict[str, Document]) -> None:
    for name, document in documents.items():
        slugs = [section.slug for section in document.outline]
        ids = [source.id for source in document.sources]
        assert len(slugs) == len(set(slugs)), name
        assert len(ids) == len(set(ids)), name
        assert set(slugs) <= set(document.anchors), name


def test_no_word_of_a_report_is_lost(documents: dict[str, Document], shared: Path) -> None:
    """Of a sample of plain words of the source, all are shown (markup, URLs and comments aside)."""
    for name in ("rb-claude-29.md", "byd-kimi.md", "drb-claude37-19.md", "gene-gpd3-deep-research.md"):
        shown_text = text_of(documents[name])
        words = {word for word in (shared / "reports" / name).read_text().split() if word.isalpha()}
        assert {word for word in words if word not in shown_text} == set()


def _hostile(shared: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((shared / "hostile" / "reports").glob("*.md")):
        yield path.name, path.read_bytes().decode("utf-8", errors="replace")
        yield f"{path.name} (surrogates)", path.read_bytes().decode("utf-8", errors="surrogateescape")
    strings = json.loads((shared / "hostile" / "strings.json").read_text())
    for case in strings["cases"]:
        value = str(case.get("value", case.get("text", case)))
        yield f"string {value[:20]!r}", value
        woven = (
            f"# {value}\n\n- [{value}](https://a.example/{value}) `{value}` ![{value}](x) [1]\n\n## Sources\n1. {value}"
        )
        yield f"woven {value[:20]!r}", woven
        yield f"page {value[:20]!r}", f'<p id="{value}">{value}<a href="https://a.example/{value}">{value}</a></p>'


def test_nothing_hostile_gets_through_the_parser(shared: Path) -> None:
    for name, text in _hostile(shared):
        assert forbidden("".join(shown(parse(text)))) == set(), name


def test_hostile_reports_show_what_they_must_show(shared: Path) -> None:
    rows = json.loads((shared / "hostile" / "index.json").read_text())
    cases = rows["entries"]
    wanted = [case for case in cases if str(case.get("file", "")).startswith("reports/") and "check" in case]
    assert wanted
    for case in wanted:
        text = (shared / "hostile" / case["file"]).read_bytes().decode("utf-8", errors="replace")
        visible = text_of(parse(text))
        for words in case["check"].get("must_show", ()):
            assert words in visible, (case["file"], words)


def test_generated_giants_are_parsed_at_a_modest_scale(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(shared / "hostile"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    import make_big  # type: ignore[import-not-found]

    reports = [name for name, case in make_big.CASES.items() if case[0] == "report"]
    assert len(reports) > 10
    for name in reports:
        text = make_big.make(name, scale=0.005).decode("utf-8", errors="replace")
        assert forbidden("".join(shown(parse(text)))) == set(), name
