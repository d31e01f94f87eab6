"""What is cited where: our own reports, one a citation shape, then vectors and goldens of the larger corpus."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.bench.citations import Score, compare, goldens, vectors
from tests.corpora import OWN, SHARED
from tui.report.parse import parse

Case = tuple[str, str, Sequence[Mapping[str, Any]], Mapping[str, Any]]
_OWN: list[Case] = list(goldens(OWN))
_VECTORS: list[Case] = list(vectors()) if SHARED.is_dir() else []
_PARAMS = [
    *(pytest.param(case, id=case[0]) for case in _OWN),
    *(pytest.param(case, id=case[0], marks=pytest.mark.corpus) for case in _VECTORS),
]


def test_our_own_reports_have_every_shape_of_citation() -> None:
    kinds = {citation["kind"] for *_, expected in _OWN for citation in expected["citations"]}
    assert kinds >= {"numeric", "num-link", "link", "url", "footnote", "lenticular", "openai-pua", "oaicite"}
    assert kinds >= {"gemini-cite", "flattened"}


@pytest.mark.parametrize("case", _PARAMS)
def test_a_report_is_parsed_exactly(case: Case) -> None:
    _, text, sidecar, expected = case
    score = compare(parse(text, sidecar), expected)
    assert (score.missing, score.extra, score.source_differences) == ([], [], [])
    assert score.status == len(expected["citations"])
    assert score.in_order == score.ordered


def test_there_are_as_many_vectors_as_promised(shared: Path) -> None:
    assert len(_VECTORS) == 54


@pytest.mark.no_cover  # long, and what it runs is covered elsewhere: tracing would double its time
def test_the_goldens_are_met_within_the_goals(shared: Path) -> None:
    score = Score()
    for _, text, sidecar, expected in goldens(SHARED):
        score.add(compare(parse(text, sidecar), expected))
    for tier, precision, recall in ((1, 0.995, 0.995), (2, 0.99, 0.99), (3, 0.97, 0.95)):
        found = score.ratio(tier)
        assert found[0] >= precision, tier
        assert found[1] >= recall, tier
    hits = sum(score.hits.values())
    assert (score.status, score.columns) == (hits, hits), "each with the right status and column"
    assert (score.in_order, score.ordered) == (52, 53), (
        "all but the one that takes the [[48,4,7]] of a code for sources"
    )
    assert score.source_ids > 1_700
    assert score.sources >= 0.99
    assert score.title_hits >= 0.99 * score.titles
