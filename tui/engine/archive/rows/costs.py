"""The costs of tasks, and who started them."""

from datetime import datetime

from tui.domain.task import Cost, CostKind, TaskStatus
from tui.engine.archive.database import Database
from tui.engine.archive.rows import responses, rows
from tui.engine.archive.rows.values import CostLine
from tui.engine.archive.shared_sql import EVERYTHING, STARTED_BY


def lines(db: Database, since: datetime | None, until: datetime | None) -> list[CostLine]:
    """Return the costs of tasks created in [since, until), oldest first; deleted ones too."""
    low = -EVERYTHING if since is None else rows.micros(since.timestamp())
    high = EVERYTHING if until is None else rows.micros(until.timestamp())
    found = db.execute(
        "SELECT id, provider, account, status, sort_at, cost_amount, cost_unit, cost_kind, value FROM task "
        "LEFT JOIN state ON key = ? || id WHERE sort_at >= ? AND sort_at < ? ORDER BY sort_at, n",
        (STARTED_BY, low, high),
    ).fetchall()
    return [
        CostLine(
            task_id,
            provider,
            account,
            TaskStatus(status),
            responses.moment(at),
            Cost(amount, unit, CostKind(kind)),
            person or "",
        )
        for task_id, provider, account, status, at, amount, unit, kind, person in found
    ]
