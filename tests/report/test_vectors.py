"""The 54 vectors of the specification and the 53 goldens, compared as its section 6.8 says."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.bench.citations import SHARED, Score, compare, goldens, vectors
from tui.report.parse import parse

Case = tuple[str, str, Sequence[Mapping[str, Any]], Mapping[str, Any]]
_VECTORS: list[Case] = list(vectors()) if SHARED.is_dir() else []


@pytest.mark.parametrize("case", _VECTORS, ids=[case[0] for case in _VECTORS])
def test_a_vector_is_parsed_exactly(case: Case) -> None:
    _, text, sidecar, expected = case
    score = compare(parse(text, sidecar), expected)
    assert (score.missing, score.extra, score.source_differences) == ([], [], [])
    assert score.status == len(expected["citations"])
    assert score.in_order == 1


def test_there_are_as_many_vectors_as_the_specification_says(shared: Path) -> None:
    assert len(_VECTORS) == 54


@pytest.fixture(scope="module")
def total(shared: Path) -> Score:
    score = Score()
    for _, text, sidecar, expected in goldens():
        score.add(compare(parse(text, sidecar), expected))
    return score


@pytest.mark.parametrize(("tier", "precision", "recall"), [(1, 0.995, 0.995), (2, 0.99, 0.99), (3, 0.97, 0.95)])
def test_the_goldens_are_met_within_the_goals(total: Score, tier: int, precision: float, recall: float) -> None:
    found = total.ratio(tier)
    assert found[0] >= precision
    assert found[1] >= recall


def test_sources_of_the_goldens_have_the_right_urls(total: Score) -> None:
    assert total.source_ids > 1_700
    assert total.sources >= 0.99


def test_titles_of_the_goldens_are_alike(total: Score) -> None:
    assert total.title_hits >= 0.99 * total.titles


def test_every_right_citation_has_the_right_status_and_column(total: Score) -> None:
    hits = sum(total.hits.values())
    assert (total.status, total.columns) == (hits, hits)


def test_order_is_that_of_the_text_in_every_golden(total: Score) -> None:
    assert total.in_order == total.ordered == 53


def test_compare_notices_a_wrong_url() -> None:
    wrong = {
        "marker": "[1]",
        "line": 1,
        "kind": "numeric",
        "ids": ["1"],
        "urls": ["https://b.example"],
        "status": ["url"],
    }
    golden = {
        "citations": [wrong],
        "sources": [{"id": "1", "url": "https://b.example", "title": None}],
    }
    score = compare(parse("x [1]\n\n## Sources\n[1] https://a.example"), golden)
    assert score.ratio() == (0.0, 0.0)
    assert score.sources == 0.0
