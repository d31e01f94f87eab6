"""The panel about one source."""

from dataclasses import replace

from tests.reader.documents import all_lines, citation, flow_of, para, sample
from tui.report.document import Document, Entry, Heading, Span
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.source_card import SourceCard, card, card_title, sentence


def text(shown: SourceCard) -> str:
    document = shown.document
    return "\n".join(line.text for line in all_lines(flow_of(document, 60)))


def test_it_says_title_host_address_snippet_and_how_often_it_is_cited() -> None:
    book = IndexedReport.of(sample(40))
    shown = text(card(book, book.document.sources[0], book.document.citations[0], None))
    assert "[1] First source" in shown
    assert "site1.example" in shown
    assert "https://site1.example/page" in shown
    assert "What the first page says." in shown
    assert "Cited here 20 times" in shown
    assert "and 8 more" in shown


def test_a_source_that_is_never_cited_is_said_to_be() -> None:
    book = IndexedReport.of(sample())
    assert "Never cited in this report" in text(card(book, book.document.sources[2], None, None))


def test_a_citation_that_leads_nowhere_says_so() -> None:
    book = IndexedReport.of(Document((para(1, Span("[7]", cite=0)),), (citation("7"),)))
    shown = text(card(book, None, book.document.citations[0], None))
    assert "[7]" in shown
    assert "leads nowhere" in shown


def test_other_reports_are_named() -> None:
    book = IndexedReport.of(sample())
    shown = text(card(book, book.document.sources[0], None, ["Market study", "Old report"]))
    assert "Also in 2 other reports" in shown
    assert "Market study" in shown


def test_a_deceiving_host_is_shown_as_it_is_and_a_refused_address_is_no_link() -> None:
    book = IndexedReport.of(Document((para(1, "x"),)))
    shown = card(book, Entry("1", "https://аpple.com/login", "Apple"), None, None)
    assert "xn--" in text(shown)
    refused = card(book, Entry("1", "javascript:alert(1)", "Bad"), None, None)
    assert all(span.url is None for unit in IndexedReport.of(refused.document).units for span in unit.spans)


def test_a_source_without_address_and_with_facts() -> None:
    book = IndexedReport.of(Document((para(1, "x"),)))
    shown = text(card(book, Entry("1", None, "A book", facts=(("published", "2024-05-01"),)), None, None))
    assert "no address" in shown
    assert "published: 2024-05-01" in shown


def test_the_sentence_of_a_citation_is_cut_out() -> None:
    book = IndexedReport.of(
        Document((para(1, "First one. The claim stands here ", Span("[1]", cite=0), ". Another."),), (citation("1"),))
    )
    assert sentence(book, 0) == "The claim stands here [1]."


def test_a_source_without_title_goes_by_its_host() -> None:
    book = IndexedReport.of(Document((para(1, "x"),)))
    assert "[1] a.example" in text(card(book, Entry("1", "https://a.example/page", None), None, None))


def test_every_source_of_a_citation_is_shown() -> None:
    sources = (Entry("1", "https://a.example/", "First"), Entry("2", "https://b.example/", "Second"))
    both = replace(citation("1", "https://a.example/"), ids=("1", "2"), urls=("https://a.example/", None))
    book = IndexedReport.of(Document((para(1, "A claim ", Span("[1, 2]", cite=0)),), (both,), sources))
    shown = text(card(book, sources[0], both, None))
    assert "[1] First" in shown
    assert "[2] Second" in shown
    assert "https://b.example/" in shown


def test_on_a_wide_screen_the_card_names_what_else_is_cited_in_the_section_and_leads_there() -> None:
    sources = (
        Entry("1", "https://a.example/", "First"),
        Entry("2", "https://b.example/", "The manual of everything: Page layout"),
        Entry("3", "https://c.example/", "Elsewhere"),
    )
    cites = tuple(citation(number, f"https://{number}.example/") for number in ("1", "2", "2", "3"))
    blocks = (
        Heading(1, 1, (Span("One"),), "one"),
        para(2, "A ", Span("[1]", cite=0), " b ", Span("[2]", cite=1), " c ", Span("[2]", cite=2)),
        Heading(3, 1, (Span("Two"),), "two"),
        para(4, "D ", Span("[3]", cite=3)),
    )
    book = IndexedReport.of(Document(blocks, cites, sources))
    shown = card(book, sources[0], cites[0], None, 0)
    assert "Also cited in this section" in text(shown)
    assert "[2] 2×  Page layout" in text(shown)
    assert "Elsewhere" not in text(shown)
    assert shown.places == (0, 1)  # its own place, then the first of the other source
    assert "Also cited" not in text(card(book, sources[0], cites[0], None, 0, brief=True))
    assert "Also cited" not in text(card(book, sources[2], cites[3], None, 3))


def test_a_brief_card_says_address_and_facts_in_two_lines_and_leaves_the_title_to_its_panel() -> None:
    entry = Entry("1", "https://a.example/page", "A page", facts=(("word count", "12"), ("crawl date", "2026-11-18")))
    book = IndexedReport.of(Document((para(1, "x ", Span("[1]", cite=0)),), (citation("1"),), (entry,)))
    lines = text(card(book, entry, book.document.citations[0], None, 0, brief=True)).splitlines()
    assert [line.strip() for line in lines[:2]] == ["https://a.example/page", "word count 12 · crawl date 2026-11-18"]
    assert card_title(book, entry, 0, brief=True) == "[1] place 1 of 1: A page"
    assert card_title(book, entry, None, brief=True) == "[1] A page"


def test_a_brief_card_still_says_what_is_odd_about_an_address() -> None:
    book = IndexedReport.of(Document((para(1, "x"),)))
    assert "xn--" in text(card(book, Entry("1", "https://аpple.com/login", "Apple"), None, None, brief=True))
    assert "no address" in text(card(book, Entry("1", None, "A book"), None, None, brief=True))


def test_the_address_of_a_sites_icon_takes_no_room_in_a_brief_card() -> None:
    book = IndexedReport.of(Document((para(1, "x"),)))
    entry = Entry("1", "https://a.example/", "A", facts=(("favicon", "https://a.example/f.ico"), ("score", "0.9")))
    assert "score 0.9" in text(card(book, entry, None, None, brief=True))
    assert "f.ico" not in text(card(book, entry, None, None, brief=True))
    assert "f.ico" in text(card(book, entry, None, None))
