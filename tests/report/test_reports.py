"""All real reports and everything hostile: parsed whole, nothing dangerous in any span, sensible figures."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.corpora import OWN
from tests.report.looking import shown, spans, text_of
from tui.domain.text import unsafe_characters
from tui.report.document import Document
from tui.report.parse import parse

pytestmark = pytest.mark.no_cover  # long, and what it runs is covered elsewhere: tracing would double its time
PARTS, LARGE = 3, 60_000


def read(path: Path) -> tuple[str, Document]:
    """Return the text of a report and its document."""
    sidecar = path.with_name(f"{path.stem}.sources.json")
    listed = json.loads(sidecar.read_text())["sources"] if sidecar.exists() else ()
    text = path.read_text(encoding="utf-8")
    return text, parse(text, listed)


def check(text: str, document: Document) -> None:
    """What holds for any report."""
    assert document.blocks
    assert not unsafe_characters("".join(shown(document)))
    assert {span.cite for span in spans(document.blocks)} - {None} == set(range(len(document.citations)))
    places = [(citation.line, citation.col) for citation in document.citations]
    assert places == sorted(places), "citations stand in the order of the text"
    known = {source.id for source in document.sources}
    assert len(known) == len(document.sources)
    lines = text.split("\n")
    for citation in document.citations:
        assert lines[citation.line - 1].startswith(citation.marker.split("\n")[0], citation.col - 1), citation
        for number, status in zip(citation.ids, citation.status, strict=True):
            assert number in known or status == "dangling", citation
    slugs = [section.slug for section in document.outline]
    assert len(slugs) == len(set(slugs))
    assert set(slugs) <= set(document.anchors)


@pytest.mark.parametrize("part", range(PARTS))
def test_any_report_is_parsed_whole_with_the_citations_the_index_counts(shared: Path, part: int) -> None:
    """Every other one without golden, none of them large; `python -m tests.bench.citations` parses them all."""
    rows = [json.loads(line) for line in (shared / "reports" / "index.jsonl").read_text().splitlines()]
    assert len(rows) == 185
    small = [row for row in rows if row["bytes"] < LARGE and not row["golden"]]
    for row in small[2 * part :: 2 * PARTS]:
        text, document = read(shared / "reports" / row["file"])
        try:
            check(text, document)
            assert len(document.citations) == row["n_citations"]
        except AssertionError as error:
            error.add_note(row["file"])
            raise


def test_a_report_of_our_own_is_parsed_whole() -> None:
    paths = sorted((OWN / "reports").glob("*.md"))
    assert len(paths) >= 16
    for path in paths:
        text, document = read(path)
        check(text, document)


def test_no_word_of_a_report_is_lost(shared: Path) -> None:
    """Of a sample of plain words of the source, all are shown (markup, URLs and comments aside)."""
    for name in ("rb-claude-29.md", "byd-kimi.md", "drb-claude37-19.md", "gene-gpd3-deep-research.md"):
        text, document = read(shared / "reports" / name)
        shown_text = text_of(document)
        words = {word for word in text.split() if word.isalpha()}
        assert {word for word in words if word not in shown_text} == set()


def _hostile(corpus: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((corpus / "hostile" / "reports").glob("*.md")):
        yield path.name, path.read_bytes().decode("utf-8", errors="replace")
        yield f"{path.name} (surrogates)", path.read_bytes().decode("utf-8", errors="surrogateescape")
    strings = json.loads((corpus / "hostile" / "strings.json").read_text())
    for case in strings["cases"]:
        value = str(case.get("value", case.get("text", case)))
        yield f"string {value[:20]!r}", value
        woven = (
            f"# {value}\n\n- [{value}](https://a.example/{value}) `{value}` ![{value}](x) [1]\n\n## Sources\n1. {value}"
        )
        yield f"woven {value[:20]!r}", woven
        yield f"page {value[:20]!r}", f'<p id="{value}">{value}<a href="https://a.example/{value}">{value}</a></p>'


def test_nothing_hostile_gets_through_the_parser(corpus: Path) -> None:
    for name, text in _hostile(corpus):
        assert unsafe_characters("".join(shown(parse(text)))) == set(), name


def test_hostile_reports_show_what_they_must_show(corpus: Path) -> None:
    rows = json.loads((corpus / "hostile" / "index.json").read_text())
    cases = rows["entries"]
    wanted = [case for case in cases if str(case.get("file", "")).startswith("reports/") and "check" in case]
    assert wanted
    for case in wanted:
        text = (corpus / "hostile" / case["file"]).read_bytes().decode("utf-8", errors="replace")
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
        assert unsafe_characters("".join(shown(parse(text)))) == set(), name
