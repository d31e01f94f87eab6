"""Every behaviour of the fault server strikes a provider: nothing is lost or paid for twice, all is said.

By default one behaviour of each rule strikes one provider; in the deep tier each of them strikes every provider.
"""

from collections.abc import Hashable
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


def strikes() -> list[Any]:
    """Every behaviour at every provider; the default tier has one behaviour of each rule at one provider, in turn."""
    rules: set[Hashable] = set()
    found = []
    for row, turn in zip(ROWS, cycle(NAMES), strict=False):
        sample = [turn] if row.rule not in rules else []
        rules.add(row.rule)
        others = [name for name in NAMES if name not in sample]
        found += [pytest.param(row, sample, id=f"{row.name}-{turn}")] if sample else []
        found.append(pytest.param(row, others, id=f"{row.name}-{'-'.join(others)}", marks=pytest.mark.slow))
    return found


@pytest.mark.parametrize(("row", "names"), strikes())
def test_a_fault_costs_nothing_and_ends_when_it_ends(row: Row, names: list[str], tmp_path: Path) -> None:
    cells = run_row(row, tmp_path, names)
    assert [(cell.provider, cell.wrong) for cell in cells] == [(name, []) for name in names]
