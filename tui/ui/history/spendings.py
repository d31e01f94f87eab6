"""What tasks cost as the ledger adds it up: single spendings, their sums in words, headings; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tui.domain.amounts import amount_text
from tui.domain.task import Cost, CostKind, Task, TaskStatus
from tui.ui.text.lines import Line

ALL_TIME = "all time"


@dataclass(frozen=True, slots=True)
class Spending:
    """What one task cost; `task` is None where it was deleted here: it was paid for all the same."""

    task_id: str
    account: str
    status: TaskStatus
    at: datetime
    cost: Cost
    task: Task | None = None
    person: str = ""  # who started it; "" if that is not known

    @property
    def month(self) -> str:
        """The month of UTC, "2026-11"."""
        return f"{self.at.astimezone(UTC):%Y-%m}"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line, and the task, or the account with several modes, that it is about."""

    line: Line
    task_id: str | None = None
    account: str | None = None


def heading(title: str, width: int) -> Line:
    """Return a title with a rule behind it."""
    return ("── ", "rule"), (title, "title"), (" " + "─" * max(0, width - len(title) - 4), "rule")


def total_text(spendings: Sequence[Spending]) -> str:
    """Return what tasks cost together by unit, with the sign of the least certain figure: "≤$31.01 + 103 credits"."""
    sums: dict[str, float] = {}
    signs: dict[str, str] = {}
    for one in spendings:
        if one.cost.amount is not None:
            sums[one.cost.unit] = sums.get(one.cost.unit, 0.0) + one.cost.amount
            if one.cost.kind is CostKind.ESTIMATE and one.cost.amount:
                signs[one.cost.unit] = "~"
            elif one.cost.kind is CostKind.PRICE_LIST and one.cost.amount:
                signs.setdefault(one.cost.unit, "≤")
    in_order = sorted(sums.items(), key=dollars_first)
    return (
        " + ".join(f"{signs.get(unit, '')}{amount_text(amount, unit)}" for unit, amount in in_order) or "nothing known"
    )


def dollars_first(pair: tuple[str, float]) -> tuple[bool, str]:
    """Return what pairs of unit and amount are put in order by."""
    return pair[0] != "USD", pair[0]
