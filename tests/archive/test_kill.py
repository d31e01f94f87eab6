"""kill -9 at random moments loses nothing that was acknowledged; 200 kills: `python -m tests.bench.kill`."""

from pathlib import Path

import pytest

from tests.bench.kill import acknowledged_but_lost, run


@pytest.mark.timeout(180)
def test_nothing_acknowledged_is_lost_in_25_kills(tmp_path: Path) -> None:
    tally = run(tmp_path / "archive.db", 25, seed=11, longest=0.12)
    assert tally.acknowledged > 25
    assert (tally.lost, tally.unsound, tally.doubles, tally.recovered) == ([], [], 0, [])


def test_the_check_would_notice_a_loss(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    lines = ["task nobody", "answer nobody 00"]
    assert acknowledged_but_lost(path, lines) == lines
