"""A short soak: nothing is lost and nothing grows but what is known; the long one is `python -m tests.bench.soak`."""

from pathlib import Path

import pytest

from tests.bench.soak import soak
from tui.domain.capability import ConnectionState

pytestmark = [
    pytest.mark.slow,
    pytest.mark.no_cover,
]  # what it runs is covered elsewhere: tracing would double its time


def test_hours_of_faults_lose_nothing_and_leave_nothing_behind(tmp_path: Path) -> None:
    found = soak(tmp_path, hours=1.0, tasks=24, share=0.05)
    assert found.faults > 10
    assert (found.lost, found.unfinished, found.without_report, found.creates) == (0, 0, 0, 0)
    assert found.kept == found.started
    assert set(found.links) == {ConnectionState.OK}
    assert found.last.tasks <= found.first.tasks + 2
    assert found.last.handles <= found.first.handles + 6, "a few connections may rest in their pools"
    assert found.last.threads <= found.first.threads + 4


def test_faults_cost_hardly_more_requests_than_none(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    faulty = soak(tmp_path / "a", hours=0.5, tasks=8, share=0.05)
    healthy = soak(tmp_path / "b", hours=0.5, tasks=8, share=0.0)
    assert sum(faulty.requests.values()) <= 1.1 * sum(healthy.requests.values())
