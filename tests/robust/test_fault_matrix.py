"""Every behaviour of the fault server strikes a provider: nothing is lost or paid for twice, all is said.

By default the providers take turns, and each behaviour strikes one; in the deep tier it strikes every one of them.
"""

from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from tests.robust.behaviours import ROWS, Row
from tests.robust.matrix import run_row
from tests.robust.world import NAMES

pytestmark = pytest.mark.no_cover  # long, and what it runs is covered elsewhere: tracing would double its time


def test_the_matrix_is_as_large_as_promised_and_its_names_are_unique() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS) >= 40
    assert len(NAMES) == 3


def cells() -> list[Any]:
    """Every behaviour at every provider; the default tier has one of each row."""
    return [
        pytest.param(row, name, id=f"{row.name}-{name}", marks=[] if name == turn else [pytest.mark.slow])
        for row, turn in zip(ROWS, cycle(NAMES))
        for name in NAMES
    ]


@pytest.mark.parametrize(("row", "name"), cells())
def test_a_fault_costs_nothing_and_ends_when_it_ends(row: Row, name: str, tmp_path: Path) -> None:
    (cell,) = run_row(row, tmp_path, [name])
    assert cell.wrong == []
