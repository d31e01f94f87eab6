"""Every behaviour of the fault server strikes a provider: nothing is lost or paid for twice, all is said.

The providers take turns; `python -m tests.robust.matrix` lets every behaviour strike each of them.
"""

from itertools import cycle
from pathlib import Path

import pytest

from tests.robust.behaviours import ROWS, Row
from tests.robust.matrix import run_row
from tests.robust.world import NAMES

pytestmark = pytest.mark.no_cover  # long, and what it runs is covered elsewhere: tracing would double its time


def test_the_matrix_is_as_large_as_promised_and_its_names_are_unique() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS) >= 40
    assert len(NAMES) == 3


@pytest.mark.parametrize(
    ("row", "name"), [pytest.param(row, name, id=f"{row.name}-{name}") for row, name in zip(ROWS, cycle(NAMES))]
)
def test_a_fault_costs_nothing_and_ends_when_it_ends(row: Row, name: str, tmp_path: Path) -> None:
    (cell,) = run_row(row, tmp_path, [name])
    assert cell.wrong == []
