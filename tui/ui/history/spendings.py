"""The entries of the ledger: single costs, their sums in words, headings; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.domain.amounts import Currency, added_up, currency, sums_text
from tui.domain.cells import cell_len
from tui.domain.task import Cost, CostKind, TaskStatus
from tui.ui.text.lines import Line

if TYPE_CHECKING:
    from tui.engine.archive.rows.values import PaidTask

ALL_TIME = "all time"


@dataclass(frozen=True, slots=True)
class Spending:
    """The cost of one task; `task` is None if it was deleted here."""

    task_id: str
    account: str
    status: TaskStatus
    at: datetime
    cost: Cost
    task: "PaidTask | None" = None
    person: str = ""  # who started it; "" if that is not known

    @property
    def price(self) -> tuple[str, Cost]:
        """The account and the cost, as the functions for sums take them."""
        return self.account, self.cost

    @property
    def currency(self) -> Currency:
        """The currency in which the cost is added up."""
        return currency(self.cost.unit, self.account)

    @property
    def month(self) -> str:
        """The UTC month, "2026-11"."""
        return f"{self.at.astimezone(UTC):%Y-%m}"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of the ledger, with the task or the account that it is about."""

    line: Line
    task_id: str | None = None
    account: str | None = None


def total_text(spendings: Sequence[Spending], room: int) -> str:
    """Return what tasks cost together by currency, with the sign of the least certain figure, in short if need be.

    "≤$31.01 + 103 credits at Extruct + 9 at Tavily".
    """
    signs: dict[Currency, str] = {}
    for one in spendings:
        if one.cost.kind is CostKind.ESTIMATE and one.cost.amount:
            signs[one.currency] = "~"
        elif one.cost.kind is CostKind.PRICE_LIST and one.cost.amount:
            signs.setdefault(one.currency, "≤")
    sums = added_up(one.price for one in spendings)
    ways = (sums_text(sums, signs=signs), sums_text(sums, signs=signs, short=True))
    return next((way for way in ways if cell_len(way) <= room), ways[-1]) or "nothing known"
