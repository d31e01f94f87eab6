"""The costs by provider: no figure is cut."""

from datetime import UTC, datetime

import pytest

from tui.domain.task import Cost, CostKind, TaskStatus
from tui.engine.archive.rows.values import CostLine
from tui.ui.costs.provider_costs import by_provider
from tui.ui.text.lines import line_width

KINDS = (CostKind.REPORTED, CostKind.ESTIMATE, CostKind.PRICE_LIST)


@pytest.mark.parametrize("width", [80, 110, 120, 160])
def test_where_the_figures_come_from_is_folded_into_its_column(width: int) -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    those = [CostLine(kind, "exa", "default", TaskStatus.DONE, at, Cost(1234.5, "USD", kind)) for kind in KINDS]
    lines = [line.line for line in by_provider(those, width, ())]
    assert all(line_width(line) <= width for line in lines)
    told = " ".join(" ".join(text for line in lines[2:] for text, tone in line if tone == "dim").split())
    sources = "$1,234.50 reported, $1,234.50 estimate, $1,234.50 by price list"
    assert told == f"3 {sources}" if width >= 110 else told == "3"
