"""The audit: every figure out of how many; the JSON and the table."""

import json

from tests.bench.citations import goldens
from tests.corpora import OWN
from tui.domain.detail import Source
from tui.report.citations.audit import Fraction, audit
from tui.report.output import cite_json, cite_table
from tui.report.parse import parse

_TEXT = """# Title

Revenue rose by 4 % in the year, says the annual report of the firm [1]. It fell by 2 % in the second year after that.

A paragraph with many words but without any source or figure at all stands here.

Short one.

- An item that cites something which no list of this report has [9] and goes on for long
- See the [survey of the whole field](https://c.example/s?utm_source=x) for what others found there

## Sources
[1] Alpha: https://a.example/1
[2] Beta: https://a.example/1/
[3] Gamma, a book
[1] Alpha again: https://b.example/2
"""


def _found() -> tuple[dict[str, object], object]:
    document = parse(_TEXT)
    return audit(document).to_json(), document


def test_dangling_ids_are_counted_out_of_all_ids() -> None:
    assert audit(parse(_TEXT)).dangling == Fraction(1, 3, ("9",))


def test_sources_that_nothing_names_are_counted_out_of_all_sources() -> None:
    assert audit(parse(_TEXT)).uncited == Fraction(3, 5, ("2", "3", "1#2"))


def test_the_nearest_definition_with_a_url_is_the_one_that_is_cited() -> None:
    assert parse("x [1]\n\n## Sources\n[1] Alpha\n\n## References\n[1] https://b.example").citations[0].ids == ("1#2",)


def test_entries_without_url_duplicate_ids_and_shared_urls() -> None:
    found = audit(parse(_TEXT))
    assert found.without_url == Fraction(1, 5, ("3",))
    assert found.duplicate_ids == Fraction(1, 4, ("1",))
    assert found.shared_urls == Fraction(1, 3, ("1, 2",))


def test_urls_outside_the_list_are_counted_only_if_there_is_a_list() -> None:
    document = parse(_TEXT)
    assert audit(document).outside_list is None
    found = audit(document, [Source("1", "https://a.example/1"), Source("2", "https://c.example/s")])
    assert found.outside_list == Fraction(0, 2)
    found = audit(document, [Source("1", "https://a.example/1")])
    assert found.outside_list == Fraction(1, 2, ("https://c.example/s?utm_source=x",))


def test_paragraphs_and_claims_without_citation_leave_lists_of_sources_out() -> None:
    found = audit(parse(_TEXT))
    assert (found.bare_paragraphs.count, found.bare_paragraphs.of) == (1, 4)
    assert (found.bare_claims.count, found.bare_claims.of) == (1, 2)


def test_a_citation_behind_the_full_stop_belongs_to_the_sentence_before_it() -> None:
    text = "It rose by 4 % over the whole of the year.[1] Then it fell by 2 % in the next.\n\n[1]: https://a.example"
    found = audit(parse(text))
    assert (found.bare_claims.count, found.bare_claims.of) == (1, 2)


def test_domains_are_ordered_by_number_of_citations() -> None:
    document = parse("a [1] b [1] c [2]\n\n## Sources\n[1] https://www.b.example/1\n[2] https://a.example/2")
    found = audit(document)
    assert (found.domains, found.located) == ((("b.example", 2), ("a.example", 1)), 3)


def test_every_figure_of_the_json_says_out_of_how_many() -> None:
    found, _ = _found()
    for name, value in found.items():
        if isinstance(value, dict) and name != "kinds":
            assert {"count", "of"} <= set(value), name
    assert json.loads(json.dumps(found)) == found


def test_nothing_to_count_is_no_error() -> None:
    found = audit(parse(""))
    assert found.dangling == Fraction(0, 0)
    assert "CITATIONS: none" in cite_table(parse(""), found)


def test_the_json_of_a_golden_has_its_shape_and_values() -> None:
    _, text, sidecar, golden = next(case for case in goldens(OWN) if case[0] == "numbered-list")
    document = parse(text, sidecar)
    found = cite_json(document, audit(document))
    assert set(found) == {"citations", "sources", "audit"}
    assert found["citations"] == golden["citations"]
    assert found["sources"] == golden["sources"]


def test_the_table_shows_citations_sources_and_figures_and_no_control_character() -> None:
    document = parse(_TEXT + "\nBad \x1b[2J [\x1b](https://d.example/\x1b)")
    table = cite_table(document, audit(document))
    assert "3:69" in table
    assert "https://a.example/1" in table
    assert "1 of 3 (33 %): 9" in table
    assert all(words in table for _, words, _ in audit(document).shares())
    assert " ids " not in table.lower()
    assert "URL" not in table
    assert "\x1b" not in table
